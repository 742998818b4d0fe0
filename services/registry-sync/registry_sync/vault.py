"""How is a My Number (個人番号) kept so that the database alone tells nobody's?

Each number is sealed (AES-256-GCM-SIV, misuse-safe) under a key of its person's own, bound to its place; that key is wrapped by the key
port. Exact look-up goes by an HMAC under a further key: a My Number has only some 10^11 values, so whoever has that key has all numbers.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from registry_sync.key_port import FileKeys, KeyGone, KeyPort, create

_NONCE = 12


@dataclass(frozen=True)
class Sealed:
    """One version of one person's number, as the vault keeps it."""

    addressee: int
    version: int
    box: bytes
    person_key: bytes
    key_id: str


class Vault:
    """Seals, opens, finds. Holds no number."""

    def __init__(self, keys: KeyPort, index_key: bytes) -> None:
        self._keys, self._index_key = keys, index_key

    def look_up(self, number: str) -> bytes:
        """What stands for a number in the index."""
        return hmac.digest(self._index_key, number.encode(), hashlib.sha256)

    def seal(self, addressee: int, version: int, number: str, before: Sealed | None = None) -> Sealed:
        """A number sealed under its person's key: a new one, or that of an earlier version."""
        key = secrets.token_bytes(32) if before is None else self._person_key(before)
        nonce = secrets.token_bytes(_NONCE)
        box = nonce + AESGCMSIV(key).encrypt(nonce, number.encode(), _place(addressee, version))
        key_id, wrapped = self._keys.wrap(key, _owner(addressee))
        return Sealed(addressee, version, box, wrapped, key_id)

    def open(self, sealed: Sealed) -> str:
        """The number. KeyGone where the key that wraps its key is no more; InvalidTag where anything was changed or moved."""
        key = AESGCMSIV(self._person_key(sealed))
        place = _place(sealed.addressee, sealed.version)
        return key.decrypt(sealed.box[:_NONCE], sealed.box[_NONCE:], place).decode()

    def rewrap(self, sealed: Sealed) -> Sealed:
        """The same under the newest key."""
        key_id, wrapped = self._keys.wrap(self._person_key(sealed), _owner(sealed.addressee))
        return Sealed(sealed.addressee, sealed.version, sealed.box, wrapped, key_id)

    def _person_key(self, sealed: Sealed) -> bytes:
        return self._keys.unwrap(sealed.key_id, sealed.person_key, _owner(sealed.addressee))


def _place(addressee: int, version: int) -> bytes:
    return f"vault|box|{addressee}|{version}|My Number".encode()


def _owner(addressee: int) -> str:
    return f"vault|person_key|{addressee}"


def folder_beside(key_file: Path) -> Path:
    """Where the vault's keys are: beside the service's own."""
    return key_file.parent / "vault"


def open_vault(folder: Path, *, new: bool = False) -> Vault:
    """The vault over the keys of a folder; with `new`, keys are made where there are none. KeyGone where they should be and are not."""
    keys, index = FileKeys(folder), folder / "index.key"
    if new and not keys.ids() and not index.exists():
        keys.rotate()
        create(index)
    if not index.exists() or not keys.ids():
        raise KeyGone(f"the vault's keys are not in {folder}; restore them from their backup")
    return Vault(keys, index.read_bytes())
