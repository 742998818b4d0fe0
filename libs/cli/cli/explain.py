"""Why is a resident's determination what it is? Printed from the facts, after an access record is committed.

The answer names its reading (decision 3): as known now, as recorded by a day, or as received by a day. The last is no
determination made again but what we were saying on that day.
"""

import datetime as dt
import json
from dataclasses import asdict
from typing import Any

import asyncpg
from chassis import database, settings
from chassis.transaction import Access
from contracts.era import japanese_day
from contracts.vocabulary import Month
from eligibility import note, premium_due, store
from eligibility.determine import Determination, assessed, determine
from eligibility.difference import sayings
from eligibility.facts import Person, as_recorded, persons_of
from eligibility.parameter_files import parameters

from cli.access import recorded
from cli.reading import NOW, Reading
from cli.screen import out
from cli.services import environment_settings
from cli.stack import Stack

FIELDS = ("birth_date", *note.NOTED)
"""What somebody sees of a resident, as the access record has it."""


class NobodyError(Exception):
    """Nothing is known of this addressee number."""


async def explain(
    given: Stack,
    addressee: int,
    month: Month | None,
    access: Access,
    reading: Reading = NOW,
    language: note.Language = "ja",
) -> dict[str, Any]:
    """The determination of one resident and its legal trace, with the note that says it in words.

    The access record is committed before anything is returned.
    """
    own: settings.Settings = environment_settings(given, "eligibility")
    pool = await database.connect(own.database, connections=1)
    try:
        async with pool.acquire() as connection:
            day = reading.on(await connection.fetchval("select business_day from clock"))
            if reading.by == "received":
                said = await _received(connection, addressee, month, day)
            else:
                who, found = await _determination(connection, addressee, day, reading)
                said = answer(who, found, day, month, reading, language)
            await recorded(own, connection, [addressee], access, "explain", FIELDS)
    finally:
        await pool.close()
    return {"addressee": addressee, "reading": str(reading)} | said


async def _received(
    connection: asyncpg.Connection, addressee: int, month: Month | None, day: dt.date
) -> dict[str, Any]:
    """What we were saying of one resident on a business day; of lines about months those that hold for the month."""
    rows = await connection.fetch(database.queries("chassis")["received_by"], [addressee], day)
    if not rows:
        raise NobodyError(f"On {day} we were saying nothing of addressee number {addressee}.")
    said = [
        {"topic": row["topic"], "key": row["key"], "type": row["type"], "data": json.loads(row["value"])}
        for row in rows
    ]
    return {"said": [one for one in said if month is None or _holds_for(one["data"], month)]}


def _holds_for(data: dict[str, Any], month: Month) -> bool:
    first, last = (Month.parse(data[name]) if data.get(name) else month for name in ("first_month", "last_month"))
    return first <= month <= last


async def _determination(
    connection: asyncpg.Connection, addressee: int, day: dt.date, reading: Reading
) -> tuple[Person, Determination]:
    known = await store.facts_around(connection, [addressee])
    if reading.by == "recorded":
        known = {number: facts for number, every in known.items() if (facts := as_recorded(every, day))}
    if addressee not in known:
        raise NobodyError(f"Nothing is known of addressee number {addressee}; is it the number 宛名番号 of a resident?")
    persons = persons_of(known)
    if (into := persons[addressee].merged_into) is not None:
        raise NobodyError(f"Addressee number {addressee} was merged into {into} (名寄せ): ask about that one.")
    return persons[addressee], determine(persons[addressee], persons, day, parameters())


def in_words(reading: Reading, language: note.Language) -> str:
    """The reading as the first line has it."""
    if language == "en":
        return f"{reading}: what we were saying then" if reading.by == "received" else str(reading)
    if reading.day is None:
        return "現在知られている事実による"
    day = japanese_day(reading.day)
    return (
        f"{day}までに届いた事実により当方が伝えていたこと"
        if reading.by == "received"
        else f"{day}までに記録された事実による"
    )


def answer(
    who: Person, found: Determination, day: dt.date, month: Month | None, reading: Reading, language: note.Language
) -> dict[str, Any]:
    """A determination as data, and the note that says it in words."""
    written = note.note(who, found, day, parameters(), language, month, in_words(reading, language))
    return _parts(who, found, month) | {"note": [asdict(one) for one in written]}


