"""A log that lost its end goes on as another one: under which name and key, and how an auditor sees that nothing else is lost."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from audit.check import CheckpointRow
from audit.log_check import EMPTY, Leaf, Wrong, leaf_of, policy_of, signed, trusted
from audit.signer import POLICY
from audit.witness import Refused, Witness, request

from tests.audit.test_signed import ORIGIN, Log, auditor, copied, leaf_at

KEPT = 300
"""Leaves of the last checkpoint that the backup has."""


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(tmp_path)


def restored(log: Log) -> None:
    """A backup of 310 leaves is put back. What was lost comes again from its topics: the same records, in another order, behind other salts."""
    again = [_elsewhere(leaf_at(index)[0]) for index in range(310, 700)]
    by_topic = sorted(again, key=lambda leaf: (leaf.topic, leaf.offset))
    log.bodies[310:] = [leaf.encode() for leaf in by_topic]
    log.checkpoints = [one for one in log.checkpoints if one.size <= KEPT]


def _elsewhere(leaf: Leaf) -> Leaf:
    return leaf._replace(commitment=bytes(reversed(leaf.commitment)))


def grown(log: Log) -> None:
    """The log as it stands is signed."""
    size, signer = len(log.bodies), log.signer
    note = signer.sign(size, log.root(size), log.consistency(signer.last.size, size))
    log.checkpoints.append(CheckpointRow(size, log.root(size), note))
    log.stand()


def rules(log: Log) -> list[str]:
    """What our own check finds, but for what is in the boxes: in this memory they have what the first leaves had."""
    return [finding.rule for finding in log.check().findings if finding.rule != "commitment"]


def test_another_log_begins_with_what_the_lost_one_had_then(log: Log) -> None:
    old_note = log.checkpoints[-1].note
    restored(log)
    with pytest.raises(Wrong, match="does not begin with the 700 that were signed"):
        grown(log)
    log.signer.begin_anew(KEPT, log.root(KEPT))
    assert log.signer.last.size == KEPT
    log.bodies += [leaf_at(700)[0].encode()]
    grown(log)
    policy = log.signer.policy
    assert trusted(log.checkpoints[-1].note, policy).origin == f"{ORIGIN}/2"
    # the log before: its word counts for what it was, and for nothing of the new one
    assert policy.before is not None
    assert [(key.first, key.last) for key in policy.before.keys] == [(0, 700)]
    assert signed(old_note, policy).size == 700
    with pytest.raises(Wrong, match=f"of the log {ORIGIN}, not {ORIGIN}/2"):
        trusted(old_note, policy)
    assert [one.relative_to(log.folder).as_posix() for one in sorted(log.folder.rglob("key-*"))] == ["keys/2/key-1"]
    # and we find it sound, with the checkpoints of both
    assert [one.size for one in log.checkpoints] == [3, 256, 300, 701]
    assert rules(log) == []
    log.checkpoints[0] = log.checkpoints[0]._replace(note=old_note)
    assert rules(log) == ["checkpoint"]


def test_it_may_happen_again_and_to_a_log_of_which_nothing_is_left(log: Log) -> None:
    log.signer.begin_anew(KEPT, log.root(KEPT))
    log.signer.rotate()
    grown(log)
    grown(log)
    log.bodies[:] = [_elsewhere(leaf_at(index)[0]).encode() for index in range(20)]
    log.checkpoints.clear()
    log.signer.begin_anew(0, EMPTY)
    grown(log)
    policy = log.signer.policy
    assert policy.before is not None
    assert [policy.origin, policy.before.origin] == [f"{ORIGIN}/3", f"{ORIGIN}/2"]
    assert policy.of(ORIGIN).before is None
    with pytest.raises(Wrong, match="of another log"):
        policy.of("kokunen/audit/other")
    assert rules(log) == []
    assert [one.relative_to(log.folder).as_posix() for one in log.folder.rglob("key-*")] == ["keys/3/key-1"]


ALTERED: list[tuple[str, Callable[[dict[str, Any]], Any], str]] = [
    ("how far it had come", lambda given: given["before"].update(size=650), "does not say that it ended so"),
    ("its last root", lambda given: given["before"].update(root="AAAA"), "does not say that it ended so"),
    ("the new key", lambda given: given["keys"][0].update(public="AAAA"), "does not say that it ended so"),
    ("the new name", lambda given: given.update(origin="kokunen/audit/x"), "does not say that it ended so"),
    ("no word of the old key", lambda given: given["before"].pop("signature"), "can't be read"),
    ("no log before", lambda given: given.update(before={}), "can't be read"),
    ("nonsense", lambda given: given.update(before=3), "can't be read"),
]


@pytest.mark.parametrize(("change", "said"), [one[1:] for one in ALTERED], ids=[one[0] for one in ALTERED])
def test_only_the_old_key_says_which_log_goes_on(log: Log, change: Callable[[dict[str, Any]], Any], said: str) -> None:
    log.signer.begin_anew(KEPT, log.root(KEPT))
    given = json.loads((log.folder / "keys" / "2" / POLICY).read_text("utf-8"))
    assert policy_of(json.dumps(given)).origin == f"{ORIGIN}/2"
    change(given)
    with pytest.raises(Wrong, match=said):
        policy_of(json.dumps(given))


@pytest.mark.parametrize("left", ["a new key without its policy", "the old key beside the new policy"])
def test_a_crash_on_the_way_leaves_one_log_with_one_key(log: Log, left: str) -> None:
    keys = log.folder / "keys"
    old = (keys / "key-1").read_bytes()
    if left == "a new key without its policy":
        (keys / "2").mkdir()
        (keys / "2" / "key-1").write_bytes(bytes(32))
        assert log.signer.policy.origin == ORIGIN
        log.signer.begin_anew(KEPT, log.root(KEPT))
    else:
        log.signer.begin_anew(KEPT, log.root(KEPT))
        (keys / "key-1").write_bytes(old)
        log.signer.begin()
    assert [one.relative_to(keys).as_posix() for one in keys.rglob("key-*")] == ["2/key-1"]
    assert log.signer.policy.origin == f"{ORIGIN}/2"
    grown(log)


def test_a_witness_of_the_old_log_does_not_see_the_new_one(log: Log, tmp_path: Path) -> None:
    """It saw more of the old one than there is: only another witness, with a key of its own, begins anew."""
    old = Witness(tmp_path / "witness", log.signer.policy)
    old.add(request(0, [], log.checkpoints[-1].note))
    log.signer.add_witness(old.key, 1)
    restored(log)
    log.signer.begin_anew(KEPT, log.root(KEPT))
    grown(log)
    assert (log.signer.quorum, list(log.signer.policy.witnesses)) == (0, [])
    for folder, said in (("witness", "does not begin|shorter|700"), ("another", "")):
        witness, asked = Witness(tmp_path / folder, log.signer.policy), request(0, [], log.checkpoints[-1].note)
        if said:
            with pytest.raises(Refused, match=said):
                witness.add(asked)
        else:
            log.signer.add_witness(witness.key, 1)
            assert trusted(log.checkpoints[-1].note + witness.add(asked), log.signer.policy).size == 700


def test_an_auditor_sees_what_became_of_the_old_log(log: Log, tmp_path: Path) -> None:
    old = copied(log, tmp_path / "old")
    restored(log)
    log.signer.begin_anew(KEPT, log.root(KEPT))
    grown(log)
    new, policy = copied(log, tmp_path / "new", len(log.bodies)), log.folder / "keys" / "2" / POLICY
    assert "Unaltered and complete: log of 700 leaves" in auditor("full", new, policy)
    told = auditor("former", new, policy, old)
    assert told.startswith(f"All 700 records of {ORIGIN} are here, the first 310 as they stood: log of 700 leaves")
    before = tmp_path / "checkpoint"
    before.write_text(log.checkpoints[-2].note, "utf-8")
    assert f"Grown from {KEPT} leaves" in auditor("since", new, policy, before)
    assert "does not begin with the one of size 700" in auditor("since", new, policy, old / "checkpoint", code=1)
    # the new log's word does not count for the old one, nor the other way round
    assert "of another log" in auditor("consistency", old, log.folder / "keys" / POLICY, new / "checkpoint", code=1)
    assert "there is none before it" in auditor("former", old, log.folder / "keys" / POLICY, old, code=1)
    assert "not kokunen/audit/131164/2" in auditor("full", old, policy, code=1)


@pytest.mark.parametrize(
    ("lacks", "said"),
    [
        (698, "residents/0: the offsets 515 to 515 of the log before are not in this one"),
        (699, "access-records/0: the offsets 233 to 233 of the log before are not in this one"),
    ],
)
def test_what_does_not_come_again_is_named(log: Log, tmp_path: Path, lacks: int, said: str) -> None:
    old = copied(log, tmp_path / "old")
    last = leaf_of(log.bodies[lacks])
    restored(log)
    log.bodies[:] = [
        body
        for index, body in enumerate(log.bodies)
        if index < 310 or leaf_of(body).topic != last.topic or leaf_of(body).offset < last.offset
    ]
    log.signer.begin_anew(KEPT, log.root(KEPT))
    grown(log)
    new = copied(log, tmp_path / "new", len(log.bodies))
    assert said in auditor("former", new, log.folder / "keys" / "2" / POLICY, old, code=1)


def test_a_shorter_copy_than_one_had_is_said(log: Log, tmp_path: Path) -> None:
    copy = copied(log, tmp_path / "copy", 300)
    later = tmp_path / "later"
    later.write_text(log.checkpoints[-1].note, "utf-8")
    for mode in ("since", "consistency"):
        told = auditor(mode, copy, log.folder / "keys" / POLICY, later, code=1)
        assert "the log has 300 leaves, and had 700" in told
