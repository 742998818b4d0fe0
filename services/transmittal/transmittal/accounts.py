"""Is everything that must be sent accounted for, each attempt in exactly one batch?

    registered = accepted + in flight + pending + returned-open + withdrawn          (decision 33; capability S01)

Looked at from both sides: the attempts as they stand, and the batches re-read from their frozen bytes.
"""

import datetime as dt
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from contracts.fixed_file import Refused

from transmittal import record_file
from transmittal.attempts import Attempt, Side, standing, to_tell
from transmittal.due import Matter

ItemKey = tuple[int, str]


@dataclass(frozen=True)
class Batch:
    """A sealed batch (進達). `counts` are its data records by kind and mark; `log_size` and `log_root` say where the audit log stood."""

    number: int
    municipality: str
    sealed_on: dt.date
    items: int
    content: bytes
    content_sha256: str
    counts: dict[str, int]
    log_size: int
    log_root: str
    rest_sha256: str | None = None
    """Of the content as it stands, where persons were erased from it; `content_sha256` is that of what was sealed."""
    erased: Sequence[int] = ()
    """Their lines: of these only kind and mark are left."""


@dataclass(frozen=True)
class Issue:
    """One issue of a batch, as far as the accounts look at it."""

    batch: int
    number: int
    record_sha256: str | None
    dispatched: bool
    closed: bool
    voided: bool


@dataclass(frozen=True)
class State:
    """All of transmittal at one moment."""

    matters: Sequence[Matter]
    attempts: Sequence[Attempt]
    batches: Sequence[Batch]
    issues: Sequence[Issue] = ()
    pulled: frozenset[ItemKey] = frozenset()
    """What a person took out of what is pending."""


@dataclass(frozen=True)
class Accounts:
    """Items by where they stand."""

    registered: int
    accepted: int
    in_flight: int
    pending: int
    returned_open: int
    withdrawn: int

    @property
    def agree(self) -> bool:
        places = self.accepted, self.in_flight, self.pending, self.returned_open, self.withdrawn
        return self.registered == sum(places)


def accounts(attempts: Iterable[Attempt]) -> Accounts:
    """Where each registered item stands."""
    items = _by_item(attempts)
    places = Counter(_place(own) for own in items.values())
    return Accounts(
        len(items),
        places["accepted"],
        places["in_flight"],
        places["pending"],
        places["returned_open"],
        places["withdrawn"],
    )


def _place(attempts: Sequence[Attempt]) -> str:
    """Where an item stands: what is next about it, else the last that the pension service has, else nothing (withdrawn)."""
    sent = [a for a in attempts if not a.open]
    if any(a.state == "pending" for a in attempts):
        return "returned_open" if sent and sent[-1].state == "returned" else "pending"
    last = next((a for a in reversed(sent) if a.state not in ("returned", "voided")), None)
    if last is None:
        return "withdrawn"
    return "accepted" if last.state == "accepted" else "in_flight"


def check(state: State) -> list[str]:
    """Findings, none when all is well. Items are named by addressee number and item; no content."""
    findings = []
    if not accounts(state.attempts).agree:
        findings.append("registered items are not accepted + in flight + pending + returned-open + withdrawn")
    items = _by_item(state.attempts)
    for key, own in items.items():
        if [a.number for a in own] != list(range(1, len(own) + 1)):
            findings.append(f"{_name(key)}: its attempts are not numbered 1 to {len(own)}")
        if any(a.open for a in own[:-1]):
            findings.append(f"{_name(key)}: an attempt follows one that was not sent")
    findings += _against_batches(state)
    findings += _against_issues(state)
    findings += _against_eligibility(state.matters, items, state.pulled)
    return findings


