"""The media that may be used (記録媒体管理台帳), and the terminals on which they may be written."""

import asyncio
import datetime as dt
from typing import Annotated

import typer
from chassis.transaction import Access
from transmittal import media_ledger

from cli.access import AsJson, asks_for, day_or
from cli.transmittal.steps import Until, act, day_after, print_rows, rows

app = typer.Typer()


@app.command()
@asks_for("transmittal")
def designate(access: Access, code: Annotated[str, typer.Argument(help="The terminal.")], until: Until = None) -> None:
    """Name a terminal on which media may be written."""
    act(access, lambda transaction: media_ledger.designate(transaction, access, code, day_after(until)))
    print(f"端末 {code} を指定しました。")


@app.command()
@asks_for("transmittal")
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
    ends = day_after(until)
    assert ends is not None
    act(access, lambda transaction: media_ledger.register(transaction, access, code, serial, kind, place, ends))
    print(f"媒体 {code} を台帳に登録しました。")


@app.command()
@asks_for("transmittal")
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
@asks_for("transmittal")
def take_back(access: Access, code: Annotated[str, typer.Argument(help="Number in the ledger.")]) -> None:
    """A medium came back (入)."""
    act(access, lambda transaction: media_ledger.take_back(transaction, access, code))
    print(f"媒体 {code}: 返却済")


@app.command()
@asks_for("transmittal")
def dispose(
    access: Access,
    code: Annotated[str, typer.Argument(help="Number in the ledger.")],
    how: Annotated[str, typer.Option(help="shredded, broken or left_with_recipient.")],
    certificate: Annotated[str | None, typer.Option(help="Number of the certificate.")] = None,
) -> None:
    """Enter the end of a medium."""
    act(access, lambda transaction: media_ledger.dispose(transaction, access, code, how, certificate))
    print(f"媒体 {code} の廃棄を記録しました。")


@app.command()
def ledger(as_json: AsJson = False) -> None:
    """記録媒体管理台帳: every medium, where it is, what is on it, and its end."""
    print_rows(asyncio.run(rows("media")), as_json, "記録媒体管理台帳", "台帳に媒体はありません。")
