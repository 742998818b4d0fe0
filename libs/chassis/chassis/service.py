"""What is a service to the chassis? Its topics, a table from event type to function, and one function that applies facts."""

import datetime as dt
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import asyncpg
from contracts.envelope import Event
from contracts.vocabulary import Model

if TYPE_CHECKING:
    import asyncio

    from starlette.routing import BaseRoute

    from chassis.batch import Record
    from chassis.doors import Door, Doorkeeper
    from chassis.sealing import Sealer
    from chassis.settings import Settings
    from chassis.transaction import Transaction

Process = Callable[[Sequence["Record"]], Awaitable[None]]
"""Brings every record of a batch to its disposition; raises when it could not, and then nothing was written."""

Beside = Callable[["asyncio.Event"], Coroutine[Any, Any, None]]
"""Runs until it is told to stop."""

Handler = Callable[[Event[Any]], Any]
"""Pure: an event becomes the fact it states."""


async def _nobody(transaction: "Transaction", day: dt.date) -> Sequence[int]:
    return ()


async def _no_facts(transaction: "Transaction", facts: Sequence[Any], touched: Sequence[int]) -> None:
    """A service that does not decode has no facts."""


async def _nothing(transaction: "Transaction") -> int:
    return 0


async def _nothing_of(transaction: "Transaction", person: int) -> dict[str, int]:
    return {}


async def _no_figures(pool: asyncpg.Pool) -> None:
    """Most services have no gauges of their own."""


@dataclass(frozen=True)
class Service:
    """The parts a service hands to the chassis."""

    name: str
    package: str
    topics: tuple[str, ...]
    handlers: Mapping[type[Model], Handler]
    apply: Callable[["Transaction", Sequence[Any], Sequence[int]], Awaitable[None]] = _no_facts
    """Store new facts, derive for the residents touched, `transaction.declare`: once per batch, in the end state."""
    due: Callable[["Transaction", dt.date], Awaitable[Sequence[int]]] = _nobody
    """Residents whom the business day concerns, one chunk; they are applied again without new facts."""
    daily: Callable[["Transaction"], Awaitable[int]] = _nothing
    """The service's own work of the business day; returns how much was done, 0 = nothing left."""
    erase: Callable[["Transaction", int], Awaitable[dict[str, int]]] = _nothing_of
    """Deletes everything of a person from the service's own tables; rows by table."""
    projections: Mapping[str, str] = field(default_factory=dict)
    """Tables that follow from the topics alone, each with the column that says of whom a row is: what a rebuild compares and switches."""
    rebuilt_first: tuple[str, ...] = ()
    """Topics that say whom the service may know: a rebuild reads them before what it may know of them."""
    measure: Callable[[asyncpg.Pool], Awaitable[None]] = _no_figures
    """Brings the service's own gauges up to date; asked every ten minutes."""
    circle: str | None = None
    """Name of the query that widens residents ($1) to everyone whose determination uses them, or whom theirs uses."""
    circle_of: Callable[[Iterable[Any]], tuple[list[Any], ...]] | None = None
    """Further arguments of that query, read from the batch's new facts."""
    doors: Sequence["Door"] = ()
    """What it answers over HTTPS, to whom its `rights` allow it."""
    rights: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """What each role may do at the doors. A service calling another has its own name as its role."""
    pages: Callable[["Settings", asyncpg.Pool, "Sealer", "Doorkeeper"], Sequence["BaseRoute"]] | None = None
    """Makes what it shows to people beside its doors (console)."""
    undecoded: Callable[["Settings", asyncpg.Pool, "Sealer"], Process] | None = None
    """Makes what takes the records as bytes, instead of decoding them (audit)."""
    beside: Sequence[Callable[["Settings", asyncpg.Pool, "Sealer"], Beside]] = ()
    """Makes what runs beside the relay, for ever (audit's notary and overseer)."""
