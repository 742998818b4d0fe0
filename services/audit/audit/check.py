"""Is the log what it was when it was written? Pure: leaves and records in, findings with index, place and rule out.

Each rule finds one way of changing the past; what several of them see is named by each.

    index_gap          leaves between two indexes are missing, or at the end
    index_repeated     an index comes twice
    leaf_hash          a leaf's hash is not that of its body
    leaf_form          a body is no leaf
    record_missing     a leaf without its record
    record_extra       a record without its leaf, or a second one
    place              a record stands at another place than its leaf says
    offset_gap         offsets of a partition are missing
    offset_repeated    an offset comes again, or late
    box                a box does not open at its place under its subject's key
    commitment         a box opens to something else than was committed to
    size, root, edge   the head of the log is not that of these leaves
    broker_changed     Kafka holds other bytes at this place
    broker_missing     the log has a record that Kafka does not have
    log_missing        Kafka has records that the log does not have
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from audit import leaf, merkle
from audit.content import place

FINDINGS_KEPT = 1000
"""More are counted; nobody reads further, and a log of which every row is wrong must not fill the memory."""

Partition = tuple[str, int]


class LeafRow(NamedTuple):
    idx: int
    leaf_hash: bytes
    body: bytes


class RecordRow(NamedTuple):
    idx: int
    topic: str
    part: int
    offs: int
    key_id: int
    box: bytes

    @property
    def place(self) -> str:
        return place(self.topic, self.part, self.offs)


class Head(NamedTuple):
    size: int
    edge: bytes
    root: bytes


@dataclass(frozen=True)
class Finding:
    """What is wrong, by leaf index and place where there is one."""

    index: int | None
    place: str | None
    rule: str
    text: str

    def __str__(self) -> str:
        where = [f"index {self.index}"] if self.index is not None else []
        where += [self.place] if self.place is not None else []
        return f"{', '.join(where) or 'log'}: {self.rule}: {self.text}"


class BoxClosed(Exception):
    """A box, or the key for it, does not open."""


Open = Callable[[RecordRow], bytes | None]
"""Salt and content of a record; None when its subject's key was destroyed; BoxClosed when it does not open."""


@dataclass
class Report:
    """What was read, and what is wrong with it."""

    leaves: int = 0
    root: bytes = merkle.EMPTY
    destroyed: int = 0
    """Records whose subject was erased: their leaves stand, their content is gone."""
    compared: int | None = None
    """Records compared with Kafka's; None = not asked, or it did not answer."""
    found: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not self.found

    def add(self, index: int | None, at: str | None, rule: str, text: str) -> None:
        self.found += 1
        if len(self.findings) < FINDINGS_KEPT:
            self.findings.append(Finding(index, at, rule, text))


