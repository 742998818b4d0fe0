"""What does the log say about one record for ever? Its place, and a commitment to its content; nothing about a person.

Version 1, big-endian, no gaps:

    version    1 byte    = 1
    kind       1 byte    1 = record
    partition  4 bytes
    offset     8 bytes
    commitment 32 bytes  SHA-256(salt ‖ content), salt = 32 random bytes
    topic      the rest  ASCII, without the deployment's prefix

The salt makes the commitment say nothing to who can only guess the content; it is sealed with the content under the
subject's key. Destroying that key makes the content unreadable and leaves leaf and tree as they are.
"""

import hashlib
import secrets
import struct
from typing import NamedTuple

VERSION = 1
RECORD = 1
SALT = 32
MAX_TOPIC = 249
"""Kafka's own limit of a topic's name."""
_HEAD = struct.Struct(">BBiq32s")


class NotALeaf(ValueError):
    """Bytes that are no leaf of a version we know."""


class Leaf(NamedTuple):
    """One record of one topic."""

    topic: str
    partition: int
    offset: int
    commitment: bytes

    def encode(self) -> bytes:
        """The body: these bytes are stored and hashed, never a second serialisation of them."""
        topic = self.topic.encode("ascii")
        if not 0 < len(topic) <= MAX_TOPIC:
            raise ValueError(f"a topic's name has 1 to {MAX_TOPIC} characters, not {len(topic)}")
        return _HEAD.pack(VERSION, RECORD, self.partition, self.offset, self.commitment) + topic


def decode(body: bytes) -> Leaf:
    """The leaf in a body. NotALeaf when it is of another version or kind, or cut."""
    if not _HEAD.size < len(body) <= _HEAD.size + MAX_TOPIC:
        raise NotALeaf(f"{len(body)} bytes")
    version, kind, partition, offset, commitment = _HEAD.unpack_from(body)
    if (version, kind) != (VERSION, RECORD):
        raise NotALeaf(f"version {version}, kind {kind}")
    topic = body[_HEAD.size :]
    if not topic.isascii():
        raise NotALeaf("the topic's name is not ASCII")
    return Leaf(topic.decode("ascii"), partition, offset, commitment)


def salted(content: bytes) -> bytes:
    """What goes into the box: a new salt and the content."""
    return secrets.token_bytes(SALT) + content


def commitment(salted_content: bytes) -> bytes:
    """What the leaf says of it."""
    return hashlib.sha256(salted_content).digest()
