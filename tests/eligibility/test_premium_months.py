"""One month, one state: which provision has a month when several claim it, and what ends what."""

import itertools
from dataclasses import replace
from typing import Any

import pytest
from contracts.events.forms import (
    AdditionalPremiumStart,
    AdditionalPremiumStop,
    ChildcareFiling,
    ExemptionApplication,
    ExemptionCancellation,
    FilingContent,
    MaternityFiling,
    PayDespiteExemption,
    StatutoryExemptionEnd,
    StatutoryExemptionStart,
    StudentApplication,
    StudentEnd,
    VoluntaryEntry,
)
from contracts.events.notice import ExemptionDecided
from contracts.vocabulary import Exemption, Month
from eligibility.determine import determine
from eligibility.facts import Filing, Person, Stay
from eligibility.parameter_files import parameters
from eligibility.premium_months import PremiumMonths
from eligibility.rules.cancellation import ends_from

from tests.eligibility.test_situations import lives
from tests.events import HUSBAND, day, filed

MEMBER = Person(
    HUSBAND,
    birth_date=day("1990-05-10"),
    spans=(lives("2015-04-01", "householder"),),
    stays=(Stay(1, day("2015-04-01"), None, "n"),),
)


def decided(scheme: Exemption | None, first: str, last: str, on: str = "2026-08-20", name: str = "d", **given: Any) -> (
    ExemptionDecided
):  # fmt: skip
    return ExemptionDecided(
        version=1, decision=name, decided_on=day(on), first_month=Month.parse(first), last_month=Month.parse(last),
        scheme=scheme, **given,
    )  # fmt: skip


def months_of(*filings: Filing, decisions: tuple[ExemptionDecided, ...] = (), who: Person = MEMBER) -> PremiumMonths:
    given = replace(who, filings=tuple(sorted(filings, key=lambda f: f.number)), decisions=decisions)
    return determine(given, {}, day("2027-12-01"), parameters()).premium


def lines(found: PremiumMonths) -> list[tuple[str, str | None, str]]:
    return [(str(one.first), str(one.last) if one.last else None, one.exemption) for one in found.exempt]


def additional(found: PremiumMonths) -> list[tuple[str, str | None]]:
    return [(str(one.first), str(one.last) if one.last else None) for one in found.additional]


MATERNITY = filed("R1", "2026-09-01", MaternityFiling(kind="maternity", due_on=day("2026-11-10")))  # 2026-10..2027-01
DISABLED = StatutoryExemptionStart(kind="statutory_start", ground="disability_pension", arose_on=day("2026-09-15"))
STATUTORY = filed("R2", "2026-09-20", DISABLED)  # from 2026-08
CHILDCARE = filed(
    "R3", "2026-12-01", ChildcareFiling(kind="childcare", child_born_on=day("2026-11-10"), relation="father")
)  # 2026-11..2027-10


def decision(scheme: Exemption, name: str = "d") -> ExemptionDecided:
    return decided(scheme, "2026-07", "2027-06", name=name)


