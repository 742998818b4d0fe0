"""When is a head of the log signed, and who hears of it? Every second in which the log grew, or every 5,000 leaves.

One process of the service is the notary; the others wait for its session to end. A head that does not follow from the last one that was
signed is refused and raises the alarm `kokunen_audit_not_signed`; the log goes on meanwhile, and nobody takes the new part for signed.
The witness is shown the newest head beside that: however slow it is, nothing waits for it.
"""

import asyncio
import datetime as dt
import logging
import time

import asyncpg
from chassis import database, faults
from chassis.batch import BROKEN_ENVIRONMENT
from chassis.relay import pause
from chassis.sealing import Sealer
from chassis.settings import Settings
from chassis.transaction import Cause, Transaction, to_json
from contracts.envelope import derived_id
from contracts.events.operations import TreeHeadSigned
from prometheus_client import Gauge

from audit import proofs, witness
from audit.log_check import EMPTY, Wrong, signed
from audit.signer import Signer, signer_of
from audit.store import QUERIES

log = logging.getLogger(__name__)

EVERY_SECONDS = 1.0
EVERY_LEAVES = 5_000
LOOK_SECONDS = 0.2
_SIGNED = Gauge("kokunen_audit_signed_leaves", "Leaves of the log under the newest signed checkpoint")
_UNSIGNED_AGE = Gauge("kokunen_audit_unsigned_seconds", "Seconds since the log grew past its newest signed checkpoint")
_NOT_SIGNED = Gauge("kokunen_audit_not_signed", "1 while a head does not follow from the last one that was signed")
_UNSEEN = Gauge("kokunen_audit_witness_silent", "1 while the witness did not see the newest checkpoint")


class Notary:
    """Signs the heads of the log."""

    def __init__(self, settings: Settings, pool: asyncpg.Pool, sealer: Sealer) -> None:
        self.settings, self.pool, self.sealer = settings, pool, sealer
        self.signer = signer_of(settings)

    async def run(self, stopping: asyncio.Event) -> None:
        """Sign or wait to, until stopped."""
        while not stopping.is_set():
            try:
                await self._lead(stopping)
            except BROKEN_ENVIRONMENT as error:
                log.warning("the notary lost its surroundings (%s) and begins again", type(error).__name__)
                await pause(stopping, EVERY_SECONDS)

    async def _lead(self, stopping: asyncio.Event) -> None:
        connection = await asyncpg.connect(
            self.settings.database, server_settings=database.SESSION | {"application_name": "kokunen-notary"}
        )
        try:
            while not await connection.fetchval(QUERIES["notarise"]):
                if await pause(stopping, EVERY_SECONDS):
                    return
            try:
                self.signer.begin()
            except Wrong as wrong:
                self._alarm(wrong)
                await pause(stopping, EVERY_SECONDS)
                return
            signed_at, grown_at = time.monotonic(), None
            while not stopping.is_set():
                size = await connection.fetchval("select size from log_head")
                now, last = time.monotonic(), self.signer.last.size
                grown_at = (grown_at or now) if size != last else None
                _UNSIGNED_AGE.set(now - grown_at if grown_at else 0)
                if size != last and (now - signed_at >= EVERY_SECONDS or size - last >= EVERY_LEAVES):
                    signed_at = now
                    await self._sign_or_alarm(connection)
                else:
                    await pause(stopping, LOOK_SECONDS)
        finally:
            await connection.close()

    async def _sign_or_alarm(self, connection: asyncpg.Connection) -> None:
        try:
            await self.sign(connection)
            _NOT_SIGNED.set(0)
        except Wrong as wrong:
            self._alarm(wrong)

    @staticmethod
    def _alarm(wrong: Wrong) -> None:
        _NOT_SIGNED.set(1)
        log.error("the head of the log is not signed: %s", wrong)

    async def sign(self, connection: asyncpg.Connection) -> None:
        """Sign the head as it stands now. Wrong when it does not follow from what was signed before, or from the tiles."""
        async with connection.transaction():
            size, root, proof = await _head(connection, self.signer)
            note = await asyncio.to_thread(self.signer.sign, size, root, proof)
            faults.point("signed")
            if await connection.fetch(QUERIES["add_checkpoint"], size, root, note):
                transaction = Transaction(self.settings, connection, self.sealer)
                data = TreeHeadSigned(size=size, root_sha256=root.hex(), note=note)
                event_id = derived_id("audit", self.signer.origin, "head", size)
                cause = Cause(dt.datetime.now(dt.UTC))
                transaction.emit("audit-checkpoints", "log", event_id, "TreeHeadSigned", to_json(data), cause)
                await transaction.send()
        _SIGNED.set(size)


async def _head(connection: asyncpg.Connection, signer: Signer) -> tuple[int, bytes, list[bytes]]:
    """The head as it stands, and what proves that it begins with the last one that was signed, where it does. Wrong when its tiles make another."""
    head = await connection.fetchrow(QUERIES["head_as_read"])
    size, root = head["size"], head["root"]
    if await proofs.root(connection.fetch, size) != root:
        raise Wrong(f"the head of {size} leaves is not the one that its tiles make")
    return size, root, await proofs.consistency(connection.fetch, min(signer.last.size, size), size)


async def begin_anew(connection: asyncpg.Connection, signer: Signer) -> tuple[int, int]:
    """Another log for one whose end is lost: (first leaves that it has of that one, leaves that were signed). Wrong where none is lost."""
    size, root, proof = await _head(connection, signer)
    ended = signer.last.size
    try:
        signer.follows(size, root, proof)
    except Wrong:
        common = size + 1
    else:
        raise Wrong("the log has all leaves that were signed: nothing is lost, it goes on")
    while rows := await connection.fetch(QUERIES["checkpoint_before"], common):
        common, root, note = rows[0]
        if await proofs.root(connection.fetch, common) == root == signed(note, signer.policy).root:
            break
    else:
        common, root = 0, EMPTY
    await asyncio.to_thread(signer.begin_anew, common, root)
    return common, ended


class Showing:
    """Shows the witness the newest checkpoint, every second in which there is one that it has not seen."""

    def __init__(self, settings: Settings, pool: asyncpg.Pool) -> None:
        self.settings, self.pool = settings, pool

    async def run(self, stopping: asyncio.Event) -> None:
        """Until stopped; of a log without a witness it waits for that."""
        while not await pause(stopping, EVERY_SECONDS):
            if self.settings.witness is None:
                continue
            try:
                await self._show(self.settings.witness)
                _UNSEEN.set(0)
            except Wrong as wrong:
                _UNSEEN.set(1)
                log.warning("the newest checkpoint is not cosigned: %s", wrong)
            except BROKEN_ENVIRONMENT as error:
                log.warning("what the witness has not seen is not known (%s)", type(error).__name__)

    async def _show(self, url: str) -> None:
        newest = await self.pool.fetchrow(QUERIES["to_show"])
        if newest is None or newest["size"] == newest["seen"]:
            return
        name, line = await witness.ask(url, newest["note"], newest["seen"], self.pool.fetch)
        await self.pool.execute(QUERIES["add_cosignature"], newest["size"], name, line)
