"""Where is a paper? By what became of the attempt that took it along."""

import datetime as dt

import pytest
from transmittal.paper_desk import _place

LEFT = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("attempt", "left", "place"),
    [
        (None, None, "desk"),
        ("sealed", None, "sealed"),
        ("sealed", LEFT, "sent"),
        ("accepted", LEFT, "received"),
        ("returned", LEFT, "returned"),
        ("voided", None, "desk"),
        ("voided", LEFT, "sent"),
    ],
)
def test_a_paper_is_where_its_last_attempt_took_it(attempt: str | None, left: dt.datetime | None, place: str) -> None:
    assert _place(attempt, left) == place
