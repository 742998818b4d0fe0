"""Builders in domain words, and a desk that does in memory what store.py does in the database."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from contracts.envelope import Event
from contracts.events.eligibility import (
    CategoryChanged,
    ClaimReceived,
    FilingReceived,
    InsuredStatusAcquired,
    InsuredStatusLost,
)
from contracts.vocabulary import Model, Month
from transmittal.accounts import State
from transmittal.attempts import Attempt, Result, advance
from transmittal.due import Content, Matter, filing_matter, transition_matter

RECEIVED = dt.date(2025, 8, 25)
ACQUIRED: dict[str, Any] = {
    "category": 1,
    "effective_on": dt.date(2025, 8, 20),
    "reason": "entry_from_abroad",
    "certainty": "confirmed",
    "basis": "filing",
    "filing": "F-1",
    "received_on": RECEIVED,
    "send_decided_on": RECEIVED,
}

RECEPTION: dict[str, Any] = {
    "filing": "X-1",
    "received_on": RECEIVED,
    "office": "honcho",
    "channel": "counter",
    "state": "accepted",
    "route": "send",
    "send_decided_on": RECEIVED,
}


class Said:
    """What eligibility says, with the sequence that it gives."""

    def acquired(self, sequence: int = 1, addressee: int = 1, **changes: Any) -> Event[InsuredStatusAcquired]:
        return self._event(InsuredStatusAcquired(**ACQUIRED | changes), sequence, addressee)

    def lost(self, sequence: int = 1, addressee: int = 1, **changes: Any) -> Event[InsuredStatusLost]:
        return self._event(
            InsuredStatusLost(**ACQUIRED | {"reason": "departure_overseas"} | changes), sequence, addressee
        )

    def changed(self, sequence: int = 1, addressee: int = 1, **changes: Any) -> Event[CategoryChanged]:
        data = ACQUIRED | {"previous": 2, "reason": "end_of_class2"} | changes
        return self._event(CategoryChanged(**data), sequence, addressee)

    def filed(self, sequence: int = 1, addressee: int = 1, **changes: Any) -> Event[FilingReceived]:
        data: dict[str, Any] = RECEPTION | {
            "kind": "exemption",
            "first_month": Month(2025, 7),
            "last_month": Month(2026, 6),
        }
        return self._event(FilingReceived(**data | changes), sequence, addressee)

    def claimed(self, sequence: int = 1, addressee: int = 1, **changes: Any) -> Event[ClaimReceived]:
        data = RECEPTION | {"kind": "widows_pension_claim", "route_article": "NPO 1条の2第3号ホ"} | changes
        return self._event(ClaimReceived(**data), sequence, addressee)

    def _event(self, data: Model, sequence: int, addressee: int) -> Event[Any]:
        kind = type(data).__name__
        return Event[type(data)](  # type: ignore[misc]
            id=str(uuid.uuid5(uuid.NAMESPACE_OID, f"{addressee}/{sequence}")),
            type=kind,
            source="kokunen/eligibility",
            subject=str(addressee),
            time=dt.datetime(2025, 9, 1, tzinfo=dt.UTC),
            dataschema=f"kokunen:{kind}/1",
            municipality="131164",
            sequence=sequence,
            data=data,
        )


class Desk:
    """Matters, attempts and notices, moved on after every delivery, as `handlers.move_on` does."""

    def __init__(self) -> None:
        self.matters: dict[tuple[int, str], Matter] = {}
        self.attempts: dict[tuple[int, str, int], Attempt] = {}
        self.results: list[Result] = []
        self.batches = 0

    def hears(self, *events: Event[Any]) -> None:
        for event in events:
            matter = (filing_matter if event.type in ("FilingReceived", "ClaimReceived") else transition_matter)(event)
            place = matter.addressee, matter.item
            if place not in self.matters or self.matters[place].version < matter.version:
                self.matters[place] = matter
            self._move_on()

    def is_answered(self, filing: str, result: str, processed_on: dt.date, reason: str | None = None) -> None:
        number = len(self.results)
        self.results.append(Result(f"r{number}", 1, filing, result == "accepted", processed_on, reason))
        self._move_on()

    def seals(self, day: dt.date) -> list[Attempt]:
        self.batches += 1
        pending = sorted((a for a in self.attempts.values() if a.state == "pending"), key=lambda a: a.item)
        for line, a in enumerate(pending, 1):
            place = a.addressee, a.item, a.number
            self.attempts[place] = Attempt(*place, a.mark, "sealed", a.content, a.reason, self.batches, line, day)
        self._move_on()
        return pending

    def _wanted(self, addressee: int, item: str) -> Content | None:
        matter = self.matters.get((addressee, item))
        return matter.content if matter is not None else None

    def _move_on(self) -> None:
        for addressee, item in {*self.matters, *((a, i) for a, i, _ in self.attempts)}:
            own = [a for a in self.attempts.values() if (a.addressee, a.item) == (addressee, item)]
            results = [r for r in self.results if r.addressee == addressee]
            for changed in advance(addressee, item, own, self._wanted(addressee, item), results):
                self.attempts[addressee, item, changed.number] = changed

    @property
    def pending(self) -> set[tuple[int, str, int, str, str]]:
        return {
            (a.addressee, a.item, a.number, a.mark, a.content.model_dump_json())
            for a in self.attempts.values()
            if a.state == "pending"
        }

    @property
    def story(self) -> str:
        """Attempts of the one item, in few words: `1 new sealed, 2 correction pending`."""
        return ", ".join(f"{n} {a.mark} {a.state}" for (_, _, n), a in sorted(self.attempts.items()))

    @property
    def state(self) -> State:
        return State(tuple(self.matters.values()), tuple(self.attempts.values()), ())


@pytest.fixture(scope="session")
def said() -> Said:
    return Said()


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture(scope="session")
def new_desk() -> Callable[[], Desk]:
    return Desk
