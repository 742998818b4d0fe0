"""Of whom the ward may hold data, and why: insured persons, applicants and recipients; and which income years their cases use."""

import datetime as dt
from dataclasses import replace
from typing import Any

from contracts.events.forms import ExemptionApplication, StudentApplication
from contracts.events.income import PersonConcerned
from contracts.events.registry import ResidentSpan
from contracts.vocabulary import Month
from eligibility.concern import person_concerned
from eligibility.facts import Filing, IncomeAsked, Person, Stay
from eligibility.parameter_files import parameters
from eligibility.timeline import timeline

from tests.events import HUSBAND, WIFE, day, filed


def of(person: Person) -> PersonConcerned | None:
    return person_concerned(person, timeline(person, [], parameters()))


def someone(*filings: Filing, **given: Any) -> Person:
    return Person(HUSBAND, birth_date=day("1990-05-10"), filings=filings, **given)


def applies(first: Month, received: str, **content: Any) -> Filing:
    return filed(
        f"R{first}", received, ExemptionApplication(kind="exemption", first_month=first, last_month=first, **content)
    )


INSURED = (Stay(1, day("2015-04-01"), None, "n"),)


def test_nobody_for_whom_nothing_was_filed_and_who_is_not_insured_here() -> None:
    assert of(someone()) is None
    assert of(someone(stays=(Stay(2, day("2015-04-01"), None, "n"),))) is None


def test_nobody_whom_only_the_register_lets_us_expect_to_be_insured() -> None:
    known = dt.datetime(2025, 4, 1, tzinfo=dt.UTC)
    lived = ResidentSpan(
        valid_from=day("2015-04-01"), known_from=known, reason="other", residency="resident", household=1,
        relation="householder", filed_on=day("2015-04-01"), fact="r",
    )  # fmt: skip
    person = someone(spans=(lived,))
    assert timeline(person, [], parameters()).expected
    assert of(person) is None


def test_an_insured_person_also_after_the_end() -> None:
    for stays in (INSURED, (replace(INSURED[0], lost_on=day("2020-04-01")),)):
        found = of(someone(stays=stays))
        assert found is not None
        assert (found.grounds, found.spouses, found.wanted) == (("insured",), (), ())


def test_an_application_asks_for_the_income_of_its_cycle_and_names_the_spouse() -> None:
    june = applies(Month(2026, 6), "2026-07-06", has_spouse=True, spouse=WIFE)
    july = applies(Month(2026, 7), "2026-07-07")
    found = of(someone(june, july))
    assert found is not None
    assert (found.grounds, found.spouses) == (("applicant",), (WIFE,))
    assert [(w.income_year, str(w.asked_on)) for w in found.wanted] == [(2024, "2026-07-06"), (2025, "2026-07-07")]


def test_the_first_who_asks_sets_the_day() -> None:
    again = replace(applies(Month(2026, 8), "2026-07-20"), number="R2")
    found = of(someone(again, applies(Month(2026, 7), "2026-07-07")))
    assert found is not None
    assert [(w.income_year, str(w.asked_on)) for w in found.wanted] == [(2025, "2026-07-07")]


def test_a_student_s_cycle_begins_in_april() -> None:
    content = StudentApplication(
        kind="student", first_month=Month(2026, 4), last_month=Month(2026, 4), school="S1"
    )  # fmt: skip
    found = of(someone(filed("R1", "2026-07-06", content)))
    assert found is not None
    assert [w.income_year for w in found.wanted] == [2025]


def test_an_application_counts_while_it_waits_and_no_longer_when_it_was_withdrawn() -> None:
    waiting = replace(applies(Month(2026, 7), "2026-07-06"), checked_by=None, waits_for="second_person")
    assert of(someone(waiting)) is not None
    assert of(someone(replace(waiting, ended="withdrawn"))) is None


def test_whom_the_pension_service_asks_about_is_concerned_like_an_applicant() -> None:
    for purpose, ground in (
        ("continued_review", "applicant"), ("unpaid_premium", "applicant"), ("support_benefit", "recipient"),
    ):  # fmt: skip
        found = of(someone(asked_about=(IncomeAsked(purpose, 2025, day("2026-06-20")),)))
        assert found is not None
        assert found.grounds == (ground,)
        assert [(w.income_year, str(w.asked_on)) for w in found.wanted] == [(2025, "2026-06-20")]
