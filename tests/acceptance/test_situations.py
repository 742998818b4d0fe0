"""Seven situations of the office, from the events to the batch, each with its controls. Fictional people; dates as agreed.

The rules behind them are tested closer by in tests/eligibility/test_situations.py, the papers, media and hands in tests/transmittal and
tests/system.
"""

from typing import Any

import pytest
from contracts.events.filing import FilingChecked, FilingEntered, FilingWithdrawn
from contracts.events.forms import (
    AdditionalPremiumStart,
    CategoryChangeFiling,
    ChildcareFiling,
    DeathFiling,
    ExemptionApplication,
    Hardship,
    MaternityFiling,
    StatutoryExemptionStart,
    StudentApplication,
)
from contracts.events.welfare import AssistanceChanged
from contracts.vocabulary import Month

from tests.acceptance.office import Office
from tests.events import DAUGHTER, EVIDENCE, FATHER, HUSBAND, WIFE, day

HOME: dict[str, Any] = {"household": 500000001}


def asks(first: str, last: str, *schemes: str, **given: Any) -> ExemptionApplication:
    fields = given | ({"schemes": schemes} if schemes else {})
    return ExemptionApplication(
        kind="exemption", first_month=Month.parse(first), last_month=Month.parse(last), **fields
    )  # fmt: skip


class TestReal01HusbandLeavesHisJobOneDayBeforeTheMonthEnds:
    @pytest.fixture
    def office(self) -> Office:
        office = Office()
        office.register(HUSBAND, "other", "2015-04-01", birth_date=day("1980-08-03"), **HOME)
        office.register(
            WIFE, "other", "2015-04-01", birth_date=day("1982-02-14"), relation="spouse", sex="female", **HOME
        )
        office.notice(HUSBAND, 2, "2015-04-01", "2025-04-01")
        office.notice(WIFE, 3, "2015-04-01", "2025-04-01")
        office.tax(HUSBAND, 2025, 4_820_000, "2025-06-10")
        office.tax(WIFE, 2025, 0, "2025-06-10")
        return office

    def file(self, office: Office) -> None:
        work: Any = {"ground": "unemployed", "on": day("2026-03-30")}
        for subject, other, letter, reason, role in (
            (HUSBAND, WIFE, "H", "left_employment", "applicant"), (WIFE, HUSBAND, "W", "spouse_left_employment", "spouse"),
        ):  # fmt: skip
            changed: Any = {"kind": "category_change", "reason": reason, "fact_on": day("2026-03-30")}
            office.files(subject, f"{letter}1", CategoryChangeFiling(**changed), "2026-04-20")
            lost = Hardship(role=role, **work)  # type: ignore[arg-type]
            form = asks("2026-03", "2026-06", "full", has_spouse=True, spouse=other, hardships=(lost,))
            office.files(subject, f"{letter}2", form, "2026-04-20")

    def test_the_whole_story(self, office: Office) -> None:
        self.file(office)
        office.on("2026-04-20")
        for subject, previous in ((HUSBAND, 2), (WIFE, 3)):
            (change,) = office.says("CategoryChanged", subject)
            assert (change["effective_on"], change["category"], change["previous"]) == ("2026-03-31", 1, previous)
            assert office.says("InsuredStatusLost", subject) == []
            assert [v["effective_on"] for v in office.says("InsuredStatusAcquired", subject)] == ["2015-04-01"]
        assert (office.filing("H1")["due_on"], office.filing("H1")["late"]) == ("2026-04-14", 6)
        assert office.filing("H1")["state"] == "accepted"
        assert office.report_due(HUSBAND, "category_change") == day("2026-05-07")  # 4 to 6 May are closed
        assert office.checks(HUSBAND, "H2") == office.checks(WIFE, "W2") == [("2026-03", "2026-06", "pass", "full")]

        office.on("2026-04-24")
        assert office.sent("2026-04-24") == {
            (HUSBAND, "category_change", "H1", "new"), (HUSBAND, "exemption", "H2", "new"),
            (WIFE, "category_change", "W1", "new"), (WIFE, "exemption", "W2", "new"),
        }  # fmt: skip

        office.notice(HUSBAND, 2, "2026-06-15", "2026-07-08")
        office.notice(WIFE, 3, "2026-06-15", "2026-07-08")
        office.on("2026-07-08").on("2026-07-10")
        for subject, filing in ((HUSBAND, "H2"), (WIFE, "W2")):
            assert office.checks(subject, filing) == [("2026-03", "2026-05", "pass", "full")]
            assert office.status(subject) == (False, "2026-03-31", "2026-06-15")
        assert office.sent("2026-07-10") == set()

    def test_control_nothing_leaves_that_nobody_decided_to_send(self, office: Office) -> None:
        form: Any = {"kind": "category_change", "reason": "left_employment", "fact_on": day("2026-03-30")}
        office.files(HUSBAND, "H1", CategoryChangeFiling(**form), "2026-04-20", sent=None)
        office.on("2026-04-24")
        assert office.sent("2026-04-24") == set()
        office.decides_to_send(HUSBAND, "H1", "2026-04-27")
        assert office.on("2026-05-01").sent("2026-05-01") == {(HUSBAND, "category_change", "H1", "new")}


