"""Situations of the office, from facts to outcomes, each with its controls. Fictional people; dates and outcomes as agreed."""

import datetime as dt
from dataclasses import replace

from contracts.events.eligibility import ExemptionAssessed
from contracts.events.filing import AcquisitionFiling, ExemptionApplication, FilingContent, Hardship, StudentApplication
from contracts.events.income import AssessedIncome, Deductions
from contracts.events.registry import ResidentSpan
from contracts.vocabulary import Month
from eligibility.determine import Determination, assessed, determine
from eligibility.facts import Filing, Income, Person, Stay
from eligibility.handlers import parameters
from eligibility.rules.filing_deadline import deadline
from eligibility.rules.hardship import hardship_months, lost_on

from tests.events import DAUGHTER, FATHER, HUSBAND, WIFE, day


def lives(since: str, relation: str, household: int = 1) -> ResidentSpan:
    return ResidentSpan(
        valid_from=day(since), known_from=dt.datetime(2015, 4, 1, tzinfo=dt.UTC), reason="other", residency="resident",
        household=household, relation=relation, filed_on=day(since), fact="r",
    )  # fmt: skip


def declared(yen: int, social_insurance: int = 0) -> Income:
    deductions = Deductions(social_insurance=social_insurance)
    return Income("declared", AssessedIncome(total_income_yen=yen, deductions=deductions), "t")


def filed(number: str, received: str, content: FilingContent) -> Filing:
    return Filing(number, day(received), content, (number,))


def seen(who: Person, on: str, *others: Person) -> Determination:
    return determine(who, {one.addressee: one for one in (who, *others)}, day(on), parameters())


def changes(found: Determination) -> list[tuple[str, int | None, int | None, str]]:
    return [(str(step.on), step.before, step.after, step.certainty) for step in found.transitions]


def months_of(found: Determination, number: str, who: Person) -> list[tuple[str, str, str, str | None]]:
    return [
        (str(line.first_month), str(line.last_month), line.outcome, line.scheme)
        for line in assessed(found, number, who)
    ]


class TestHusbandLeavesHisJobOneDayBeforeTheMonthEnds:
    """real-01: his wife was category 3; both become category 1 by class change, and leave it again in June."""

    LOST_WORK = Hardship(ground="unemployed", role="applicant", on=day("2026-03-30"))
    HIM = Person(
        HUSBAND,
        birth_date=day("1980-08-03"),
        spans=(lives("2015-04-01", "householder"),),
        incomes={2024: declared(4_820_000)},
        stays=(Stay(2, day("2015-04-01"), None, "n1"),),
        filings=(
            filed("H1", "2026-04-20",
                  AcquisitionFiling(kind="acquisition", reason="end_of_class2", fact_on=day("2026-03-30"))),
            filed("H2", "2026-04-20",
                  ExemptionApplication(kind="exemption", first_month=Month(2026, 3), last_month=Month(2026, 6),
                                       schemes=("full",), has_spouse=True, spouse=WIFE, hardships=(LOST_WORK,))),
        ),
    )  # fmt: skip
    HER = Person(
        WIFE,
        birth_date=day("1982-02-14"),
        spans=(lives("2015-04-01", "spouse"),),
        incomes={2024: declared(0)},
        stays=(Stay(3, day("2015-04-01"), None, "n2"),),
        filings=(
            filed("W1", "2026-04-20",
                  AcquisitionFiling(kind="acquisition", reason="end_of_class3", fact_on=day("2026-03-31"))),
            filed("W2", "2026-04-20",
                  ExemptionApplication(kind="exemption", first_month=Month(2026, 3), last_month=Month(2026, 6),
                                       schemes=("full",), has_spouse=True, spouse=HUSBAND,
                                       hardships=(LOST_WORK.model_copy(update={"role": "spouse"}),))),
        ),
    )  # fmt: skip

    def test_both_change_class_on_the_day_after_his_last_working_day(self) -> None:
        husband, wife = seen(self.HIM, "2026-04-20", self.HER), seen(self.HER, "2026-04-20", self.HIM)
        assert changes(husband) == [("2015-04-01", None, 2, "confirmed"), ("2026-03-31", 2, 1, "confirmed")]
        assert changes(wife) == [("2015-04-01", None, 3, "confirmed"), ("2026-03-31", 3, 1, "confirmed")]
        for found in (husband, wife):
            assert found.timeline.category_of(Month(2026, 3)) == 1  # the whole month counts as the later class

    def test_the_filing_is_six_days_late(self) -> None:
        assert deadline(day("2026-03-31"), parameters()) == day("2026-04-14")

    def test_his_income_is_left_aside_in_both_files(self) -> None:
        assert tuple(map(str, hardship_months(lost_on(day("2026-03-30")), "full"))) == ("2026-02", "2028-06")
        husband, wife = seen(self.HIM, "2026-04-20", self.HER), seen(self.HER, "2026-04-20", self.HIM)
        assert months_of(husband, "H2", self.HIM) == [("2026-03", "2026-06", "pass", "full")]
        assert months_of(wife, "W2", self.HER) == [("2026-03", "2026-06", "pass", "full")]

    def test_without_the_ground_his_income_refuses_both(self) -> None:
        def no_ground(who: Person) -> Person:
            entry, application = who.filings
            content = application.content.model_copy(update={"hardships": ()})
            return replace(who, filings=(entry, replace(application, content=content)))

        husband, wife = no_ground(self.HIM), no_ground(self.HER)
        assert months_of(seen(husband, "2026-04-20", wife), "H2", husband)[0][2] == "refused"
        assert months_of(seen(wife, "2026-04-20", husband), "W2", wife)[0][2] == "refused"

    def test_when_both_left_category_1_in_june_only_three_months_remain(self) -> None:
        husband = replace(self.HIM, stays=(*self.HIM.stays, Stay(2, day("2026-06-15"), None, "n3")))
        wife = replace(self.HER, stays=(*self.HER.stays, Stay(3, day("2026-06-15"), None, "n4")))
        for who, other, number in ((husband, wife, "H2"), (wife, husband, "W2")):
            found = seen(who, "2026-07-08", other)
            assert changes(found)[-1][0] == "2026-06-15"
            assert months_of(found, number, who) == [("2026-03", "2026-05", "pass", "full")]
            assert found.insured_status is not None
            assert (found.insured_status.insured, found.insured_status.lost_on) == (False, day("2026-06-15"))


