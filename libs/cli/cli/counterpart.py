"""A small stand-in for the pension service (日本年金機構): it reads our media, counts, decides by itself, and sends files back.

It knows what an outsider knows: the medium, its password, our public key and the published layouts. Nothing here is imported from the
services or their contracts; a test holds it to that. What it decides is its own reading of the law (`counterpart_decides.py`); where it is
late, returns, miscounts or decides against the law is drawn from a seed.
"""

import datetime as dt
import hashlib
import io
import json
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Literal

import pyzipper
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from cli.counterpart_decides import REFUSED, SCHEMES, Known, decided

RETURNED = 0.03
"""Share of filings that it sends back (返戻)."""
MISCOUNTED = 0.1
"""Share of batches that it first counts short by one."""
REASON = "document_missing"
LATE = 0.1
"""Share of results that come in a later delivery."""
ON_PURPOSE = 0.15
"""Share of decisions that are, on purpose, not what the law says."""
Kind = Literal["results", "decisions"]
LAYOUTS: dict[Kind, int] = {"results": 1, "decisions": 2}


@dataclass(frozen=True)
class Line:
    """A data record, as far as it is looked at."""

    line: int
    mark: str
    kind: str
    filing: str
    first_month: str
    last_month: str


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
    """KNR-TRN-1: header 12 6 8 2 8, data 8 1 32 15 64 4 10 64 8 8 8 32 1 1 6 6, trailer 8."""
    head, *data, trailer = record.decode("cp932").removesuffix("\r\n").split("\r\n")
    if head[:13] != "HKNR-TRN-1   " or trailer[0] != "T" or int(trailer[1:9]) != len(data):
        raise NotAccepted("the trailer does not count the records")
    lines = tuple(
        Line(int(d[1:9]), _MARKS[d[9]], d[10:42].rstrip(), d[135:199].rstrip(), d[257:263], d[263:269]) for d in data
    )
    return Opened(head[13:19], int(head[19:27]), int(head[27:29]), lines)


def counted(batch: Opened, rng: Random) -> dict[str, int]:
    """What its staff counts the first time: now and then one too few."""
    counts = batch.counts
    if rng.random() < MISCOUNTED:
        place = sorted(counts)[rng.randrange(len(counts))]
        counts[place] -= 1
    return counts


@dataclass(frozen=True)
class Delivery:
    """A file that it sends back, as its cover sheet announces it."""

    number: str
    kind: Kind
    rows: int
    content: bytes

    def again(self, number: str) -> "Delivery":
        """The same rows in another delivery."""
        content = self.content.replace(f"{self.number:<16}".encode(), f"{number:<16}".encode(), 1)
        return replace(self, number=number, content=content)

    def short(self) -> "Delivery":
        """The same announcement over a file that lacks its last row."""
        *records, _, trailer = self.content.split(b"\r\n")[:-1]
        last = f"T{self.rows - 1:08d}".ljust(len(trailer)).encode()
        return replace(self, content=b"\r\n".join([*records, last, b""]))


@dataclass
class Answered:
    """What it made of the filings that it got."""

    accepted: int = 0
    returned: set[str] = field(default_factory=set)
    """Reception numbers."""


def results(batches: Sequence[Opened], stem: str, day: dt.date, rng: Random) -> tuple[list[Delivery], Answered]:
    """処理結果一覧 of what was filed in these batches; some of it is late and comes in a delivery of its own."""
    said = Answered()
    rows: dict[bool, list[str]] = {False: [], True: []}
    for batch in batches:
        for line in (line for line in batch.lines if line.filing):
            back = rng.random() < RETURNED
            if back:
                said.returned.add(line.filing)
            said.accepted += not back
            result = f"{2 if back else 1}{REASON if back else '':<32}{day:%Y%m%d}"
            rows[rng.random() < LATE].append(f"{_place(batch, line)}{'':<32}{result}")
    return [
        _delivery(f"{stem}-{'late' if late else 'in-time'}", "results", those, batches[0].municipality, day)
        for late, those in rows.items()
        if those
    ], said


@dataclass
class Decided:
    """What it decided on applications."""

    numbers: int = 0
    left_open: int = 0
    on_purpose: set[str] = field(default_factory=set)
    """Numbers of decisions that are not what the law says: so many must show in the ward's report of agreement."""


