"""A filing at the counter: accepted, waiting for something, or refused — each with its reason, and the same filing in order."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from contracts import wording
from contracts.events.eligibility import ClaimReceived, FilingReceived
from contracts.events.filing import Evidence, FilingChecked, FilingEntered, FilingReturned, FilingWithdrawn
from contracts.events.forms import (
    AcquisitionFiling,
    AdditionalPremiumStart,
    AdditionalPremiumStop,
    CategoryChangeFiling,
    ChildcareFiling,
    DeathFiling,
    ExemptionApplication,
    ExemptionCancellation,
    FilingContent,
    LossFiling,
    MaternityFiling,
    NameChangeFiling,
    PayDespiteExemption,
    StatutoryExemptionStart,
    StudentEnd,
    VoluntaryEntry,
    VoluntaryWithdrawal,
    WidowsPensionClaim,
)
from contracts.events.notice import ExemptionDecided, FilingProcessed
from contracts.events.registry import PensionNote
from contracts.vocabulary import Month
from eligibility import reception
from eligibility.determine import Determination, determine
from eligibility.facts import Fact, Filing, Person, Stay, person
from eligibility.parameter_files import parameters
from eligibility.reception import line_of_the_book

from tests.eligibility.test_situations import lives
from tests.events import EVIDENCE, HUSBAND, WIFE, day, filed

MEMBER = Person(
    HUSBAND,
    birth_date=day("1990-05-10"),
    sex="male",
    spans=(lives("2015-04-01", "householder"),),
    stays=(Stay(1, day("2015-04-01"), None, "n"),),
)
EMPLOYEE = replace(MEMBER, stays=(Stay(2, day("2015-04-01"), None, "n"),))
NOT_INSURED = replace(MEMBER, birth_date=day("1964-05-10"), stays=())
HALF = ExemptionDecided(
    version=1, decision="d", decided_on=day("2026-08-20"), first_month=Month(2026, 7), last_month=Month(2027, 6),
    scheme="half",
)  # fmt: skip


def taken(who: Person, *filings: Filing, on: str = "2026-12-01") -> Determination:
    return determine(replace(who, filings=filings), {}, day(on), parameters())


def outcome(who: Person, filing: Filing, *others: Filing) -> tuple[str, tuple[str, ...]]:
    found = taken(who, *sorted((filing, *others), key=lambda f: f.number))
    return next((one.state, one.reasons) for one in found.receptions if one.filing is filing)


LEFT_WORK = CategoryChangeFiling(kind="category_change", reason="left_employment", fact_on=day("2026-03-30"))


class TestTwoPeopleEnterAndCheck:
    def facts(self, *data: Any) -> list[Fact]:
        at = dt.datetime(2026, 4, 20, 3, tzinfo=dt.UTC)
        return [Fact(str(n), HUSBAND, type(one).__name__, str(n), 0, at, one) for n, one in enumerate(data)]

    def entered(self, by: str = "first", revision: int = 1, content: FilingContent = LEFT_WORK) -> FilingEntered:
        return FilingEntered(filing="R1", revision=revision, received_on=day("2026-04-20"), office="honcho",
                             channel="counter", evidence=EVIDENCE, entered_by=by, content=content)  # fmt: skip

    def checked(self, by: str, content: FilingContent = LEFT_WORK) -> FilingChecked:
        return FilingChecked(filing="R1", checked_by=by, received_on=day("2026-04-20"), content=content)

    def filing(self, *data: Any) -> Filing:
        return person(HUSBAND, self.facts(*data)).filings[0]

    def test_it_takes_effect_once_another_person_has_checked_the_same(self) -> None:
        assert outcome(EMPLOYEE, self.filing(self.entered(), self.checked("second"))) == ("accepted", ())

    def test_until_then_it_waits(self) -> None:
        assert outcome(EMPLOYEE, self.filing(self.entered())) == ("waiting", ("second_person",))

    def test_a_check_by_who_entered_it_does_not_count(self) -> None:
        filing = self.filing(self.entered(), self.checked("first"))
        assert outcome(EMPLOYEE, filing) == ("waiting", ("checked_by_who_entered",))

    def test_a_check_of_something_else_shows_that_they_differ(self) -> None:
        other = LEFT_WORK.model_copy(update={"fact_on": day("2026-03-31")})
        filing = self.filing(self.entered(), self.checked("second", other))
        assert outcome(EMPLOYEE, filing) == ("waiting", ("entry_and_check_differ",))
        corrected = self.filing(self.entered(), self.checked("second", other), self.entered(revision=2, content=other))
        assert outcome(EMPLOYEE, corrected) == ("accepted", ())

    def test_withdrawn_nothing_follows_from_it(self) -> None:
        gone = FilingWithdrawn(filing="R1", withdrawn_on=day("2026-04-21"), reason="by_applicant")
        filing = self.filing(self.entered(), self.checked("second"), gone)
        assert outcome(EMPLOYEE, filing) == ("withdrawn", ())
        assert [step.after for step in taken(EMPLOYEE, filing).transitions] == [2]

    def test_given_back_it_waits_for_a_new_entry(self) -> None:
        back = FilingReturned(filing="R1", returned_by="second", returned_on=day("2026-04-21"), revision=1,
                              reason="paper_missing")  # fmt: skip
        filing = self.filing(self.entered(), self.checked("second"), back)
        assert outcome(EMPLOYEE, filing) == ("returned", ())
        anew = LEFT_WORK.model_copy(update={"papers": ("job_loss_proof",)})
        again = self.filing(self.entered(), self.checked("second"), back, self.entered(revision=2, content=anew),
                            self.checked("second", anew))  # fmt: skip
        assert outcome(EMPLOYEE, again) == ("accepted", ())


AGENT = Evidence(filed_by="agent", number_check="my_number_card", identity_check="photo_id")
IN_ORDER = filed("R1", "2026-04-20", LEFT_WORK)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"evidence": None}, "evidence_missing"),
        ({"evidence": AGENT}, "authority_missing"),
        ({"evidence": AGENT.model_copy(update={"filed_by": "statutory_agent", "authority": "power_of_attorney"})},
         "authority_missing"),
        ({"entered_on": day("2026-04-19")}, "received_in_future"),
        ({"received_on": day("2026-03-29")}, "fact_in_future"),
    ],
)  # fmt: skip
def test_a_filing_waits_until_the_paper_is_in_order(changes: dict[str, Any], reason: str) -> None:
    assert outcome(EMPLOYEE, IN_ORDER) == ("accepted", ())
    assert outcome(EMPLOYEE, replace(IN_ORDER, **changes)) == ("waiting", (reason,))


@pytest.mark.parametrize(
    "evidence",
    [
        AGENT.model_copy(update={"authority": "power_of_attorney"}),
        AGENT.model_copy(update={"filed_by": "statutory_agent", "authority": "family_register"}),
        AGENT.model_copy(update={"filed_by": "householder"}),  # needs no power of attorney (NPA 12条2項)
    ],
)
def test_who_may_file_for_somebody(evidence: Evidence) -> None:
    assert outcome(EMPLOYEE, replace(IN_ORDER, evidence=evidence)) == ("accepted", ())


def test_a_person_the_register_does_not_know_is_waited_for() -> None:
    assert outcome(Person(HUSBAND), IN_ORDER) == ("waiting", ("person_unknown",))


def test_a_move_abroad_may_be_filed_before_it_happens() -> None:
    leaves = LossFiling(kind="loss", reason="departure_overseas", fact_on=day("2026-05-10"))
    assert outcome(MEMBER, filed("R1", "2026-05-01", leaves)) == ("accepted", ())
    excluded = leaves.model_copy(update={"reason": "exclusion"})
    assert outcome(MEMBER, filed("R1", "2026-05-01", excluded)) == ("waiting", ("fact_in_future",))


ENTRY = AcquisitionFiling(kind="acquisition", reason="entry_from_abroad", fact_on=day("2026-04-01"))


@pytest.mark.parametrize(
    ("born", "state"),
    [
        ("2006-04-03", "refused"),  # 20 is attained on 2 April, the day after
        ("2006-04-02", "accepted"),
        ("1966-04-03", "accepted"),
        ("1966-04-02", "refused"),  # 60 is attained on 1 April, that day
    ],
)
def test_acquisition_is_for_20_to_59(born: str, state: str) -> None:
    who = replace(MEMBER, birth_date=day(born), stays=())
    assert outcome(who, filed("R1", "2026-04-10", ENTRY))[0] == state


ADDITIONAL, STOP = AdditionalPremiumStart(kind="additional_start"), AdditionalPremiumStop(kind="additional_stop")
STATUTORY = StatutoryExemptionStart(kind="statutory_start", ground="disability_pension", arose_on=day("2026-10-20"))
PAYS = PayDespiteExemption(kind="pay_despite_exemption", first_month=Month(2026, 10))
MATERNITY = MaternityFiling(kind="maternity", due_on=day("2026-12-10"))
CHILDCARE = ChildcareFiling(kind="childcare", child_born_on=day("2026-10-10"), relation="father")
JOINS = VoluntaryEntry(kind="voluntary_entry", membership="voluntary_60_64", account_transfer="wished")


@pytest.mark.parametrize(
    ("content", "fits", "does_not", "reason"),
    [
        (MATERNITY, MEMBER, EMPLOYEE, "not_category1"),
        (CHILDCARE, MEMBER, EMPLOYEE, "not_category1"),
        (STATUTORY, MEMBER, EMPLOYEE, "not_category1"),
        (ADDITIONAL, MEMBER, EMPLOYEE, "additional_not_open"),
        (ADDITIONAL, MEMBER, replace(MEMBER, decisions=(HALF,)), "exempt_in_month"),
        (ExemptionCancellation(kind="exemption_cancellation"), replace(MEMBER, decisions=(HALF,)), MEMBER,
         "nothing_to_cancel"),
        (StudentEnd(kind="student_end"), replace(MEMBER, decisions=(HALF.model_copy(update={"scheme": "student"}),)),
         replace(MEMBER, decisions=(HALF,)), "nothing_to_cancel"),
        (LossFiling(kind="loss", reason="exclusion", fact_on=day("2026-10-20")), MEMBER, NOT_INSURED, "not_insured"),
        (JOINS, NOT_INSURED, replace(NOT_INSURED, stays=(Stay(2, day("2015-04-01"), None, "n"),)), "already_insured"),
    ],
)  # fmt: skip
def test_a_filing_that_finds_nothing_to_act_on_is_refused(
    content: FilingContent, fits: Person, does_not: Person, reason: str
) -> None:
    filing = filed("R1", "2026-11-20", content)
    assert outcome(fits, filing) == ("accepted", ())
    assert outcome(does_not, filing) == ("refused", (reason,))


def test_filings_that_build_on_another_one() -> None:
    stop, start = filed("R2", "2026-11-25", STOP), filed("R1", "2026-10-20", ADDITIONAL)
    assert outcome(MEMBER, stop, start) == ("accepted", ())
    assert outcome(MEMBER, stop) == ("refused", ("no_additional_premium",))
    pays, exempt = filed("R2", "2026-11-25", PAYS), filed("R1", "2026-11-20", STATUTORY)
    assert outcome(MEMBER, pays, exempt) == ("accepted", ())
    assert outcome(MEMBER, pays) == ("refused", ("not_exempt",))
    leaves = filed("R2", "2026-11-25", VoluntaryWithdrawal(kind="voluntary_withdrawal"))
    assert outcome(NOT_INSURED, leaves, filed("R1", "2026-11-20", JOINS)) == ("accepted", ())
    assert outcome(NOT_INSURED, leaves) == ("refused", ("not_voluntary",))


def test_an_application_is_never_refused_by_the_ward() -> None:
    """The pension service decides. One without a month of category 1 waits: a notice may be on its way."""
    content = ExemptionApplication(kind="exemption", first_month=Month(2026, 7), last_month=Month(2027, 6))
    assert outcome(MEMBER, filed("R1", "2026-11-20", content)) == ("accepted", ())
    assert outcome(EMPLOYEE, filed("R1", "2026-11-20", content)) == ("waiting", ("not_category1",))


def test_a_waiting_filing_takes_effect_when_the_missing_fact_arrives() -> None:
    content = ExemptionApplication(kind="exemption", first_month=Month(2026, 7), last_month=Month(2027, 6))
    filing = filed("R1", "2026-11-20", content)
    joined = replace(EMPLOYEE, stays=(Stay(2, day("2015-04-01"), day("2026-10-01"), "n"),))
    assert outcome(joined, filing) == ("accepted", ())


class TestWhatThePensionServiceConfirmed:
    """A notice that says the same as a filing, or a later fact, leaves the filing standing."""

    def test_a_voluntary_entry_and_its_withdrawal_stay_accepted_when_the_notice_confirms_them(self) -> None:
        joins = filed("R1", "2026-11-20", JOINS)
        leaves = filed("R2", "2026-11-25", VoluntaryWithdrawal(kind="voluntary_withdrawal"))
        confirmed = replace(NOT_INSURED, stays=(Stay("voluntary_60_64", day("2026-11-20"), None, "n"),))
        assert outcome(confirmed, joins) == ("accepted", ())
        ended = replace(NOT_INSURED, stays=(Stay("voluntary_60_64", day("2026-11-20"), day("2026-11-25"), "n"),))
        assert outcome(ended, leaves, joins) == ("accepted", ())

    def test_a_decision_told_again_does_not_undo_the_filing_that_ended_it(self) -> None:
        again = HALF.model_copy(update={"version": 2, "decided_on": day("2026-11-30")})
        who = replace(MEMBER, decisions=(again,), first_decided={"d": day("2026-08-20")})
        cancels = filed("R1", "2026-10-15", ExemptionCancellation(kind="exemption_cancellation"))
        assert outcome(who, cancels) == ("accepted", ())
        assert outcome(replace(who, first_decided={}), cancels) == ("refused", ("nothing_to_cancel",))

    def test_what_it_accepted_stands_in_the_book_whatever_came_later(self) -> None:
        accepted = FilingProcessed(filing="R1", result="accepted", processed_on=day("2026-12-01"))
        start = filed("R1", "2026-11-20", ADDITIONAL)
        assert outcome(EMPLOYEE, start) == ("refused", ("additional_not_open",))
        assert outcome(EMPLOYEE, replace(start, processed=accepted)) == ("accepted", ())
        returned = accepted.model_copy(update={"result": "returned"})
        assert outcome(EMPLOYEE, replace(start, processed=returned))[0] == "refused"


class TestTheBook:
    def line(self, who: Person, filing: Filing) -> FilingReceived | ClaimReceived:
        found = taken(who, filing)
        return line_of_the_book(who, found.receptions[0], parameters())

    @pytest.mark.parametrize(
        ("fact", "received", "due", "late"),
        [
            ("2026-03-30", "2026-04-14", "2026-04-14", 0),
            ("2026-03-30", "2026-04-15", "2026-04-14", 1),
            ("2026-03-30", "2026-04-20", "2026-04-14", 6),
            ("2026-04-20", "2026-05-07", "2026-05-07", 0),  # 5 and 6 May are holidays
        ],
    )
    def test_a_late_filing_is_accepted_and_marked(self, fact: str, received: str, due: str, late: int) -> None:
        content = LEFT_WORK.model_copy(update={"fact_on": day(fact)})
        line = self.line(EMPLOYEE, filed("R1", received, content))
        assert isinstance(line, FilingReceived)
        assert (line.state, line.due_on, line.late, line.route) == ("accepted", day(due), late, "report")

    def test_without_a_deadline_nothing_is_late(self) -> None:
        line = self.line(MEMBER, filed("R1", "2026-11-20", ADDITIONAL))
        assert isinstance(line, FilingReceived)
        assert (line.due_on, line.late, line.route) == (None, 0, "send")

    def test_a_name_the_pension_service_sees_itself_stays_here(self) -> None:
        content = NameChangeFiling(kind="name_change", changed_on=day("2026-11-02"), identity_data_held="yes")
        for held, route in (("yes", "keep"), ("no", "report"), ("unknown", "report")):
            one = content.model_copy(update={"identity_data_held": held})
            assert self.line(MEMBER, filed("R1", "2026-11-20", one)).route == route

    def test_a_death_filing_ends_the_status_and_is_reported(self) -> None:
        died = filed("R1", "2026-11-20", DeathFiling(kind="death", died_on=day("2026-11-10")))
        _, lost = taken(MEMBER, died).transitions
        assert (lost.on, lost.mark.basis, lost.mark.filing) == (day("2026-11-11"), "filing", "R1")
        line = self.line(MEMBER, died)
        assert isinstance(line, FilingReceived)
        assert (line.route, line.fact_on) == ("report", day("2026-11-10"))

    @pytest.mark.parametrize(
        ("reason", "kind"), [("move_in_overseas", "acquisition"), ("move_out_overseas", "loss"), ("move_in", None)]
    )
    def test_a_move_filing_with_the_pension_note_stands_in_it(self, reason: str, kind: str | None) -> None:
        span = lives("2026-10-05", "householder").model_copy(
            update={"reason": reason, "note": PensionNote(insured=True, category=1), "filed_on": day("2026-10-20")}
        )
        found = taken(replace(MEMBER, spans=(span,)))
        lines = [line_of_the_book(MEMBER, one, parameters()) for one in found.receptions]
        assert [(line.filing, line.kind, line.state) for line in lines] == (
            [("note-r", kind, "accepted")] if kind else []
        )
        for line in lines:
            assert isinstance(line, FilingReceived)
            assert (line.received_on, line.route) == (day("2026-10-20"), "report")
            assert line.late == (1 if kind == "acquisition" else 0)  # due on the 19th, and on the 20th
        silent = span.model_copy(update={"note": None})
        assert taken(replace(MEMBER, spans=(silent,))).receptions == ()

    def test_a_claim_says_whose_affair_it_is(self) -> None:
        content = WidowsPensionClaim(kind="widows_pension_claim", deceased=HUSBAND, died_on=day("2026-10-14"),
                                     married_on=day("1996-11-22"), papers=("family_register",))  # fmt: skip
        line = self.line(replace(MEMBER, addressee=WIFE), filed("R1", "2026-11-20", content))
        assert isinstance(line, ClaimReceived)
        assert (line.route, line.route_article) == ("send", "NPO 1条の2第3号ホ")
        assert line.missing_papers == ("livelihood_proof",)


def test_every_reason_has_words_for_the_clerk() -> None:
    """A reason without a sentence in Japanese would reach nobody."""
    codes = {code for code, _ in reception._WAITS} | set(reception._ACTS_ON.values())
    codes |= {"second_person", "checked_by_who_entered", "entry_and_check_differ", "age_outside", "born_after_cohort",
              "residence_does_not_fit", "maternity_too_early", "childcare_not_before", "not_insured", "already_insured",
              "not_voluntary", "additional_not_open", "exempt_in_month"}  # fmt: skip
    for code in codes:
        japanese, english = wording.REASONS[code]
        assert japanese.endswith("。")
        assert english.endswith(".")
