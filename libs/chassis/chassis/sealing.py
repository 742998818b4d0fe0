"""How is personal content kept unreadable outside its service?

AES-256-GCM-SIV under the service's key file. The place of a box (table and row) is bound to it: a box moved elsewhere
does not open.
"""

import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

_NONCE = 12


class Sealer:
    """Seals and opens boxes under one key."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCMSIV(key)

    def seal(self, plain: bytes, place: str) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._cipher.encrypt(nonce, plain, place.encode())

    def open(self, box: bytes, place: str) -> bytes:
        """The content of a box. cryptography.exceptions.InvalidTag when it was changed or moved."""
        return self._cipher.decrypt(box[:_NONCE], box[_NONCE:], place.encode())


def load(path: Path) -> Sealer:
    """The sealer of a key file, which is made (0600) where there is none."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return Sealer(path.read_bytes())
    with os.fdopen(handle, "wb") as file:
        key = secrets.token_bytes(32)
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    return Sealer(key)
