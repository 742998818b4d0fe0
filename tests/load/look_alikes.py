"""Does matching ever take one person for another? `python tests/load/look_alikes.py`: 120,000 look-alike pairs, and the recall by kind.

A register of made-up people; for each kind of list row either the person himself, written as lists write, or somebody who looks like
one of ours and is not in the register. Exit status 1 with any false match.
"""

import argparse
import datetime as dt
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from contracts.doors.registry import MatchRow
from contracts.events.registry import ResidentRecord
from registry_sync.addressee import Identity
from registry_sync.matching import decide
from rich.console import Console
from rich.table import Table

SURNAMES = (
    ("髙橋", "タカハシ"),
    ("高橋", "タカハシ"),
    ("渡邉", "ワタナベ"),
    ("渡辺", "ワタナベ"),
    ("﨑山", "サキヤマ"),
    ("架空", "カクウ"),
    ("山崎", "ヤマザキ"),
    ("山崎", "ヤマサキ"),
)
GIVEN = (
    ("優", "ユウ"),
    ("裕", "ユウ"),
    ("例一", "レイイチ"),
    ("例二", "レイジ"),
    ("奈央", "ナオ"),
    ("直", "ナオ"),
    ("譲司", "ジョウジ"),
    ("丈二", "ジョウジ"),
    ("千鶴", "チヅル"),
    ("真", "マコト"),
)
SINCE = dt.date(2015, 4, 1)


@dataclass(frozen=True)
class Kind:
    """How a row is made from one of ours; `ours` = the row still means that person."""

    name: str
    ours: bool
    made: Callable[[Random, dict[str, Any]], dict[str, Any]]


def _half_width(text: str) -> str:
    wide = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲンャュョッ"
    narrow = "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝｬｭｮｯ"
    table = str.maketrans(dict(zip(wide, narrow, strict=True)) | {"\u3099": "ﾞ", "\u309a": "ﾟ"})
    return unicodedata.normalize("NFD", text).translate(table)


def _other_given(rng: Random, row: dict[str, Any]) -> dict[str, Any]:
    family, family_kana = row["name"].split()[0], row["name_kana"].split()[0]
    given = rng.choice([one for one in GIVEN if one[0] != row["name"].split()[1]])
    return row | {"name": f"{family} {given[0]}", "name_kana": f"{family_kana} {given[1]}"}


def _typing_error(rng: Random, row: dict[str, Any]) -> dict[str, Any]:
    day = row["birth_date"] + dt.timedelta(days=rng.choice((-1, 1, 10, -10, 365)))
    return row | {"birth_date": day}


KINDS = (
    Kind("as in the register", True, lambda rng, row: row),
    Kind("half-width kana, no kanji", True, lambda rng, row: row | {"name": None, "name_kana": _half_width(row["name_kana"])}),
    Kind("variant characters", True, lambda rng, row: row | {"name": row["name"].translate(str.maketrans("髙邉﨑", "高辺崎"))}),
    Kind("composed apart (NFD)", True, lambda rng, row: row | {"name_kana": unicodedata.normalize("NFD", row["name_kana"])}),
    Kind("small kana large", True, lambda rng, row: row | {"name_kana": row["name_kana"].translate(str.maketrans("ャュョッ", "ヤユヨツ"))}),
    Kind("address in digits", True, lambda rng, row: row | {"address": row["address"].replace("丁目", "-").replace("番", "-").replace("号", "")}),
    Kind("moved away since", True, lambda rng, row: row | {"moved": True}),
    Kind("married since", True, lambda rng, row: row | {"married": True}),
    Kind("moved, unknown to us", True, lambda rng, row: row | {"address": "架空市別町9-9-9"}),
    Kind("same name, born another day", False, _typing_error),
    Kind("twin, or sibling of one day", False, _other_given),
    Kind("parent or child of one name", False, lambda rng, row: row | {"birth_date": row["birth_date"] - dt.timedelta(days=365 * 28)}),
    Kind("same name and day, elsewhere", False, lambda rng, row: row | {"address": f"架空市別町{rng.randint(1, 9)}-9-9"}),
    Kind("same reading, other kanji", False, lambda rng, row: row | {"name": "別 人", "address": row["address"]}),
    Kind("other sex", False, lambda rng, row: row | {"sex": "female" if row["sex"] == "male" else "male"}),
)  # fmt: skip


def _somebody(rng: Random) -> dict[str, Any]:
    (family, family_kana), (given, given_kana) = rng.choice(SURNAMES), rng.choice(GIVEN)
    return {
        "name": f"{family} {given}", "name_kana": f"{family_kana} {given_kana}",
        "birth_date": dt.date(1950, 1, 1) + dt.timedelta(days=rng.randrange(25_000)), "sex": rng.choice(("male", "female")),
        "address": f"架空区見本町{rng.randint(1, 9)}丁目{rng.randint(1, 30)}番{rng.randint(1, 20)}号",
    }  # fmt: skip


def _record(of: dict[str, Any], **changed: Any) -> ResidentRecord:
    return ResidentRecord(**{**of, **changed}, household=1, relation="householder", residency="resident")


def compare(pairs: int, seed: int = 1) -> tuple[Counter[tuple[str, str]], int]:
    """(kind, outcome) → rows, and how many rows were taken for somebody else."""
    rng = Random(seed)
    found: Counter[tuple[str, str]] = Counter()
    false = 0
    for number in range(pairs):
        kind = KINDS[number % len(KINDS)]
        person = _somebody(rng)
        row = kind.made(rng, dict(person))
        former: tuple[ResidentRecord, ...] = ()
        now = _record(person)
        if row.pop("moved", False):
            former, now = (now,), _record(person, address="架空区例町5丁目5番5号")
        if row.pop("married", False):
            former, now = (now,), _record(person, name="見本 新", name_kana="ミホン アラタ")
        asked = MatchRow(line=1, **{name: value for name, value in row.items() if value is not None})
        candidates = {1: Identity(now, SINCE, former)}
        if rng.random() < 0.3:  # somebody else of the same day, whoever that is
            candidates[2] = Identity(_record(_somebody(rng) | {"birth_date": asked.birth_date}), SINCE)
        decision = decide(asked, candidates)
        false += decision.outcome == "match" and (not kind.ours or decision.addressee != 1)
        found[kind.name, decision.outcome] += 1
    return found, false


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=120_000)
    found, false = compare(parser.parse_args().pairs)
    table = Table("a row that is", "found", "for a person", "nobody", title="Matching people on a list with ours")
    for kind in KINDS:
        counts = [found[kind.name, outcome] for outcome in ("match", "ambiguous", "none")]
        table.add_row(
            kind.name if kind.ours else f"not ours: {kind.name}", *(f"{count / sum(counts):.1%}" for count in counts)
        )
    Console().print(table)
    print(f"{sum(found.values()):,} rows, {false:,} taken for somebody else")
    sys.exit(1 if false else 0)


if __name__ == "__main__":
    main()
