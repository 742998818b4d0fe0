"""In which order do the lines reach the ward?

Mostly as recorded; some days late, some twice. A line that is delivered late keeps its recorded `time`, so that it is
older than its neighbours: whoever publishes follows the running maximum of `time` in a file. Lines wait in memory only
until their day is over, so that a big town streams to the disk.
"""

import datetime as dt
from collections import Counter
from pathlib import Path
from random import Random
from typing import IO

from contracts.topics import INCOMING

LATE_SHARE = 0.02
LONGEST_DELAY_DAYS = 12
TWICE_SHARE = 0.01
LONGEST_ECHO_DAYS = 15
"""How much later the same bytes come again, at most."""


class Delivery:
    """The files of a town while it is written."""

    def __init__(self, out: Path, rng: Random, happenings: Counter[str]) -> None:
        self._rng = rng
        self._happenings = happenings
        self._files: dict[str, IO[bytes]] = {topic.name: (out / f"{topic.name}.jsonl").open("wb") for topic in INCOMING}
        self._waiting: dict[dt.date, list[tuple[dt.datetime, int, str, bytes]]] = {}
        self._taken = 0
        self.lines: Counter[str] = Counter({topic.name: 0 for topic in INCOMING})

    def take(self, topic: str, line: bytes, recorded: dt.datetime, not_before: dt.datetime | None = None) -> None:
        """Deliver a line, `not_before` a moment when something else shall overtake it."""
        if topic == "calendar":
            self._wait(topic, line, recorded)
            return
        delivered = max(recorded, not_before or recorded)
        if self._rng.random() < LATE_SHARE:
            self._happenings["delivered late"] += 1
            delivered += dt.timedelta(days=self._rng.randint(1, LONGEST_DELAY_DAYS))
        self._wait(topic, line, delivered)
        if self._rng.random() < TWICE_SHARE:
            self._happenings["delivered twice"] += 1
            self._wait(topic, line, delivered + dt.timedelta(days=self._rng.randint(0, LONGEST_ECHO_DAYS)))

    def _wait(self, topic: str, line: bytes, delivered: dt.datetime) -> None:
        self._taken += 1
        self._waiting.setdefault(delivered.date(), []).append((delivered, self._taken, topic, line))

    def close_day(self, day: dt.date) -> None:
        """Write what was delivered on a day that is over."""
        for _, _, topic, line in sorted(self._waiting.pop(day, [])):
            self._files[topic].write(line + b"\n")
            self.lines[topic] += 1

    def finish(self) -> None:
        """What is still under way after the last day comes at its end."""
        for day in sorted(self._waiting):
            self.close_day(day)
        for file in self._files.values():
            file.close()
