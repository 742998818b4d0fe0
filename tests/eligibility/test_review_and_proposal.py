"""継続審査 over the pension service's list, and the forms laid before an applicant."""

import datetime as dt
from dataclasses import replace

import pytest
from contracts.events.eligibility import ExemptionAssessed
from contracts.events.filing import FilingEntered
from contracts.events.forms import ExemptionApplication, FilingContent, Hardship, SpouseChange
from contracts.events.income import AssessedIncome, Dependants
from contracts.vocabulary import Exemption, Month
from eligibility.determine import determine, reviewed
from eligibility.facts import Fact, Income, Person, Review, Stay, circles_of
from eligibility.parameter_files import parameters
from eligibility.proposal import proposed_forms
from eligibility.store import parties

from tests.eligibility.test_premium_months import STATUTORY
from tests.eligibility.test_premium_months import decided as decision
from tests.eligibility.test_situations import declared, lives
from tests.events import FATHER, HUSBAND, WIFE, day, filed

ASKED = Review("list-2027", 2026, day("2027-07-05"), "r")
WISH = ExemptionApplication(kind="exemption", first_month=Month(2026, 7), last_month=Month(2027, 6), continue_wish=True)


def approved(
    scheme: Exemption | None = "full",
    *filings: FilingContent,
    income: Income | None = None,
    last: str = "2027-06",
    number: str | None = "R0",
) -> Person:
    return Person(
        HUSBAND,
        birth_date=day("1990-05-10"),
        spans=(lives("2015-04-01", "householder"),),
        stays=(Stay(1, day("2015-04-01"), None, "n"),),
        incomes={2025: declared(300_000), 2026: income or declared(300_000)},
        filings=tuple(filed(f"R{n}", f"2026-0{7 + n}-06", content) for n, content in enumerate(filings)),
        decisions=(decision(scheme, "2026-07", last, filing=number),),
        reviews=(ASKED,),
    )


def review(who: Person, *others: Person) -> list[tuple[str, str, str, str | None, tuple[str, ...]]]:
    found = determine(who, {one.addressee: one for one in (who, *others)}, day("2027-07-05"), parameters())
    return [short(line) for line in reviewed(found, ASKED, who)]


def short(line: ExemptionAssessed) -> tuple[str, str, str, str | None, tuple[str, ...]]:
    assert (line.kind, line.received_on) == ("review", day("2027-07-05"))
    return str(line.first_month), str(line.last_month), line.outcome, line.scheme, line.doubtful


def test_a_full_exemption_is_reviewed_for_the_same_on_last_years_income() -> None:
    assert review(approved("full", WISH)) == [("2027-07", "2028-06", "pass", "full", ())]
    over = approved("full", WISH, income=declared(670_001))  # would still pass three quarters, which is not reviewed
    assert review(over) == [("2027-07", "2028-06", "refused", None, ())]


def test_a_deferral_is_reviewed_for_both() -> None:
    assert review(approved("deferral", WISH)) == [("2027-07", "2028-06", "pass", "full", ())]
    daughter = replace(approved("deferral", WISH), spans=(lives("2015-04-01", "child"),))
    father = Person(FATHER, birth_date=day("1960-01-01"), spans=(lives("2015-04-01", "householder"),),
                    incomes={2026: declared(9_000_000)})  # fmt: skip
    assert review(daughter, father) == [("2027-07", "2028-06", "pass", "deferral", ())]


@pytest.mark.parametrize("scheme", ["half", "quarter", "three_quarter", "student"])
def test_other_approvals_are_not_open_to_review(scheme: Exemption) -> None:
    assert review(approved(scheme, WISH))[0][2:] == ("needs_person", None, ("not_open_to_review",))


@pytest.mark.parametrize(("ground", "on"), [("unemployed", "2026-04-01"), ("other_public_assistance", None)])
def test_an_approval_for_hardship_or_aid_is_not_open_to_review(ground: str, on: str | None) -> None:
    hardship = Hardship(ground=ground, role="applicant", on=day(on) if on else None)  # type: ignore[arg-type]
    who = approved("full", WISH.model_copy(update={"hardships": (hardship,)}))
    who = replace(who, incomes={**who.incomes, 2025: declared(5_000_000)})
    assert review(who)[0][2:] == ("needs_person", None, ("not_open_to_review",))


def test_an_approval_on_the_flat_line_is() -> None:
    widow = AssessedIncome(total_income_yen=1_300_000, dependants=Dependants(), local_tax_widow=True)
    on_the_line = Income("declared", widow, "t")
    who = approved("full", WISH, income=on_the_line)
    assert review(replace(who, incomes={2025: on_the_line, 2026: on_the_line}))[0][2:4] == ("pass", "full")


