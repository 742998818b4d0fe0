"""`kokunen income-requests`: what does the desk do with a list of the pension service (所得情報提供依頼)?"""

import asyncio
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from chassis import files
from chassis.calls import CallFailed, Calls
from chassis.doors import Refused as NotPossible
from chassis.transaction import Access
from contracts.doors.registry import AskMatches, Match, Matches, MatchRow
from contracts.fixed_file import Refused
from rich.table import Table
from tax_income import request_desk
from tax_income.request_layouts import KINDS, Kind
from tax_income.requests import Accounts
from tax_income.store import QUERIES

from cli.access import AsJson, asks_for, at_work, business_day, opened
from cli.local import say
from cli.screen import out

app = typer.Typer(help="Lists of the pension service that ask for incomes (所得情報提供依頼).", no_args_is_help=True)

Number = Annotated[str, typer.Argument(help="Number of the request (依頼番号).")]
TOLD_EVERY_SECONDS = 5
PAGES_AT_ONCE = 3


def _refused(error: Exception) -> typer.Exit:
    say(error.title if isinstance(error, NotPossible) else str(error))
    return typer.Exit(1)


@app.command(name="import")
@asks_for("income-request")
def import_list(
    access: Access,
    file: Path,
    number: Annotated[str, typer.Option(help="Number of the request (依頼番号).")],
    kind: Annotated[Kind, typer.Option(help="Kind of the list.")],
    basis: Annotated[str, typer.Option(help="Legal basis (法令上の根拠); it is stamped on the answer.")],
) -> None:
    """Let a list in, whole or not at all, and look for its people. Exit status 1 with every reason when it is refused."""
    content = file.read_bytes()

    try:
        rows = asyncio.run(let_in(access, content, number, kind, basis))
    except Refused as refused:
        say(
            f"依頼 {number} は受け入れられません。1件も取り込んでいません。 The list was refused; nothing of it was kept."
        )
        for finding in refused.findings:
            say(f"  {finding}")
        raise typer.Exit(1) from None
    except CallFailed as failed:
        raise _refused(
            RuntimeError(f"{failed}. The list is in; go on with `kokunen income-requests match {number}`.")
        ) from None
    print(f"{number}: {rows:,} rows let in, their people looked for.")


async def let_in(access: Access, content: bytes, number: str, kind: Kind, basis: str) -> int:
    """Let a list in and look for its people; its rows. Refused is on record, and nothing of the list is kept."""
    async with opened("tax-income") as (own, connection):
        try:
            async with at_work(own, connection) as transaction:
                await request_desk.let_in(transaction, access, content, number, kind, basis)
        except Refused as refused:
            async with at_work(own, connection) as transaction:
                await request_desk.refuse(transaction, access, content, number, refused)
            raise
    return await _look_for_all(access, number)


@app.command()
@asks_for("income-request")
def match(access: Access, number: Number) -> None:
    """Look for the people of a list who were not looked for yet."""

    async def work() -> int:
        return await _look_for_all(access, number)

    try:
        print(f"{number}: {asyncio.run(work()):,} rows looked for.")
    except (CallFailed, NotPossible) as error:
        raise _refused(error) from None


async def _look_for_all(access: Access, number: str) -> int:
    """Several at once: while registry-sync looks for the people of one page, the next is put together."""
    done, told_at = 0, time.monotonic()

    async def some() -> None:
        nonlocal done, told_at
        async with opened("tax-income") as (own, connection), Calls(own, "registry-sync") as calls:

            async def matcher(rows: Sequence[MatchRow]) -> Sequence[Match]:
                return (await calls.post("/addressees/match", AskMatches(rows=tuple(rows)), Matches, access)).matches

            while True:
                async with at_work(own, connection) as transaction:
                    rows = await request_desk.look_for(transaction, access, number, matcher)
                if not rows:
                    return
                done += rows
                if time.monotonic() - told_at > TOLD_EVERY_SECONDS:
                    told_at = time.monotonic()
                    say(f"{done:,} rows looked for")

    await asyncio.gather(*(some() for _ in range(PAGES_AT_ONCE)))
    return done


