"""What follows from the log alone, taken from it once more: a service's projections in a schema beside them, compared, switched (decision 8).

The shadow takes the events that took effect, each once, whatever their order: those in the service's inbox that were not forgotten again and do not
wait in its set-aside. It says nothing to anybody. The service may go on meanwhile; it waits only while the two are compared.
"""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
from contracts.envelope import Event

from chassis import database
from chassis.batch import MAX_RECORDS, Incoming, Record
from chassis.later import Later
from chassis.sealing import Sealer
from chassis.service import Service
from chassis.set_aside import WAITING
from chassis.settings import Settings
from chassis.transaction import Transaction, stands

_LOCK = 7003
_EFFECTIVE = f"""
select i.id, i.forgotten, a.event_id is not null as waits
from unnest($1::uuid[], $2::bytea[]) as given (id, hash)
join public.inbox as i on i.id = given.id and i.hash = given.hash
left join ({WAITING}) as a on a.event_id = i.id
"""
_MISSING = f"""
select count(*) from public.inbox as i left join ({WAITING}) as a on a.event_id = i.id
where not i.forgotten and a.event_id is null and not exists (select from shadow.inbox as s where s.id = i.id)
"""
_STATEMENTS = """
select subject as who, row(subject, topic, key)::text as line, type, value from {schema}.said
"""
_ROWS = "select t.{who} as who, t::text as line, null as type, null::bytea as value from {schema}.{table} as t"
_FORGET = """
update public.inbox as i set forgotten = true from shadow.inbox as s where s.id = i.id and s.forgotten and not i.forgotten
"""
_DIGEST = """
select count(*) as rows, encode(sha256(coalesce(string_agg(hash, ''::bytea order by hash), ''::bytea)), 'hex') as sha256
from (select sha256(convert_to(l::text, 'UTF8')) as hash from ({lines}) as l) as hashes
"""
_NUMBERED = """
with ours as (select t, t.ctid, t::text as line, row_number() over (partition by t::text) as nth from public.{table} as t),
     theirs as (select t, t::text as line, row_number() over (partition by t::text) as nth from shadow.{table} as t)
"""
_TAKE_AWAY = f"""{_NUMBERED}
delete from public.{{table}} where ctid = any(array(
    select ctid from ours where not exists (select from theirs where theirs.line = ours.line and theirs.nth = ours.nth)))
"""
_PUT_IN = f"""{_NUMBERED}
insert into public.{{table}}
select (theirs.t).* from theirs where not exists (select from ours where ours.line = theirs.line and ours.nth = theirs.nth)
"""


@dataclass(frozen=True)
class Compared:
    """A table as it is and as it follows from the log."""

    table: str
    rows: int
    sha256: str
    from_the_log: str
    """SHA-256 over the hashes of its rows, in their order."""
    only_here: tuple[int, ...] = ()
    only_from_the_log: tuple[int, ...] = ()
    """Of whom the rows are that one of the two has and the other has not."""

    @property
    def equal(self) -> bool:
        """What was once said and taken back makes no difference: how often that happened depends on what arrived when."""
        return not self.only_here and not self.only_from_the_log


class _Again(Later):
    """Takes the events that took effect once more, each resident's together."""

    def __init__(self, service: Service, settings: Settings, pool: asyncpg.Pool, sealer: Sealer) -> None:
        super().__init__(service, settings, pool, sealer)
        self.taken = 0
        self.forgotten = 0
        self.left: list[Record] = []
        """No event, or none that took effect until now: asked for once more in the end."""

    async def take(self, records: Sequence[Record]) -> None:
        """Some records; whom the service may know, and who was erased, comes before what is known of them. In two lanes: one computes while the
        database works for the other."""
        ordered = sorted(records, key=lambda record: record.key or b"")
        half = len(ordered) // 2
        await asyncio.gather(self._lane(ordered[:half]), self._lane(ordered[half:]))

    async def _lane(self, records: Sequence[Record]) -> None:
        for start in range(0, len(records), MAX_RECORDS):
            items = await self._effective(await self._decoded(records[start : start + MAX_RECORDS]))
            await self._in_circle(lambda transaction, more: self._again(transaction, items, more))  # noqa: B023
            self.taken += len(items)

    def _too_early(self, event: Event[Any] | None, business_day: dt.date | None) -> bool:
        """It took effect; whatever day it was."""
        return False

    async def _effective(self, items: Sequence[Incoming]) -> list[Incoming]:
        """Those whose events took effect in the service."""
        given = [(item.event.id, item.hash) for item in items if item.event is not None]
        rows = {str(row["id"]): row for row in await self.pool.fetch(_EFFECTIVE, *database.columns(given, 2))}
        effective = []
        for item in items:
            row = rows.get(item.event.id) if item.event is not None else None
            if row is None or row["waits"]:
                self.left.append(item.record)
            elif row["forgotten"]:
                self.forgotten += 1
            else:
                effective.append(item)
        return effective

    async def _again(self, transaction: Transaction, items: list[Incoming], more: frozenset[int]) -> int:
        for item in items:
            item.begin_again()
        await self._take(transaction, items, more)
        transaction.outgoing.clear()  # nobody hears of it
        return len(items)


