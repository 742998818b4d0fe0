"""`kokunen transmittal`: what goes to the pension service (進達), step by step, and where everything is."""

import asyncio
import datetime as dt
import json
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import asyncpg
import typer
from chassis import files
from chassis.doors import Refused
from chassis.transaction import Access, Transaction
from contracts.fixed_file import Refused as FileRefused
from contracts.vocabulary import JST
from rich.table import Table
from transmittal import deliveries as transmittal_deliveries
from transmittal import desk, due_list, mail, media_ledger, medium, originals, paper, registers
from transmittal.letters import Letter, LetterKind, MailTo
from transmittal.returns import Kind
from transmittal.store import QUERIES

from cli import stack
from cli.access import AsJson, asks, at_work, day_or, opened
from cli.local import say
from cli.screen import out
from cli.services import environment_settings

app = typer.Typer(help="To the pension service and back (進達).", no_args_is_help=True)

Number = Annotated[int, typer.Argument(help="Number of the batch (進達番号).")]
Folder = Annotated[
    Path, typer.Option("--at", exists=True, file_okay=False, help="Where the medium lies open on this terminal.")
]
Until = Annotated[str | None, typer.Option("--until", help="YYYY-MM-DD: the last day; without it, no end.")]
T = TypeVar("T")

STATES = {
    "sealed": "封緘（点検待ち）", "checked": "点検済（決裁待ち）", "decided": "決裁済（書込み待ち）", "written": "書込み済（持ち出し許可待ち）",
    "permitted": "持ち出し許可済", "confirmed": "封印確認済（二人目待ち）", "dispatched": "発送済（受領確認待ち）", "differs": "件数差異あり",
    "closed": "完了", "void": "無効", "pending": "進達待ち", "pulled": "取下げ",
}  # fmt: skip


def act(access: Access, step: Callable[[Transaction], Awaitable[T]]) -> T:
    """One step at transmittal's desk. A refusal is on record, too, and ends with status 1."""

    async def work() -> T:
        async with opened("transmittal") as (own, connection):
            try:
                async with at_work(own, connection) as transaction:
                    return await step(transaction)
            except Refused as refused:
                async with at_work(own, connection) as transaction:
                    await transaction.record_refusal(refused.subjects, access, "transmittal.step")
                raise

    try:
        return asyncio.run(work())
    except Refused as refused:
        say(f"{refused.title} ({refused.code})")
        raise typer.Exit(1) from None


def _day_after(text: str | None) -> dt.datetime | None:
    """The moment after the last day; None = no end."""
    if text is None:
        return None
    try:
        return dt.datetime.combine(dt.date.fromisoformat(text) + dt.timedelta(days=1), dt.time(), JST)
    except ValueError:
        raise typer.BadParameter("a day is written YYYY-MM-DD") from None


@app.command()
@asks
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
            STATES[one.state],
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
        table.add_row(str(one.number), again, str(one.sealed_on), f"{one.items:,}", STATES[one.state])
    out.print(table if found else "進達はまだありません。")


@app.command()
@asks
def seal(access: Access) -> None:
    """Seal what is pending now (都度); the weekly batch seals itself."""
    number = act(access, lambda transaction: desk.seal(transaction, access))
    print(f"第{number}号を封緘しました。" if number is not None else "進達待ちのものはありません。")


@app.command()
@asks
def check(access: Access, number: Number) -> None:
    """A second person looked at the content (点検)."""
    act(access, lambda transaction: desk.check(transaction, access, number))
    print(f"第{number}号: 点検済")


@app.command()
@asks
def approve(
    access: Access,
    number: Number,
    deputy_for: Annotated[str | None, typer.Option(help="代決: whose decision it would be.")] = None,
) -> None:
    """The decision on the content (決裁): never by who made or checked it."""
    act(access, lambda transaction: desk.decide(transaction, access, number, deputy_for))
    print(f"第{number}号: 決裁済" + (f"（代決。{deputy_for} の後閲が必要です）" if deputy_for else ""))


@app.command()
@asks
def review(access: Access, number: Number) -> None:
    """The principal looks at what the deputy decided (後閲)."""
    act(access, lambda transaction: desk.review(transaction, access, number))
    print(f"第{number}号: 後閲済")


