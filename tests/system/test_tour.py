"""Does the README's tour work as printed? Its own two programs, on a running system, and the trace between them."""

import asyncio
import re
import subprocess
import sys
from pathlib import Path

import pytest
from chassis.transaction import Access
from cli import explain, local, traces

from tests.system.conftest import Ward, until

pytestmark = pytest.mark.system

README = (local.REPOSITORY / "README.md").read_text("utf-8")
IDENTITY = "0af76519-16cd-43dd-8448-eb211c80319c"


def program(name: str, ward: Ward, folder: Path) -> Path:
    """A program of the README, pointed at this test's broker and topics."""
    found = re.search(rf"<!-- tour: {name} -->\n```python\n(.*?)```", README, re.DOTALL)
    assert found, f"the README has no {name}"
    from cli.broker import prefix

    text = found[1].replace("127.0.0.1:29092", ward.given.kafka)
    for topic in ("eligibility-events", "resident-changes"):
        text = text.replace(f'"{topic}"', f'"{prefix()}{topic}"')
    text = text.replace('send_and_wait("calendar"', f'send_and_wait("{prefix()}calendar"')
    path = folder / name
    path.write_text(text, "utf-8")
    return path


async def test_the_tour_of_the_readme(ward: Ward, tmp_path: Path) -> None:
    traces.start()
    try:
        await ward.start()
        seen = tmp_path / "seen"
        with seen.open("w") as output:
            watcher = subprocess.Popen([sys.executable, program("watch.py", ward, tmp_path)], stdout=output)  # noqa: ASYNC220
        try:
            done = await asyncio.to_thread(
                subprocess.run, [sys.executable, program("publish.py", ward, tmp_path)], check=False
            )
            assert done.returncode == 0

            async def watched() -> bool:
                return "InsuredStatusAcquired 10000001 2026-11-20 expected" in seen.read_text()

            await until(watched, "the watcher prints the derived event")
        finally:
            watcher.kill()
            watcher.wait()
        await ward.keeps_its_promises()
        answer = await explain.explain(ward.given, 10000001, None, Access("dev-clerk", "dev", "status", "dev-case"))
        assert [step["reason"] for step in answer["status"]] == ["entry_from_abroad"]
        assert await ward.one("eligibility", "select counter from access_counter") == 1

        async def traced() -> bool:
            return len(traces.tree(local.home() / "spans.jsonl", IDENTITY)) >= 3

        await until(traced, "the trace reaches transmittal")
    finally:
        traces.stop()
