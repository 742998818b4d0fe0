"""Which filings about the premium do people make besides applications, and what does the pension service decide on them?

Grounds of the statutory exemption, an exemption given up, the additional premium.
"""

import datetime as dt
from typing import Literal

from contracts.events.forms import (
    AdditionalPremiumStart,
    AdditionalPremiumStop,
    ExemptionApplication,
    ExemptionCancellation,
    FarmersPensionNotice,
    PayDespiteExemption,
    SpouseChange,
    StatutoryExemptionEnd,
    StatutoryExemptionStart,
    StudentApplication,
    StudentEnd,
)
from contracts.vocabulary import Month, Scheme

from cli.town.decisions import decided
from cli.town.desk import file
from cli.town.people import Person, insured
from cli.town.ward import Ward

Ground = Literal["disability_pension", "livelihood_aid", "sanatorium"]


# ---- statutory exemption ---------------------------------------------------------------------------------------------


def disability_pension(ward: Ward) -> None:
    """A disability pension was granted, or somebody entered a sanatorium: the statutory exemption follows."""
    person = ward.find(
        lambda one: insured(one) and one.statutory_since is None and (one.disability != "none" or ward.chance(0.05)),
        tries=2000,
    )
    if person is not None:
        grounds: tuple[Ground, ...] = ("disability_pension", "disability_pension", "sanatorium", "disability_pension")
        statutory_start(ward, person, ward.next_of("statutory ground", grounds), ward.days_ago(5, 50))


def statutory_start(ward: Ward, person: Person, ground: Ground, arose_on: dt.date) -> None:
    """法定免除該当届."""
    if not insured(person) or person.statutory_since is not None:
        return
    person.statutory_since = arose_on
    content = StatutoryExemptionStart(
        kind="statutory_start",
        ground=ground,
        arose_on=arose_on,
        papers=ward.brought("pension_certificate") if ground == "disability_pension" else (),
        basic_pension_number=person.basic_pension_number,
    )
    file(ward, person, content, ward.today, _statutory_accepted)


def _statutory_accepted(ward: Ward, person: Person, filing: str, content: StatutoryExemptionStart) -> None:
    """Some is decided in so many words; some go on to pay all the same, for some the ground ends."""
    if ward.seldom("decision: statutory", 0.4):
        decided(ward, person, filing, Month.of(content.arose_on) - 1, Month.of(ward.today) + 12, "statutory")
    if ward.seldom("filing: pay_despite_exemption", 0.2):
        ward.in_days(5, 40, _pay_despite_exemption, person)
    if content.ground != "livelihood_aid" and ward.seldom("filing: statutory_end", 0.15):
        ward.in_days(50, 120, statutory_end, person, content.ground)


def statutory_end(ward: Ward, person: Person, ground: Ground, ended_on: dt.date | None = None) -> None:
    """法定免除消滅届 of somebody who had filed that it began."""
    if insured(person) and person.statutory_since is not None:
        content = StatutoryExemptionEnd(
            kind="statutory_end",
            ground=ground,
            ended_on=ended_on or ward.days_ago(1, 14),
            basic_pension_number=person.basic_pension_number,
        )
        person.statutory_since = None
        file(ward, person, content, ward.today)


def _pay_despite_exemption(ward: Ward, person: Person) -> None:
    if insured(person) and person.statutory_since is not None:
        first = Month.of(ward.today)
        content = PayDespiteExemption(
            kind="pay_despite_exemption",
            first_month=first,
            last_month=None if ward.chance(0.5) else first + 11,
            basic_pension_number=person.basic_pension_number,
        )
        file(ward, person, content, ward.today)


# ---- after an exemption was granted ----------------------------------------------------------------------------------


def after_grant(ward: Ward, person: Person, content: ExemptionApplication | StudentApplication, scheme: Scheme) -> None:
    """What some do with an exemption: give it up, leave school, marry while it is renewed each year."""
    runs_on = content.last_month >= Month.of(ward.today) + 3
    if not insured(person) or not runs_on:
        return
    if isinstance(content, StudentApplication):
        if ward.seldom("filing: student_end", 0.03):
            ward.in_days(10, 60, _student_end, person)
        return
    if content.continue_wish and scheme in ("full", "deferral"):
        reviewed(ward, person)
    elif ward.seldom("filing: exemption_cancellation", 0.04):
        ward.in_days(10, 60, _cancel_exemption, person)


