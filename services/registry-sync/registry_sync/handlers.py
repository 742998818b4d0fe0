"""registry-sync on one screen: which event states which fact, and what follows."""

from collections.abc import Sequence

from chassis.service import Handler, Service
from chassis.transaction import Statement, Transaction
from contracts.envelope import Event, addressee
from contracts.events.registry import ResidentChangeAnnulled, ResidentChanged
from contracts.vocabulary import Model

from registry_sync import store
from registry_sync.residence import Change, residence, says_the_same


def on_resident_changed(event: Event[ResidentChanged]) -> Change:
    return Change(event.id, addressee(event), event.time, event.data.version, event.supersedes, event.data)


def on_resident_change_annulled(event: Event[ResidentChangeAnnulled]) -> Change:
    return Change(event.id, addressee(event), event.time, event.data.version, event.supersedes, None)


async def apply(transaction: Transaction, changes: Sequence[Change], touched: Sequence[int]) -> None:
    known = await store.remember_and_recall(transaction, changes, touched)
    for new in changes:
        if any(other.id < new.id and says_the_same(other, new) for other in known[new.addressee]):
            transaction.dispositions[new.id] = "duplicate"
    await transaction.declare(
        {resident: [Statement("residents", "resident", residence(known[resident]))] for resident in touched}
    )


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
)
