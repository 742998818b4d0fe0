"""The desk of retention and erasure (保存期間の管理・消去): what has expired, who proposes, who approves, what holds it back, and the certificate."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

from chassis.doors import Refused
from chassis.transaction import Access, Cause, Transaction, to_json
from contracts.doors.retention import (
    ApproveErasure,
    AskErasureCertificate,
    AskExpired,
    ErasedBy,
    ErasureCertificate,
    ErasureProposed,
    Expired,
    ExpiredPerson,
    HoldRecords,
    HoldStands,
    LiftHold,
    ProposeErasure,
)
from contracts.envelope import derived_id
from contracts.events.operations import PersonErased
from contracts.vocabulary import JST, SERVICES

from eligibility import store
from eligibility.facts import Fact, persons_of
from eligibility.parameter_files import parameters, retention
from eligibility.retention import RecordKind, kept_until, missing_to

AT_ONCE = 500
"""Persons looked at for one answer."""


async def expired(transaction: Transaction, access: Access, body: AskExpired) -> Expired:
    """Persons of whom nothing has to be kept any longer, with what holds the erasure back."""
    today = await _today(transaction)
    shortest = min(period.years for period in retention().values())
    quiet = dt.datetime.combine(today.replace(year=today.year - shortest, day=1), dt.time(), JST)
    rows = await transaction.fetch(store.QUERIES["quiet_since"], body.after or 0, quiet, AT_ONCE)
    looked_at = [row["addressee"] for row in rows]
    facts = await store.facts_around(transaction.connection, looked_at)
    until = {number: kept for number in looked_at if (kept := _over(facts, number, today)) is not None}
    standing = {row["addressee"]: row for row in await transaction.fetch(store.QUERIES["retained"], list(until))}
    await transaction.record_search(access, "retention.expired", ("addressee",))
    await transaction.record_access(sorted(until), access, "retention.expired", ("addressee",))
    return Expired(
        persons=tuple(
            ExpiredPerson(
                addressee=number,
                kept_until={str(kind): day for kind, day in kept.items()},
                held=standing[number]["held"],
                proposal=standing[number]["proposal"],
            )
            for number, kept in until.items()
        ),
        more=looked_at[-1] if len(looked_at) == AT_ONCE else None,
    )


async def propose(transaction: Transaction, access: Access, body: ProposeErasure) -> ErasureProposed:
    """That nothing of a person is kept any longer; waits for another person."""
    last = await _may_be_erased(transaction, body.addressee)
    made = await transaction.fetch(store.QUERIES["propose_erasure"], body.addressee, last, access.account)
    if not made:
        raise Refused("proposed_already", "この者の消去は既に起案されています。", status=409, subjects=[body.addressee])
    await transaction.record_access([body.addressee], access, "retention.propose", ("addressee",), "register")
    return ErasureProposed(certificate=made[0]["certificate"])


async def approve(transaction: Transaction, access: Access, body: ApproveErasure) -> ErasureCertificate:
    """The second person: every service is told to erase the person. It can't be undone."""
    row = await _order(transaction, body.certificate)
    who = row["addressee"]
    if row["approved_by"] is not None:
        raise Refused("approved_already", "この消去は既に決裁されています。", status=409, subjects=[who])
    if row["proposed_by"].lower() == access.account.lower():
        raise Refused("same_person", "決裁は、起案した者とは別の者が行います。", subjects=[who])
    await transaction.query("lock_residents", [who])
    last = await _may_be_erased(transaction, who)
    await transaction.fetch(store.QUERIES["approve_erasure"], body.certificate, access.account)
    data = PersonErased(
        certificate=body.certificate,
        addressee=who,
        kept_until=last,
        proposed_by=row["proposed_by"],
        approved_by=access.account,
    )
    subject = f"erasure/{body.certificate}"
    event_id = derived_id("eligibility", subject, "ordered", 1)
    # Of before the day is what was recorded until it began.
    began = Cause(dt.datetime.combine(await _today(transaction), dt.time(), JST))
    transaction.emit("erasures", subject, event_id, "PersonErased", to_json(data), began, sequence=1)
    await transaction.record_access([who], access, "retention.approve", ("addressee",), "delete")
    return await _certificate(transaction, body.certificate)


