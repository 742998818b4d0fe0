"""registry-sync whose Kafka client ends in silence after its first batch, as if its task had been cancelled."""

import asyncio
import os
from typing import Any

import chassis.consumer
from chassis.consumer import Consumer
from chassis.run import main
from registry_sync.handlers import SERVICE

chassis.consumer.STALLED_SECONDS = float(os.environ["TEST_STALLED_SECONDS"])
_taken = Consumer._on_batch
_ended = []


async def on_batch(self: Consumer, message: Any) -> None:
    await _taken(self, message)
    if not _ended:
        _ended.append(True)
        for task in self.subscriber.tasks:
            task.cancel()
        await asyncio.sleep(0)


if __name__ == "__main__":
    Consumer._on_batch = on_batch  # type: ignore[method-assign]
    main(SERVICE)
