"""Batches (進達), step by step, until the pension service has all of it."""

import asyncio
import datetime as dt
import json
from pathlib import Path
from typing import Annotated, Literal

import typer
from chassis.transaction import Access, Transaction
from contracts.vocabulary import JST
from contracts.wording import BATCH_STATES
from rich.table import Table
from transmittal import desk, due_list, medium, medium_check

from cli.access import AsJson, asks_for, at_work, opened
from cli.screen import out
from cli.transmittal.steps import Number, Until, act, counts_in, day_after, moment, print_rows, rows

app = typer.Typer()


Folder = Annotated[
    Path, typer.Option("--at", exists=True, file_okay=False, help="Where the medium lies open on this terminal.")
]


@app.command()
@asks_for("transmittal")
def due(access: Access, as_json: AsJson = False) -> None:
    """What is to go and has not gone, the most urgent first. Leaves access records."""

    async def step(transaction: Transaction) -> list[due_list.Due]:
        found = await due_list.read(transaction)
        await transaction.record_access(
            sorted({one.addressee for one in found}), access, "transmittal.due", ("filing",)
        )
        return found

    found = act(access, step)
    if as_json:
        print(json.dumps([one.__dict__ for one in found], default=str, ensure_ascii=False))
        return
    table = Table("宛名番号", "件", "種類", "区分", "状態", "受付日", "期限", "経過日数", title="進達すべきもの")
    for one in found:
        late = f"{one.due_on} 超過" if one.overdue else str(one.due_on or "")
        table.add_row(
            str(one.addressee),
            one.item,
            one.kind,
            one.mark,
            BATCH_STATES[one.state][0],
            str(one.received_on),
            late,
            str(one.age),
        )
    out.print(table if found else "進達待ちのものはありません。")


@app.command(name="list")
def list_batches(as_json: AsJson = False) -> None:
    """Every batch, how far it is, and what is next. Nobody is named."""

    async def read() -> list[due_list.BatchLine]:
        async with opened("transmittal") as (own, connection), at_work(own, connection) as transaction:
            return await due_list.batches(transaction)

    found = asyncio.run(read())
    if as_json:
        print(json.dumps([one.__dict__ for one in found], default=str))
        return
    table = Table("番号", "発行", "封緘日", "件数", "状態")
    for one in found:
        again = f"{one.issue}（再）" if one.issue > 1 else "1"
        table.add_row(str(one.number), again, str(one.sealed_on), f"{one.items:,}", BATCH_STATES[one.state][0])
    out.print(table if found else "進達はまだありません。")


@app.command()
@asks_for("transmittal")
def seal(access: Access) -> None:
    """Seal what is pending now (都度); the weekly batch seals itself."""
    number = act(access, lambda transaction: desk.seal(transaction, access))
    print(f"第{number}号を封緘しました。" if number is not None else "進達待ちのものはありません。")


@app.command()
@asks_for("transmittal")
def check(access: Access, number: Number) -> None:
    """A second person looked at the content (点検)."""
    act(access, lambda transaction: desk.check(transaction, access, number))
    print(f"第{number}号: 点検済")


@app.command()
@asks_for("transmittal")
def approve(
    access: Access,
    number: Number,
    deputy_for: Annotated[str | None, typer.Option(help="代決: whose decision it would be.")] = None,
) -> None:
    """The decision on the content (決裁): never by who made or checked it."""
    act(access, lambda transaction: desk.decide(transaction, access, number, deputy_for))
    print(f"第{number}号: 決裁済" + (f"（代決。{deputy_for} の後閲が必要です）" if deputy_for else ""))


@app.command()
@asks_for("transmittal")
def review(access: Access, number: Number) -> None:
    """The principal looks at what the deputy decided (後閲)."""
    act(access, lambda transaction: desk.review(transaction, access, number))
    print(f"第{number}号: 後閲済")


@app.command()
@asks_for("transmittal")
def write(
    access: Access,
    number: Number,
    medium_code: Annotated[str, typer.Option("--medium", help="Number of the medium in the ledger.")],
    folder: Folder,
) -> None:
    """Write a decided batch to a registered medium, encrypted, on a designated terminal."""
    act(access, lambda transaction: desk.write_at(transaction, access, number, medium_code, folder))
    print(
        f"第{number}号: {medium_code} に書き込みました。パスワードは `kokunen transmittal password {number}` で、別の経路で伝えます。"
    )


@app.command()
@asks_for("transmittal")
def password(access: Access, number: Number) -> None:
    """The password of a written batch: for another way than the medium's, and not for who carries it. Leaves an access record."""
    print(act(access, lambda transaction: desk.password(transaction, access, number)))


@app.command()
@asks_for("transmittal")
def permit(
    access: Access,
    number: Number,
    carrier: Annotated[str, typer.Option(help="Account of who carries it (持ち出す者).")],
    destination: Annotated[str, typer.Option(help="Where to.")] = "pension-office",
) -> None:
    """The section head (所属長) permits carrying out: an entry of 持ち出し記録簿."""
    serial = act(access, lambda transaction: desk.permit(transaction, access, number, carrier, destination))
    print(f"第{number}号: 持ち出し記録簿 {serial}")


@app.command()
@asks_for("transmittal")
def scan(access: Access, number: Number, as_json: AsJson = False) -> None:
    """Scan the sheets of the originals into the bag: a barcode a line, from standard input. Exit status 1 while one is missing."""
    codes = [line for line in typer.get_text_stream("stdin") if line.strip()]
    bag = act(access, lambda transaction: desk.scan(transaction, access, number, codes))
    if as_json:
        print(json.dumps({**bag._asdict(), "complete": bag.complete}))
    else:
        print(f"第{number}号: 原本 {bag.originals:,}件のうち {bag.originals - len(bag.missing):,}件、{bag.sheets:,}枚")
        for filing, sheets in bag.missing.items():
            print(f"  未読取 {filing}" + (f": {'・'.join(map(str, sheets))}枚目" if sheets else ""))
        for code in bag.strange:
            print(f"  この進達の原本ではありません: {code}")
    if bag.missing or bag.strange:
        raise typer.Exit(1)