class TestReal02StudentBornOnThe1stOfApril:
    def office(self, social_insurance: int = 180_000) -> Office:
        office = Office()
        office.register(DAUGHTER, "other", "2006-04-01", birth_date=day("2006-04-01"), relation="child", **HOME)
        office.register(FATHER, "other", "2006-04-01", birth_date=day("1975-01-01"), **HOME)
        for year in (2025, 2026):
            office.tax(FATHER, year, 9_100_000, f"{year}-06-10")
        office.tax(DAUGHTER, 2025, 0, "2025-06-10")
        office.tax(DAUGHTER, 2026, 1_450_000, "2026-04-01", social_insurance_yen=social_insurance)
        return office

    def apply(self, office: Office) -> None:
        for number, first, last in (("S1", "2026-03", "2026-03"), ("S2", "2026-04", "2027-03")):
            form = StudentApplication(kind="student", first_month=Month.parse(first), last_month=Month.parse(last),
                                      school="school-01")  # fmt: skip
            office.files(DAUGHTER, number, form, "2026-04-20")

    def test_the_whole_story(self) -> None:
        office = self.office()
        office.on("2026-03-31").on("2026-04-03")
        (expected,) = office.says("InsuredStatusAcquired", DAUGHTER)
        assert (expected["effective_on"], expected["certainty"]) == ("2026-03-31", "expected")
        assert (office.status(DAUGHTER), office.hints(), office.sent("2026-04-03")) == (None, set(), set())

        office.notice(DAUGHTER, 1, "2026-03-31", "2026-04-14")
        office.number(DAUGHTER, "0123456789", "2026-04-14")
        office.on("2026-04-14").on("2026-04-17")
        assert office.status(DAUGHTER) == (True, "2026-03-31", None)
        assert office.sent("2026-04-17") == set()

        self.apply(office)
        office.on("2026-04-20")
        assert office.checks(DAUGHTER, "S1") == [("2026-03", "2026-03", "pass", "student")]
        assert office.checks(DAUGHTER, "S2") == [("2026-04", "2027-03", "pass", "student")]
        steps = [step for v in office.says("ExemptionAssessed", DAUGHTER) for step in v["trace"]]
        assert {step["role"] for step in steps} == {"applicant"}
        assert [step["income_year"] for step in steps] == [2024, 2025]

    def test_control_one_yen_less_of_deduction(self) -> None:
        office = self.office(169_999)
        office.notice(DAUGHTER, 1, "2026-03-31", "2026-04-14")
        self.apply(office)
        assert office.on("2026-04-20").checks(DAUGHTER, "S2") == [("2026-04", "2027-03", "refused", None)]


