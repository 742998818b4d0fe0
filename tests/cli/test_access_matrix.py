"""Every door is for some role and some purpose; what is for nobody, and a right that no door has, is a mistake in the tables."""

from pathlib import Path

import pytest
from chassis.doors import Door
from cli.access_matrix import page
from cli.catalogue import EVERY
from contracts.purposes import PURPOSES, opens
from eligibility.inquiry import SIGHTS

ROOT = Path(__file__).parents[2]
DOORS = [(service, door) for service in EVERY.values() for door in service.doors]
NO_DOORS_OWN = {"papers.protected", "addressees.protected", "inquiry.protected", "snapshot.changes", "snapshot.window"}
"""Rights that widen what a door shows."""


@pytest.mark.parametrize(("service", "door"), DOORS, ids=lambda given: getattr(given, "path", ""))
def test_a_door_is_for_some_role_and_some_purpose(service: object, door: Door) -> None:
    assert [role for role, rights in service.rights.items() if door.right in rights]  # type: ignore[attr-defined]
    assert [purpose for purpose in PURPOSES if opens(purpose, door.right)]


def test_no_table_speaks_of_a_right_that_no_door_asks_for() -> None:
    asked_for = {door.right for _, door in DOORS}
    granted = {right for service in EVERY.values() for rights in service.rights.values() for right in rights}
    assert granted - asked_for == NO_DOORS_OWN
    assert {right for one in PURPOSES.values() for right in one.rights} == asked_for


def test_a_purpose_that_opens_the_sheet_says_what_is_on_it() -> None:
    assert {purpose for purpose in PURPOSES if opens(purpose, "inquiry.look")} == set(SIGHTS)


def test_an_unknown_purpose_opens_nothing() -> None:
    assert not any(opens(purpose, door.right) for purpose in ("", "curiosity") for _, door in DOORS)


def test_only_a_service_s_question_about_its_own_records_leaves_none() -> None:
    assert [door.path for _, door in DOORS if not door.recorded] == ["/accesses/acknowledged"]


def test_the_page_is_made_from_the_tables() -> None:
    assert (ROOT / "docs/access-matrix.md").read_text("utf-8") == page()
    assert all(f"| `{door.path}` |" in page() for _, door in DOORS)
