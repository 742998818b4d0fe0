"""A person's own rights: requests for disclosure, correction and suspension, and questions (開示・訂正・利用停止の請求、問合せ)."""

from typing import get_args

from contracts import wording
from contracts.doors.rights import (
    AskRequests,
    DecideRequest,
    Disclosure,
    ExtendRequest,
    RegisterRequest,
    RequestKind,
    RequestNamed,
    RequestOutcome,
)
from contracts.vocabulary import Model
from starlette.responses import Response

from console import asked
from console.screens import common
from console.web import Refusal, Screen, Visit, made

CLERKS, HEADS = frozenset({"rights-clerk"}), frozenset({"rights-head"})
AFFAIR = "disclosure"
OUTCOMES: dict[RequestOutcome, str] = {
    "granted": "認める",
    "partly": "一部を認める",
    "refused": "認めない",
    "answered": "回答した",
    "withdrawn": "取下げ",
}


async def requests(visit: Visit) -> Response:
    """Requests and until when each is to be decided; one is registered, extended once, decided by another person."""
    if visit.request.method == "POST":
        await _step(visit)
        return visit.goto("/rights")
    decided = visit.request.query_params.get("decided") == "1"
    found = (await visit.ask(asked.RIGHTS_REQUESTS, AskRequests(decided=decided), AFFAIR)).requests
    return visit.page(
        "rights.html",
        requests=[(one, visit.seal(n=one.number)) for one in found],
        wording=wording,
        outcomes=OUTCOMES,
        decided=decided,
        head=bool(HEADS & visit.roles),
        today=await common.today(visit),
    )


async def _step(visit: Visit) -> None:
    body: Model
    match visit.typed("do"):
        case "register" if visit.typed("kind") in get_args(RequestKind):
            body = made(
                RegisterRequest,
                number=visit.typed("number"),
                kind=visit.typed("kind"),
                addressee=common.number_of(visit, "addressee"),
                received_on=common.day_or(visit.typed("received_on"), await common.today(visit)),
                note=visit.typed("note"),
            )
            await visit.ask(asked.REGISTER_RIGHTS, body, AFFAIR)
        case "extend":
            body = made(ExtendRequest, number=visit.typed("number"), reason=visit.typed("reason"))
            await visit.ask(asked.EXTEND_RIGHTS, body, AFFAIR, visit.typed("number"))
        case "decide" if visit.typed("outcome") in get_args(RequestOutcome):
            body = made(
                DecideRequest, number=visit.typed("number"), outcome=visit.typed("outcome"), note=visit.typed("note")
            )
            await visit.ask(asked.DECIDE_RIGHTS, body, AFFAIR, visit.typed("number"))
        case _:
            raise Refusal("no_such_step", "選んだ操作が分かりません。", 422)


async def disclosure(visit: Visit) -> Response:
    """Everything that is held about the person of a request, as a draft for the decision."""
    number = visit.unseal(visit.request.path_params["what"])["n"]
    shown: Disclosure = await visit.ask(asked.DISCLOSURE, RequestNamed(number=number), AFFAIR, number)
    return visit.page("disclosure.html", shown=shown)


SCREENS = (
    Screen("/rights", "rights.manage", CLERKS | HEADS, requests, ("GET", "POST"), title="開示・訂正等の請求"),
    Screen("/rights/{what}", "rights.manage", CLERKS | HEADS, disclosure),
)
