"""audit on one screen: every topic but its own checkpoints, and each record becomes a leaf without being read."""

from collections.abc import Sequence
from typing import Any

from chassis import sealing
from chassis.batch import Batches
from chassis.consumer import Process
from chassis.run import Runner
from chassis.service import Service
from chassis.transaction import Transaction
from contracts.topics import TOPICS

from audit.store import Archive

OWN = "audit-checkpoints"
"""Consuming it, audit would make a checkpoint of its last checkpoint for ever (decision 11)."""


async def apply(transaction: Transaction, facts: Sequence[Any], touched: Sequence[int]) -> None:
    """Nothing follows from a record that is not decoded."""


SERVICE = Service(
    name="audit",
    package="audit",
    topics=tuple(topic for topic in TOPICS if topic != OWN),
    handlers={},
    apply=apply,
)


class AuditRunner(Runner):
    """Hands batches to the archive, as bytes."""

    def process(self) -> tuple[Process, Batches | None]:
        return Archive(self.settings, self.pool, sealing.load(self.settings.key_file)).process, None
