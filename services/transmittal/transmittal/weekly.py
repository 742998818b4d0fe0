"""What happens on the sealing day? Two steps, each in a transaction of its own.

    pending ──seal──▶ sealed, unwritten ──write──▶ written

*Seal*: number, content and hash of a batch are fixed together with the places of its attempts, or not at all. *Write*: the
files follow from the frozen content; a crash before the commit leaves the batch unwritten, and the same bytes are written again.
"""

import asyncio
import datetime as dt
import hashlib

from chassis import faults, files
from chassis.transaction import Transaction, to_json
from contracts.envelope import derived_id
from contracts.events.operations import BatchSealed, BatchWritten

from transmittal import cover_sheet, record_file, store
from transmittal.accounts import Batch


async def seal(transaction: Transaction, sealing_day: dt.date) -> list[int]:
    """Freeze all that is pending into one batch; with nothing pending the day is served without one.

    Returns residents whose notice was here before their attempt was sealed.
    """
    served, last = await store.hold_sealing(transaction)
    if served >= sealing_day:
        return []  # another process was faster
    lines = record_file.lines_of(await store.pending(transaction))
    if not lines:
        await store.serve(transaction, sealing_day, last)
        return []
    content = record_file.freeze(lines)
    number = last + 1
    digest = hashlib.sha256(content).hexdigest()
    batch = Batch(number, transaction.settings.municipality, sealing_day, len(lines), content, digest)
    overtaken = await store.seal(transaction, batch, lines)
    await store.serve(transaction, sealing_day, number)
    data = BatchSealed(batch=number, sealed_on=sealing_day, items=batch.items, content_sha256=digest)
    _say(transaction, number, "sealed", 1, data)
    faults.point("freeze")
    return overtaken


async def write(transaction: Transaction) -> None:
    """Write the record file and the cover sheet (送付書) of the next unwritten batch."""
    batch = await store.unwritten(transaction)
    if batch is None:
        return  # another process was faster
    record = record_file.compose(batch.municipality, batch.number, batch.sealed_on, batch.content)
    sheet = await asyncio.to_thread(cover_sheet.pdf, batch, record, transaction.settings.municipality_name)
    place = transaction.settings.output / f"batch-{batch.number:04d}"
    await asyncio.to_thread(files.write, place.with_suffix(".dat"), record)
    faults.point("write")
    await asyncio.to_thread(files.write, place.with_suffix(".pdf"), sheet)
    digest = hashlib.sha256(record).hexdigest()
    await store.written(transaction, batch.number, digest)
    data = BatchWritten(batch=batch.number, items=batch.items, content_sha256=batch.content_sha256, file_sha256=digest)
    _say(transaction, batch.number, "written", 2, data)


def _say(transaction: Transaction, number: int, what: str, sequence: int, data: BatchSealed | BatchWritten) -> None:
    subject = f"batch-{number}"
    event_id = derived_id("transmittal", subject, what, 1)
    cause = transaction.cause_of(0)
    kind = type(data).__name__
    transaction.emit("transmittals", subject, event_id, kind, to_json(data), cause, sequence=sequence)