class TestReal04HouseholdSeparatedOnPaper:
    def test_the_whole_story(self) -> None:
        office = Office()
        office.register(DAUGHTER, "other", "2015-04-01", birth_date=day("1998-02-20"), relation="child", **HOME)
        office.register(FATHER, "other", "2015-04-01", birth_date=day("1965-01-01"), **HOME)
        office.register(DAUGHTER, "household_change", "2026-09-01", birth_date=day("1998-02-20"), household=500000002)
        office.notice(DAUGHTER, 1, "2018-02-19", "2025-04-01")
        for subject, year, yen in (
            (DAUGHTER, 2025, 480_000), (DAUGHTER, 2026, 500_000), (FATHER, 2025, 5_200_000), (FATHER, 2026, 5_300_000),
        ):  # fmt: skip
            office.tax(subject, year, yen, f"{year}-06-10")
        for year in (2025, 2026):
            office.files(DAUGHTER, f"D{year}", asks(f"{year}-07", f"{year + 1}-06"), "2026-10-05")
        office.on("2026-10-05")
        assert office.checks(DAUGHTER, "D2025") == [("2025-07", "2026-06", "pass", "deferral")]
        assert office.checks(DAUGHTER, "D2026") == [
            ("2026-07", "2026-08", "pass", "deferral"),
            ("2026-09", "2027-06", "pass", "full"),
        ]
        before, after = office.says("ExemptionAssessed", DAUGHTER, filing="D2026")
        assert {role for _, role in before["refused"]} == {"householder"}
        assert {step["role"] for step in after["trace"]} == {"applicant"}  # neither tested nor shown from September on


class TestReal05MovedInOn2January:
    def mover(self, moved_in: str, ours: bool) -> Office:
        office = Office()
        office.register(HUSBAND, "move_in", moved_in, "2026-01-05", birth_date=day("1988-09-15"), **HOME)
        office.notice(HUSBAND, 1, "2008-09-14", "2026-01-20")
        office.tax(HUSBAND, 2025, None, "2026-06-10")
        office.tax(HUSBAND, 2026, 640_000 if ours else None, "2026-06-10")
        for year in (2025, 2026):
            office.files(HUSBAND, f"A{year}", asks(f"{year}-07", f"{year + 1}-06"), "2026-07-06", sent=None)
        return office.on("2026-07-06").on("2026-07-10")

    def needs(self, office: Office, filing: str) -> list[tuple[int, str]]:
        return [
            (need["income_year"], need["why"])
            for v in office.says("ExemptionAssessed", HUSBAND, filing=filing)
            for need in v.get("needs", ())
        ]

    def test_the_whole_story_of_a(self) -> None:
        office = self.mover("2026-01-02", ours=False)
        assert office.says("InsuredStatusLost", HUSBAND) == []
        assert [v["effective_on"] for v in office.says("InsuredStatusAcquired", HUSBAND)] == ["2008-09-14"]
        for filing, year in (("A2025", 2024), ("A2026", 2025)):
            assert office.checks(HUSBAND, filing)[0][2] == "undetermined"
            assert self.needs(office, filing) == [(year, "other_municipality")]
        assert office.sent("2026-07-10") == set()

        office.tax(HUSBAND, 2026, 640_000, "2026-07-15", version=2)  # the certificate of the other municipality
        for filing in ("A2025", "A2026"):
            office.decides_to_send(HUSBAND, filing, "2026-07-16")
        office.on("2026-07-15").on("2026-07-17")
        assert office.checks(HUSBAND, "A2026") == [("2026-07", "2027-06", "pass", "full")]
        assert office.checks(HUSBAND, "A2025")[0][2] == "undetermined"
        assert office.sent("2026-07-17") == {
            (HUSBAND, "exemption", "A2025", "new"), (HUSBAND, "exemption", "A2026", "new"),
        }  # fmt: skip

    def test_b_moved_one_day_earlier(self) -> None:
        office = self.mover("2026-01-01", ours=True)
        assert office.checks(HUSBAND, "A2026") == [("2026-07", "2027-06", "pass", "full")]
        assert self.needs(office, "A2025") == [(2024, "other_municipality")]

    def test_control_a_tax_record_without_a_request_gives_no_pre_check(self) -> None:
        office = Office()
        office.register(HUSBAND, "other", "2015-04-01", birth_date=day("1988-09-15"), **HOME)
        office.register(HUSBAND, "move_out", "2026-01-02", birth_date=day("1988-09-15"), residency="moved_out",
                        moved_out_to="架空県", **HOME)  # fmt: skip
        office.notice(HUSBAND, 1, "2008-09-14", "2025-04-01")
        office.tax(HUSBAND, 2026, 640_000, "2026-06-10")
        assert office.on("2026-07-06").says("ExemptionAssessed") == []


