"""A backup is whole, or it is not there; what it says it left undone is said in one sentence."""

import asyncio
from pathlib import Path

import pytest

from tests.system.conftest import Ward
from tests.system.test_erasure import OPERATOR, run

pytestmark = pytest.mark.system
BREAKS = """#!/bin/sh
echo half
case "$*" in *kokunen_audit*) echo "pg_dump: error: no room" >&2; exit 1;; esac
"""


ON_RECORD = """select what, count(*) as times from access where "case" = $1 and account = 'operator-1' group by what"""


def programs(folder: Path) -> Path:
    """Programs of PostgreSQL of which the dump fails at the last database."""
    folder.mkdir()
    for name, text in (("initdb", ""), ("pg_dump", BREAKS)):
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    return folder


def cut_off(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-4])


def made_in(folder: Path) -> set[str]:
    return {one.parent.name for one in folder.rglob("*.sealed")}


def keys_in(folder: Path) -> set[str]:
    return {one.name for one in folder.rglob("*.key")}


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def test_a_dump_that_breaks_leaves_neither_files_nor_a_key(
    ward: Ward, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ward.start()
    there = tmp_path / "backups"
    (tmp_path / "opened").mkdir()
    at = ("--in", str(there))
    made = (await run("backup", "make", *at, *OPERATOR)).strip()
    before = keys_in(tmp_path)
    await asyncio.sleep(1)  # a backup's name is its second
    with monkeypatch.context() as patched:
        patched.setenv("KOKUNEN_PG_BIN", str(programs(tmp_path / "bin")))
        assert "audit: pg_dump: error: no room" in await run("backup", "make", *at, *OPERATOR, code=1)
    assert made_in(there) == {made}
    assert keys_in(tmp_path) == before
    for name, service in ((made, "nobody"), ("20200101T000000Z", "audit")):
        refused = await run("backup", "open", name, service, str(tmp_path / "opened" / "dump"), *at, *OPERATOR, code=1)
        assert "`kokunen backup list` shows what there is" in refused
    assert made in await run("backup", "list", *at)
    # what is cut off is not opened, and no part of it is left
    cut_off(there / made / "audit.sealed")
    assert "box" in await run(
        "backup", "open", made, "audit", str(tmp_path / "opened" / "dump"), *at, *OPERATOR, code=1
    )
    assert files_in(tmp_path / "opened") == []
    # each is on record, under its work order
    await ward.settle()
    rows = await ward.rows("audit", ON_RECORD, "WO-1")
    assert {row["what"]: row["times"] for row in rows} == {"backup.make": 2, "backup.open": 1}
