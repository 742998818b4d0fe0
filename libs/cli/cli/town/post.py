"""How does a happening become a line on a topic?

Ids are drawn from the town's own random numbers and times from the simulated day, so that a seed always gives the same
bytes. Each source has a clock of its own that only goes forward.
"""

import datetime as dt
from random import Random
from typing import Any

from contracts.envelope import Event
from contracts.topics import INCOMING, dataschema
from contracts.vocabulary import Model

from cli.town.delivery import Delivery

MUNICIPALITY = "131164"
TOKYO = dt.timezone(dt.timedelta(hours=9))

SOURCES = {
    "resident-changes": "toshima/register",
    "tax-assessments": "toshima/tax",
    "welfare-changes": "toshima/welfare",
    "filings": "toshima/counter",
    "pension-service-notices": "jps/notices",
    "calendar": "toshima/calendar",
}

_SHAPES = {
    event: (topic.name, Event[event], event.__name__, dataschema(event))  # type: ignore[valid-type]
    for topic in INCOMING
    for event in topic.events
}
_NIGHT = dt.timedelta(minutes=5)  # when the loads of a night begin
_MORNING = dt.timedelta(hours=8, minutes=30)
_WORKING_SECONDS = 8 * 3600
_BATCH_STEP = dt.timedelta(milliseconds=10)


class Post:
    """Clocks, ids and envelopes; the lines go on to the delivery."""

    def __init__(self, rng: Random, delivery: Delivery, persons: int) -> None:
        self._rng = rng
        self._delivery = delivery
        self._now: dict[str, dt.datetime] = {}
        # A day of a big ward has more events than seconds: the steps shrink with it and never reach midnight.
        self._longest_step = 2 * _WORKING_SECONDS / (100 + persons / 10)
        self._start = dt.datetime.min
        self._batch = False

    def begin_day(self, day: dt.date, batch: bool = False) -> None:
        """`batch`: a night in which whole files are loaded."""
        self._start = midnight(day) + (_NIGHT if batch else _MORNING)
        self._batch = batch
        self._now.clear()

    def _tick(self, topic: str) -> dt.datetime:
        step = _BATCH_STEP if self._batch else dt.timedelta(seconds=self._rng.random() * self._longest_step)
        self._now[topic] = now = self._now.get(topic, self._start) + step
        return now

    def new_id(self) -> str:
        """A version 8 UUID whose last group never is twelve decimal digits: nothing here may look like a My Number."""
        bits = self._rng.getrandbits(128)
        text = f"{bits:032x}"
        return f"{text[:8]}-{text[8:12]}-8{text[13:16]}-a{text[17:20]}-{text[20:25]}e{text[26:]}"

    def send(
        self,
        subject: int | str,
        data: Model,
        *,
        sequence: int | None = None,
        supersedes: str | None = None,
        not_before: dt.datetime | None = None,
        recorded: dt.datetime | None = None,
    ) -> str:
        """One event; its id."""
        topic, shape, type_name, schema = _SHAPES[type(data)]
        event: Event[Any] = shape(
            id=self.new_id(),
            type=type_name,
            source=SOURCES[topic],
            subject=str(subject),
            time=recorded or self._tick(topic),
            dataschema=schema,
            municipality=MUNICIPALITY,
            sequence=sequence,
            supersedes=supersedes,
            data=data,
        )
        self._delivery.take(topic, event.encode(), event.time, not_before)
        return event.id


def midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), TOKYO)
