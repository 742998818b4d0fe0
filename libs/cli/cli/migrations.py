"""`kokunen migrate`: the tables of the services brought to this version, before its processes start and after the last of the old ones."""

from collections.abc import Sequence
from functools import partial

from chassis import database, sealing

from cli.catalogue import EVERY
from cli.services import environment_settings
from cli.stack import Stack


async def migrate(given: Stack, services: Sequence[str], *, finish: bool) -> dict[str, list[str]]:
    """What was applied, by service. `finish` also takes away what only the version before used: none of its processes may run any more."""
    applied = {}
    for service in services:
        own = environment_settings(given, service)
        pool = await database.connect(own.database, connections=1)
        try:
            when_new = partial(sealing.create, own.key_file)
            applied[service] = await database.migrate(pool, EVERY[service].package, when_new, finish=finish)
        finally:
            await pool.close()
    return applied