def reviewed(ward: Ward, person: Person) -> None:
    """Under 継続審査 from now on; some marry, which they have to tell."""
    person.continues = True
    if not person.married and ward.seldom("filing: spouse_change", 0.03):
        ward.in_days(10, 90, _marries_elsewhere, person)


def _student_end(ward: Ward, person: Person) -> None:
    """学生納付特例不該当届: left school without graduating."""
    if insured(person) and person.student:
        person.student = False
        content = StudentEnd(kind="student_end", basic_pension_number=person.basic_pension_number)
        file(ward, person, content, ward.today)


def _cancel_exemption(ward: Ward, person: Person) -> None:
    if insured(person):
        person.exempt_until = None
        content = ExemptionCancellation(kind="exemption_cancellation", basic_pension_number=person.basic_pension_number)
        file(ward, person, content, ward.today)


def _marries_elsewhere(ward: Ward, person: Person) -> None:
    """Married somebody who lives in another municipality."""
    if not person.married:
        person.spouse_outside = True
        spouse_changed(ward, person, ward.days_ago(0, 10))


def spouse_changed(ward: Ward, person: Person, changed_on: dt.date) -> None:
    """配偶者変更届 of somebody under 継続審査 who married or whose marriage ended (NPR 77条の7の2)."""
    if person.continues:
        ward.in_days(1, 20, _file_spouse_change, person, changed_on)


def _file_spouse_change(ward: Ward, person: Person, changed_on: dt.date) -> None:
    if insured(person):
        content = SpouseChange(
            kind="spouse_change",
            changed_on=changed_on,
            spouse=person.spouse.number if person.spouse else person.spouse_number,
            has_spouse=person.married,
            papers=ward.brought("spouse_statement"),
            basic_pension_number=person.basic_pension_number,
        )
        file(ward, person, content, ward.today)


# ---- additional premium ----------------------------------------------------------------------------------------------


def exempt(ward: Ward, person: Person) -> bool:
    """Of the statutory exemption or a decided one, this month."""
    decided = person.exempt_until is not None and person.exempt_until >= Month.of(ward.today)
    return decided or person.statutory_since is not None


def may_pay_additional(ward: Ward, person: Person) -> bool:
    """In category 1, neither exempt nor paying it already."""
    return insured(person) and not exempt(ward, person) and not person.additional


def additional_start(ward: Ward) -> None:
    """付加保険料納付申出."""
    person = ward.find(lambda one: may_pay_additional(ward, one) and not one.student, tries=2000)
    if person is None:
        return
    person.additional = True
    content = AdditionalPremiumStart(kind="additional_start", basic_pension_number=person.basic_pension_number)
    file(ward, person, content, ward.today, _additional_accepted)


def _additional_accepted(ward: Ward, person: Person, filing: str, content: AdditionalPremiumStart) -> None:
    """Some stop again."""
    if ward.seldom("filing: additional_stop", 0.15):
        ward.in_days(60, 150, _additional_stop, person)


def _additional_stop(ward: Ward, person: Person) -> None:
    if insured(person) and person.additional:
        person.additional = False
        content = AdditionalPremiumStop(kind="additional_stop", basic_pension_number=person.basic_pension_number)
        file(ward, person, content, ward.today)


def farmers_pension(ward: Ward) -> None:
    """農業者年金: who joins it pays the additional premium by law."""
    person = ward.find(lambda one: may_pay_additional(ward, one) and one.age_on(ward.today) >= 25, tries=2000)
    if person is not None:
        _farmers_notice(ward, person, "joined")
        ward.in_days(60, 300, _farmers_notice, person, "left")


def _farmers_notice(ward: Ward, person: Person, event: Literal["joined", "left"]) -> None:
    if insured(person):
        content = FarmersPensionNotice(
            kind="farmers_pension",
            event=event,
            on=ward.days_ago(1, 12),
            basic_pension_number=person.basic_pension_number,
        )
        file(ward, person, content, ward.today)
