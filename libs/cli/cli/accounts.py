"""`kokunen accounts`: the register of accounts and terminals (利用者・端末台帳). One person proposes, another approves; every service is told."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, cast, get_args

import typer
from audit import account_desk
from audit.store import QUERIES
from chassis.transaction import Access, Transaction
from contracts.doors.accounts import (
    AccountsShown,
    ApproveProposal,
    AskAccounts,
    AskEmergency,
    ProposeAccount,
    ProposeTerminal,
)
from contracts.events.operations import TerminalClass
from contracts.vocabulary import JST
from rich.table import Table

from cli.access import AsJson, act_at, asks_for, day_or
from cli.screen import out

app = typer.Typer(help="Accounts and terminals: proposed by one person, approved by another.", no_args_is_help=True)
asks = asks_for("accounts")
Account = Annotated[str, typer.Argument(help="The account that is meant.")]
Kind = Literal["employee", "contractor", "operator"]
_CLASSES = ", ".join(get_args(TerminalClass))


@app.command()
@asks
def propose(
    access: Access,
    name: Account,
    role: Annotated[list[str], typer.Option(help="A role (docs/access-matrix.md); may be given several times.")],
    until: Annotated[str, typer.Option(help="YYYY-MM-DD: the last day.")],
    kind: Annotated[
        Kind, typer.Option(help="contractor: entry alone · operator: under a work order WO-…")
    ] = "employee",
    at: Annotated[list[str] | None, typer.Option(help=f"Class of its terminals: {_CLASSES}; several times.")] = None,
    contract: Annotated[str | None, typer.Option(help="contractor: number of the contract.")] = None,
    approval: Annotated[str | None, typer.Option(help="contractor: number of the ward's approval.")] = None,
    trained_on: Annotated[str | None, typer.Option(help="YYYY-MM-DD of the last training.")] = None,
    suspended: Annotated[
        Literal["left", "incident", "other"] | None, typer.Option(help="It may nothing any more.")
    ] = None,
) -> None:
    """How an account is to be from now on; prints the number under which another person approves it."""
    last = day_or(until, dt.date.max)
    if not set(at or ()) <= set(get_args(TerminalClass)):
        raise typer.BadParameter(f"terminals are {_CLASSES}", param_hint="--at")
    asked = ProposeAccount(
        account=name,
        kind=kind,
        roles=tuple(role),
        terminals=cast("tuple[TerminalClass, ...]", tuple(at or ("office",))),
        valid_from=dt.datetime.now(JST),
        valid_until=dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), JST),
        contract=contract,
        approval=approval,
        trained_on=day_or(trained_on, dt.date.min) if trained_on else None,
        suspended=suspended,
    )
    print(act_at("audit", access, lambda t: account_desk.propose_account(t, access, asked)).proposal)


@app.command()
@asks
def terminal(
    access: Access,
    name: Annotated[str, typer.Argument(help="The terminal that is meant.")],
    of: Annotated[TerminalClass, typer.Option(help="What it is for.")],
    withdrawn: Annotated[bool, typer.Option("--withdrawn", help="It is for nothing any more.")] = False,
) -> None:
    """What a terminal is for from now on; prints the number under which another person approves it."""
    asked = ProposeTerminal(terminal=name, of=of, withdrawn=withdrawn)
    print(act_at("audit", access, lambda t: account_desk.propose_terminal(t, access, asked)).proposal)


@app.command()
@asks
def emergency(
    access: Access,
    name: Account,
    role: Annotated[str, typer.Option(help="The role for four hours.")],
    reason: Annotated[str, typer.Option(help="A code or a ticket's number.")],
) -> None:
    """One more role for four hours from the approval (緊急時の権限付与); prints the number for the other person."""
    asked = AskEmergency(account=name, role=role, reason=reason)
    print(act_at("audit", access, lambda t: account_desk.ask_emergency(t, access, asked)).proposal)


@app.command()
@asks
def approve(access: Access, proposal: Annotated[int, typer.Argument(help="Number of the proposal.")]) -> None:
    """The second person: the change takes effect."""
    done = act_at("audit", access, lambda t: account_desk.approve(t, access, ApproveProposal(proposal=proposal)))
    print(f"承認しました（第{done.version}版）。")


@app.command("list")
@asks
def list_accounts(access: Access, as_json: AsJson = False) -> None:
    """The inventory (利用者台帳): every account, what it may, until when, and when it was last used."""
    book = act_at("audit", access, lambda t: account_desk.inventory(t, access, AskAccounts()))
    if as_json:
        print(book.model_dump_json())
        return
    _show(book)


def _show(book: AccountsShown) -> None:
    table = Table("利用者", "区分", "役割", "端末", "有効期限", "最終利用", "状態", title="利用者台帳")
    for one in book.accounts:
        standing = one.standing
        used = f"{one.last_used.astimezone(JST):%Y-%m-%d}" if one.last_used else "なし"
        state = standing.suspended or ("長期未使用" if one.dormant else "")
        table.add_row(
            one.account, standing.kind, " ".join(standing.roles), " ".join(standing.terminals),
            f"{standing.valid_until.astimezone(JST):%Y-%m-%d %H:%M}", used, state,
        )  # fmt: skip
    out.print(table)
    if book.proposals:
        out.print(f"承認待ち: {' '.join(map(str, book.proposals))}")


FIRST, SECOND = "dev-admin-1", "dev-admin-2"
_TERMINALS: dict[str, TerminalClass] = {"dev-terminal": "office", "dev-numbers": "number", "dev-media": "media"}


def for_development(people: Mapping[str, Sequence[str]]) -> None:
    """Accounts with their roles on a local stack, set by two made-up people for a day, with the terminals dev-terminal, dev-numbers and dev-media."""
    first, second = (Access(who, "dev-terminal", "accounts", "development") for who in (FIRST, SECOND))
    now = dt.datetime.now(JST)

    async def both(transaction: Transaction) -> None:
        known = {row["terminal"] for row in await transaction.fetch(QUERIES["terminals"])}
        for name, of in _TERMINALS.items():
            if name not in known:
                terminal = await account_desk.propose_terminal(
                    transaction, first, ProposeTerminal(terminal=name, of=of)
                )
                await account_desk.approve(transaction, second, ApproveProposal(proposal=terminal.proposal))
        for account, roles in people.items():
            wanted = ProposeAccount(
                account=account, kind="employee", roles=tuple(roles), terminals=("office", "number", "media"), valid_from=now,
                valid_until=now + dt.timedelta(days=1),
            )  # fmt: skip
            asked = await account_desk.propose_account(transaction, first, wanted)
            await account_desk.approve(transaction, second, ApproveProposal(proposal=asked.proposal))

    act_at("audit", first, both)