@app.command(name="list")
def list_requests(as_json: AsJson = False) -> None:
    """Every list: rows, what became of them, and by when it is to be answered. Nobody is named."""

    async def read() -> list[dict[str, Any]]:
        async with opened("tax-income") as (_, connection):
            today = await business_day(connection)
            rows = [dict(row) for row in await connection.fetch(QUERIES["requests"])]
            for row in rows:
                row["overdue"] = row["answered_at"] is None and row["due_on"] < today
            return rows

    rows = asyncio.run(read())
    if as_json:
        print(json.dumps(rows, default=str, ensure_ascii=False))
        return
    table = Table(
        "依頼番号", "種類", "根拠", "件数", "照合済", "要確認", "該当なし", "提供対象外", "情報なし", "期限", "回答"
    )
    for row in rows:
        due = f"{row['due_on']} 超過" if row["overdue"] else str(row["due_on"])
        table.add_row(
            row["number"], KINDS[row["kind"]].japanese, row["basis"], f"{row['rows']:,}", f"{row['matched']:,}",
            f"{row['ambiguous'] + row['waiting']:,}", f"{row['nobody']:,}", f"{row['withheld']:,}", f"{row['not_known']:,}", due,
            str(row["answered_at"].date()) if row["answered_at"] else "",
        )  # fmt: skip
    out.print(table if rows else "依頼はありません。")


@app.command()
@asks_for("income-request")
def unmatched(access: Access, number: Number, as_json: AsJson = False) -> None:
    """The rows for which nobody, or more than one, was found: a person's work list. Leaves access records."""

    async def read() -> list[dict[str, Any]]:
        async with opened("tax-income") as (own, connection):
            rows = [dict(row) for row in await connection.fetch(QUERIES["open_rows"], number)]
            shown = sorted({one for row in rows for one in row["candidates"]})
            async with at_work(own, connection) as transaction:
                await transaction.record_access(shown, access, "income-requests.unmatched", ("addressee",))
            return [row | {"evidence": json.loads(row["evidence"] or "{}")} for row in rows]

    rows = asyncio.run(read())
    if as_json:
        print(json.dumps(rows))
        return
    table = Table("行", "候補", "一致の状況", "提案", title=f"{number}: 確認を要する行")
    for row in rows:
        evidence = ", ".join(f"{name} {how}" for name, how in row["evidence"].items() if how != "not_given")
        proposed = f"{row['settled_to'] or '該当なし'} ({row['settled_by']})" if row["settled_by"] else ""
        table.add_row(str(row["line"]), ", ".join(map(str, row["candidates"])) or "該当なし", evidence, proposed)
    out.print(table if rows else "確認を要する行はありません。")


@app.command()
@asks_for("income-request")
def settle(
    access: Access,
    number: Number,
    line: int,
    addressee: Annotated[int | None, typer.Option(help="Who is meant; without it nobody.")] = None,
) -> None:
    """Say who is meant by a row; the same said by another person settles it."""

    async def work() -> str:
        async with opened("tax-income") as (own, connection), at_work(own, connection) as transaction:
            return await request_desk.settle(transaction, access, number, line, addressee)

    try:
        print(f"{number}, line {line}: {asyncio.run(work())}")
    except NotPossible as error:
        raise _refused(error) from None


@app.command()
@asks_for("income-request")
def answer(access: Access, number: Number, as_json: AsJson = False) -> None:
    """Write the answer of a list: one row for each of its rows, in its order. Exit status 1 when it can't be written."""

    try:
        counted, file = asyncio.run(answered(access, number))
    except NotPossible as error:
        raise _refused(error) from None
    except Refused as refused:
        say("回答を書き出せません。 The answer can't be written:")
        for finding in refused.findings:
            say(f"  {finding}")
        raise typer.Exit(1) from None
    if as_json:
        print(json.dumps({**counted.__dict__, "file": str(file)}))
    else:
        print(
            f"{number}: {counted.rows:,} rows = {counted.answered:,} answered + {counted.unmatched:,} unmatched + "
            f"{counted.withheld:,} withheld\n{file}"
        )


async def answered(access: Access, number: str) -> tuple[Accounts, Path]:
    """Write the answer of a list: what became of its rows, and where the file lies."""
    async with opened("tax-income") as (own, connection), at_work(own, connection) as transaction:
        counted, content = await request_desk.answered(transaction, access, number)
        file = own.output / f"{number}-answer.dat"
        files.write(file, content)
        return counted, file
