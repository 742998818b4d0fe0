"""What does the cover sheet (送付書) of a batch say? One page in Japanese that two people sign and the pension service compares.

The data goes to typst as JSON, never into the markup. The same batch gives the same bytes: the date of the document is the
sealing day, and the one font is named, embedded and never replaced by another.
"""

import datetime as dt
import hashlib
import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import typst
from contracts.vocabulary import JST

from transmittal import record_file
from transmittal.accounts import Batch
from transmittal.attempts import Mark
from transmittal.due import KINDS, Kind

FONT = "IPAexGothic"
PACKAGE = "fonts-ipaexfont-gothic"
TEMPLATE = Path(__file__).with_name("cover_sheet.typ")

_REIWA = dt.date(2019, 5, 1)
_MARKS: tuple[Mark, ...] = ("new", "correction", "annulment")
_WORDS: dict[Kind, tuple[str, str]] = {
    "acquisition": ("資格取得", "国民年金法施行規則 第9条第1項"),
    "category_change": ("種別変更", "国民年金法施行規則 第9条第1項"),
    "loss": ("資格喪失", "国民年金法施行規則 第9条第1項"),
    "exemption": ("免除・納付猶予申請", "国民年金法施行令 第1条の2第9号"),
    "student": ("学生納付特例申請", "国民年金法施行令 第1条の2第9号"),
}


class FontMissing(OSError):
    """The machine has no font for the cover sheet: a broken environment, not a broken batch."""

    def __init__(self) -> None:
        super().__init__(
            f"the cover sheet needs the font {FONT}; install the Debian package {PACKAGE} "
            f"(apt-get install {PACKAGE}), no other font takes its place."
        )


@cache
def fonts() -> typst.Fonts:
    """The machine's fonts, the one of the cover sheet among them; else `FontMissing`."""
    found = typst.Fonts(include_system_fonts=True, include_embedded_fonts=False)
    if FONT not in found.families():
        raise FontMissing
    return found


def pdf(batch: Batch, record: bytes, municipality: str) -> bytes:
    """The cover sheet of a batch whose record file is `record`; the municipality by its name."""
    compiled = typst.compile(
        str(TEMPLATE),
        font_paths=fonts(),
        sys_inputs={"sheet": json.dumps(sheet(batch, record, municipality), ensure_ascii=False), "font": FONT},
        format="pdf",
        timestamp=dt.datetime.combine(batch.sealed_on, dt.time(), JST),
    )
    assert isinstance(compiled, bytes)
    return compiled


def sheet(batch: Batch, record: bytes, municipality: str) -> dict[str, Any]:
    """What the page shows, ready to print."""
    counts = Counter((line.content.kind, line.mark) for line in record_file.thaw(batch.content))
    rows = [[*_WORDS[kind], *_counted([counts[kind, mark] for mark in _MARKS])] for kind in KINDS]
    totals = _counted([sum(counts[kind, mark] for kind in KINDS) for mark in _MARKS])
    return {
        "number": batch.number,
        "municipality": municipality,
        "code": batch.municipality,
        "sealed_on": f"{era(batch.sealed_on)}（{_western(batch.sealed_on)}）",
        "rows": rows,
        "totals": totals,
        "marks": [record_file.MARKS[mark] for mark in _MARKS],
        "file": f"batch-{batch.number:04d}.dat",
        "layout": record_file.LAYOUT,
        "content_sha256": _groups(batch.content_sha256),
        "file_sha256": _groups(hashlib.sha256(record).hexdigest()),
    }


def era(day: dt.date) -> str:
    """A day in the Japanese era: 令和元年5月1日."""
    if day < _REIWA:
        raise ValueError(f"{day.isoformat()} lies before 令和; no batch can be that old")
    year = day.year - _REIWA.year + 1
    return f"令和{'元' if year == 1 else year}年{day.month}月{day.day}日"


def _western(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _counted(by_mark: list[int]) -> list[str]:
    return [f"{count:,}" for count in (*by_mark, sum(by_mark))]


def _groups(digest: str) -> list[str]:
    return [digest[start : start + 8] for start in range(0, len(digest), 8)]
