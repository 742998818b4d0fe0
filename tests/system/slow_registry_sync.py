"""registry-sync that stops inside an open batch while a file exists, and notes how its group changed meanwhile."""

import asyncio
import dataclasses
import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from chassis.consumer import Consumer
from chassis.run import main
from chassis.transaction import Transaction
from registry_sync.handlers import SERVICE

FLAG, NOTES = Path(os.environ["TEST_FLAG"]), Path(os.environ["TEST_NOTES"])
_taken = Consumer._on_batch


def wait() -> None:
    if FLAG.exists():
        FLAG.with_suffix(".open").touch()
    while FLAG.exists():
        time.sleep(0.05)


def note(line: dict[str, Any]) -> None:
    with NOTES.open("a") as notes:
        notes.write(json.dumps(line) + "\n")


async def apply(transaction: Transaction, facts: Sequence[Any], touched: Sequence[int]) -> None:
    await asyncio.to_thread(wait)
    await SERVICE.apply(transaction, facts, touched)


async def on_batch(self: Consumer, message: Any) -> None:
    def group() -> dict[str, Any]:
        consumer = message.consumer
        return {"generation": consumer._coordinator.generation, "owned": sorted(consumer.assignment())}

    before = group()
    batch = sorted({(record.topic, record.partition) for record in message.raw_message})  # they go with the batch
    await _taken(self, message)
    note({"batch": batch, "before": before, "after": group()})


if __name__ == "__main__":
    Consumer._on_batch = on_batch  # type: ignore[method-assign]
    main(dataclasses.replace(SERVICE, apply=apply))
