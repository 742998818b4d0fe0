"""The register of accounts and terminals (利用者・端末台帳): who proposes, who approves, and what every service is told. Two people for each change."""

import datetime as dt
import json
from typing import Any

from chassis.accounts import REGISTERED
from chassis.doors import Refused
from chassis.transaction import Access, Cause, Transaction, to_json
from contracts.doors.accounts import (
    AccountShown,
    AccountsShown,
    Approved,
    ApproveProposal,
    AskAccounts,
    AskEmergency,
    ProposeAccount,
    Proposed,
    ProposeTerminal,
)
from contracts.envelope import derived_id
from contracts.events.operations import AccountSet, Emergency
from contracts.vocabulary import Model
from pydantic import ValidationError

from audit.store import QUERIES

EMERGENCY_HOURS = 4
DORMANT_DAYS = 90
"""Ours to choose: an account that nobody used for so long is no longer anybody's."""
DORMANCY, OVERSEER = "rule-dormant", "audit-overseer"
"""Who suspends what nobody uses: a rule, and the process that applies it."""
_KINDS: dict[str, type[Model]] = {place: kind for kind, place in REGISTERED.items()}


async def propose_account(transaction: Transaction, access: Access, body: ProposeAccount) -> Proposed:
    """How an account is to be from now on: waits for another person."""
    return await _propose(
        transaction, access, "account", body.account, body.model_dump(mode="json", exclude={"account"})
    )


async def propose_terminal(transaction: Transaction, access: Access, body: ProposeTerminal) -> Proposed:
    """What a terminal is for from now on: waits for another person."""
    data = body.model_dump(mode="json", exclude={"terminal"})
    return await _propose(transaction, access, "terminal", body.terminal, data)


async def ask_emergency(transaction: Transaction, access: Access, body: AskEmergency) -> Proposed:
    """One more role for an account for four hours from the approval, which another person gives (緊急時の権限付与)."""
    standing = await _standing(transaction, body.account)
    data = standing.model_dump(mode="json", exclude={"version", "proposed_by", "approved_by"})
    asked = Emergency(role=body.role, until=dt.datetime.max.replace(tzinfo=dt.UTC), reason=body.reason)
    return await _propose(
        transaction, access, "account", body.account, data | {"emergency": asked.model_dump(mode="json")}
    )


async def approve(transaction: Transaction, access: Access, body: ApproveProposal) -> Approved:
    """The second person: the change takes effect, here at once and in the other services as they are told."""
    await transaction.fetch(QUERIES["lock_register"])
    rows = await transaction.fetch(QUERIES["proposal"], body.proposal)
    if not rows:
        raise Refused("no_such_proposal", "この番号の申請はありません。", status=404)
    row = rows[0]
    if row["approved_by"] is not None:
        raise Refused("approved_already", "この申請は既に承認されています。", status=409)
    if row["proposed_by"] == access.account:
        raise Refused("same_person", "承認は、申請した者とは別の者が行います。")
    version = (await transaction.fetch(QUERIES["approve"], body.proposal, access.account))[0]["version"]
    given = json.loads(row["data"])
    if given.get("emergency") is not None:
        until = dt.datetime.now(dt.UTC) + dt.timedelta(hours=EMERGENCY_HOURS)
        given["emergency"]["until"] = until.isoformat()
    people = {"proposed_by": row["proposed_by"], "approved_by": access.account}
    data = _KINDS[row["place"]].model_validate_json(json.dumps(given | people | {"version": version}))
    await tell(transaction, row["place"], row["name"], version, data)
    await transaction.record_search(access, "accounts.approve", ("account",), "update")
    return Approved(version=version)


async def tell(transaction: Transaction, place: str, name: str, version: int, data: Model) -> None:
    """Keep it here, and say it to every service."""
    value = to_json(data)
    await transaction.query(f"set_{place}s", [name], [version], [value.decode()])
    subject = f"{place}/{name}"
    event_id = derived_id("audit", subject, "register", version)
    transaction.emit(
        "accounts", subject, event_id, type(data).__name__, value, Cause(dt.datetime.now(dt.UTC)), sequence=version
    )


async def inventory(transaction: Transaction, access: Access, body: AskAccounts) -> AccountsShown:
    """Every account, what it may, and when it was last used (利用者台帳)."""
    rows = await transaction.fetch(QUERIES["inventory"])
    waiting = await transaction.fetch(QUERIES["waiting_proposals"])
    await transaction.record_search(access, "accounts.look", ("account",))
    now = dt.datetime.now(dt.UTC)
    return AccountsShown(
        accounts=tuple(_shown(row, now) for row in rows), proposals=tuple(row["proposal"] for row in waiting)
    )


async def suspend_dormant(transaction: Transaction) -> int:
    """Suspend every account that nobody used for `DORMANT_DAYS` (不要なIDを残さない). No person is needed to take a right away; two are, to give
    it back."""
    await transaction.fetch(QUERIES["lock_register"])
    now = dt.datetime.now(dt.UTC)
    dormant = [one for row in await transaction.fetch(QUERIES["inventory"]) if (one := _shown(row, now)).dormant]
    for one in dormant:
        kept = one.standing.model_dump(mode="json", exclude={"version", "proposed_by", "approved_by", "suspended"})
        given = json.dumps(kept | {"suspended": "dormant"})
        asked = await transaction.fetch(QUERIES["propose"], "account", one.account, given, DORMANCY)
        version = (await transaction.fetch(QUERIES["approve"], asked[0]["proposal"], OVERSEER))[0]["version"]
        people = {"version": version, "proposed_by": DORMANCY, "approved_by": OVERSEER}
        await tell(
            transaction,
            "account",
            one.account,
            version,
            AccountSet.model_validate_json(json.dumps(json.loads(given) | people)),
        )
    return len(dormant)


def _shown(row: Any, now: dt.datetime) -> AccountShown:
    standing = AccountSet.model_validate_json(row["data"])
    since = max(row["last_used"] or standing.valid_from, standing.valid_from)  # who gives it back begins anew
    dormant = standing.suspended is None and now - since > dt.timedelta(days=DORMANT_DAYS)
    return AccountShown(account=row["account"], standing=standing, last_used=row["last_used"], dormant=dormant)


async def _propose(transaction: Transaction, access: Access, place: str, name: str, data: dict[str, Any]) -> Proposed:
    """Keep a proposal that would be lawful."""
    somebody = {"version": 1, "proposed_by": access.account, "approved_by": f"not-{access.account[:60]}"}
    try:
        _KINDS[place].model_validate_json(json.dumps(data | somebody))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise Refused(str(first["type"]), str(first["msg"]), status=422) from None
    rows = await transaction.fetch(QUERIES["propose"], place, name, json.dumps(data), access.account)
    await transaction.record_search(access, "accounts.propose", ("account",), "register")
    return Proposed(proposal=rows[0]["proposal"])


async def _standing(transaction: Transaction, account: str) -> AccountSet:
    rows = await transaction.fetch(QUERIES["standing"], account)
    if not rows:
        raise Refused("account_unknown", "この利用者は登録されていません。", status=404)
    return AccountSet.model_validate_json(rows[0]["data"])
