"""What is put on a medium for one issue of a batch? The archive with its files, a manifest of everything, and its signature.

The files follow from the frozen content; the archive is new each time it is written (AES wants a fresh salt), so the ledger holds its hash.
"""

import contextlib
import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chassis import faults
from chassis.doors import Refused
from chassis.files import create, write
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from transmittal import cover_sheet, record_file
from transmittal.accounts import Batch
from transmittal.medium_check import MANIFEST, SIGNATURE, described, packed, read

LAYOUT = "kokunen manifest 1"
KEY = "transmittal-manifest.key"
"""The file of the key that signs manifests, beside the service's sealing key."""
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Of a password: none that is taken for another one when it is read out."""


def record_of(batch: int) -> str:
    """Name of the record file."""
    return f"batch-{batch:04d}.dat"


def archive_of(batch: int) -> str:
    """Name of the archive, in which the record file is."""
    return f"batch-{batch:04d}.zip"


def new_password() -> str:
    """Twenty letters in groups of five, some 99 bits: told by another way than the medium goes."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))


def composed(batch: Batch, issue: int, municipality_name: str) -> dict[str, bytes]:
    """The files of an issue: the same bytes for the same content."""
    record = record_file.compose(batch.municipality, batch.number, issue, batch.sealed_on, batch.content)
    cover = cover_sheet.pdf(batch, issue, record, municipality_name)
    return {record_of(batch.number): record, f"batch-{batch.number:04d}.pdf": cover}


def files(batch: Batch, issue: int, municipality_name: str, password: str, key: Ed25519PrivateKey) -> dict[str, bytes]:
    """Everything that goes on the medium, by file name."""
    inside = composed(batch, issue, municipality_name)
    name = archive_of(batch.number)
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
    return {name: archive, MANIFEST: text, SIGNATURE: key.sign(text)}


def put(folder: Path, made: Mapping[str, bytes]) -> None:
    """The files go to a medium that lies open at `folder` and holds nothing else; what an interrupted try left there is replaced."""
    if set(read(folder)) - set(made):
        raise Refused("medium_not_empty", "媒体に別のファイルがあります。何も書き込んでいません。", status=409)
    for name, content in made.items():
        try:
            write(folder / name, content)
        except OSError:
            raise Refused(
                "medium_not_writable",
                "媒体に書き込めません（空き容量と権限を確認してください）。書込みは記録していません。",
                status=409,
            ) from None
        faults.point("write")


def signing_key(path: Path) -> Ed25519PrivateKey:
    """The key with which manifests are signed; made where there is none. Its public half lies beside it, to be handed out."""
    if not path.exists():
        key = Ed25519PrivateKey.generate()
        private = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        with contextlib.suppress(FileExistsError):  # another process was faster: its key counts
            create(path, private)
    key = Ed25519PrivateKey.from_private_bytes(path.read_bytes())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    beside = public_key_of(path)
    if not beside.exists() or beside.read_bytes() != public:
        write(beside, public)
    return key


def public_key_of(path: Path) -> Path:
    """Where the public half of a manifest key lies."""
    return path.with_suffix(".pub")
