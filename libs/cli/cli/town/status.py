"""Who joins voluntarily, and who files what the register, as a rule, tells the pension service itself?

任意加入 and its end; name, address and death where they have to be filed; a new notice of the basic pension number.
"""

import datetime as dt
from collections.abc import Callable
from typing import Literal, get_args

from contracts.events.forms import (
    AddressChangeFiling,
    DeathFiling,
    NameChangeFiling,
    NumberNoticeReissue,
    VoluntaryEntry,
    VoluntaryWithdrawal,
)
from contracts.vocabulary import IdentityDataHeld, Voluntary

from cli.town import moves, office, register
from cli.town.desk import file
from cli.town.filings import file_old_age_right
from cli.town.memberships import assign_number, class_change, notify
from cli.town.people import Person, attained_on, insured
from cli.town.ward import Ward

_IDENTITY_DATA: tuple[IdentityDataHeld, ...] = ("no", "unknown", "yes")
"""Filed though the pension service had it: some do."""


# ---- voluntary membership --------------------------------------------------------------------------------------------


def voluntary_entry(ward: Ward) -> None:
    membership: Voluntary = ward.next_of("voluntary entry", get_args(Voluntary))
    _WHO_JOINS[membership](ward, membership)


def _before_60(ward: Ward, membership: Voluntary) -> None:
    """Drops out of category 1 with a right to an employees' old-age benefit, and joins (附則5条1項1号)."""
    person = ward.find(lambda one: insured(one) and 45 <= one.age_on(ward.today) < 59, tries=2000)
    on = ward.days_ago(1, 12)
    if person is not None and person.category_since is not None and person.category_since < on:
        file_old_age_right(ward, person, on)
        class_change(ward, person, None, on, told_in=(20, 40))
        ward.in_days(3, 20, _join, person, membership)


def _from_60(ward: Ward, membership: Voluntary) -> None:
    person = _without_category(ward, 60, 64)
    if person is not None:
        _join(ward, person, membership)


def _from_65(ward: Ward, membership: Voluntary) -> None:
    person = _without_category(ward, 65, 69)
    if person is not None:
        _join(ward, person, membership)


def _without_category(ward: Ward, age: int, below: int) -> Person | None:
    """A resident of this age for whom nothing has been told lately."""

    def suits(one: Person) -> bool:
        of_age = attained_on(one.birth, age) + dt.timedelta(days=30) <= ward.today < attained_on(one.birth, below)
        return of_age and one.category is None

    return ward.find(suits, tries=2000)


def _abroad(ward: Ward, membership: Voluntary) -> None:
    """A Japanese national leaves the country and joins from there."""
    low, high = (20, 58) if membership == "voluntary_overseas" else (65, 68)
    person = ward.find(
        lambda one: (
            not one.foreign
            and one.alone
            and low <= one.age_on(ward.today) < high
            and one.category == (1 if membership == "voluntary_overseas" else None)
        ),
        tries=4000,
    )
    if person is not None:
        left_on = register.possible_day(ward.days_ago(0, 10), person.household)
        moves.depart(ward, [person], "move_out_overseas", "overseas", left_on)
        ward.in_days(3, 20, _join, person, membership)


_WHO_JOINS: dict[Voluntary, Callable[[Ward, Voluntary], None]] = {
    "voluntary_20_59": _before_60,
    "voluntary_60_64": _from_60,
    "voluntary_overseas": _abroad,
    "special_voluntary": _from_65,
    "special_voluntary_overseas": _abroad,
}


def voluntary_form(ward: Ward, person: Person, membership: Voluntary) -> VoluntaryEntry:
    asked = not membership.endswith("overseas")
    transfer: Literal["wished", "good_cause"] = "wished" if ward.chance(0.8) else "good_cause"
    return VoluntaryEntry(
        kind="voluntary_entry",
        membership=membership,
        account_transfer=transfer if asked else None,
        papers=ward.brought("certificate_of_residence_abroad") if membership.endswith("overseas") else (),
        basic_pension_number=person.basic_pension_number,
    )


def _join(ward: Ward, person: Person, membership: Voluntary) -> None:
    """From the day of reception, never back (附則5条3項)."""
    lives = "overseas" if membership.endswith("overseas") else "resident"
    if person.category is not None or person.residency != lives:
        return
    person.category, person.category_since = membership, ward.today
    ward.happenings[f"joined {membership}"] += 1
    file(ward, person, voluntary_form(ward, person, membership), ward.today, _joined)
    if ward.seldom("filing: voluntary_withdrawal", 0.2):
        ward.in_days(60, 150, _withdraw, person, membership)


def _joined(ward: Ward, person: Person, filing: str, content: VoluntaryEntry) -> None:
    if person.category == content.membership and person.category_since is not None:
        assign_number(ward, person)
        notify(ward, person, content.membership, person.category_since)


def _withdraw(ward: Ward, person: Person, membership: Voluntary) -> None:
    """Any day, from the day of reception (附則5条5項3号)."""
    if person.category == membership:
        content = VoluntaryWithdrawal(kind="voluntary_withdrawal", basic_pension_number=person.basic_pension_number)
        file(ward, person, content, ward.today)
        class_change(ward, person, None, ward.today, told_in=(25, 60))


# ---- what the register tells -----------------------------------------------------------------------------------------


def changes_name(ward: Ward) -> None:
    """Another surname by adoption, told to the ward by its holder as well."""
    person = ward.find(lambda one: insured(one) and not one.foreign, tries=2000)
    if person is not None:
        office.adoption(ward, person)
        content = NameChangeFiling(
            kind="name_change",
            changed_on=person.changed_on,
            identity_data_held=ward.next_of("identity data, name", _IDENTITY_DATA),
            basic_pension_number=person.basic_pension_number,
        )
        ward.in_days(0, 20, _file_if_insured, person, content)


def changes_address(ward: Ward) -> None:
    """A move within the ward, told as a pension filing too."""
    person = ward.find(lambda one: insured(one) and one.alone, tries=2000)
    if person is not None:
        moves.move_within(ward, person)
        content = AddressChangeFiling(
            kind="address_change",
            changed_on=person.changed_on,
            identity_data_held=ward.next_of("identity data, address", _IDENTITY_DATA),
            basic_pension_number=person.basic_pension_number,
        )
        ward.in_days(0, 20, _file_if_insured, person, content)


def _file_if_insured(ward: Ward, person: Person, content: NameChangeFiling | AddressChangeFiling) -> None:
    if insured(person):
        file(ward, person, content, ward.today)


def death_filing(ward: Ward, person: Person, died_on: dt.date) -> None:
    """被保険者死亡届, where the death was told to the register too late to spare it."""
    content = DeathFiling(
        kind="death",
        died_on=died_on,
        papers=ward.brought("death_proof"),
        basic_pension_number=person.basic_pension_number,
    )
    file(ward, person, content, ward.today)


def new_number_notice(ward: Ward) -> None:
    """基礎年金番号通知書再交付申請."""
    person = ward.find(lambda one: one.number_told and one.age_on(ward.today) >= 20, tries=2000)
    if person is not None:
        reasons: tuple[Literal["lost", "damaged"], ...] = ("lost", "lost", "damaged")
        content = NumberNoticeReissue(
            kind="number_notice_reissue",
            reason=ward.next_of("number notice", reasons),
            basic_pension_number=person.basic_pension_number,
        )
        file(ward, person, content, ward.today)