class TestStudentBornOnThe1stOfApril:
    """real-02: 20 is attained on 31 March, in the old fiscal year; the father's income is never tested."""

    FATHER_INCOME = 9_100_000

    def student(self, social_insurance: int = 180_000, *, notified: bool = True) -> Person:
        def application(number: str, first: Month, last: Month) -> Filing:
            content = StudentApplication(kind="student", first_month=first, last_month=last, school="school-01")
            return filed(number, "2026-04-20", content)

        return Person(
            DAUGHTER,
            birth_date=day("2006-04-01"),
            spans=(lives("2006-04-01", "child"),),
            incomes={2024: declared(0), 2025: declared(1_450_000, social_insurance)},
            stays=(Stay(1, day("2026-03-31"), None, "n"),) if notified else (),
            filings=(
                application("S1", Month(2026, 3), Month(2026, 3)),
                application("S2", Month(2026, 4), Month(2027, 3)),
            ),
        )

    def father(self) -> Person:
        return Person(
            FATHER, birth_date=day("1975-01-01"), spans=(lives("2006-04-01", "householder"),),
            incomes={year: declared(self.FATHER_INCOME) for year in (2024, 2025)},
        )  # fmt: skip

    def test_before_the_notice_it_is_an_expectation_and_nothing_is_published(self) -> None:
        found = seen(self.student(notified=False), "2026-03-31", self.father())
        assert changes(found) == [("2026-03-31", None, 1, "expected")]
        assert found.insured_status is None

    def test_the_notice_confirms_it_from_the_day_before_the_birthday(self) -> None:
        found = seen(self.student(), "2026-04-14", self.father())
        assert changes(found) == [("2026-03-31", None, 1, "confirmed")]
        assert found.timeline.category_of(Month(2026, 3)) == 1
        assert found.insured_status is not None
        assert found.insured_status.acquired_on == day("2026-03-31")

    def test_each_form_is_judged_on_its_own_year_and_the_father_is_never_tested(self) -> None:
        who = self.student()
        found = seen(who, "2026-04-20", self.father())
        assert months_of(found, "S1", who) == [("2026-03", "2026-03", "pass", "student")]
        assert months_of(found, "S2", who) == [("2026-04", "2027-03", "pass", "student")]
        assert income_years(assessed(found, "S1", who)) == {2024}
        assert income_years(assessed(found, "S2", who)) == {2025}
        assert {step.role for line in assessed(found, "S2", who) for step in line.trace} == {"applicant"}

    def test_one_yen_less_of_deduction_refuses_it(self) -> None:
        for social_insurance, outcome in ((170_000, "pass"), (169_999, "refused")):
            who = self.student(social_insurance)
            assert months_of(seen(who, "2026-04-20", self.father()), "S2", who)[0][2] == outcome


def income_years(lines: list[ExemptionAssessed]) -> set[int | None]:
    return {step.income_year for line in lines for step in line.trace}


