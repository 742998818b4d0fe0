"""What is kept of a record, under whose key, and what does its leaf say of it?

Key and value, each told apart from its absence. Headers are the transport's (content type, trace) and are not kept. They are committed to
behind a salt, which is sealed with them under the subject's key: to who can only guess the content the commitment says nothing, and when
the key is destroyed the content is unreadable while leaf and tree stay as they are.
"""

import hashlib
import re
import secrets
from typing import NamedTuple

from contracts.events.operations import AccessRecorded
from contracts.topics import TOPICS
from pydantic import BaseModel, ValidationError

SALT = 32
ACCESS_RECORDS = "access-records"
_ADDRESSEE = re.compile(rb"(?!.{12}$)[1-9][0-9]{0,14}")


def content(key: bytes | None, value: bytes | None) -> bytes:
    """Key and value as one text from which both can be read back: null is not empty, and nothing moves across."""
    return _field(key) + _field(value)


def parts(content: bytes) -> tuple[bytes | None, bytes | None]:
    """Key and value that `content` was made of."""
    key, rest = _first(content)
    value, _ = _first(rest)
    return key, value


def _field(data: bytes | None) -> bytes:
    return b"\x00" if data is None else b"\x01" + len(data).to_bytes(4, "big") + data


def _first(fields: bytes) -> tuple[bytes | None, bytes]:
    if fields[:1] == b"\x00":
        return None, fields[1:]
    end = 5 + int.from_bytes(fields[1:5], "big")
    return fields[5:end], fields[end:]


def place(topic: str, partition: int, offset: int) -> str:
    """The name of a record: findings show it, and its box opens there only."""
    return f"{topic}/{partition}/{offset}"


def subject(topic: str, key: bytes | None) -> str:
    """Whose key seals the record: the addressee number (宛名番号) of a resident's record, else one key of its topic.

    A key of 12 digits could be a My Number (個人番号), which must not stand in a table: it counts as no addressee.
    """
    if key is not None and topic in TOPICS and TOPICS[topic].by_resident and _ADDRESSEE.fullmatch(key):
        return key.decode("ascii")
    return f"topic:{topic}"


class Accessed(NamedTuple):
    """An access record, and whom it is about."""

    record: AccessRecorded
    persons: tuple[int, ...]


class _Event(BaseModel):
    subject: str
    data: AccessRecorded


def accessed(topic: str, value: bytes | None) -> Accessed | None:
    """The access record in a value; None for what is none. The only bodies that are read (decision 11): they are to be searched, and with
    service and counter in the leaves nobody can leave one out."""
    if topic != ACCESS_RECORDS or value is None:
        return None
    try:
        event = _Event.model_validate_json(value)
    except ValidationError:
        return None
    alone = (int(event.subject),) if _ADDRESSEE.fullmatch(event.subject.encode()) else ()
    return Accessed(event.data, event.data.subjects or alone)


def salted(content: bytes) -> bytes:
    """What goes into the box: a new salt and the content."""
    return secrets.token_bytes(SALT) + content


def commitment(salted_content: bytes) -> bytes:
    """What the leaf says of it."""
    return hashlib.sha256(salted_content).digest()
