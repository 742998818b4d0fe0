"""A small stand-in for the pension service (日本年金機構): it reads our media, counts, decides by itself, and sends files back.

It knows what an outsider knows: the medium, its password, our public key and the published layouts. Nothing here is imported from the
services or their contracts; a test holds it to that. What it decides is drawn from a seed.
"""

import datetime as dt
import hashlib
import io
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pyzipper
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

RETURNED = 0.03
"""Share of filings that it sends back (返戻)."""
MISCOUNTED = 0.1
"""Share of batches that it first counts short by one."""
REASON = "document_missing"
RESULTS_LAYOUT, RESULTS_KIND = "KNR-RET-1", 1


@dataclass(frozen=True)
class Line:
    """A data record, as far as it is looked at."""

    line: int
    mark: str
    kind: str
    filing: str


@dataclass(frozen=True)
class Opened:
    """A batch that came and is what its manifest says."""

    municipality: str
    batch: int
    issue: int
    lines: tuple[Line, ...]

    @property
    def counts(self) -> dict[str, int]:
        return dict(Counter(f"{line.kind} {line.mark}" for line in self.lines))


class NotAccepted(Exception):
    """The medium is not taken; one sentence says why."""


def opened(folder: Path, password: str, public_key: bytes) -> Opened:
    """A medium, verified and read. NotAccepted when anything on it is not as it was signed."""
    manifest_bytes = (folder / "manifest.json").read_bytes()
    key = load_pem_public_key(public_key)
    assert isinstance(key, Ed25519PublicKey)
    key.verify((folder / "manifest.sig").read_bytes(), manifest_bytes)
    manifest = json.loads(manifest_bytes)
    archive = (folder / manifest["archive"]["name"]).read_bytes()
    if hashlib.sha256(archive).hexdigest() != manifest["archive"]["sha256"]:
        raise NotAccepted("the archive is another one than was signed")
    with pyzipper.AESZipFile(io.BytesIO(archive)) as within:
        within.setpassword(password.encode())
        files = {name: within.read(name) for name in within.namelist()}
    for entry in manifest["files"]:
        if hashlib.sha256(files[entry["name"]]).hexdigest() != entry["sha256"]:
            raise NotAccepted(f"{entry['name']} is another one than was signed")
    record = next(content for name, content in files.items() if name.endswith(".dat"))
    found = _read(record)
    if found.counts != manifest["counts"]:
        raise NotAccepted("the records are not those that the manifest counts")
    return found


_MARKS = {"1": "新規", "2": "訂正", "3": "取消"}


def _read(record: bytes) -> Opened:
    """KNR-TRN-1: header 12 6 8 2 8, data 8 1 32 15 64 4 10 64 …, trailer 8."""
    head, *data, trailer = record.decode("cp932").removesuffix("\r\n").split("\r\n")
    if head[:13] != "HKNR-TRN-1   " or trailer[0] != "T" or int(trailer[1:9]) != len(data):
        raise NotAccepted("the trailer does not count the records")
    lines = tuple(Line(int(d[1:9]), _MARKS[d[9]], d[10:42].rstrip(), d[135:199].rstrip()) for d in data)
    return Opened(head[13:19], int(head[19:27]), int(head[27:29]), lines)


def counted(batch: Opened, rng: Random) -> dict[str, int]:
    """What its staff counts the first time: now and then one too few."""
    counts = batch.counts
    if rng.random() < MISCOUNTED:
        place = sorted(counts)[rng.randrange(len(counts))]
        counts[place] -= 1
    return counts


def results(batches: Sequence[Opened], delivery: str, day: dt.date, rng: Random) -> tuple[bytes, Counter[str]]:
    """処理結果一覧 of what was filed in these batches, and how many were accepted and returned."""
    said: Counter[str] = Counter()
    records: list[str] = []
    for batch in batches:
        for line in batch.lines:
            if line.filing:
                back = rng.random() < RETURNED
                said["returned" if back else "accepted"] += 1
                records.append(
                    f"D{len(records) + 1:08d}{batch.batch:08d}{line.line:08d}{0:010d}{'':<32}"
                    f"{2 if back else 1}{REASON if back else '':<32}{day:%Y%m%d}"
                )
    header = f"H{RESULTS_LAYOUT:<12}{batches[0].municipality}{RESULTS_KIND:02d}{delivery:<16}{day:%Y%m%d}"
    every = [header, *records, f"T{len(records):08d}"]
    length = max(map(len, every))
    return b"".join(record.ljust(length).encode("ascii") + b"\r\n" for record in every), said
