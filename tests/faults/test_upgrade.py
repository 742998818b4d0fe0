"""The version changes, there and back, while events flow: tables have what both versions need until one is gone for good."""

import asyncio
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cli import local, services

from tests.faults.field import Field

pytestmark = [pytest.mark.system, pytest.mark.long]
SERVICE, PACKAGE = "registry-sync", "registry_sync"
ADDS = "alter table change add column upgraded boolean not null default false;\n"
TAKES_AWAY = "alter table change alter column upgraded drop default;\n"
OLD_INSERT = "birth_date, kana_key, household)\n    select * from"
NEW_INSERT = "birth_date, kana_key, household, upgraded)\n    select *, true from"


def next_version(folder: Path) -> Path:
    """The service as it will be: a column more, which it fills, and in the end no default for it any more. A path to find it on."""
    package = folder / "next" / PACKAGE
    shutil.copytree(local.REPOSITORY / "services" / SERVICE / PACKAGE, package)
    (package / "migrations" / "0098_pre_upgraded.sql").write_text(ADDS)
    (package / "migrations" / "0099_post_upgraded.sql").write_text(TAKES_AWAY)
    queries = (package / "queries.sql").read_text("utf-8")
    assert queries.count(OLD_INSERT) == 1
    (package / "queries.sql").write_text(queries.replace(OLD_INSERT, NEW_INSERT), "utf-8")
    return package.parent


@pytest.mark.row("F44", "upgrade N → N+1 → N → N+1 under traffic, and the end of N", within=15)
async def test_a_version_comes_goes_and_comes_back(field: Field, tmp_path: Path) -> None:
    new = str(next_version(tmp_path))
    ward = field.ward
    ward.begin = services.start  # each version reads its own code
    await ward.start()
    ward.processes["old"] = ward.processes.pop(SERVICE)

    async def beside(name: str, **variables: str) -> None:
        """Another process of the service, known under this name."""
        began = time.monotonic()
        await ward.start(SERVICE, **variables)
        await field.takes_again(SERVICE, since=began)
        ward.processes[name] = ward.processes.pop(SERVICE)
        field.fired[name] += 1

    async with field.flowing(45):
        await beside("new", PYTHONPATH=new, KOKUNEN_INSTANCE="2")
        await asyncio.sleep(2)
        await field.stop("old")
        await asyncio.sleep(2)
        await beside("old")
        await field.stop("new")
        await asyncio.sleep(2)
        await beside("new", PYTHONPATH=new, KOKUNEN_INSTANCE="2")
        await field.stop("old")
        await asyncio.to_thread(finish, new)
        await beside("new again", PYTHONPATH=new, KOKUNEN_INSTANCE="3")
    assert await ends_at_once(field), "the old version works on tables that no longer have what it needs"
    by_version = await ward.rows(SERVICE, "select upgraded, count(*) as changes from change group by upgraded")
    assert {row["upgraded"] for row in by_version} == {False, True}, "both versions took changes"
    field.figures |= {f"changes by {'N+1' if row['upgraded'] else 'N'}": row["changes"] for row in by_version}
    assert not await ward.one(SERVICE, "select count(*) from set_aside where reason = 'failed'")
    await field.holds()


def finish(new: str) -> None:
    """What the operator does when the old version is gone for good."""
    done = subprocess.run(
        [sys.executable, "-m", "cli", "migrate", SERVICE, "--finish"],
        env={**os.environ, "PYTHONPATH": new},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "0099_post_upgraded.sql" in done.stdout


async def ends_at_once(field: Field) -> bool:
    """The old version, started once more: it says why it ends."""
    field.ward.start_to_die(SERVICE, "")
    process = field.ward.processes.pop(SERVICE)
    status = await asyncio.to_thread(process.wait, 60)  # the proxies run in this loop
    said = (local.home() / "log" / f"{SERVICE}.log").read_text("utf-8").splitlines()
    return status != 0 and any("has finished its upgrade here (0099_post_upgraded.sql)" in line for line in said[-5:])
