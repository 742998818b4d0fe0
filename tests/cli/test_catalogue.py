"""What each service says of its own topics, tables and doors, in the table at the head of its README."""

import re
from pathlib import Path

import pytest
from cli.catalogue import DECODING, EVERY
from cli.local import REPOSITORY

CHASSIS = REPOSITORY / "libs" / "chassis" / "chassis" / "migrations"


def row(service: str, head: str) -> str:
    """A row of that table; nothing where it has none."""
    text = (REPOSITORY / "services" / service / "README.md").read_text("utf-8")
    return " ".join(re.findall(rf"^\| {head} \| (.*) \|$", text, re.MULTILINE))


def tables(migrations: Path) -> set[str]:
    return {
        name
        for file in sorted(migrations.glob("*.sql"))
        for name in re.findall(r"^create table (\w+)", file.read_text("utf-8"), re.MULTILINE)
    }


@pytest.mark.parametrize("service", DECODING)
def test_the_projections_in_its_readme_are_those_that_a_rebuild_switches(service: str) -> None:
    assert set(re.findall("`([a-z_]+)`", row(service, "PROJECTION tables"))) == set(DECODING[service].projections)


@pytest.mark.parametrize("service", DECODING)
def test_the_topics_in_its_readme_are_those_that_it_reads(service: str) -> None:
    assert set(re.findall("`([a-z-]+)`", row(service, "Events in"))) == set(DECODING[service].topics)


@pytest.mark.parametrize("service", EVERY)
def test_every_table_that_it_makes_is_in_its_readme(service: str) -> None:
    kinds = " ".join(row(service, f"{kind} tables") for kind in ("SOURCE", "LEDGER", "PROJECTION"))
    package = EVERY[service].package
    made = tables(REPOSITORY / "services" / service / package / "migrations")
    assert made
    assert set(re.findall("`([a-z_]+)`", kinds)) - tables(CHASSIS) == made


@pytest.mark.parametrize("service", EVERY)
def test_every_door_is_in_its_readme_and_every_door_there_exists(service: str) -> None:
    """`/notes…` stands for all that begin so."""
    named = set(re.findall("`(/[^`]+)`", row(service, "Doors")))
    paths = {door.path for door in EVERY[service].doors}
    reached = {name: {path for path in paths if fits(name, path)} for name in named}
    assert [name for name, found in reached.items() if not found] == []
    assert set().union(*reached.values()) == paths


def fits(name: str, path: str) -> bool:
    return path.startswith(name[:-1]) if name.endswith("…") else path == name
