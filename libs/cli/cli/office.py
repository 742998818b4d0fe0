"""The people of a made-up ward office who see batches off to the pension service, each with an account of their own."""

import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
from chassis import files
from chassis.settings import Settings
from chassis.transaction import Access, Transaction
from contracts.vocabulary import JST
from tax_income.request_layouts import KINDS
from transmittal import deliveries, desk, media_ledger, medium, medium_check, originals, paper
from transmittal.accounts import Batch
from transmittal.report_forms import Sheet
from transmittal.returns import Kind

from cli import income_requests, local
from cli.access import at_work, business_day, opened

CLERK, SECOND, CARRIER, BOSS, HEAD = "office-clerk", "office-second", "office-carrier", "office-boss", "office-head"
TERMINAL = "media-terminal"
ALWAYS = dt.datetime(2000, 1, 1, tzinfo=JST)
FOREVER = dt.datetime(2100, 1, 1, tzinfo=JST)


class Office:
    """What they do; each step is one of `transmittal.desk`."""

    def __init__(self, own: Settings, connection: asyncpg.Connection) -> None:
        self._own, self._connection = own, connection

    async def _does(self, account: str, step: Callable[[Transaction, Access], Awaitable[Any]]) -> Any:
        access = Access(account, TERMINAL, "transmittal", "weekly")
        async with at_work(self._own, self._connection) as transaction:
            return await step(transaction, access)

    async def appoint(self) -> None:
        """Who decides and who permits, and the terminal where media are written."""
        for account, duty in ((BOSS, "decide"), (HEAD, "permit")):
            for proposer in (CLERK, SECOND):
                await self._does(proposer, partial(_appointment, account, duty))
        await self._does(CLERK, lambda t, a: media_ledger.designate(t, a, TERMINAL, None))

    async def see_off(self, batch: int) -> Path:
        """From sealed to dispatched; where the medium lies."""
        code = f"disc-{batch:04d}"
        folder = place(batch)
        folder.mkdir(parents=True, exist_ok=True)
        bag = f"bag-{batch % 7}", f"seal-{batch:05d}"
        await self._does(SECOND, lambda t, a: desk.check(t, a, batch))
        await self._does(BOSS, lambda t, a: desk.decide(t, a, batch))
        await self._does(
            CLERK,
            lambda t, a: media_ledger.register(t, a, code, f"SN-{batch:08d}", "optical_disc", "locker-1", FOREVER),
        )
        await self._does(SECOND, lambda t, a: desk.write_at(t, a, batch, code, folder))
        await self._does(HEAD, lambda t, a: desk.permit(t, a, batch, CARRIER, "pension-office"))
        await self.scan(batch)
        found = medium_check.read(folder)
        for account in (CARRIER, SECOND):
            await self._does(account, lambda t, a: desk.dispatch(t, a, batch, *bag, found))
        return folder

    async def scan(self, batch: int) -> None:
        """Every original of the batch goes into the bag; each has one sheet here."""
        bag = await self._does(CARRIER, lambda t, a: desk.scan(t, a, batch, ()))
        codes = [str(originals.Sheet(filing, 1, 1)) for filing in bag.missing]
        await self._does(CARRIER, lambda t, a: desk.scan(t, a, batch, codes))

    async def sheets(self, batch: int) -> tuple[Batch, list[Sheet]]:
        """A batch with what stands on its papers."""
        found: tuple[Batch, list[Sheet]] = await self._does(
            SECOND, lambda t, a: desk.sheets(t, a, batch, for_applicant=False)
        )
        return found

    async def printed(self, batch: int) -> list[Path]:
        """The papers of a batch; where they lie."""
        sealed, sheets = await self.sheets(batch)
        folder = self._own.output / f"batch-{batch:04d}"
        folder.mkdir(parents=True, exist_ok=True)
        made = []
        for name, content in paper.papers(sheets, sealed, self._own.municipality_name):
            files.write(folder / name, content)
            made.append(folder / name)
        return made

    async def password(self, batch: int) -> str:
        """By another way than the medium."""
        word: str = await self._does(CLERK, lambda t, a: desk.password(t, a, batch))
        return word

    async def receipt(self, batch: int, counts: dict[str, int]) -> dict[str, int]:
        """The pension service's counts are entered; what differs."""
        found: dict[str, int] = await self._does(CLERK, lambda t, a: desk.receive(t, a, batch, counts))
        return found

    async def delivered(self, number: str, cover: dict[str, int]) -> None:
        """A delivery came: registered, and counted by two."""
        await self._does(CLERK, lambda t, a: deliveries.register(t, a, number, cover))
        for account in (CLERK, SECOND):
            await self._does(account, lambda t, a: deliveries.count(t, a, number, cover))

    async def let_in(self, number: str, kind: Kind, content: bytes) -> dict[str, int]:
        """A file of a counted delivery; its rows by outcome."""
        found: dict[str, int] = await self._does(CLERK, lambda t, a: deliveries.let_in(t, a, number, kind, content))
        return found

    async def income_answer(self, number: str, content: bytes) -> bytes:
        """A list of the pension service for a continued review: let in, its people looked for, answered; the file that goes back."""
        access = Access(CLERK, TERMINAL, "income-request", number)
        await income_requests.let_in(access, content, number, "continued_review", KINDS["continued_review"].basis)
        _, file = await income_requests.answered(access, number)
        return file.read_bytes()

    def public_key(self) -> bytes:
        """With which whoever gets a medium checks it."""
        return medium.public_key_of(self._own.key_file.with_name(medium.KEY)).read_bytes()

    async def today(self) -> dt.date:
        return await business_day(self._connection)

    async def items(self, batch: int) -> int:
        """How many items a batch has."""
        count: int = await self._connection.fetchval("select items from batch where number = $1", batch)
        return count

    async def sealed(self) -> dict[int, dt.date]:
        """Batches that nobody has looked at yet, and when each was sealed."""
        rows = await self._connection.fetch(
            "select batch, sealed_on from issue join batch on batch.number = issue.batch"
            " where checked_at is null and voided_at is null order by batch"
        )
        return {row["batch"]: row["sealed_on"] for row in rows}


async def _appointment(account: str, duty: str, transaction: Transaction, access: Access) -> str:
    return await desk.appoint(transaction, access, account, duty, None, ALWAYS, None)


def place(batch: int) -> Path:
    """Where the demonstration's media lie."""
    return local.home() / "media" / f"disc-{batch:04d}"


@asynccontextmanager
async def open_office() -> AsyncIterator[Office]:
    """The office, at work on transmittal's own database."""
    async with opened("transmittal") as (own, connection):
        yield Office(own, connection)
