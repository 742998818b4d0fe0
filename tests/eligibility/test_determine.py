"""Pre-checks of applications: who is tested, which income, what is needed, and how the months fall into lines.

The situations are those of the office (fictional people): a student born on 1 April, a household separated on paper, a
move on 2 January.
"""

import datetime as dt
from typing import Any

import pytest
from contracts.events.eligibility import ExemptionAssessed
from contracts.events.forms import ExemptionApplication, Hardship, StudentApplication
from contracts.events.income import AssessedIncome, Deductions
from contracts.events.notice import ExemptionDecided
from contracts.events.registry import ResidentSpan
from contracts.vocabulary import Month
from eligibility.determine import assessed, determine
from eligibility.facts import Filing, Income, Person, Stay
from eligibility.parameter_files import parameters
from pydantic import ValidationError

from tests.events import DAUGHTER, FATHER, HUSBAND, WIFE, day, filed

KNOWN = dt.datetime(2025, 4, 1, tzinfo=dt.UTC)


def span(start: str, end: str | None = None, household: int = 1, relation: str = "householder") -> ResidentSpan:
    return ResidentSpan(
        valid_from=day(start), valid_to=day(end) if end else None, known_from=KNOWN, reason="other", residency="resident",
        household=household, relation=relation, filed_on=day(start), fact="r",
    )  # fmt: skip


def declared(yen: int, **deductions: int) -> Income:
    return Income("declared", AssessedIncome(total_income_yen=yen, deductions=Deductions(**deductions)), "t")


UNDECLARED = Income("undeclared", None, "t")
ELSEWHERE = Income("other_municipality", None, "t")


def applies(first: str, last: str, received: str, **content: Any) -> Filing:
    application = ExemptionApplication(
        kind="exemption", first_month=Month.parse(first), last_month=Month.parse(last), **content
    )
    return filed("R1", received, application)


def someone(
    number: int = HUSBAND,
    *,
    incomes: dict[int, Income] | None = None,
    filing: Filing | None = None,
    spans: tuple[ResidentSpan, ...] = (span("2015-04-01"),),
    born: str = "1990-05-10",
    insured_from: str = "2015-04-01",
    decisions: tuple[ExemptionDecided, ...] = (),
) -> Person:
    return Person(
        number,
        birth_date=day(born),
        spans=spans,
        incomes=incomes or {},
        stays=(Stay(1, day(insured_from), None, "n"),),
        filings=(filing,) if filing else (),
        decisions=decisions,
    )


def lines(applicant: Person, *others: Person, on: str = "2026-11-24") -> list[ExemptionAssessed]:
    everyone = {who.addressee: who for who in (applicant, *others)}
    found = determine(applicant, everyone, day(on), parameters())
    return assessed(found, "R1", applicant)


def short(found: list[ExemptionAssessed]) -> list[tuple[str, str, str, str | None]]:
    return [(str(line.first_month), str(line.last_month), line.outcome, line.scheme) for line in found]


@pytest.mark.parametrize(("yen", "scheme"), [(670_000, "full"), (670_001, "three_quarter"), (880_001, "half")])
def test_the_line_of_each_scheme_is_held_to_the_yen(yen: int, scheme: str) -> None:
    applicant = someone(incomes={2025: declared(yen)}, filing=applies("2026-07", "2027-06", "2026-07-06"))
    assert short(lines(applicant)) == [("2026-07", "2027-06", "pass", scheme)]


def test_a_rich_householder_leaves_deferral_and_is_named() -> None:
    applicant = someone(
        DAUGHTER, incomes={2025: declared(0)}, filing=applies("2026-07", "2027-06", "2026-07-06"),
        spans=(span("2015-04-01", relation="child"),),
    )  # fmt: skip
    father = someone(FATHER, incomes={2025: declared(5_300_000)})
    (line,) = lines(applicant, father)
    assert (line.outcome, line.scheme) == ("pass", "deferral")
    assert ("full", "householder") in line.refused


@pytest.mark.parametrize(
    ("income", "why"), [(None, "not_assessed"), (UNDECLARED, "undeclared"), (ELSEWHERE, "other_municipality")]
)
def test_an_unknown_income_is_neither_zero_nor_a_refusal(income: Income | None, why: str) -> None:
    applicant = someone(
        incomes={2025: income} if income else {}, filing=applies("2026-07", "2027-06", "2026-07-06")
    )  # fmt: skip
    (line,) = lines(applicant)
    assert line.outcome == "undetermined"
    assert [(need.person, need.role, need.income_year, need.why) for need in line.needs] == [
        (HUSBAND, "applicant", 2025, why)
    ]


