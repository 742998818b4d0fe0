"""No look-alike is taken for one of ours; a rule with fewer identifiers would take many."""

import pytest
from registry_sync import matching

from tests.load.look_alikes import KINDS, compare


def test_no_look_alike_is_taken_for_one_of_ours_and_most_of_ours_are_found() -> None:
    found, false = compare(15_000, seed=2)
    assert false == 0
    ours = [kind.name for kind in KINDS if kind.ours and kind.name != "moved, unknown to us"]
    for name in ours:
        rows = sum(count for (kind, _), count in found.items() if kind == name)
        assert found[name, "match"] / rows > 0.97, name
    assert found["moved, unknown to us", "none"] == 0  # a person looks at every one of them


def test_two_identifiers_would_not_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: name and birth date alone."""
    monkeypatch.setattr(matching, "_identifies", lambda of: of["birth_date"] == of["kana"] == "agrees")
    _, false = compare(3_000)
    assert false > 100