class TestHouseholdSeparatedOnPaper:
    """real-04: daughter and father at one address, two households since 1 September 2026."""

    DAUGHTER = Person(
        DAUGHTER,
        birth_date=day("1998-02-20"),
        spans=(
            lives("2015-04-01", "child").model_copy(update={"valid_to": day("2026-09-01")}),
            lives("2026-09-01", "householder", household=2),
        ),
        incomes={2024: declared(480_000), 2025: declared(500_000)},
        stays=(Stay(1, day("2018-02-19"), None, "n"),),
        filings=tuple(
            filed(f"D{year}", "2026-10-05",
                  ExemptionApplication(kind="exemption", first_month=Month(year, 7), last_month=Month(year + 1, 6)))
            for year in (2025, 2026)
        ),
    )  # fmt: skip
    FATHER = Person(
        FATHER, birth_date=day("1965-01-01"), spans=(lives("2015-04-01", "householder"),),
        incomes={2024: declared(5_200_000), 2025: declared(5_300_000)},
    )  # fmt: skip

    def test_the_past_cycle_is_judged_with_the_father(self) -> None:
        found = seen(self.DAUGHTER, "2026-10-05", self.FATHER)
        assert months_of(found, "D2025", self.DAUGHTER) == [("2025-07", "2026-06", "pass", "deferral")]
        (line,) = assessed(found, "D2025", self.DAUGHTER)
        assert {scheme for scheme, role in line.refused if role == "householder"} == {
            "full", "three_quarter", "half", "quarter",
        }  # fmt: skip

    def test_the_running_cycle_splits_where_the_household_does(self) -> None:
        found = seen(self.DAUGHTER, "2026-10-05", self.FATHER)
        assert months_of(found, "D2026", self.DAUGHTER) == [
            ("2026-07", "2026-08", "pass", "deferral"),
            ("2026-09", "2027-06", "pass", "full"),
        ]
        before, after = assessed(found, "D2026", self.DAUGHTER)
        assert "householder" in {role for _, role in before.refused}
        assert {step.role for step in after.trace} == {"applicant"}  # he is neither tested nor shown any more


class TestMovedInOn2January:
    """real-05: on 1 January he lived elsewhere, so that his income lies with the other municipality; B moved a day earlier."""

    ELSEWHERE = Income("other_municipality", None, "t")

    def mover(self, moved_in: str, incomes: dict[int, Income]) -> Person:
        applications = tuple(
            filed(f"A{year}", "2026-07-06",
                  ExemptionApplication(kind="exemption", first_month=Month(year, 7), last_month=Month(year + 1, 6)))
            for year in (2025, 2026)
        )  # fmt: skip
        arrival = lives(moved_in, "householder").model_copy(update={"reason": "move_in"})
        return Person(
            HUSBAND, birth_date=day("1988-09-15"), spans=(arrival,), incomes=incomes,
            stays=(Stay(1, day("2008-09-14"), None, "n"),), filings=applications,
        )  # fmt: skip

    def outcomes(self, who: Person, on: str) -> dict[str, tuple[str, str | None, list[tuple[int | None, str]]]]:
        found = seen(who, on)
        answers = {}
        for number in ("A2025", "A2026"):
            (line,) = assessed(found, number, who)
            answers[number] = line.outcome, line.scheme, [(need.income_year, need.why) for need in line.needs]
        return answers

    def test_a_move_between_municipalities_is_no_acquisition_and_no_loss(self) -> None:
        found = seen(self.mover("2026-01-02", {}), "2026-07-06")
        assert changes(found) == [("2008-09-14", None, 1, "confirmed")]

    def test_both_cycles_wait_for_the_other_municipality(self) -> None:
        who = self.mover("2026-01-02", {2024: self.ELSEWHERE, 2025: self.ELSEWHERE})
        assert self.outcomes(who, "2026-07-06") == {
            "A2025": ("undetermined", None, [(2024, "other_municipality")]),
            "A2026": ("undetermined", None, [(2025, "other_municipality")]),
        }

    def test_one_day_earlier_the_running_cycle_is_ours_to_see(self) -> None:
        who = self.mover("2026-01-01", {2024: self.ELSEWHERE, 2025: declared(640_000)})
        assert self.outcomes(who, "2026-07-06") == {
            "A2025": ("undetermined", None, [(2024, "other_municipality")]),
            "A2026": ("pass", "full", []),
        }

    def test_a_certificate_settles_its_year_and_no_other(self) -> None:
        who = self.mover("2026-01-02", {2024: self.ELSEWHERE, 2025: declared(640_000)})
        assert self.outcomes(who, "2026-07-15")["A2026"] == ("pass", "full", [])
        assert self.outcomes(who, "2026-07-15")["A2025"][0] == "undetermined"

    def test_without_a_request_there_is_no_pre_check(self) -> None:
        who = replace(self.mover("2015-04-01", {2025: declared(640_000)}), filings=())
        assert seen(who, "2026-07-06").assessments == {}
