"""What is the derived state, written down so that two of them can be compared byte for byte?

One JSON line for each thing a service says, sorted. What by its nature depends on arrival (event ids, sequences, batches,
dispositions) is not in it.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import Any, NamedTuple


class Said(NamedTuple):
    """One standing statement of a service about a subject."""

    service: str
    subject: int
    topic: str
    key: str
    type: str
    value: Any

    def line(self) -> str:
        return json.dumps(self._asdict(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def stands(one: Said) -> bool:
    """Whether a last word still holds: it was not taken back, nor ended as it began (総合窓口課 has no word for the former)."""
    if one.type == "InsuredStatusPublished":
        return bool(one.value.get("lost_on") != one.value["acquired_on"])
    return not one.value.get("withdrawn")


def lines(said: Iterable[Said]) -> list[str]:
    """The canonical dump, sorted."""
    return sorted(one.line() for one in said)


def digest(dump: Iterable[str]) -> str:
    """SHA-256 of a dump as it stands in a file: one line each, newline at the end."""
    total = hashlib.sha256()
    for line in dump:
        total.update(line.encode() + b"\n")
    return total.hexdigest()
