"""Situations of the office, from facts to outcomes, each with its controls. Fictional people; dates and outcomes as agreed."""

import datetime as dt
from dataclasses import replace

from contracts.events.eligibility import ExemptionAssessed, FilingReceived
from contracts.events.forms import (
    AdditionalPremiumStart,
    CategoryChangeFiling,
    ChildcareFiling,
    ExemptionApplication,
    Hardship,
    MaternityFiling,
    StatutoryExemptionStart,
    StudentApplication,
)
from contracts.events.income import AssessedIncome, Deductions
from contracts.events.notice import ExemptionDecided
from contracts.events.registry import ResidentSpan
from contracts.vocabulary import Month
from eligibility.determine import Determination, assessed, determine
from eligibility.facts import Filing, Grant, Income, Person, Stay
from eligibility.parameter_files import parameters
from eligibility.reception import line_of_the_book
from eligibility.rules.filing_deadline import deadline
from eligibility.rules.hardship import hardship_months, lost_on

from tests.events import DAUGHTER, FATHER, HUSBAND, WIFE, day, filed


def lives(since: str, relation: str, household: int = 1) -> ResidentSpan:
    return ResidentSpan(
        valid_from=day(since), known_from=dt.datetime(2015, 4, 1, tzinfo=dt.UTC), reason="other", residency="resident",
        household=household, relation=relation, filed_on=day(since), fact="r",
    )  # fmt: skip


def declared(yen: int, social_insurance: int = 0) -> Income:
    deductions = Deductions(social_insurance=social_insurance)
    return Income("declared", AssessedIncome(total_income_yen=yen, deductions=deductions), "t")


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
                  CategoryChangeFiling(kind="category_change", reason="left_employment", fact_on=day("2026-03-30"))),
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
                  CategoryChangeFiling(kind="category_change", reason="spouse_left_employment",
                                       fact_on=day("2026-03-30"))),
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


def exempt(found: Determination) -> list[tuple[str, str | None, str, str]]:
    return [
        (str(line.first), str(line.last) if line.last else None, line.exemption, line.claim.basis)
        for line in found.premium.exempt
    ]


def hinted(found: Determination) -> set[tuple[str, int, str | None]]:
    return {(one.hint, one.person, str(one.due_on) if one.due_on else None) for one in found.hints}


def reception(found: Determination, number: str) -> tuple[str, tuple[str, ...]]:
    return next((one.state, one.reasons) for one in found.receptions if one.filing.number == number)


def decided(
    scheme: str, first: str, last: str, on: str, filing: str | None = None, name: str = "d"
) -> ExemptionDecided:
    return ExemptionDecided(
        version=1, decision=name, filing=filing, decided_on=day(on), first_month=Month.parse(first),
        last_month=Month.parse(last), scheme=scheme,
    )  # fmt: skip


