"""registry-sync on one screen: which event states which fact, and what follows."""

import datetime as dt
from collections.abc import Sequence

from chassis import operations
from chassis.service import Handler, Service
from chassis.transaction import Statement, Transaction
from contracts.envelope import Event, addressee
from contracts.events.notice import IdentityDataNotified
from contracts.events.registry import (
    AddresseesMerged,
    AddresseesSplit,
    NonResidentRecorded,
    ResidentChangeAnnulled,
    ResidentChanged,
)
from contracts.vocabulary import Model

from registry_sync import addressee_doors, linkage, store, vault_doors
from registry_sync.merging import Merge
from registry_sync.register import IdentityData, residents
from registry_sync.residence import Change, held_until
from registry_sync.rights import RIGHTS

Fact = Change | Merge | IdentityData


def on_entry(event: Event[ResidentChanged] | Event[NonResidentRecorded]) -> Change:
    return Change(event.id, addressee(event), event.time, event.data.version, event.supersedes, event.data)


def on_resident_change_annulled(event: Event[ResidentChangeAnnulled]) -> Change:
    return Change(event.id, addressee(event), event.time, event.data.version, event.supersedes, None)


def on_merged(event: Event[AddresseesMerged]) -> Merge:
    return Merge(event.id, addressee(event), event.data.into, event.supersedes, event.time)


def on_split(event: Event[AddresseesSplit]) -> Merge:
    return Merge(event.id, addressee(event), None, event.supersedes, event.time)


def on_identity_data(event: Event[IdentityDataNotified]) -> IdentityData:
    return IdentityData(event.id, addressee(event), event.data.version, event.data.held)


async def apply(transaction: Transaction, facts: Sequence[Fact], touched: Sequence[int]) -> None:
    numbers = transaction.residents
    known = await store.remember_and_recall(transaction, facts, numbers)
    told = {one: known.told(one) for one in numbers}
    kept = {change.id for changes in told.values() for change in changes}
    for new in facts:
        if isinstance(new, Change) and new.id not in kept:
            transaction.dispositions[new.id] = "duplicate"
    day = transaction.business_day or dt.date.min
    waiting = {one: until for one, own in told.items() if (until := held_until(own)) is not None and until > day}
    if waiting or not facts:  # without facts it is the day that made us look
        await store.hold(transaction, numbers, waiting)
    said = residents(known.numbers, known, day)  # of whom only others tell, nothing is said here
    await transaction.declare({one: [Statement("residents", "resident", said[one])] for one in sorted(said)})


async def due(transaction: Transaction, day: dt.date) -> Sequence[int]:
    return [row["addressee"] for row in await transaction.fetch(store.QUERIES["due"], day)]


HANDLERS: dict[type[Model], Handler] = {
    ResidentChanged: on_entry,
    NonResidentRecorded: on_entry,
    ResidentChangeAnnulled: on_resident_change_annulled,
    AddresseesMerged: on_merged,
    AddresseesSplit: on_split,
    IdentityDataNotified: on_identity_data,
}

SERVICE = Service(
    name="registry-sync",
    package="registry_sync",
    topics=("resident-changes", "pension-service-notices", "calendar", "accounts", "erasures"),
    handlers=HANDLERS,
    apply=apply,
    erase=store.erase,
    due=due,
    projections=dict.fromkeys(("change", "hold", "merge", "identity_data"), "addressee"),
    circle="circle",
    circle_of=store.circle_of,
    doors=(*addressee_doors.DOORS, *vault_doors.DOORS, *linkage.DOORS, *operations.DOORS),
    rights={**RIGHTS, **operations.RIGHTS},
)