class Rebuild:
    """A service's shadow, from the moment it is made until it is removed."""

    def __init__(
        self, service: Service, settings: Settings, ours: asyncpg.Pool, shadow: asyncpg.Pool, sealer: Sealer
    ) -> None:
        self.service, self.ours = service, ours
        self.again = _Again(service, settings, shadow, sealer)
        self._later = Later(service, settings, ours, sealer)

    async def heads(self) -> dict[tuple[str, int], int]:
        """Up to where the service has read each partition."""
        rows = await self.ours.fetch("select topic, part, next_offset from ledger_head")
        return {(row["topic"], row["part"]): row["next_offset"] for row in rows}

    async def missing(self) -> int:
        """Events that took effect, and that nobody gave us."""
        return int(await self.ours.fetchval(_MISSING))

    async def compare(self, connection: asyncpg.Connection) -> list[Compared]:
        """Each projection, and what the service is saying."""
        tables = ", ".join(f"public.{table}" for table in (*self.service.projections, "said"))
        await connection.execute(f"lock table {tables} in share row exclusive mode")
        found = []
        for table, who in self.service.projections.items():
            found.append(await self._compare(connection, table, _ROWS.format(table=table, who=who, schema="{schema}")))
        found.append(await self._compare(connection, "said", _STATEMENTS))
        return found

    async def _compare(self, connection: asyncpg.Connection, table: str, lines: str) -> Compared:
        here, there = lines.replace("{schema}", "public"), lines.replace("{schema}", "shadow")
        ours = await connection.fetchrow(_DIGEST.format(lines=here))
        theirs = await connection.fetchrow(_DIGEST.format(lines=there))
        if ours["sha256"] == theirs["sha256"]:
            return Compared(table, ours["rows"], ours["sha256"], theirs["sha256"])

        async def only(these: str, those: str) -> tuple[int, ...]:
            rows = await connection.fetch(f"select * from ({these}) as a except all select * from ({those}) as b")
            return tuple(row["who"] for row in rows if row["type"] is None or stands(row["type"], row["value"]))

        return Compared(
            table, ours["rows"], ours["sha256"], theirs["sha256"], await only(here, there), await only(there, here)
        )

    async def switch(self, connection: asyncpg.Connection, compared: Iterable[Compared]) -> None:
        """Put what follows from the log in the place of what differs from it, and remember of whom it is. What need not be kept may come again."""
        concerned: set[int] = set()
        for one in compared:
            concerned |= {*one.only_here, *one.only_from_the_log}
            if one.table != "said" and not one.equal:
                await connection.execute(_TAKE_AWAY.format(table=one.table))
                await connection.execute(_PUT_IN.format(table=one.table))
        await connection.execute(_FORGET)
        await connection.execute("insert into shadow.rebuilt select unnest($1::bigint[])", sorted(concerned))

    async def look_again(self) -> int:
        """What is now to be said of them is said, the difference alone; returns of how many residents."""
        rows = await self.ours.fetch("select resident from shadow.rebuilt order by resident")
        for start in range(0, len(rows), MAX_RECORDS):
            await self._later.look_again([row["resident"] for row in rows[start : start + MAX_RECORDS]])
        await self.ours.execute("truncate shadow.rebuilt")
        return len(rows)

    @asynccontextmanager
    async def at_rest(self) -> AsyncIterator[asyncpg.Connection]:
        """Inside, the service takes no batch; and from the comparison on, nothing that is compared changes."""
        async with self.ours.acquire() as connection, connection.transaction():
            await connection.execute("lock table ledger_head in share row exclusive mode")
            await connection.execute("set local enable_seqscan = on")  # here whole tables are read
            yield connection


@asynccontextmanager
async def rebuild(service: Service, settings: Settings, sealer: Sealer) -> AsyncIterator[Rebuild]:
    """An empty shadow of a service, removed at the end. What a former one had switched, and not yet looked at again, is looked at first.

    WrongDatabase when another rebuild is under way, the service's upgrade is not finished, or its login may not make a schema.
    """
    ours = await database.connect(settings.database, connections=3)
    try:
        async with ours.acquire() as alone:
            if not await alone.fetchval("select pg_try_advisory_lock($1)", _LOCK):
                raise database.WrongDatabase(f"{service.name} is being rebuilt already.")
            if await alone.fetchval("select to_regclass('shadow.rebuilt') is not null"):
                async with _shadow(service, settings, ours, sealer) as left:
                    await left.look_again()
            await alone.execute("drop schema if exists shadow cascade")
            try:
                await alone.execute("create schema shadow")
            except asyncpg.InsufficientPrivilegeError:
                raise database.WrongDatabase(
                    f"The login of {service.name} may not make a schema: grant it `create` on its own database."
                ) from None
            async with _shadow(service, settings, ours, sealer) as made:
                await database.migrate(made.again.pool, service.package, lambda: None)
                if await alone.fetchval(
                    "select exists (select package, name from shadow.migration except select package, name from public.migration)"
                ):
                    raise database.WrongDatabase(
                        f"The upgrade of {service.name} is not finished: `kokunen migrate {service.name} --finish` first."
                    )
                await made.again.pool.execute("create table shadow.rebuilt (resident bigint primary key)")
                try:
                    yield made
                finally:
                    if not await alone.fetchval("select exists (select from shadow.rebuilt)"):
                        await alone.execute("drop schema shadow cascade")
    finally:
        await ours.close()


@asynccontextmanager
async def _shadow(service: Service, settings: Settings, ours: asyncpg.Pool, sealer: Sealer) -> AsyncIterator[Rebuild]:
    # Nothing of it has to outlive the machine: a commit waits for no disk.
    pool = await database.connect(settings.database, connections=3, search_path="shadow", synchronous_commit="off")
    try:
        yield Rebuild(service, settings, ours, pool, sealer)
    finally:
        await pool.close()