class TestDeathAfterTheBatchWasSent:
    """real-07: he applied, the batch left, he died; the notice in the family register came within seven days."""

    def him(self, died: str | None = None, notice: str | None = None, *, decision: bool = False) -> Person:
        home = lives("1996-11-22", "householder")
        spans: tuple[ResidentSpan, ...] = (home,)
        if died is not None and notice is not None:
            end = {"valid_from": day(died), "residency": "deceased", "reason": "death", "filed_on": day(notice)}
            spans = (home.model_copy(update={"valid_to": day(died)}), home.model_copy(update=end))
        return Person(
            HUSBAND, birth_date=day("1969-02-10"), sex="male", spans=spans,
            incomes={2025: declared(300_000)}, stays=(Stay(1, day("1989-02-09"), None, "n"),),
            filings=(filed("A1", "2026-10-02",
                           ExemptionApplication(kind="exemption", first_month=Month(2026, 7), last_month=Month(2027, 6),
                                                schemes=("full",), has_spouse=True, spouse=WIFE)),),
            decisions=(decided("full", "2026-07", "2027-06", "2026-11-13", "A1"),) if decision else (),
        )  # fmt: skip

    HER = Person(
        WIFE, birth_date=day("1970-03-03"), sex="female", incomes={2025: declared(350_000)},
        spans=(lives("1996-11-22", "spouse").model_copy(update={"valid_to": day("2026-10-14")}),
               lives("2026-10-14", "householder")),
        stays=(Stay(1, day("1990-03-02"), None, "n"),),
    )  # fmt: skip

    def test_the_loss_is_on_the_day_after_and_october_does_not_count(self) -> None:
        found = seen(self.him("2026-10-14", "2026-10-16"), "2026-10-16", self.HER)
        assert changes(found)[-1] == ("2026-10-15", 1, None, "confirmed")
        assert found.timeline.category_of(Month(2026, 9)) == 1
        assert found.timeline.category_of(Month(2026, 10)) is None
        assert found.insured_status is not None
        assert (found.insured_status.insured, found.insured_status.lost_on) == (False, day("2026-10-15"))

    def test_a_notice_within_seven_days_makes_a_filing_needless_and_the_application_stays(self) -> None:
        found = seen(self.him("2026-10-14", "2026-10-16"), "2026-10-16", self.HER)
        assert "death_filing_due" not in {hint for hint, _, _ in hinted(found)}
        assert reception(found, "A1") == ("accepted", ())
        assert months_of(found, "A1", self.him()) == [("2026-07", "2026-09", "pass", "full")]

    def test_the_wife_may_choose_between_widows_pension_and_lump_sum(self) -> None:
        found = seen(self.him("2026-10-14", "2026-10-16"), "2026-10-16", self.HER)
        assert hinted(found) == {
            ("widows_pension_possible", WIFE, None),
            ("death_lump_sum_possible", WIFE, None),
        }  # no survivors' basic pension without a child, no unpaid pension before 60

    def test_a_child_below_18_turns_it_into_a_survivors_pension(self) -> None:
        child = Person(DAUGHTER, birth_date=day("2010-04-01"), spans=(lives("2010-04-01", "child"),))
        found = seen(self.him("2026-10-14", "2026-10-16"), "2026-10-16", self.HER, child)
        assert {hint for hint, _, _ in hinted(found)} == {"survivors_pension_possible", "widows_pension_possible"}

    def test_her_own_pre_check_is_made_anew_from_the_month_in_which_she_became_householder(self) -> None:
        application = ExemptionApplication(kind="exemption", first_month=Month(2026, 7), last_month=Month(2027, 6),
                                           schemes=("full",), has_spouse=True, spouse=HUSBAND)  # fmt: skip
        her = replace(self.HER, filings=(filed("A2", "2026-10-02", application),))
        rich = replace(self.him("2026-10-14", "2026-10-16"), incomes={2025: declared(9_000_000)}, filings=())
        assert months_of(seen(her, "2026-10-20", rich), "A2", her) == [
            ("2026-07", "2026-09", "refused", None),
            ("2026-10", "2026-10", "pass", "full"),  # doubtful: her household changed within this month
            ("2026-11", "2027-06", "pass", "full"),
        ]

    def test_the_decision_is_stored_as_received_and_counts_until_september(self) -> None:
        found = seen(self.him("2026-10-14", "2026-10-16", decision=True), "2026-11-13", self.HER)
        (recorded,) = found.decisions
        assert (str(recorded.first_month), str(recorded.last_month), recorded.agrees) == ("2026-07", "2026-09", True)
        assert exempt(found) == [("2026-07", "2026-09", "full", "decision")]

    def test_a_later_notice_needs_the_filing_by_the_28th(self) -> None:
        found = seen(self.him("2026-10-14", "2026-10-22"), "2026-10-22", self.HER)
        assert ("death_filing_due", HUSBAND, "2026-10-28") in hinted(found)
        assert "death_filing_due" not in {
            h for h, _, _ in hinted(seen(self.him("2026-10-14", "2026-10-21"), "2026-10-22"))
        }

    def test_dead_on_the_last_of_october_the_month_counts(self) -> None:
        found = seen(self.him("2026-10-31", "2026-11-02"), "2026-11-02", self.HER)
        assert changes(found)[-1][0] == "2026-11-01"
        assert found.timeline.category_of(Month(2026, 10)) == 1