def _parts(who: Person, found: Determination, month: Month | None) -> dict[str, Any]:
    parts: dict[str, Any] = {
        "addressee": who.addressee,
        "needs_person": list(who.needs_person),
        "insured_status": found.insured_status.model_dump(mode="json") if found.insured_status else None,
        "status": [
            {
                "on": step.on.isoformat(),
                "from": step.before,
                "to": step.after,
                "reason": step.mark.reason,
                "certainty": step.certainty,
                "confirmed_by": step.mark.basis,
                "article": step.mark.article,
                "facts": list(step.mark.facts),
            }
            for step in found.transitions
        ],
        "exemptions": [
            line.model_dump(mode="json", exclude={"trace", "withdrawn"})
            | {"trace": [s.model_dump(mode="json") for s in line.trace]}
            for number in found.assessments
            for line in assessed(found, number, who)
            if month is None or line.first_month <= month <= line.last_month
        ],
        "decisions": [decision.model_dump(mode="json", exclude={"withdrawn"}) for decision in found.decisions],
        **_said(who, found, month),
    }
    if month is not None:
        parts["month"] = str(month)
        parts["category"] = found.timeline.category_of(month)
        parts["premium"] = _premium(premium_due.due(found, month, parameters()))
        parts["schemes"] = [
            {
                "filing": number,
                "scheme": scheme,
                "outcome": v.outcome,
                "failed_by": v.failed_by,
                "yen_over_the_line": v.over_yen,
            }
            for number, results in found.assessments.items()
            for result in results
            if result.month == month
            for scheme, v in result.verdicts.items()
        ]
    return parts


_PARTS = {
    "reviews": "review/",
    "exempt_months": "months/",
    "additional_premium": "additional/",
    "filings": "filing/",
    "hints": "hint/",
}
"""Parts of the answer, by the keys under which they are published."""


def _said(who: Person, found: Determination, month: Month | None) -> dict[str, list[dict[str, Any]]]:
    """The other parts of a determination as they are published; of lines about months those that hold for the month."""
    said = sayings(found, who, parameters())
    parts = {
        name: [one.data.model_dump(mode="json", exclude={"withdrawn"}) for one in said if one.key.startswith(key)]
        for name, key in _PARTS.items()
    }
    # A filing is shown whatever month it is about: what it asks for may end, or begin, another one.
    return {
        name: [one for one in lines if month is None or name == "filings" or _holds_for(one, month)]
        for name, lines in parts.items()
    }


def _premium(one: premium_due.Due) -> dict[str, Any]:
    return {
        "state": one.state,
        "yen_due": one.yen,
        "rate_held": one.yen is not None,
        "additional_yen": one.additional_yen,
        "values_in_force_since": str(one.since) if one.since is not None else None,
    }


def show(answer: dict[str, Any]) -> None:
    """The decision note, as it would stand on paper; its first line names the reading."""
    written = [note.Paragraph(one["heading"], tuple(one["lines"])) for one in answer["note"]]
    # Neither wrapped nor coloured: a note is copied into files and compared.
    out.print(note.text(written), markup=False, highlight=False, soft_wrap=True, end="")


def show_said(answer: dict[str, Any], reading: Reading, language: note.Language) -> None:
    """What we were saying, statement by statement as it was published: an answer as received by a day."""
    title = {
        "ja": f"参考判定（裁定ではありません）　宛名番号{answer['addressee']}　{in_words(reading, language)}",
        "en": f"Pre-check, not a decision: addressee number {answer['addressee']}, {in_words(reading, language)}",
    }
    out.print(title[language], markup=False, highlight=False, soft_wrap=True)
    for one in answer["said"]:
        out.print(f"{one['type']} {one['topic']} {one['key']}")
        for name, value in one["data"].items():
            if name != "trace":
                out.print(f"   {name}: {value}", markup=False)
        for step in one["data"].get("trace", ()):
            out.print(f"   {step['article']}: {step['outcome']}, {step['reason']}", markup=False)
