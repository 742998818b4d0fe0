"""Is a copy of the audit log what its operator signed? For whoever has the copy and the operator's policy, and nothing else.

    python log_check.py full FOLDER POLICY                    every leaf, every hash, nothing missing in between
    python log_check.py since FOLDER POLICY OLD_CHECKPOINT    the log still begins as it did then, and all that was added
    python log_check.py consistency FOLDER POLICY OLD_CHECKPOINT
    python log_check.py inclusion FOLDER POLICY RECORD        one record, from its own bytes, is in the log
    python log_check.py former FOLDER POLICY OLD_FOLDER       a log that was begun anew has every record of the one before it

One file, standard library only (Python 3.11; the library `cryptography` makes it faster where it is there). FOLDER is as C2SP tlog-tiles has it (`checkpoint`, `tile/…`, `tile/entries/…`); POLICY names
the log and the public keys of its operator and its witnesses, and comes to you by another way than the folder. Exit status 0 and one line:
it is as signed. 1 and one line: it is not, and what was found first. Formats: RFC 6962, RFC 8032, C2SP signed-note, tlog-checkpoint,
tlog-tiles, tlog-cosignature; a leaf is as `Leaf` says.
"""

import base64
import hashlib
import itertools
import json
import struct
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    Ed25519PublicKey = None  # type: ignore[assignment, misc]

EMPTY = hashlib.sha256(b"").digest()
WIDTH = 256
"""Hashes of a full tile; a bundle has as many leaves."""
ED25519, COSIGNATURE = 0x01, 0x04


class Wrong(Exception):
    """What is not as it was signed; one sentence."""


# Hashes (RFC 6962, section 2.1): a leaf behind 0x00, a node behind 0x01, so that neither passes for the other.


