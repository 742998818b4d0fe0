"""Beside the sheet of a person: notes, the portable terminal's memos, where the papers are; the household; what if an income were another."""

import datetime as dt
import re
import unicodedata
import uuid
from collections.abc import Mapping
from typing import Any

from contracts import wording
from contracts.doors.counter import AskNote, AssumedIncome, NoteShown
from contracts.doors.inquiry import AskView
from contracts.doors.papers import AskPapers, PaperPlace, PrintReminder
from contracts.doors.records import (
    AskNotes,
    AskTranscriptions,
    CheckTranscription,
    Transcribe,
    WriteNote,
)
from contracts.doors.registry import AskHousehold
from contracts.era import read_day
from contracts.events.terminal import ReadItem
from contracts.members import LABELS, in_words
from contracts.purposes import PURPOSES
from contracts.vocabulary import JST
from pydantic import ValidationError
from starlette.responses import Response

from console import asked, doors
from console.screens import common
from console.screens.people import ROLES
from console.web import Refusal, Screen, Visit, made

ROWS = 4
"""Lines of a memo of the portable terminal that fit on the page."""
WHAT = ("membership", "months_paid", "months_exempt", "months_unpaid", "number")
PLACES = {
    "desk": "窓口で保管",
    "sealed": "進達に編入（発送前）",
    "sent": "日本年金機構へ発送",
    "received": "日本年金機構が受領",
    "returned": "日本年金機構から返戻",
}
PREMIUM = ("exemption",)
"""Affairs in which incomes decide."""


async def records(visit: Visit) -> Response:
    """Notes of the counter, memos of the terminal, papers; a note or a memo is added, a memo is checked by another person."""
    who, purpose = _who(visit)
    errors: dict[str, str] = {}
    if visit.request.method == "POST":
        if visit.typed("do") == "remind":
            wanted = PrintReminder(addressee=who["a"], again=bool(visit.typed("again")))
            return common.reminders(await visit.ask(asked.PRINT_REMINDER, wanted, purpose))
        errors = await _add(visit, who, purpose)
        if not errors:
            return visit.goto(f"/people/{visit.request.path_params['who']}/records")
    around = await _around(visit, who, purpose)
    person = who["a"]
    notes = (await visit.ask(asked.NOTES, AskNotes(addressee=person), purpose)).notes
    memos = (await visit.ask(asked.TRANSCRIPTIONS, AskTranscriptions(addressee=person), purpose)).transcriptions
    places: tuple[PaperPlace, ...] = ()
    if "clerk" in visit.roles:
        places = (await visit.ask(asked.PAPERS, AskPapers(addressee=person), purpose)).places
    return visit.page(
        "records.html",
        422 if errors else 200,
        **around,
        errors=errors,
        typed=visit.typed,
        notes=notes,
        memos=[(one, [_item(item) for item in one.items]) for one in memos],
        places=places,
        place_words=PLACES,
        wording=wording,
        draft=visit.typed("draft") or str(uuid.uuid4()),
        rows=range(ROWS),
        what=[(code, in_words("what", code)) for code in WHAT],
        categories=[("", ""), *((str(code), pair[0]) for code, pair in wording.CATEGORIES.items() if code)],
        today=await common.today(visit),
    )


def _who(visit: Visit) -> tuple[Mapping[str, Any], str]:
    who = visit.unseal(visit.request.path_params["who"])
    return who, who["p"]


async def _around(visit: Visit, who: Mapping[str, Any], purpose: str) -> dict[str, Any]:
    person = (await common.names(visit, [who["a"]], purpose)).get(who["a"])
    if person is not None and person.protected and "protection-clerk" not in visit.roles:
        raise Refusal("protected", "支援措置の対象者です。照会できません。")
    return {
        "who": visit.request.path_params["who"],
        "person": person,
        "purpose": purpose,
        "purpose_title": PURPOSES[purpose].title,
    }


def _item(item: ReadItem) -> list[tuple[str, str]]:
    """Label and words of one line of a memo."""
    return [(LABELS[name], in_words(name, value)) for name, value in item.model_dump(exclude_none=True).items()]


async def _add(visit: Visit, who: Mapping[str, Any], purpose: str) -> dict[str, str]:
    """Takes what was typed; a sentence for each box that is not as it should be."""
    match visit.typed("do"):
        case "note":
            if not visit.typed("text"):
                return {"text": "入力してください。"}
            on = common.day_or(visit.typed("on"), await common.today(visit))
            note = made(WriteNote, draft=_draft(visit), addressee=who["a"], on=on, text=visit.typed("text"))
            await visit.ask(asked.WRITE_NOTE, note, purpose)
        case "memo":
            items, errors = _items(visit)
            used_at, wrong = _moment(visit)
            if errors or wrong:
                return errors | wrong
            memo = made(
                Transcribe, draft=_draft(visit), addressee=who["a"], used_at=used_at, office=visit.office, items=items
            )
            await visit.act(doors.TRANSCRIBE_DOOR, memo, purpose)
        case "compare":
            items, errors = _items(visit)
            if errors:
                return errors
            check = made(CheckTranscription, transcription=visit.typed("memo"), addressee=who["a"], items=items)
            await visit.act(doors.COMPARE_DOOR, check, purpose)
        case _:
            raise Refusal("no_such_step", "選んだ操作が分かりません。", 422)
    return {}


