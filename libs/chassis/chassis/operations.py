"""The doors that every service has for operations (運用): how far it is, what it set aside, and trying that again."""

from contracts.doors.operations import (
    AskSetAside,
    AskState,
    ServiceState,
    SetAsideRecords,
    SetAsideShown,
    TriedAgain,
    TryAgain,
)

from chassis import telemetry
from chassis.doors import Door, Refused
from chassis.transaction import Access, Transaction

LOOK, MEND = "operations.look", "operations.mend"
RIGHTS: dict[str, frozenset[str]] = {"operator": frozenset({LOOK, MEND})}
SHOWN = 200


async def state(transaction: Transaction, access: Access, body: AskState) -> ServiceState:
    """How far this service is, and what waits in it. Nobody is named."""
    backlog = (await transaction.query("backlog"))[0]
    day = await transaction.query("business_day")
    aside = (await transaction.query("set_aside_count"))[0]
    await transaction.record_search(access, "operations.state", ("state",))
    return ServiceState(
        service=transaction.settings.service,
        business_day=day[0]["business_day"] if day else None,
        lag=telemetry.lag(),
        unsent=backlog["events"],
        unsent_seconds=backlog["age"],
        parked=aside["parked"],
        set_aside=aside["records"],
        failing=telemetry.failing(),
    )


async def set_aside(transaction: Transaction, access: Access, body: AskSetAside) -> SetAsideRecords:
    """Open records, the oldest first: place, reason, field, rule."""
    rows = await transaction.query("open_records", SHOWN + 1)
    shown = tuple(SetAsideShown(**dict(row)) for row in rows[:SHOWN])
    about = sorted({one.addressee for one in shown if one.addressee is not None})
    await transaction.record_access(about, access, "operations.set-aside", ("place",))
    if not about:
        await transaction.record_search(access, "operations.set-aside", ("place",))
    return SetAsideRecords(records=shown, more=len(rows) > SHOWN)


async def try_again(transaction: Transaction, access: Access, body: TryAgain) -> TriedAgain:
    """A parked person's records become due now; the work of the day takes them, and parks them again where our code still fails."""
    rows = await transaction.query("due_now", body.addressee)
    if not rows:
        raise Refused("nothing_waits", "この人の待っている記録はありません。", status=409, subjects=[body.addressee])
    await transaction.record_access([body.addressee], access, "operations.try-again", ("record",), "update")
    return TriedAgain(records=len(rows))


STATE = Door("/operations/state", LOOK, AskState, ServiceState, state)
SET_ASIDE = Door("/operations/set-aside", LOOK, AskSetAside, SetAsideRecords, set_aside)
TRY_AGAIN = Door("/operations/try-again", MEND, TryAgain, TriedAgain, try_again)
DOORS = (STATE, SET_ASIDE, TRY_AGAIN)
