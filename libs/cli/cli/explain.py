"""Why is a resident's determination what it is? Printed from the facts, after an access record is committed.

The answer names its reading (decision 3): as known now, as recorded by a day, or as received by a day. The last is no
determination made again but what we were saying on that day.
"""

import datetime as dt
import json
from typing import Any

import asyncpg
from chassis import database, sealing, settings
from chassis.transaction import Access, Transaction
from contracts.vocabulary import Month
from eligibility import store
from eligibility.determine import Determination, assessed, determine
from eligibility.facts import Person, as_recorded, person
from eligibility.handlers import parameters
from rich.table import Table

from cli.reading import NOW, Reading
from cli.screen import out
from cli.services import environment_settings
from cli.stack import Stack

FIELDS = ("insured_periods", "exemptions", "incomes_over_the_line", "household_members")


class NobodyError(Exception):
    """Nothing is known of this addressee number."""


async def explain(
    given: Stack, addressee: int, month: Month | None, access: Access, reading: Reading = NOW
) -> dict[str, Any]:
    """The determination of one resident and its legal trace. The access record is committed before anything is returned."""
    own: settings.Settings = environment_settings(given, "eligibility")
    pool = await database.connect(own.database, connections=1)
    try:
        async with pool.acquire() as connection:
            day = reading.on(await connection.fetchval("select business_day from clock"))
            if reading.by == "received":
                answer = await _received(connection, addressee, month, day)
            else:
                answer = _answer(*await _determination(connection, addressee, day, reading), month)
            async with connection.transaction():
                transaction = Transaction(own, connection, sealing.load(own.key_file))
                await transaction.record_access(addressee, access, "explain", FIELDS, 1)
                await transaction.send()
    finally:
        await pool.close()
    return {"addressee": addressee, "reading": str(reading)} | answer


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
    first, last = (Month.parse(data[name]) if name in data else month for name in ("first_month", "last_month"))
    return first <= month <= last


async def _determination(
    connection: asyncpg.Connection, addressee: int, day: dt.date, reading: Reading
) -> tuple[Person, Determination]:
    circle = [r["addressee"] for r in await connection.fetch(store.QUERIES["circle"], [addressee], [], [], [])]
    known = await store.facts_of(connection, circle)
    if reading.by == "recorded":
        known = {number: facts for number, every in known.items() if (facts := as_recorded(every, day))}
    if addressee not in known:
        raise NobodyError(f"Nothing is known of addressee number {addressee}; is it the number 宛名番号 of a resident?")
    persons = {number: person(number, facts) for number, facts in known.items()}
    return persons[addressee], determine(persons[addressee], persons, day, parameters())


def _answer(who: Person, found: Determination, month: Month | None) -> dict[str, Any]:
    answer: dict[str, Any] = {
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
    }
    if month is not None:
        answer["month"] = str(month)
        answer["category"] = found.timeline.category_of(month)
        answer["schemes"] = [
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
    return answer


def show(answer: dict[str, Any]) -> None:
    """The answer as tables: status, exemptions with their reasons, and one month scheme by scheme."""
    out.print(f"Addressee {answer['addressee']}, {answer['reading']}: pre-check (参考判定), not a decision")
    if answer["needs_person"]:
        out.print(f"[yellow]needs a person: {', '.join(answer['needs_person'])}")
    table = Table("on", "from", "to", "reason", "certainty", "confirmed by", "article", title="Insured status")
    for step in answer["status"]:
        before, after = (f"category {c}" if c else "none" for c in (step["from"], step["to"]))
        table.add_row(
            step["on"], before, after, step["reason"], step["certainty"], step["confirmed_by"], step["article"]
        )
    out.print(table)
    for line in answer["exemptions"]:
        out.print(
            f"{line['filing']} {line['first_month']}..{line['last_month']}: {line['outcome']}"
            + (f" {line['scheme']}" if line.get("scheme") else "")
        )
        for scheme, role in line["refused"]:
            out.print(f"   not {scheme}: the line is passed by the {role}")
        for need in line["needs"]:
            out.print(f"   needed: income {need['income_year']} of the {need['role']} ({need['why']})")
        for step in line["trace"]:
            since = f", values since {step['parameters_from']}" if step.get("parameters_from") else ""
            who = f" ({step['role']})" if step.get("role") else ""
            out.print(f"   {step['article']}{who}: {step['outcome']}, {step['reason']}{since}")
    for row in answer.get("schemes", ()):
        over = f", {row['yen_over_the_line']:,} yen over the line" if row["yen_over_the_line"] else ""
        by = f" by the {row['failed_by']}" if row["failed_by"] else ""
        out.print(f"   {answer['month']} {row['scheme']}: {row['outcome']}{by}{over}")


def show_said(answer: dict[str, Any]) -> None:
    """What we were saying, statement by statement: an answer as received by a day."""
    out.print(f"Addressee {answer['addressee']}, {answer['reading']}: what we were saying then, not a decision")
    for one in answer["said"]:
        out.print(f"{one['type']} {one['topic']} {one['key']}")
        for name, value in one["data"].items():
            if name != "trace":
                out.print(f"   {name}: {value}", markup=False)
        for step in one["data"].get("trace", ()):
            out.print(f"   {step['article']}: {step['outcome']}, {step['reason']}", markup=False)
