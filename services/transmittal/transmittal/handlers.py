"""transmittal on one screen: which event states what must be sent, and what the sealing day does with it."""

import datetime as dt
from collections.abc import Mapping, Sequence

from chassis.service import Handler, Service
from chassis.transaction import Transaction
from contracts.envelope import Event, addressee
from contracts.events.eligibility import (
    CategoryChanged,
    ClaimReceived,
    FilingReceived,
    InsuredStatusAcquired,
    InsuredStatusLost,
)
from contracts.events.notice import FilingProcessed
from contracts.vocabulary import Model

from transmittal import store, weekly
from transmittal.attempts import Result, advance
from transmittal.due import Matter, filing_matter, transition_matter
from transmittal.sealing_day import last_sealing_day


def on_filing_processed(event: Event[FilingProcessed]) -> Result:
    notice = event.data
    accepted = notice.result == "accepted"
    return Result(event.id, addressee(event), notice.filing, accepted, notice.processed_on, notice.reason)


async def apply(transaction: Transaction, facts: Sequence[Matter | Result], touched: Sequence[int]) -> None:
    newest: dict[tuple[int, str], Matter] = {}
    for matter in facts:
        if isinstance(matter, Matter):
            place = matter.addressee, matter.item
            if place in newest and newest[place].version >= matter.version:
                transaction.dispositions[matter.event] = "stale"
            else:
                newest[place] = matter
    results = [fact for fact in facts if isinstance(fact, Result)]
    news = await store.remember(transaction, newest.values(), results)
    for place, matter in newest.items():
        if place not in news:
            transaction.dispositions[matter.event] = "stale"
    await move_on(transaction, touched)


async def move_on(transaction: Transaction, residents: Sequence[int]) -> None:
    """Bring the attempts of these residents to where everything known puts them."""
    changed = []
    for resident, known in sorted((await store.recall(transaction, residents)).items()):
        for item in sorted({*known.matters, *known.attempts}):
            matter = known.matters.get(item)
            content = matter.content if matter is not None else None
            changed += advance(resident, item, known.attempts.get(item, ()), content, known.results)
    await store.save(transaction, changed)


async def daily(transaction: Transaction) -> int:
    """One step of the sealing day: seal what is pending, else write what was sealed; 0 = nothing left."""
    day = transaction.business_day
    assert day is not None
    served, unwritten = await store.look(transaction)
    if served is None:
        served = day - dt.timedelta(days=1)
        await store.begin(transaction, served)
    sealing_day = last_sealing_day(served, day)
    if sealing_day is not None:
        overtaken = await weekly.seal(transaction, sealing_day)
        if overtaken:
            await move_on(transaction, overtaken)
        return 1
    if unwritten:
        await weekly.write(transaction)
        return 1
    return 0


HANDLERS: Mapping[type[Model], Handler] = {
    InsuredStatusAcquired: transition_matter,
    InsuredStatusLost: transition_matter,
    CategoryChanged: transition_matter,
    FilingReceived: filing_matter,
    ClaimReceived: filing_matter,
    FilingProcessed: on_filing_processed,
}

SERVICE = Service(
    name="transmittal",
    package="transmittal",
    topics=("eligibility-events", "claim-events", "pension-service-notices", "calendar"),
    handlers=HANDLERS,
    apply=apply,
    daily=daily,
)
