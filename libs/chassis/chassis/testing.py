"""Does a service derive the same whatever the order of delivery? Runs its handlers in memory, reordered and doubled.

No broker, no database: the events go through the strict decoder and the service's own table of handlers, each id once, and
`derive` turns the facts into whatever the test looks at.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from contracts.decoder import decode
from contracts.envelope import Event
from contracts.vocabulary import Model

from chassis.service import Handler

Result = TypeVar("Result")


class OrderMatters(AssertionError):
    """Two orders of delivery gave two results."""


def deliver(
    events: Sequence[tuple[str, Event[Any]]],
    handlers: Mapping[type[Model], Handler],
    derive: Callable[[list[Any]], Result],
    *,
    orders: int = 20,
    seed: int = 1,
) -> Result:
    """Deliver (topic, event) pairs as given, reversed, and in `orders` shuffles in which each comes once or twice.

    Returns what `derive` makes of the facts. OrderMatters when any delivery gives another result.
    """
    chance = random.Random(seed)
    expected = derive(_facts(events, handlers))
    deliveries = [list(reversed(events))]
    for _ in range(orders):
        doubled = [*events, *(pair for pair in events if chance.random() < 0.5)]
        chance.shuffle(doubled)
        deliveries.append(doubled)
    for delivery in deliveries:
        found = derive(_facts(delivery, handlers))
        if found != expected:
            order = ", ".join(event.id for _, event in delivery)
            raise OrderMatters(f"another result in the order {order}:\n{found}\ninstead of\n{expected}")
    return expected


def _facts(events: Sequence[tuple[str, Event[Any]]], handlers: Mapping[type[Model], Handler]) -> list[Any]:
    seen: set[str] = set()
    facts = []
    for topic, given in events:
        event = decode(topic, given.encode())
        if event.id not in seen:
            seen.add(event.id)
            facts.append(handlers[type(event.data)](event))
    return facts
