"""Until when anything of a person is kept: fiscal years after the last thing of each kind; nobody is erased whom another's case needs."""

import datetime as dt
from typing import Any

import pytest
from contracts.envelope import Event
from contracts.events.filing import FilingChecked, FilingEntered
from contracts.events.forms import ExemptionApplication, OldAgeClaim
from contracts.events.income import AssessedIncome, IncomeAssessed, IncomeVersion
from contracts.events.notice import MembershipNotified
from contracts.events.registry import ResidentSpan, ResidentUpdated
from contracts.vocabulary import Month
from eligibility.facts import Fact, persons_of
from eligibility.handlers import HANDLERS
from eligibility.parameter_files import retention
from eligibility.retention import Period, kept_until, missing_to
from eligibility.rules.parameters import Parameters

from tests.events import EVIDENCE, FATHER, HUSBAND, WIFE, day, event


def facts(*events: Event[Any]) -> dict[int, list[Fact]]:
    found: dict[int, list[Fact]] = {}
    for one in events:
        found.setdefault(int(one.subject), []).append(HANDLERS[type(one.data)](one))
    return found


def lived(who: int, until: str | None, relation: Any = "householder", household: int = 1) -> Event[Any]:
    """Here from 2000 on; moved out on a day, or lives here."""
    stays = [(day("2000-04-01"), day(until) if until else None, "resident")]
    stays += [(day(until), None, "moved_out")] if until else []
    spans = tuple(
        ResidentSpan(
            valid_from=since, valid_to=end, known_from=event("k", who, MEMBER, "2000-04-01").time, reason="other",
            residency=residency, household=household, relation=relation, filed_on=since, fact="r",  # type: ignore[arg-type]
        )
        for since, end, residency in stays
    )  # fmt: skip
    data = ResidentUpdated(birth_date=day("1980-05-10"), spans=spans)
    return event(f"lived {who}", who, data, until or "2000-04-01", sequence=1)


MEMBER = MembershipNotified(version=1, category=1, acquired_on=day("2000-04-01"), lost_on=day("2005-06-01"))


def insured(who: int) -> Event[Any]:
    return event(f"insured {who}", who, MEMBER, "2005-06-01")


def filed(who: int, content: Any, received: str) -> list[Event[Any]]:
    name = f"{content.kind}-{who}"
    entered = FilingEntered(
        filing=name, revision=1, received_on=day(received), office="honcho", channel="counter", evidence=EVIDENCE,
        entered_by="first", content=content,
    )  # fmt: skip
    checked = FilingChecked(filing=name, checked_by="second", received_on=day(received), content=content)
    return [
        event(f"{name} entered", who, entered, received),
        event(f"{name} checked", who, checked, received),
    ]


def until(known: dict[int, list[Fact]], who: int) -> dict[str, dt.date] | None:
    found = kept_until(persons_of(known)[who], known[who], retention())
    return None if found is None else {str(kind): last for kind, last in found.items()}


def test_the_schedule_names_every_kind_and_calls_none_of_it_official() -> None:
    assert {period.confidence for period in retention().values()} == {"assumed"}
    assert all(period.years >= 1 and period.title for period in retention().values())


@pytest.mark.parametrize(
    ("last", "kept"),
    [
        ("2021-03-31", "2026-03-31"),  # the last day of a fiscal year: five years from the next day on
        ("2021-04-01", "2027-03-31"),
        ("2021-12-31", "2027-03-31"),
    ],
)
def test_years_are_counted_from_the_fiscal_year_that_follows(last: str, kept: str) -> None:
    assert Period("", "", 5, "", "assumed").kept_until(day(last)) == day(kept)


def test_somebody_who_lives_here_is_kept() -> None:
    assert until(facts(lived(HUSBAND, None), insured(HUSBAND)), HUSBAND) is None


def test_each_kind_counts_from_its_own_last_day() -> None:
    known = facts(
        lived(HUSBAND, "2005-06-01"),
        insured(HUSBAND),
        *filed(HUSBAND, ExemptionApplication(kind="exemption", first_month=Month(2004, 7), last_month=Month(2005, 6)), "2004-07-05"),
        *filed(HUSBAND, OldAgeClaim(kind="old_age_claim", other_periods="no"), "2010-05-10"),
    )  # fmt: skip
    assert until(known, HUSBAND) == {
        "membership": day("2011-03-31"),
        "filing": day("2010-03-31"),
        "claim": day("2016-03-31"),
        "told": day("2012-03-31"),
    }


def test_a_person_whom_another_s_application_uses_would_be_missed(parameters: Parameters) -> None:
    version = IncomeVersion(
        known_from=event("k", HUSBAND, MEMBER, "2026-06-01").time, version=1, state="declared",
        income=AssessedIncome(total_income_yen=9_000_000), fact="t",
    )  # fmt: skip
    applied = ExemptionApplication(
        kind="exemption", first_month=Month(2026, 7), last_month=Month(2027, 6), has_spouse=True, spouse=HUSBAND
    )
    known = facts(
        lived(WIFE, None, "spouse"),
        lived(HUSBAND, None),
        lived(FATHER, "2005-06-01", household=2),
        event("earns", HUSBAND, IncomeAssessed(income_year=2025, versions=(version,)), "2026-06-01", sequence=1),
        *filed(WIFE, applied, "2026-07-06"),
    )
    assert missing_to(known, {HUSBAND}, day("2026-08-03"), parameters) == {WIFE}
    assert missing_to(known, {FATHER}, day("2026-08-03"), parameters) == set()
    assert missing_to(known, {HUSBAND, WIFE}, day("2026-08-03"), parameters) == set()
