"""How does data become paper? typst templates, PDF/A, two fonts that are named, embedded and never replaced by others.

The data goes to typst as JSON, never into the markup. The same data on the same day gives the same bytes. Many papers are made in a
child process, some hundreds at a time: their memory is given back when it ends.
"""

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Literal

import typst
from contracts.era import japanese_day
from contracts.vocabulary import JST
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from transmittal import registers
from transmittal.accounts import Batch
from transmittal.registers import Page
from transmittal.report_forms import INCOME_LABELS, Sheet

FONTS = {"IPAexGothic": "fonts-ipaexfont-gothic", "IPAmjMincho": "fonts-ipamj-mincho"}
"""The font of what is printed on a form and the one of what is filled in, with the Debian packages. The second draws the characters of
the resident registers (文字情報基盤), ideographic variation sequences among them."""
FILLED_IN = "IPAmjMincho"
STAND_IN = "〓"
"""Printed where the font has no drawing; what it stands for is told beside it."""
TEMPLATES = Path(__file__).parent / "templates"
Template = Literal["cover_sheet", "forms", "register"]
STANDARD: Literal["a-2u"] = "a-2u"
"""PDF/A-2u (ISO 19005-2): fonts embedded, every character also readable as text."""
AT_ONCE = 250
"""Papers of one document: bounds the memory of the process that makes them."""
SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
"""Variation selectors: they choose a form of the character before them, and are none themselves."""


class FontMissing(OSError):
    """The machine has no font for paper: a broken environment, not a broken batch."""

    def __init__(self, font: str) -> None:
        super().__init__(
            f"paper needs the font {font}; install the Debian package {FONTS[font]} "
            f"(apt-get install {FONTS[font]}), no other font takes its place."
        )


@cache
def fonts() -> typst.Fonts:
    """The machine's fonts, ours among them; else `FontMissing`."""
    found = typst.Fonts(include_system_fonts=True, include_embedded_fonts=False)
    for font in FONTS:
        if font not in found.families():
            raise FontMissing(font)
    return found


def pdf(template: Template, data: Any, day: dt.date) -> bytes:
    """One document; `day` is the day it bears."""
    compiled = typst.compile(
        str(TEMPLATES / f"{template}.typ"),
        font_paths=fonts(),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False), "fonts": json.dumps(list(FONTS))},
        format="pdf",
        pdf_standards=STANDARD,
        pdf_tags=False,
        timestamp=dt.datetime.combine(day, dt.time(), JST),
    )
    assert isinstance(compiled, bytes)
    return compiled


def forms(sheets: Sequence[Sheet], batch: Batch, municipality: str) -> Iterator[bytes]:
    """The papers of a batch, `AT_ONCE` in a document, in their order; made beside this process, two at a time."""
    around = {
        "batch": batch.number,
        "municipality": municipality,
        "code": batch.municipality,
        "sealed_on": japanese_day(batch.sealed_on),
    }
    day = batch.sealed_on
    with ProcessPoolExecutor(max_workers=2, mp_context=get_context("spawn")) as beside:
        waiting = [
            beside.submit(_forms, sheets[start : start + AT_ONCE], around, day)
            for start in range(0, len(sheets), AT_ONCE)
        ]
        for made in waiting:
            yield made.result()


def _forms(sheets: Sequence[Sheet], around: Mapping[str, Any], day: dt.date) -> bytes:
    return pdf("forms", {**around, "sheets": [drawable(sheet) for sheet in sheets]}, day)


def drawable(sheet: Sheet) -> dict[str, Any]:
    """A sheet as it can be printed: 〓 stands for what the font has no drawing of, and a note names it."""
    stand_ins, note = _stand_ins(content for _, content in sheet.boxes)  # incomes hold figures and words of ours
    boxes = [(label, content.translate(stand_ins)) for label, content in sheet.boxes]
    incomes = [income._asdict() for income in sheet.incomes]
    return {**sheet._asdict(), "boxes": boxes, "note": note, "incomes": incomes, "income_labels": INCOME_LABELS}


def register(page: Page, municipality: str, day: dt.date) -> bytes:
    """A register or list as one document."""
    stand_ins, note = _stand_ins(cell for row in page.rows for cell in row)
    rows = [[cell.translate(stand_ins) for cell in row] for row in page.rows]
    shown = page._replace(rows=rows, notes=(*page.notes, note) if note else page.notes)
    return pdf("register", shown.data(municipality, day), day)


def _stand_ins(texts: Iterable[str]) -> tuple[dict[int, str], str]:
    """What to print instead of characters without a drawing, and the note that names them."""
    missing = not_drawn(texts)
    note = "".join(f"〓は U+{ord(character):04X}（手書きで補うこと）。" for character in missing)
    return str.maketrans(dict.fromkeys(missing, STAND_IN)), note


@cache
def _drawn() -> frozenset[int]:
    """Code points for which the font of what is filled in has a drawing."""
    path = next(font.path for font in fonts().fonts() if font.family == FILLED_IN)
    assert path is not None
    return frozenset(TTFont(path).getBestCmap())


def not_drawn(texts: Iterable[str]) -> Sequence[str]:
    """Characters that the font has no drawing for (外字): they are to be written by hand, and are told, never left out in silence."""
    found = {character for text in texts for character in text if ord(character) not in _drawn()}
    return sorted(c for c in found if c != "\n" and not any(ord(c) in selectors for selectors in SELECTORS))


def papers(sheets: Sequence[Sheet], batch: Batch, municipality: str) -> Iterator[tuple[str, bytes]]:
    """Everything on paper of a batch, by file name: the list of contents (送付内容内訳書), then the papers in its order."""
    stem = f"batch-{batch.number:04d}"
    page = registers.content_list(batch.number, sheets)
    yield f"{stem}-list.pdf", register(page, municipality, batch.sealed_on)
    for n, made in enumerate(forms(sheets, batch, municipality), 1):
        yield f"{stem}-forms-{n:03d}.pdf", made
