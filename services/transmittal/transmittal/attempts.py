"""What stands with the pension service about an item, and what is to be sent next?

An item is reported in *attempts*, numbered 1, 2, … An attempt is

    pending ──sealed──▶ sealed (in flight) ──notice──▶ accepted
       ▲ │                                    └──────▶ returned (返戻): a new attempt opens, with the reason
       │ ▼                             a batch that is given up before anything left makes it *voided*: the same again
    withdrawn: no longer wanted before it was sealed; it opens again under its number when wanted again

What was sealed never changes. A later change of what it said is a new attempt, marked 訂正 or 取消. Everything here is a pure
function of what is wanted, the attempts sealed so far and the notices, so that the order of deliveries plays no part.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from transmittal.due import Content

Mark = Literal["new", "correction", "annulment"]
"""新規・訂正・取消: what the pension service has to do with it."""
State = Literal["pending", "sealed", "accepted", "returned", "voided", "withdrawn"]


@dataclass(frozen=True)
class Attempt:
    """One attempt. `reason` is why it was returned, or why the attempt before it was."""

    addressee: int
    item: str
    number: int
    mark: Mark
    state: State
    content: Content
    reason: str | None = None
    batch: int | None = None
    line: int | None = None
    sealed_on: dt.date | None = None

    @property
    def open(self) -> bool:
        """Never in a batch so far."""
        return self.state in ("pending", "withdrawn")


@dataclass(frozen=True)
class Result:
    """処理結果: the pension service accepted or returned a filing."""

    event: str
    addressee: int
    filing: str
    accepted: bool
    processed_on: dt.date
    reason: str | None = None


@dataclass(frozen=True)
class Side:
    """An item under one number: what is to be told of it (None = nothing), and what the pension service has of it."""

    addressee: int
    content: Content | None
    stands: Content | None


def to_tell(sides: Iterable[tuple[str, Side]]) -> dict[tuple[int, str], Content | None]:
    """What is to be told of each item, under each number (by addressee and item).

    The pension service knows persons, not our numbers: what it has of a filing under one of them is neither told again under another, nor
    taken back while another says the same. Two numbers have one filing after a merge (名寄せ).
    """
    by_filing: dict[tuple[str, str | None], list[Side]] = defaultdict(list)
    told = {}
    for item, side in sides:
        told[side.addressee, item] = side.content
        content = side.content or side.stands
        if content is not None and content.filing is not None:
            by_filing[item, content.filing].append(side)
    for (item, _), every in by_filing.items():
        for here, there in ((a, b) for a in every for b in every if a is not b):
            if here.content is None and there.stands is None and _alike(here.stands, there.content):
                told[here.addressee, item] = here.stands
                told[there.addressee, item] = None
    return told


def _alike(told: Content | None, wanted: Content | None) -> bool:
    return told is not None and wanted is not None and told.says_the_same(wanted)


def advance(
    addressee: int, item: str, attempts: Iterable[Attempt], content: Content | None, results: Iterable[Result]
) -> list[Attempt]:
    """The attempts of one item that change, given what is wanted now (None = nothing) and every notice."""
    known = sorted(attempts, key=lambda a: a.number)
    before = [a for a in known if not a.open]
    sent = _settled(before, results)
    slot = next((a for a in known if a.open), None)
    changed = [new for old, new in zip(before, sent, strict=True) if new != old]
    following = _following(addressee, item, sent, content)
    if following is not None and following != slot:
        changed.append(following)
    elif following is None and slot is not None and slot.state == "pending":
        changed.append(replace(slot, state="withdrawn"))
    return changed


def _settled(sent: Sequence[Attempt], results: Iterable[Result]) -> list[Attempt]:
    """A notice speaks of the filing as it stands: it settles every attempt in flight that was sealed before its day."""
    ordered = sorted(results, key=lambda r: (r.processed_on, r.event))
    settled = []
    for attempt in sent:
        if attempt.state == "sealed" and attempt.sealed_on is not None:
            since = attempt.sealed_on
            for result in ordered:
                if result.filing == attempt.content.filing and result.processed_on > since:
                    state: State = "accepted" if result.accepted else "returned"
                    attempt = replace(attempt, state=state, reason=None if result.accepted else result.reason)
                    break
        settled.append(attempt)
    return settled


def standing(sent: Iterable[Attempt]) -> Attempt | None:
    """What the pension service has of an item: the last attempt that was neither returned nor voided, unless it was a 取消."""
    last = max((a for a in sent if a.state in ("sealed", "accepted")), key=lambda a: a.number, default=None)
    return None if last is None or last.mark == "annulment" else last


def _following(addressee: int, item: str, sent: Sequence[Attempt], content: Content | None) -> Attempt | None:
    """The attempt that should be pending; None = the pension service has what is wanted."""
    stands = standing(sent)
    if stands is None and content is None:
        return None
    if stands is not None and content is not None and stands.content.says_the_same(content):
        return None
    mark: Mark = "new" if stands is None else "annulment" if content is None else "correction"
    told = content if content is not None else stands.content if stands is not None else None
    assert told is not None
    reason = sent[-1].reason if sent and sent[-1].state in ("returned", "voided") else None
    return Attempt(addressee, item, len(sent) + 1, mark, "pending", told, reason)
