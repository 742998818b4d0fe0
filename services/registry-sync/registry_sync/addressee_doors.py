"""The doors of the addressees (宛名管理): names and addresses leave this service here and nowhere else (decision 16)."""

from collections.abc import Iterable, Mapping, Sequence

from chassis import database
from chassis.doors import Door
from chassis.transaction import Access, Transaction
from contracts.doors.registry import (
    Addressee,
    Addressees,
    AskAddressees,
    AskHousehold,
    AskMatches,
    Hit,
    Hits,
    Household,
    Match,
    Matches,
    MatchRow,
    SearchAddressees,
)
from contracts.events.registry import ResidentRecord

from registry_sync import store
from registry_sync.addressee import Identity, household_on, identity, names, shown, shown_outside
from registry_sync.folding import address_key, kana_key
from registry_sync.matching import decide
from registry_sync.merging import Chains, chains
from registry_sync.register import Known
from registry_sync.residence import Change

LOOK, PROTECTED, MATCH, SEARCH, HOUSEHOLDS = (
    "addressees.look",
    "addressees.protected",
    "addressees.match",
    "addressees.search",
    "households.look",
)
HITS = 50
_LOOKED_AT = 500
"""Persons whose reading begins so and who are looked at more closely for one search."""


def _changes_of(person: int, found: Chains, numbers: Mapping[int, Sequence[int]], known: Known) -> list[Change]:
    return [change for number in numbers.get(found.end(person), ()) for change in known.told(number)]


async def look(transaction: Transaction, access: Access, body: AskAddressees) -> Addressees:
    """Who is behind these numbers: the whole record on a day, and every name ever held."""
    known = await store.everything(transaction, body.addressees)
    found = chains(known.merges)
    numbers = found.numbers(known.numbers)
    answered = []
    for number in body.addressees:
        changes = _changes_of(number, found, numbers, known)
        who = identity(changes, body.on, body.recorded_by)
        answered.append(_addressee(number, found.ends.get(number), who, changes, access))
    seen = [one.addressee for one in answered if one.resident or one.outside]
    await _on_record(transaction, access, seen, "addressees", ("name", "address", "household"))
    return Addressees(addressees=tuple(answered))


def _addressee(
    number: int, merged_into: int | None, who: Identity | None, changes: Sequence[Change], access: Access
) -> Addressee:
    if who is None:
        return Addressee(addressee=number, merged_into=merged_into)
    may = PROTECTED in access.rights
    record = who.record
    resident = shown(record, may_see_protected=may) if isinstance(record, ResidentRecord) else None
    outside = None if isinstance(record, ResidentRecord) else shown_outside(record, may_see_protected=may)
    return Addressee(
        addressee=number,
        merged_into=merged_into,
        resident=resident,
        outside=outside,
        names=names(changes),
        protected=who.protected,
    )


async def match(transaction: Transaction, access: Access, body: AskMatches) -> Matches:
    """Which of our persons are the ones on a list? At least three identifiers; two who fit are for a person to settle."""
    candidates = await _candidates(transaction, body.rows)
    known = await store.everything(
        transaction, sorted({number for numbers in candidates.values() for number in numbers})
    )
    found = chains(known.merges)
    numbers = found.numbers(known.numbers)
    identities: dict[int, Identity] = {}
    for person in numbers:
        who = identity(_changes_of(person, found, numbers, known))
        if who is not None:
            identities[person] = who
    answers = []
    for row in body.rows:
        persons = {found.end(number) for number in candidates.get(row.line, ())}
        asked = row if row.numbered is None else row.model_copy(update={"numbered": found.end(row.numbered)})
        one = decide(asked, {person: identities[person] for person in sorted(persons) if person in identities})
        answers.append(
            Match(
                line=row.line,
                outcome=one.outcome,
                addressee=one.addressee,
                candidates=one.candidates if one.outcome == "ambiguous" else (),
                evidence=dict(one.evidence),
            )
        )
    told = {number for one in answers for number in (one.addressee, *one.candidates) if number is not None}
    await _on_record(transaction, access, sorted(told), "addressees.match", ("addressee",))
    return Matches(matches=tuple(answers))