@app.command()
@asks
def write(
    access: Access,
    number: Number,
    medium_code: Annotated[str, typer.Option("--medium", help="Number of the medium in the ledger.")],
    folder: Folder,
) -> None:
    """Write a decided batch to a registered medium, encrypted, on a designated terminal."""
    act(access, lambda transaction: desk.write(transaction, access, number, medium_code, folder))
    print(
        f"第{number}号: {medium_code} に書き込みました。パスワードは `kokunen transmittal password {number}` で、別の経路で伝えます。"
    )


@app.command()
@asks
def password(access: Access, number: Number) -> None:
    """The password of a written batch: for another way than the medium's, and not for who carries it. Leaves an access record."""
    print(act(access, lambda transaction: desk.password(transaction, access, number)))


@app.command(name="print")
@asks
def print_papers(
    access: Access,
    number: Number,
    into: Annotated[Path, typer.Option("--into", file_okay=False, help="Folder for the PDF files.")],
    for_applicant: Annotated[
        bool, typer.Option("--for-applicant", help="Applications only, without the income of spouse and householder.")
    ] = False,
) -> None:
    """The papers of a batch as PDF: 送付内容内訳書, then every 報告書・届書・申請書. Leaves access records."""
    batch, sheets = act(
        access, lambda transaction: desk.sheets(transaction, access, number, for_applicant=for_applicant)
    )
    into.mkdir(parents=True, exist_ok=True)
    municipality = environment_settings(stack.read(), "transmittal").municipality_name
    for name, content in paper.papers(sheets, batch, municipality):
        files.write(into / name, content)
        say(f"{into / name}")
    print(f"第{number}号: {len(sheets):,}件の帳票を印刷用に作成しました。")


@app.command(name="letter")
@asks
def print_letter(
    access: Access,
    kind: Annotated[
        LetterKind,
        typer.Argument(help="receipt 受付控 · missing-papers 書類不備 · returned 返戻 · income-statement 所得の申立書"),
    ],
    filing: Annotated[str, typer.Argument(help="Reception number (受付番号).")],
    into: Annotated[Path, typer.Option("--into", file_okay=False, help="Folder for the PDF file.")],
    mail_name: Annotated[
        str | None, typer.Option(help="送付先: the name, when the letter does not go to the residence.")
    ] = None,
    mail_address: Annotated[str | None, typer.Option(help="送付先: the address.")] = None,
) -> None:
    """A letter about a filing, as PDF. A protected person's shows no address. Leaves an access record."""
    if (mail_name is None) != (mail_address is None):
        raise typer.BadParameter("--mail-name and --mail-address belong together")
    mail_to = MailTo(mail_name, mail_address) if mail_name is not None and mail_address is not None else None
    written = act(access, lambda transaction: mail.write_to(transaction, access, kind, filing, mail_to))
    _print_letters(written, f"{kind}-{filing}", into)


@app.command()
@asks
def remind(
    access: Access,
    into: Annotated[Path, typer.Option("--into", file_okay=False, help="Folder for the PDF files.")],
    person: Annotated[int | None, typer.Option(help="Addressee number; without it everybody.")] = None,
    again: Annotated[bool, typer.Option("--again", help="Also about what was written before.")] = False,
) -> None:
    """Letters to those with a filing past its day (届出勧奨), as PDF; each filing once. Leaves access records."""
    written, unreached = act(access, lambda transaction: mail.remind(transaction, access, person, again=again))
    _print_letters(written, f"reminders-{dt.datetime.now(JST):%Y%m%d-%H%M%S}", into)
    print(f"届出勧奨 {len(written):,}通" + (f"、住所不明 {len(unreached):,}人: {unreached}" if unreached else ""))


def _print_letters(written: Sequence[Letter], name: str, into: Path) -> None:
    into.mkdir(parents=True, exist_ok=True)
    municipality = environment_settings(stack.read(), "transmittal").municipality_name
    for file, content in paper.letters(written, name, municipality, dt.datetime.now(JST).date()):
        files.write(into / file, content)
        print(into / file)


