"""The doors of the vault: where a My Number (個人番号) comes in, and the few ways in which one comes out.

Nothing here returns a number but `read`, which only the service that writes legal forms and media may call (decision 17), and `show`, for
a person with a permission of its own, one number at a time (番号確認). On every other screen it is masked.
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
from chassis import database
from chassis.doors import Door, Refused
from chassis.transaction import Access, Cause, Transaction, to_json
from contracts.doors.registry import (
    AskConflicts,
    EnterNumbers,
    EraseNumbers,
    NumberConflict,
    NumberConflicts,
    NumberEntry,
    NumberFound,
    NumberOutcome,
    NumberRead,
    NumbersEntered,
    NumbersErased,
    NumberShown,
    NumbersRead,
    ReadNumbers,
    SearchNumber,
    ShowNumber,
)
from contracts.envelope import derived_id
from contracts.events.operations import Action
from contracts.events.registry import UnifiedNumberGiven
from contracts.my_number import is_my_number

from registry_sync.key_port import KeyGone
from registry_sync.store import QUERIES
from registry_sync.vault import Sealed, Vault, folder_beside, open_vault

ENTER, READ, SHOW, SEARCH, ERASE, CONFLICTS = (
    "my-numbers.enter",
    "my-numbers.read",
    "my-numbers.show",
    "my-numbers.search",
    "my-numbers.erase",
    "my-numbers.conflicts",
)
SEARCHES_A_MINUTE = 60
_ACTIONS: Mapping[str, Action] = {"entered": "register", "changed": "update", "known": "refer"}
"""Of an entry, as the access record has it; every other outcome is a refusal."""


@dataclass
class _Person:
    """What the vault knows of one person while a call is answered."""

    known: bool
    current: Sealed | None = None
    receipt: str | None = None
    look_up: bytes | None = None
    erased: bool = False
    unified_number: int | None = None


async def enter(transaction: Transaction, access: Access, body: EnterNumbers) -> NumbersEntered:
    """Enter My Numbers, one or many; each person's first one gives the unified addressee number."""
    await transaction.fetch(QUERIES["holds_numbers"])
    vault = await _vault(transaction)
    valid = [entry for entry in body.entries if is_my_number(entry.my_number)]
    look_ups = {entry.my_number: vault.look_up(entry.my_number) for entry in valid}
    locks = {entry.addressee for entry in body.entries} | {_lock_of(one) for one in look_ups.values()}
    await transaction.fetch(QUERIES["lock_numbers"], sorted(locks))
    persons = await _persons(transaction, [entry.addressee for entry in body.entries], list(look_ups.values()))
    holders = {one.look_up: addressee for addressee, one in persons.items() if one.look_up is not None}
    new: dict[int, tuple[NumberEntry, Sealed]] = {}
    conflicts: set[tuple[int, int]] = set()
    outcomes: list[NumberOutcome] = []
    for entry in body.entries:
        person = persons[entry.addressee]
        outcome = _judge(entry, person, holders, look_ups, new)
        if outcome == "of_another":
            conflicts.add((entry.addressee, holders[look_ups[entry.my_number]]))
        if outcome in ("entered", "changed"):
            version = person.current.version + 1 if person.current else 1
            sealed = vault.seal(entry.addressee, version, entry.my_number, person.current)
            if person.look_up is not None:
                del holders[person.look_up]
            person.current, person.receipt, person.look_up = sealed, str(uuid.uuid4()), look_ups[entry.my_number]
            holders[person.look_up] = entry.addressee
            new[entry.addressee] = (entry, sealed)
        receipt = person.receipt if outcome in _ACTIONS else None
        outcomes.append(NumberOutcome(addressee=entry.addressee, outcome=outcome, receipt=receipt))
    await _keep(transaction, access, new, persons)
    if conflicts:
        await transaction.fetch(QUERIES["note_conflicts"], *database.columns(sorted(conflicts), 2))
    await _on_record(transaction, access, outcomes)
    return NumbersEntered(
        outcomes=tuple(
            one.model_copy(update={"unified_number": persons[one.addressee].unified_number if one.receipt else None})
            for one in outcomes
        )
    )


def _judge(
    entry: NumberEntry,
    person: _Person,
    holders: Mapping[bytes, int],
    look_ups: Mapping[str, bytes],
    new: Mapping[int, tuple[NumberEntry, Sealed]],
) -> Any:
    """What becomes of one entry."""
    if entry.my_number not in look_ups:
        return "check_digit"
    if not person.known:
        return "unknown_addressee"
    if person.erased:
        return "erased"
    if person.look_up == look_ups[entry.my_number]:
        return "known"
    if look_ups[entry.my_number] in holders:
        return "of_another"
    if entry.addressee in new:
        return "twice"
    return "entered" if person.current is None else "changed"