def decisions(
    batches: Sequence[Opened], known: Known, number: str, day: dt.date, rng: Random
) -> tuple[Delivery | None, Decided]:
    """決定結果 of the applications in these batches, each as it came last; None where it decided nothing."""
    said = Decided()
    asked: dict[str, tuple[Opened, Line]] = {}
    for batch in batches:
        for line in batch.lines:
            if line.kind in ("exemption", "student"):
                asked[line.filing] = batch, line
    rows = []
    for filing, (batch, line) in asked.items():
        scheme = decided(known, filing) if line.mark != "取消" else None
        if scheme is None:
            said.left_open += 1
            continue
        decision = f"J-{batch.batch}-{line.line}"
        if rng.random() < ON_PURPOSE:
            said.on_purpose.add(decision)
            scheme = REFUSED if scheme != REFUSED else SCHEMES["full"]
        months = f"{line.first_month}{line.last_month}"
        rows.append(f"{_place(batch, line)}{decision:<32}{1:06d}{scheme}{months}{day:%Y%m%d}")
    said.numbers = len(rows)
    return _delivery(number, "decisions", rows, batches[0].municipality, day) if rows else None, said


def _place(batch: Opened, line: Line) -> str:
    """By which a row says what of ours it answers; no basic pension number."""
    return f"{batch.batch:08d}{line.line:08d}{0:010d}"


def _delivery(
    number: str, kind: Literal["results", "decisions"], rows: Sequence[str], municipality: str, day: dt.date
) -> Delivery:
    code = LAYOUTS[kind]
    every = [
        f"H{f'KNR-RET-{code}':<12}{municipality}{code:02d}{number:<16}{day:%Y%m%d}",
        *(f"D{n:08d}{row}" for n, row in enumerate(rows, 1)),
        f"T{len(rows):08d}",
    ]
    length = max(map(len, every))
    return Delivery(number, kind, len(rows), b"".join(r.ljust(length).encode("ascii") + b"\r\n" for r in every))


def request(given: Known, municipality: str, number: str, day: dt.date, at_most: int = 50) -> bytes:
    """所得情報提供依頼 for a continued review: those whose paper wishes one, as the register names them."""
    year = day.year - 1 if day.month >= 6 else day.year - 2
    head = f"HKNR-REQ-0   {municipality}01{number:<16}{day:%Y%m%d}{year:04d}{day:%Y%m%d}".encode()
    wishing = sorted(
        {who for who, form in given.forms.values() if form.get("continue_wish") and given.entries.get(who)}
    )
    rows: list[bytes] = []
    for who in wishing:
        record = given.entries[who][-1]["record"]
        try:
            fields = [
                _kana(record["name_kana"]).ljust(60), record["name"].encode("cp932").ljust(80), record["address"].encode("cp932").ljust(160),
            ]  # fmt: skip
        except (UnicodeEncodeError, KeyError):
            continue  # a name that this character set can't hold comes on paper
        born, sex = record["birth_date"].replace("-", ""), {"male": 1, "female": 2}.get(record["sex"], 9)
        rows.append(f"D{len(rows) + 1:08d}{0:010d}{born}{sex}".encode() + b"".join(fields))
    rows = rows[:at_most]
    every = [head, *rows, f"T{len(rows):08d}".encode()]
    length = max(map(len, every))
    return b"".join(record.ljust(length) + b"\r\n" for record in every)


def told_right(given: Known, asked: bytes, answer: bytes) -> Counter[str]:
    """The rows of an answer (KNR-ANS-0) by what they say: an income as the tax office has it, another one, or none and why."""
    year = int(asked[45:49])
    by_row = {row[1:9]: row for row in asked.split(b"\r\n")[1:-2]}
    people = {
        (e[-1]["record"]["birth_date"].replace("-", ""), e[-1]["record"]["name"]): who
        for who, e in given.entries.items()
    }
    said: Counter[str] = Counter()
    for row in answer.split(b"\r\n")[1:-2]:
        question = by_row[row[1:9]]
        who = people[question[19:27].decode(), question[88:168].decode("cp932").rstrip()]
        status = int(row[19:21])
        if status != 1:
            said[f"status {status}"] += 1
            continue
        record = given.incomes[who, year + 1].get("record") or {}
        said["as assessed" if int(row[24:37]) == record.get("total_income_yen") else "another income"] += 1
    return said


def _kana(text: str) -> bytes:
    """Half-width kana, as record files have it."""
    return "".join(_HALF.get(c, unicodedata.normalize("NFKC", c)) for c in text).encode("cp932")


_HALF = {
    unicodedata.normalize("NFKC", half): half
    for kana in map(chr, range(0xFF66, 0xFF9E))
    for half in (kana, kana + "ﾞ", kana + "ﾟ")
    if len(unicodedata.normalize("NFKC", half)) == 1
}
