"""What is kept of a record, and under whose key?

Key and value, each told apart from its absence. Headers are the transport's (content type, trace) and are not kept.
"""

import re

from contracts.topics import TOPICS

_ADDRESSEE = re.compile(rb"(?!.{12}$)[1-9][0-9]{0,14}")


def content(key: bytes | None, value: bytes | None) -> bytes:
    """Key and value as one text from which both can be read back: null is not empty, and nothing moves across."""
    return _field(key) + _field(value)


def _field(data: bytes | None) -> bytes:
    return b"\x00" if data is None else b"\x01" + len(data).to_bytes(4, "big") + data


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
