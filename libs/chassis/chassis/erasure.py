"""How is everything about a person erased from a service (消去)? What it keeps for the chassis, its own tables, and its word that it is done."""

import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from contracts.envelope import Event, derived_id
from contracts.events.operations import ErasureCarriedOut, PersonErased

from chassis.transaction import Cause, Transaction, to_json

Erase = Callable[[Transaction, int], Awaitable[dict[str, int]]]
"""Deletes everything of a person from a service's own tables; rows by table."""


async def carry_out(transaction: Transaction, erase: Erase, events: Sequence[Event[Any]]) -> None:
    """Erase whom these events order to erase; note what other services say they erased."""
    for event in events:
        if isinstance(event.data, PersonErased):
            await _erase(transaction, erase, event)
        elif isinstance(event.data, ErasureCarriedOut):
            done = event.data
            await transaction.query(
                "erasure_done", done.certificate, done.service, json.dumps(done.rows, sort_keys=True), event.time
            )


async def _erase(transaction: Transaction, erase: Erase, event: Event[PersonErased]) -> None:
    who = event.data.addressee
    await transaction.query("lock_residents", [who])
    await transaction.query("order_erasure", who, event.data.certificate, event.time)
    rows = dict((await transaction.query("erase", who))[0]) | await erase(transaction, who)
    await transaction.query("end_erasure")
    own, certificate = transaction.settings.service, event.data.certificate
    data = ErasureCarriedOut(
        certificate=certificate, service=own, rows={what: count for what, count in rows.items() if count}
    )
    subject = f"erasure/{certificate}/{own}"
    transaction.emit(
        "erasures",
        subject,
        derived_id(own, subject, "erased", 1),
        "ErasureCarriedOut",
        to_json(data),
        Cause(event.time, event.id),
    )
