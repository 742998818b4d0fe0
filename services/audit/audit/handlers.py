"""audit on one screen: every topic but its own checkpoints, and each record becomes a leaf without being read."""

import asyncpg
from chassis import operations
from chassis.sealing import Sealer
from chassis.service import Beside, Process, Service
from chassis.settings import Settings
from contracts.topics import TOPICS

from audit import doors, review_desk
from audit.notary import Notary, Showing
from audit.overseer import Overseer
from audit.store import Archive

OWN = "audit-checkpoints"
"""Consuming it, audit would make a checkpoint of its last checkpoint for ever (decision 11)."""


def archive(settings: Settings, pool: asyncpg.Pool, sealer: Sealer) -> Process:
    return Archive(settings, pool, sealer).process


def notary(settings: Settings, pool: asyncpg.Pool, sealer: Sealer) -> Beside:
    return Notary(settings, pool, sealer).run


def showing(settings: Settings, pool: asyncpg.Pool, sealer: Sealer) -> Beside:
    return Showing(settings, pool).run


def overseer(settings: Settings, pool: asyncpg.Pool, sealer: Sealer) -> Beside:
    return Overseer(settings, pool, sealer).run


SERVICE = Service(
    name="audit",
    package="audit",
    topics=tuple(topic for topic in TOPICS if topic != OWN),
    handlers={},
    undecoded=archive,
    beside=(notary, showing, overseer),
    measure=review_desk.measure,
    doors=(*doors.DOORS, *operations.DOORS),
    rights={**doors.RIGHTS, **operations.RIGHTS},
)