async def _candidates(transaction: Transaction, rows: Sequence[MatchRow]) -> dict[int, set[int]]:
    """Numbers that a row may mean: by birth date and reading; where that finds nobody, by the birth date alone; and by the number."""
    found: dict[int, set[int]] = {row.line: {row.numbered} for row in rows if row.numbered is not None}
    keyed = [(row.line, row.birth_date, kana_key(row.name_kana) if row.name_kana else None) for row in rows]
    for row in await transaction.fetch(store.QUERIES["candidates"], *database.columns(keyed, 3)):
        found.setdefault(row["line"], set()).add(row["addressee"])
    left = [(row.line, row.birth_date, None) for row in rows if row.name_kana and row.line not in found]
    if left:
        for row in await transaction.fetch(store.QUERIES["candidates"], *database.columns(left, 3)):
            found.setdefault(row["line"], set()).add(row["addressee"])
    return found


async def search(transaction: Transaction, access: Access, body: SearchAddressees) -> Hits:
    """Who has a reading that begins so, and this birth date or address?"""
    rows = await transaction.fetch(
        store.QUERIES["by_reading"], kana_key(body.name_kana), body.birth_date, _LOOKED_AT + 1
    )
    known = await store.everything(transaction, [row["addressee"] for row in rows])
    found = chains(known.merges)
    numbers = found.numbers(known.numbers)
    wanted = address_key(body.address) if body.address else None
    hits = []
    for person in sorted(numbers):
        who = identity(_changes_of(person, found, numbers, known))
        if who is not None and (wanted is None or _lives(who, wanted)):
            hits.append(_hit(person, who, access))
    shown_now = hits[:HITS]
    await _on_record(
        transaction,
        access,
        [hit.addressee for hit in shown_now],
        "addressees.search",
        ("name", "birth_date", "address"),
    )
    return Hits(hits=tuple(shown_now), more=len(hits) > HITS or len(rows) > _LOOKED_AT)


def _lives(who: Identity, wanted: str) -> bool:
    """Whether the address begins so, now or formerly. A protected address finds nobody: the answer would tell it."""
    if who.protected:
        return False
    return any(
        record.address is not None and address_key(record.address).startswith(wanted)
        for record in (who.record, *who.former)
    )


def _hit(person: int, who: Identity, access: Access) -> Hit:
    record = who.record
    hidden = who.protected and PROTECTED not in access.rights
    return Hit(
        addressee=person,
        name=record.name,
        name_kana=record.name_kana,
        birth_date=record.birth_date,
        sex=record.sex,
        address=None if hidden else record.address,
        protected=who.protected,
    )


async def household(transaction: Transaction, access: Access, body: AskHousehold) -> Household:
    """With whom did somebody live on a day?"""
    rows = await transaction.fetch(store.QUERIES["ever_together"], body.addressee)
    known = await store.everything(transaction, sorted({body.addressee, *(row["addressee"] for row in rows)}))
    found = household_on(known, chains(known.merges).end(body.addressee), body.on)
    await _on_record(
        transaction, access, [one.addressee for one in found.members], "households", ("household", "relation")
    )
    return found


async def _on_record(
    transaction: Transaction, access: Access, subjects: Iterable[int], what: str, fields: Sequence[str]
) -> None:
    shown_to_somebody = list(subjects)
    await transaction.record_access(shown_to_somebody, access, what, fields)
    if not shown_to_somebody:
        await transaction.record_search(access, what, fields)


DOORS = (
    Door("/addressees", LOOK, AskAddressees, Addressees, look),
    Door("/addressees/match", MATCH, AskMatches, Matches, match),
    Door("/addressees/search", SEARCH, SearchAddressees, Hits, search),
    Door("/households", HOUSEHOLDS, AskHousehold, Household, household),
)
