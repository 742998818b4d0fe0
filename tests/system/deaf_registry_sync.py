"""registry-sync whose Kafka client ends after its first batch: the task that reads, in silence, or for want of memory the one that fetches."""

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
    if _ended:
        return
    _ended.append(True)
    if os.environ["TEST_ENDS"] == "fetching":
        live: Any = self.subscriber.consumer
        live._fetcher._get_actions_per_node = no_memory
    else:
        for task in self.subscriber.tasks:
            task.cancel()
    await asyncio.sleep(0)


def no_memory(assignment: Any) -> None:
    raise MemoryError


if __name__ == "__main__":
    Consumer._on_batch = on_batch  # type: ignore[method-assign]
    main(SERVICE)
