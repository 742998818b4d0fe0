"""The cover sheet (送付書): the same bytes every time, in the font that was named, with counts that add up."""

import datetime as dt
import hashlib

import pytest
from transmittal import cover_sheet, typesetting
from transmittal.accounts import Batch
from transmittal.attempts import Attempt, Mark
from transmittal.due import KINDS, Content, Kind
from transmittal.record_file import compose, counts_of, freeze, lines_of

from tests.transmittal.pdfs import fonts_of, objects, pages_of

FRIDAY = dt.date(2025, 9, 5)


def batch_of(*told: tuple[Kind, Mark]) -> tuple[Batch, int, bytes]:
    attempts = [
        Attempt(n, "X", 1, mark, "pending", Content(kind=kind, received_on=FRIDAY))
        for n, (kind, mark) in enumerate(told, 1)
    ]
    lines = lines_of(attempts)
    content = freeze(lines)
    digest = hashlib.sha256(content).hexdigest()
    batch = Batch(3, "131164", FRIDAY, len(attempts), content, digest, counts_of(lines), 1234, "ab" * 32)
    return batch, 1, compose(batch.municipality, batch.number, 1, batch.sealed_on, content)


@pytest.mark.parametrize(
    ("kinds", "pages"), [(KINDS[:3], 1), (KINDS, 3)], ids=["an ordinary week", "every kind at once"]
)
def test_few_pages_with_the_named_font_embedded_and_no_other(kinds: tuple[Kind, ...], pages: int) -> None:
    pdf = cover_sheet.pdf(*batch_of(*[(kind, "new") for kind in kinds]), "豊島区")
    assert fonts_of(pdf) == {"IPAexGothic"}
    assert any(b"/FontFile" in part for part in objects(pdf))
    assert pages_of(pdf) == pages


def test_the_font_test_would_see_another_font() -> None:
    assert fonts_of(b"<< /BaseFont /ABCDEF+NotoSansCJKjp-Regular >>") == {"NotoSansCJKjp-Regular"}


def test_the_same_batch_gives_the_same_bytes() -> None:
    told = batch_of(("loss", "annulment"), ("student", "new"))
    first = cover_sheet.pdf(*told, "豊島区")
    assert cover_sheet.pdf(*told, "豊島区") == first
    assert cover_sheet.pdf(*batch_of(("loss", "new"), ("student", "new")), "豊島区") != first


def test_without_the_font_one_sentence_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetting, "FONTS", {"No Such Gothic": "fonts-no-such-gothic"})
    typesetting.fonts.cache_clear()
    with pytest.raises(typesetting.FontMissing, match="install the Debian package fonts-no-such-gothic"):
        cover_sheet.pdf(*batch_of(("loss", "new")), "豊島区")


def test_counts_by_kind_and_mark_add_up() -> None:
    told: list[tuple[Kind, Mark]] = [
        ("acquisition", "new"),
        ("acquisition", "new"),
        ("acquisition", "correction"),
        ("loss", "annulment"),
        ("student", "new"),
    ]
    sheet = cover_sheet.sheet(*batch_of(*told), "豊島区")
    assert [row[2:] for row in sheet["rows"]] == [
        ["2", "1", "0", "3"],
        ["0", "0", "0", "0"],
        ["0", "0", "1", "1"],
        ["0", "0", "0", "0"],
        ["1", "0", "0", "1"],
    ]
    assert sheet["totals"] == ["3", "1", "1", "5"]


def test_what_the_sheet_says_of_thebatch_of() -> None:
    batch, issue, record = batch_of(("loss", "new"))
    sheet = cover_sheet.sheet(batch, issue, record, "豊島区")
    assert not sheet["again"]
    assert cover_sheet.sheet(batch, 2, record, "豊島区")["again"]
    assert sheet["sealed_on"] == "令和7年9月5日（2025年9月5日）"
    assert (sheet["number"], sheet["municipality"], sheet["code"]) == (3, "豊島区", "131164")
    assert "".join(sheet["content_sha256"]) == batch.content_sha256
    assert (sheet["log_size"], "".join(sheet["log_root"])) == ("1,234", "ab" * 32)
    assert "".join(sheet["file_sha256"]) == hashlib.sha256(record).hexdigest()