def _draft(visit: Visit) -> str:
    try:
        return str(uuid.UUID(visit.typed("draft")))
    except ValueError:
        raise Refusal("no_draft", "その下書きはありません。", 404) from None


def _moment(visit: Visit) -> tuple[dt.datetime | None, dict[str, str]]:
    """The day and the time at which the terminal was used."""
    try:
        day = read_day(visit.typed("used_on"))
        hours, _, minutes = unicodedata.normalize("NFKC", visit.typed("used_at")).partition(":")
        hour = dt.time(int(hours), int(minutes))
    except ValueError:
        return None, {"used_on": "使用した日と時刻を入力してください（例 R8.11.24、09:30）。"}
    return dt.datetime.combine(day, hour, JST), {}


def _items(visit: Visit) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The lines of a memo that were filled in."""
    found: list[dict[str, Any]] = []
    for number in range(ROWS):
        texts = {name: visit.typed(f"{name}-{number}") for name in ReadItem.model_fields}
        if not texts["what"]:
            continue
        try:
            one = {name: _read(name, text) for name, text in texts.items() if text}
            found.append(ReadItem(**one).model_dump(exclude_none=True))
        except (ValueError, ValidationError):
            return [], {"items": f"{number + 1}行目を確かめてください。"}
    return (found, {}) if found else ([], {"items": "一行以上入力してください。"})


def _read(name: str, text: str) -> Any:
    plain = unicodedata.normalize("NFKC", text)
    if name in ("since", "until"):
        return read_day(plain)
    return int(plain) if name in ("category", "months") else plain.replace("-", "")


async def household(visit: Visit) -> Response:
    """With whom somebody lived on a day."""
    who, purpose = _who(visit)
    on = common.day_or(visit.request.query_params.get("on", ""), await common.today(visit))
    around = await _around(visit, who, purpose)
    found = await visit.ask(asked.HOUSEHOLD, AskHousehold(addressee=who["a"], on=on), purpose)
    known = await common.names(visit, [one.addressee for one in found.members], purpose)
    return visit.page(
        "household.html",
        **around,
        on=on,
        household=found.household,
        members=[(one, in_words("relation", one.relation), known.get(one.addressee)) for one in found.members],
    )


async def what_if(visit: Visit) -> Response:
    """The decision note as it would be, if somebody's income were another: a trial, of which nothing is kept."""
    who, purpose = _who(visit)
    if purpose not in PREMIUM:
        raise Refusal("wrong_purpose", "試算は、保険料の免除・納付猶予に関する事務で行います。")
    view = await visit.ask(asked.VIEW, AskView(addressee=who["a"], birth_date=dt.date.fromisoformat(who["b"])), purpose)
    note: NoteShown | None = None
    error = ""
    if visit.request.method == "POST":
        try:
            note = await _trial(visit, who, [one.addressee for one in view.persons])
        except Refusal as refusal:
            error = refusal.title
    day = await common.today(visit)
    return visit.page(
        "what_if.html",
        422 if error else 200,
        **await _around(visit, who, purpose),
        view=view,
        roles=ROLES,
        note=note,
        error=error,
        typed=visit.typed,
        year=day.year - 1 if day.month >= 7 else day.year - 2,
    )


async def _trial(visit: Visit, who: Mapping[str, Any], persons: list[int]) -> NoteShown:
    assumed = []
    for number in persons:
        yen = unicodedata.normalize("NFKC", visit.typed(f"yen-{number}")).replace(",", "")
        if not yen:
            continue
        dependants = unicodedata.normalize("NFKC", visit.typed(f"dependants-{number}")) or "0"
        year = unicodedata.normalize("NFKC", visit.typed("year"))
        if not all(re.fullmatch(r"-?[0-9]{1,11}", text) for text in (yen, dependants, year)):
            raise Refusal("not_readable", "所得・扶養親族・年は数字で入力してください。", 422)
        assumed.append(
            made(
                AssumedIncome,
                addressee=number,
                income_year=int(year),
                total_income_yen=int(yen),
                dependants=int(dependants),
            )
        )
    if not assumed:
        raise Refusal("nothing_assumed", "仮の所得を一人以上入力してください。", 422)
    body = made(
        AskNote,
        addressee=who["a"],
        birth_date=dt.date.fromisoformat(who["b"]),
        language="en" if visit.language == "en" else "ja",
        assumed=assumed,
    )
    return await visit.ask(asked.NOTE, body, who["p"])


SCREENS = (
    Screen("/people/{who}/records", "inquiry.look", common.COUNTER, records, ("GET", "POST")),
    Screen("/people/{who}/household", "households.look", common.COUNTER, household),
    Screen("/people/{who}/what-if", "inquiry.note", common.COUNTER, what_if, ("GET", "POST")),
)
