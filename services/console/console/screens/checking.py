"""The reception book, and what a second person does with a filing: checks it against the paper, gives it back, decides that it goes out."""

import datetime as dt
from typing import get_args

from contracts import wording
from contracts.doors.counter import TO_CHECK, AskBook, AskFiling, AskReach, BookLine, FilingShown, FilingState, Result
from contracts.doors.filings import CheckFiling, DecideSending, ReturnFiling, WithdrawFiling
from contracts.era import read_day
from contracts.purposes import PURPOSES
from contracts.sheet import row
from pydantic import ValidationError
from starlette.responses import Response

from console import doors, forms
from console.asked import BOOK, FILING, REACH
from console.screens import common
from console.screens.papers import LETTERS
from console.screens.reception import BY_CYCLE
from console.web import Refusal, Screen, Visit

RETURN_REASONS = {
    "item_missing": "記載漏れ",
    "paper_missing": "書類の不足",
    "illegible": "判読できない",
    "not_competent": "管轄外",
    "not_applicable": "該当しない",
    "other": "その他",
}
WITHDRAW_REASONS = {"by_applicant": "届出人の申出", "entered_by_mistake": "誤入力"}
MONTH = dt.timedelta(days=30)


async def book(visit: Visit) -> Response:
    """The reception book of an affair: what waits first, or every line of some days."""
    query = visit.request.query_params
    purpose = common.purpose_of(visit, query.get("purpose", ""))
    today = await common.today(visit)
    since, until = common.day_or(query.get("since", ""), today - MONTH), common.day_or(query.get("until", ""), today)
    state, office = query.get("state", ""), common.office_of(visit)
    try:
        states = (state,) if state in get_args(FilingState) else ()
        result = query.get("result") if query.get("result") in get_args(Result) else None
        asked = AskBook(since=since, until=until, states=states, result=result, office=office)  # type: ignore[arg-type]
    except ValidationError:
        raise Refusal("day_order", "終わりの日が始めの日より前です。", 422) from None
    found = await visit.ask(BOOK, asked, purpose)
    lines = sorted(found.lines, key=_urgency)
    known = await common.names(visit, [line.addressee for line in lines], purpose)
    return visit.page(
        "book.html",
        lines=[
            (line, known.get(line.addressee), visit.seal(a=line.addressee, f=line.filing, p=purpose)) for line in lines
        ],
        more=found.more,
        counts={one: sum(line.state == one for line in lines) for one in get_args(FilingState)},
        purpose=purpose,
        purposes_here=common.PURPOSES,
        since=since,
        until=until,
        state=state,
        result=result,
        office=office,
        wording=wording,
        to_check=TO_CHECK,
    )


def _urgency(line: BookLine) -> tuple[bool, dt.date, str]:
    return line.state != "waiting", line.received_on, line.filing


async def filing(visit: Visit) -> Response:
    """A filing: entry and check side by side; with a form sent, the step that was chosen."""
    what = visit.unseal(visit.request.path_params["what"])
    purpose = what["p"]
    shown = await visit.ask(FILING, AskFiling(filing=what["f"], addressee=what["a"]), purpose, what["f"])
    errors: dict[str, str] = {}
    if visit.request.method == "POST":
        errors = await _step(visit, shown, purpose)
        if not errors:
            return visit.goto(f"/filings/{visit.request.path_params['what']}?done={visit.typed('do')}")
    return await _page(visit, shown, purpose, errors)


