"""Does the running system keep its promises? Each invariant of the reliability page is a function that returns findings."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chassis import database
from contracts.topics import DERIVED, SET_ASIDE
from eligibility import store as eligibility_store
from rich.table import Table
from transmittal import accounts
from transmittal.store import QUERIES as TRANSMITTAL
from transmittal.store import state as transmittal_state

from cli import canonical, oracle
from cli.canonical import Said
from cli.catalogue import DECODING, TOPICS_OF
from cli.reading import Reading
from cli.screen import out
from cli.settle import Watch

DERIVING = ("registry-sync", "tax-income", "eligibility")
SHOWN = 5


@dataclass(frozen=True)
class Finding:
    """One broken promise: which invariant, where, what. Subjects are addressee numbers; no content."""

    invariant: str
    text: str


@dataclass(frozen=True)
class Report:
    """Findings by invariant, and what was counted on the way."""

    checked: tuple[str, ...]
    findings: tuple[Finding, ...]
    counts: dict[str, Any]

    @property
    def clean(self) -> bool:
        return not self.findings


Run = tuple[int, int, str]
"""(first offset, last offset, disposition)."""


def accounting(
    service: str,
    ends: Mapping[tuple[str, int], int],
    runs: Mapping[tuple[str, int], Sequence[Run]],
    starts: Mapping[tuple[str, int], int],
) -> list[Finding]:
    """I2: each offset of each partition, from the first that is still kept (`starts`, else 0), has exactly one disposition, and none is missing."""
    findings = []
    for (topic, partition), end in sorted(ends.items()):
        place = f"{service}: {topic}/{partition}"
        known = sorted(runs.get((topic, partition), ()))
        expected = starts.get((topic, partition), 0)
        if known:  # what was read before the topic forgot it stays accounted for
            expected = min(expected, known[0][0])
        for first, last, disposition in known:
            if first != expected:
                word = "has no" if first > expected else "has a second"
                findings.append(Finding("I2", f"{place} {word} disposition at offset {min(first, expected)}"))
            if disposition == "missing":
                findings.append(Finding("I2", f"{place} offsets {first} to {last} were removed unread"))
            expected = last + 1
        if expected != end:
            findings.append(Finding("I2", f"{place} is accounted for up to {expected}, the topic ends at {end}"))
    return findings


def equality(ours: Iterable[Said], theirs: Iterable[Said], left_out: frozenset[int]) -> list[Finding]:
    """I1: what the services say equals what the oracle says, byte for byte; who waits is compared after re-drive."""
    running = set(canonical.lines(s for s in ours if s.subject not in left_out))
    expected = set(canonical.lines(s for s in theirs if s.subject not in left_out))
    findings = []
    for line in sorted(running ^ expected):
        one = json.loads(line)
        word = "says what the oracle does not" if line in running else "does not say what the oracle says"
        findings.append(Finding("I1", f"{one['service']} {word}: {one['topic']} {one['key']} about {one['subject']}"))
    return findings


def effects(
    service: str,
    events: Iterable[Mapping[str, Any]],
    said: Mapping[int, int],
    known: frozenset[str],
    *,
    whole: bool = True,
) -> list[Finding]:
    """I3: per subject the sequences on the topics are 1..n without gap, n is what `said` holds, every cause resolves.

    Topics that are not `whole` any more (retention) hold the end of it. A sequence that comes twice with one id is a republished record; with two ids it is a double effect.
    """
    ids: dict[int, dict[int, str]] = defaultdict(dict)
    findings = []
    for event in events:
        subject, sequence = int(event["subject"]), int(event["sequence"])
        before = ids[subject].setdefault(sequence, event["id"])
        if before != event["id"]:
            findings.append(Finding("I3", f"{service}: two events are number {sequence} about {subject}"))
        cause = event.get("cause")
        if cause is not None and cause not in known:
            findings.append(Finding("I3", f"{service}: the cause of event {event['id']} took no effect here"))
    for subject in sorted({*ids, *said}):
        published, remembered = sorted(ids.get(subject, {})), said.get(subject, 0)
        first = 1 if whole else remembered - len(published) + 1
        if published != list(range(first, remembered + 1)):
            findings.append(
                Finding(
                    "I3",
                    f"{service}: {len(published)} events about {subject} are on the topics, {remembered} were said",
                )
            )
    return findings


_OVERLAP = """
select a.addressee from insured_period a join insured_period b
on a.addressee = b.addressee and a.ctid < b.ctid and a.validity && b.validity limit 20
"""
_UNACCOUNTED = """
select number from request r
where answered_at is not null and rows <> (select count(status) from request_row where request = r.number)
"""
_SAID = "select subject, topic, key, type, value from said"


_RECEIVED_BY = database.queries("chassis")["received_by"]


async def said_by(watch: Watch) -> list[Said]:
    """What the deriving services are saying now."""
    found = []
    for service in DERIVING:
        for row in await watch.databases[service].fetch(_SAID):
            one = Said(service, row["subject"], row["topic"], row["key"], row["type"], json.loads(row["value"]))
            if canonical.stands(one):
                found.append(one)
    return found


async def received_by(watch: Watch, reading: Reading) -> list[Said]:
    """What the deriving services were saying on a business day; each by its own calendar."""
    found = []
    for service in DERIVING:
        database = watch.databases[service]
        day = reading.on(await database.fetchval("select business_day from clock"))
        for row in await database.fetch(_RECEIVED_BY, None, day):
            found.append(Said(service, row["subject"], row["topic"], row["key"], row["type"], json.loads(row["value"])))
    return found


async def parked_in(watch: Watch) -> frozenset[int]:
    """Residents with an open parking anywhere; they are compared after re-drive (decision 4)."""
    found: set[int] = set()
    for service in DECODING:
        rows = await watch.databases[service].fetch(
            "select distinct subject from set_aside where state = 'open' and parks"
        )
        found |= {row["subject"] for row in rows if row["subject"] is not None}
    return frozenset(found)


async def touched_by(watch: Watch, parked: frozenset[int], circles: Mapping[int, set[int]]) -> frozenset[int]:
    """Residents whose determination uses a parked one: as it should be (the oracle's circles) and as it is now."""
    rows = await watch.databases["eligibility"].fetch(eligibility_store.QUERIES["circle"], sorted(parked), [], [], [])
    return frozenset(who for who, circle in circles.items() if circle & parked) | {row["addressee"] for row in rows}


async def given_up_in(watch: Watch) -> frozenset[tuple[str, str]]:
    """(service, event id) of every record that two people released."""
    found = set()
    async for record in watch.broker.everything([topic.name for topic in SET_ASIDE]):
        event = json.loads(record.value)
        if event["type"] == "SetAsideReleased" and "event" in event["data"]:
            found.add((event["data"]["service"], event["data"]["event"]))
    return frozenset(found)


async def runs_of(watch: Watch, service: str) -> dict[tuple[str, int], list[Run]]:
    """A service's accounting: closed runs and the open one of each partition."""
    runs: dict[tuple[str, int], list[Run]] = defaultdict(list)
    database = watch.databases[service]
    for row in await database.fetch("select topic, part, from_offset, to_offset, disposition from ledger_range"):
        runs[row["topic"], row["part"]].append((row["from_offset"], row["to_offset"], row["disposition"]))
    for row in await database.fetch("select topic, part, run_from, next_offset, disposition from ledger_head"):
        if row["run_from"] < row["next_offset"]:
            runs[row["topic"], row["part"]].append((row["run_from"], row["next_offset"] - 1, row["disposition"]))
    return runs


SIGNED_WITHIN = 5.0
"""Seconds: what came last is signed a moment later, and audit reads its own signature."""


async def verify(watch: Watch, town: Path | None, municipality: str = "131164") -> Report:
    """Every invariant that this version keeps, against the running system; with a town, equality with the oracle."""
    findings: list[Finding] = []
    counts: dict[str, Any] = {}
    backlog = await watch.at_rest(SIGNED_WITHIN)
    if not backlog.empty:
        findings.append(Finding("I8", f"the system is not at rest: {backlog}"))
    table: dict[str, dict[str, int]] = {}
    for service, topics in TOPICS_OF.items():
        runs = await runs_of(watch, service)
        ends = {place: end for place, end in backlog.ends.items() if place[0] in topics}
        starts = await watch.broker.starts(topics)
        findings += accounting(service, {p: end for p, end in ends.items() if end > starts.get(p, 0)}, runs, starts)
        table[service] = {"records": sum(ends.values()) - sum(starts.values())}
        for place_runs in runs.values():
            for first, last, disposition in place_runs:
                table[service][disposition] = table[service].get(disposition, 0) + last - first + 1
    counts["accounting"] = table
    findings += await _effects(watch)
    for row in await watch.databases["tax-income"].fetch(_UNACCOUNTED):
        findings.append(Finding("I2", f"tax-income: the answer to {row['number']} does not account for each row"))
    overlapping = await watch.databases["eligibility"].fetch(_OVERLAP)
    findings += [Finding("I4", f"eligibility: two periods of {row['addressee']} overlap") for row in overlapping]
    state = await transmittal_state(watch.databases["transmittal"])
    findings += [Finding("I6", f"transmittal: {text}") for text in accounts.check(state)]
    for row in await watch.databases["transmittal"].fetch(TRANSMITTAL["unaccounted_files"]):
        findings.append(
            Finding("I2", f"transmittal: {row['kind']} of delivery {row['delivery']}: not each row is accounted for")
        )
    checked = ["I2", "I3", "I4", "I6", "I8"]
    parked = await parked_in(watch)
    counts["parked"] = len(parked)
    ours = await said_by(watch)
    counts["sha256"] = canonical.digest(canonical.lines(ours))
    if town is not None:
        checked.insert(0, "I1")
        erased = dict(await watch.databases["eligibility"].fetch("select addressee, at from erased"))
        events = [
            event
            for event in oracle.accepted(oracle.records(town), municipality)
            if not event.subject.isdigit() or event.time > erased.get(int(event.subject), _NEVER)
        ]
        folded = oracle.fold(events, await given_up_in(watch))
        counts["oracle_sha256"] = canonical.digest(canonical.lines(folded.said))
        counts["statements"] = len(folded.said)
        left_out = parked | await touched_by(watch, parked, folded.circles)
        counts["left_out"] = len(left_out)
        findings += equality(ours, folded.said, left_out)
    return Report(tuple(checked), tuple(findings), counts)


_NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)
STATEMENTS = [topic.name for topic in DERIVED if topic.by_resident and topic.residents_only]
"""Topics on which a service says what is true of a resident, under a key, as long as it is."""
AT_A_DOOR = ("UnifiedNumberGiven", "IncomeAnswered")
"""Told once, because of a call, and not as a statement."""


