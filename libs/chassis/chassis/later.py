"""What becomes of records and residents later: when their day comes, when our code is mended, when our contracts are newer?"""

import logging
from collections.abc import Awaitable, Callable, Sequence

import asyncpg
from contracts.decoder import Refusal, decode
from cryptography.exceptions import InvalidTag

from chassis import database
from chassis.batch import (
    BROKEN_ENVIRONMENT,
    CIRCLE_TRIES,
    MAX_RECORDS,
    Batches,
    CircleGrew,
    Incoming,
    Record,
    place_of,
)
from chassis.transaction import Cause, Transaction

log = logging.getLogger(__name__)


class _StillWaits(Exception):
    """A record that can be read now, and has to wait: nothing of it is done."""


class Later(Batches):
    """Takes a service's records, and once more what could not be taken when it came."""

    async def due(self) -> int:
        """Work that the business day brings: early records whose day has come, then the service's own; 0 = nothing left."""
        async with self.pool.acquire() as connection:
            reader = Transaction(self.settings, connection, self.sealer)
            day = (await reader.query("business_day"))[0]["business_day"]
            if day is None:
                return 0
            ready = [row["subject"] for row in await reader.query("releasable", day)]
            due = await self.service.due(reader, day)
        for resident in ready:
            await self._release(resident)
        if due:
            await self.look_again(due)
        async with self.pool.acquire() as connection, connection.transaction():
            transaction = Transaction(self.settings, connection, self.sealer, day)
            done = await self.service.daily(transaction)
            await transaction.send()
        return len(ready) + len(due) + done

    async def _release(self, resident: int) -> None:
        """Apply a resident's early or mended records; what our own code fails on is parked, as if it had come just now."""
        taken = 0
        try:
            taken = await self.redrive(resident)
        except BROKEN_ENVIRONMENT:
            raise
        except Exception:
            log.exception("resident %s is parked", resident)
        if not taken:  # it failed, or is no event still: whoever mends it asks again
            async with self.pool.acquire() as connection:
                await Transaction(self.settings, connection, self.sealer).query("park", resident)

    async def look_again(self, residents: Sequence[int]) -> None:
        """Derive anew for those whom the day concerns. When our own code fails on one, the others still have their day."""
        try:
            await self._in_circle(lambda transaction, more: self._derive(transaction, residents, more))
        except BROKEN_ENVIRONMENT:
            raise
        except Exception:
            if len(residents) == 1:
                log.exception("resident %d could not be looked at again", residents[0])
                raise
            failures = []
            for resident in residents:
                try:
                    await self.look_again([resident])
                except BROKEN_ENVIRONMENT:
                    raise
                except Exception as error:
                    failures.append(error)
            if failures:
                raise failures[0] from None

    async def _derive(self, transaction: Transaction, residents: Sequence[int], more: frozenset[int]) -> int:
        await self._lock(transaction, set(residents), [], more)
        await self.service.apply(transaction, [], residents)
        await transaction.send()
        return len(residents)

    async def _in_circle(self, work: Callable[[Transaction, frozenset[int]], Awaitable[int]]) -> int:
        """Run work in a transaction of its own, again with more locks when the circle grew meanwhile."""
        more: frozenset[int] = frozenset()
        for _ in range(CIRCLE_TRIES):
            try:
                async with self.pool.acquire() as connection, connection.transaction():
                    return await work(Transaction(self.settings, connection, self.sealer), more)
            except CircleGrew as grew:
                more |= frozenset(grew.args[0])
        raise RuntimeError("the circle of residents did not come to rest")

    async def redrive(self, resident: int) -> int:
        """Apply a resident's waiting records in their order, in one transaction; returns how many took effect.

        Raises what the handler raises: then nothing changed and the resident stays parked.
        """
        return await self._in_circle(lambda transaction, more: self._redrive(transaction, resident, more))

    async def _redrive(self, transaction: Transaction, resident: int, more: frozenset[int]) -> int:
        day = (await transaction.query("business_day"))[0]["business_day"]
        waiting = await transaction.query("waiting", resident)
        rows = [row for row in waiting if row["release_on"] is None or (day is not None and row["release_on"] <= day)]
        facts, applied = [], []
        for row in rows:
            record = Record(row["topic"], row["part"], row["offs"], None, None)
            try:
                event = decode(row["topic"], self.sealer.open(row["body"], place_of(record)))
            except Refusal:
                continue  # still no event: it stays where it is
            except InvalidTag:
                raise RuntimeError(f"the sealed body of {place_of(record)} was changed or its key is another") from None
            handler = self.service.handlers.get(type(event.data))
            if handler is not None:
                facts.append(handler(event))
            transaction.causes[resident] = Cause(event.time, event.id, event.correlation or event.id)
            applied.append(row)
        if not applied:
            return 0
        await self._lock(transaction, {resident}, facts, more)
        if await transaction.query("waiting", resident) != waiting:
            # Before we had the lock, a batch put one more behind these; nobody would look at it again.
            raise CircleGrew(transaction.residents)
        await self.service.apply(transaction, facts, [resident])
        await transaction.query("settle_set_aside", [row["id"] for row in applied], "applied")
        places = sorted((row["topic"], row["part"], row["offs"]) for row in applied)
        await transaction.query("redispose", *database.columns(places, 3), "applied")
        await transaction.send()
        return len(applied)

    async def read_again(self) -> int:
        """Take what was no event when it came and is one to the contracts of today; returns how many records that were.

        What is still none stays where it is, and so does what would have to wait or what our code fails on.
        """
        taken = last = 0
        while rows := await self._unreadable_after(last):
            last = rows[-1]["id"]
            items = {}
            for row in rows:
                place = Record(row["topic"], row["part"], row["offs"], None, None)
                item = self._decode(place._replace(value=self.sealer.open(row["body"], place_of(place))))
                if item.event is not None:
                    items[row["id"]] = item
            taken += await self._read_together(items)
        return taken

    async def _unreadable_after(self, last: int) -> list[asyncpg.Record]:
        async with self.pool.acquire() as connection:
            return list(
                await Transaction(self.settings, connection, self.sealer).query("unreadable", last, MAX_RECORDS)
            )

    async def _read_together(self, items: dict[int, Incoming]) -> int:
        """In one transaction; where one of them cannot be taken, each in its own."""
        if not items:
            return 0
        try:
            return await self._in_circle(lambda transaction, more: self._read_again(transaction, items, more))
        except BROKEN_ENVIRONMENT:
            raise
        except Exception as error:
            if len(items) > 1:
                return sum([await self._read_together({number: item}) for number, item in items.items()])
            (item,) = items.values()
            log.warning("%s is readable now, and stays (%s)", place_of(item.record), type(error).__name__)
            return 0

    async def _read_again(self, transaction: Transaction, items: dict[int, Incoming], more: frozenset[int]) -> int:
        for item in items.values():
            item.begin_again()
        if len(await transaction.query("still_open", list(items))) < len(items):
            raise _StillWaits  # somebody else was here meanwhile
        await self._take(transaction, list(items.values()), more)
        if any(item.refusal is not None for item in items.values()):
            raise _StillWaits
        await transaction.query("settle_set_aside", list(items), "applied")
        for disposition in {item.disposition for item in items.values()}:
            records = [item.record for item in items.values() if item.disposition == disposition]
            places = sorted((record.topic, record.partition, record.offset) for record in records)
            await transaction.query("redispose", *database.columns(places, 3), disposition)
        await transaction.send()
        return len(items)
