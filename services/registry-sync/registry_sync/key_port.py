"""Who keeps the key that wraps the keys? Four calls; by default, files outside the database and its backup.

A key management service or a hardware module takes the place of `FileKeys` behind the same four.
"""

import secrets
from pathlib import Path
from typing import Protocol

from chassis import files
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

_NONCE = 12


class KeyGone(Exception):
    """There is no key with this id: it was destroyed, or its file is missing."""


class KeyPort(Protocol):
    """Wraps and unwraps other keys; never gives its own away."""

    def wrap(self, plain: bytes, context: str) -> tuple[str, bytes]:
        """(id of the newest key, the wrapped key); opens only in the same context."""

    def unwrap(self, key_id: str, wrapped: bytes, context: str) -> bytes:
        """The key that was wrapped. KeyGone where its wrapping key is no more."""

    def rotate(self) -> str:
        """Make a new key, the newest from now on; its id."""

    def destroy(self, key_id: str) -> None:
        """Make everything wrapped by this key unreadable for good."""


class FileKeys:
    """Keys as files of a folder (0600), the newest with the highest number."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def ids(self) -> list[str]:
        """Ids of the keys that are there, oldest first."""
        return sorted(file.stem for file in self._folder.glob("[0-9][0-9][0-9][0-9].key"))

    def wrap(self, plain: bytes, context: str) -> tuple[str, bytes]:
        known = self.ids()
        if not known:
            raise KeyGone("there is no key at all")
        nonce = secrets.token_bytes(_NONCE)
        return known[-1], nonce + self._cipher(known[-1]).encrypt(nonce, plain, _bound(known[-1], context))

    def unwrap(self, key_id: str, wrapped: bytes, context: str) -> bytes:
        return self._cipher(key_id).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], _bound(key_id, context))

    def rotate(self) -> str:
        known = self.ids()
        key_id = f"{int(known[-1]) + 1 if known else 1:04d}"
        create(self._folder / f"{key_id}.key")
        return key_id

    def destroy(self, key_id: str) -> None:
        files.remove(self._folder / f"{key_id}.key")

    def _cipher(self, key_id: str) -> AESGCMSIV:
        try:
            return AESGCMSIV((self._folder / f"{key_id}.key").read_bytes())
        except FileNotFoundError:
            raise KeyGone(key_id) from None


def _bound(key_id: str, context: str) -> bytes:
    return f"{key_id}|{context}".encode()


def create(file: Path) -> None:
    """A new 256-bit key, for its owner alone. FileExistsError where there is one."""
    files.create(file, secrets.token_bytes(32))
