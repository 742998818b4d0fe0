"""Is every paper original of a batch in its bag? Each sheet bears a barcode with its filing and its place among the filing's sheets. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from barcode.codex import Code128

MOST_SHEETS = 99
_CODE = re.compile(r"([A-Za-z0-9][A-Za-z0-9_.-]{0,63})/([1-9][0-9]?)-([1-9][0-9]?)")


class Sheet(NamedTuple):
    """One sheet of an original: the second of three of this filing."""

    filing: str
    sheet: int
    sheets: int

    def __str__(self) -> str:
        """What the barcode says."""
        return f"{self.filing}/{self.sheet}-{self.sheets}"


class Bag(NamedTuple):
    """Which originals belong to an issue of a batch, and what was scanned of them."""

    originals: int
    sheets: int
    """Scanned so far."""
    missing: dict[str, list[int]]
    """By filing the sheets that were not scanned; an empty list = none was, so nobody knows how many there are."""
    strange: tuple[str, ...]
    """What was scanned and is no sheet of this batch."""

    @property
    def complete(self) -> bool:
        return not self.missing


def labels(filing: str, sheets: int) -> list[dict[str, Any]]:
    """The label of each sheet of an original: its text, the modules of its Code 128 (ISO/IEC 15417), and its bars as (place, width)."""
    return [_label(str(Sheet(filing, n, sheets))) for n in range(1, sheets + 1)]


def _label(text: str) -> dict[str, Any]:
    modules = Code128(text).build()[0]
    bars = [(found.start(), len(found[0])) for found in re.finditer("1+", modules)]
    return {"text": text, "modules": len(modules), "bars": bars}


def read(scanned: Iterable[str]) -> tuple[list[Sheet], list[str]]:
    """The sheets that were scanned, each once, by the newest label; and what is no barcode of ours."""
    found: dict[tuple[str, int], Sheet] = {}
    strange = []
    for text in scanned:
        matched = _CODE.fullmatch(text.strip())
        if matched is None or int(matched[2]) > int(matched[3]):
            strange.append(text.strip())
        else:
            sheet = Sheet(matched[1], int(matched[2]), int(matched[3]))
            found[sheet.filing, sheet.sheet] = sheet
    return list(found.values()), strange


def bag(rows: Sequence[Mapping[str, Any]], strange: Iterable[str] = ()) -> Bag:
    """What rows of the view `bag` say."""
    missing = {
        row["filing"]: sorted(set(range(1, (row["sheets"] or 0) + 1)) - set(row["scanned"] or ()))
        for row in rows
        if not row["complete"]
    }
    return Bag(len(rows), sum(len(row["scanned"] or ()) for row in rows), missing, tuple(strange))