class TestTheOrderOfGrounds:
    def test_maternity_comes_before_the_statutory_exemption(self) -> None:
        assert lines(months_of(MATERNITY, STATUTORY)) == [
            ("2026-08", "2026-09", "statutory"),
            ("2026-10", "2027-01", "maternity"),
            ("2027-02", None, "statutory"),
        ]

    def test_maternity_comes_before_childcare(self) -> None:
        assert lines(months_of(MATERNITY, CHILDCARE)) == [
            ("2026-10", "2027-01", "maternity"),
            ("2027-02", "2027-10", "childcare"),
        ]

    @pytest.mark.parametrize("scheme", ["full", "deferral", "student", "half", "quarter", "three_quarter"])
    def test_maternity_and_childcare_come_before_what_one_applies_for(self, scheme: Exemption) -> None:
        assert lines(months_of(MATERNITY, decisions=(decision(scheme),))) == [
            ("2026-07", "2026-09", scheme),
            ("2026-10", "2027-01", "maternity"),
            ("2027-02", "2027-06", scheme),
        ]
        assert lines(months_of(CHILDCARE, decisions=(decision(scheme),))) == [
            ("2026-07", "2026-10", scheme),
            ("2026-11", "2027-10", "childcare"),
        ]

    @pytest.mark.parametrize("scheme", ["full", "deferral", "student"])
    def test_the_statutory_exemption_overrides_full_deferral_and_student(self, scheme: Exemption) -> None:
        assert lines(months_of(STATUTORY, decisions=(decision(scheme),))) == [
            ("2026-07", "2026-07", scheme),
            ("2026-08", None, "statutory"),
        ]

    @pytest.mark.parametrize("scheme", ["half", "quarter", "three_quarter"])
    def test_a_partial_exemption_stays_until_the_month_before_the_filing(self, scheme: Exemption) -> None:
        late = replace(STATUTORY, received_on=day("2026-12-07"), entered_on=day("2026-12-07"))
        assert lines(months_of(late, decisions=(decision(scheme),))) == [
            ("2026-07", "2026-10", scheme),
            ("2026-11", None, "statutory"),
        ]

    def test_who_wishes_to_pay_pays_and_only_for_these_months(self) -> None:
        wish = PayDespiteExemption(
            kind="pay_despite_exemption", first_month=Month(2026, 10), last_month=Month(2026, 12)
        )
        found = months_of(STATUTORY, filed("R4", "2026-10-01", wish))
        assert lines(found) == [("2026-08", "2026-09", "statutory"), ("2027-01", None, "statutory")]
        assert [found.of(Month(2026, n)) for n in (9, 10, 12)] == ["statutory", "due", "due"]

    def test_the_wish_to_pay_touches_no_other_exemption(self) -> None:
        wish = filed("R4", "2026-10-01", PayDespiteExemption(kind="pay_despite_exemption", first_month=Month(2026, 10)))
        assert lines(months_of(wish, decisions=(decision("full"),))) == [("2026-07", "2027-06", "full")]

    def test_of_two_decisions_the_newer_has_the_months(self) -> None:
        older = decided("half", "2026-07", "2027-06", "2026-08-20", "a")
        newer = decided("full", "2026-10", "2027-06", "2026-11-20", "b")
        expected = [("2026-07", "2026-09", "half"), ("2026-10", "2027-06", "full")]
        for decisions in itertools.permutations((older, newer)):
            assert lines(months_of(decisions=decisions)) == expected

    def test_a_refusal_takes_nothing_away(self) -> None:
        refused = decided(None, "2026-07", "2027-06", "2026-11-20", "b")
        assert lines(months_of(decisions=(decision("half", "a"), refused))) == [("2026-07", "2027-06", "half")]

    def test_months_out_of_category_1_have_no_state(self) -> None:
        stays = (*MEMBER.stays, Stay(2, day("2026-12-01"), None, "m"))
        found = months_of(MATERNITY, who=replace(MEMBER, stays=stays))
        assert lines(found) == [("2026-10", "2026-11", "maternity")]

    def test_any_order_of_filings_and_decisions_ends_the_same(self) -> None:
        given = (MATERNITY, STATUTORY, CHILDCARE)
        decisions = (
            decided("half", "2026-07", "2027-06", "2026-08-20", "a"),
            decided("full", "2027-01", "2027-06", "2027-01-05", "b"),
        )
        expected = months_of(*given, decisions=decisions)
        for order in itertools.permutations(given):
            who = replace(MEMBER, filings=order, decisions=decisions[::-1])
            assert determine(who, {}, day("2027-12-01"), parameters()).premium.exempt == expected.exempt


class TestWhatTheStatutoryExemptionLasts:
    @pytest.mark.parametrize(("ended", "last"), [("2026-11-30", "2026-11"), ("2026-12-01", "2026-12")])
    def test_to_the_month_in_which_the_ground_ceases(self, ended: str, last: str) -> None:
        end = StatutoryExemptionEnd(kind="statutory_end", ground="disability_pension", ended_on=day(ended))
        assert lines(months_of(STATUTORY, filed("R4", "2026-12-10", end))) == [("2026-08", last, "statutory")]

    def test_the_end_of_another_ground_ends_nothing(self) -> None:
        end = StatutoryExemptionEnd(kind="statutory_end", ground="sanatorium", ended_on=day("2026-11-30"))
        assert lines(months_of(STATUTORY, filed("R4", "2026-12-10", end))) == [("2026-08", None, "statutory")]

    def test_leaving_category_1_ends_it_with_the_status(self) -> None:
        stays = (*MEMBER.stays, Stay(2, day("2026-12-10"), None, "m"))
        found = months_of(STATUTORY, who=replace(MEMBER, stays=stays))
        assert lines(found) == [("2026-08", "2026-11", "statutory")]


def asks(*schemes: str, first: str = "2026-07", last: str = "2027-06") -> ExemptionApplication:
    return ExemptionApplication(
        kind="exemption", first_month=Month.parse(first), last_month=Month.parse(last), schemes=schemes
    )  # fmt: skip


STUDENT = StudentApplication(kind="student", first_month=Month(2026, 4), last_month=Month(2027, 3), school="s")
CANCELS = ExemptionCancellation(kind="exemption_cancellation")
PAYS = PayDespiteExemption(kind="pay_despite_exemption", first_month=Month(2026, 10))
JOINS = VoluntaryEntry(kind="voluntary_entry", membership="voluntary_60_64", account_transfer="wished")


