"""Whose incomes the ward may hold: those concerned, their householder, spouse and, of recipients, children; and what is missing."""

from random import Random
from typing import Any

import pytest
from contracts.events.income import IncomeAssessed, IncomeVersion, PersonConcerned, TaxAssessed, TaxRecord, WantedIncome
from tax_income.income import Assessment, as_listed
from tax_income.scope import Member, Scope, Stay, needs, not_let_in, scopes

from tests.events import DAUGHTER, FATHER, HUSBAND, WIFE, day, event

KNOWN = event("known", HUSBAND, PersonConcerned(grounds=("insured",)), "2026-06-01").time


def lived(
    household: int, relation: Any, since: str = "2015-04-01", until: str | None = None, residency: Any = "resident"
) -> Stay:
    return Stay(household, relation, residency, day(since), day(until) if until else None)


def concerned(*grounds: Any, spouses: tuple[int, ...] = (), wanted: dict[int, str] | None = None) -> PersonConcerned:
    asked = tuple(WantedIncome(income_year=year, asked_on=day(on)) for year, on in (wanted or {}).items())
    return PersonConcerned(grounds=grounds, spouses=spouses, wanted=asked)


def inside(*members: Member) -> set[int]:
    known = {member.addressee: member for member in members}
    return {person for person, scope in scopes(known, known).items() if scope.inside}


def test_an_insured_person_and_the_householder_but_no_other_relative() -> None:
    assert inside(
        Member(DAUGHTER, (lived(1, "child"),), concerned=concerned("insured")),
        Member(FATHER, (lived(1, "householder"),)),
        Member(WIFE, (lived(1, "spouse"),)),
        Member(HUSBAND, (lived(1, "parent"),)),
    ) == {DAUGHTER, FATHER}


def test_the_spouse_of_an_insured_householder() -> None:
    assert inside(
        Member(HUSBAND, (lived(1, "householder"),), concerned=concerned("insured")),
        Member(WIFE, (lived(1, "spouse"),)),
        Member(DAUGHTER, (lived(1, "child"),)),
    ) == {HUSBAND, WIFE}


def test_the_children_of_a_recipient_and_of_nobody_else() -> None:
    recipient = Member(HUSBAND, (lived(1, "householder"),), concerned=concerned("recipient"))
    child = Member(DAUGHTER, (lived(1, "child"),))
    assert inside(recipient, child) == {HUSBAND, DAUGHTER}
    applicant = Member(HUSBAND, (lived(1, "householder"),), concerned=concerned("applicant"))
    assert inside(applicant, child) == {HUSBAND}


def test_a_spouse_whom_a_form_names_wherever_he_lives() -> None:
    wife = Member(WIFE, (lived(1, "householder"),), concerned=concerned("applicant", spouses=(HUSBAND,)))
    assert inside(wife, Member(HUSBAND, (lived(2, "householder"),))) == {WIFE, HUSBAND}


@pytest.mark.parametrize(("moved_in", "together"), [("2026-05-31", True), ("2026-06-01", False), ("2026-06-02", False)])
def test_only_a_householder_of_the_same_days(moved_in: str, together: bool) -> None:
    """The last day in common, the day after, and later: [valid_from, valid_to)."""
    daughter = Member(DAUGHTER, (lived(1, "child", until="2026-06-01"),), concerned=concerned("insured"))
    father = Member(FATHER, (lived(1, "householder", since=moved_in),))
    assert (FATHER in inside(daughter, father)) is together


def test_who_no_longer_lives_there_is_no_householder_of_it() -> None:
    daughter = Member(DAUGHTER, (lived(1, "child"),), concerned=concerned("insured"))
    assert inside(daughter, Member(FATHER, (lived(1, "householder", residency="deceased"),))) == {DAUGHTER}


def test_a_merged_number_has_the_scope_of_the_number_it_went_into() -> None:
    assert inside(
        Member(HUSBAND, merged_into=FATHER),
        Member(FATHER, (lived(1, "householder"),)),
        Member(DAUGHTER, (lived(1, "child"),), concerned=concerned("insured")),
    ) == {HUSBAND, FATHER, DAUGHTER}


def test_nobody_is_concerned_by_nobody() -> None:
    assert inside(Member(HUSBAND, (lived(1, "householder"),)), Member(WIFE, (lived(1, "spouse"),))) == set()


# ---- what is missing -------------------------------------------------------------------------------------------------


def assessed(year: int, state: Any) -> IncomeAssessed:
    return IncomeAssessed(
        income_year=year, versions=(IncomeVersion(known_from=KNOWN, version=1, state=state, fact="t"),)
    )


WANTED = Scope(frozenset({DAUGHTER, WIFE}), {2025: {DAUGHTER: day("2026-07-06"), WIFE: day("2026-07-03")}})


