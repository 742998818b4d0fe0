"""How does a file get its place without ever being half there? Written aside, made durable, then given its name."""

import os
import secrets
from pathlib import Path

from chassis import faults


def write(path: Path, data: bytes) -> None:
    """Put these bytes at `path`: after a crash the old file or the whole new one is there. Readable by its owner alone."""
    aside = path.with_name(f".{path.name}.part")
    aside.unlink(missing_ok=True)  # left by a crash
    try:
        _durable(aside, data)
    except OSError:  # no room, as a rule: what was begun does not stay
        aside.unlink(missing_ok=True)
        raise
    faults.point("rename")
    aside.replace(path)
    _keep(path.parent)


def create(path: Path, data: bytes) -> None:
    """Make a file where there is none, whole or not at all. FileExistsError where there is one: it is left as it is."""
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")  # two who make it at once do not meet here
    _durable(aside, data)
    try:
        os.link(aside, path)
    finally:
        aside.unlink()
    _keep(path.parent)


def remove(path: Path) -> None:
    """Take a file away, for good when this returns."""
    path.unlink(missing_ok=True)
    _keep(path.parent)


def _durable(aside: Path, data: bytes) -> None:
    aside.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        faults.point("fsync")
        file.flush()
        os.fsync(file.fileno())


def _keep(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