class TestPregnancyBirthAndChildcare:
    """real-09: a mother with additional premium and maternity months, a father under full exemption, childcare from October."""

    BORN = day("2026-08-03")

    def mother(self, *, multiple: bool = False, notified: bool = False) -> Person:
        return Person(
            WIFE, birth_date=day("1994-01-20"), sex="female", spans=(lives("2018-01-01", "spouse"),),
            stays=(Stay(1, day("2014-01-19"), None, "n"),), incomes={2025: declared(100_000)},
            filings=(
                filed("M0", "2025-10-01", AdditionalPremiumStart(kind="additional_start")),
                filed("M1", "2026-06-01",
                      MaternityFiling(kind="maternity", due_on=day("2026-08-10"), multiple=multiple)),
            ),
            decisions=(decided("childcare", "2026-11", "2027-07", "2026-10-20", None, "c"),) if notified else (),
        )  # fmt: skip

    def father(self, *filings: Filing) -> Person:
        return Person(
            HUSBAND, birth_date=day("1992-05-05"), sex="male", spans=(lives("2018-01-01", "householder"),),
            stays=(Stay(1, day("2012-05-04"), None, "n"),), incomes={2025: declared(200_000)},
            filings=filings, decisions=(decided("full", "2026-07", "2027-06", "2026-08-20", "F1"),),
        )  # fmt: skip

    def child(self) -> Person:
        born = lives("2026-08-03", "child").model_copy(update={"reason": "birth"})
        return Person(DAUGHTER, birth_date=self.BORN, spans=(born,))

    def childcare(self, number: str, received: str) -> Filing:
        return filed(number, received, ChildcareFiling(kind="childcare", child_born_on=self.BORN, relation="father"))

    def test_maternity_is_filed_from_six_months_before_and_additional_premium_goes_on(self) -> None:
        found = seen(self.mother(), "2026-06-01")
        assert exempt(found) == [("2026-07", "2026-10", "maternity", "filing")]
        assert [(str(one.first), one.last) for one in found.premium.additional] == [("2025-10", None)]
        early = filed("M9", "2026-02-09", MaternityFiling(kind="maternity", due_on=day("2026-08-10")))
        first = replace(early, received_on=day("2026-02-10"), entered_on=day("2026-02-10"))
        assert reception(seen(replace(self.mother(), filings=(early,)), "2026-06-01"), "M9") == (
            "refused", ("maternity_too_early",),
        )  # fmt: skip
        assert reception(seen(replace(self.mother(), filings=(first,)), "2026-06-01"), "M9")[0] == "accepted"

    def test_the_birth_a_week_early_changes_nothing(self) -> None:
        mother = self.mother()
        assert exempt(seen(mother, "2026-08-06", self.child())) == exempt(seen(mother, "2026-06-01"))
        hints = hinted(seen(self.child(), "2026-08-06", mother, self.father()))
        assert "maternity_longer_possible" not in {hint for hint, _, _ in hints}

    def test_a_father_in_employment_is_told_nothing(self) -> None:
        employed = replace(self.father(), stays=(Stay(2, day("2012-05-04"), None, "n"),), decisions=())
        hints = hinted(seen(self.child(), "2026-10-20", self.mother(notified=True), employed))
        assert hints == set()

    def test_a_birth_in_the_month_before_raises_a_hint_and_nothing_else(self) -> None:
        july = replace(self.child(), birth_date=day("2026-07-31"), spans=(
            lives("2026-07-31", "child").model_copy(update={"reason": "birth"}),
        ))  # fmt: skip
        hints = {hint for hint, _, _ in hinted(seen(july, "2026-08-06", self.mother(), self.father()))}
        assert "maternity_longer_possible" in hints

    def test_the_father_is_refused_before_october(self) -> None:
        early = self.father(self.childcare("F2", "2026-09-28"))
        assert reception(seen(early, "2026-09-28"), "F2") == ("refused", ("childcare_not_before",))
        assert exempt(seen(early, "2026-09-28")) == [("2026-07", "2027-06", "full", "decision")]

    def test_from_october_childcare_takes_his_months_from_the_full_exemption(self) -> None:
        found = seen(self.father(self.childcare("F2", "2026-09-28"), self.childcare("F3", "2026-10-05")), "2026-10-05")
        assert exempt(found) == [
            ("2026-07", "2026-09", "full", "decision"),
            ("2026-10", "2027-07", "childcare", "filing"),
        ]
        assert found.premium.exempt[1].claim.doubtful == ("childcare_text_not_seen",)

    def test_the_mother_is_exempted_by_notice_after_her_maternity_months(self) -> None:
        found = seen(self.mother(notified=True), "2026-10-20", self.child())
        assert exempt(found) == [
            ("2026-07", "2026-10", "maternity", "filing"),
            ("2026-11", "2027-07", "childcare", "decision"),
        ]
        assert [d.via_us for d in found.decisions] == [False]
        hints = hinted(seen(self.child(), "2026-10-20", self.mother(notified=True), self.father()))
        assert hints == {("childcare_possible", HUSBAND, None)}  # of the mother nothing is asked
        before = hinted(seen(self.child(), "2026-10-19", self.mother(), self.father()))
        assert ("childcare_by_pension_service", WIFE, None) in before

    def test_twins_have_six_months_and_then_the_same_nine(self) -> None:
        twins = self.mother(multiple=True)
        own = filed("M2", "2026-10-05", ChildcareFiling(kind="childcare", child_born_on=self.BORN, relation="mother"))
        found = seen(replace(twins, filings=(*twins.filings, own)), "2026-10-05")
        assert exempt(found) == [
            ("2026-05", "2026-10", "maternity", "filing"),
            ("2026-11", "2027-07", "childcare", "filing"),
        ]


