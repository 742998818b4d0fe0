"""Of several events about one resident in a batch: which one speaks, and whose trace goes on?"""

import datetime as dt
from itertools import permutations

from chassis.batch import latest
from chassis.transaction import Cause


def cause(hour: int, trace: str | None = None) -> Cause:
    return Cause(dt.datetime(2026, 11, 24, hour, tzinfo=dt.UTC), f"event at {hour}", f"event at {hour}", trace)


def test_the_latest_recorded_event_speaks_and_the_trace_of_the_latest_sampled_one_goes_on() -> None:
    for some in permutations([cause(9, "of nine"), cause(10, "of ten"), cause(11)]):
        assert latest(*some) == Cause(cause(11).time, "event at 11", "event at 11", "of ten")
    assert latest(cause(9), cause(8)) == cause(9)
    assert latest(cause(9, "of nine"), cause(11, "of eleven")).traceparent == "of eleven"
