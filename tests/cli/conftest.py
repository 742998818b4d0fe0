"""A made-up town of two thousand, written and read once, and one of three hundred."""

import json
from pathlib import Path
from typing import Any

import pytest
from cli.town import write_town
from contracts.decoder import decode
from contracts.envelope import Event
from contracts.topics import INCOMING

PERSONS, SEED = 2000, 7

Lines = dict[str, list[bytes]]
Events = dict[str, list[Event[Any]]]


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("town")
    write_town(PERSONS, SEED, out)
    return out


@pytest.fixture(scope="session")
def lines(folder: Path) -> Lines:
    return {topic.name: (folder / f"{topic.name}.jsonl").read_bytes().splitlines() for topic in INCOMING}


@pytest.fixture(scope="session")
def events(lines: Lines) -> Events:
    """Every event once, in the order of first delivery. Decoding all of them is the test that each line can be read."""
    return {
        topic: list({event.id: event for event in (decode(topic, line) for line in of_topic)}.values())
        for topic, of_topic in lines.items()
    }


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """The happenings of a town of 300."""
    out = tmp_path_factory.mktemp("small")
    write_town(300, SEED, out)
    happenings: dict[str, int] = json.loads((out / "town.json").read_text())["happenings"]
    return happenings


def of_type(events: Events, shape: type) -> list[Event[Any]]:
    return [event for topic in events.values() for event in topic if isinstance(event.data, shape)]
