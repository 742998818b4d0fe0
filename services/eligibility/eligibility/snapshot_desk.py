"""For systems that subscribe late: what stands on a topic, and where to read on (decision 10). Topics are not compacted, and Kafka forgets.

The end of each partition is asked for before the first look into the database: whatever was published by then had been said by then. What is said
between the two comes twice, which its sequence tells.
"""

import json

from chassis.consumer import ends_of
from chassis.doors import Refused
from chassis.transaction import Access, Transaction, stands
from contracts.doors.snapshot import RESIDENTS_AT_MOST, AskSnapshot, OfResident, Place, Snapshot, Standing

from eligibility import store

CHANGES, WINDOW = "snapshot.changes", "snapshot.window"


async def snapshot(transaction: Transaction, access: Access, body: AskSnapshot) -> Snapshot:
    """What stands on a topic now, some residents at a time, and where to read the topic on from."""
    if (WINDOW if body.topic == "insured-status" else CHANGES) not in access.rights:
        raise Refused("not_granted", "このトピックの情報を受ける権限がありません。")
    places: tuple[Place, ...] = ()
    if body.after is None:
        ends = await ends_of(transaction.settings, body.topic)
        places = tuple(Place(partition=part, offset=offset) for part, offset in sorted(ends.items()))
    rows = await transaction.fetch(store.QUERIES["snapshot"], body.topic, body.after or 0, RESIDENTS_AT_MOST)
    residents = []
    for row in rows:
        said = zip(row["ids"], row["types"], row["data"], strict=True)
        statements = [
            Standing(id=one, type=kind, data=json.loads(value)) for one, kind, value in said if stands(kind, value)
        ]
        if statements:
            residents.append(OfResident(subject=row["subject"], sequence=row["sequence"], statements=tuple(statements)))
    shown = [one.subject for one in residents]
    await transaction.record_access(shown, access, f"snapshot.{body.topic}", ("statement",), "export")
    if not shown:
        await transaction.record_search(access, f"snapshot.{body.topic}", ("statement",), "export")
    more = rows[-1]["subject"] if len(rows) == RESIDENTS_AT_MOST else None
    return Snapshot(residents=tuple(residents), continue_at=places, more=more)
