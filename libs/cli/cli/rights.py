"""`kokunen rights`: what people ask about the records held of them (開示・訂正・利用停止の請求、問合せ), until when, and the draft of a disclosure."""

import datetime as dt
from pathlib import Path
from typing import Annotated, cast, get_args

import typer
from chassis import files
from chassis.transaction import Access
from contracts.doors.rights import (
    AskRequests,
    DecideRequest,
    Disclosure,
    ExtendRequest,
    RegisterRequest,
    RequestKind,
    RequestNamed,
    RequestOutcome,
    RequestShown,
)
from contracts.era import japanese_day
from contracts.vocabulary import JST
from contracts.wording import RIGHTS_REQUESTS
from eligibility import rights_desk
from rich.table import Table
from transmittal.paper import register as printed
from transmittal.registers import Column, Page

from cli import stack
from cli.access import AsJson, act_at, asks_for, day_or
from cli.screen import out
from cli.services import environment_settings

app = typer.Typer(help="Requests of people about their own records.", no_args_is_help=True)
asks = asks_for("disclosure")
Number = Annotated[str, typer.Argument(help="Number of the request, as the department that received it gave it.")]
Words = Annotated[str, typer.Option(help="What was asked or answered, in your words; kept sealed.")]
_OUTCOMES = ", ".join(get_args(RequestOutcome))


@app.command()
@asks
def register(
    access: Access,
    number: Number,
    person: Annotated[int, typer.Option(help="Addressee number (宛名番号).")],
    kind: Annotated[RequestKind, typer.Option(help="What is asked for.")],
    note: Words,
    received: Annotated[str | None, typer.Option(help="YYYY-MM-DD: when it was received; today without it.")] = None,
) -> None:
    """A request came in; prints until when it is to be decided."""
    on = day_or(received, dt.datetime.now(JST).date())
    asked = RegisterRequest(number=number, kind=kind, addressee=person, received_on=on, note=note)
    _say(act_at("eligibility", access, lambda t: rights_desk.register(t, access, asked)))


@app.command()
@asks
def extend(access: Access, number: Number, reason: Annotated[str, typer.Option(help="A code of the reason.")]) -> None:
    """Extend the time to decide, once."""
    asked = ExtendRequest(number=number, reason=reason)
    _say(act_at("eligibility", access, lambda t: rights_desk.extend(t, access, asked)))


@app.command()
@asks
def decide(
    access: Access,
    number: Number,
    outcome: Annotated[str, typer.Option(help=_OUTCOMES)],
    note: Words,
) -> None:
    """How a request ended; by another person than who registered it."""
    if outcome not in get_args(RequestOutcome):
        raise typer.BadParameter(f"an outcome is {_OUTCOMES}", param_hint="--outcome")
    asked = DecideRequest(number=number, outcome=cast("RequestOutcome", outcome), note=note)
    _say(act_at("eligibility", access, lambda t: rights_desk.decide(t, access, asked)))


@app.command("list")
@asks
def list_requests(
    access: Access,
    decided: Annotated[bool, typer.Option("--decided", help="Those that ended, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Requests that are open, the most urgent first."""
    found = act_at("eligibility", access, lambda t: rights_desk.requests(t, access, AskRequests(decided=decided)))
    if as_json:
        print(found.model_dump_json())
        return
    table = Table("番号", "種類", "宛名番号", "受付", "期限", "状態", title="請求・問合せ")
    for one in found.requests:
        state = one.outcome or ("期限超過" if one.overdue else "延長済" if one.extended else "")
        table.add_row(
            one.number, RIGHTS_REQUESTS[one.kind][0], str(one.addressee), f"{one.received_on}", f"{one.due_on}", state,
            style="red" if one.overdue else "",
        )  # fmt: skip
    out.print(table if found.requests else "請求はありません。")


@app.command()
@asks
def disclose(
    access: Access,
    number: Number,
    into: Annotated[Path, typer.Option(file_okay=False, help="Folder for the PDF and the JSON.")],
) -> None:
    """The draft of a disclosure (開示): everything held of the person, who got it, who used it; what is withheld says why."""
    asked = RequestNamed(number=number)
    found = act_at("eligibility", access, lambda t: rights_desk.disclosure(t, access, asked))
    municipality = environment_settings(stack.read(), "transmittal").municipality_name
    into.mkdir(parents=True, exist_ok=True)
    for ending, content in (
        ("pdf", printed(_page(found), municipality, found.made_on)),
        ("json", found.model_dump_json(indent=1).encode()),
    ):
        files.write(into / f"disclosure-{number}.{ending}", content)
        print(into / f"disclosure-{number}.{ending}")


def _page(found: Disclosure) -> Page:
    columns = (Column("区分", 14), Column("年月日等", 18), Column("項目", 12), Column("内容", 40))
    rows = [[part.title, line.when, line.what, line.says] for part in found.parts for line in part.lines]
    rows += [["不開示", "", "", reason] for reason in found.withheld]
    notes = (f"請求番号　{found.number}　　宛名番号　{found.addressee}", "この案は決定前のものです。")
    return Page("保有個人情報　開示（案）", notes, columns, rows)


def _say(one: RequestShown) -> None:
    if one.outcome is not None:
        print(f"{one.number} {RIGHTS_REQUESTS[one.kind][0]}: 決定を記録しました（{one.outcome}）。")
    else:
        print(f"{one.number} {RIGHTS_REQUESTS[one.kind][0]}: 期限 {japanese_day(one.due_on)}")