async def _page(visit: Visit, shown: FilingShown, purpose: str, errors: dict[str, str]) -> Response:
    entry = shown.entries[0]
    check = next((one for one in shown.checks if one.checked_at >= entry.entered_at), None)
    person = (await common.names(visit, [shown.addressee], purpose)).get(shown.addressee)
    words = forms.words(entry.content)
    differs = forms.differences(entry.content, check.content) if check is not None else frozenset()
    blind = visit.request.query_params.get("blind") == "1"
    reach = None
    if visit.request.query_params.get("reach") == "1":
        asked = AskReach(filing=shown.filing, addressee=shown.addressee)
        found = await visit.ask(REACH, asked, purpose, shown.filing)
        reach = [row(line) for line in found.lost], [row(line) for line in found.gained]
    filled = forms.filled(entry.content.kind, entry.content) | forms.filled_evidence(entry.evidence)
    filled |= {"received_on": [entry.received_on.isoformat()], "channel": [entry.channel], "office": [entry.office]}
    correction = visit.seal(a=shown.addressee, p=purpose, f=shown.filing, r=entry.revision, t=filled)
    return visit.page(
        "filing.html",
        422 if errors else 200,
        shown=shown,
        entry=entry,
        check=check,
        person=person,
        words_of=words,
        check_words=dict(forms.words(check.content)) if check is not None else {},
        differs=differs,
        evidence=forms.evidence_words(entry.evidence),
        own=entry.entered_by == visit.session.account,
        blind=blind,
        boxes=forms.boxes(entry.content.kind),
        ground_boxes=forms.GROUND_BOXES,
        grounds=range(forms.GROUNDS),
        typed=visit.boxes(),
        errors=errors,
        wording=wording,
        purpose_title=PURPOSES[purpose].title,
        return_reasons=RETURN_REASONS,
        withdraw_reasons=WITHDRAW_REASONS,
        correction=correction,
        who=visit.seal(a=shown.addressee, b=person.birth_date.isoformat(), p=purpose)
        if person and person.birth_date
        else None,
        what=visit.request.path_params["what"],
        may_decide="desk-head" in visit.roles,
        done=visit.request.query_params.get("done", ""),
        letters=LETTERS,
        reach=reach,
        with_income=entry.content.kind in BY_CYCLE,
    )


async def _step(visit: Visit, shown: FilingShown, purpose: str) -> dict[str, str]:
    """Takes the step that was chosen; a sentence for each box that is not as it should be."""
    entry, number, who = shown.entries[0], shown.filing, shown.addressee
    kind = entry.content.kind
    match visit.typed("do"):
        case "agree":
            seen = visit.typed("revision")
            if seen != str(entry.revision):
                raise Refusal("entered_meanwhile", "入力し直されています。開き直して確かめてください。", 409)
            if visit.typed("compared") != "on":
                return {"compared": "届書の原本と見比べたら、印を付けてください。"}
            check = CheckFiling(filing=number, addressee=who, received_on=entry.received_on, content=entry.content)
            await visit.act(doors.CHECK_DOOR, check, purpose, number)
        case "check":
            typed = forms.read(kind, visit.boxes())
            errors = dict(typed.errors)
            try:
                received_on = read_day(visit.typed("received_on"))
            except ValueError as error:
                errors["received_on"] = str(error)
            if errors or typed.content is None:
                return errors
            check = CheckFiling(filing=number, addressee=who, received_on=received_on, content=typed.content)
            await visit.act(doors.CHECK_DOOR, check, purpose, number)
        case "decide":
            decision = DecideSending(filing=number, addressee=who, kind=kind, office=visit.office)
            await visit.act(doors.DECIDE_DOOR, decision, purpose, number)
        case "return" if visit.typed("reason") in RETURN_REASONS:
            back = {
                "kind": kind,
                "revision": entry.revision,
                "reason": visit.typed("reason"),
                "filing": number,
                "addressee": who,
            }
            await visit.act(doors.RETURN_DOOR, ReturnFiling.model_validate(back), purpose, number)
        case "withdraw" if visit.typed("reason") in WITHDRAW_REASONS:
            taken = {"kind": kind, "reason": visit.typed("reason"), "filing": number, "addressee": who}
            await visit.act(doors.WITHDRAW_DOOR, WithdrawFiling.model_validate(taken), purpose, number)
        case _:
            raise Refusal("no_such_step", "選んだ操作が分かりません。", 422)
    return {}


SCREENS = (
    Screen("/book", "book.look", common.COUNTER, book, title="受付処理簿"),
    Screen("/filings/{what}", "book.look", common.COUNTER, filing, ("GET", "POST")),
)
