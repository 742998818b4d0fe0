"""What comes back from the pension service: registered, counted by two, let in."""

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer
from chassis.transaction import Access
from contracts.doors.papers import DeliveryKind as Kind
from contracts.fixed_file import Refused
from contracts.wording import DELIVERY_OUTCOMES
from transmittal import deliveries

from cli.access import AsJson, asks_for
from cli.local import say
from cli.transmittal.steps import act, counts_in, print_rows, rows

app = typer.Typer(help="What comes back: registered, counted by two, let in.", no_args_is_help=True)


Delivery = Annotated[str, typer.Argument(help="Number of the delivery (送付番号).")]


Counts = Annotated[Path, typer.Argument(help='Rows by kind of file, as JSON: {"results": 12, …}')]


@app.command(name="register")
@asks_for("transmittal")
def register_delivery(access: Access, number: Delivery, cover: Counts) -> None:
    """A delivery came; its cover sheet (送付書) announces so many rows by kind of file."""
    announced = counts_in(cover)
    act(access, lambda transaction: deliveries.register(transaction, access, number, announced))
    print(f"{number}: 登録しました。二人の確認を待ちます。")


@app.command(name="count")
@asks_for("transmittal")
def count_delivery(access: Access, number: Delivery, counts: Counts) -> None:
    """What you counted. Exit status 1 where it differs from the cover sheet."""
    counted = counts_in(counts)
    found = act(access, lambda transaction: deliveries.count(transaction, access, number, counted))
    for kind, difference in found.items():
        print(f"{kind}: {difference:+,}")
    if found:
        raise typer.Exit(1)
    print(f"{number}: 送付書と一致")


@app.command(name="import")
@asks_for("transmittal")
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
        found = act(access, lambda transaction: deliveries.let_in(transaction, access, number, kind, content))
    except Refused as refused:
        say("このファイルは受け入れられません。1件も取り込んでいません。 The file was refused; nothing of it was kept.")
        for finding in refused.findings:
            say(f"  {finding}")
        raise typer.Exit(1) from None
    if as_json:
        print(json.dumps(found))
    else:
        print(
            f"{number} {kind}: "
            + ", ".join(f"{DELIVERY_OUTCOMES[outcome][0]} {rows:,}" for outcome, rows in found.items())
        )


@app.command(name="list")
def list_deliveries(as_json: AsJson = False) -> None:
    """Every delivery: announced, counted, let in. Nobody is named."""
    print_rows(asyncio.run(rows("deliveries")), as_json, "日本年金機構からの送付", "送付はありません。")


@app.command(name="show")
def show_delivery(number: Delivery, as_json: AsJson = False) -> None:
    """What became of the rows of a delivery, and which lines are for a person. Nobody is named."""
    print_rows(asyncio.run(rows("delivery_rows", number)), as_json, number, "取り込んだファイルはありません。")
