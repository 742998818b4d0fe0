"""How is personal content kept unreadable outside its service?

AES-256-GCM-SIV under the service's key file. The place of a box (table and row) is bound to it: a box moved elsewhere
does not open. A commitment is an HMAC under a key derived from the same file.
"""

import contextlib
import hashlib
import hmac
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from chassis import files

_NONCE = 12


class Sealer:
    """Seals and opens boxes under one key."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCMSIV(key)
        self._committing = HKDF(SHA256(), 32, None, b"kokunen commitment").derive(key)

    def seal(self, plain: bytes, place: str) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._cipher.encrypt(nonce, plain, place.encode())

    def open(self, box: bytes, place: str) -> bytes:
        """The content of a box. cryptography.exceptions.InvalidTag when it was changed or moved."""
        return self._cipher.decrypt(box[:_NONCE], box[_NONCE:], place.encode())

    def commitment(self, plain: bytes) -> str:
        """A hash that only the holder of the key can compute: it may be published, and no guess can be tried against it."""
        return hmac.new(self._committing, plain, hashlib.sha256).hexdigest()


class KeyMissing(Exception):
    """The key file is not there; the message says what to do."""


def create(path: Path) -> None:
    """Make a key file (0600) where there is none: once, when a service's database is new."""
    with contextlib.suppress(FileExistsError):
        files.create(path, secrets.token_bytes(32))


def load(path: Path) -> Sealer:
    """The sealer of a key file. KeyMissing when it is gone: a new key would leave everything sealed unreadable."""
    try:
        return Sealer(path.read_bytes())
    except FileNotFoundError:
        raise KeyMissing(f"The sealing key {path} is missing; restore it from its backup.") from None
