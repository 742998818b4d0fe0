"""registry-sync on one screen: which event states which fact, and what follows."""

import datetime as dt
from collections.abc import Sequence

from chassis.service import Handler, Service
from chassis.transaction import Statement, Transaction
from contracts.envelope import Event, addressee
from contracts.events.registry import ResidentChangeAnnulled, ResidentChanged
from contracts.vocabulary import Model

from registry_sync import linkage, store, vault_doors
from registry_sync.residence import Change, held_until, residence, says_the_same, settled
from registry_sync.rights import RIGHTS


def on_resident_changed(event: Event[ResidentChanged]) -> Change:
    return Change(event.id, addressee(event), event.time, event.data.version, event.supersedes, event.data)


def on_resident_change_annulled(event: Event[ResidentChangeAnnulled]) -> Change:
    return Change(event.id, addressee(event), event.time, event.data.version, event.supersedes, None)


async def apply(transaction: Transaction, changes: Sequence[Change], touched: Sequence[int]) -> None:
    known = await store.remember_and_recall(transaction, changes, touched)
    for new in changes:
        if any(other.id < new.id and says_the_same(other, new) for other in known[new.addressee]):
            transaction.dispositions[new.id] = "duplicate"
    day = transaction.business_day or dt.date.min
    waiting = {one: until for one in touched if (until := held_until(known[one])) is not None and until > day}
    if waiting or not changes:  # without changes it is the day that made us look
        await store.hold(transaction, touched, waiting)
    await transaction.declare(
        {one: [Statement("residents", "resident", residence(settled(known[one], day)))] for one in touched}
    )


async def due(transaction: Transaction, day: dt.date) -> Sequence[int]:
    return [row["addressee"] for row in await transaction.fetch(store.QUERIES["due"], day)]


HANDLERS: dict[type[Model], Handler] = {
    ResidentChanged: on_resident_changed,
    ResidentChangeAnnulled: on_resident_change_annulled,
}

SERVICE = Service(
    name="registry-sync",
    package="registry_sync",
    topics=("resident-changes", "calendar"),
    handlers=HANDLERS,
    apply=apply,
    due=due,
    doors=(*vault_doors.DOORS, *linkage.DOORS),
    rights=RIGHTS,
)