async def hold(transaction: Transaction, access: Access, body: HoldRecords) -> HoldStands:
    """Nothing of the person may be erased until another person lifts this."""
    if not await transaction.fetch(store.QUERIES["hold_records"], body.addressee, body.reason, access.account):
        raise Refused("held_already", "既に保存の留保があります。", status=409, subjects=[body.addressee])
    await transaction.record_access([body.addressee], access, "retention.hold", ("addressee",), "register")
    return HoldStands(addressee=body.addressee, held=body.reason)


async def lift(transaction: Transaction, access: Access, body: LiftHold) -> HoldStands:
    """Another person than who set it lifts a hold."""
    rows = await transaction.fetch(store.QUERIES["holding"], body.addressee)
    if not rows:
        raise Refused("not_held", "保存の留保はありません。", status=404, subjects=[body.addressee])
    if rows[0]["set_by"].lower() == access.account.lower():
        raise Refused("same_person", "留保の解除は、設定した者とは別の者が行います。", subjects=[body.addressee])
    await transaction.fetch(store.QUERIES["lift_hold"], body.addressee, access.account)
    await transaction.record_access([body.addressee], access, "retention.lift", ("addressee",), "update")
    return HoldStands(addressee=body.addressee, held=None)


async def certificate(transaction: Transaction, access: Access, body: AskErasureCertificate) -> ErasureCertificate:
    """Who decided an erasure, and what each service has erased."""
    found = await _certificate(transaction, body.certificate)
    await transaction.record_access([found.addressee], access, "retention.certificate", ("addressee",))
    return found


async def _today(transaction: Transaction) -> dt.date:
    day: dt.date | None = (await transaction.query("business_day"))[0]["business_day"]
    if day is None:
        raise Refused("no_business_day", "業務日がまだ届いていません。", status=409)
    return day


def _over(facts: Mapping[int, Sequence[Fact]], number: int, today: dt.date) -> dict[RecordKind, dt.date] | None:
    """Until when each kind of record was to be kept, of somebody of whom nothing is kept any longer."""
    who = persons_of(facts)[number]
    until = kept_until(who, facts[number], retention())
    return until if until and max(until.values()) < today else None


async def _may_be_erased(transaction: Transaction, number: int) -> dt.date:
    """The last day on which anything of the person was kept. Refused where something still is, or somebody would miss it."""
    about, today = [number], await _today(transaction)
    rows = await transaction.fetch(store.QUERIES["circle"], about, [], [], [])
    facts = await store.facts_around(transaction.connection, sorted(row["addressee"] for row in rows))
    if number not in facts:
        raise Refused("nobody", "この宛名番号の記録はありません。", status=404, subjects=about)
    until = _over(facts, number, today)
    if until is None:
        raise Refused("not_expired", "保存期間が満了していない記録があります。", status=409, subjects=about)
    if (await transaction.fetch(store.QUERIES["retained"], about))[0]["held"] is not None:
        raise Refused("held", "保存の留保があります。", status=409, subjects=about)
    if missing_to(facts, about, today, parameters()):
        raise Refused("others_depend", "他の者の記録がこの者の記録に基づいています。", status=409, subjects=about)
    return max(until.values())


async def _order(transaction: Transaction, certificate: str) -> Any:
    rows = await transaction.fetch(store.QUERIES["erasure_order"], certificate)
    if not rows:
        raise Refused("no_such_certificate", "この番号の消去はありません。", status=404)
    return rows[0]


async def _certificate(transaction: Transaction, number: str) -> ErasureCertificate:
    order = await _order(transaction, number)
    done = tuple(
        ErasedBy(service=row["service"], at=row["at"], rows=json.loads(row["rows"]))
        for row in await transaction.fetch(store.QUERIES["erasure_done"], number)
    )
    whole = {one.service for one in done} == set(SERVICES)
    return ErasureCertificate(**dict(order), services=done, whole=whole)