@pytest.mark.parametrize(("scheme", "last"), [("full", "2027-05"), (None, "2027-06")])
def test_without_an_approval_in_june_a_person_must_look(scheme: Exemption | None, last: str) -> None:
    assert review(approved(scheme, WISH, last=last))[0][2:] == ("needs_person", None, ("no_approval_known",))


def test_an_approval_that_never_passed_us_is_reviewed_too() -> None:
    assert review(approved("full", number=None))[0][2:4] == ("pass", "full")


def test_the_spouse_is_whom_the_last_paper_names() -> None:
    wife = Person(WIFE, birth_date=day("1991-01-01"), incomes={2026: declared(9_000_000)})
    married = WISH.model_copy(update={"has_spouse": True, "spouse": WIFE})
    assert review(approved("full", married), wife)[0][2] == "refused"
    parted = SpouseChange(kind="spouse_change", changed_on=day("2026-08-01"), has_spouse=False)
    assert review(approved("full", married, parted), wife)[0][2] == "pass"
    joined = SpouseChange(kind="spouse_change", changed_on=day("2026-08-01"), has_spouse=True, spouse=WIFE)
    assert review(approved("full", WISH, joined), wife)[0][2] == "refused"


def test_whoever_a_form_names_as_spouse_belongs_to_the_circle() -> None:
    """Else the service would not read what is known of a spouse who lives elsewhere."""
    joined = SpouseChange(kind="spouse_change", changed_on=day("2026-08-01"), has_spouse=True, spouse=WIFE)
    who = approved("full", WISH, joined)
    assert circles_of([who])[HUSBAND] == {HUSBAND, WIFE}
    at = dt.datetime(2026, 8, 1, tzinfo=dt.UTC)
    entered = FilingEntered(filing="R1", revision=1, received_on=day("2026-08-01"), office="honcho", channel="counter",
                            entered_by="first", content=joined)  # fmt: skip
    assert parties([Fact("e", HUSBAND, "FilingEntered", "e", 0, at, entered)]) == [(HUSBAND, WIFE)]


def test_only_months_of_category_1_are_reviewed() -> None:
    who = approved("full", WISH)
    leaves = replace(who, stays=(*who.stays, Stay(2, day("2027-10-01"), None, "m")))
    assert review(leaves) == [("2027-07", "2027-09", "pass", "full", ())]
    assert review(replace(who, birth_date=None)) == []


def test_a_decision_on_the_review_is_compared_with_it() -> None:
    who = approved("full", WISH)
    for scheme, agrees in (("full", True), (None, False)):
        later = decision(scheme, "2027-07", "2028-06", "2027-09-01", "e")  # type: ignore[arg-type]
        given = replace(who, decisions=(*who.decisions, later))
        found = determine(given, {HUSBAND: given}, day("2027-09-01"), parameters())
        assert [(d.decision, d.agrees, d.via_us) for d in found.decisions] == [("d", True, True), ("e", agrees, False)]


class TestTheFormsToOffer:
    def offer(self, who: Person, on: str, *, student: bool = False) -> list[tuple[str, str, int, int]]:
        found = determine(who, {}, day(on), parameters())
        forms = proposed_forms(found.timeline, found.premium, day(on), student=student, parameters=parameters())
        return [(str(f.first_month), str(f.last_month), f.income_year, f.months_due) for f in forms]

    MEMBER = replace(approved(), decisions=(), reviews=())

    def test_in_july_there_are_four(self) -> None:
        assert self.offer(self.MEMBER, "2026-07-06") == [
            ("2024-06", "2024-06", 2022, 1),
            ("2024-07", "2025-06", 2023, 12),
            ("2025-07", "2026-06", 2024, 12),
            ("2026-07", "2027-06", 2025, 12),
        ]

    def test_in_august_the_oldest_month_has_gone(self) -> None:
        assert self.offer(self.MEMBER, "2026-08-06")[0] == ("2024-07", "2025-06", 2023, 12)

    def test_students_have_their_own_year(self) -> None:
        assert self.offer(self.MEMBER, "2026-04-20", student=True) == [
            ("2024-03", "2024-03", 2022, 1),
            ("2024-04", "2025-03", 2023, 12),
            ("2025-04", "2026-03", 2024, 12),
            ("2026-04", "2027-03", 2025, 12),
        ]

    def test_exempt_months_need_no_form(self) -> None:
        who = replace(self.MEMBER, decisions=(decision("half", "2025-07", "2026-06"),), filings=(STATUTORY,))
        assert [row[:2] for row in self.offer(who, "2026-10-05")] == [("2024-09", "2025-06"), ("2026-07", "2026-07")]

    def test_nobody_else_is_offered_one(self) -> None:
        assert self.offer(replace(self.MEMBER, stays=(Stay(2, day("2015-04-01"), None, "n"),)), "2026-07-06") == []
