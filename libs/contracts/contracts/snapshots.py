"""Write the published schemas: `python -m contracts.snapshots`.

One JSON Schema per event type and version, and the AsyncAPI document. A version that was published only ever widens; any
other change needs a new VERSION in the event type, and so a new file beside the old one.
"""

import json
from pathlib import Path

from contracts.asyncapi import document, schema, text
from contracts.compatibility import incompatible
from contracts.topics import EVENT_TYPES, version_of

FOLDER = Path(__file__).parents[1] / "schemas"


def snapshots() -> dict[str, str]:
    """File name and text of every snapshot, as the code has it now."""
    files = {f"{name}.v{version_of(data)}.json": text(schema(name)) for name, data in EVENT_TYPES.items()}
    return {**files, "asyncapi.json": text(document())}


def broken_promises(folder: Path = FOLDER) -> dict[str, list[str]]:
    """Published schemas that the code no longer keeps, with what it would refuse."""
    broken = {}
    for name, data in EVENT_TYPES.items():
        published = folder / f"{name}.v{version_of(data)}.json"
        if published.exists():
            found = incompatible(json.loads(published.read_text("utf-8")), schema(name))
            if found:
                broken[name] = found
    return broken


def write(folder: Path = FOLDER) -> None:
    """Write every snapshot; refuse where a published version would be narrowed."""
    broken = broken_promises(folder)
    if broken:
        lines = [f"{name}: {what}" for name, found in broken.items() for what in found]
        raise SystemExit("\n".join(["these changes need a new VERSION of the event type:", *lines]))
    folder.mkdir(exist_ok=True)
    for name, content in snapshots().items():
        (folder / name).write_text(content, "utf-8")


if __name__ == "__main__":
    write()
