"""What does the counter ask of the running system? The reception book, the forms to offer, who reaches an age, and how often the
pension service decided as we had pre-checked."""

import asyncio
import datetime as dt
import json
from collections.abc import Sequence
from typing import Annotated, Any, cast, get_args

import asyncpg
import typer
from chassis import database
from chassis.transaction import Access, Transaction
from contracts import wording
from contracts.doors.counter import AskBook, AskForms, AskMilestones, BookLine, FilingState, FormsOffered
from contracts.purposes import PURPOSE_OF
from contracts.vocabulary import Model
from eligibility import counter_desk, store
from eligibility.milestones import MILESTONES
from rich.table import Table

from cli import stack
from cli.access import AsJson, act_at, asks, business_day, day_or, opened
from cli.screen import out

From = Annotated[str | None, typer.Option("--from", help="YYYY-MM-DD: first day.")]
To = Annotated[str | None, typer.Option("--to", help="YYYY-MM-DD: last day.")]
STATES = get_args(FilingState)
_SENT = """
select filing, max(sealed_on) as sent_on from attempt where filing = any($1::text[]) and state not in ('pending', 'withdrawn')
group by filing
"""


@asks
def book(
    access: Access,
    since: From = None,
    until: To = None,
    state: Annotated[list[str] | None, typer.Option(help=f"Only these: {', '.join(STATES)}.")] = None,
    as_json: AsJson = False,
) -> None:
    """The reception book (受付処理簿): each filing with its state, and why it waits or is refused. Leaves access records."""
    wanted = tuple(state or ())
    if unknown := set(wanted) - set(STATES):
        raise typer.BadParameter(f"{', '.join(sorted(unknown))} is not one of {', '.join(STATES)}")

    async def read(transaction: Transaction) -> list[dict[str, Any]]:
        last = day_or(until, await business_day(transaction.connection))
        first = day_or(since, last - dt.timedelta(days=30))
        asked = AskBook(since=first, until=last, states=cast("tuple[FilingState, ...]", wanted))
        found = (await counter_desk.lines(transaction, access, asked, list(PURPOSE_OF), at_most=None)).lines
        sent = await _sent([line.filing for line in found])
        return [_line(line, sent.get(line.filing)) for line in found]

    lines = act_at("eligibility", access, read)
    if as_json:
        print(json.dumps(lines, ensure_ascii=False))
        return
    table = Table("受付番号", "受付日", "種類", "宛名番号", "状態", "理由", "送付日", "処理結果", title="受付処理簿")
    for line in lines:
        state_ja, _ = wording.STATES[line["state"]]
        table.add_row(
            line["filing"], line["received_on"], wording.KINDS[line["kind"]][0], str(line["addressee"]), state_ja,
            "\n".join(line["reasons"]), line["sent_on"] or "", wording.RESULTS[line["result"]][0] if line["result"] else "",
        )  # fmt: skip
    out.print(table)


async def _sent(filings: Sequence[str]) -> dict[str, str]:
    """The last day on which each filing was sealed into a batch."""
    connection = await asyncpg.connect(stack.read().databases["transmittal"], server_settings=database.SESSION)
    try:
        return {row["filing"]: str(row["sent_on"]) for row in await connection.fetch(_SENT, list(filings))}
    finally:
        await connection.close()


def _line(line: BookLine, sent_on: str | None) -> dict[str, Any]:
    reasons = [wording.REASONS[code][0] for code in line.reasons]
    return line.model_dump(mode="json") | {"reasons": reasons, "sent_on": sent_on}


@asks
def forms(
    access: Access,
    addressee: int,
    on: Annotated[str | None, typer.Option(help="YYYY-MM-DD: day of reception; the business day without it.")] = None,
    student: Annotated[bool, typer.Option(help="学生納付特例, by April–March years.")] = False,
    as_json: AsJson = False,
) -> None:
    """The application forms to lay before somebody today: one for each cycle with months still due. Leaves an access record."""

    async def read(transaction: Transaction) -> FormsOffered:
        day = day_or(on, await business_day(transaction.connection))
        asked = AskForms(addressee=addressee, received_on=day, student=student)
        return await counter_desk.forms(transaction, access, asked)

    offered = _data(act_at("eligibility", access, read).forms)
    if as_json:
        print(json.dumps(offered))
        return
    table = Table(
        "対象期間", "対象月数", "所得年", title="免除・納付猶予申請書" if not student else "学生納付特例申請書"
    )
    for form in offered:
        table.add_row(f"{form['first_month']}～{form['last_month']}", str(form["months_due"]), str(form["income_year"]))
    out.print(table if offered else "申請できる月はありません。")


def _data(models: Sequence[Model]) -> list[dict[str, Any]]:
    return [one.model_dump(mode="json") for one in models]


@asks
def milestones_command(
    access: Access,
    since: From = None,
    until: To = None,
    what: Annotated[list[str] | None, typer.Option(help=f"Only these: {', '.join(MILESTONES)}.")] = None,
    as_json: AsJson = False,
) -> None:
    """Who reaches 20, 60, 65, the age limit of 納付猶予 or the end of a voluntary membership in these days. Leaves access records."""
    wanted = what or list(MILESTONES)
    if unknown := set(wanted) - set(MILESTONES):
        raise typer.BadParameter(f"{', '.join(sorted(unknown))} is not one of {', '.join(MILESTONES)}")

    async def read(transaction: Transaction) -> list[dict[str, Any]]:
        first = day_or(since, await business_day(transaction.connection))
        asked = AskMilestones(since=first, until=day_or(until, first + dt.timedelta(days=30)), what=tuple(wanted))
        found = (await counter_desk.reached(transaction, access, asked)).milestones
        return [{"on": str(one.on), "what": one.what, "person": one.addressee} for one in found]

    reached = act_at("eligibility", access, read)
    if as_json:
        print(json.dumps(reached))
        return
    table = Table("到達日", "内容", "宛名番号")
    for one in reached:
        table.add_row(one["on"], MILESTONES[one["what"]], str(one["person"]))
    out.print(table if reached else "該当者はいません。")


def agreement(as_json: AsJson = False) -> None:
    """How often did the pension service decide as our pre-check (参考判定) said? Counts by scheme decided; nobody is named."""

    async def read() -> list[dict[str, Any]]:
        async with opened("eligibility") as (_, connection):
            return [dict(row) for row in await connection.fetch(store.QUERIES["agreement"])]

    rows = asyncio.run(read())
    if as_json:
        print(json.dumps(rows))
        return
    table = Table("裁定", "一致", "不一致", "比較なし", "一致率", title="参考判定と裁定結果")
    for row in rows:
        compared = row["agrees"] + row["disagrees"]
        rate = f"{row['agrees'] / compared:.1%}" if compared else ""
        name = wording.EXEMPTIONS[row["scheme"]][0] if row["scheme"] else "却下"
        table.add_row(name, str(row["agrees"]), str(row["disagrees"]), str(row["not_compared"]), rate)
    out.print(table)
    print("How one of them came about: `kokunen explain ADDRESSEE --month YYYY-MM`.")
