"""Who files that category 1 begins or ends, and who does not?

資格取得届, 種別変更届 and 資格喪失届. Those who do not file are acquired ex officio months later.
"""

import datetime as dt
from typing import Literal

from contracts.events.forms import AcquisitionFiling, CategoryChangeFiling, FilingContent, LossFiling

from cli.town.desk import file
from cli.town.memberships import assign_number, notify
from cli.town.people import Person
from cli.town.ward import Ward

Reason = Literal["entry_from_abroad", "end_of_exclusion", "left_employment", "dependency_ended"]


def becomes_category_1(ward: Ward, person: Person, reason: Reason, fact_on: dt.date, acquired_on: dt.date) -> None:
    """Most file within weeks; the others are acquired ex officio by the pension service months later."""
    if ward.chance(0.75):
        ward.in_days(1, 40, _file_acquisition, person, reason, fact_on, acquired_on)
    else:
        ward.in_days(70, 120, _acquired_ex_officio, person, acquired_on)


def _file_acquisition(ward: Ward, person: Person, reason: Reason, fact_on: dt.date, acquired_on: dt.date) -> None:
    if person.residency != "resident" or person.category != 1 or person.category_since != acquired_on:
        return
    number = person.basic_pension_number
    receipt = None if number else f"vault-{ward.filings_given + 1:06d}"
    content: FilingContent
    if reason == "entry_from_abroad" or reason == "end_of_exclusion":
        came_young = fact_on < acquired_on  # and was 20 before filing
        content = AcquisitionFiling(
            kind="acquisition",
            reason="age20" if came_young else reason,
            fact_on=acquired_on if came_young else fact_on,
            basic_pension_number=number,
            my_number_receipt=receipt,
            papers=ward.brought("end_of_exclusion_proof") if reason == "end_of_exclusion" else (),
        )
    else:
        content = CategoryChangeFiling(
            kind="category_change",
            reason=reason,
            fact_on=fact_on,
            basic_pension_number=number,
            my_number_receipt=receipt,
        )
    file(ward, person, content, ward.today, _acquired)


def _acquired(ward: Ward, person: Person, number: str, content: FilingContent) -> None:
    if person.category == 1 and person.category_since:
        _acquired_ex_officio(ward, person, person.category_since)


def _acquired_ex_officio(ward: Ward, person: Person, acquired_on: dt.date) -> None:
    if person.category == 1 and person.category_since == acquired_on:
        assign_number(ward, person)
        notify(ward, person, 1, acquired_on)


def file_departure(ward: Ward, person: Person, departed_on: dt.date) -> None:
    """資格喪失届 of someone whose move filing bore no pension note."""
    _file_loss(ward, person, "departure_overseas", departed_on)


def file_exclusion(ward: Ward, person: Person, excluded_on: dt.date) -> None:
    """資格喪失届 of someone whose residence status excludes from the national pension."""
    _file_loss(ward, person, "exclusion", excluded_on)


def file_old_age_right(ward: Ward, person: Person, since: dt.date) -> None:
    """資格喪失届 of someone below 60 who can draw an employees' old-age benefit from now on."""
    _file_loss(ward, person, "old_age_benefit_right", since)


def _file_loss(
    ward: Ward,
    person: Person,
    reason: Literal["departure_overseas", "exclusion", "old_age_benefit_right"],
    fact_on: dt.date,
) -> None:
    content = LossFiling(
        kind="loss",
        reason=reason,
        fact_on=fact_on,
        basic_pension_number=person.basic_pension_number,
    )
    file(ward, person, content, ward.today)
