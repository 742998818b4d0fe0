"""Rows of the fault matrix: a field of its own for each seed; each result is kept, so that a run goes on where one ended."""

import argparse
import hashlib
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from cli import local, oracle
from cli.town import write_town

from tests.faults.field import Field
from tests.system import conftest as system_conftest
from tests.system.conftest import Ward, home, lines, town, ward  # noqa: F401

RESULTS = local.REPOSITORY / ".local" / "faults" / "results.jsonl"
_town: dict[int, Path] = {}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seeds", type=_range, default="1", help="seeds a row: how many, or which, such as 10-19")
    parser.addoption("--minutes", type=float, default=2, help="of the row with everything at once")
    parser.addoption("--residents", type=int, default=170, help="of a seed's town; about eighteen events each")
    parser.addoption("--rows", default="", help="these rows alone, such as F01,F09")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", metafunc.config.getoption("--seeds"))


def _range(text: str) -> range:
    first, to, last = text.rpartition("-")
    seeds = range(int(first), int(last) + 1) if to else range(int(text))
    if not seeds:
        raise argparse.ArgumentTypeError(f"{text} is no seed; one alone is written 7-7")
    return seeds


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    wanted = [name for name in config.getoption("--rows").split(",") if name]
    as_many = int(config.getoption("--residents"))
    done = {(r["row"], r["test"], r["seed"]) for r in results() if r["passed"] and r["residents"] >= as_many}
    left = []
    for item in items:
        row = item.get_closest_marker("row")
        if wanted and (row is None or row.args[0] not in wanted):
            continue
        if row is not None and (row.args[0], _test(item), _seed(item)) in done:
            continue
        left.append(item)
    config.hook.pytest_deselected(items=[item for item in items if item not in left])
    items[:] = left


def _seed(item: pytest.Item) -> int:
    return int(_parameters(item).get("seed", 0))


def _parameters(item: pytest.Item) -> dict[str, Any]:
    return dict(item.callspec.params) if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}


def _test(item: pytest.Item) -> str:
    """Its name with its other parameters, without the seed and the loop on which it runs."""
    parameters = {
        name: value for name, value in _parameters(item).items() if name not in ("seed", "_asyncio_loop_factory")
    }
    return " ".join((getattr(item, "originalname", item.name), *map(str, parameters.values())))


PRODUCT = ("libs", "services", "uv.lock")
HARNESS = ("tests/faults", "tests/system/conftest.py", "tests/system/forked.py", "tests/cluster.py")


def sources() -> dict[str, str]:
    """What these results are of: the code that ran, and the harness."""
    return {"product": _digest(PRODUCT), "harness": _digest(HARNESS)}


def _digest(tops: tuple[str, ...]) -> str:
    digest = hashlib.sha256()
    for path in (local.REPOSITORY / top for top in tops):
        for file in sorted(path.rglob("*") if path.is_dir() else [path]):
            if file.is_file() and file.suffix in (".py", ".sql", ".yaml", ".lock"):
                digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def results() -> list[dict[str, Any]]:
    """Results of these sources, the latest of each row, test and seed."""
    if not RESULTS.exists():
        return []
    kept = [json.loads(line) for line in RESULTS.read_text().splitlines()]
    own = sources()
    return list({(r["row"], r["test"], r["seed"]): r for r in kept if r["sources"] == own}.values())


@pytest.fixture
def field(request: pytest.FixtureRequest, ward: Ward, seed: int) -> Field:  # noqa: F811
    residents = int(request.config.getoption("--residents"))
    if seed not in _town:
        _town[seed] = request.getfixturevalue("tmp_path_factory").mktemp(f"town{seed}")
        write_town(residents, seed, _town[seed])
    return Field(ward, list(oracle.records(_town[seed])), _town[seed], seed)


@pytest.fixture
async def exposed(field: Field) -> AsyncIterator[Field]:
    """A field whose services see everything through proxies."""
    async with field.between():
        yield field


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[Any]:
    """What the services last said, below a test that failed; and each row's result, for the report."""
    report = yield
    row = item.get_closest_marker("row")
    if call.when == "call":
        if report.failed:
            system_conftest.tell_what_was_said(report)
        if row is not None:
            _keep(item, row, report)
    return report


def _keep(item: pytest.Item, row: pytest.Mark, report: pytest.TestReport) -> None:
    given = getattr(item, "funcargs", {})
    field = given.get("field") or given.get("large_field")
    result = {
        "row": row.args[0],
        "fault": row.args[1],
        "within": row.kwargs.get("within"),
        "test": _test(item),
        "seed": _seed(item),
        "residents": item.config.getoption("--residents"),
        "passed": report.passed,
        "seconds": round(report.duration, 1),
        "fired": dict(field.fired) if field else {},
        "waits": [round(wait, 2) for wait in field.waits] if field else [],
        "figures": field.figures if field else {},
        "sources": sources(),
    }
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    with RESULTS.open("a") as file:
        file.write(json.dumps(result, ensure_ascii=False) + "\n")