def leaf_hash(body: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether a leaf of this hash stands at `index` of the tree with this size and root (RFC 9162, verifying an inclusion proof)."""
    if not 0 <= index < size or any(len(one) != 32 for one in (leaf, root, *proof)):
        return False
    node, last, found = index, size - 1, leaf
    for one in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            found = node_hash(one, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, one)
        node, last = node >> 1, last >> 1
    return last == 0 and found == root


def consistent(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the tree of size `new` begins with the one of size `old` (RFC 9162, verifying consistency)."""
    if not 0 <= old <= new or any(len(one) != 32 for one in (old_root, new_root, *proof)):
        return False
    if old == new:
        return old_root == new_root and not proof
    if old == 0:
        return old_root == EMPTY and not proof
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if not path:
        return False
    node, last = old - 1, new - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    first = second = path[0]
    for one in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            first, second = node_hash(one, first), node_hash(one, second)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            second = node_hash(second, one)
        node, last = node >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


# Which hashes prove it? Ranges of leaves [start, end), each the hash of a subtree.

Range = tuple[int, int]


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """The subtrees whose hashes prove a leaf, the nearest first (RFC 6962, 2.1.1)."""
    start, end, found = 0, size, list[Range]()
    while end - start > 1:
        middle = start + (1 << (end - start - 1).bit_length() - 1)
        if index < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    return found[::-1]


def consistency_ranges(old: int, new: int) -> list[Range]:
    """The subtrees whose hashes prove that a tree grew (RFC 6962, 2.1.2)."""
    if old in (0, new):
        return []
    start, end, whole, found = 0, new, True, list[Range]()
    while old != end:
        middle = start + (1 << (end - start - 1).bit_length() - 1)
        if old <= middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start, whole = middle, False
    if not whole:
        found.append((start, end))
    return found[::-1]


def complete_parts(start: int, end: int) -> list[tuple[int, int]]:
    """The complete subtrees (level, index) that make up a range, from the left."""
    found = []
    while start < end:
        level = (end - start).bit_length() - 1
        found.append((level, start >> level))
        start += 1 << level
    return found


def range_hash(start: int, end: int, node: Callable[[int, int], bytes]) -> bytes:
    """The hash of a range, from those of its complete parts."""
    if start == end:
        return EMPTY
    *parts, found = (node(level, index) for level, index in complete_parts(start, end))
    for left in reversed(parts):
        found = node_hash(left, found)
    return found


def together(hashes: Sequence[bytes]) -> bytes:
    """The hash over 1, 2, 4, 8 … neighbours."""
    row = list(hashes)
    while len(row) > 1:
        row = [node_hash(left, right) for left, right in zip(row[::2], row[1::2], strict=True)]
    return row[0]


def tile_of(level: int, index: int) -> tuple[int, int, int, int]:
    """Where a node's hash comes from: (tile level, tile, first entry, entries)."""
    height, rest = divmod(level, 8)
    tile, first = divmod(index << rest, WIDTH)
    return height, tile, first, 1 << rest


# Ed25519 (RFC 8032, 5.1.7).

_P = 2**255 - 19
_Q = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_I = pow(2, (_P - 1) // 4, _P)
_Point = tuple[int, int, int, int]
_BASE: _Point = (
    15112221349535400772501151409588531511454012693041857206046113283949847762202,
    46316835694926478169428394003475163141307993866256225615783033603165251855960,
    1,
    46827403850823179245072216630277197565144205554125654976674165829533817101731,
)


def _add(a: _Point, b: _Point) -> _Point:
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % _P, (a[1] + a[0]) * (b[1] + b[0]) % _P
    g, h = 2 * a[3] * b[3] * _D % _P, 2 * a[2] * b[2] % _P
    i, j, k, m = f - e, h - g, h + g, f + e
    return i * j % _P, k * m % _P, j * k % _P, i * m % _P


def _times(factor: int, point: _Point) -> _Point:
    found: _Point = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            found = _add(found, point)
        point, factor = _add(point, point), factor >> 1
    return found


def _point(data: bytes) -> _Point | None:
    y = int.from_bytes(data, "little")
    odd, y = y >> 255, y & (1 << 255) - 1
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _I % _P
    if (x * x - square) % _P or (not x and odd):
        return None
    if x & 1 != odd:
        x = _P - x
    return x, y, 1, x * y % _P


def signed_by(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether this is the signature of a message by the owner of an Ed25519 key. With `cryptography`, where that is there, a hundred times
    faster."""
    if Ed25519PublicKey is None:
        return signed_by_arithmetic(public, message, signature)
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (ValueError, InvalidSignature):
        return False
    return True


def signed_by_arithmetic(public: bytes, message: bytes, signature: bytes) -> bool:
    """The same as RFC 8032 writes it, with nothing but numbers."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, commitment = _point(public), _point(signature[:32])
    factor = int.from_bytes(signature[32:], "little")
    if key is None or commitment is None or factor >= _Q:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % _Q
    left, right = _times(factor, _BASE), _add(commitment, _times(challenge, key))
    return not (left[0] * right[2] - right[0] * left[2]) % _P and not (left[1] * right[2] - right[1] * left[2]) % _P


# Checkpoints (C2SP signed-note, tlog-checkpoint, tlog-cosignature).


class Key(NamedTuple):
    """A public key of the log's operator or of a witness, and the sizes of the log that it may sign."""

    name: str
    public: bytes
    kind: int = ED25519
    first: int = 0
    last: int | None = None

    @property
    def hint(self) -> bytes:
        """The four bytes with which a signature names its key."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]


class Policy(NamedTuple):
    """Whose word counts for a log."""

    origin: str
    keys: Sequence[Key]
    witnesses: Sequence[Key]
    quorum: int
    """So many witnesses must have seen a checkpoint."""
    before: "Policy | None" = None
    """Of the log that lost its end, where this one was begun anew after it."""

    def of(self, origin: str) -> "Policy":
        """The policy of this log or of one before it."""
        if origin == self.origin:
            return self
        if self.before is None:
            raise Wrong("the checkpoint is of another log")
        return self.before.of(origin)


class Checkpoint(NamedTuple):
    origin: str
    size: int
    root: bytes


def policy_of(text: str) -> Policy:
    """The policy in a file. Wrong when it is none, or when a key was not handed on by the one before it."""
    try:
        given = json.loads(text)
    except ValueError:
        raise Wrong("the policy can't be read") from None
    return _policy(given)


def _policy(given: Any) -> Policy:
    try:
        keys = [Key(k["name"], base64.b64decode(k["public"]), ED25519, k["first"], k["last"]) for k in given["keys"]]
        handed_on = [base64.b64decode(k["handed_on"]) for k in given["keys"][1:]]
        witnesses = [Key(k["name"], base64.b64decode(k["public"]), COSIGNATURE) for k in given["witnesses"]]
        policy = Policy(given["origin"], keys, witnesses, given["quorum"])
        if (before := given.get("before")) is not None:
            policy = policy._replace(before=_policy(before["policy"]))
            ended = Checkpoint(before["policy"]["origin"], before["size"], base64.b64decode(before["root"]))
            word = base64.b64decode(before["signature"])
    except (ValueError, KeyError, TypeError, IndexError):
        raise Wrong("the policy can't be read") from None
    if policy.before is not None and not signed_by(
        policy.before.keys[-1].public, ending(ended, policy.origin, keys[0].public), word
    ):
        raise Wrong("the log before this one does not say that it ended so")
    for old, new, signature in zip(keys[:-1], keys[1:], handed_on, strict=True):
        if not signed_by(old.public, handover(policy.origin, new.public), signature):
            raise Wrong("a key of the policy was not handed on by the one before it")
    return policy


def handover(origin: str, public: bytes) -> bytes:
    """What the old key signs when a new one takes its place."""
    return f"{origin}\nis signed by this key from now on\n{base64.b64encode(public).decode()}\n".encode()


def ending(last: Checkpoint, origin: str, public: bytes) -> bytes:
    """What the key of a log that lost its end signs last: how far it had come, and which log goes on."""
    lines = (last.origin, "ended with", str(last.size), base64.b64encode(last.root).decode(), "and is followed by")
    return "\n".join((*lines, origin, base64.b64encode(public).decode(), "")).encode()


def parsed(note: str) -> tuple[str, Checkpoint, list[tuple[str, bytes]]]:
    """The signed text of a checkpoint, what it says, and its signatures (name, bytes)."""
    text, found, lines = note.partition("\n\n")
    try:
        origin, size, root, *extensions = text.split("\n")
        if not found or extensions or not lines.endswith("\n") or str(int(size)) != size:
            raise ValueError
        checkpoint = Checkpoint(origin, int(size), base64.b64decode(root, validate=True))
        signatures = []
        for line in lines.removesuffix("\n").split("\n"):
            dash, name, signature = line.split(" ")
            if dash != "—":
                raise ValueError
            signatures.append((name, base64.b64decode(signature, validate=True)))
    except ValueError:
        raise Wrong("the checkpoint can't be read") from None
    if len(checkpoint.root) != 32 or checkpoint.size < 0:
        raise Wrong("the checkpoint can't be read")
    return text + "\n", checkpoint, signatures


def signers(note: str, keys: Sequence[Key]) -> set[Key]:
    """The keys whose signature on a checkpoint is good. A signature by a key that we don't have says nothing."""
    text, checkpoint, signatures = parsed(note)
    found = set()
    for name, signature in signatures:
        for key in keys:
            if (name, signature[:4]) != (key.name, key.hint):
                continue
            if not key.first <= checkpoint.size <= (checkpoint.size if key.last is None else key.last):
                continue
            if key.kind == COSIGNATURE:
                seen_at = int.from_bytes(signature[4:12], "big")
                message, rest = f"cosignature/v1\ntime {seen_at}\n{text}".encode(), signature[12:]
            else:
                message, rest = text.encode(), signature[4:]
            if not signed_by(key.public, message, rest):
                raise Wrong(f"the signature of {name} on the checkpoint of size {checkpoint.size} is not good")
            found.add(key)
    return found


def trusted(note: str, policy: Policy) -> Checkpoint:
    """What a checkpoint says, once it is signed as the policy wants it. Wrong otherwise."""
    checkpoint = parsed(note)[1]
    if checkpoint.origin != policy.origin:
        raise Wrong(f"the checkpoint is of the log {checkpoint.origin}, not {policy.origin}")
    if not signers(note, policy.keys):
        raise Wrong(f"the checkpoint of size {checkpoint.size} has no signature of the log's operator")
    seen = len(signers(note, policy.witnesses))
    if seen < policy.quorum:
        raise Wrong(f"the checkpoint of size {checkpoint.size} was seen by {seen} witnesses, not {policy.quorum}")
    return checkpoint


def signed(note: str, policy: Policy) -> Checkpoint:
    """What a checkpoint of this log or of one before it says, whoever saw it. Wrong when its operator did not sign it."""
    return trusted(note, policy.of(parsed(note)[1].origin)._replace(quorum=0))


# Leaves.

_HEAD = struct.Struct(">BBiq32s")
MAX_TOPIC = 249
"""Kafka's own limit of a topic's name."""


class Leaf(NamedTuple):
    """What the log says of a record: its place in Kafka, and SHA-256(salt ‖ key and value). Of an access record also whose and which.

    version 1 byte = 1 · kind 1 byte = 1 record, 2 access record · partition 4 bytes · offset 8 bytes · commitment 32 bytes · ASCII: the
    topic's name; of an access record ` service counter` besides, where the counter is dense for each service.
    """

    topic: str
    partition: int
    offset: int
    commitment: bytes
    service: str = ""
    counter: int = 0

    def encode(self) -> bytes:
        """The body: these bytes are stored and hashed, never a second serialisation of them."""
        if not 0 < len(self.topic) <= MAX_TOPIC or " " in self.topic:
            raise ValueError(f"a topic's name has 1 to {MAX_TOPIC} characters and no space")
        rest = f"{self.topic} {self.service} {self.counter}" if self.service else self.topic
        return _HEAD.pack(1, 2 if self.service else 1, self.partition, self.offset, self.commitment) + rest.encode(
            "ascii"
        )


def leaf_of(body: bytes) -> Leaf:
    """The leaf in a body. ValueError when it is of another version or kind, or cut."""
    if len(body) <= _HEAD.size:
        raise ValueError(f"{len(body)} bytes are no leaf")
    version, kind, partition, offset, commitment = _HEAD.unpack_from(body)
    rest = body[_HEAD.size :].decode("ascii").split(" ")
    if version != 1 or (kind, len(rest)) not in ((1, 1), (2, 3)):
        raise ValueError(f"version {version}, kind {kind}")
    leaf = Leaf(rest[0], partition, offset, commitment, *((rest[1], int(rest[2])) if kind == 2 else ()))
    if leaf.encode() != body:
        raise ValueError("not as a leaf is written")
    return leaf


class Dense:
    """Is nothing left out? Offsets of each partition and counters of each service, one after the other from where the log begins."""

    def __init__(self) -> None:
        self.first: dict[tuple[str, int], int] = {}
        self.next: dict[tuple[str, int], int] = {}
        self.counters: dict[str, set[int]] = {}

    def take(self, index: int, leaf: Leaf) -> None:
        """Wrong when an offset is missing before this leaf's."""
        place = leaf.topic, leaf.partition
        self.first.setdefault(place, leaf.offset)
        expected = self.next.get(place, leaf.offset)
        if leaf.offset != expected:
            raise Wrong(f"leaf {index}: {leaf.topic}/{leaf.partition} goes from offset {expected - 1} to {leaf.offset}")
        self.next[place] = leaf.offset + 1
        if leaf.service:
            self.counters.setdefault(leaf.service, set()).add(leaf.counter)

    def end(self) -> None:
        """Wrong when a service's access records have a gap; they may stand in another order than they were counted."""
        for service, counters in sorted(self.counters.items()):
            missing = set(range(min(counters), max(counters))) - counters
            if missing:
                raise Wrong(f"access record {min(missing)} of {service} is not in the log")


# The copy.


class Copy:
    """A folder as tlog-tiles has it. What it lacks is Wrong."""

    def __init__(self, folder: Path, size: int) -> None:
        self.folder, self.size = folder, size
        self._tiles: dict[tuple[int, int], bytes] = {}

    def _read(self, kind: str, number: int, entries: int) -> bytes:
        width = min(WIDTH, entries - number * WIDTH)
        path = self.folder / "tile" / kind / tile_path(number, width)
        try:
            return path.read_bytes()
        except OSError:
            raise Wrong(f"{path.relative_to(self.folder)} is not there") from None

    def tile(self, level: int, number: int) -> bytes:
        entries = self.size >> 8 * level
        if (level, number) not in self._tiles:
            if len(self._tiles) > 64:
                self._tiles.clear()
            found = self._read(str(level), number, entries)
            if len(found) != 32 * min(WIDTH, entries - number * WIDTH):
                raise Wrong(f"tile {level}/{number} has {len(found)} bytes")
            self._tiles[level, number] = found
        return self._tiles[level, number]

    def node(self, level: int, index: int) -> bytes:
        height, number, first, count = tile_of(level, index)
        tile = self.tile(height, number)
        return together([tile[at * 32 : at * 32 + 32] for at in range(first, first + count)])

    def bodies(self, first: int) -> Iterator[tuple[int, bytes]]:
        """Leaves from `first` on, with their indexes."""
        for number in range(first // WIDTH, -(-self.size // WIDTH)):
            data, at, index = self._read("entries", number, self.size), 0, number * WIDTH
            while at < len(data):
                length = int.from_bytes(data[at : at + 2], "big")
                body, at = data[at + 2 : at + 2 + length], at + 2 + length
                if at > len(data):
                    raise Wrong(f"leaf {index} is cut")
                if index >= first:
                    yield index, body
                index += 1
            if index != min(self.size, (number + 1) * WIDTH):
                raise Wrong(
                    f"bundle {number} has leaves up to {index - 1}, not {min(self.size, (number + 1) * WIDTH) - 1}"
                )


def tile_path(number: int, width: int) -> str:
    """`x001/x234/067`, and `.p/W` behind it where a tile has less than 256 entries."""
    last, *more = (f"{number // 1000**power % 1000:03d}" for power in range(max(1, (len(str(number)) + 2) // 3)))
    return "/".join([*(f"x{part}" for part in reversed(more)), last]) + (f".p/{width}" if width < WIDTH else "")


def _grown(copy: Copy, old: Checkpoint, new: Checkpoint) -> None:
    if old.size > new.size:
        raise Wrong(f"the log has {new.size} leaves, and had {old.size}")
    proof = [range_hash(start, end, copy.node) for start, end in consistency_ranges(old.size, new.size)]
    if not consistent(old.size, old.root, new.size, new.root, proof):
        raise Wrong(f"the log of size {new.size} does not begin with the one of size {old.size}")


def _walk(copy: Copy, checkpoint: Checkpoint, first: int) -> Dense:
    """Every leaf from `first` on has its hash in its tile, every tile is the one that the leaves make, and nothing is missing; what there
    is."""
    dense, leaves = Dense(), first
    for index, body in copy.bodies(first):
        number, at = divmod(index, WIDTH)
        if copy.tile(0, number)[at * 32 : at * 32 + 32] != leaf_hash(body):
            raise Wrong(f"leaf {index} is not the one whose hash is in the tile")
        try:
            dense.take(index, leaf_of(body))
        except ValueError:
            raise Wrong(f"leaf {index} can't be read") from None
        leaves += 1
    if leaves != checkpoint.size:
        raise Wrong(f"there are {leaves} leaves, not {checkpoint.size}")
    dense.end()
    level = 1
    while checkpoint.size >> 8 * level:
        for index in range(first >> 8 * level, checkpoint.size >> 8 * level):
            tile = copy.tile(level - 1, index)
            number, at = divmod(index, WIDTH)
            if copy.tile(level, number)[at * 32 : at * 32 + 32] != together(
                [tile[n : n + 32] for n in range(0, 8192, 32)]
            ):
                raise Wrong(f"tile {level}/{number} does not follow from the tiles below it, at {index}")
        level += 1
    if range_hash(0, checkpoint.size, copy.node) != checkpoint.root:
        raise Wrong("the leaves do not make the signed root")
    return dense


def _former(copy: Copy, dense: Dense, before: Path, policy: Policy) -> str:
    """Every record of the log before is in this one, at whatever index: each place in Kafka, each access record."""
    if policy.before is None:
        raise Wrong("this log was not begun anew: there is none before it")
    ended = trusted((before / "checkpoint").read_text("utf-8"), policy.before)
    old = Copy(before, ended.size)
    had = _walk(old, ended, 0)
    for (topic, partition), end in sorted(had.next.items()):
        first, reached = had.first[topic, partition], dense.next.get((topic, partition), 0)
        missing = range(first, min(end, dense.first.get((topic, partition), end))), range(max(first, reached), end)
        for gap in missing:
            if gap:
                raise Wrong(
                    f"{topic}/{partition}: the offsets {gap[0]} to {gap[-1]} of the log before are not in this one"
                )
    for service, counters in sorted(had.counters.items()):
        if lost := counters - dense.counters.get(service, set()):
            raise Wrong(f"access record {min(lost)} of {service} was in the log before and is not in this one")
    same = sum(
        1 for _ in itertools.takewhile(lambda two: two[0] == two[1], zip(old.bodies(0), copy.bodies(0), strict=False))
    )
    return f"All {ended.size:,} records of {ended.origin} are here, the first {same:,} as they stood"


def _record(copy: Copy, checkpoint: Checkpoint, given: Mapping[str, Any]) -> str:
    """A record as `kokunen audit record` writes it: its bytes make the commitment, the commitment the leaf, the leaf the root."""
    try:
        salt, content = (base64.b64decode(given[name], validate=True) for name in ("salt", "content"))
        index, place = given["index"], (given["topic"], given["partition"], given["offset"])
        leaf = Leaf(*place, hashlib.sha256(salt + content).digest(), given.get("service", ""), given.get("counter", 0))
        body = leaf.encode()
        proof = [range_hash(start, end, copy.node) for start, end in inclusion_ranges(index, checkpoint.size)]
    except (KeyError, TypeError, ValueError, struct.error):
        raise Wrong("the record can't be read") from None
    if not included(leaf_hash(body), index, checkpoint.size, proof, checkpoint.root):
        raise Wrong(f"this record is not leaf {index} of the log")
    return f"record {place[0]}/{place[1]}/{place[2]} is leaf {index}"


def check(mode: str, folder: str, policy_file: str, *more: str) -> str:
    """What was found, in one line. Wrong otherwise."""
    policy = policy_of(Path(policy_file).read_text("utf-8"))
    checkpoint = trusted((Path(folder) / "checkpoint").read_text("utf-8"), policy)
    copy = Copy(Path(folder), checkpoint.size)
    said = f"log of {checkpoint.size:,} leaves, root {checkpoint.root.hex()}"
    if mode == "full" and not more:
        _walk(copy, checkpoint, 0)
        return f"Unaltered and complete: {said}"
    (argument,) = more
    if mode == "inclusion":
        return f"In the {said}: {_record(copy, checkpoint, json.loads(Path(argument).read_text('utf-8')))}"
    if mode == "former":
        return f"{_former(copy, _walk(copy, checkpoint, 0), Path(argument), policy)}: {said}"
    if mode not in ("consistency", "since"):
        raise ValueError(mode)
    old = signed(Path(argument).read_text("utf-8"), policy)  # the new one, which contains it, was seen
    _grown(copy, old, checkpoint)
    if mode == "since":
        _walk(copy, checkpoint, old.size)
    return f"Grown from {old.size:,} leaves and not changed: {said}"


def main(arguments: Sequence[str]) -> int:
    try:
        print(check(*arguments))
    except (TypeError, ValueError) as error:
        if isinstance(error, (UnicodeDecodeError, json.JSONDecodeError)):
            print("NOT AS SIGNED: a file can't be read as text")
            return 1
        print(__doc__, file=sys.stderr)
        return 2
    except (Wrong, OSError) as wrong:
        print(f"NOT AS SIGNED: {wrong}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
