"""A client library's storm is thinned; what our own code says is never left out."""

import logging

import pytest
from chassis.run import NoStorm
from contracts.vocabulary import SERVICES


def said(name: str, text: str, *values: object) -> logging.LogRecord:
    return logging.LogRecord(name, logging.WARNING, "file", 1, text, values, None)


def test_the_same_of_a_client_is_said_once_in_a_while_whatever_its_values(monkeypatch: pytest.MonkeyPatch) -> None:
    storm = NoStorm()
    told = [storm.filter(said("aiokafka.consumer", "no connection to %s", n)) for n in range(50)]
    assert told == [True] + [False] * 49
    assert storm.filter(said("aiokafka.consumer", "another message"))
    monkeypatch.setattr("chassis.run.time.monotonic", lambda: 1e9)
    assert storm.filter(said("aiokafka.consumer", "no connection to %s", 51))


@pytest.mark.parametrize("name", ["chassis.batch", *(s.replace("-", "_") + ".handlers" for s in SERVICES)])
def test_each_word_of_ours_is_said(name: str) -> None:
    storm = NoStorm()
    assert all(storm.filter(said(name, "resident %s is parked", n)) for n in range(50))


def test_what_is_remembered_does_not_grow_for_ever() -> None:
    storm = NoStorm()
    for n in range(5 * NoStorm.KINDS_KNOWN):
        storm.filter(said("asyncpg", f"message {n}"))
    assert len(storm._said) <= NoStorm.KINDS_KNOWN