class Walk:
    """Goes through the log once, in order of index, stretch by stretch."""

    def __init__(self, open_box: Open) -> None:
        self.report = Report()
        self.partitions: dict[Partition, tuple[int, int]] = {}
        """Of each partition the first offset in the log and the one after the last."""
        self._open = open_box
        self._frontier = merkle.Frontier()
        self._next = 0

    def take(self, leaves: Iterable[LeafRow], records: Iterable[RecordRow]) -> None:
        """The next stretch: leaves in order, and every record whose index lies before the next stretch."""
        by_index: dict[int, list[RecordRow]] = defaultdict(list)
        for record in records:
            by_index[record.idx].append(record)
        for row in leaves:
            self._leaf(row, by_index.pop(row.idx, []))
        for index, extra in sorted(by_index.items()):
            for record in extra:
                self.report.add(index, record.place, "record_extra", "the record has no leaf")

    def end(self, head: Head) -> Report:
        """After the last stretch: does all of it amount to the head?"""
        report = self.report
        report.root = self._frontier.root()
        if self._next < head.size:
            text = f"the leaves {self._next} to {head.size - 1} at the end are missing"
            report.add(self._next, None, "index_gap", text)
        if report.leaves != head.size:
            report.add(None, None, "size", f"there are {report.leaves} leaves, the head says {head.size}")
        if report.root != head.root:
            text = f"these leaves amount to {report.root.hex()}, the head says {head.root.hex()}"
            report.add(None, None, "root", text)
        elif self._frontier.edge != head.edge:
            report.add(
                None, None, "edge", "the head's edge is not that of its root: the next leaf would break the tree"
            )
        return report

    def _leaf(self, row: LeafRow, records: Sequence[RecordRow]) -> None:
        report = self.report
        report.leaves += 1
        if row.idx > self._next:
            report.add(self._next, None, "index_gap", f"the leaves {self._next} to {row.idx - 1} are missing")
        elif row.idx < self._next:
            report.add(row.idx, None, "index_repeated", "a second leaf has this index")
        self._next = max(self._next, row.idx + 1)
        own_hash = merkle.leaf_hash(row.body)
        self._frontier.extend((own_hash,))
        if own_hash != row.leaf_hash:
            report.add(row.idx, None, "leaf_hash", "the leaf's hash is not that of its body")
        try:
            body = leaf.decode(row.body)
        except leaf.NotALeaf as error:
            report.add(row.idx, None, "leaf_form", f"the body is no leaf: {error}")
            body = None
        if body is not None:
            self._offset(row.idx, body)
        if not records:
            at = place(body.topic, body.partition, body.offset) if body is not None else None
            report.add(row.idx, at, "record_missing", "the leaf has no record")
            return
        for extra in records[1:]:
            report.add(row.idx, extra.place, "record_extra", "the leaf has a record already")
        if body is not None:
            self._record(records[0], body)

    def _offset(self, index: int, body: leaf.Leaf) -> None:
        partition = body.topic, body.partition
        first, expected = self.partitions.get(partition, (body.offset, body.offset))
        at = place(*partition, body.offset)
        if body.offset > expected:
            text = f"the offsets {expected} to {body.offset - 1} have no leaf"
            self.report.add(index, at, "offset_gap", text)
        elif body.offset < expected:
            self.report.add(index, at, "offset_repeated", f"offset {expected - 1} came before")
        self.partitions[partition] = first, max(expected, body.offset + 1)

    def _record(self, record: RecordRow, body: leaf.Leaf) -> None:
        report = self.report
        if (record.topic, record.part, record.offs) != body[:3]:
            text = f"the leaf says {place(body.topic, body.partition, body.offset)}"
            report.add(record.idx, record.place, "place", text)
        try:
            plain = self._open(record)
        except BoxClosed as error:
            report.add(record.idx, record.place, "box", str(error))
            return
        if plain is None:
            report.destroyed += 1
        elif leaf.commitment(plain) != body.commitment:
            report.add(record.idx, record.place, "commitment", "the content is not what was committed to")


def check(leaves: Iterable[LeafRow], records: Iterable[RecordRow], head: Head, open_box: Open) -> Report:
    """A whole log that fits into memory."""
    walk = Walk(open_box)
    walk.take(leaves, records)
    return walk.end(head)


def compare_ends(
    report: Report,
    log: Mapping[Partition, tuple[int, int]],
    before: Mapping[Partition, tuple[int, int]],
    after: Mapping[Partition, tuple[int, int]],
) -> None:
    """Do log and Kafka reach equally far? Kafka's (first offset, end) from before and after the log was read.

    Kafka may have removed old records (retention); the log may not lack any that Kafka still has.
    """
    for partition in sorted({*log, *before, *after}):
        start, end = before.get(partition, (0, 0))
        first, reached = log.get(partition, (end, start))
        if start < min(first, end):
            at, text = place(*partition, start), f"the log lacks the offsets {start} to {min(first, end) - 1}"
            report.add(None, at, "log_missing", text)
        if partition in log and reached < end:
            at, text = place(*partition, reached), f"the log lacks the offsets {reached} to {end - 1}"
            report.add(None, at, "log_missing", text)
        last = after.get(partition, (0, 0))[1]
        if reached > last and partition in log:
            at, text = place(*partition, last), f"Kafka lacks the offsets {last} to {reached - 1}"
            report.add(None, at, "broker_missing", text)


def compare_stretch(
    report: Report,
    partition: Partition,
    ours: Iterable[tuple[RecordRow, Any]],
    theirs: Mapping[int, bytes],
) -> None:
    """Are the records of a stretch of a partition the same, byte for byte?

    `ours` with their opened salt and content, None where the key was destroyed or the box is closed; `theirs` content
    by offset.
    """
    left = dict(theirs)
    for row, plain in ours:
        content = left.pop(row.offs, None)
        if content is None:
            report.add(row.idx, row.place, "broker_missing", "Kafka has no record there")
        elif plain is not None and plain[leaf.SALT :] != content:
            report.add(row.idx, row.place, "broker_changed", "Kafka holds other bytes than the log")
        report.compared = (report.compared or 0) + (content is not None and plain is not None)
    for offset in sorted(left):
        report.add(None, place(*partition, offset), "log_missing", "the log has no record there")
