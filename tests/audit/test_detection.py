"""Which accesses give reason to ask: boundaries first, in any order, and whatever was looked at before."""

import datetime as dt
import random

import pytest
from audit.detection import BULK_PERSONS, REFUSALS, Finding, Rule, Use, findings
from contracts.vocabulary import JST

TUESDAY = dt.datetime(2026, 9, 1, 10, 0, tzinfo=JST)
MINUTE, SECOND = dt.timedelta(minutes=1), dt.timedelta(seconds=1)


def use(index: int, at: dt.datetime = TUESDAY, persons: int = 1, answered: bool = True, account: str = "clerk-1", subjects: tuple[int, ...] = ()) -> Use:  # fmt: skip
    return Use(index, at, account, answered, persons, subjects)


def rules(*uses: Use, after: int = -1, close: dict[str, dict[int, Rule]] | None = None) -> list[tuple[Rule, int]]:
    return [(one.rule, one.persons) for one in findings(uses, after, close or {})]


def test_ordinary_work_gives_no_reason() -> None:
    day = [use(n, TUESDAY + n * MINUTE) for n in range(400)]  # a person a minute, until half past four
    assert rules(*day) == []


def test_many_persons_within_an_hour() -> None:
    assert rules(use(0, persons=BULK_PERSONS)) == []
    assert rules(use(0, persons=BULK_PERSONS + 1)) == [("bulk", BULK_PERSONS + 1)]
    half = BULK_PERSONS // 2 + 1
    assert rules(use(0, persons=half), use(1, TUESDAY + 59 * MINUTE, persons=half)) == [("bulk", 2 * half)]
    assert rules(use(0, persons=half), use(1, TUESDAY + 60 * MINUTE, persons=half)) == []
    assert rules(use(0, persons=half), use(1, persons=half, account="clerk-2")) == []


def test_services_answer_many_and_that_is_their_work() -> None:
    assert rules(use(0, persons=5000, account="transmittal")) == []


@pytest.mark.parametrize(
    ("hour", "minute", "found"), [(6, 59, True), (7, 0, False), (20, 59, False), (21, 0, True), (0, 0, True)]
)
def test_at_night(hour: int, minute: int, found: bool) -> None:
    assert rules(use(0, TUESDAY.replace(hour=hour, minute=minute))) == ([("night", 1)] if found else [])


@pytest.mark.parametrize(
    ("day", "found"),
    [("2026-09-05", True), ("2026-09-21", True), ("2026-12-31", True), ("2026-09-07", False), ("2099-09-01", False)],
)
def test_on_a_closed_day(day: str, found: bool) -> None:
    at = dt.datetime.combine(dt.date.fromisoformat(day), dt.time(10), JST)
    assert rules(use(0, at)) == ([("night", 1)] if found else [])


def test_what_is_about_nobody_may_be_done_at_night() -> None:
    assert rules(use(0, TUESDAY.replace(hour=3), persons=0)) == []


def test_refused_again_and_again() -> None:
    tries = [use(n, TUESDAY + n * MINUTE, persons=0, answered=False) for n in range(REFUSALS)]
    assert rules(*tries[:-1]) == []
    (found,) = findings(tries, -1, {})
    assert (found.rule, found.first, found.last) == ("refusals", 0, REFUSALS - 1)
    spread = [use(n, TUESDAY + 3 * n * MINUTE, persons=0, answered=False) for n in range(2 * REFUSALS)]
    assert rules(*spread) == []  # never five within ten minutes


def test_one_s_own_record_and_one_s_own_people() -> None:
    close: dict[str, dict[int, Rule]] = {"clerk-1": {10: "own_record", 11: "own_household", 12: "own_household"}}
    seen = use(0, persons=4, subjects=(10, 11, 12, 99))
    assert rules(seen, close=close) == [("own_household", 2), ("own_record", 1)]
    assert rules(seen._replace(account="clerk-2"), close=close) == []
    assert rules(seen._replace(answered=False), close=close) == []


def test_of_one_hour_there_is_one_finding() -> None:
    uses = [use(n, TUESDAY + n * SECOND, persons=150) for n in range(4)]
    assert findings(uses, -1, {}) == [Finding("bulk", "clerk-1", TUESDAY.replace(minute=0, second=0), 0, 3, 600)]


def test_what_was_looked_at_counts_and_is_not_found_again() -> None:
    uses = [use(0, persons=150), use(1, TUESDAY + SECOND, persons=150), use(2, TUESDAY + 2 * SECOND, persons=0)]
    assert rules(*uses, after=0) == [("bulk", 300)]
    assert rules(*uses[:2], after=1) == []


@pytest.mark.parametrize("seed", range(20))
def test_the_order_in_which_records_arrive_does_not_matter(seed: int) -> None:
    rng = random.Random(seed)
    uses = [
        use(
            n,
            TUESDAY + rng.randrange(600) * MINUTE,
            rng.randrange(120),
            rng.random() < 0.7,
            f"clerk-{rng.randrange(3)}",
        )
        for n in range(200)
    ]
    # leaves have the order of the log, not of the accesses
    expected = findings(uses, -1, {})
    rng.shuffle(uses)
    assert findings(uses, -1, {}) == expected


def test_somebody_whom_nobody_had_looked_at_for_a_year() -> None:
    known = use(0, subjects=(1,))
    assert rules(known) == []
    assert rules(known._replace(dormant=True)) == [("dormant_subject", 1)]
    assert rules(known._replace(dormant=True, answered=False)) == []
