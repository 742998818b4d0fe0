"""Looks at the access records as they come, and lays what somebody should look at on a work list; and that work list's doors."""

import asyncio
import datetime as dt
import logging
import time

import asyncpg
from chassis import database
from chassis.batch import BROKEN_ENVIRONMENT
from chassis.calls import CallFailed, Calls
from chassis.doors import Refused
from chassis.relay import pause
from chassis.sealing import Sealer
from chassis.settings import Settings
from chassis.transaction import Access, Cause, Transaction, to_json
from contracts.doors.oversight import AskFindings, Findings, FindingSettled, FindingShown, SettleFinding
from contracts.doors.registry import AskHousehold, Household
from contracts.envelope import derived_id
from contracts.events.operations import AccessSuspected
from contracts.vocabulary import JST, SERVICES
from prometheus_client import Gauge

from audit import account_desk
from audit.detection import DORMANT, LONGEST, Finding, Rule, Use, findings
from audit.store import QUERIES

log = logging.getLogger(__name__)

EVERY_SECONDS = 0.5
INVENTORY_SECONDS = 3600.0
RESTS = 20
"""Times as long as a look took: an hour of many accesses is read at each look, and looking takes a part of a core at the most."""
_OPEN = Gauge("kokunen_audit_findings_open", "Accesses that somebody should look at and nobody has")


class Overseer:
    """Looks for ever."""

    def __init__(self, settings: Settings, pool: asyncpg.Pool, sealer: Sealer) -> None:
        self.settings, self.pool, self.sealer = settings, pool, sealer

    async def run(self, stopping: asyncio.Event) -> None:
        """Look or wait, until stopped. What could not be looked at is looked at later."""
        inventory = time.monotonic()
        while not stopping.is_set():
            started = time.monotonic()
            try:
                if started >= inventory:
                    await self.close_dormant()
                    inventory = started + INVENTORY_SECONDS
                await self.look()
            except (CallFailed, *BROKEN_ENVIRONMENT) as error:
                log.warning("the accesses could not be looked at (%s); they wait", type(error).__name__)
            await pause(stopping, max(EVERY_SECONDS, RESTS * (time.monotonic() - started)))

    async def close_dormant(self) -> None:
        """Suspend accounts that nobody uses any more."""
        async with self.pool.acquire() as connection, connection.transaction():
            transaction = Transaction(self.settings, connection, self.sealer)
            if (closed := await account_desk.suspend_dormant(transaction)) > 0:
                log.warning("%d accounts that nobody used for %d days are suspended", closed, account_desk.DORMANT_DAYS)
            await transaction.send()

    async def look(self) -> None:
        """Look at the next accesses."""
        async with self.pool.acquire() as connection, connection.transaction():
            transaction = Transaction(self.settings, connection, self.sealer)
            held = await transaction.fetch(QUERIES["oversee"])
            if not held or held[0]["upto"] is None:
                return
            after, upto = held[0]["until"], held[0]["upto"]
            uses = [
                _use(row)
                for row in await transaction.fetch(QUERIES["uses"], after, upto, LONGEST, sorted(SERVICES), DORMANT)
            ]
            close = await self._close_to(transaction, {use.account for use in uses if use.leaf > after})
            await self._note(transaction, findings(uses, after, close))
            await transaction.fetch(QUERIES["overseen"], upto)
            await transaction.send()
            _OPEN.set((await transaction.fetch(QUERIES["open_findings"]))[0]["count"])

    async def _close_to(self, transaction: Transaction, accounts: set[str]) -> dict[str, dict[int, Rule]]:
        """Of accounts whose owner is known: the owner, and with whom the owner lives today."""
        owners = await transaction.fetch(QUERIES["owners"], sorted(accounts))
        close: dict[str, dict[int, Rule]] = {}
        if not owners:
            return close
        asks = Access("audit", "service", "audit", "detection")
        today = dt.datetime.now(JST).date()
        async with Calls(self.settings, "registry-sync") as registry:
            for row in owners:
                household = await registry.post(
                    "/households", AskHousehold(addressee=row["own"], on=today), Household, asks
                )
                own: dict[int, Rule] = {member.addressee: "own_household" for member in household.members}
                close[row["account"]] = own | {row["own"]: "own_record"}
        return close

    async def _note(self, transaction: Transaction, found: list[Finding]) -> None:
        if not found:
            return
        columns = database.columns([tuple(one) for one in found], 6)
        for row in await transaction.fetch(QUERIES["note_findings"], *columns):
            if row["new"]:
                data = AccessSuspected(**{name: row[name] for name in AccessSuspected.model_fields})
                subject = f"account/{row['account']}"
                event_id = derived_id("audit", subject, f"{row['rule']}/{row['since'].isoformat()}", 1)
                cause = Cause(dt.datetime.now(dt.UTC))
                transaction.emit("access-findings", subject, event_id, "AccessSuspected", to_json(data), cause)


async def show(transaction: Transaction, access: Access, body: AskFindings) -> Findings:
    """Accesses that somebody should look at, the newest first."""
    rows = await transaction.fetch(QUERIES["findings"], body.settled)
    await transaction.record_search(access, "findings", ("access",))
    return Findings(findings=tuple(FindingShown(**dict(row)) for row in rows))


async def settle(transaction: Transaction, access: Access, body: SettleFinding) -> FindingSettled:
    """Somebody looked, and says what it was; not the account that it is about."""
    rows = await transaction.fetch(QUERIES["finding"], body.finding)
    if not rows:
        raise Refused("no_such_finding", "この番号の点検項目はありません。", status=404)
    if rows[0]["account"] == access.account:
        raise Refused("own_finding", "本人の利用についての点検は、別の者が行います。")
    if not await transaction.fetch(QUERIES["settle_finding"], body.finding, access.account, body.verdict, body.note):
        raise Refused("settled_already", "この項目は既に点検済みです。", status=409)
    await transaction.record_search(access, "findings.settle", ("access",), "update")
    return FindingSettled(finding=body.finding)


def _use(row: asyncpg.Record) -> Use:
    return Use(
        row["idx"], row["at"], row["account"], row["answered"], row["persons"], tuple(row["subjects"]), row["dormant"]
    )