class TestReal07DeathAfterTheBatchWasSent:
    def office(self, died: str = "2026-10-14", notice: str = "2026-10-16") -> Office:
        office = Office()
        him: Any = {"birth_date": day("1969-02-10"), **HOME}
        her: Any = {"birth_date": day("1970-03-03"), "sex": "female", **HOME}
        office.register(HUSBAND, "other", "1996-11-22", "2025-04-01", **him)
        office.register(WIFE, "other", "1996-11-22", "2025-04-01", relation="spouse", **her)
        for subject, since, yen in ((HUSBAND, "1989-02-09", 300_000), (WIFE, "1990-03-02", 350_000)):
            office.notice(subject, 1, since, "2025-04-01")
            office.tax(subject, 2026, yen, "2026-06-10")
        form = asks("2026-07", "2027-06", "full", has_spouse=True, spouse=WIFE)
        office.files(HUSBAND, "A1", form, "2026-10-02", sent="2026-10-05")
        office.on("2026-10-02").on("2026-10-09")
        assert office.sent("2026-10-09") == {(HUSBAND, "exemption", "A1", "new")}
        office.register(HUSBAND, "death", died, notice, residency="deceased", **him)
        office.register(WIFE, "household_change", died, notice, relation="householder", **her)
        return office

    def test_the_whole_story(self) -> None:
        office = self.office()
        office.on("2026-10-16")
        (lost,) = office.says("InsuredStatusLost", HUSBAND)
        assert lost["effective_on"] == "2026-10-15"
        assert office.status(HUSBAND) == (False, "1989-02-09", "2026-10-15")
        assert office.hints() == {
            ("widows_pension_possible", WIFE, None), ("death_lump_sum_possible", WIFE, None),
        }  # fmt: skip
        assert office.filing("A1")["state"] == "accepted"
        assert office.sent("2026-10-16") == set()  # no loss report, no correction of what was sent

        office.decision(HUSBAND, "full", "2026-07", "2027-06", "2026-11-13", "A1")
        office.on("2026-11-13")
        (decided,) = office.says("ExemptionDecisionRecorded", HUSBAND)
        assert (decided["first_month"], decided["last_month"], decided["agrees"]) == ("2026-07", "2026-09", True)
        assert office.exempt(HUSBAND) == [("2026-07", "2026-09", "full")]

    def test_control_a_notice_after_more_than_seven_days(self) -> None:
        office = self.office(notice="2026-10-22").on("2026-10-22")
        assert ("death_filing_due", HUSBAND, "2026-10-28") in office.hints()
        office.files(HUSBAND, "T1", DeathFiling(kind="death", died_on=day("2026-10-14")), "2026-10-26")
        office.on("2026-10-30")
        assert ("death_filing_due", HUSBAND, "2026-10-28") not in office.hints()
        assert office.sent("2026-10-30") == {(HUSBAND, "death", "T1", "new")}

    def test_control_dead_on_the_last_day_of_october(self) -> None:
        office = self.office("2026-10-31", "2026-11-02").on("2026-11-02")
        (lost,) = office.says("InsuredStatusLost", HUSBAND)
        assert lost["effective_on"] == "2026-11-01"
        assert office.checks(HUSBAND, "A1")[-1][1] == "2026-10"


