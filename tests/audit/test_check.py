"""Is every way of changing the log found, and named by index, place and rule?"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from audit import check as checking
from audit.check import BoxClosed, Finding, Head, LeafRow, RecordRow, Report, Walk, check, compare_ends, compare_stretch
from audit.content import SALT, commitment, content
from audit.log_check import EMPTY, Leaf, leaf_hash
from audit.merkle import Frontier
from hypothesis import given
from hypothesis import strategies as st

from tests.audit import test_signed

SIZE = 12


@dataclass
class Log:
    """A log in memory. A box here is its place, then salt and content in the clear."""

    leaves: list[LeafRow] = field(default_factory=list)
    records: list[RecordRow] = field(default_factory=list)
    head: Head = field(default_factory=lambda: Head(0, b"", EMPTY))
    destroyed: set[int] = field(default_factory=set)

    def open(self, record: RecordRow) -> bytes | None:
        if record.key_id in self.destroyed:
            return None
        lock = f"{record.place}|".encode()
        if not record.box.startswith(lock):
            raise BoxClosed("the box was changed or moved")
        return record.box[len(lock) :]

    def check(self) -> Report:
        return check(self.leaves, self.records, self.head, self.open)

    def rehead(self) -> None:
        """What somebody would do who changes the past and knows the head."""
        frontier = Frontier()
        frontier.extend(row.leaf_hash for row in self.leaves)
        self.head = Head(frontier.size, frontier.edge, frontier.root())

    def append(self, index: int, topic: str, part: int, offs: int) -> None:
        plain = bytes([index]) * SALT + content(b"1", f"value {index}".encode())
        body = Leaf(topic, part, offs, commitment(plain)).encode()
        self.leaves.append(LeafRow(index, leaf_hash(body), body))
        self.records.append(RecordRow(index, topic, part, offs, index, f"{topic}/{part}/{offs}|".encode() + plain))


def clean_log(size: int = SIZE) -> Log:
    """Indexes alternate between residents/0 and incomes/3, offsets from 100 on."""
    log = Log()
    for index in range(size):
        log.append(index, *(("residents", 0) if index % 2 == 0 else ("incomes", 3)), 100 + index // 2)
    log.rehead()
    return log


def flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def changed_offset_in_body(log: Log) -> None:
    body = flip(log.leaves[5].body, 13)
    log.leaves[5] = log.leaves[5]._replace(body=body)


def changed_body_with_its_hash(log: Log) -> None:
    body = flip(log.leaves[5].body, 20)
    log.leaves[5] = LeafRow(5, leaf_hash(body), body)
    log.rehead()


def body_of_an_unknown_version(log: Log) -> None:
    body = b"\x09" + log.leaves[5].body[1:]
    log.leaves[5] = LeafRow(5, leaf_hash(body), body)
    log.rehead()


def changed_leaf_hash(log: Log) -> None:
    log.leaves[5] = log.leaves[5]._replace(leaf_hash=flip(log.leaves[5].leaf_hash, 0))


def changed_box(log: Log) -> None:
    box = log.records[5].box
    log.records[5] = log.records[5]._replace(box=flip(box, len(box) - 1))


def moved_box(log: Log) -> None:
    log.records[5] = log.records[5]._replace(box=log.records[7].box)


def moved_record(log: Log) -> None:
    log.records[5] = log.records[5]._replace(offs=999)


def missing_leaf_and_record(log: Log) -> None:
    del log.leaves[5], log.records[5]


def missing_and_renumbered(log: Log) -> None:
    del log.leaves[5], log.records[5]
    log.leaves = [row._replace(idx=index) for index, row in enumerate(log.leaves)]
    log.records = [row._replace(idx=index) for index, row in enumerate(log.records)]
    log.rehead()


def missing_record(log: Log) -> None:
    del log.records[5]


def missing_leaf(log: Log) -> None:
    del log.leaves[5]


def truncated_tail(log: Log) -> None:
    del log.leaves[9:], log.records[9:]


def all_removed(log: Log) -> None:
    log.leaves.clear()
    log.records.clear()


def inserted_at_the_end(log: Log) -> None:
    log.append(SIZE, "residents", 0, 106)


def inserted_elsewhere_and_reheaded(log: Log) -> None:
    log.append(SIZE, "residents", 0, 103)
    log.rehead()


def second_record_for_a_leaf(log: Log) -> None:
    log.records.append(log.records[5]._replace(offs=500))


def stray_record(log: Log) -> None:
    log.records.append(log.records[5]._replace(idx=40, offs=500))


def second_leaf_with_an_index(log: Log) -> None:
    log.leaves.insert(6, log.leaves[5])


def swapped_leaves(log: Log) -> None:
    one, other = log.leaves[5], log.leaves[6]
    log.leaves[5], log.leaves[6] = one._replace(idx=6), other._replace(idx=5)
    log.leaves.sort()


def swap(log: Log, one: int, other: int) -> None:
    """Leaf and record change places together."""
    leaves, records = log.leaves, log.records
    leaves[one], leaves[other] = leaves[other]._replace(idx=one), leaves[one]._replace(idx=other)
    records[one], records[other] = records[other]._replace(idx=one), records[one]._replace(idx=other)


def swapped_in_one_partition_and_reheaded(log: Log) -> None:
    swap(log, 5, 7)
    log.rehead()


def swapped_between_partitions(log: Log) -> None:
    swap(log, 5, 6)


def changed_size(log: Log) -> None:
    log.head = log.head._replace(size=SIZE - 1)


def changed_root(log: Log) -> None:
    log.head = log.head._replace(root=flip(log.head.root, 0))


def changed_edge(log: Log) -> None:
    log.head = log.head._replace(edge=flip(log.head.edge, 0))


TAMPERS: list[tuple[Callable[[Log], None], list[tuple[int | None, str]]]] = [
    (
        changed_offset_in_body,
        [(5, "leaf_hash"), (5, "offset_gap"), (5, "place"), (7, "offset_repeated"), (None, "root")],
    ),
    (changed_body_with_its_hash, [(5, "commitment")]),
    (body_of_an_unknown_version, [(5, "leaf_form"), (7, "offset_gap")]),
    (changed_leaf_hash, [(5, "leaf_hash")]),
    (changed_box, [(5, "commitment")]),
    (moved_box, [(5, "box")]),
    (moved_record, [(5, "place"), (5, "box")]),
    (missing_leaf_and_record, [(5, "index_gap"), (7, "offset_gap"), (None, "size"), (None, "root")]),
    (missing_and_renumbered, [(6, "offset_gap")]),
    (missing_record, [(5, "record_missing")]),
    (missing_leaf, [(5, "index_gap"), (7, "offset_gap"), (5, "record_extra"), (None, "size"), (None, "root")]),
    (truncated_tail, [(9, "index_gap"), (None, "size"), (None, "root")]),
    (all_removed, [(0, "index_gap"), (None, "size"), (None, "root")]),
    (inserted_at_the_end, [(None, "size"), (None, "root")]),
    (inserted_elsewhere_and_reheaded, [(12, "offset_repeated")]),
    (second_record_for_a_leaf, [(5, "record_extra")]),
    (stray_record, [(40, "record_extra")]),
    (
        second_leaf_with_an_index,
        [(5, "index_repeated"), (5, "offset_repeated"), (5, "record_missing"), (None, "size"), (None, "root")],
    ),
    (swapped_leaves, [(5, "place"), (5, "commitment"), (6, "place"), (6, "commitment"), (None, "root")]),
    (swapped_in_one_partition_and_reheaded, [(5, "offset_gap"), (7, "offset_repeated")]),
    (swapped_between_partitions, [(None, "root")]),
    (changed_size, [(None, "size")]),
    (changed_root, [(None, "root")]),
    (changed_edge, [(None, "edge")]),
]


def named(report: Report) -> list[tuple[int | None, str]]:
    return [(finding.index, finding.rule) for finding in report.findings]


@pytest.mark.parametrize(("tamper", "expected"), TAMPERS, ids=[tamper.__name__ for tamper, _ in TAMPERS])
def test_what_was_changed_is_named(tamper: Callable[[Log], None], expected: list[tuple[int | None, str]]) -> None:
    log = clean_log()
    assert log.check().clean
    tamper(log)
    report = log.check()
    assert named(report) == expected
    assert not report.clean
    assert report.found == len(expected)


def test_a_clean_log_has_its_size_and_root() -> None:
    log = clean_log()
    report = log.check()
    assert (report.clean, report.findings, report.leaves, report.root) == (True, [], SIZE, log.head.root)
    assert report.compared is None


def test_an_empty_log_is_clean() -> None:
    assert clean_log(0).check().clean


def test_a_destroyed_key_is_counted_and_the_tree_stays_valid() -> None:
    log = clean_log()
    log.destroyed = {3, 8}
    report = log.check()
    assert report.clean
    assert report.destroyed == 2


def test_a_leaf_behind_a_destroyed_key_is_still_protected() -> None:
    log = clean_log()
    log.destroyed = {5}
    changed_offset_in_body(log)
    assert (5, "leaf_hash") in named(log.check())


@given(st.lists(st.integers(1, 5)), st.sampled_from([tamper for tamper, _ in TAMPERS]))
def test_stretches_do_not_matter(steps: list[int], tamper: Callable[[Log], None]) -> None:
    log = clean_log()
    tamper(log)
    whole = log.check()
    walk = Walk(log.open)
    leaves, records = list(log.leaves), sorted(log.records, key=lambda record: record.idx)
    for step in steps:
        stretch, leaves = leaves[:step], leaves[step:]
        if stretch and leaves and leaves[0].idx == stretch[-1].idx:
            stretch, leaves = [*stretch, leaves[0]], leaves[1:]
        if stretch:
            walk.take(stretch, [record for record in records if record.idx <= stretch[-1].idx])
            records = [record for record in records if record.idx > stretch[-1].idx]
    walk.take(leaves, records)
    assert sorted(map(str, walk.end(log.head).findings)) == sorted(map(str, whole.findings))


@given(st.integers(0, SIZE - 1), st.data())
def test_every_flipped_byte_is_found_at_its_index(index: int, data: st.DataObject) -> None:
    log = clean_log()
    row, record = log.leaves[index], log.records[index]
    where = data.draw(st.sampled_from(["leaf_hash", "body", "box"]))
    before = {"leaf_hash": row.leaf_hash, "body": row.body, "box": record.box}[where]
    after = flip(before, data.draw(st.integers(0, len(before) - 1)))
    if where == "box":
        log.records[index] = record._replace(box=after)
    elif where == "body":
        log.leaves[index] = row._replace(body=after)
    else:
        log.leaves[index] = row._replace(leaf_hash=after)
    assert index in {finding.index for finding in log.check().findings}


def test_findings_are_counted_beyond_what_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "FINDINGS_KEPT", 3)
    log = clean_log()
    log.records.clear()
    report = log.check()
    assert (report.found, len(report.findings)) == (SIZE, 3)


HERE = {("residents", 0): (100, 106), ("incomes", 3): (100, 106)}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({}, {}, []),
        ({"residents": (104, 106)}, {"residents": (105, 106)}, []),  # retention removed old records
        ({}, {"residents": (100, 110)}, []),  # arrived while the log was read
        ({"residents": (100, 104)}, {}, []),
        ({"residents": (98, 106)}, {}, [("residents/0/98", "log_missing")]),
        ({"residents": (100, 109)}, {"residents": (100, 109)}, [("residents/0/106", "log_missing")]),
        ({"residents": (100, 103)}, {"residents": (100, 103)}, [("residents/0/103", "broker_missing")]),
        ({"filings": (0, 2)}, {"filings": (0, 2)}, [("filings/0/0", "log_missing")]),
        ({"filings": (0, 0)}, {"filings": (0, 2)}, []),
        ({"filings": (7, 7)}, {"filings": (7, 7)}, []),
    ],
)
def test_log_and_kafka_reach_equally_far(
    before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]], expected: list[tuple[str, str]]
) -> None:
    report = Report()
    known = {("residents", 0): (100, 106), ("incomes", 3): (100, 106)}
    compare_ends(
        report,
        HERE,
        known | {(topic, 0): bounds for topic, bounds in before.items()},
        known | {(topic, 0): bounds for topic, bounds in after.items()},
    )
    assert [(finding.place, finding.rule) for finding in report.findings] == expected


def test_a_topic_that_kafka_lost_is_named() -> None:
    report = Report()
    compare_ends(report, HERE, {("incomes", 3): (100, 106)}, {("incomes", 3): (100, 106)})
    assert [(finding.place, finding.rule) for finding in report.findings] == [("residents/0/0", "broker_missing")]


def kafka_of(log: Log) -> dict[int, bytes]:
    opened = ((record, log.open(record)) for record in log.records if record.topic == "residents")
    return {record.offs: plain[SALT:] for record, plain in opened if plain is not None}


def compared(log: Log, theirs: dict[int, bytes]) -> Report:
    report = Report()
    ours = [(record, log.open(record)) for record in log.records if record.topic == "residents"]
    compare_stretch(report, ("residents", 0), ours, theirs)
    return report


def test_equal_records_are_counted() -> None:
    log = clean_log()
    report = compared(log, kafka_of(log))
    assert (report.clean, report.compared) == (True, 6)


def test_other_bytes_a_missing_and_an_extra_record_are_named() -> None:
    log = clean_log()
    theirs = kafka_of(log)
    theirs[101] += b"x"
    del theirs[103]
    theirs[107] = b"more"
    assert [(f.index, f.place, f.rule) for f in compared(log, theirs).findings] == [
        (2, "residents/0/101", "broker_changed"),
        (6, "residents/0/103", "broker_missing"),
        (None, "residents/0/107", "log_missing"),
    ]


def test_what_a_destroyed_key_hides_is_not_compared() -> None:
    log = clean_log()
    theirs = kafka_of(log)
    theirs[101] += b"x"
    log.destroyed = {2}
    report = compared(log, theirs)
    assert (report.clean, report.compared) == (True, 5)


def test_every_rule_has_a_control_that_shows_it_can_fail() -> None:
    listed = re.findall(r"^    (\S.*?)  ", checking.__doc__ or "", re.MULTILINE)
    rules = {rule for names in listed for rule in names.split(", ")}
    broker = {"broker_changed", "broker_missing", "log_missing"}
    signed = {rule for *_, rule in test_signed.TAMPERS}
    assert rules == {rule for _, expected in TAMPERS for _, rule in expected} | broker | signed


def test_a_finding_reads_as_one_line() -> None:
    assert str(Finding(5, "residents/0/1", "place", "text")) == "index 5, residents/0/1: place: text"
    assert str(Finding(None, None, "root", "text")) == "log: root: text"