def test_an_unknown_income_does_not_matter_where_another_person_fails_everything() -> None:
    applicant = someone(
        DAUGHTER, filing=applies("2026-07", "2027-06", "2026-07-06", schemes=("full",)),
        spans=(span("2015-04-01", relation="child"),),
    )  # fmt: skip
    father = someone(FATHER, incomes={2025: declared(5_300_000)})
    assert [line.outcome for line in lines(applicant, father)] == ["refused"]


def test_a_household_separated_on_paper_splits_the_cycle() -> None:
    """real-04: 世帯分離 on 1 September; the father is tested for July and August only."""
    applicant = someone(
        DAUGHTER, born="1998-02-20", insured_from="2018-02-19",
        incomes={2024: declared(480_000), 2025: declared(500_000)},
        filing=applies("2026-07", "2027-06", "2026-10-05"),
        spans=(span("2015-04-01", "2026-09-01", relation="child"), span("2026-09-01", household=2)),
    )  # fmt: skip
    father = someone(FATHER, born="1966-01-01", incomes={2024: declared(5_200_000), 2025: declared(5_300_000)})
    assert short(lines(applicant, father)) == [
        ("2026-07", "2026-08", "pass", "deferral"),
        ("2026-09", "2027-06", "pass", "full"),
    ]


def test_a_household_change_within_a_month_is_marked_doubtful() -> None:
    applicant = someone(
        DAUGHTER, incomes={2025: declared(0)}, filing=applies("2026-09", "2026-09", "2026-10-05"),
        spans=(span("2015-04-01", "2026-09-15", relation="child"), span("2026-09-15", household=2)),
    )  # fmt: skip
    (line,) = lines(applicant, someone(FATHER, incomes={2025: declared(0)}))
    assert line.doubtful == ("household_changed_within_month",)


def test_income_years_change_in_july() -> None:
    """real-05: both cycles in two lines; the 1 January address decides who knows the income."""
    before = someone(
        incomes={2024: ELSEWHERE, 2025: declared(640_000)}, filing=applies("2025-07", "2026-06", "2026-07-06")
    )
    after = someone(
        incomes={2024: ELSEWHERE, 2025: declared(640_000)}, filing=applies("2026-07", "2027-06", "2026-07-06")
    )
    assert short(lines(before)) == [("2025-07", "2026-06", "undetermined", None)]
    assert short(lines(after)) == [("2026-07", "2027-06", "pass", "full")]


@pytest.mark.parametrize(("insurance", "outcome"), [(180_000, "pass"), (169_999, "refused")])
def test_a_student_born_on_1_april_is_tested_alone(insurance: int, outcome: str) -> None:
    """real-02: 20 attained on 31 March; own income only, and the control fails by one yen."""
    content = StudentApplication(
        kind="student", first_month=Month(2026, 4), last_month=Month(2027, 3), school="university-1"
    )  # fmt: skip
    applicant = someone(
        DAUGHTER, born="2006-04-01", insured_from="2026-03-31",
        incomes={2025: declared(1_450_000, social_insurance=insurance)},
        filing=filed("R1", "2026-04-20", content),
        spans=(span("2015-04-01", relation="child"),),
    )  # fmt: skip
    (line,) = lines(applicant, someone(FATHER, incomes={2025: declared(9_100_000)}))
    assert (str(line.first_month), str(line.last_month), line.outcome) == ("2026-04", "2027-03", outcome)


def test_only_category_1_months_are_assessed() -> None:
    applicant = someone(
        insured_from="2026-10-15", incomes={2025: declared(0)}, filing=applies("2026-07", "2027-06", "2026-11-02")
    )  # fmt: skip
    assert short(lines(applicant)) == [("2026-10", "2027-06", "pass", "full")]


def test_a_spouse_elsewhere_is_tested_and_one_outside_the_ward_is_needed() -> None:
    content = {"has_spouse": True, "spouse": WIFE}
    applicant = someone(incomes={2025: declared(0)}, filing=applies("2026-07", "2026-07", "2026-07-06", **content))
    wife = someone(WIFE, incomes={2025: declared(4_000_000)}, spans=(span("2015-04-01", household=9),))
    assert [line.outcome for line in lines(applicant, wife)] == ["refused"]
    outside = someone(incomes={2025: declared(0)}, filing=applies("2026-07", "2026-07", "2026-07-06", has_spouse=True))
    (line,) = lines(outside)
    assert (line.outcome, line.needs[0].role, line.needs[0].why) == ("undetermined", "spouse", "unknown_person")


