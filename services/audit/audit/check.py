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
    access_gap         an access record of a service is missing
    size, root, edge   the head of the log is not that of these leaves
    tile               a tile is not the one that the leaves make, is missing, or is one too many
    checkpoint         a signed head of the log is not that of its first leaves, or is not signed by the log's key
    broker_changed     Kafka holds other bytes at this place
    broker_missing     the log has a record that Kafka does not have
    log_missing        Kafka has records that the log does not have
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from audit import merkle
from audit.content import SALT, commitment, place
from audit.log_check import EMPTY, WIDTH, Leaf, Policy, Wrong, leaf_hash, leaf_of, signed

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


class CheckpointRow(NamedTuple):
    size: int
    root: bytes
    note: str


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
    root: bytes = EMPTY
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

    def __init__(self, open_box: Open, policy: Policy | None = None) -> None:
        """Without a policy nobody says whose signature counts, and checkpoints are compared by their roots alone."""
        self.report = Report()
        self.policy = policy
        self.partitions: dict[Partition, tuple[int, int]] = {}
        """Of each partition the first offset in the log and the one after the last."""
        self._open = open_box
        self._frontier = merkle.Frontier()
        self._open_tiles: dict[int, list[bytes]] = defaultdict(list)
        self._tiles = 0
        self._counters: dict[str, set[int]] = defaultdict(set)
        self._next = 0

    def take(
        self,
        leaves: Iterable[LeafRow],
        records: Iterable[RecordRow],
        tiles: Mapping[tuple[int, int], merkle.Tile] | None = None,
        checkpoints: Iterable[CheckpointRow] = (),
    ) -> None:
        """The next stretch: leaves in order, every record whose index lies before the next stretch, and the tiles and checkpoints that
        end in it. None = tiles are not looked at."""
        heads: dict[int, list[CheckpointRow]] = defaultdict(list)
        for one in checkpoints:
            heads[one.size].append(one)
        before, hashes = self._frontier.size, list[bytes]()
        by_index: dict[int, list[RecordRow]] = defaultdict(list)
        for record in records:
            by_index[record.idx].append(record)
        for row in leaves:
            hashes.append(self._leaf(row, by_index.pop(row.idx, [])))
            for one in heads.pop(self._frontier.size, ()):
                self._checkpoint(one)
        if tiles is not None:
            self._compare_tiles(before, hashes, tiles)
        for index, extra in sorted(by_index.items()):
            for record in extra:
                self.report.add(index, record.place, "record_extra", "the record has no leaf")

    def end(self, head: Head, tiles: int | None = None, last_checkpoint: int = 0) -> Report:
        """After the last stretch: does all of it amount to the head? `tiles` = so many are stored; `last_checkpoint` = the largest size
        that was signed."""
        report = self.report
        for service, counters in sorted(self._counters.items()):
            for missing in sorted(set(range(min(counters), max(counters))) - counters):
                report.add(None, None, "access_gap", f"access record {missing} of {service} is not in the log")
        if tiles is not None and tiles != self._tiles:
            report.add(None, None, "tile", f"there are {tiles} tiles, these leaves make {self._tiles}")
        if last_checkpoint > self._frontier.size:
            text = f"{last_checkpoint} leaves were signed, there are {self._frontier.size}"
            report.add(None, None, "checkpoint", text)
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

    def _checkpoint(self, one: CheckpointRow) -> None:
        if one.root != self._frontier.root():
            self.report.add(one.size - 1, None, "checkpoint", f"the root that was signed at size {one.size} is another")
        if self.policy is None:
            return
        try:
            said = signed(one.note, self.policy)
            if (said.size, said.root) != (one.size, one.root):
                raise Wrong("the note says something else than its row")
        except Wrong as wrong:
            self.report.add(one.size - 1, None, "checkpoint", str(wrong))

    def _compare_tiles(
        self, before: int, hashes: Sequence[bytes], stored: Mapping[tuple[int, int], merkle.Tile]
    ) -> None:
        made = merkle.completed(before, self._open_tiles, hashes)
        for level, row in [(0, hashes), *((one.level + 1, (one.root,)) for one in made)]:
            self._open_tiles[level] = self._open_tiles[level] + list(row)
        for entries in self._open_tiles.values():
            del entries[: len(entries) - len(entries) % WIDTH]
        self._tiles += len(made)
        for one in made:
            at = f"tile {one.level}/{one.number}"
            found = stored.get((one.level, one.number))
            if found is None:
                self.report.add(None, at, "tile", "it is missing")
            elif found != one:
                wrong = [n for n in range(WIDTH) if found.hashes[32 * n :][:32] != one.hashes[32 * n :][:32]]
                text = (
                    f"its hash {wrong[0]} is not that of its leaves" if wrong else "its root is not that of its hashes"
                )
                index = (one.number * WIDTH + wrong[0] << 8 * one.level) if wrong else None
                self.report.add(index, at, "tile", text)

    def _leaf(self, row: LeafRow, records: Sequence[RecordRow]) -> bytes:
        report = self.report
        report.leaves += 1
        if row.idx > self._next:
            report.add(self._next, None, "index_gap", f"the leaves {self._next} to {row.idx - 1} are missing")
        elif row.idx < self._next:
            report.add(row.idx, None, "index_repeated", "a second leaf has this index")
        self._next = max(self._next, row.idx + 1)
        own_hash = leaf_hash(row.body)
        self._frontier.extend((own_hash,))
        if own_hash != row.leaf_hash:
            report.add(row.idx, None, "leaf_hash", "the leaf's hash is not that of its body")
        try:
            body = leaf_of(row.body)
        except ValueError as error:
            report.add(row.idx, None, "leaf_form", f"the body is no leaf: {error}")
            body = None
        if body is not None:
            self._offset(row.idx, body)
            if body.service:
                self._counters[body.service].add(body.counter)
        if not records:
            at = place(body.topic, body.partition, body.offset) if body is not None else None
            report.add(row.idx, at, "record_missing", "the leaf has no record")
            return own_hash
        for extra in records[1:]:
            report.add(row.idx, extra.place, "record_extra", "the leaf has a record already")
        if body is not None:
            self._record(records[0], body)
        return own_hash

    def _offset(self, index: int, body: Leaf) -> None:
        partition = body.topic, body.partition
        first, expected = self.partitions.get(partition, (body.offset, body.offset))
        at = place(*partition, body.offset)
        if body.offset > expected:
            text = f"the offsets {expected} to {body.offset - 1} have no leaf"
            self.report.add(index, at, "offset_gap", text)
        elif body.offset < expected:
            self.report.add(index, at, "offset_repeated", f"offset {expected - 1} came before")
        self.partitions[partition] = first, max(expected, body.offset + 1)

    def _record(self, record: RecordRow, body: Leaf) -> None:
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
        elif commitment(plain) != body.commitment:
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
        elif plain is not None and plain[SALT:] != content:
            report.add(row.idx, row.place, "broker_changed", "Kafka holds other bytes than the log")
        report.compared = (report.compared or 0) + (content is not None and plain is not None)
    for offset in sorted(left):
        report.add(None, place(*partition, offset), "log_missing", "the log has no record there")
