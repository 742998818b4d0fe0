"""Everything that is printed: the papers of a batch, letters, registers, labels."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from chassis import files
from chassis.transaction import Access
from contracts.doors.papers import LetterKind, RegisterName
from contracts.vocabulary import JST
from transmittal import desk, mail, originals, paper, paper_desk
from transmittal.letters import Letter, MailTo

from cli import stack
from cli.access import asks_for, day_or
from cli.local import say
from cli.services import environment_settings
from cli.transmittal.steps import Number, act

app = typer.Typer()


@app.command(name="print")
@asks_for("transmittal")
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
@asks_for("transmittal")
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
@asks_for("transmittal")
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
@asks_for("transmittal")
def print_register(
    access: Access,
    name: Annotated[
        RegisterName,
        typer.Argument(help="reception 受付処理簿 · carry-outs 持ち出し記録簿 · media 記録媒体管理台帳"),
    ],
    into: Annotated[Path, typer.Option("--into", file_okay=False, help="Folder for the PDF file.")],
    since: Annotated[str | None, typer.Option("--from", help="受付処理簿: YYYY-MM-DD, first day of reception.")] = None,
    until: Annotated[str | None, typer.Option("--until", help="受付処理簿: YYYY-MM-DD, last day of reception.")] = None,
) -> None:
    """A register as PDF. 受付処理簿 leaves access records."""
    days = day_or(since, dt.date.min), day_or(until, dt.date.max)

    page = act(access, lambda transaction: paper_desk.register_page(transaction, access, name, *days))
    into.mkdir(parents=True, exist_ok=True)
    today = dt.datetime.now(JST).date()
    municipality = environment_settings(stack.read(), "transmittal").municipality_name
    files.write(into / f"{name}.pdf", paper.register(page, municipality, today))
    print(f"{into / name}.pdf")


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