@pytest.mark.parametrize(
    ("granted", "content", "ends"),
    [
        ("full", CANCELS, True),
        ("full", asks("half"), True),
        ("full", asks("deferral"), True),
        ("full", asks("full", "half"), False),
        ("full", STUDENT, True),
        ("full", DISABLED, False),
        ("full", PAYS, False),
        ("half", CANCELS, True),
        ("half", asks("full"), True),
        ("half", asks("half", "quarter"), False),
        ("half", asks("quarter"), False),
        ("half", asks("quarter", "deferral"), True),
        ("half", STUDENT, True),
        ("half", DISABLED, True),
        ("half", PAYS, True),
        ("deferral", CANCELS, True),
        ("deferral", asks("full"), True),
        ("deferral", asks("deferral"), False),
        ("deferral", STUDENT, True),
        ("deferral", DISABLED, False),
        ("student", CANCELS, False),
        ("student", StudentEnd(kind="student_end"), True),
        ("student", asks("full"), True),
        ("student", STUDENT, False),
        ("maternity", CANCELS, False),
        ("statutory", CANCELS, False),
        ("childcare", asks("full"), False),
        ("full", JOINS, False),
    ],
)
def test_which_filing_ends_which_exemption(granted: Exemption, content: FilingContent, ends: bool) -> None:
    from_month = Month(2026, 10) if granted == "student" else Month(2026, 9)
    assert ends_from(granted, content, day("2026-10-15")) == (from_month if ends else None)


class TestCancellation:
    def test_from_the_month_before_the_application(self) -> None:
        found = months_of(filed("R1", "2026-10-15", CANCELS), decisions=(decision("full"),))
        assert lines(found) == [("2026-07", "2026-08", "full")]

    def test_one_before_the_decision_ends_nothing(self) -> None:
        found = months_of(filed("R1", "2026-08-19", CANCELS), decisions=(decision("full"),))
        assert lines(found) == [("2026-07", "2027-06", "full")]

    def test_an_application_for_other_years_ends_nothing(self) -> None:
        other = asks("half", first="2025-07", last="2026-06")
        found = months_of(filed("R1", "2026-10-15", other), decisions=(decision("full"),))
        assert lines(found) == [("2026-07", "2027-06", "full")]

    def test_nothing_is_left_when_it_comes_first(self) -> None:
        found = months_of(
            filed("R1", "2026-08-20", CANCELS), decisions=(decided("full", "2026-07", "2027-06"),)
        )  # fmt: skip
        assert lines(found) == []


START, STOP = AdditionalPremiumStart(kind="additional_start"), AdditionalPremiumStop(kind="additional_stop")


class TestAdditionalPremium:
    def test_from_the_month_of_the_application_until_further_notice(self) -> None:
        assert additional(months_of(filed("R1", "2026-04-20", START))) == [("2026-04", None)]

    def test_a_withdrawal_takes_the_months_from_the_one_before(self) -> None:
        found = months_of(filed("R1", "2026-04-20", START), filed("R2", "2026-09-20", STOP))
        assert additional(found) == [("2026-04", "2026-07")]

    def test_withdrawn_at_once_nothing_is_left_and_the_withdrawal_stands(self) -> None:
        found = months_of(filed("R1", "2026-04-20", START), filed("R2", "2026-05-20", STOP))
        assert additional(found) == []
        assert "R2" in found.effective

    def test_an_exemption_ends_it_for_good(self) -> None:
        found = months_of(filed("R1", "2026-04-20", START), decisions=(decision("half"),))
        assert additional(found) == [("2026-04", "2026-06")]
        anew = filed("R2", "2027-07-05", START)
        found = months_of(filed("R1", "2026-04-20", START), anew, decisions=(decision("half"),))
        assert additional(found) == [("2026-04", "2026-06"), ("2027-07", None)]

    def test_it_goes_on_in_maternity_and_pauses_in_childcare(self) -> None:
        found = months_of(filed("R0", "2026-04-20", START), MATERNITY, CHILDCARE)
        assert additional(found) == [("2026-04", "2027-01"), ("2027-11", None)]

    def test_it_ends_with_category_1(self) -> None:
        stays = (*MEMBER.stays, Stay(2, day("2026-12-10"), None, "m"))
        found = months_of(filed("R1", "2026-04-20", START), who=replace(MEMBER, stays=stays))
        assert additional(found) == [("2026-04", "2026-11")]

    def test_a_second_application_while_it_runs_adds_nothing(self) -> None:
        found = months_of(filed("R1", "2026-04-20", START), filed("R2", "2026-08-20", START))
        assert additional(found) == [("2026-04", None)]

    @pytest.mark.parametrize(
        ("membership", "born", "open_"),
        [("voluntary_60_64", "1964-05-10", True), ("special_voluntary", "1960-05-10", False)],
    )
    def test_voluntary_members_below_65_may_pay_it(self, membership: str, born: str, open_: bool) -> None:
        member = replace(MEMBER, birth_date=day(born), stays=(Stay(membership, day("2026-01-10"), None, "n"),))  # type: ignore[arg-type]
        found = months_of(filed("R1", "2026-04-20", START), who=member)
        assert bool(additional(found)) is open_
