"""What several pages need: who may, whom a number is, which days."""

import datetime as dt
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from contracts.doors.papers import Printed
from contracts.doors.registry import Addressee, AskAddressees
from contracts.era import read_day
from contracts.vocabulary import JST, Sex
from starlette.responses import Response

from console.asked import ADDRESSEES
from console.store import QUERIES
from console.web import Refusal, Visit

CLERKS = frozenset({"clerk"})
COUNTER = CLERKS | {"desk-head"}
SENDERS = frozenset({"transmittal-clerk"})
BULK = 1_000
SENDING = "transmittal"
"""The affair of what goes to the pension service and comes from it."""
PURPOSES = ("status", "exemption", "claim", "support-benefit")
"""The affairs (事務) of the counter."""


@dataclass(frozen=True)
class Name:
    """Somebody, as a line of a list shows them."""

    addressee: int
    name: str
    name_kana: str
    birth_date: dt.date | None
    sex: Sex
    protected: bool


async def names(visit: Visit, addressees: Iterable[int], purpose: str) -> dict[int, Name]:
    """Names of these numbers; a number that the register does not know has none. Each look is on record there."""
    wanted = sorted(set(addressees))
    found: dict[int, Name] = {}
    for start in range(0, len(wanted), BULK):
        asked = AskAddressees(addressees=tuple(wanted[start : start + BULK]))
        for one in (await visit.ask(ADDRESSEES, asked, purpose)).addressees:
            if (known := _name(one)) is not None:
                found[one.addressee] = known
    return found


def _name(one: Addressee) -> Name | None:
    record = one.resident or one.outside
    if record is None:
        return None
    return Name(one.addressee, record.name, record.name_kana, record.birth_date, record.sex, one.protected)


def document(files: Mapping[str, bytes], name: str) -> Response:
    """What was made to be printed, shown in the browser; several files, or such as no browser shows, as one zip file."""
    if len(files) == 1 and next(iter(files)).endswith(".pdf"):
        content, media_type, how = next(iter(files.values())), "application/pdf", f'inline; filename="{name}.pdf"'
    else:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for file, one in files.items():
                archive.writestr(zipfile.ZipInfo(file), one)
        content, media_type, how = packed.getvalue(), "application/zip", f'attachment; filename="{name}.zip"'
    return Response(content, media_type=media_type, headers={"content-disposition": how})


def reminders(printed: Printed) -> Response:
    """Letters to those with a filing past its day (届出勧奨). Refusal where there is nobody to write to, or no address."""
    if printed.unreached and not printed.files:
        raise Refusal("unreached", "住所が分からないため、手紙を作れません。", 409)
    if not printed.files:
        raise Refusal("nobody_to_remind", "届出を勧める相手はいません。", 409)
    return document(printed.files, "reminders")


def day_of(visit: Visit, box: str) -> dt.date:
    """The day in a box that has to have one. Refusal, in a sentence, for what is no day."""
    return day_or(visit.typed(box) or "-", dt.date.min)


def number_of(visit: Visit, box: str) -> int:
    """The number in a box, typed in any width. Refusal, in a sentence, where none stands there."""
    plain = unicodedata.normalize("NFKC", visit.typed(box))
    if not re.fullmatch(r"[0-9]{1,15}", plain):
        raise Refusal("no_number", "数字で入力してください。", 422)
    return int(plain)


def purpose_of(visit: Visit, text: str) -> str:
    """The affair that was chosen; the first one where none was."""
    if text and text not in PURPOSES:
        raise Refusal("purpose_unknown", "その事務はありません。", 404)
    return text or PURPOSES[0]


def office_of(visit: Visit, otherwise: str = "") -> str | None:
    """The office that was chosen; None = all of them. Refusal for one that is none."""
    chosen = visit.request.query_params.get("office", otherwise)
    if chosen and chosen not in visit.desk.offices:
        raise Refusal("no_such_office", "その窓口はありません。", 404)
    return chosen or None


def civil_day() -> dt.date:
    """The civil day in Tokyo: of what is recorded by the clock, as accesses are."""
    return dt.datetime.now(JST).date()


async def today(visit: Visit) -> dt.date:
    """The business day; the civil day in Tokyo where no calendar has come yet."""
    day: dt.date | None = await visit.desk.pool.fetchval(QUERIES["today"])
    return day or civil_day()


def day_or(text: str, otherwise: dt.date) -> dt.date:
    """The day that was typed, or another one without it. Refusal, in a sentence, for what is no day."""
    if not text.strip():
        return otherwise
    try:
        return read_day(text)
    except ValueError as error:
        raise Refusal("no_day", str(error), 422) from None