@app.command(name="print-register")
@asks
def print_register(
    access: Access,
    name: Annotated[
        registers.Register,
        typer.Argument(help="reception 受付処理簿 · carry-outs 持ち出し記録簿 · media 記録媒体管理台帳"),
    ],
    into: Annotated[Path, typer.Option("--into", file_okay=False, help="Folder for the PDF file.")],
    since: Annotated[str | None, typer.Option("--from", help="受付処理簿: YYYY-MM-DD, first day of reception.")] = None,
    until: Annotated[str | None, typer.Option("--until", help="受付処理簿: YYYY-MM-DD, last day of reception.")] = None,
) -> None:
    """A register as PDF. 受付処理簿 leaves access records."""
    days = day_or(since, dt.date.min), day_or(until, dt.date.max)

    async def step(transaction: Transaction) -> registers.Page:
        match name:
            case "reception":
                rows = await transaction.fetch(QUERIES["reception"], *days)
                about = sorted({row["addressee"] for row in rows})
                await transaction.record_access(about, access, "transmittal.print-register", ("filing",), "print")
                return registers.reception(rows)
            case "carry-outs":
                return registers.carry_outs(await transaction.fetch(QUERIES["carry_outs"]))
            case "media":
                return registers.media(await transaction.fetch(QUERIES["media"]))

    page = act(access, step)
    into.mkdir(parents=True, exist_ok=True)
    today = dt.datetime.now(JST).date()
    municipality = environment_settings(stack.read(), "transmittal").municipality_name
    files.write(into / f"{name}.pdf", paper.register(page, municipality, today))
    print(f"{into / name}.pdf")


@app.command()
@asks
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
def labels(
    filing: Annotated[str, typer.Argument(help="Reception number (受付番号).")],
    sheets: Annotated[int, typer.Option(min=1, max=originals.MOST_SHEETS, help="Sheets of the original.")],
    into: Annotated[Path, typer.Option("--into", file_okay=False, help="Folder for the PDF file.")],
) -> None:
    """Labels with a barcode for each sheet of a paper original (原本), as PDF. Nobody is named."""
    into.mkdir(parents=True, exist_ok=True)
    municipality = environment_settings(stack.read(), "transmittal").municipality_name
    content = paper.labels(filing, sheets, municipality, dt.datetime.now(JST).date())
    files.write(into / f"labels-{filing}.pdf", content)
    print(into / f"labels-{filing}.pdf")


@app.command()
@asks
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
@asks
def dispatch(
    access: Access,
    number: Number,
    bag: Annotated[str, typer.Option(help="The locked bag (施錠した鞄).")],
    seal_number: Annotated[str, typer.Option("--seal", help="Number of the seal (封印番号).")],
    folder: Folder,
) -> None:
    """Confirm that this medium is in this bag under this seal; with the second person's word it is dispatched."""
    gone = act(access, lambda transaction: desk.dispatch(transaction, access, number, bag, seal_number, folder))
    print(f"第{number}号: " + ("発送しました。" if gone else "一人目の確認を記録しました。別の者の確認を待ちます。"))


@app.command()
@asks
def receive(
    access: Access,
    number: Number,
    counts: Annotated[Path, typer.Argument(help='What they counted, as JSON: {"acquisition 新規": 12, …}')],
    as_json: AsJson = False,
) -> None:
    """Enter the pension service's counts (受領確認). Exit status 1 while they differ from ours."""
    theirs = _counts(counts)
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
@asks
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
@asks
def pull(
    access: Access, addressee: int, item: str, reason: Annotated[str, typer.Option(help="A code, no free text.")]
) -> None:
    """Take an item out of what is pending, before it is sealed."""
    act(access, lambda transaction: desk.pull(transaction, access, addressee, item, reason))
    print("取り下げました。")


@app.command(name="put-back")
@asks
def put_back(access: Access, addressee: int, item: str) -> None:
    """Put an item back among what is pending."""
    act(access, lambda transaction: desk.put_back(transaction, access, addressee, item))
    print("進達待ちに戻しました。")


async def _rows(query: str, *arguments: Any) -> list[dict[str, Any]]:
    async with opened("transmittal") as (_, connection):
        rows: list[asyncpg.Record] = await connection.fetch(QUERIES[query], *arguments)
        return [{k: v for k, v in row.items() if not isinstance(v, bytes)} for row in rows]


