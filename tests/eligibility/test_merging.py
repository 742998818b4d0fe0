"""eligibility follows 名寄せ: what was filed and told under a merged number counts for the number at the end of its chain."""

from typing import Any

from contracts.envelope import Event
from contracts.events.filing import FilingChecked, FilingEntered
from contracts.events.forms import ExemptionApplication
from contracts.events.income import AssessedIncome, IncomeAssessed, IncomeVersion
from contracts.events.notice import IncomeRequested, MembershipNotified
from contracts.events.registry import ResidentSpan, ResidentUpdated
from contracts.vocabulary import Month
from eligibility.determine import determine
from eligibility.difference import sayings
from eligibility.facts import Fact, circles_of, persons_of
from eligibility.handlers import HANDLERS
from eligibility.parameter_files import parameters
from eligibility.store import households

from tests.events import EVIDENCE, FATHER, HUSBAND, WIFE, day, event

KNOWN = event(
    "known", HUSBAND, MembershipNotified(version=1, category=1, acquired_on=day("2015-04-01")), "2025-04-01"
).time


def facts(*events: Event[Any]) -> dict[int, list[Fact]]:
    found: dict[int, list[Fact]] = {}
    for one in events:
        found.setdefault(int(one.subject), []).append(HANDLERS[type(one.data)](one))
    return found


def lives(number: int, household: int = 1, relation: Any = "householder") -> Event[Any]:
    span = ResidentSpan(
        valid_from=day("2015-04-01"), known_from=KNOWN, reason="other", residency="resident", household=household,
        relation=relation, filed_on=day("2015-04-01"), fact="r",
    )  # fmt: skip
    return event(
        f"lives {number}",
        number,
        ResidentUpdated(birth_date=day("1990-05-10"), spans=(span,)),
        "2025-04-01",
        sequence=1,
    )


def merged(number: int, into: int) -> Event[Any]:
    return event(f"merged {number}", number, ResidentUpdated(merged_into=into, spans=()), "2026-08-01", sequence=2)


def insured(number: int) -> Event[Any]:
    data = MembershipNotified(version=1, category=1, acquired_on=day("2015-04-01"))
    return event(f"insured {number}", number, data, "2025-04-01")


def earns(number: int, yen: int) -> Event[Any]:
    version = IncomeVersion(
        known_from=KNOWN, version=1, state="declared", income=AssessedIncome(total_income_yen=yen), fact=f"t{number}"
    )
    return event(
        f"earns {number}", number, IncomeAssessed(income_year=2025, versions=(version,)), "2026-06-10", sequence=1
    )


def applies(number: int, spouse: int | None = None) -> list[Event[Any]]:
    form = ExemptionApplication(
        kind="exemption",
        first_month=Month(2026, 7),
        last_month=Month(2027, 6),
        spouse=spouse,
        has_spouse=spouse is not None,
    )
    entered = FilingEntered(
        filing=f"R{number}", revision=1, received_on=day("2026-07-06"), office="honcho", channel="counter", evidence=EVIDENCE,
        entered_by="first", content=form,
    )  # fmt: skip
    checked = FilingChecked(filing=f"R{number}", checked_by="second", received_on=day("2026-07-06"), content=form)
    return [
        event(f"entered {number}", number, entered, "2026-07-06"),
        event(f"checked {number}", number, checked, "2026-07-06"),
    ]


def said(*events: Event[Any]) -> dict[int, list[tuple[str, str]]]:
    """(key, type) of everything said of each number on 2026-11-24."""
    persons = persons_of(facts(*events))
    circles = circles_of(persons.values())
    found = {}
    for number, one in persons.items():
        circle = {mate: persons[mate] for mate in circles[number] if mate in persons}
        everything = sayings(determine(one, circle, day("2026-11-24"), parameters()), one, parameters())
        found[number] = [(saying.key, type(saying.data).__name__) for saying in everything]
    return found


def outcome(*events: Event[Any]) -> dict[int, set[tuple[str, str | None]]]:
    persons = persons_of(facts(*events))
    circles = circles_of(persons.values())
    found: dict[int, set[tuple[str, str | None]]] = {}
    for number, one in persons.items():
        circle = {mate: persons[mate] for mate in circles[number] if mate in persons}
        determined = determine(one, circle, day("2026-11-24"), parameters())
        for results in determined.assessments.values():
            found[number] = {(result.outcome, result.scheme) for result in results}
    return found


def test_everything_told_under_the_old_number_counts_for_the_new_one() -> None:
    asked = IncomeRequested(request="L1", income_year=2026, purpose="continued_review")
    reviewed = event("reviewed", HUSBAND, asked, "2026-08-01")
    old = [insured(HUSBAND), earns(HUSBAND, 640_000), *applies(HUSBAND), reviewed]
    alone = said(lives(HUSBAND), *old)[HUSBAND]
    joined = said(lives(FATHER), merged(HUSBAND, FATHER), *old)
    assert joined[FATHER] == alone
    assert joined[HUSBAND] == []
    assert outcome(lives(FATHER), merged(HUSBAND, FATHER), *old) == {FATHER: {("pass", "full")}}


def test_a_spouse_named_by_a_number_that_was_merged_is_the_same_spouse() -> None:
    applicant = [lives(WIFE), insured(WIFE), earns(WIFE, 0), *applies(WIFE, spouse=HUSBAND)]
    rich = [earns(FATHER, 9_000_000)]
    assert outcome(*applicant, lives(FATHER, 2), *rich, merged(HUSBAND, FATHER))[WIFE] == {("refused", None)}
    assert ("undetermined", None) in outcome(*applicant, lives(FATHER, 2), *rich)[WIFE]


def test_two_incomes_of_one_person_that_differ_are_for_a_person_to_settle() -> None:
    both = [lives(FATHER), merged(HUSBAND, FATHER), insured(FATHER), *applies(FATHER)]
    persons = persons_of(facts(*both, earns(HUSBAND, 640_000), earns(FATHER, 650_000)))
    assert persons[FATHER].incomes[2025].doubtful == ("merged_incomes_differ",)
    same = persons_of(facts(*both, earns(HUSBAND, 640_000), earns(FATHER, 640_000)))
    assert same[FATHER].incomes[2025].doubtful == ()


def test_the_numbers_of_one_person_share_a_circle() -> None:
    (fact,) = facts(merged(HUSBAND, FATHER))[HUSBAND]
    assert households([fact]) == [(-FATHER, HUSBAND), (-FATHER, FATHER)]