@pytest.mark.parametrize(
    ("state", "owner"),
    [
        (None, "tax_system"),
        ("other_municipality", "other_municipality"),
        ("undeclared", "person"),
        ("not_required", "person"),
    ],
)
def test_an_income_that_a_case_uses_and_nobody_told_is_a_need_with_an_owner(state: str | None, owner: str) -> None:
    (need,) = needs(WANTED, {2025: assessed(2025, state)} if state else {})
    assert (need.income_year, need.owner, need.cases) == (2025, owner, (WIFE, DAUGHTER))
    assert (need.asked_on, need.due_on) == (day("2026-07-03"), day("2026-07-17"))


def test_a_declared_income_answers_the_need() -> None:
    assert needs(WANTED, {2025: assessed(2025, "declared")}) == []


def test_an_income_that_no_case_uses_is_no_need() -> None:
    assert needs(Scope(frozenset({DAUGHTER})), {}) == []


def test_the_case_of_a_recipient_asks_for_no_income_of_a_child() -> None:
    known = {
        HUSBAND: Member(HUSBAND, (lived(1, "householder"),), concerned=concerned("recipient", wanted={2025: "2026-07-06"})),
        DAUGHTER: Member(DAUGHTER, (lived(1, "child"),)),
    }  # fmt: skip
    found = scopes(known, known)
    assert (found[DAUGHTER].inside, found[DAUGHTER].wanted) == (True, {})
    assert found[HUSBAND].wanted == {2025: {HUSBAND: day("2026-07-06")}}


# ---- what stays outside ----------------------------------------------------------------------------------------------


def told(**items: Any) -> Assessment:
    record = TaxRecord(total_income_yen=640_000, **items)
    data = TaxAssessed(tax_year=2026, version=1, state="declared", record=record)
    return as_listed(Assessment("t", HUSBAND, KNOWN, data))


def test_an_item_of_no_list_is_dropped_and_counted_by_name() -> None:
    found = told(life_insurance_yen=40_000, 氏名="架空")
    assert found.data.record == TaxRecord(total_income_yen=640_000)
    assert found.data == told().data
    assert not_let_in(found, WANTED) == [(2026, "item:life_insurance_yen"), (2026, "item:(other)")]


def test_a_listed_item_is_kept_and_not_counted() -> None:
    found = told(medical_yen=10_000)
    assert found.data.record is not None
    assert found.data.record.medical_yen == 10_000
    assert not_let_in(found, WANTED) == []


def test_of_a_person_outside_only_the_number_of_records_is_kept() -> None:
    assert not_let_in(told(life_insurance_yen=40_000), Scope()) == [(2026, "person")]


# ---- the same, said naively ------------------------------------------------------------------------------------------


def naively(person: int, known: dict[int, Member]) -> bool:
    """Day by day, pair by pair, from the words of the assessment."""
    for case in known.values():
        if case.concerned is None:
            continue
        if case.addressee == person or person in case.concerned.spouses:
            return True
        for date in (day(f"2026-06-{n:02d}") for n in range(1, 11)):
            ours = [s for s in known[person].stays if _there(s, date)]
            theirs = [s for s in case.stays if _there(s, date)]
            for one in ours:
                for other in theirs:
                    if one.household != other.household:
                        continue
                    child = one.relation == "child" and other.relation in ("householder", "spouse")
                    if (
                        one.relation == "householder"
                        or (one.relation == "spouse" and other.relation == "householder")
                        or (child and "recipient" in case.concerned.grounds)
                    ):
                        return True
    return False


def _there(stay: Stay, date: Any) -> bool:
    return stay.residency == "resident" and stay.valid_from <= date and (stay.valid_to is None or date < stay.valid_to)


def test_two_ways_agree_on_random_wards() -> None:
    rng = Random(4)
    seen = set()
    for _ in range(400):
        known = {}
        for number in range(1, 7):
            stays = []
            since = 1
            while since < 10 and rng.random() < 0.8:
                until = rng.randint(since + 1, 11)
                relation = rng.choice(("householder", "spouse", "child", "parent"))
                residency = rng.choice(("resident", "resident", "moved_out"))
                stays.append(
                    lived(rng.randint(1, 2), relation, f"2026-06-{since:02d}", f"2026-06-{until:02d}", residency)
                )
                since = until
            said = None
            if rng.random() < 0.4:
                named = (rng.randint(1, 6),) if rng.random() < 0.3 else ()
                said = concerned(rng.choice(("insured", "applicant", "recipient")), spouses=named)
            known[number] = Member(number, tuple(stays), concerned=said)
        found = scopes(known, known)
        for number in known:
            assert found[number].inside == naively(number, known)
            seen.add(found[number].inside)
    assert seen == {True, False}
