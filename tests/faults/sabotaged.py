"""A service with one thing changed: SERVICE and CHANGE are named in the environment. Started by rows and negative controls."""

import asyncio
import dataclasses
import datetime as dt
import importlib
import os
import sys
import types
from collections.abc import Sequence
from typing import Any

from chassis import accounting, batch, consumer, faults, relay
from chassis.run import main
from chassis.transaction import Transaction
from contracts.decoder import Refusal, decode

NAME, CHANGE = os.environ["TEST_SERVICE"], os.environ["TEST_CHANGE"]
SERVICE = importlib.import_module(f"{NAME.replace('-', '_')}.handlers").SERVICE


def slow() -> None:
    """Two seconds a transaction, and a client that is taken for dead when a poll takes five."""
    global SERVICE
    consumer.MAX_POLL_MS = 5_000
    apply = SERVICE.apply

    async def slowly(transaction: Transaction, facts: Sequence[Any], touched: Sequence[int]) -> None:
        await asyncio.sleep(2)
        await apply(transaction, facts, touched)

    SERVICE = dataclasses.replace(SERVICE, apply=slowly)


def before_its_time() -> None:
    """A version that does not know notices of the pension service yet."""

    def refusing(topic: str, value: bytes | None) -> Any:
        if topic == "pension-service-notices":
            raise Refusal("type", "type", "a type of the catalogue")
        return decode(topic, value)

    batch.decode = refusing


def commits_first() -> None:
    """Offsets are committed before the batch is taken, and a batch that fails is passed over."""
    process = consumer.Consumer._on_batch

    async def on_batch(self: consumer.Consumer, message: Any) -> None:
        await consumer._commit(message.consumer, message.raw_message)
        await process(self, message)

    consumer.Consumer._on_batch = on_batch  # type: ignore[method-assign]


def passes_over() -> None:
    """A batch with news of the register is accounted for, and not taken."""
    process = batch.Batches.process

    async def accounts_for(self: batch.Batches, records: Sequence[batch.Record]) -> None:
        if all(record.topic != "resident-changes" for record in records):
            await process(self, records)
            return
        async with self.pool.acquire() as connection, connection.transaction():
            transaction = Transaction(self.settings, connection, self.sealer)
            places = [(record.topic, record.partition, record.offset) for record in records]
            heads = await accounting.open_partitions(transaction, places)
            await accounting.close_partitions(transaction, heads, dict.fromkeys(places, "applied"))

    batch.Batches.process = accounts_for  # type: ignore[method-assign]


def deletes_first() -> None:
    """The outbox is emptied before the broker has answered."""

    async def publish(self: relay.Relay, connection: Any, sender: Any) -> int:
        rows = await connection.fetch(self.queries["unsent"], relay.CHUNK)
        if not rows:
            return 0
        await connection.execute(self.queries["sent"], [row["seq"] for row in rows])
        faults.point("relay_sent")
        for row in rows:
            await sender.send_and_wait(row["topic"], row["value"], key=row["key"].encode())
        return len(rows)

    relay.Relay._publish = publish  # type: ignore[method-assign]


def clock() -> None:
    """This service lives so many hours off everybody else's time."""
    off = dt.timedelta(hours=float(os.environ["TEST_HOURS"]))

    class Kind(type):
        def __instancecheck__(cls, value: object) -> bool:
            return isinstance(value, dt.datetime)

    class Wrong(dt.datetime, metaclass=Kind):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:  # type: ignore[override]
            return dt.datetime.now(tz) + off

    wrong = types.SimpleNamespace(**{**vars(dt), "datetime": Wrong})
    ours = ("chassis", "contracts", NAME.replace("-", "_"))
    changed = [m for name, m in list(sys.modules.items()) if name.startswith(ours) and getattr(m, "dt", None) is dt]
    for module in changed:
        module.dt = wrong  # type: ignore[attr-defined]
    assert changed


if __name__ == "__main__":
    {
        "slow": slow,
        "clock": clock,
        "before_its_time": before_its_time,
        "commits_first": commits_first,
        "passes_over": passes_over,
        "deletes_first": deletes_first,
    }[CHANGE]()
    main(SERVICE)