async def _effects(watch: Watch) -> list[Finding]:
    derived: dict[str, list[dict[str, Any]]] = defaultdict(list)
    async for record in watch.broker.everything(STATEMENTS):
        event = json.loads(record.value)
        if event["type"] in AT_A_DOOR:
            continue
        derived[event["source"].removeprefix("kokunen/")].append(event)
    findings: list[Finding] = []
    whole = not any((await watch.broker.starts(STATEMENTS)).values())
    for service in DERIVING:
        database = watch.databases[service]
        rows = await database.fetch("select subject, max(sequence) as last from said group by subject")
        known = frozenset(str(row["id"]) for row in await database.fetch("select id from inbox"))
        erased = {row["addressee"] for row in await database.fetch("select addressee from erased")}
        events = (event for event in derived[service] if int(event["subject"]) not in erased)
        said = {row["subject"]: row["last"] for row in rows if row["subject"] not in erased}
        findings += effects(service, events, said, known, whole=whole)
    return findings


def show(report: Report) -> None:
    """The accounting table and every broken promise."""
    names = ("records", "applied", "duplicate", "stale", "held", "set_aside")
    table = Table("service", *names, "difference", title="Every record has exactly one disposition")
    for service, counts in report.counts["accounting"].items():
        difference = counts["records"] - sum(count for name, count in counts.items() if name != "records")
        table.add_row(service, *(f"{counts.get(name, 0):,}" for name in names), str(difference))
    out.print(table)
    for invariant in report.checked:
        broken = [finding for finding in report.findings if finding.invariant == invariant]
        out.print(f"{invariant}: {'holds' if not broken else f'[red]broken {len(broken)} times'}")
        for finding in broken[:SHOWN]:
            out.print(f"   {finding.text}")
    if report.counts["parked"]:
        parked, left_out = report.counts["parked"], report.counts.get("left_out", 0)
        out.print(
            f"{parked} residents are parked; the {left_out} whom this touches were not compared. Re-drive or release."
        )
    out.print(f"derived state {report.counts['sha256']}")
    if "oracle_sha256" in report.counts:
        out.print(f"oracle        {report.counts['oracle_sha256']}  ({report.counts['statements']:,} statements)")
