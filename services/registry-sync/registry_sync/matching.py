"""Is the person on a list one of ours? (特定の複数の個人情報を組み合わせて確認, assessment Ⅲ2; capability P04)

Pure. Never by one identifier, never by a guess: birth date, name (as far as the list gives kanji and kana, both), and the address or the
basic pension number must agree, now or formerly; a sex or a number that is another's forbids. Two who fit, or one who nearly does, are
for a person to settle.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from contracts.doors.registry import MatchRow
from contracts.vocabulary import Sex

from registry_sync.addressee import Identity
from registry_sync.folding import address_key, kana_key, name_key

Agreement = Literal["agrees", "formerly", "differs", "not_given"]
FIELDS = ("birth_date", "sex", "name", "kana", "address", "number")


@dataclass(frozen=True)
class Decision:
    """What a row comes to. `evidence` says of each identifier how it compares with the one who was chosen, or comes nearest."""

    outcome: Literal["match", "ambiguous", "none"]
    addressee: int | None = None
    candidates: tuple[int, ...] = ()
    evidence: Mapping[str, Agreement] = field(default_factory=dict)


@dataclass(frozen=True)
class _Keys:
    """One record's keys."""

    birth_date: dt.date
    sex: Sex
    name: str
    kana: str
    address: str | None


def _keys(identity: Identity) -> list[_Keys]:
    return [
        _Keys(
            record.birth_date,
            record.sex,
            name_key(record.name),
            kana_key(record.name_kana),
            address_key(record.address) if record.address else None,
        )
        for record in (identity.record, *identity.former)
    ]


def decide(row: MatchRow, candidates: Mapping[int, Identity]) -> Decision:
    """Which of these, if any, is meant by a row."""
    compared = {number: _compare(row, number, identity) for number, identity in candidates.items()}
    sure = [number for number, agreements in compared.items() if _identifies(agreements)]
    near = sorted(number for number, agreements in compared.items() if _comes_near(agreements))
    if len(sure) == 1 and near == sure:
        return Decision("match", sure[0], (sure[0],), compared[sure[0]])
    if near:
        nearest = max(near, key=lambda number: (_agreeing(compared[number]), -number))
        return Decision("ambiguous", None, tuple(near), compared[nearest])
    return Decision("none")


def _compare(row: MatchRow, number: int, identity: Identity) -> dict[str, Agreement]:
    keys = _keys(identity)
    now = keys[0]
    number_agrees: Agreement = (
        "not_given" if row.numbered is None else "agrees" if row.numbered == number else "differs"
    )
    return {
        "birth_date": "agrees" if row.birth_date == now.birth_date else "differs",
        "sex": "not_given" if "unknown" in (row.sex, now.sex) else "agrees" if row.sex == now.sex else "differs",
        "name": _of(row.name and name_key(row.name), [one.name for one in keys]),
        "kana": _of(row.name_kana and kana_key(row.name_kana), [one.kana for one in keys]),
        "address": _of(row.address and address_key(row.address), [one.address for one in keys]),
        "number": number_agrees,
    }


def _of(asked: str | None, known: Sequence[str | None]) -> Agreement:
    if not asked:
        return "not_given"
    if asked == known[0]:
        return "agrees"
    return "formerly" if asked in known else "differs"


def _fits(agreement: Agreement) -> bool:
    return agreement in ("agrees", "formerly")


def _identifies(of: Mapping[str, Agreement]) -> bool:
    """At least three identifiers agree, the name among them, and none that is given speaks against it."""
    named = [of["name"], of["kana"]]
    if of["birth_date"] != "agrees" or "differs" in (of["sex"], of["number"], *named):
        return False
    if named == ["not_given", "not_given"]:
        return False
    if _fits(of["address"]) or of["number"] == "agrees":
        return True
    # Without an address or number: both spellings of the name, and the sex.
    return of["address"] == "not_given" and all(map(_fits, named)) and of["sex"] == "agrees"


def _comes_near(of: Mapping[str, Agreement]) -> bool:
    """Worth a person's look: the number, or the birth date with a name or the address."""
    if of["number"] == "agrees":
        return True
    if of["birth_date"] != "agrees" or of["sex"] == "differs":
        return False
    return _fits(of["name"]) or _fits(of["kana"])


def _agreeing(of: Mapping[str, Agreement]) -> int:
    return sum(map(_fits, of.values()))