class TestReal09PregnancyBirthAndChildcare:
    def office(self, *, multiple: bool = False) -> Office:
        office = Office()
        office.register(
            WIFE, "other", "2018-01-01", birth_date=day("1994-01-20"), sex="female", relation="spouse", **HOME
        )
        office.register(HUSBAND, "other", "2018-01-01", birth_date=day("1992-05-05"), **HOME)
        office.notice(WIFE, 1, "2014-01-19", "2025-04-01")
        office.notice(HUSBAND, 1, "2012-05-04", "2025-04-01")
        for subject in (WIFE, HUSBAND):
            office.tax(subject, 2026, 200_000, "2026-06-10")
        office.files(WIFE, "M0", AdditionalPremiumStart(kind="additional_start"), "2025-10-01")
        office.files(
            WIFE, "M1", MaternityFiling(kind="maternity", due_on=day("2026-08-10"), multiple=multiple), "2026-06-01"
        )
        return office.on("2026-06-05")

    def childcare(self) -> ChildcareFiling:
        return ChildcareFiling(kind="childcare", child_born_on=day("2026-08-03"), relation="father")

    def test_the_whole_story(self) -> None:
        office = self.office()
        assert office.exempt(WIFE) == [("2026-07", "2026-10", "maternity")]
        (additional,) = office.says("AdditionalPremiumSet", WIFE)
        assert (additional["first_month"], additional.get("last_month")) == ("2025-10", None)
        assert office.sent("2026-06-05") == {(WIFE, "additional_start", "M0", "new"), (WIFE, "maternity", "M1", "new")}

        form = asks("2026-07", "2027-06", "full", has_spouse=True, spouse=WIFE)
        office.files(HUSBAND, "F1", form, "2026-07-06")
        office.on("2026-07-10")
        assert office.checks(HUSBAND, "F1") == [("2026-07", "2027-06", "pass", "full")]
        office.decision(HUSBAND, "full", "2026-07", "2027-06", "2026-08-01", "F1")

        office.register(
            DAUGHTER, "birth", "2026-08-03", "2026-08-06", birth_date=day("2026-08-03"), relation="child", **HOME
        )
        office.on("2026-08-06").on("2026-08-07")
        assert office.exempt(WIFE) == [("2026-07", "2026-10", "maternity")]
        assert office.sent("2026-08-07") == set()  # no correction report

        office.files(HUSBAND, "F2", self.childcare(), "2026-09-28")
        office.on("2026-09-28").on("2026-10-02")
        assert (office.filing("F2")["state"], office.filing("F2")["reasons"]) == ("refused", ["childcare_not_before"])
        assert office.sent("2026-10-02") == set()

        office.files(HUSBAND, "F3", self.childcare(), "2026-10-05")
        office.on("2026-10-05").on("2026-10-09")
        assert office.exempt(HUSBAND) == [("2026-07", "2026-09", "full"), ("2026-10", "2027-07", "childcare")]
        assert office.sent("2026-10-09") == {(HUSBAND, "childcare", "F3", "new")}
        assert office.says("MonthsExempted", HUSBAND)[1]["doubtful"] == ["childcare_text_not_seen"]

        office.decision(WIFE, "childcare", "2026-11", "2027-07", "2026-10-20", None)
        office.on("2026-10-20").on("2026-10-23")
        assert office.exempt(WIFE) == [("2026-07", "2026-10", "maternity"), ("2026-11", "2027-07", "childcare")]
        assert not office.says("ExemptionDecisionRecorded", WIFE)[0]["via_us"]
        assert {hint for hint, person, _ in office.hints() if person == WIFE} == set()
        assert office.sent("2026-10-23") == set()

    def test_control_twins(self) -> None:
        office = self.office(multiple=True)
        assert office.exempt(WIFE) == [("2026-05", "2026-10", "maternity")]
        office.files(WIFE, "M2", self.childcare().model_copy(update={"relation": "mother"}), "2026-10-05")
        assert office.on("2026-10-05").exempt(WIFE)[1] == ("2026-11", "2027-07", "childcare")


