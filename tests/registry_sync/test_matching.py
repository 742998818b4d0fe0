"""Who on a list is one of ours: at least three identifiers, never a guess."""

from typing import Any

import pytest
from contracts.doors.registry import MatchRow
from contracts.events.registry import ResidentRecord
from registry_sync.addressee import Identity
from registry_sync.matching import Decision, decide

from tests.events import FATHER, HUSBAND, WIFE, day, record


def ours(*former: ResidentRecord, **given: Any) -> Identity:
    return Identity(record(**given), day("2015-04-01"), former)


def asked(**given: Any) -> MatchRow:
    row: dict[str, Any] = {
        "line": 1, "birth_date": day("1990-05-10"), "name": "架空 例一", "name_kana": "ｶｸｳ ﾚｲｲﾁ", "sex": "male",
        "address": "架空区見本町１－１－１",
    }  # fmt: skip
    return MatchRow(**{name: value for name, value in (row | given).items() if value is not None})


def outcome(row: MatchRow, *candidates: tuple[int, Identity]) -> tuple[str, int | None]:
    found = decide(row, dict(candidates))
    return found.outcome, found.addressee


HIM = (HUSBAND, ours())


def test_who_agrees_in_everything_is_the_one() -> None:
    found = decide(asked(), dict([HIM]))
    assert (found.outcome, found.addressee) == ("match", HUSBAND)
    assert dict(found.evidence) == {
        "birth_date": "agrees", "sex": "agrees", "name": "agrees", "kana": "agrees", "address": "agrees", "number": "not_given",
    }  # fmt: skip


def test_nobody_is_nobody() -> None:
    assert decide(asked(), {}) == Decision("none")


@pytest.mark.parametrize(
    ("differs", "comes_to"),
    [
        ({"birth_date": day("1990-05-11")}, "none"),
        ({"sex": "female"}, "none"),
        ({"name": "架空 例二"}, "ambiguous"),
        ({"name_kana": "カクウ レイジ"}, "ambiguous"),
        ({"address": "架空区例町9-9-9"}, "ambiguous"),
        ({"name": "別人 例二", "name_kana": "ベツジン レイジ"}, "none"),
    ],
)
def test_one_identifier_that_speaks_against_is_enough(differs: dict[str, Any], comes_to: str) -> None:
    assert outcome(asked(**differs), HIM) == (comes_to, None)


@pytest.mark.parametrize(
    ("left_out", "comes_to"),
    [
        ({"name": None}, "match"),
        ({"name_kana": None}, "match"),
        ({"sex": "unknown"}, "match"),
        ({"name": None, "name_kana": None}, "none"),
        ({"address": None}, "match"),
        ({"address": None, "sex": "unknown"}, "ambiguous"),
        ({"address": None, "name": None}, "ambiguous"),
        ({"address": None, "name_kana": None}, "ambiguous"),
    ],
)
def test_three_identifiers_are_enough_and_two_are_not(left_out: dict[str, Any], comes_to: str) -> None:
    assert outcome(asked(**left_out), HIM)[0] == comes_to


def test_twins_are_never_mixed_up() -> None:
    """Same birth date, address, sex and surname; one kana apart. The other twin is not in the register."""
    twin = asked(name="架空 例二", name_kana="カクウ レイニ")
    assert outcome(twin, HIM) == ("none", None)
    both = [HIM, (FATHER, ours(name="架空 例二", name_kana="カクウ レイニ"))]
    assert outcome(twin, *both) == ("match", FATHER)
    assert outcome(asked(), *both) == ("match", HUSBAND)
    same_reading = asked(name="架空 麗一")
    assert outcome(same_reading, HIM) == ("ambiguous", None)


def test_two_who_both_fit_are_for_a_person() -> None:
    found = decide(asked(), dict([HIM, (WIFE, ours())]))
    assert (found.outcome, found.addressee, found.candidates) == ("ambiguous", None, (HUSBAND, WIFE))


def test_one_who_fits_beside_one_who_nearly_does_is_for_a_person() -> None:
    namesake = (WIFE, ours(address="架空区例町5-5-5"))
    assert outcome(asked(), HIM, namesake) == ("ambiguous", None)


def test_a_former_name_and_a_former_address_count() -> None:
    married = ours(record(), name="見本 例一", name_kana="ミホン レイイチ", address="架空区例町5-5-5")
    found = decide(asked(), {HUSBAND: married})
    assert (found.outcome, found.evidence["name"], found.evidence["address"]) == ("match", "formerly", "formerly")


def test_the_basic_pension_number_stands_for_the_address_and_never_against_the_rest() -> None:
    elsewhere = {"address": "架空区例町9-9-9"}
    assert outcome(asked(numbered=HUSBAND, **elsewhere), HIM) == ("match", HUSBAND)
    assert outcome(asked(numbered=WIFE), HIM) == ("ambiguous", None)
    assert outcome(asked(numbered=HUSBAND, name="別人", name_kana="ベツジン"), HIM) == ("ambiguous", None)
    assert outcome(asked(numbered=HUSBAND, birth_date=day("1990-05-11")), HIM) == ("ambiguous", None)
