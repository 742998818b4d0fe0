"""Paper originals (原本): every sheet has a barcode that a scanner reads, and a batch leaves with all of them."""

import datetime as dt

import pypdfium2
import pytest
import zxingcpp
from transmittal import originals, paper
from transmittal.originals import Sheet

DAY = dt.date(2026, 11, 27)


def picture(page: pypdfium2.PdfPage) -> memoryview:
    """A page in grey at 200 dots an inch."""
    drawn = page.render(scale=200 / 72, grayscale=True)
    return memoryview(bytes(drawn.buffer)).cast("B", (drawn.height, drawn.stride))


@pytest.mark.parametrize(("filing", "sheets"), [("F-2026-000123", 3), ("R1", 12), ("F" + "0123456789.-_a" * 4, 1)])
def test_a_scanner_reads_every_label(filing: str, sheets: int) -> None:
    document = pypdfium2.PdfDocument(paper.labels(filing, sheets, "見本市", DAY))
    found = [code.text for page in document for code in zxingcpp.read_barcodes(picture(page))]
    assert sorted(found) == sorted(f"{filing}/{n}-{sheets}" for n in range(1, sheets + 1))


def test_a_sheet_is_read_as_it_is_written_and_by_its_newest_label() -> None:
    given = [Sheet("F-1", 1, 2), Sheet("F-1", 2, 2), Sheet("F-2", 1, 1)]
    assert originals.read(map(str, given)) == (given, [])
    assert originals.read([" F-1/1-2\r\n", "F-1/1-3"]) == ([Sheet("F-1", 1, 3)], [])


@pytest.mark.parametrize("text", ["", "F-1", "F-1/0-1", "F-1/2-1", "F-1/1-100", "F 1/1-1", "F-1/1", "届/1-1"])
def test_what_is_no_label_of_ours_is_told(text: str) -> None:
    assert originals.read([text]) == ([], [text])


def test_what_is_missing_is_named_sheet_by_sheet() -> None:
    rows = [
        {"filing": "F-1", "scanned": [1, 3], "sheets": 3, "complete": False},
        {"filing": "F-2", "scanned": None, "sheets": None, "complete": False},
        {"filing": "F-3", "scanned": [1], "sheets": 1, "complete": True},
    ]
    bag = originals.bag(rows, ["x"])
    assert (bag.originals, bag.sheets, bag.missing, bag.strange) == (3, 3, {"F-1": [2], "F-2": []}, ("x",))
    assert not bag.complete
    assert originals.bag(rows[2:]).complete
    assert originals.bag([]).complete
