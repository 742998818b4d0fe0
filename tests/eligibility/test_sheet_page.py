"""The sheet of a person as a page: everything on it, nothing beside it, and what somebody wrote cannot become part of the page."""

import datetime as dt
import re
from typing import Any, get_args

import pytest
from contracts.doors.incomes import IncomeShown
from contracts.doors.inquiry import Part, PersonSeen, View, ViewLine
from contracts.doors.registry import Addressee
from contracts.events.eligibility import ClaimKind, FilingKind, HintCode, Outcome, TransitionReason
from contracts.events.registry import ResidentRecord
from contracts.sheet import PARTS, moments, says, spans
from contracts.vocabulary import Category, Exemption
from eligibility.sheet_page import page

from tests.events import HUSBAND, WIFE, day

ID = "6f0e8a52-0000-5000-8000-000000000001"


def line(part: Part, type: str = "T", **data: Any) -> ViewLine:
    return ViewLine(part=part, key="k", type=type, event=ID, data=data)


def change(on: str, category: Any, type: str = "InsuredStatusAcquired", **data: Any) -> ViewLine:
    return line(
        "status", type, effective_on=on, category=category, **{"reason": "age20", "certainty": "confirmed"} | data
    )


ACQUIRED = change("2020-04-01", 1)
TO_2 = change("2023-04-01", 2, "CategoryChanged", previous=1, reason="to_class2", certainty="expected")
LOST = change("2025-04-01", 2, "InsuredStatusLost", reason="departure_overseas")
EXEMPT = line("months", first_month="2021-07", last_month="2022-06", exemption="full", basis="decision")
FILED = line(
    "filing", kind="exemption", filing="F-1", state="refused", received_on="2021-07-10", reasons=["second_person"]
)
LINES = (
    ACQUIRED, TO_2, LOST, EXEMPT, FILED,
    line("insured_status", insured=True, acquired_on="2020-04-01", lost_on="2023-04-01"),
    line("additional", first_month="2020-05", filing="F-2"),
    line("claim", kind="old_age_claim", filing="F-3", state="accepted", received_on="2024-04-01"),
    line("exemption", filing="F-1", first_month="2021-07", last_month="2022-06", outcome="pass", scheme="full"),
    line("review", filing="R-1", first_month="2022-07", last_month="2023-03", outcome="undetermined"),
    line("decision", decision="D-1", decided_on="2021-09-01", first_month="2021-07", last_month="2022-06", scheme="full", agrees=True),
    line("hint", hint="loss_filing_due", person=HUSBAND, on="2025-04-02"),
)  # fmt: skip


def view(name: str = "架空 太郎", lines: tuple[ViewLine, ...] = LINES, protected: bool = False) -> View:
    record = ResidentRecord(
        name=name, name_kana="カクウ タロウ", birth_date=day("1980-04-01"), sex="male", household=500000001, relation="householder",
        residency="resident", address="架空区見本町一丁目1番1号",
    )  # fmt: skip
    own = PersonSeen(
        role="self", addressee=HUSBAND, name=name, birth_date=record.birth_date, protected=protected,
        entry=Addressee(addressee=HUSBAND, resident=record),
    )  # fmt: skip
    spouse = PersonSeen(
        role="spouse", addressee=WIFE, name="架空 花子", birth_date=day("1982-01-01"),
        income=IncomeShown(role="spouse", addressee=WIFE, state="undeclared"),
    )  # fmt: skip
    return View(addressee=HUSBAND, reading="as known now", day=day("2026-09-01"), persons=(own, spouse), lines=lines)


def test_every_part_stands_on_the_page_with_its_event() -> None:
    assert {one.part for one in LINES} == set(get_args(Part)) == set(PARTS)
    written = page(view(), "clerk-1")
    for one in LINES:
        assert says(one) in written
    assert written.count(ID) == len(LINES)
    assert "住民税が未申告です" in written
    assert "clerk-1" in written


def test_the_page_needs_nothing_beside_it() -> None:
    written = page(view(), "clerk-1")
    assert re.findall(r"(?:src|href|url|@import|<script|<link)", written) == []


def test_what_somebody_wrote_is_text_and_nothing_else() -> None:
    written = page(view(name='<img src=x onerror="alert(1)">'), "<b>clerk</b>")
    assert "<img" not in written
    assert "<b>" not in written
    assert "&lt;img src=x" in written


def test_a_protected_person_is_marked_and_an_empty_sheet_says_so() -> None:
    assert "支援措置対象者" in page(view(protected=True), "clerk-1")
    empty = page(view(lines=()), "clerk-1")
    assert "支援措置対象者" not in empty
    assert "該当する記録はありません" in empty
    assert "<svg" not in empty


def test_periods_last_from_one_change_to_the_next() -> None:
    periods = spans((LOST, TO_2, ACQUIRED))["status"]  # in whatever order they come
    assert [(one.first, one.ends, one.expected) for one in periods] == [
        (day("2020-04-01"), day("2023-04-01"), False),
        (day("2023-04-01"), day("2025-04-01"), True),
    ]
    (still,) = spans((ACQUIRED,))["status"]
    assert still.ends is None
    (exempt,) = spans((EXEMPT,))["months"]
    assert (exempt.first, exempt.ends) == (day("2021-07-01"), day("2022-07-01"))
    assert moments((FILED,))["filing"][0][0] == day("2021-07-10")


def test_bars_and_dots_lie_within_the_page() -> None:
    written = page(view(), "clerk-1")
    places = [(float(x), float(w)) for x, w in re.findall(r'class="bar[^"]*" x="([\d.]+)" width="([\d.]+)"', written)]
    assert len(places) == 4
    assert all(x >= 90 and x + w <= 1090.2 for x, w in places)
    dots = [float(x) for x in re.findall(r'cx="([\d.]+)"', written)]
    assert len(dots) == 4
    assert all(90 <= x <= 1090 for x in dots)


@pytest.mark.parametrize("reason", get_args(TransitionReason))
@pytest.mark.parametrize("category", get_args(Category))
def test_every_change_has_words(reason: str, category: Any) -> None:
    assert "→" in says(change("2026-01-01", category, reason=reason))


def test_every_code_has_words() -> None:
    for kind in (*get_args(FilingKind), *get_args(ClaimKind)):
        assert says(line("filing", kind=kind, filing="F-1", state="waiting", received_on="2026-01-01"))
    for exemption in get_args(Exemption):
        assert says(line("months", first_month="2026-01", exemption=exemption, basis="filing"))
    for outcome in get_args(Outcome):
        assert says(line("exemption", first_month="2026-01", outcome=outcome, filing="F-1"))
    for hint in get_args(HintCode):
        assert says(line("hint", hint=hint, on="2026-01-01"))


def test_the_same_answer_is_the_same_page() -> None:
    assert page(view(), "clerk-1") == page(view(), "clerk-1")
    assert dt.date.today().isoformat() not in page(view(), "clerk-1")  # the clock is the asker's affair
