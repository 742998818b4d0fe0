"""Do the package that was used before and we say the same of each person? Where not: who, which field, what each says."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from contracts.vocabulary import Month

from cli.takeover.extract import Months, Period


class Difference(NamedTuple):
    """One field of one person. Nothing = that side says nothing."""

    addressee: int
    field: str
    theirs: str
    ours: str


def periods(theirs: Iterable[Period], ours: Iterable[Period]) -> Iterator[Difference]:
    """Stays that only one side has, and stays whose end differs. Of two with one category and first day, the later end counts."""
    there, here = _stays(theirs), _stays(ours)
    for key in sorted(there.keys() | here.keys(), key=lambda key: (key[0], key[2], key[1])):
        addressee, category, first = key
        stay = f"資格期間 {_category(category)} {first}"
        if key not in here or key not in there:
            yield Difference(addressee, stay, _end(there, key), _end(here, key))
        elif there[key] != here[key]:
            yield Difference(addressee, f"{stay} の終わり", there[key] or "継続", here[key] or "継続")


def exempt_months(theirs: Iterable[Months], ours: Iterable[Months]) -> Iterator[Difference]:
    """Months of which the two say different things, in runs of months of which they say the same two things."""
    there, here = _by_person(theirs), _by_person(ours)
    for addressee in sorted(there.keys() | here.keys()):
        yield from _runs(addressee, there.get(addressee, ()), here.get(addressee, ()))


def _runs(addressee: int, there: Sequence[Months], here: Sequence[Months]) -> Iterator[Difference]:
    turns = {one.first_month for one in (*there, *here)} | {
        one.last_month + 1 for one in (*there, *here) if one.last_month
    }
    began: Month | None = None
    before = ("", "")
    for month in [*sorted(turns), None]:
        said = (_in(there, month), _in(here, month)) if month is not None else ("", "")
        if began is not None and (month is None or said != before):
            last = month - 1 if month is not None else ""
            yield Difference(addressee, f"免除月 {began}–{last}", *before)
            began = None
        if began is None and said[0] != said[1]:
            began = month
        before = said


def _in(every: Sequence[Months], month: Month) -> str:
    return next(
        (
            one.exemption
            for one in every
            if one.first_month <= month and (one.last_month is None or month <= one.last_month)
        ),
        "",
    )


def _by_person(every: Iterable[Months]) -> dict[int, list[Months]]:
    found: dict[int, list[Months]] = defaultdict(list)
    for one in every:
        found[one.addressee].append(one)
    return found


def _stays(every: Iterable[Period]) -> dict[tuple[int, str, str], str | None]:
    found: dict[tuple[int, str, str], str | None] = {}
    for one in every:
        key = one.addressee, str(one.category), str(one.first_day)
        end = str(one.end_day) if one.end_day is not None else None
        if key not in found or (found[key] is not None and (end is None or end > str(found[key]))):
            found[key] = end
    return found


def _end(side: Mapping[tuple[int, str, str], str | None], key: tuple[int, str, str]) -> str:
    return f"–{side[key] or '継続'}" if key in side else ""


def _category(category: str) -> str:
    return f"第{category}号" if category in "123" else category
