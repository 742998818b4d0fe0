"""Who has an addressee number without living here, who has two, and what does the pension service say of somebody's identity data?

住登外者 (a spouse elsewhere, somebody taxed here who lives elsewhere), 名寄せ and the mistake of it, 機構保存本人確認情報.
"""

import datetime as dt

from contracts.events.income import TaxAssessed, TaxRecord
from contracts.events.notice import IdentityDataNotified
from contracts.events.registry import AddresseesMerged, AddresseesSplit, NonResidentRecord, NonResidentRecorded
from contracts.vocabulary import IdentityDataHeld, Sex

from cli.town import exemptions, names
from cli.town.people import Person, insured
from cli.town.ward import Ward

_HELD: tuple[IdentityDataHeld, ...] = ("yes", "no", "unknown")


def spouse_elsewhere(ward: Ward) -> None:
    """A spouse who never lived here gets a number, so that the form can name one; some months later the address is another."""
    person = ward.find(lambda one: one.spouse_outside and one.spouse_number is None and insured(one), tries=5000)
    if person is None:
        return
    sex: Sex = "female" if person.sex == "male" else "male"
    name, kana = names.japanese_name(ward.rng, names.family_of(person.name, person.kana), sex)
    person.spouse_number = ward.new_number()
    birth = person.birth + dt.timedelta(days=ward.rng.randint(-900, 900))
    record = NonResidentRecord(name=name, name_kana=kana, birth_date=birth, sex=sex, address=names.elsewhere(ward.rng))
    _record(ward, person.spouse_number, record, 1)
    moved = record.model_copy(update={"address": names.elsewhere(ward.rng)})
    ward.in_days(60, 200, _record, person.spouse_number, moved, 2)
    ward.in_days(1, 15, exemptions.exemption_application, person)
    ward.happenings["spouse elsewhere recorded"] += 1


def has_two_numbers(ward: Ward) -> None:
    """Somebody who was taxed here while living elsewhere moved in under a new number; some weeks later it is noticed."""
    person = ward.find(lambda one: not one.from_abroad and one.age_on(ward.today) >= 20 and bool(one.tax_versions))
    if person is None:
        return
    older = ward.new_number()
    _record(ward, older, _as_outside(ward, person), 1)
    # Assessed under both numbers, the income of this year is for a person to settle.
    record = TaxRecord(total_income_yen=ward.rng.randrange(0, 2_000_000, 1000))
    ward.post.send(older, TaxAssessed(tax_year=2024, version=1, state="declared", record=record), sequence=1)
    merged = ward.seldom("merged", 0.9)
    ward.in_days(5, 30, _merge, older, person.number, not merged)


def merged_by_mistake(ward: Ward) -> None:
    """A namesake elsewhere is taken for somebody who lives here, and given back."""
    person = ward.find(lambda one: one.age_on(ward.today) >= 20)
    if person is None:
        return
    namesake = ward.new_number()
    record = _as_outside(ward, person)
    _record(ward, namesake, record.model_copy(update={"birth_date": record.birth_date + dt.timedelta(days=1)}), 1)
    ward.in_days(3, 20, _merge, namesake, person.number, True)


def identity_data(ward: Ward) -> None:
    """The pension service tells whether it holds somebody's identity data; some are told again, differently."""
    person = ward.find(lambda one: one.age_on(ward.today) >= 20)
    if person is not None:
        held = ward.next_of("identity data told", _HELD)
        _tell(ward, person, 1, held)
        if held != "yes" and ward.seldom("identity data told anew", 0.3):
            ward.in_days(20, 90, _tell, person, 2, "yes")
            ward.happenings["identity data told anew"] += 1


def _as_outside(ward: Ward, person: Person) -> NonResidentRecord:
    return NonResidentRecord(
        name=person.name, name_kana=person.kana, birth_date=person.birth, sex=person.sex, address=names.elsewhere(ward.rng),
        nationality=person.nationality, alias=person.alias,
    )  # fmt: skip


def _record(ward: Ward, number: int, record: NonResidentRecord, version: int) -> None:
    ward.post.send(number, NonResidentRecorded(changed_on=ward.today, version=version, record=record), sequence=version)


def _merge(ward: Ward, number: int, into: int, mistaken: bool) -> None:
    merged = ward.post.send(number, AddresseesMerged(into=into, decided_by="clerk-1", confirmed_by="clerk-2"))
    ward.happenings["merged by mistake" if mistaken else "merged"] += 1
    if mistaken:
        ward.in_days(10, 40, _split, number, merged)


def _split(ward: Ward, number: int, merged: str) -> None:
    ward.post.send(number, AddresseesSplit(decided_by="clerk-2", confirmed_by="clerk-1"), supersedes=merged)
    ward.happenings["split"] += 1


def _tell(ward: Ward, person: Person, version: int, held: IdentityDataHeld) -> None:
    person.notices += 1
    ward.post.send(person.number, IdentityDataNotified(version=version, held=held), sequence=person.notices)
