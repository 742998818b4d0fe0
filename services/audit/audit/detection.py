"""Which accesses should somebody look at? Rules over access records: a reason to ask, never a verdict. Pure.

The thresholds are ours to choose; the assessment only says that the records are reviewed for misuse (Ⅲ).
"""

import datetime as dt
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Literal, NamedTuple

from contracts.holidays import next_open
from contracts.vocabulary import JST, SERVICES

Rule = Literal["bulk", "night", "refusals", "own_record", "own_household", "dormant_subject"]
BULK_PERSONS, BULK_WITHIN = 200, dt.timedelta(hours=1)
REFUSALS, REFUSALS_WITHIN = 5, dt.timedelta(minutes=10)
OPENS, CLOSES = dt.time(7), dt.time(21)
"""Japan time; somebody at the counter is not alone in the evening."""
DORMANT = dt.timedelta(days=365)
"""So long after anybody last looked at somebody, a single look is asked about."""
LONGEST = max(BULK_WITHIN, REFUSALS_WITHIN)
"""How far back the rules look."""


class Use(NamedTuple):
    """An access record, as far as the rules look at it."""

    leaf: int
    at: dt.datetime
    account: str
    answered: bool
    persons: int
    subjects: tuple[int, ...]
    dormant: bool = False
    """It was about one person, whom nobody had looked at for `DORMANT`, but once somebody had."""


class Finding(NamedTuple):
    """Something to look at. Of one rule, account and time there is one, however often it is found."""

    rule: Rule
    account: str
    since: dt.datetime
    """Beginning of the hour, the ten minutes or the day that it is about."""
    first: int
    last: int
    """Leaves of the log, where the accesses are proved."""
    persons: int


def findings(uses: Iterable[Use], after: int, close: Mapping[str, Mapping[int, Rule]]) -> list[Finding]:
    """What the uses after an index give reason to ask. `uses` go back for `LONGEST` before it; `close` = who is who to an account's owner."""
    by_account: dict[str, list[Use]] = defaultdict(list)
    for use in sorted(uses, key=lambda one: (one.at, one.leaf)):
        if use.account not in SERVICES:
            by_account[use.account].append(use)
    found: dict[tuple[Rule, str, dt.datetime], Finding] = {}
    for account, own in by_account.items():
        for one in chain(_many(account, own), _single(account, own, close.get(account, {}))):
            if one.last > after:
                place = one.rule, one.account, one.since
                before = found.get(place)
                found[place] = one if before is None else _joined(before, one)
    return sorted(found.values())


def _many(account: str, uses: Sequence[Use]) -> Iterator[Finding]:
    """What only several uses together give reason to ask."""
    seen: deque[Use] = deque()
    refused: deque[Use] = deque()
    persons = 0
    for use in uses:
        (seen if use.answered else refused).append(use)
        persons += use.persons if use.answered else 0
        while seen and use.at - seen[0].at >= BULK_WITHIN:
            persons -= seen.popleft().persons
        while refused and use.at - refused[0].at >= REFUSALS_WITHIN:
            refused.popleft()
        if use.answered and persons > BULK_PERSONS:
            yield Finding("bulk", account, _hour(use.at), seen[0].leaf, use.leaf, persons)
        if not use.answered and len(refused) >= REFUSALS:
            yield Finding("refusals", account, _hour(use.at), refused[0].leaf, use.leaf, 0)


def _single(account: str, uses: Iterable[Use], close: Mapping[int, Rule]) -> Iterator[Finding]:
    """What one use alone gives reason to ask."""
    for use in uses:
        if not use.answered or not use.persons:
            continue
        if _after_hours(use.at):
            yield Finding("night", account, _day(use.at), use.leaf, use.leaf, use.persons)
        if use.dormant:
            yield Finding("dormant_subject", account, _day(use.at), use.leaf, use.leaf, use.persons)
        for rule, count in Counter(close[person] for person in use.subjects if person in close).items():
            yield Finding(rule, account, _day(use.at), use.leaf, use.leaf, count)


def _joined(one: Finding, more: Finding) -> Finding:
    counted = max(one.persons, more.persons) if one.rule == "bulk" else one.persons + more.persons
    return one._replace(first=min(one.first, more.first), last=max(one.last, more.last), persons=counted)


def _after_hours(at: dt.datetime) -> bool:
    here = at.astimezone(JST)
    return not OPENS <= here.time() < CLOSES or next_open(here.date()) != here.date()


def _hour(at: dt.datetime) -> dt.datetime:
    return at.astimezone(JST).replace(minute=0, second=0, microsecond=0)


def _day(at: dt.datetime) -> dt.datetime:
    return _hour(at).replace(hour=0)
