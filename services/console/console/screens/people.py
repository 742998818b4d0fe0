"""Whom is it about? The search, and the view of one person."""

import datetime as dt
import unicodedata

from contracts import wording
from contracts.doors.counter import AskNote, NoteShown
from contracts.doors.inquiry import AskNumberHolder, AskView, ReadingAsked, View
from contracts.doors.registry import Hit, SearchAddressees
from contracts.era import read_day, read_month
from contracts.purposes import PURPOSES
from contracts.sheet import drawn, reading_in_words, row
from pydantic import ValidationError
from starlette.responses import Response

from console.asked import NOTE, NUMBER, SEARCH, VIEW
from console.screens import common
from console.web import Refusal, Screen, Visit

ROLES = {
    "self": ("本人", "the person"),
    "spouse": ("配偶者", "spouse"),
    "householder": ("世帯主", "householder"),
    "child": ("子", "child"),
    "member": ("世帯員", "member of the household"),
}
TAX = {"exempt": "住民税非課税", "per_capita": "均等割のみ課税", "income_based": "住民税課税", None: "不明"}


async def search(visit: Visit) -> Response:
    """The boxes of a search; with something typed, who it may be."""
    purpose = common.purpose_of(visit, visit.typed("purpose"))
    errors: dict[str, str] = {}
    hits: list[Hit] | None = None
    more = False
    if visit.request.method == "POST":
        try:
            hits, more = await _found(visit, purpose, errors)
        except Refusal as refusal:
            errors[""] = refusal.title
    return visit.page(
        "search.html",
        422 if errors else 200,
        purpose=purpose,
        purposes_here=common.PURPOSES,
        errors=errors,
        typed=visit.typed,
        hits=None if hits is None else [(one, _sealed(visit, one.addressee, one.birth_date, purpose)) for one in hits],
        more=more,
    )


def _sealed(visit: Visit, addressee: int, birth_date: dt.date, purpose: str) -> str:
    return visit.seal(a=addressee, b=birth_date.isoformat(), p=purpose)


async def _found(visit: Visit, purpose: str, errors: dict[str, str]) -> tuple[list[Hit] | None, bool]:
    """Hits of the identifiers that were typed: a number and the birth date, or the reading and the birth date or the address."""
    number, kana, address, born = (visit.typed(name) for name in ("number", "kana", "address", "born"))
    birth_date = None
    if born:
        try:
            birth_date = read_day(born)
        except ValueError as error:
            errors["born"] = str(error)
            return None, False
    if number:
        return await _by_number(visit, purpose, number, birth_date, errors), False
    try:
        asked = SearchAddressees(name_kana=kana, birth_date=birth_date, address=address or None)
    except ValidationError:
        errors["kana" if not kana else "born"] = (
            "フリガナを入力してください。" if not kana else "生年月日か住所のどちらかも入力してください。"
        )
        return None, False
    found = await visit.ask(SEARCH, asked, purpose)
    return list(found.hits), found.more


async def _by_number(
    visit: Visit, purpose: str, typed: str, birth_date: dt.date | None, errors: dict[str, str]
) -> list[Hit] | None:
    """Whoever has this addressee number or basic pension number, if the birth date is theirs."""
    plain = unicodedata.normalize("NFKC", typed).replace("-", "").replace(" ", "")
    if not plain.isdecimal() or len(plain) == 12 or len(plain) > 15:
        errors["number"] = "宛名番号（15桁まで）か基礎年金番号（10桁）を入力してください。個人番号は入力できません。"
        return None
    if birth_date is None:
        errors["born"] = "番号で探すときは、生年月日も入力してください。"
        return None
    numbers = [int(plain)] if plain[0] != "0" else []
    if len(plain) == 10:
        numbers += (await visit.ask(NUMBER, AskNumberHolder(basic_pension_number=plain), purpose)).addressees
    known = await common.names(visit, numbers, purpose)
    return [
        Hit(
            addressee=one.addressee,
            name=one.name,
            name_kana=one.name_kana,
            birth_date=one.birth_date,
            sex=one.sex,
            protected=one.protected,
        )
        for one in known.values()
        if one.birth_date == birth_date
    ]


async def person(visit: Visit) -> Response:
    """The view of one person: who, with whom, over time and line by line, as of a day and in one of three readings."""
    who = visit.unseal(visit.request.path_params["who"])
    query = visit.request.query_params
    by, on, read_by = query.get("by", ""), query.get("on", ""), query.get("day", "")
    reading = None
    if by in ("recorded", "received"):
        reading = ReadingAsked(by=by, day=common.day_or(read_by, await common.today(visit)))  # type: ignore[arg-type]
    asked = AskView(
        addressee=who["a"],
        birth_date=dt.date.fromisoformat(who["b"]),
        on=common.day_or(on, await common.today(visit)) if on else None,
        reading=reading,
    )
    purpose = who["p"]
    view = await visit.ask(VIEW, asked, purpose)
    note, note_refused = None, ""
    if purpose == "exemption" and reading is None and not on:
        try:
            note = await _note(visit, asked)
        except Refusal as refusal:
            note_refused = refusal.title
    return visit.page(
        "person.html",
        view=view,
        who=visit.request.path_params["who"],
        purpose=purpose,
        purpose_title=PURPOSES[purpose].title,
        reading=reading_in_words(view),
        drawing=drawn(view.lines, view.day),
        rows=[row(line) for line in view.lines],
        roles=ROLES,
        tax=TAX,
        wording=wording,
        note=note,
        note_refused=note_refused,
        by=by,
        on=on,
        day=read_by,
        others=_others(visit, view, purpose),
    )


def _others(visit: Visit, view: View, purpose: str) -> list[tuple[str, str]]:
    """The other affairs for which the same person may be looked at, each a look of its own on record."""
    me = view.persons[0]
    if me.birth_date is None:
        return []
    return [
        (PURPOSES[one].title, _sealed(visit, me.addressee, me.birth_date, one))
        for one in common.PURPOSES
        if one != purpose
    ]


async def _note(visit: Visit, asked: AskView) -> NoteShown:
    """The decision note as things are now, of one month where one is named."""
    month = visit.request.query_params.get("month", "")
    try:
        wanted = read_month(month) if month else None
    except ValueError as error:
        raise Refusal("no_month", str(error), 422) from None
    body = AskNote(
        addressee=asked.addressee,
        birth_date=asked.birth_date,
        month=wanted,
        language="en" if visit.language == "en" else "ja",
    )
    return await visit.ask(NOTE, body, "exemption")


SCREENS = (
    Screen("/people", "addressees.search", common.COUNTER, search, ("GET", "POST"), title="個人を探す"),
    Screen("/people/{who}", "inquiry.look", common.COUNTER, person),
)
