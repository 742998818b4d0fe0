"""Our state against a snapshot of the register: what differs, how, and what is told anew."""

import json
from typing import Any

import pytest
from contracts.decoder import decode
from contracts.events.registry import ResidentChanged
from hypothesis import given
from hypothesis import strategies as st
from registry_sync.reconciliation import BUCKETS, Entry, Head, Leaf, Refused, differences, entries, leaf, repair, tree

from tests.events import HUSBAND, WIFE, day, record

HEAD = {"municipality": "131164", "made_on": "2026-11-24", "entries": 2}


def line(addressee: int, version: int = 1, **given: Any) -> dict[str, Any]:
    return {
        "addressee": addressee, "version": version, "changed_on": "2015-04-01",
        "record": json.loads(record(**given).model_dump_json(exclude_none=True)),
    }  # fmt: skip


def snapshot(*lines: Any, **head: Any) -> list[bytes]:
    return [json.dumps(one).encode() for one in (HEAD | {"entries": len(lines)} | head, *lines)]


def read(lines: list[bytes]) -> list[Head | Entry]:
    return list(entries(lines, "131164"))


def test_a_snapshot_is_a_head_and_its_entries() -> None:
    head, his, hers = read(snapshot(line(HUSBAND), line(WIFE)))
    assert isinstance(head, Head)
    assert [one.addressee for one in (his, hers) if isinstance(one, Entry)] == [HUSBAND, WIFE]


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([], "empty"),
        (snapshot(), "line 1, entries"),
        (snapshot(line(HUSBAND), line(HUSBAND)), "line 3, addressee: this person has a line already"),
        (snapshot(line(HUSBAND), entries=2), "the head counts 2 entries, there are 1"),
        (snapshot(line(HUSBAND), municipality="131130"), "line 1, municipality: snapshots of 131164 only"),
        (snapshot(line(HUSBAND) | {"version": 0}), "line 2, version"),
        (snapshot(line(HUSBAND) | {"extra": 1}), "line 2, whole line: extra_forbidden"),
        ([*snapshot(line(HUSBAND))[:1], b"{"], "line 2"),
    ],
)
def test_a_bad_snapshot_is_refused_whole(lines: list[bytes], why: str) -> None:
    with pytest.raises(Refused, match=why):
        read(lines)


def of(version: int, name: str = "a") -> Leaf:
    return leaf(version, record(name=name))


@pytest.mark.parametrize(
    ("ours", "theirs", "kind"),
    [
        (None, of(1), "missing_here"),
        (of(1), None, "missing_there"),
        (of(1), of(2), "older_here"),
        (of(2), of(1), "newer_here"),
        (of(1), of(1, "b"), "differs"),
        (of(1), of(1), None),
    ],
)
def test_each_difference_by_its_kind(ours: Leaf | None, theirs: Leaf | None, kind: str | None) -> None:
    here = tree([(7, of(5)), *([(HUSBAND, ours)] if ours else [])])
    there = tree([(7, of(5)), *([(HUSBAND, theirs)] if theirs else [])])
    assert differences(here, there) == ({HUSBAND: kind} if kind else {})
    assert (here.root == there.root) is (kind is None)


LEAVES = st.dictionaries(
    st.integers(1, 3 * BUCKETS), st.builds(Leaf, st.integers(1, 3), st.sampled_from([b"a", b"b"])), max_size=30
)


@given(LEAVES, LEAVES)
def test_the_tree_finds_what_a_plain_comparison_finds(ours: dict[int, Leaf], theirs: dict[int, Leaf]) -> None:
    found = differences(tree(ours.items()), tree(theirs.items()))
    assert set(found) == {number for number in ours.keys() | theirs.keys() if ours.get(number) != theirs.get(number)}
    assert tree(reversed(ours.items())).root == tree(ours.items()).root


def test_what_is_told_anew_is_an_event_of_the_register_and_the_same_each_time() -> None:
    head, entry = read(snapshot(line(HUSBAND, 3)))
    assert isinstance(head, Head)
    assert isinstance(entry, Entry)
    told = json.dumps(repair(head, entry, None)).encode()
    event = decode("resident-changes", told)
    assert isinstance(event.data, ResidentChanged)
    assert (event.data.version, event.data.record, event.subject) == (3, entry.record, str(HUSBAND))
    assert (event.data.changed_on, event.data.filed_on) == (day("2015-04-01"), day("2026-11-24"))
    assert json.dumps(repair(head, entry, None)).encode() == told
    other = entry.model_copy(update={"record": record(name="架空 例二")})
    assert repair(head, other, None)["id"] != event.id