async def _vault(transaction: Transaction) -> Vault:
    """The vault; its keys are made with the first number ever entered, and never again."""
    folder = folder_beside(transaction.settings.key_file)
    try:
        return open_vault(folder)
    except KeyGone:
        if not (await transaction.fetch(QUERIES["no_numbers"]))[0]["none"]:
            raise
        await transaction.fetch(QUERIES["lock_numbers"], [_MAKING_KEYS])
        return open_vault(folder, new=True)


_MAKING_KEYS = -1


def _lock_of(look_up: bytes) -> int:
    """A lock for whoever enters this number, apart from the locks of persons, which are positive."""
    return -2 - int.from_bytes(look_up[:7], "big")


async def _persons(transaction: Transaction, asked: Sequence[int], look_ups: Sequence[bytes]) -> dict[int, _Person]:
    rows = await transaction.fetch(QUERIES["known_numbers"], sorted(set(asked)), look_ups)
    return {
        row["addressee"]: _Person(
            known=row["known"],
            current=_sealed(row) if row["box"] is not None else None,
            receipt=str(row["receipt"]) if row["receipt"] else None,
            look_up=row["look_up"],
            erased=row["erased"],
            unified_number=row["unified_number"],
        )
        for row in rows
    }


def _sealed(row: asyncpg.Record) -> Sealed:
    return Sealed(row["addressee"], row["version"], row["box"], row["person_key"], row["key_id"])


async def _keep(
    transaction: Transaction,
    access: Access,
    new: Mapping[int, tuple[NumberEntry, Sealed]],
    persons: dict[int, _Person],
) -> None:
    if not new:
        return
    await transaction.fetch(QUERIES["retire_numbers"], sorted(new))
    rows: list[tuple[Any, ...]] = [
        (
            persons[who].receipt, who, sealed.version, sealed.box, sealed.person_key, sealed.key_id, persons[who].look_up,
            entry.check_of_number, access.account,
        )
        for who, (entry, sealed) in sorted(new.items())
    ]  # fmt: skip
    await transaction.fetch(QUERIES["insert_numbers"], *database.columns(rows, 9))
    for row in await transaction.fetch(QUERIES["give_unified_numbers"], sorted(new)):
        persons[row["addressee"]].unified_number = row["unified_number"]
        subject = str(row["addressee"])
        event_id = derived_id(transaction.settings.service, subject, "unified-number", 1)
        given = to_json(UnifiedNumberGiven(unified_number=row["unified_number"]))
        cause = Cause(dt.datetime.now(dt.UTC))
        transaction.emit("residents", subject, event_id, "UnifiedNumberGiven", given, cause)


async def _on_record(transaction: Transaction, access: Access, outcomes: Sequence[NumberOutcome]) -> None:
    by_action: dict[Action, list[int]] = defaultdict(list)
    refused = []
    for one in outcomes:
        if one.outcome in _ACTIONS:
            by_action[_ACTIONS[one.outcome]].append(one.addressee)
        else:
            refused.append(one.addressee)
    for action, subjects in by_action.items():
        await transaction.record_access(subjects, access, "my-numbers", ("my_number",), action)
    if refused:
        await transaction.record_refusal(refused, access, "my-numbers")


async def read(transaction: Transaction, access: Access, body: ReadNumbers) -> NumbersRead:
    """The numbers behind receipts, for writing them on a legal form or medium."""
    wanted = [receipt for receipt in body.receipts if _is_uuid(receipt)]
    found = await _opened(transaction, "sealed_numbers", sorted(set(wanted)))
    await _seen(transaction, access, {addressee for addressee, _ in found.values()}, "my-numbers.read", ("my_number",))
    numbers = {receipt: number for receipt, (_, number) in found.items()}
    return NumbersRead(
        numbers=tuple(NumberRead(receipt=one, my_number=numbers.get(one.lower())) for one in body.receipts)
    )


async def show(transaction: Transaction, access: Access, body: ShowNumber) -> NumberShown:
    """The number of one person who was born on this day, unmasked for somebody who has to see it."""
    await _count_search(transaction, access)
    found = await _opened(transaction, "number_of", body.addressee, body.birth_date)
    await _seen(transaction, access, {addressee for addressee, _ in found.values()}, "my-numbers.show", ("my_number",))
    return NumberShown(my_number=next((number for _, number in found.values()), None))


