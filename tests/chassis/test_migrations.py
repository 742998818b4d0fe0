"""Which migrations are applied when, between two versions of a service?"""

import pytest
from chassis.database import WrongDatabase, due

FIRST, SECOND = "0001_pre_tables.sql", "0002_pre_column.sql"
TAKES_AWAY, THIRD = "0003_post_old_column.sql", "0004_pre_index.sql"
OLD, NEW, NEXT = [FIRST], [FIRST, SECOND, TAKES_AWAY], [FIRST, SECOND, TAKES_AWAY, THIRD]


def test_a_new_database_gets_all_of_it() -> None:
    assert due(NEW, [], finish=False) == NEW


def test_a_new_version_adds_when_it_starts_and_takes_away_when_the_old_one_is_gone() -> None:
    assert due(NEW, OLD, finish=False) == [SECOND]
    assert due(NEW, [FIRST, SECOND], finish=False) == []
    assert due(NEW, [FIRST, SECOND], finish=True) == [TAKES_AWAY]
    assert due(NEW, NEW, finish=True) == []


def test_an_upgrade_that_was_never_finished_is_finished_by_the_next_one() -> None:
    assert due(NEXT, [FIRST, SECOND], finish=False) == [TAKES_AWAY, THIRD]
    assert due(NEXT, OLD, finish=False) == [SECOND, TAKES_AWAY, THIRD]


def test_the_old_version_comes_back_until_the_upgrade_is_finished() -> None:
    assert due(OLD, [FIRST, SECOND], finish=False) == []
    with pytest.raises(WrongDatabase, match="0003_post_old_column"):
        due(OLD, NEW, finish=False)
