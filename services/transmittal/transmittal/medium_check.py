"""What is on a medium of kokunen, and is it unaltered? For whoever holds the medium, its password and the sender's public key, and nothing else.

    python medium_check.py FOLDER PUBLIC_KEY          (asks for the password; needs Python 3.11, pyzipper and cryptography)

A medium holds an archive (zip, AES-256), `manifest.json` and its signature `manifest.sig` (Ed25519). The manifest names archive and files
with size and SHA-256, and counts what was sent. Exit status 0 and the list: everything is as it was signed. Else 1 and one line.
"""

import getpass
import hashlib
import io
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyzipper
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import load_pem_public_key

MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"


class Altered(Exception):
    """The medium is not what was signed; one sentence."""


def packed(files: Mapping[str, bytes], password: bytes) -> bytes:
    """An archive of these files, each encrypted with AES-256."""
    to = io.BytesIO()
    with pyzipper.AESZipFile(to, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(password)
        for name, content in files.items():
            archive.writestr(name, content)
    return to.getvalue()


def unpacked(archive: bytes, password: bytes) -> dict[str, bytes]:
    """The files of an archive. Altered when the password is another, or the archive can't be read."""
    try:
        with pyzipper.AESZipFile(io.BytesIO(archive)) as opened:
            opened.setpassword(password)
            if any(not entry.flag_bits & 1 for entry in opened.infolist()):
                raise Altered("a file of the archive is not encrypted")
            return {name: opened.read(name) for name in opened.namelist()}
    except (RuntimeError, pyzipper.BadZipFile, NotImplementedError):
        raise Altered("the archive can't be opened with this password") from None


def described(name: str, content: bytes) -> dict[str, Any]:
    """How the manifest names a file."""
    return {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def checked(medium: Mapping[str, bytes], password: bytes, public_key: bytes) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The manifest and the files of a medium (file name → bytes). Altered names the first thing that is not as it was signed."""
    for name in (MANIFEST, SIGNATURE):
        if name not in medium:
            raise Altered(f"{name} is missing")
    try:
        load_pem_public_key(public_key).verify(medium[SIGNATURE], medium[MANIFEST])  # type: ignore[union-attr, call-arg]
    except InvalidSignature:
        raise Altered(f"{MANIFEST} was not signed with this key, or was changed") from None
    manifest = json.loads(medium[MANIFEST])
    name = manifest["archive"]["name"]
    if set(medium) != {MANIFEST, SIGNATURE, name}:
        raise Altered(f"the medium holds something else than {name}, {MANIFEST} and {SIGNATURE}")
    if described(name, medium[name]) != manifest["archive"]:
        raise Altered(f"{name} is not the archive that was signed")
    files = unpacked(medium[name], password)
    if [described(name, content) for name, content in files.items()] != manifest["files"]:
        raise Altered("the archive does not hold the files that were signed")
    return manifest, files


def read(folder: Path) -> dict[str, bytes]:
    """The files of a medium; hidden ones are the file system's own."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if not path.name.startswith(".")}


def main(folder: str, public_key: str) -> int:
    password = (getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")).encode()
    try:
        manifest, files = checked(read(Path(folder)), password, Path(public_key).read_bytes())
    except Altered as altered:
        print(f"NOT AS SIGNED: {altered}")
        return 1
    print(f"Unaltered. Batch {manifest['batch']}, issue {manifest['issue']}, of {manifest['municipality']},")
    print(f"sealed on {manifest['sealed_on']}: {manifest['items']:,} items")
    for place, count in manifest["counts"].items():
        print(f"  {count:>8,}  {place}")
    for name, content in files.items():
        print(f"  {len(content):>12,} bytes  {name}")
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