class TestLivelihoodAidDuringAHalfExemption:
    """real-10: the month of the filing decides from when the statutory exemption takes over."""

    AID = Grant("livelihood", day("2026-10-20"), None, False, "w")

    def her(self, *filings: Filing, ended: str | None = None, equivalent_only: bool = False) -> Person:
        until = day(ended) if ended else None
        return Person(
            WIFE, birth_date=day("1985-09-09"), spans=(lives("2015-04-01", "householder"),),
            stays=(Stay(1, day("2005-09-08"), None, "n"),), incomes={2025: declared(1_200_000)},
            grants=(replace(self.AID, until=until, equivalent_only=equivalent_only),),
            decisions=(decided("half", "2026-07", "2027-06", "2026-08-20"),), filings=filings,
        )  # fmt: skip

    def starts(self, received: str) -> Filing:
        content = StatutoryExemptionStart(kind="statutory_start", ground="livelihood_aid", arose_on=day("2026-10-20"))
        return filed("S1", received, content)

    HALF = ("2026-07", "2027-06", "half", "decision")

    def test_the_welfare_event_proposes_and_changes_nothing(self) -> None:
        found = seen(self.her(), "2026-10-22")
        assert hinted(found) == {("statutory_exemption_proposed", WIFE, "2026-11-04")}  # the 3rd is a holiday
        assert exempt(found) == [self.HALF]

    def test_the_filing_in_october_cancels_the_half_from_september(self) -> None:
        found = seen(self.her(self.starts("2026-10-28")), "2026-10-28")
        assert exempt(found) == [
            ("2026-07", "2026-08", "half", "decision"),
            ("2026-09", None, "statutory", "filing"),
        ]
        line = line_of_the_book(self.her(), found.receptions[0], parameters())
        assert isinstance(line, FilingReceived)
        assert (line.due_on, line.late, line.state) == (day("2026-11-04"), 0, "accepted")
        assert hinted(found) == set()

    def test_the_filing_in_december_cancels_it_from_november(self) -> None:
        found = seen(self.her(self.starts("2026-12-07")), "2026-12-07")
        assert exempt(found) == [
            ("2026-07", "2026-10", "half", "decision"),
            ("2026-11", None, "statutory", "filing"),
        ]
        line = line_of_the_book(self.her(), found.receptions[0], parameters())
        assert isinstance(line, FilingReceived)
        assert line.late == 33

    def test_when_the_aid_ends_the_exemption_ends_with_its_month_and_the_filing_is_due(self) -> None:
        found = seen(self.her(self.starts("2026-10-28"), ended="2027-03-15"), "2027-03-15")
        assert exempt(found)[-1] == ("2026-09", "2027-03", "statutory", "filing")
        assert hinted(found) == {("statutory_end_filing_due", WIFE, "2027-03-29")}

    def test_an_application_within_14_days_replaces_the_end_filing(self) -> None:
        lost_work = Hardship(ground="unemployed", role="applicant", on=day("2026-09-01"))
        content = ExemptionApplication(kind="exemption", first_month=Month(2027, 4), last_month=Month(2027, 6),
                                       schemes=("full",), hardships=(lost_work,))  # fmt: skip
        who = self.her(self.starts("2026-10-28"), filed("A1", "2027-03-24", content), ended="2027-03-15")
        found = seen(who, "2027-03-24")
        assert hinted(found) == set()
        assert months_of(found, "A1", who) == [("2027-04", "2027-06", "pass", "full")]
        late = self.her(self.starts("2026-10-28"), filed("A1", "2027-03-30", content), ended="2027-03-15")
        assert {hint for hint, _, _ in hinted(seen(late, "2027-03-30"))} == {"statutory_end_filing_due"}

    def test_protection_equivalent_to_assistance_is_a_ground_for_an_application_only(self) -> None:
        found = seen(self.her(equivalent_only=True), "2026-10-22")
        assert hinted(found) == {("application_ground_possible", WIFE, None)}