def _print(rows: list[dict[str, Any]], as_json: bool, title: str, nothing: str) -> None:
    """Rows as they are: a register that a person reads."""
    if as_json:
        print(json.dumps(rows, default=str, ensure_ascii=False))
        return
    table = Table(*(rows[0] if rows else ()), title=title)
    for row in rows:
        table.add_row(*("" if v is None else _moment(v) for v in row.values()))
    out.print(table if rows else nothing)


def _moment(value: Any) -> str:
    return value.astimezone(JST).strftime("%Y-%m-%d %H:%M") if isinstance(value, dt.datetime) else str(value)


@app.command()
def show(number: Number, as_json: AsJson = False) -> None:
    """Every issue of a batch with its steps: who, when; and what the pension service counted. Nobody is named."""
    issues, receipts = asyncio.run(_rows("issues", number)), asyncio.run(_rows("receipts", number))
    if as_json:
        print(json.dumps({"issues": issues, "receipts": receipts}, default=str, ensure_ascii=False))
        return
    for issue in issues:
        table = Table("", "", title=f"第{number}号 発行{issue['number']}" + ("（再）" if issue["number"] > 1 else ""))
        for name, value in issue.items():
            if value is not None:
                table.add_row(name, _moment(value))
        out.print(table)
    for receipt in receipts:
        print(f"受領 {receipt['number']}: {receipt['counts']} ({receipt['received_by']})")
    if not issues:
        print(f"第{number}号の進達はありません。")


@app.command()
def ledger(as_json: AsJson = False) -> None:
    """記録媒体管理台帳: every medium, where it is, what is on it, and its end."""
    _print(asyncio.run(_rows("media")), as_json, "記録媒体管理台帳", "台帳に媒体はありません。")


@app.command(name="carry-outs")
def carry_outs(as_json: AsJson = False) -> None:
    """持ち出し記録簿: what was carried out, by whom, with whose permission."""
    _print(asyncio.run(_rows("carry_outs")), as_json, "持ち出し記録簿", "持ち出しの記録はありません。")


@app.command()
def appointments(as_json: AsJson = False) -> None:
    """Who may decide (決裁) and permit carrying out (所属長), and the deputies."""
    _print(asyncio.run(_rows("appointments")), as_json, "指名", "指名はありません。")


@app.command()
@asks
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
            lambda transaction: desk.appoint(transaction, access, who, duty, deputy_for, begins, _day_after(until)),
        )
    )


@app.command()
@asks
def designate(access: Access, code: Annotated[str, typer.Argument(help="The terminal.")], until: Until = None) -> None:
    """Name a terminal on which media may be written."""
    act(access, lambda transaction: media_ledger.designate(transaction, access, code, _day_after(until)))
    print(f"端末 {code} を指定しました。")


@app.command()
@asks
def register(
    access: Access,
    code: Annotated[str, typer.Argument(help="Number in the ledger.")],
    serial: Annotated[str, typer.Option(help="The maker's serial number.")],
    until: Annotated[str, typer.Option(help="YYYY-MM-DD: to be used until.")],
    kind: Annotated[
        str, typer.Option(help="optical_disc or magneto_optical_disc; flash memory is refused.")
    ] = "optical_disc",
    place: Annotated[str, typer.Option(help="Where it is kept.")] = "locker-1",
) -> None:
    """Enter a medium in the ledger."""
    ends = _day_after(until)
    assert ends is not None
    act(access, lambda transaction: media_ledger.register(transaction, access, code, serial, kind, place, ends))
    print(f"媒体 {code} を台帳に登録しました。")


@app.command()
@asks
def lend(
    access: Access,
    code: Annotated[str, typer.Argument(help="Number in the ledger.")],
    to: Annotated[str, typer.Option(help="Where it goes; a code.")],
    due_back: Annotated[str, typer.Option(help="YYYY-MM-DD: by when it is back.")],
) -> None:
    """A medium goes out (出), to come back."""
    day = day_or(due_back, dt.date.max)
    act(access, lambda transaction: media_ledger.lend(transaction, access, code, to, day))
    print(f"媒体 {code}: {day} までに返却")


@app.command(name="take-back")
@asks
def take_back(access: Access, code: Annotated[str, typer.Argument(help="Number in the ledger.")]) -> None:
    """A medium came back (入)."""
    act(access, lambda transaction: media_ledger.take_back(transaction, access, code))
    print(f"媒体 {code}: 返却済")


