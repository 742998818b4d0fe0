"""Everything on paper of a batch, and the registers. Made in processes beside this one, some hundreds of papers each (`typesetting`)."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import chain
from typing import Any, NamedTuple, TypeVar

from contracts.era import japanese_day
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from transmittal import originals, registers
from transmittal.accounts import Batch
from transmittal.letters import Letter
from transmittal.registers import Page
from transmittal.report_forms import INCOME_LABELS, Sheet
from transmittal.ruled import ruled
from transmittal.typesetting import FILLED_IN, Template, fonts, pdf, pdf_beside

STAND_IN = "〓"
"""Printed where the font has no drawing; what it stands for is told beside it."""
AT_ONCE = 1_000
"""Papers of one document."""
ROWS_AT_ONCE = 1_000
"""Rows of one list."""
SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
"""Variation selectors: they choose a form of the character before them, and are none themselves."""
BOX_EMS = (14, 30.5)
"""Room for label and content of a box of a form."""
UNBROKEN = 100
"""Room for what we know to fit."""

T = TypeVar("T")


class _Document(NamedTuple):
    name: str
    template: Template
    data: Any


def papers(sheets: Sequence[Sheet], batch: Batch, municipality: str) -> Iterator[tuple[str, bytes]]:
    """What is printed for a batch, by file name: the list of contents (送付内容内訳書), then the papers in its order."""
    return _made(chain(_lists(sheets, batch, municipality), _forms(sheets, batch, municipality)), batch.sealed_on)


def letters(written: Sequence[Letter], name: str, municipality: str, day: dt.date) -> Iterator[tuple[str, bytes]]:
    """Letters to people, by file name."""
    around = {"municipality": municipality, "on": japanese_day(day)}
    documents = (
        _Document(f"{name}-{n:03d}.pdf", "letter", {**around, "letters": [_written(one) for one in part]})
        for n, part in _parts(written, AT_ONCE)
    )
    return _made(documents, day)


def _made(documents: Iterable[_Document], day: dt.date) -> Iterator[tuple[str, bytes]]:
    def made(document: _Document) -> tuple[str, bytes]:
        return document.name, pdf_beside(document.template, document.data, day)

    with ThreadPoolExecutor(max_workers=2) as beside:  # each thread waits for a process of its own
        yield from beside.map(made, documents)


def _parts(every: Sequence[T], size: int) -> Iterator[tuple[int, Sequence[T]]]:
    """Parts of at most `size`, numbered from 1."""
    return enumerate((every[start : start + size] for start in range(0, len(every), size)), 1)


def _lists(sheets: Sequence[Sheet], batch: Batch, municipality: str) -> Iterator[_Document]:
    page = registers.content_list(batch.number, sheets)
    for n, rows in _parts(page.rows, ROWS_AT_ONCE):
        part = _printable(page._replace(rows=list(rows)))
        yield _Document(
            f"batch-{batch.number:04d}-list-{n:03d}.pdf", "register", part.data(municipality, batch.sealed_on, widths())
        )


def _forms(sheets: Sequence[Sheet], batch: Batch, municipality: str) -> Iterator[_Document]:
    around = {"title": f"進達帳票 第{batch.number}号", "municipality": municipality}
    for n, part in _parts(sheets, AT_ONCE):
        shown = [drawable(sheet, batch, municipality) for sheet in part]
        yield _Document(f"batch-{batch.number:04d}-forms-{n:03d}.pdf", "forms", {**around, "sheets": shown})


def register(page: Page, municipality: str, day: dt.date) -> bytes:
    """A register as one document."""
    return pdf("register", _printable(page).data(municipality, day, widths()), day)


def _written(letter: Letter) -> dict[str, Any]:
    """A letter as it can be printed."""
    stand_ins, note = _stand_ins((letter.name, letter.address))
    rows = (*letter.rows, ("備考", note)) if note else letter.rows
    name, address = letter.name.translate(stand_ins), letter.address.translate(stand_ins)
    return letter._replace(name=name, address=address, rows=rows)._asdict()


def labels(filing: str, sheets: int, municipality: str, day: dt.date) -> bytes:
    """A label with a barcode for each sheet of a filing's original."""
    made = originals.labels(filing, sheets)
    return pdf("labels", {"title": f"原本 {filing}", "municipality": municipality, "labels": made}, day)


