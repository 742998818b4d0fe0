"""transmittal on one screen: which event states what must be sent, and what the sealing day does with it."""

import datetime as dt
from collections.abc import Mapping, Sequence

from chassis import operations
from chassis.service import Handler, Service
from chassis.transaction import Transaction, to_json
from contracts.envelope import Event, addressee
from contracts.events.eligibility import (
    CategoryChanged,
    ClaimReceived,
    FilingReceived,
    HintRaised,
    InsuredStatusAcquired,
    InsuredStatusLost,
)
from contracts.events.filing import FilingEntered
from contracts.events.notice import BasicPensionNumberAssigned, FilingProcessed
from contracts.vocabulary import Model

from transmittal import doors, store, weekly
from transmittal.attempts import Result
from transmittal.due import Entered, Matter, Unfiled, filing_matter, transition_matter, unfiled
from transmittal.returns import Number
from transmittal.sealing_day import last_sealing_day
from transmittal.store import News


def on_filing_processed(event: Event[FilingProcessed]) -> Result:
    notice = event.data
    accepted = notice.result == "accepted"
    return Result(event.id, addressee(event), notice.filing, accepted, notice.processed_on, notice.reason)


def on_number_assigned(event: Event[BasicPensionNumberAssigned]) -> Number:
    return Number(event.id, addressee(event), event.data.version, event.data.basic_pension_number)


def on_filing_entered(event: Event[FilingEntered]) -> Entered:
    return Entered(event.id, addressee(event), event.data.filing, event.data.revision, to_json(event.data.content))


async def apply(
    transaction: Transaction, facts: Sequence[Matter | Result | Number | Entered | Unfiled], touched: Sequence[int]
) -> None:
    newest: dict[tuple[int, str], Matter] = {}
    for matter in facts:
        if isinstance(matter, Matter):
            place = matter.addressee, matter.item
            if place in newest and newest[place].version >= matter.version:
                transaction.dispositions[matter.event] = "stale"
            else:
                newest[place] = matter
    news = await store.remember(
        transaction,
        News(
            matters=list(newest.values()),
            results=[fact for fact in facts if isinstance(fact, Result)],
            forms=[fact for fact in facts if isinstance(fact, Entered)],
            numbers=[fact for fact in facts if isinstance(fact, Number)],
            unfiled=[fact for fact in facts if isinstance(fact, Unfiled)],
        ),
    )
    for place, matter in newest.items():
        if place not in news:
            transaction.dispositions[matter.event] = "stale"
    await store.move_on(transaction, transaction.residents)


async def daily(transaction: Transaction) -> int:
    """The sealing day: seal what is pending; 0 = nothing left."""
    day = transaction.business_day
    assert day is not None
    served = await store.look(transaction)
    if served is None:
        served = day - dt.timedelta(days=1)
        await store.begin(transaction, served)
    sealing_day = last_sealing_day(served, day)
    if sealing_day is None:
        return 0
    if overtaken := await weekly.seal(transaction, sealing_day):
        await store.move_everybody_on(transaction, overtaken)
    return 1


HANDLERS: Mapping[type[Model], Handler] = {
    InsuredStatusAcquired: transition_matter,
    InsuredStatusLost: transition_matter,
    CategoryChanged: transition_matter,
    FilingReceived: filing_matter,
    ClaimReceived: filing_matter,
    HintRaised: unfiled,
    FilingEntered: on_filing_entered,
    FilingProcessed: on_filing_processed,
    BasicPensionNumberAssigned: on_number_assigned,
}

SERVICE = Service(
    name="transmittal",
    package="transmittal",
    topics=(
        "filings",
        "eligibility-events",
        "claim-events",
        "pension-service-notices",
        "calendar",
        "accounts",
        "erasures",
    ),
    handlers=HANDLERS,
    apply=apply,
    erase=weekly.erase,
    projections={"hint": "subject"}
    | dict.fromkeys(("matter", "result", "form", "reception", "pension_number"), "addressee"),
    daily=daily,
    measure=doors.measure,
    circle="circle",
    circle_of=store.circle_of,
    doors=(*doors.DOORS, *operations.DOORS),
    rights={**doors.RIGHTS, **operations.RIGHTS},
)
