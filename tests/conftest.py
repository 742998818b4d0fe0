"""For all tests: the loop of the services; no example is timed; how each test ended is kept, for the matrix of controls (`kokunen assessment controls`)."""

import asyncio
import datetime as dt
import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import uvloop
from hypothesis import settings

RESULTS = Path(__file__).parents[1] / ".local" / "test-results.json"
_ended: dict[str, str] = {}

settings.register_profile("untimed", deadline=None)  # a busy machine is no finding
if settings.get_current_profile_name() == "default":  # tests/mutants.py has its own
    settings.load_profile("untimed")


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Tests run on the loop on which the services run."""
    return {"uvloop": uvloop.new_event_loop}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Of a test with many cases, and of its setting up and taking down, the worst counts."""
    test = report.nodeid.partition("[")[0]
    if report.failed:
        _ended[test] = "failed"
    elif report.when == "call" or report.skipped:
        _ended.setdefault(test, report.outcome)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Beside what other runs left: whichever ran last says how a test ended."""
    if hasattr(session.config, "workerinput") or not _ended:
        return
    RESULTS.parent.mkdir(exist_ok=True)
    known = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    known |= {test: {"outcome": outcome, "at": at} for test, outcome in _ended.items()}
    RESULTS.write_text(json.dumps(known, indent=1, sort_keys=True), "utf-8")
