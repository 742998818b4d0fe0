"""Who asks, from which terminal, what for? The options of every command that shows a person, and the record it leaves (decision 22)."""

import asyncio
import datetime as dt
import functools
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Annotated, Any, TypeVar

import asyncpg
import typer
from chassis import database, faults, sealing
from chassis.doors import Refused
from chassis.settings import Settings
from chassis.transaction import Access, Transaction
from contracts.vocabulary import JST

from cli import stack
from cli.local import say
from cli.services import environment_settings

T = TypeVar("T")
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Account = Annotated[str, typer.Option(envvar="KOKUNEN_ACCOUNT", help="Who asks.")]
Terminal = Annotated[str, typer.Option(envvar="KOKUNEN_TERMINAL", help="From which terminal.")]
Purpose = Annotated[str, typer.Option(envvar="KOKUNEN_PURPOSE", help="What for.")]
Case = Annotated[str, typer.Option(envvar="KOKUNEN_CASE", help="In which case.")]

ACCOUNT, TERMINAL, PURPOSE, CASE = "dev-clerk", "dev-terminal", "status", "dev-case"
"""Development accounts."""


def asks(command: Callable[..., None], purpose: str = PURPOSE) -> Callable[..., None]:
    """A command whose first parameter is the access gets the four options that say it: who, where, what for, in which case."""
    _, *own = inspect.signature(command).parameters.values()

    @functools.wraps(command)
    def with_access(*, account: str, terminal: str, purpose: str, case: str, **given: Any) -> None:
        command(Access(account, terminal, purpose, case), **given)

    options = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=option)
        for name, default, option in (
            ("account", ACCOUNT, Account), ("terminal", TERMINAL, Terminal), ("purpose", purpose, Purpose), ("case", CASE, Case),
        )
    ]  # fmt: skip
    parameters = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own] + options
    with_access.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    with_access.__annotations__ = {one.name: one.annotation for one in parameters}
    return with_access


def asks_for(purpose: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The same for a command of another purpose (`contracts.purposes`)."""
    return functools.partial(asks, purpose=purpose)


@asynccontextmanager
async def opened(service: str) -> AsyncIterator[tuple[Settings, asyncpg.Connection]]:
    """A service's own database, for a command that asks it."""
    own = environment_settings(stack.read(), service)
    connection = await asyncpg.connect(own.database, server_settings=database.SESSION)
    try:
        yield own, connection
    finally:
        await connection.close()


@asynccontextmanager
async def at_work(
    own: Settings, connection: asyncpg.Connection, access: Access | None = None
) -> AsyncIterator[Transaction]:
    """One step at a desk: all of it, with its access records, or nothing."""
    async with connection.transaction():
        if access is not None:
            await database.declare(connection, access.account, access.purpose)
        transaction = Transaction(own, connection, sealing.load(own.key_file))
        yield transaction
        await transaction.send()
        faults.point("before_commit")
    faults.point("after_commit")


def act_at(service: str, access: Access, step: Callable[[Transaction], Awaitable[T]]) -> T:
    """One step at a service's desk. A refusal is on record, too, and ends with status 1."""

    async def work() -> T:
        async with opened(service) as (own, connection):
            try:
                async with at_work(own, connection, access) as transaction:
                    return await step(transaction)
            except Refused as refused:
                async with at_work(own, connection) as transaction:
                    await transaction.record_refusal(refused.subjects, access, f"{service}.step")
                raise

    try:
        return asyncio.run(work())
    except Refused as refused:
        say(f"{refused.title} ({refused.code})")
        raise typer.Exit(1) from None


async def business_day(connection: asyncpg.Connection) -> dt.date:
    """The service's business day; today where no calendar has come yet."""
    return await connection.fetchval("select business_day from clock") or dt.datetime.now(JST).date()


def day_or(text: str | None, otherwise: dt.date) -> dt.date:
    """The day of an option, or another one without it."""
    try:
        return dt.date.fromisoformat(text) if text else otherwise
    except ValueError:
        raise typer.BadParameter("a day is written YYYY-MM-DD") from None


async def recorded(
    own: Settings,
    connection: asyncpg.Connection,
    shown: Iterable[int],
    access: Access,
    what: str,
    fields: Sequence[str],
) -> None:
    """Commit an access record for everyone shown; only then may anything be shown (promise 7)."""
    async with at_work(own, connection) as transaction:
        await transaction.record_access(sorted(set(shown)), access, what, fields)
