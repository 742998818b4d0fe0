"""For operations (運用): how every service stands and what waits between them; what was set aside, and trying it again."""

import asyncio
from dataclasses import dataclass
from typing import Any

from chassis import operations as everywhere
from chassis.doors import Door
from contracts import wording
from contracts.doors.operations import AskSetAside, AskState, ServiceState, SetAsideRecords, TryAgain
from contracts.vocabulary import SERVICES, Model
from starlette.responses import Response

from console.web import Asked, Refusal, Screen, Visit, made

OPERATORS = frozenset({"operator"})
AFFAIR = "operations"
FLOW = (
    ("registry-sync", 0, 0),
    ("tax-income", 0, 1),
    ("eligibility", 1, 0),
    ("console", 1, 1),
    ("transmittal", 2, 0),
    ("audit", 2, 1),
)
"""Where each service stands in the picture: column and row."""
ARROWS = (
    ("registry-sync", "eligibility"),
    ("registry-sync", "tax-income"),
    ("tax-income", "eligibility"),
    ("console", "eligibility"),
    ("eligibility", "transmittal"),
    ("transmittal", "audit"),
)
WIDTH, HEIGHT = 240, 110


@dataclass(frozen=True)
class Station:
    """A service in the picture; `state` is None where it does not answer."""

    name: str
    x: int
    y: int
    state: ServiceState | None

    @property
    def lag(self) -> int:
        return sum(self.state.lag.values()) if self.state else 0

    @property
    def mark(self) -> str:
        """How it stands: bad, warn or good."""
        if self.state is None or self.state.failing:
            return "bad"
        return "warn" if self.state.parked or self.state.set_aside or self.lag else "good"


async def operations(visit: Visit) -> Response:
    """The flow with what waits in it, and the work list of what was set aside."""
    if visit.request.method == "POST":
        return await _try_again(visit)
    states, asides = await asyncio.gather(
        asyncio.gather(*(_state(visit, service) for service in SERVICES)),
        asyncio.gather(*(_set_aside(visit, service) for service in SERVICES)),
    )
    stations = {
        name: Station(
            name, 20 + column * (WIDTH + 60), 20 + row * (HEIGHT + 40), dict(zip(SERVICES, states, strict=True))[name]
        )
        for name, column, row in FLOW
    }
    return visit.page(
        "operations.html",
        wording=wording,
        stations=list(stations.values()),
        arrows=[_arrow(stations[one], stations[other]) for one, other in ARROWS],
        width=WIDTH,
        height=HEIGHT,
        records=[
            (service, one, visit.seal(s=service, a=one.addressee) if one.addressee is not None else "")
            for service, found in zip(SERVICES, asides, strict=True)
            for one in (found.records if found else ())
        ],
    )


def _arrow(one: Station, other: Station) -> dict[str, float]:
    """From the edge of a box to the edge of another."""
    x1, y1, x2, y2 = (z + half for box in (one, other) for z, half in ((box.x, WIDTH / 2), (box.y, HEIGHT / 2)))
    far = max(abs(x2 - x1) / WIDTH, abs(y2 - y1) / HEIGHT)  # in boxes, centre to centre
    out_x, out_y = (x2 - x1) / far / 2, (y2 - y1) / far / 2
    return {"x1": x1 + out_x, "y1": y1 + out_y, "x2": x2 - out_x, "y2": y2 - out_y}


async def _state(visit: Visit, service: str) -> ServiceState | None:
    found: ServiceState | None = await _asked(visit, service, everywhere.STATE, AskState())
    return found


async def _set_aside(visit: Visit, service: str) -> SetAsideRecords | None:
    found: SetAsideRecords | None = await _asked(visit, service, everywhere.SET_ASIDE, AskSetAside())
    return found


async def _asked(visit: Visit, service: str, door: Door, body: Model) -> Any:
    """What a door that every service has answers; None where the service is silent: that is a red box, and not the end of the page."""
    try:
        if service == visit.desk.settings.service:
            return await visit.act(door, body, AFFAIR)
        return await visit.ask(Asked(service, door.path, door.answers), body, AFFAIR)
    except Refusal as refusal:
        if refusal.status < 500:
            raise
        return None


async def _try_again(visit: Visit) -> Response:
    what = visit.unseal(visit.typed("what"))
    if await _asked(visit, what["s"], everywhere.TRY_AGAIN, made(TryAgain, addressee=what["a"])) is None:
        raise Refusal(
            "not_available", "いまは応答がありません。何も行われていません。しばらくしてからやり直してください。", 503
        )
    return visit.goto("/operations")


SCREENS = (Screen("/operations", "operations.look", OPERATORS, operations, ("GET", "POST"), title="運用"),)
