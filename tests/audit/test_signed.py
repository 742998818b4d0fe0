"""A log with tiles and signed heads: what was changed in them is found, by us and by an auditor who has nothing of ours."""

import base64
import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from audit import log_check, notes
from audit.check import CheckpointRow, Head, LeafRow, RecordRow, Report, Walk
from audit.content import SALT, commitment
from audit.log_check import (
    COSIGNATURE,
    WIDTH,
    Checkpoint,
    Key,
    Leaf,
    Wrong,
    consistency_ranges,
    leaf_hash,
    parsed,
    policy_of,
    range_hash,
    signers,
    tile_path,
    together,
    trusted,
)
from audit.merkle import Frontier, Tile, completed, root
from audit.signer import POLICY, Signer
from audit.witness import Refused, Witness, request
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.audit.test_proofs import flip

ORIGIN = "kokunen/audit/131164"
SIZES = (3, 256, 300, 700)
"""Where the log below was signed."""


def leaf_at(index: int) -> tuple[Leaf, bytes]:
    """A leaf, and its salt and content; each third is an access record of the register's service."""
    plain = bytes([index % 251]) * SALT + f"value {index}".encode()
    if index % 3:
        return Leaf("residents", 0, 50 + index - index // 3 - 1, commitment(plain)), plain
    return Leaf("access-records", 0, index // 3, commitment(plain), "registry-sync", index // 3 + 1), plain


@dataclass
class Log:
    """A signed log in memory."""

    folder: Path
    bodies: list[bytes] = field(default_factory=lambda: [leaf_at(index)[0].encode() for index in range(SIZES[-1])])
    tiles: dict[tuple[int, int], Tile] = field(default_factory=dict)
    checkpoints: list[CheckpointRow] = field(default_factory=list)
    tile_count: int = 0

    def __post_init__(self) -> None:
        self.stand()
        signer = self.signer
        signer.begin()
        for size in SIZES:
            proof = self.consistency(signer.last.size, size)
            self.checkpoints.append(CheckpointRow(size, self.root(size), signer.sign(size, self.root(size), proof)))

    def stand(self) -> None:
        """The tiles are those of the leaves as they are now."""
        made = completed(0, {}, self.hashes)
        self.tiles = {(one.level, one.number): one for one in made}
        self.tile_count = len(made)

    @property
    def signer(self) -> Signer:
        return Signer(self.folder / "keys", ORIGIN)

    @property
    def hashes(self) -> list[bytes]:
        return [leaf_hash(body) for body in self.bodies]

    def root(self, size: int) -> bytes:
        return root(self.hashes[:size])

    def node(self, level: int, index: int) -> bytes:
        return together(self.hashes[index << level : (index + 1) << level])

    def consistency(self, old: int, new: int) -> list[bytes]:
        return [range_hash(*span, self.node) for span in consistency_ranges(old, new)]

    def check(self) -> Report:
        walk = Walk(lambda record: leaf_at(record.idx)[1], self.signer.policy)
        leaves = [LeafRow(index, leaf_hash(body), body) for index, body in enumerate(self.bodies)]
        for start in range(0, len(leaves), 130):
            part = leaves[start : start + 130]
            records = [RecordRow(row.idx, *log_check.leaf_of(row.body)[:3], 1, b"") for row in part]
            signed = [one for one in self.checkpoints if start < one.size <= start + len(part)]
            walk.take(part, records, self.tiles, signed)
        whole = Frontier()
        whole.extend(self.hashes)
        head = Head(whole.size, whole.edge, whole.root())
        return walk.end(head, self.tile_count, max(one.size for one in self.checkpoints))


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(tmp_path)


def changed_hash_in_a_tile(log: Log) -> None:
    log.tiles[0, 1] = log.tiles[0, 1]._replace(hashes=flip(log.tiles[0, 1].hashes, 32 * 7))


def changed_root_of_a_tile(log: Log) -> None:
    log.tiles[0, 0] = log.tiles[0, 0]._replace(root=flip(log.tiles[0, 0].root, 0))


def missing_tile(log: Log) -> None:
    del log.tiles[0, 1]


def one_tile_too_many(log: Log) -> None:
    log.tile_count += 1


def another_root_was_signed(log: Log) -> None:
    log.checkpoints[1] = log.checkpoints[1]._replace(root=bytes(32))


def signed_by_another_key(log: Log) -> None:
    other = Signer(log.folder / "other", ORIGIN)
    other.begin()
    log.checkpoints[2] = log.checkpoints[2]._replace(note=other.sign(300, log.root(300), []))


def signature_bit_flipped(log: Log) -> None:
    note = log.checkpoints[2].note
    at = len(note) - 20
    log.checkpoints[2] = log.checkpoints[2]._replace(
        note=note[:at] + ("A" if note[at] != "A" else "B") + note[at + 1 :]
    )


def more_was_signed_than_there_is(log: Log) -> None:
    log.checkpoints.append(log.checkpoints[-1]._replace(size=701))


def an_access_record_left_out_by_its_service(log: Log) -> None:
    leaf, _ = leaf_at(300)
    log.bodies[300] = leaf._replace(counter=999).encode()
    log.__post_init__()


TAMPERS: list[tuple[Callable[[Log], None], int | None, str]] = [
    (changed_hash_in_a_tile, 256 + 7, "tile"),
    (changed_root_of_a_tile, None, "tile"),
    (missing_tile, None, "tile"),
    (one_tile_too_many, None, "tile"),
    (another_root_was_signed, 255, "checkpoint"),
    (signed_by_another_key, 299, "checkpoint"),
    (signature_bit_flipped, 299, "checkpoint"),
    (more_was_signed_than_there_is, None, "checkpoint"),
    (an_access_record_left_out_by_its_service, None, "access_gap"),
]


@pytest.mark.parametrize(("tamper", "index", "rule"), TAMPERS, ids=[tamper.__name__ for tamper, *_ in TAMPERS])
def test_what_was_changed_is_named(tmp_path: Path, tamper: Callable[[Log], None], index: int | None, rule: str) -> None:
    log = Log(tmp_path)
    assert log.check().clean
    if tamper is an_access_record_left_out_by_its_service:  # whoever leaves it out signs what is left
        log.folder = tmp_path / "again"
        log.checkpoints.clear()
    tamper(log)
    assert (index, rule) in [(finding.index, finding.rule) for finding in log.check().findings]


# What an auditor does with a copy.


def copied(log: Log, folder: Path, size: int = SIZES[-1]) -> Path:
    """The copy of a log as tlog-tiles has it, written by other code than ours."""
    row: list[bytes] = log.hashes[:size]
    level = 0
    while row:
        for number in range(-(-len(row) // WIDTH)):
            part = row[number * WIDTH : (number + 1) * WIDTH]
            path = folder / "tile" / str(level) / tile_path(number, len(part))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"".join(part))
            if level == 0:
                bodies = log.bodies[number * WIDTH : number * WIDTH + len(part)]
                path = folder / "tile" / "entries" / tile_path(number, len(part))
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(b"".join(len(body).to_bytes(2, "big") + body for body in bodies))
        row = [root(row[n : n + WIDTH]) for n in range(0, len(row) - WIDTH + 1, WIDTH)]
        level += 1
    note = next(one.note for one in log.checkpoints if one.size == size)
    (folder / "checkpoint").write_text(note, "utf-8")
    return folder


def auditor(*arguments: Path | str, code: int = 0) -> str:
    """The verifier in a Python that has nothing but its standard library."""
    command = [sys.executable, "-I", "-S", log_check.__file__, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def record_of(index: int) -> dict[str, Any]:
    leaf, plain = leaf_at(index)
    salt, content = (base64.b64encode(part).decode() for part in (plain[:SALT], plain[SALT:]))
    named = leaf._asdict()
    del named["commitment"]
    return named | {"index": index, "salt": salt, "content": content}


def test_an_auditor_needs_the_copy_and_the_policy(log: Log, tmp_path: Path) -> None:
    copy, policy = copied(log, tmp_path / "copy"), log.folder / "keys" / POLICY
    assert auditor("full", copy, policy).startswith("Unaltered and complete: log of 700 leaves, root ")
    old = tmp_path / "old"
    for one in log.checkpoints:
        old.write_text(one.note, "utf-8")
        assert f"Grown from {one.size:,} leaves" in auditor("consistency", copy, policy, old)
        assert f"Grown from {one.size:,} leaves" in auditor("since", copy, policy, old)
    record = tmp_path / "record"
    for index in (0, 1, 255, 256, 699):
        record.write_text(json.dumps(record_of(index)), "utf-8")
        assert f"is leaf {index}" in auditor("inclusion", copy, policy, record)
    # bad arguments are no verdict
    auditor("full", copy, policy, old, code=2)
    auditor("nonsense", copy, policy, old, code=2)


@pytest.mark.parametrize(
    ("mode", "what", "said"),
    [
        ("full", "entries", "leaf 258 is not the one"),
        ("full", "tile", "leaf 256 is not the one"),
        ("full", "level 1", "tile 1/0 does not follow from the tiles below it, at 0"),
        ("full", "cut", "leaf 699 is cut"),
        ("full", "missing", "tile/entries/001 is not there"),
        ("full", "inserted", "leaf 700 is not the one"),
        ("full", "signature", "is not good"),
        ("full", "root", "is not good"),
        ("full", "other key", "has no signature of the log's operator"),
        ("full", "quorum", "was seen by 0 witnesses, not 1"),
        ("inclusion", "record", "this record is not leaf 4"),
        ("inclusion", "index", "this record is not leaf 5"),
        ("since", "fork", "does not begin with the one of size 256"),
    ],
)
def test_an_auditor_finds_what_was_changed(log: Log, tmp_path: Path, mode: str, what: str, said: str) -> None:
    copy, policy, more = copied(log, tmp_path / "copy"), tmp_path / "policy", tmp_path / "more"
    policy.write_bytes((log.folder / "keys" / POLICY).read_bytes())
    record = record_of(4)
    bundle = copy / "tile" / "entries" / tile_path(1, WIDTH)
    last = copy / "tile" / "entries" / tile_path(2, 700 - 512)
    given = json.loads(policy.read_text("utf-8"))
    note = (copy / "checkpoint").read_text("utf-8")
    match what:
        case "entries":
            bundle.write_bytes(flip(bundle.read_bytes(), 150))
        case "tile":
            tile = copy / "tile" / "0" / "001"
            tile.write_bytes(flip(tile.read_bytes(), 3))
        case "level 1":
            tile = copy / "tile" / "1" / tile_path(0, 2)
            tile.write_bytes(flip(tile.read_bytes(), 3))
        case "cut":
            last.write_bytes(last.read_bytes()[:-1])
        case "missing":
            bundle.unlink()
        case "inserted":
            last.write_bytes(last.read_bytes() + b"\x00\x01x")
        case "signature":
            lines = note.splitlines(keepends=True)
            (copy / "checkpoint").write_text(note.replace(lines[-1][-20:-10], "AAAAAAAAAA"), "utf-8")
        case "root":
            (copy / "checkpoint").write_text(
                note.replace(note.splitlines()[2], base64.b64encode(bytes(32)).decode()), "utf-8"
            )
        case "other key":
            given["keys"][0]["public"] = base64.b64encode(bytes(32)).decode()
        case "quorum":
            given["quorum"] = 1
        case "record":
            record["content"] = base64.b64encode(b"another").decode()
        case "index":
            record["index"] = 5
        case "fork":
            text = notes.text_of(Checkpoint(ORIGIN, 256, bytes(32)))
            key = log.signer.policy.keys[0]
            private = Ed25519PrivateKey.from_private_bytes((log.folder / "keys" / "key-1").read_bytes())
            more.write_text(notes.note(text, notes.signature(text, key, private)), "utf-8")
    policy.write_text(json.dumps(given), "utf-8")
    if mode == "inclusion":
        more.write_text(json.dumps(record), "utf-8")
    told = auditor(mode, copy, policy, *([more] if more.exists() else []), code=1)
    assert told.startswith("NOT AS SIGNED: ")
    assert said in told


def test_an_offset_or_a_counter_left_out_is_found_by_an_auditor(tmp_path: Path) -> None:
    for name, index, change, said in (
        ("offset", 400, {"offset": 5_000}, "leaf 400: residents/0 goes from offset"),
        ("counter", 300, {"counter": 999}, "access record 101 of registry-sync is not in the log"),
    ):
        log = Log(tmp_path / name)
        log.folder = tmp_path / f"{name}-again"
        log.bodies[index] = leaf_at(index)[0]._replace(**change).encode()
        log.checkpoints.clear()
        log.__post_init__()
        told = auditor("full", copied(log, tmp_path / f"{name}-copy"), log.folder / "keys" / POLICY, code=1)
        assert said in told


# The signer.


def test_the_signer_goes_forward_only(log: Log) -> None:
    signer = log.signer
    with pytest.raises(Wrong, match="a backup was put back"):
        signer.sign(300, log.root(300), [])
    log.bodies[500] = leaf_at(501)[0].encode()  # a fork
    log.bodies += [b"x"] * 10
    with pytest.raises(Wrong, match="does not begin with the 700 that were signed"):
        signer.sign(710, log.root(710), log.consistency(700, 710))
    assert signer.last.size == 700


def test_the_same_head_is_signed_again_after_a_crash_and_no_other_of_its_size(log: Log) -> None:
    assert trusted(log.signer.sign(700, log.root(700), []), log.signer.policy).size == 700
    with pytest.raises(Wrong, match="does not begin"):
        log.signer.sign(700, bytes(32), [])


def test_keys_of_another_log_are_refused(log: Log) -> None:
    with pytest.raises(Wrong, match="are of the log"):
        Signer(log.folder / "keys", "kokunen/audit/other").begin()


def test_a_key_hands_over_with_a_checkpoint_that_both_signed(log: Log) -> None:
    signer = log.signer
    signer.rotate()
    with pytest.raises(Wrong, match="waits for its first checkpoint"):
        signer.rotate()
    log.bodies += [leaf_at(700)[0].encode(), leaf_at(701)[0].encode()]
    both = signer.sign(701, log.root(701), log.consistency(700, 701))
    assert len(signers(both, signer.policy.keys)) == 2
    new = signer.sign(702, log.root(702), log.consistency(701, 702))
    (key,) = signers(new, signer.policy.keys)
    assert key == signer.policy.keys[1]
    assert not (log.folder / "keys" / "key-1").exists()
    assert [(key.first, key.last) for key in signer.policy.keys] == [(0, 701), (700, None)]
    # what the old key would sign later counts for nothing
    text = notes.text_of(Checkpoint(ORIGIN, 702, log.root(702)))
    with pytest.raises(Wrong, match="has no signature"):
        trusted(notes.note(text, parsed_line(both, 0)), signer.policy)
    # a key that nobody handed on is none
    given = json.loads((log.folder / "keys" / POLICY).read_text("utf-8"))
    given["keys"][1]["public"] = base64.b64encode(hashlib.sha256(b"x").digest()).decode()
    with pytest.raises(Wrong, match="not handed on"):
        policy_of(json.dumps(given))


def test_whoever_changes_the_policy_at_once_with_others_changes_it_after_them(log: Log) -> None:
    witnesses = [Key(f"witness-{number}", bytes([number]) * 32, COSIGNATURE) for number in range(12)]
    with ThreadPoolExecutor(len(witnesses)) as pool:
        list(pool.map(lambda witness: log.signer.add_witness(witness, 1), witnesses))
    assert {witness.name for witness in log.signer.policy.witnesses} == {witness.name for witness in witnesses}


def parsed_line(note: str, number: int) -> str:
    return note.splitlines(keepends=True)[4 + number]


# The witness.


def test_a_witness_signs_what_grew_and_nothing_else(log: Log, tmp_path: Path) -> None:
    policy = log.signer.policy
    witness = Witness(tmp_path / "witness", policy)
    notes_by_size = {one.size: one.note for one in log.checkpoints}
    line = witness.add(request(0, [], notes_by_size[300]))
    log.signer.add_witness(witness.key, 1)
    assert trusted(notes_by_size[300] + line, log.signer.policy).size == 300
    with pytest.raises(Wrong, match="seen by 0 witnesses"):
        trusted(notes_by_size[700], log.signer.policy)
    again = Witness(tmp_path / "witness", policy)  # its memory outlives it
    refusals = {
        (0, (), notes_by_size[700]): (409, "300\n"),
        (300, (), notes_by_size[256]): (400, "shorter"),
        (300, (), notes_by_size[700]): (422, "does not begin"),
        (300, tuple(log.consistency(256, 700)), notes_by_size[700]): (422, "does not begin"),
        (300, (), notes_by_size[700].replace(ORIGIN, "another")): (404, "not known"),
        (300, (), notes_by_size[700].replace("— ", "— x")): (403, "not signed"),
    }
    for (old, proof, note), (status, said) in refusals.items():
        with pytest.raises(Refused, match=said) as refused:
            again.add(request(old, proof, note))
        assert refused.value.status == status
    line = again.add(request(300, log.consistency(300, 700), notes_by_size[700]))
    assert trusted(notes_by_size[700] + line, log.signer.policy).size == 700
    for nonsense in ("", "old x\n\nnote", "old 1", "old 300\n!\n\nnote"):
        with pytest.raises(Refused, match="no add-checkpoint"):
            again.add(nonsense)


def test_a_witness_without_its_memory_never_begins_again(log: Log, tmp_path: Path) -> None:
    Witness(tmp_path / "witness", log.signer.policy)
    (tmp_path / "witness" / "seen").unlink()
    with pytest.raises(SystemExit, match="never begins again"):
        Witness(tmp_path / "witness", log.signer.policy)


def test_a_cosignature_says_when(log: Log) -> None:
    private = Ed25519PrivateKey.generate()
    key = Key("w", private.public_key().public_bytes_raw(), COSIGNATURE)
    text = notes.text_of(Checkpoint(ORIGIN, 700, log.root(700)))
    note = notes.note(text, notes.cosignature(text, key, private, 1_800_000_000))
    assert signers(note, [key]) == {key}
    name, signature = parsed(note)[2][0]
    assert (name, int.from_bytes(signature[4:12], "big")) == ("w", 1_800_000_000)
    moved = signature[:4] + (1_800_000_001).to_bytes(8, "big") + signature[12:]
    with pytest.raises(Wrong, match="not good"):
        signers(notes.note(text, f"— w {base64.b64encode(moved).decode()}\n"), [key])