async def _opened(transaction: Transaction, query: str, *arguments: Any) -> dict[str, tuple[int, str]]:
    """Whose, and which number, by the receipt of each entry that a query finds."""
    for _ in range(2):  # a key may be replaced between the row and its key: then the row has a new one
        rows = await transaction.fetch(QUERIES[query], *arguments)
        try:
            vault = open_vault(folder_beside(transaction.settings.key_file)) if rows else None
            return {str(row["receipt"]): (row["addressee"], vault.open(_sealed(row))) for row in rows if vault}
        except KeyGone:
            continue
    raise KeyGone("the vault's keys do not open its entries; restore them from their backup")


async def _seen(
    transaction: Transaction, access: Access, persons: Iterable[int], what: str, fields: Sequence[str]
) -> None:
    """On record, also when nobody was found."""
    seen = sorted(persons)
    await transaction.record_access(seen, access, what, fields)
    if not seen:
        await transaction.record_search(access, what, fields)


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


async def search(transaction: Transaction, access: Access, body: SearchNumber) -> NumberFound:
    """Who has this number and was born on this day? A number that is none, or alone, finds nobody."""
    await _count_search(transaction, access)
    found = None
    if is_my_number(body.my_number):
        try:
            look_up = open_vault(folder_beside(transaction.settings.key_file)).look_up(body.my_number)
        except KeyGone:
            if not (await transaction.fetch(QUERIES["no_numbers"]))[0]["none"]:
                raise
        else:
            rows = await transaction.fetch(QUERIES["holder_of"], look_up)
            found = next((row["addressee"] for row in rows if row["birth_date"] == body.birth_date), None)
    await _seen(
        transaction, access, () if found is None else (found,), "my-numbers.search", ("my_number", "birth_date")
    )
    return NumberFound(addressee=found)


async def _count_search(transaction: Transaction, access: Access) -> None:
    if (await transaction.fetch(QUERIES["count_search"], access.account))[0]["searches"] > SEARCHES_A_MINUTE:
        raise Refused("too_many", "個人番号による検索が多すぎます。1分後にもう一度お試しください。", status=429)


async def erase(transaction: Transaction, access: Access, body: EraseNumbers) -> NumbersErased:
    """Erase a person's numbers: asked for by one person, confirmed by another; no key opens them any more."""
    await transaction.fetch(QUERIES["lock_numbers"], [body.addressee])
    rows = await transaction.fetch(QUERIES["erasure"], body.addressee)
    if not rows:
        await transaction.fetch(QUERIES["ask_erasure"], body.addressee, access.account, body.reason)
        await transaction.record_access([body.addressee], access, "my-numbers.erase", ("my_number",), "update")
        return NumbersErased(state="asked")
    if rows[0]["confirmed_by"] is not None:
        await transaction.record_access([body.addressee], access, "my-numbers.erase", ("my_number",))
        return NumbersErased(state="erased")
    if rows[0]["asked_by"] == access.account:
        raise Refused("same_person", "消去は、依頼した者とは別の者が確認してください。", subjects=[body.addressee])
    await transaction.fetch(QUERIES["erase_numbers"], body.addressee, access.account)
    await transaction.record_access([body.addressee], access, "my-numbers.erase", ("my_number",), "delete")
    return NumbersErased(state="erased")


async def conflicts(transaction: Transaction, access: Access, body: AskConflicts) -> NumberConflicts:
    """Whose number was entered for somebody else as well: for a person to look at."""
    rows = await transaction.fetch(QUERIES["conflicts"])
    shown = {number for row in rows for number in (row["addressee"], row["holder"])}
    await _seen(transaction, access, shown, "my-numbers.conflicts", ("addressee",))
    return NumberConflicts(
        conflicts=tuple(NumberConflict(addressee=row["addressee"], holder=row["holder"]) for row in rows)
    )


DOORS = (
    Door("/my-numbers", ENTER, EnterNumbers, NumbersEntered, enter),
    Door("/my-numbers/read", READ, ReadNumbers, NumbersRead, read),
    Door("/my-numbers/show", SHOW, ShowNumber, NumberShown, show),
    Door("/my-numbers/search", SEARCH, SearchNumber, NumberFound, search),
    Door("/my-numbers/erase", ERASE, EraseNumbers, NumbersErased, erase),
    Door("/my-numbers/conflicts", CONFLICTS, AskConflicts, NumberConflicts, conflicts),
)
