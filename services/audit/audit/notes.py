"""How is a head of the log written down and signed? As C2SP has it (tlog-checkpoint, signed-note, tlog-cosignature). Pure."""

import base64

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.log_check import COSIGNATURE, Checkpoint, Key


def text_of(checkpoint: Checkpoint) -> str:
    """What is signed."""
    return f"{checkpoint.origin}\n{checkpoint.size}\n{base64.b64encode(checkpoint.root).decode()}\n"


def signature(text: str, key: Key, private: Ed25519PrivateKey) -> str:
    """The signature line of a log's key."""
    return _line(key, private.sign(text.encode()))


def cosignature(text: str, key: Key, private: Ed25519PrivateKey, seen_at: int) -> str:
    """The signature line of a witness that saw the checkpoint at this moment (seconds since 1970)."""
    assert key.kind == COSIGNATURE
    message = f"cosignature/v1\ntime {seen_at}\n{text}".encode()
    return _line(key, seen_at.to_bytes(8, "big") + private.sign(message))


def note(text: str, *lines: str) -> str:
    """A signed note."""
    return f"{text}\n{''.join(lines)}"


def _line(key: Key, signed: bytes) -> str:
    return f"— {key.name} {base64.b64encode(key.hint + signed).decode()}\n"