class TestReal10LivelihoodAidDuringAHalfExemption:
    def office(self, *, equivalent_only: bool = False) -> Office:
        office = Office()
        office.register(WIFE, "other", "2015-04-01", birth_date=day("1985-09-09"), sex="female", **HOME)
        office.notice(WIFE, 1, "2005-09-08", "2025-04-01")
        office.tax(WIFE, 2026, 1_200_000, "2026-06-10")
        office.decision(WIFE, "half", "2026-07", "2027-06", "2026-08-20", None)
        self.aid(office, "2026-10-22", equivalent_only=equivalent_only)
        return office.on("2026-10-22")

    def aid(
        self, office: Office, on: str, until: str | None = None, version: int = 1, *, equivalent_only: bool = False
    ) -> None:
        grant = AssistanceChanged(grant="w1", version=version, assistance="livelihood", valid_from=day("2026-10-20"),
                                  valid_to=day(until) if until else None, equivalent_only=equivalent_only)  # fmt: skip
        office.hears(WIFE, grant, on)

    def start(self) -> StatutoryExemptionStart:
        return StatutoryExemptionStart(kind="statutory_start", ground="livelihood_aid", arose_on=day("2026-10-20"))

    def test_the_whole_story(self) -> None:
        office = self.office()
        assert office.hints() == {("statutory_exemption_proposed", WIFE, "2026-11-04")}  # the 3rd is a holiday
        assert office.exempt(WIFE) == [("2026-07", "2027-06", "half")]

        office.files(WIFE, "S1", self.start(), "2026-10-28")
        office.on("2026-10-28")
        assert (office.filing("S1")["due_on"], office.filing("S1")["late"]) == ("2026-11-04", 0)
        assert office.exempt(WIFE) == [("2026-07", "2026-08", "half"), ("2026-09", None, "statutory")]
        assert office.hints() == set()

        self.aid(office, "2027-03-15", "2027-03-15", version=2)
        office.on("2027-03-15")
        assert office.exempt(WIFE)[1] == ("2026-09", "2027-03", "statutory")
        assert office.hints() == {("statutory_end_filing_due", WIFE, "2027-03-29")}

        lost_work = Hardship(ground="unemployed", role="applicant", on=day("2026-09-01"))
        office.files(WIFE, "A1", asks("2027-04", "2027-06", "full", hardships=(lost_work,)), "2027-03-24")
        office.on("2027-03-24")
        assert office.hints() == set()
        assert office.checks(WIFE, "A1") == [("2027-04", "2027-06", "pass", "full")]

    def test_control_the_filing_only_in_december(self) -> None:
        office = self.office()
        office.files(WIFE, "S1", self.start(), "2026-12-07")
        assert office.on("2026-12-07").exempt(WIFE) == [("2026-07", "2026-10", "half"), ("2026-11", None, "statutory")]

    def test_control_protection_equivalent_to_assistance(self) -> None:
        office = self.office(equivalent_only=True)
        assert office.hints() == {("application_ground_possible", WIFE, None)}


class TestCorrectionAfterTheBatchWasSent:
    """What was sent never changes: a corrected entry leads to a report marked 訂正, a withdrawal to one marked 取消."""

    def office(self) -> Office:
        office = Office()
        office.register(HUSBAND, "other", "2015-04-01", birth_date=day("1990-05-10"), **HOME)
        office.notice(HUSBAND, 1, "2015-04-01", "2025-04-01")
        office.tax(HUSBAND, 2026, 300_000, "2026-06-10")
        office.files(HUSBAND, "A1", asks("2026-07", "2027-06", "full"), "2026-07-06")
        office.on("2026-07-06").on("2026-07-10")
        assert office.sent("2026-07-10") == {(HUSBAND, "exemption", "A1", "new")}
        return office

    def test_a_corrected_entry_is_reported_as_a_correction(self) -> None:
        office = self.office()
        (sent,) = office.desk.attempts.values()
        corrected: Any = {
            "filing": "A1",
            "received_on": day("2026-07-06"),
            "content": asks("2026-07", "2026-12", "full"),
        }
        entry = FilingEntered(
            revision=2, office="honcho", channel="counter", evidence=EVIDENCE, entered_by="first", **corrected
        )
        office.hears(HUSBAND, entry, "2026-07-13")
        office.hears(HUSBAND, FilingChecked(checked_by="second", **corrected), "2026-07-13")
        office.on("2026-07-13").on("2026-07-17")
        assert office.checks(HUSBAND, "A1") == [("2026-07", "2026-12", "pass", "full")]
        assert office.sent("2026-07-17") == {(HUSBAND, "exemption", "A1", "correction")}
        assert office.desk.attempts[HUSBAND, "A1", 1] == sent  # stays as it was

    def test_a_withdrawal_is_reported_as_an_annulment(self) -> None:
        office = self.office()
        gone = FilingWithdrawn(filing="A1", withdrawn_on=day("2026-07-13"), reason="by_applicant")
        office.hears(HUSBAND, gone, "2026-07-13")
        office.on("2026-07-13").on("2026-07-17")
        assert office.checks(HUSBAND, "A1") == []
        assert office.sent("2026-07-17") == {(HUSBAND, "exemption", "A1", "annulment")}
