"""Is what we hold what the register holds? (情報の突合, capability J10) A full snapshot against our state, by a tree of hashes.

Pure. A snapshot is JSON lines: a head, then one line for each entry of the register.

    {"municipality": "131164", "made_on": "2026-11-24", "entries": 300000}
    {"addressee": 10000001, "version": 3, "changed_on": "2026-03-01", "record": {…}}        the record of `ResidentChanged`
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple
from uuid import uuid5

import pydantic_core
from contracts.envelope import NAMESPACE
from contracts.events.registry import ResidentChanged, ResidentRecord
from contracts.vocabulary import AddresseeNumber, Date, Model, MunicipalityCode
from pydantic import Field, ValidationError

BUCKETS = 1_024
Kind = Literal["missing_here", "missing_there", "older_here", "newer_here", "differs"]
JAPANESE: Mapping[Kind, str] = {
    "missing_here": "こちらにない",
    "missing_there": "住民記録にない",
    "older_here": "こちらが古い",
    "newer_here": "こちらが新しい",
    "differs": "内容が異なる",
}
REPAIRED: tuple[Kind, ...] = ("missing_here", "older_here", "differs")
"""What the register has and we have not is told anew. What only we have is for a person: an entry is not made to vanish by a file."""


class Head(Model):
    municipality: MunicipalityCode
    made_on: Date
    entries: int = Field(ge=1)


class Entry(Model):
    """One person's entry as the register has it now."""

    addressee: AddresseeNumber
    version: int = Field(ge=1)
    changed_on: Date
    record: ResidentRecord


class Refused(Exception):
    """The snapshot can't be used; nothing was compared. Names line and rule, never a value."""


class Leaf(NamedTuple):
    """What stands for one entry in the tree."""

    version: int
    hash: bytes


def leaf(version: int, record: ResidentRecord) -> Leaf:
    """The leaf of an entry: its version and the hash of the whole record."""
    return Leaf(version, hashlib.sha256(pydantic_core.to_json(record, exclude_none=True)).digest())


def entries(lines: Iterable[bytes], municipality: str) -> Iterator[Head | Entry]:
    """The head of a snapshot and then its entries, one at a time. Refused where it is none, or not whole."""
    head: Head | None = None
    seen: set[int] = set()
    for number, line in enumerate(lines, 1):
        try:
            one: Head | Entry = (Entry if head else Head).model_validate_json(line)
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            place = ".".join(str(part) for part in first["loc"] if first["type"] != "extra_forbidden")
            raise Refused(f"line {number}, {place or 'whole line'}: {first['type']}") from None
        if isinstance(one, Head):
            if one.municipality != municipality:
                raise Refused(f"line {number}, municipality: snapshots of {municipality} only")
            head = one
        elif one.addressee in seen:
            raise Refused(f"line {number}, addressee: this person has a line already")
        else:
            seen.add(one.addressee)
        yield one
    if head is None:
        raise Refused("the snapshot is empty")
    if len(seen) != head.entries:
        raise Refused(f"the head counts {head.entries} entries, there are {len(seen)}")


@dataclass(frozen=True)
class Tree:
    """Leaves in buckets; two trees with one root are equal, and only buckets that differ are looked into."""

    buckets: tuple[Mapping[int, Leaf], ...]
    hashes: tuple[bytes, ...]

    @property
    def root(self) -> bytes:
        return hashlib.sha256(b"".join(self.hashes)).digest()


def tree(leaves: Iterable[tuple[int, Leaf]]) -> Tree:
    """The tree over (addressee, leaf) pairs, in whatever order they come."""
    buckets: list[dict[int, Leaf]] = [{} for _ in range(BUCKETS)]
    for addressee, one in leaves:
        buckets[addressee % BUCKETS][addressee] = one
    return Tree(tuple(buckets), tuple(_hash(bucket) for bucket in buckets))


def _hash(bucket: Mapping[int, Leaf]) -> bytes:
    total = hashlib.sha256()
    for addressee in sorted(bucket):
        total.update(b"%d|%d|" % (addressee, bucket[addressee].version) + bucket[addressee].hash)
    return total.digest()


def differences(ours: Tree, theirs: Tree) -> dict[int, Kind]:
    """Of each number that differs: how."""
    found: dict[int, Kind] = {}
    if ours.root == theirs.root:
        return found
    for here, there, one, other in zip(ours.buckets, theirs.buckets, ours.hashes, theirs.hashes, strict=True):
        if one == other:
            continue
        for addressee in sorted(here.keys() | there.keys()):
            kind = _kind(here.get(addressee), there.get(addressee))
            if kind is not None:
                found[addressee] = kind
    return found


def _kind(ours: Leaf | None, theirs: Leaf | None) -> Kind | None:
    if ours == theirs:
        return None
    if ours is None:
        return "missing_here"
    if theirs is None:
        return "missing_there"
    if ours.version != theirs.version:
        return "older_here" if ours.version < theirs.version else "newer_here"
    return "differs"


def repair(head: Head, entry: Entry, replaced: str | None) -> dict[str, Any]:
    """The attributes and data of the event that the register would have sent. Its id follows from its content: told twice, it is one.

    `replaced` is our own change of the same version, which this one corrects.
    """
    data = ResidentChanged(
        reason="other",
        changed_on=entry.changed_on,
        filed_on=max(head.made_on, entry.changed_on),
        version=entry.version,
        record=entry.record,
    )
    content = leaf(entry.version, entry.record).hash.hex()
    name = f"reconciliation|{entry.addressee}|{entry.version}|{entry.changed_on}|{content}"
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": str(uuid5(NAMESPACE, name)),
        "type": "ResidentChanged",
        "source": "kokunen/reconciliation",
        "subject": str(entry.addressee),
        "time": f"{head.made_on}T12:00:00+09:00",
        "dataschema": "kokunen:ResidentChanged/1",
        "datacontenttype": "application/json",
        "municipality": head.municipality,
        "data": json.loads(data.model_dump_json(exclude_none=True)),
    }
    return event | ({"supersedes": replaced} if replaced is not None else {})