def test_a_registered_spouse_who_is_not_on_the_form_needs_a_person() -> None:
    applicant = someone(incomes={2025: declared(0)}, filing=applies("2026-07", "2026-07", "2026-07-06"))
    wife = someone(WIFE, incomes={2025: declared(0)}, spans=(span("2015-04-01", relation="spouse"),))
    (line,) = lines(applicant, wife)
    assert (line.outcome, line.doubtful) == ("needs_person", ("spouse_not_declared",))


def test_a_household_without_head_needs_a_person() -> None:
    applicant = someone(
        DAUGHTER, incomes={2025: declared(0)}, filing=applies("2026-07", "2026-07", "2026-07-06"),
        spans=(span("2015-04-01", relation="child"),),
    )  # fmt: skip
    (line,) = lines(applicant)
    assert (line.outcome, line.doubtful) == ("needs_person", ("householder_missing",))


@pytest.mark.parametrize(("scheme", "agrees"), [("full", True), ("half", False), (None, False)])
def test_the_pension_services_decision_is_compared_with_the_pre_check(scheme: Any, agrees: bool) -> None:
    decision = ExemptionDecided(
        version=1, decision="D1", filing="R1", decided_on=day("2026-11-13"), first_month=Month(2026, 7),
        last_month=Month(2027, 6), scheme=scheme,
    )  # fmt: skip
    applicant = someone(
        incomes={2025: declared(0)}, filing=applies("2026-07", "2027-06", "2026-10-02"), decisions=(decision,)
    )  # fmt: skip
    (recorded,) = determine(applicant, {HUSBAND: applicant}, day("2026-11-24"), parameters()).decisions
    assert recorded.agrees is agrees


def test_every_pre_check_carries_its_legal_trace() -> None:
    applicant = someone(incomes={2025: declared(0)}, filing=applies("2026-07", "2027-06", "2026-07-06"))
    (line,) = lines(applicant)
    assert line.trace
    assert all(step.article and step.reason for step in line.trace)
    assert any("90条" in step.article for step in line.trace)


def lost_work(role: str, last_day: str) -> Hardship:
    return Hardship(ground="unemployed", role=role, on=day(last_day))  # type: ignore[arg-type]


def test_who_lost_their_work_passes_from_the_month_before_whatever_they_earned() -> None:
    applicant = someone(
        incomes={2025: declared(5_000_000)},
        filing=applies("2026-07", "2027-06", "2026-10-06", hardships=(lost_work("applicant", "2026-09-30"),)),
    )
    assert short(lines(applicant)) == [
        ("2026-07", "2026-08", "refused", None),
        ("2026-09", "2027-06", "pass", "full"),  # work lost on 1 October
    ]


@pytest.mark.parametrize(("last_day", "passes"), [("2024-12-30", False), ("2024-12-31", True)])
def test_a_loss_of_work_serves_until_june_of_the_second_year_after(last_day: str, passes: bool) -> None:
    """Lost on New Year's Eve 2024 it ends with 2026-06, lost on New Year's Day 2025 with 2027-06."""
    applicant = someone(
        incomes={2025: declared(5_000_000)},
        filing=applies("2026-07", "2027-06", "2026-07-06", hardships=(lost_work("applicant", last_day),)),
    )
    (line,) = lines(applicant)
    assert (line.outcome == "pass") is passes


def test_an_income_that_is_not_known_does_not_matter_to_who_lost_their_work() -> None:
    filing = applies("2026-07", "2027-06", "2026-10-06", hardships=(lost_work("applicant", "2026-05-31"),))
    (line,) = lines(someone(incomes={2025: UNDECLARED}, filing=filing))
    assert (line.outcome, line.scheme, line.needs) == ("pass", "full", ())


def test_a_ground_counts_for_the_person_it_is_claimed_of() -> None:
    def household(role: str) -> list[ExemptionAssessed]:
        filing = applies(
            "2026-07", "2027-06", "2026-07-06", hardships=(lost_work(role, "2026-05-31"),), schemes=("full",)
        )
        daughter = someone(
            DAUGHTER, incomes={2025: declared(0)}, filing=filing, spans=(span("2015-04-01", relation="child"),)
        )
        return lines(daughter, someone(FATHER, incomes={2025: declared(5_300_000)}))

    assert household("householder")[0].outcome == "pass"
    assert household("applicant")[0].outcome == "refused"