def _against_batches(state: State) -> list[str]:
    findings = []
    batches = sorted(state.batches, key=lambda b: b.number)
    if [b.number for b in batches] != list(range(1, len(batches) + 1)):
        findings.append("the batch numbers are not 1, 2, 3 and so on")
    places: dict[tuple[int, str, int], list[tuple[int, int]]] = defaultdict(list)
    for batch in batches:
        findings += _frozen(batch)
        try:
            lines = record_file.thaw(batch.content)
        except Refused as broken:
            findings.append(f"batch {batch.number}: {broken}")
            continue
        if len(lines) != batch.items:
            findings.append(f"batch {batch.number} says {batch.items} items and holds {len(lines)}")
        if record_file.counts_of(lines) != batch.counts:
            findings.append(f"batch {batch.number}: its counts by kind and mark are not those of its content")
        for line in lines:
            if line.line in batch.erased:
                continue
            places[line.addressee, line.item, line.attempt].append((batch.number, line.line))
    for attempt in state.attempts:
        found = places.pop((attempt.addressee, attempt.item, attempt.number), [])
        if found != ([] if attempt.open else [(attempt.batch, attempt.line)]):
            findings.append(
                f"{_name((attempt.addressee, attempt.item))}: attempt {attempt.number} is {attempt.state} "
                f"and is in {len(found)} batches"
            )
    findings += [f"{_name(key[:2])}: attempt {key[2]} was sent and is not known" for key in places]
    return findings


def _frozen(batch: Batch) -> list[str]:
    if hashlib.sha256(batch.content).hexdigest() != (batch.rest_sha256 or batch.content_sha256):
        return [f"batch {batch.number}: the content is not the one that was sealed"]
    return []


def _against_issues(state: State) -> list[str]:
    """Each batch has issues 1, 2, 3 …; at most one is not void; what was written is what was sealed; what was given up was never sent.

    A batch that was given up has nothing in flight. What the pension service had answered before stays answered.
    """
    findings = []
    by_batch: dict[int, list[Issue]] = defaultdict(list)
    for issue in sorted(state.issues, key=lambda i: (i.batch, i.number)):
        by_batch[issue.batch].append(issue)
    given_up = {a.batch for a in state.attempts if a.state == "voided"}
    in_flight = {a.batch for a in state.attempts if a.state == "sealed"}
    for batch in state.batches:
        issues = by_batch.pop(batch.number, [])
        if [i.number for i in issues] != list(range(1, len(issues) + 1)) or not issues:
            findings.append(f"batch {batch.number}: its issues are not numbered from 1")
        alive = [i for i in issues if not i.voided]
        if len(alive) > 1 or batch.number in (given_up if alive else in_flight):
            findings.append(f"batch {batch.number}: one issue goes its way, or all are void and nothing is in flight")
        if not alive and any(i.dispatched for i in issues):
            findings.append(f"batch {batch.number} was given up after it was dispatched")
        for issue in issues:
            record = record_file.compose(batch.municipality, batch.number, issue.number, batch.sealed_on, batch.content)
            if batch.erased:
                continue  # what was written can't be made again
            if issue.record_sha256 not in (None, hashlib.sha256(record).hexdigest()):
                findings.append(f"batch {batch.number}: the file that was written is not the sealed content")
    findings += [f"batch {number}: issued and never sealed" for number in by_batch]
    return findings


def _against_eligibility(
    matters: Iterable[Matter], items: dict[ItemKey, list[Attempt]], pulled: frozenset[ItemKey]
) -> list[str]:
    """What eligibility says is what the pension service has, or what is pending, unless a person took it out."""
    said = {(matter.addressee, matter.item): matter.content for matter in matters}
    sides = []
    for who, item in sorted({*said, *items}):
        stands = standing(items.get((who, item), ()))
        sides.append((item, Side(who, said.get((who, item)), stands.content if stands is not None else None)))
    wanted = to_tell(sides)
    findings = []
    for key in sorted(wanted.keys() - pulled):
        content = wanted[key]
        own = items.get(key, [])
        pending = next((a for a in own if a.state == "pending"), None)
        last = pending or standing(own)
        told = None if last is None or last.mark == "annulment" else last.content
        if (told is None) != (content is None):
            findings.append(f"{_name(key)} is {'not sent and due' if content else 'sent and not due'}")
        elif told is not None and content is not None and not told.says_the_same(content):
            findings.append(f"{_name(key)}: what is sent is not what is known")
    return findings


def _by_item(attempts: Iterable[Attempt]) -> dict[ItemKey, list[Attempt]]:
    items: dict[ItemKey, list[Attempt]] = defaultdict(list)
    for attempt in sorted(attempts, key=lambda a: (a.addressee, a.item, a.number)):
        items[attempt.addressee, attempt.item].append(attempt)
    return items


def _name(key: ItemKey) -> str:
    return f"{key[0]} {key[1]}"