def unsent(sheets: Sequence[Sheet], municipality: str, day: dt.date) -> bytes:
    """Papers of filings that no batch has yet, as they are laid before somebody at the counter."""
    shown = [drawable(sheet, None, municipality) for sheet in sheets]
    title = " ".join((sheets[0].title, *(sheet.filing for sheet in sheets)))
    return pdf_beside("forms", {"title": title, "municipality": municipality, "sheets": shown}, day)


def drawable(sheet: Sheet, batch: Batch | None, municipality: str) -> dict[str, Any]:
    """A sheet as it can be printed: 〓 stands for what the font has no drawing of, and a note names it."""
    stand_ins, note = _stand_ins(content for _, content in sheet.boxes)  # incomes hold figures and words of ours
    boxes = ((label, content.translate(stand_ins)) for label, content in sheet.boxes)
    number, sealed_on, code = "", "", ""
    if batch is not None:
        number, sealed_on = f"第{batch.number}号　{sheet.line}", japanese_day(batch.sealed_on)
        code = f"（{batch.municipality}）"
    place = (("進達番号", number), ("区分", sheet.mark))
    receipt = (
        ("受付年月日", sheet.received_on, "受付番号", sheet.filing),
        ("報告・送付", sealed_on, "市区町村", f"{municipality}{code}"),
    )
    incomes = None
    if sheet.incomes:
        head = ("", *(one.who for one in sheet.incomes))
        rows = zip(INCOME_LABELS, *(one.values for one in sheet.incomes), strict=True)
        incomes = ruled((head, *rows), (UNBROKEN,) * len(head), widths()).data()
    return {
        "title": sheet.title,
        "basis": sheet.basis,
        "protected": sheet.protected,
        "place": ruled(place, (UNBROKEN,) * 2, widths()).data(),
        "boxes": ruled(boxes, BOX_EMS, widths()).data(),
        "incomes": incomes,
        "receipt": ruled(receipt, (UNBROKEN,) * 4, widths()).data(),
        "note": note,
    }


def _printable(page: Page) -> Page:
    stand_ins, note = _stand_ins(cell for row in page.rows for cell in row)
    if not note:
        return page
    return page._replace(
        rows=[[cell.translate(stand_ins) for cell in row] for row in page.rows], notes=(*page.notes, note)
    )


def _stand_ins(texts: Iterable[str]) -> tuple[dict[int, str], str]:
    """What to print instead of characters without a drawing, and the note that names them."""
    missing = not_drawn(texts)
    note = "".join(f"〓は U+{ord(character):04X}（手書きで補うこと）。" for character in missing)
    return str.maketrans(dict.fromkeys(missing, STAND_IN)), note


def not_drawn(texts: Iterable[str]) -> Sequence[str]:
    """Characters that the font has no drawing for (外字): they are to be written by hand, and are told, never left out in silence."""
    known = widths()
    return sorted(c for c in set().union(*texts) if c not in known and c != "\n")


@cache
def widths() -> dict[str, float]:
    """The characters for which the font of what is filled in has a drawing, and how wide it is in em. A selector has no width of its own."""
    path = next(font.path for font in fonts().fonts() if font.family == FILLED_IN)
    assert path is not None
    font = TTFont(path)
    advances, em = font["hmtx"].metrics, font["head"].unitsPerEm
    drawn = {chr(code): advances[glyph][0] / em for code, glyph in font.getBestCmap().items()}
    return drawn | {chr(code): 0.0 for selectors in SELECTORS for code in selectors}