@app.command()
@asks_for("transmittal")
def dispatch(
    access: Access,
    number: Number,
    bag: Annotated[str, typer.Option(help="The locked bag (施錠した鞄).")],
    seal_number: Annotated[str, typer.Option("--seal", help="Number of the seal (封印番号).")],
    folder: Folder,
) -> None:
    """Confirm that this medium is in this bag under this seal; with the second person's word it is dispatched."""
    found = medium_check.read(folder)
    gone = act(access, lambda transaction: desk.dispatch(transaction, access, number, bag, seal_number, found))
    print(f"第{number}号: " + ("発送しました。" if gone else "一人目の確認を記録しました。別の者の確認を待ちます。"))


@app.command()
@asks_for("transmittal")
def receive(
    access: Access,
    number: Number,
    counts: Annotated[Path, typer.Argument(help='What they counted, as JSON: {"acquisition 新規": 12, …}')],
    as_json: AsJson = False,
) -> None:
    """Enter the pension service's counts (受領確認). Exit status 1 while they differ from ours."""
    theirs = counts_in(counts)
    found = act(access, lambda transaction: desk.receive(transaction, access, number, theirs))
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
    elif found:
        table = Table("種類・区分", "差（機構 − 当方）", title=f"第{number}号: 件数差異")
        for place, difference in found.items():
            table.add_row(place, f"{difference:+,}")
        out.print(table)
    else:
        print(f"第{number}号: 件数一致。完了しました。")
    if found:
        raise typer.Exit(1)


@app.command()
@asks_for("transmittal")
def void(
    access: Access,
    number: Number,
    reason: Annotated[str, typer.Option(help="A code, no free text.")],
    again: Annotated[bool, typer.Option("--again", help="Issue the same content again (再).")] = False,
) -> None:
    """Declare the issue void. Without --again its items go into a later batch, if none of it was dispatched."""
    act(access, lambda transaction: desk.void(transaction, access, number, reason, again=again))
    print(f"第{number}号: 無効" + ("。再発行の点検を待ちます。" if again else "。内容は進達待ちに戻りました。"))


@app.command()
@asks_for("transmittal")
def pull(
    access: Access, addressee: int, item: str, reason: Annotated[str, typer.Option(help="A code, no free text.")]
) -> None:
    """Take an item out of what is pending, before it is sealed."""
    act(access, lambda transaction: desk.pull(transaction, access, addressee, item, reason))
    print("取り下げました。")


@app.command(name="put-back")
@asks_for("transmittal")
def put_back(access: Access, addressee: int, item: str) -> None:
    """Put an item back among what is pending."""
    act(access, lambda transaction: desk.put_back(transaction, access, addressee, item))
    print("進達待ちに戻しました。")


@app.command()
def show(number: Number, as_json: AsJson = False) -> None:
    """Every issue of a batch with its steps: who, when; and what the pension service counted. Nobody is named."""
    issues, receipts = asyncio.run(rows("issues", number)), asyncio.run(rows("receipts", number))
    if as_json:
        print(json.dumps({"issues": issues, "receipts": receipts}, default=str, ensure_ascii=False))
        return
    for issue in issues:
        table = Table("", "", title=f"第{number}号 発行{issue['number']}" + ("（再）" if issue["number"] > 1 else ""))
        for name, value in issue.items():
            if value is not None:
                table.add_row(name, moment(value))
        out.print(table)
    for receipt in receipts:
        print(f"受領 {receipt['number']}: {receipt['counts']} ({receipt['received_by']})")
    if not issues:
        print(f"第{number}号の進達はありません。")


@app.command(name="carry-outs")
def carry_outs(as_json: AsJson = False) -> None:
    """持ち出し記録簿: what was carried out, by whom, with whose permission."""
    print_rows(asyncio.run(rows("carry_outs")), as_json, "持ち出し記録簿", "持ち出しの記録はありません。")


@app.command()
def appointments(as_json: AsJson = False) -> None:
    """Who may decide (決裁) and permit carrying out (所属長), and the deputies."""
    print_rows(asyncio.run(rows("appointments")), as_json, "指名", "指名はありません。")


@app.command()
@asks_for("transmittal")
def appoint(
    access: Access,
    who: str,
    duty: Annotated[Literal["decide", "permit"], typer.Argument(help="decide 決裁 · permit 持ち出し許可")],
    deputy_for: Annotated[str | None, typer.Option(help="Whose deputy.")] = None,
    since: Annotated[str, typer.Option("--from", help="YYYY-MM-DD: first day.")] = "2000-01-01",
    until: Until = None,
) -> None:
    """Name who decides or permits; the same said by another person makes it hold."""
    begins = dt.datetime.combine(dt.date.fromisoformat(since), dt.time(), JST)
    print(
        act(
            access,
            lambda transaction: desk.appoint(transaction, access, who, duty, deputy_for, begins, day_after(until)),
        )
    )


@app.command()
def key() -> None:
    """Where our public key lies, for whoever checks a medium with `medium_check.py`."""

    async def read() -> Path:
        async with opened("transmittal") as (own, _):
            medium.signing_key(own.key_file.with_name(medium.KEY))
            return medium.public_key_of(own.key_file.with_name(medium.KEY))

    print(asyncio.run(read()))