def test_a_householders_ground_is_the_applicants_who_is_the_householder() -> None:
    filing = applies("2026-07", "2027-06", "2026-07-06", hardships=(lost_work("householder", "2026-05-31"),))
    assert lines(someone(incomes={2025: declared(5_000_000)}, filing=filing))[0].scheme == "full"


def test_violence_excuses_the_spouse_who_did_it() -> None:
    def couple(**content: Any) -> ExemptionAssessed:
        filing = applies(
            "2026-07", "2027-06", "2026-07-06", has_spouse=True, spouse=HUSBAND, schemes=("full",), **content
        )
        wife = someone(WIFE, incomes={2025: declared(0)}, filing=filing)
        elsewhere = someone(HUSBAND, incomes={2025: declared(9_000_000)}, spans=(span("2015-04-01", household=2),))
        return lines(wife, elsewhere)[0]

    assert couple().outcome == "refused"
    assert couple(hardships=(Hardship(ground="dv_excluded", role="spouse"),)).outcome == "pass"


@pytest.mark.parametrize(
    ("claimed", "rule"),
    [
        ({"ground": "unemployed", "role": "applicant"}, "have a day"),
        ({"ground": "other_public_assistance", "role": "applicant", "on": day("2026-07-01")}, "have a day"),
        ({"ground": "dv_excluded", "role": "applicant"}, "claimed of the spouse"),
        ({"ground": "special_disability_benefit", "role": "spouse"}, "the applicant alone"),
    ],
)
def test_a_ground_says_whose_and_when(claimed: dict[str, Any], rule: str) -> None:
    with pytest.raises(ValidationError, match=rule):
        Hardship(**claimed)


def test_a_student_claims_their_own_grounds_only() -> None:
    with pytest.raises(ValidationError, match="only a student's own grounds"):
        StudentApplication(
            kind="student", first_month=Month(2026, 4), last_month=Month(2027, 3), school="s",
            hardships=(lost_work("spouse", "2026-05-31"),),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        # The cycle of July 2024; a premium of that July lapses at the end of August 2026.
        ("2026-08-31", [("2024-07", "2025-06", "pass", "full")]),
        ("2026-09-01", [("2024-07", "2024-07", "refused", None), ("2024-08", "2025-06", "pass", "full")]),
        ("2024-06-30", [("2024-07", "2025-06", "refused", None)]),  # the next cycle's form opens on 1 July
        ("2024-07-01", [("2024-07", "2025-06", "pass", "full")]),
    ],
)
def test_months_out_of_an_applications_reach_are_refused_by_name(received: str, expected: list[Any]) -> None:
    applicant = someone(incomes={2023: declared(0)}, filing=applies("2024-07", "2025-06", received))
    found = lines(applicant)
    assert short(found) == expected
    for line in found:
        assert (line.doubtful == ("outside_reach",)) is (line.outcome == "refused")


class TestGroundsOfTheHousehold:
    """A disaster and household aid are one fact for everybody tested; loss of work is each person's own."""

    RICH = declared(5_000_000)

    def check(self, hardship: Hardship, *, father_elsewhere: bool = False) -> str:
        daughter = someone(
            DAUGHTER,
            incomes={2025: self.RICH},
            filing=applies("2026-07", "2027-06", "2026-07-06", schemes=("full",), hardships=(hardship,), has_spouse=True,
                           spouse=WIFE),
            spans=(span("2015-04-01", relation="child"),),
        )  # fmt: skip
        father = someone(FATHER, incomes={2025: self.RICH})
        spouse = someone(WIFE, incomes={2025: self.RICH if father_elsewhere else declared(0)},
                         spans=(span("2015-04-01", household=2),))  # fmt: skip
        return lines(daughter, father, spouse)[0].outcome

    @pytest.mark.parametrize(
        ("ground", "on", "outcome"),
        [
            ("disaster", "2026-06-20", "pass"),
            ("other_public_assistance", None, "pass"),
            ("unemployed", "2026-06-20", "refused"),
        ],
    )
    def test_claimed_of_the_applicant_it_counts_for_the_householder_too(
        self, ground: str, on: str | None, outcome: str
    ) -> None:
        claimed = Hardship(ground=ground, role="applicant", on=day(on) if on else None)  # type: ignore[arg-type]
        assert self.check(claimed) == outcome

    def test_aid_does_not_reach_a_spouse_who_lives_elsewhere(self) -> None:
        claimed = Hardship(ground="other_public_assistance", role="applicant")
        assert self.check(claimed, father_elsewhere=True) == "refused"
