"""Every template makes PDF/A, the same bytes for the same data, also in a process of its own."""

import datetime as dt
from typing import Any, get_args

import pytest
import typst
from transmittal import cover_sheet, originals, paper, typesetting
from transmittal.letters import letter
from transmittal.registers import carry_outs
from transmittal.typesetting import STANDARD, Template

from tests.transmittal.pdfs import standard_of
from tests.transmittal.test_cover_sheet import batch_of
from tests.transmittal.test_letters import received
from tests.transmittal.test_paper import PERSON, batch, one, person

DAY = dt.date(2026, 7, 9)
AROUND = {
    "title": "進達帳票",
    "municipality": "豊島区",
    "code": "131164",
    "batch": 3,
    "sealed_on": "令和8年7月9日",
    "on": "令和8年7月9日",
}
DATA: dict[Template, Any] = {
    "cover_sheet": cover_sheet.sheet(*batch_of(("acquisition", "new")), "豊島区"),
    "forms": {**AROUND, "sheets": [paper.drawable(one("loss"), batch(), "豊島区")]},
    "register": carry_outs([]).data("豊島区", DAY, paper.widths()),
    "letter": {**AROUND, "letters": [letter("receipt", received(), None, person(PERSON))._asdict()]},
    "labels": {**AROUND, "title": "原本", "labels": originals.labels("F-1", 2)},
}


def test_every_template_is_here() -> None:
    assert set(get_args(Template)) == DATA.keys()


@pytest.mark.parametrize("template", get_args(Template))
def test_it_is_pdf_a_and_the_same_every_time(template: Template) -> None:
    made = typesetting.pdf(template, DATA[template], DAY)
    assert standard_of(made) == STANDARD.removeprefix("a-").upper()
    assert typesetting.pdf_beside(template, DATA[template], DAY) == made


def test_a_document_that_is_none_is_found() -> None:
    plain = typst.compile(b"plain", format="pdf")
    assert isinstance(plain, bytes)
    assert standard_of(plain) is None