@app.command()
@asks
def dispose(
    access: Access,
    code: Annotated[str, typer.Argument(help="Number in the ledger.")],
    how: Annotated[str, typer.Option(help="shredded, broken or left_with_recipient.")],
    certificate: Annotated[str | None, typer.Option(help="Number of the certificate.")] = None,
) -> None:
    """Enter the end of a medium."""
    act(access, lambda transaction: media_ledger.dispose(transaction, access, code, how, certificate))
    print(f"媒体 {code} の廃棄を記録しました。")


deliveries = typer.Typer(help="What comes back: registered, counted by two, let in.", no_args_is_help=True)
app.add_typer(deliveries, name="delivery")
Delivery = Annotated[str, typer.Argument(help="Number of the delivery (送付番号).")]
Counts = Annotated[Path, typer.Argument(help='Rows by kind of file, as JSON: {"results": 12, …}')]


def _counts(file: Path) -> dict[str, int]:
    """Whole numbers by name, from a JSON file."""
    counts = json.loads(file.read_text("utf-8"))
    if not isinstance(counts, dict) or not all(type(count) is int and count >= 0 for count in counts.values()):
        say(f"{file.name}: a JSON object of whole numbers by kind")
        raise typer.Exit(1)
    return counts


@deliveries.command(name="register")
@asks
def register_delivery(access: Access, number: Delivery, cover: Counts) -> None:
    """A delivery came; its cover sheet (送付書) announces so many rows by kind of file."""
    announced = _counts(cover)
    act(access, lambda transaction: transmittal_deliveries.register(transaction, access, number, announced))
    print(f"{number}: 登録しました。二人の確認を待ちます。")


@deliveries.command(name="count")
@asks
def count_delivery(access: Access, number: Delivery, counts: Counts) -> None:
    """What you counted. Exit status 1 where it differs from the cover sheet."""
    counted = _counts(counts)
    found = act(access, lambda transaction: transmittal_deliveries.count(transaction, access, number, counted))
    for kind, difference in found.items():
        print(f"{kind}: {difference:+,}")
    if found:
        raise typer.Exit(1)
    print(f"{number}: 送付書と一致")


@deliveries.command(name="import")
@asks
def import_delivery(
    access: Access,
    number: Delivery,
    kind: Annotated[Kind, typer.Argument(help="Kind of the file.")],
    file: Path,
    as_json: AsJson = False,
) -> None:
    """Let a file of a counted delivery in, whole or not at all; what became of its rows."""
    content = file.read_bytes()
    try:
        found = act(
            access, lambda transaction: transmittal_deliveries.let_in(transaction, access, number, kind, content)
        )
    except FileRefused as refused:
        say("このファイルは受け入れられません。1件も取り込んでいません。 The file was refused; nothing of it was kept.")
        for finding in refused.findings:
            say(f"  {finding}")
        raise typer.Exit(1) from None
    if as_json:
        print(json.dumps(found))
    else:
        print(f"{number} {kind}: " + ", ".join(f"{OUTCOMES[outcome]} {rows:,}" for outcome, rows in found.items()))


OUTCOMES = {
    "told": "反映", "not_via_us": "反映（当方を経由しないもの）", "twice": "重複", "nobody": "該当者なし", "for_a_person": "要確認",
}  # fmt: skip


@deliveries.command(name="list")
def list_deliveries(as_json: AsJson = False) -> None:
    """Every delivery: announced, counted, let in. Nobody is named."""
    _print(asyncio.run(_rows("deliveries")), as_json, "日本年金機構からの送付", "送付はありません。")


@deliveries.command(name="show")
def show_delivery(number: Delivery, as_json: AsJson = False) -> None:
    """What became of the rows of a delivery, and which lines are for a person. Nobody is named."""
    _print(asyncio.run(_rows("delivery_rows", number)), as_json, number, "取り込んだファイルはありません。")


@app.command()
def key() -> None:
    """Where our public key lies, for whoever checks a medium with `medium_check.py`."""

    async def read() -> Path:
        async with opened("transmittal") as (own, _):
            medium.signing_key(own.key_file.with_name(medium.KEY))
            return medium.public_key_of(own.key_file.with_name(medium.KEY))

    print(asyncio.run(read()))
