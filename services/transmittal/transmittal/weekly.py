"""What happens on the sealing day? Everything pending is frozen into one batch.

Number, content and hash of a batch are fixed together with the places of its attempts and its first issue, or not at all. What people do
with it from there is `desk.py`.
"""

import datetime as dt
import hashlib

from chassis import faults
from chassis.transaction import Transaction, to_json
from contracts.envelope import derived_id
from contracts.events.operations import BatchSealed

from transmittal import record_file, store
from transmittal.accounts import Batch

CALENDAR = "calendar"
"""Who makes the weekly batch: nobody in person, so anybody may check it."""


async def seal(transaction: Transaction, sealing_day: dt.date) -> list[int]:
    """Freeze all that is pending into one batch; with nothing pending the day is served without one.

    Returns residents whose notice was here before their attempt was sealed.
    """
    served, last = await store.hold_sealing(transaction)
    if served >= sealing_day:
        return []  # another process was faster
    number, overtaken = await freeze(transaction, sealing_day, last, CALENDAR)
    await store.serve(transaction, sealing_day, number)
    return overtaken


async def freeze(transaction: Transaction, day: dt.date, last: int, made_by: str) -> tuple[int, list[int]]:
    """The number of the newest batch, made of what is pending where anything is, and the residents overtaken. Whoever calls holds sealing."""
    lines = record_file.lines_of(await store.pending(transaction))
    if not lines:
        return last, []
    content = record_file.freeze(lines)
    digest = hashlib.sha256(content).hexdigest()
    counts = record_file.counts_of(lines)
    batch = Batch(last + 1, transaction.settings.municipality, day, len(lines), content, digest, counts)
    overtaken = await store.seal(transaction, batch, lines, made_by)
    data = BatchSealed(batch=batch.number, sealed_on=day, items=batch.items, content_sha256=digest)
    subject = f"batch-{batch.number}"
    event_id = derived_id("transmittal", subject, "sealed", 1)
    transaction.emit(
        "transmittals", subject, event_id, "BatchSealed", to_json(data), transaction.cause_of(0), sequence=1
    )
    faults.point("freeze")
    return batch.number, overtaken
