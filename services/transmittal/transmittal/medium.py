"""What is put on a medium for one issue of a batch? The archive with its files, a manifest of everything, and its signature.

The files follow from the frozen content; the archive is new each time it is written (AES wants a fresh salt), so the ledger holds its hash.
"""

import contextlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chassis import files
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from transmittal import cover_sheet, record_file
from transmittal.accounts import Batch
from transmittal.medium_check import MANIFEST, SIGNATURE, described, packed

LAYOUT = "kokunen manifest 1"
KEY = "transmittal-manifest.key"
"""The file of the key that signs manifests, beside the service's sealing key."""
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Of a password: none that is taken for another one when it is read out."""


@dataclass(frozen=True)
class Written:
    """What is on the medium, by file name, and the plain record file."""

    medium: Mapping[str, bytes]
    record: bytes
    archive: bytes


def new_password() -> str:
    """Twenty letters in groups of five, some 99 bits: told by another way than the medium goes."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))


def composed(batch: Batch, issue: int, municipality_name: str) -> dict[str, bytes]:
    """The files of an issue: the same bytes for the same content."""
    name = f"batch-{batch.number:04d}"
    record = record_file.compose(batch.municipality, batch.number, issue, batch.sealed_on, batch.content)
    return {f"{name}.dat": record, f"{name}.pdf": cover_sheet.pdf(batch, issue, record, municipality_name)}


def written(batch: Batch, issue: int, municipality_name: str, password: str, key: Ed25519PrivateKey) -> Written:
    """Everything that goes on the medium."""
    inside = composed(batch, issue, municipality_name)
    name = f"batch-{batch.number:04d}.zip"
    archive = packed(inside, password.encode())
    manifest: dict[str, Any] = {
        "layout": LAYOUT,
        "municipality": batch.municipality,
        "batch": batch.number,
        "issue": issue,
        "sealed_on": batch.sealed_on.isoformat(),
        "items": batch.items,
        "counts": batch.counts,
        "content_sha256": batch.content_sha256,
        "archive": described(name, archive),
        "files": [described(each, content) for each, content in inside.items()],
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
    record = next(iter(inside.values()))
    return Written({name: archive, MANIFEST: text, SIGNATURE: key.sign(text)}, record, archive)


def signing_key(path: Path) -> Ed25519PrivateKey:
    """The key with which manifests are signed; made where there is none. Its public half lies beside it, to be handed out."""
    if not path.exists():
        key = Ed25519PrivateKey.generate()
        private = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        with contextlib.suppress(FileExistsError):  # another process was faster: its key counts
            files.create(path, private)
    key = Ed25519PrivateKey.from_private_bytes(path.read_bytes())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    beside = public_key_of(path)
    if not beside.exists() or beside.read_bytes() != public:
        files.write(beside, public)
    return key


def public_key_of(path: Path) -> Path:
    """Where the public half of a manifest key lies."""
    return path.with_suffix(".pub")
