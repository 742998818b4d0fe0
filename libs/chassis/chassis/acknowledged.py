"""Has the audit log our access records? A service asks for ever, and answers nobody once one of them has waited for a minute (decision 21).

Audit knows a record by the service's counter. What it has without a gap is acknowledged; `Transaction` refuses by how long the rest has waited.
"""

import asyncio
import logging

import asyncpg
from contracts.doors.log import Acknowledged, AskAcknowledged

from chassis import database, telemetry
from chassis.batch import BROKEN_ENVIRONMENT
from chassis.calls import CallFailed, Calls
from chassis.relay import pause
from chassis.settings import Settings
from chassis.transaction import Access

log = logging.getLogger(__name__)

ASK_SECONDS = 5.0


async def keep_asking(settings: Settings, pool: asyncpg.Pool, stopping: asyncio.Event) -> None:
    """Ask until stopped. Where audit does not answer the records go on waiting, and are counted."""
    queries = database.queries("chassis")
    silent = False
    while not stopping.is_set():
        try:
            while await _ask(settings, pool, queries):
                pass
            silent = False
        except (CallFailed, *BROKEN_ENVIRONMENT) as error:
            if not silent:
                why = error.code if isinstance(error, CallFailed) else type(error).__name__
                log.warning("audit has not acknowledged the access records (%s); it is asked on", why)
            silent = True
        await pause(stopping, ASK_SECONDS)


async def _ask(settings: Settings, pool: asyncpg.Pool, queries: dict[str, str]) -> bool:
    """Ask once; whether there was something new and there may be more."""
    row = await pool.fetchrow(queries["unacknowledged"])
    telemetry.ACCESSES_WAIT.set(row["waiting"])
    if row["counter"] == row["acknowledged"]:
        return False
    asks = Access(settings.service, "service", "audit", "acknowledge")
    async with Calls(settings, "audit") as audit:
        answer = await audit.post(
            "/accesses/acknowledged", AskAcknowledged(after=row["acknowledged"]), Acknowledged, asks
        )
    if answer.at is None:
        return False
    kept = await pool.fetchval(queries["acknowledge"], answer.counter, answer.at)
    if kept is None and answer.counter > row["counter"]:
        log.error(
            "audit has access records that this database does not know: it is an old backup; tell the audit section"
        )
        return False
    return bool(kept != answer.counter)
