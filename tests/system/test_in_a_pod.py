"""Beside one service of a cluster: do the operator's commands work with what the environment says, and with that service's database alone?"""

import asyncio
import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import pytest
from chassis.settings import variable
from contracts.vocabulary import JST

from tests.system.conftest import Ward, until

pytestmark = pytest.mark.system
SERVICE = "registry-sync"


async def test_the_commands_of_the_runbook_beside_one_service(
    ward: Ward, lines: list[tuple[str, bytes]], tmp_path: Path
) -> None:
    kept = {name: os.environ[name] for name in ("KOKUNEN_PREFIX", "KOKUNEN_KEYS", "PATH")}
    named = {"KOKUNEN_KAFKA": ward.given.kafka, variable(SERVICE): ward.given.databases[SERVICE]}
    pod = kept | named | {"KOKUNEN_LOCAL": str(tmp_path / "pod")}

    async def kokunen(*arguments: str, code: int = 0) -> str:
        done = await asyncio.to_thread(
            subprocess.run, [sys.executable, "-m", "cli", *arguments], env=pod, capture_output=True, text=True, check=False,
            cwd=tmp_path,
        )  # fmt: skip
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout + done.stderr

    assert f"{SERVICE}: chassis/0001_pre_chassis.sql" in await kokunen("migrate", SERVICE)
    await ward.start(SERVICE)
    await ward.publish([line for line in lines if line[0] == "resident-changes"])
    await until(lambda: ward.one(SERVICE, "select count(*) > 50 from change"), "changes took effect")
    await ward.publish([("resident-changes", b"{")])
    await until(
        lambda: ward.one(SERVICE, "select count(*) > 0 from set_aside where event_id is null"), "it is set aside"
    )
    assert SERVICE in await kokunen("set-aside", "list")
    await kokunen("set-aside", "redrive")
    assert "Told " in await kokunen("calendar", "advance")
    today = str(dt.datetime.now(JST).date())
    await until(lambda: ward.one(SERVICE, "select business_day::text = $1 from clock", today), "it is today")
    told = await kokunen("calendar", "status")
    assert SERVICE in told
    assert "eligibility" not in told
    assert "Nothing differs" in await kokunen("rebuild", SERVICE)
    # of another service it says what is missing
    assert "KOKUNEN_DATABASE_ELIGIBILITY is not set" in await kokunen("rebuild", "eligibility", code=1)
