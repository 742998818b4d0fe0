"""Which reading of the past does an answer give? As known now, as recorded by a day, or as received by a day (decision 3).

*As recorded by D* uses the facts that their sources had recorded by the end of D; it converges, whatever arrives when. *As
received by D* is what we ourselves were saying on business day D; nothing changes it afterwards.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Literal

import typer


class NotYetError(Exception):
    """The day asked for has not begun."""


@dataclass(frozen=True)
class Reading:
    """One of the three readings, and its day."""

    by: Literal["recorded", "received"] | None = None
    day: dt.date | None = None

    def __str__(self) -> str:
        return f"as {self.by} by {self.day}" if self.by else "as known now"

    def on(self, business_day: dt.date | None) -> dt.date:
        """The day that the answer is about; refused where it lies ahead, because then the answer could still change."""
        if self.day is None:
            return business_day or dt.date.min
        if business_day is None or business_day < self.day:
            so_far = f"it is {business_day}" if business_day else "no calendar has come"
            raise NotYetError(f"Nothing can be said {self}: {so_far}.")
        return self.day


NOW = Reading()

_DAY = ["%Y-%m-%d"]
RecordedBy = Annotated[
    dt.datetime | None,
    typer.Option(formats=_DAY, help="From what was recorded by the end of this day, whenever it arrived."),
]
ReceivedBy = Annotated[dt.datetime | None, typer.Option(formats=_DAY, help="What we were saying on this business day.")]


def chosen(recorded_by: dt.datetime | None, received_by: dt.datetime | None) -> Reading:
    """The reading that the options ask for."""
    if recorded_by is not None and received_by is not None:
        raise typer.BadParameter("--recorded-by and --received-by are two readings: ask for one")
    if recorded_by is not None:
        return Reading("recorded", recorded_by.date())
    return Reading("received", received_by.date()) if received_by is not None else NOW
