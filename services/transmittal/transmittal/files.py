"""How does a file get its place without ever being half there? Written aside, made durable, then renamed."""

import os
from pathlib import Path

from chassis import faults


def write(path: Path, data: bytes) -> None:
    """Put these bytes at `path`: after a crash the old file or the whole new one is there. Readable by the service alone."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.part")
    aside.unlink(missing_ok=True)
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    faults.point("rename")
    aside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
