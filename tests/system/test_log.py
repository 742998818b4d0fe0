"""The audit log is signed while it grows, a witness sees it, an auditor checks a copy, and what somebody changes is found."""

import asyncio
import json
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from audit import log_check, verify
from cli.__main__ import app
from typer.testing import CliRunner

from tests.system.conftest import Ward, _free_port, until
from tests.system.doors import Caller
from tests.system.put_back import kept, put_back

pytestmark = pytest.mark.system
ACCESS = "--account", "auditor-1", "--terminal", "terminal-1", "--purpose", "audit", "--case", "case-1"

FLIP = "update tile set hashes = set_byte(hashes, 32 * 7, get_byte(hashes, 32 * 7) # 1) where level = 0 and number = 1"


async def audit(*arguments: str, code: int = 0) -> str:
    result = await asyncio.to_thread(CliRunner().invoke, app, ["audit", *arguments])
    assert result.exit_code == code, result.output
    return result.stdout


def auditor(*arguments: Path | str, code: int = 0) -> str:
    command = [sys.executable, "-I", "-S", log_check.__file__, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def started(module: str, *arguments: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", module, *map(str, arguments)])


async def signed(ward: Ward) -> None:
    """Every leaf is under a checkpoint."""

    async def all_of_it() -> bool:
        newest = "select (select size from log_head) = (select max(size) from checkpoint)"
        return bool(await ward.one("audit", newest))

    await until(all_of_it, "the log is signed to its end")


async def half_of_it(ward: Ward, lines: list[tuple[str, bytes]]) -> None:
    """A ward whose log has half of a town, all of it signed."""
    await ward.start()
    await ward.publish(lines[: len(lines) // 2])
    await ward.settle()
    await signed(ward)


def metric(ward: Ward, name: str) -> float:
    with urllib.request.urlopen(f"http://127.0.0.1:{ward.ports['audit']}/metrics") as answer:
        lines = answer.read().decode().splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith(f"{name} ")))


async def test_the_log_is_signed_seen_copied_and_checked(
    ward: Ward, lines: list[tuple[str, bytes]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await half_of_it(ward, lines)
    policy, copy, record = tmp_path / "policy.json", tmp_path / "copy", tmp_path / "record.json"
    policy.write_text(await audit("policy"), "utf-8")
    assert "clean" in await audit("verify")
    # what is on its way into the log is not lost; what does not arrive is
    ward.processes["audit"].send_signal(signal.SIGSTOP)
    await ward.publish(lines[:50])
    with monkeypatch.context() as impatient:
        impatient.setattr(verify, "CATCH_UP_SECONDS", 1)
        assert "the log lacks the offsets" in await audit("verify", code=1)
    checking = asyncio.create_task(audit("verify"))
    await asyncio.sleep(1)
    ward.processes["audit"].send_signal(signal.SIGCONT)
    assert "clean" in await checking
    await ward.settle()
    await signed(ward)
    await audit("export", "--into", str(copy))
    assert "Unaltered and complete" in auditor("full", copy, policy)
    # one record, from its own bytes
    place = (await ward.rows("audit", "select topic, part, offs from record order by idx desc limit 1"))[0]
    await audit("record", "/".join(map(str, place.values())), "--into", str(record), *ACCESS)
    assert "In the log of" in auditor("inclusion", copy, policy, record)
    shown = json.loads(record.read_text("utf-8"))
    record.write_text(json.dumps(shown | {"offset": shown["offset"] + 1}), "utf-8")
    assert "this record is not leaf" in auditor("inclusion", copy, policy, record, code=1)
    await audit("record", "residents/0/999999", "--into", str(record), *ACCESS, code=1)
    # the log grows, a key hands over, a witness sees it
    old = tmp_path / "old"
    old.write_bytes((copy / "checkpoint").read_bytes())
    await audit("rotate-key", *ACCESS)
    await ward.publish(lines[len(lines) // 2 :])
    await ward.settle()
    await signed(ward)
    port, folder = _free_port(), tmp_path / "witness"
    policy.write_text(await audit("policy"), "utf-8")
    ward.processes["witness"] = started("audit.witness", folder, policy, port)
    public = folder / "public.json"

    async def there() -> bool:
        return public.exists()

    await until(there, "the witness has a key")
    await audit("add-witness", str(public), *ACCESS)
    await audit("export", "--into", str(tmp_path / "early"), code=1)  # nothing counts before the witness has seen it
    ward.stop("audit")
    await ward.start("audit", KOKUNEN_WITNESS=f"http://127.0.0.1:{port}")

    async def grown(checkpoints: int) -> bool:
        """One more record of the log; did the witness see so many checkpoints?"""
        await ward.publish(lines[:1])
        return bool(await ward.one("audit", "select count(*) >= $1 from cosignature", checkpoints))

    await until(lambda: grown(4), "the witness sees checkpoints while the log grows every second")
    policy.write_text(await audit("policy"), "utf-8")
    ward.stop("witness")
    last_seen = await ward.one("audit", "select max(size) from cosignature")
    await ward.publish(lines[:1])
    await ward.settle()
    await signed(ward)
    await audit("export", "--into", str(copy))  # up to what the witness saw, and the auditor takes it
    assert "Grown from" in auditor("since", copy, policy, old)
    assert log_check.parsed((copy / "checkpoint").read_text("utf-8"))[1].size == last_seen
    assert last_seen < await ward.one("audit", "select max(size) from checkpoint")
    assert "Unaltered and complete" in auditor("full", copy, policy)
    keys = json.loads(policy.read_text("utf-8"))["keys"]
    assert [key["last"] is None for key in keys] == [False, True]
    assert "clean" in await audit("verify")
    # the doors prove what the copy proves
    caller = Caller(ward, "auditor-1", "auditor", service="audit")
    async with caller:
        head = await caller.answer("/checkpoint", {})
        assert log_check.trusted(head["note"], log_check.policy_of(policy.read_text("utf-8"))).size == head["size"]
        size, root = head["size"], log_check.parsed(head["note"])[1].root
        for index in (0, 255, 256, size - 1):
            proof = (await caller.answer("/proofs/inclusion", {"index": index, "size": size}))["hashes"]
            leaf = await ward.one("audit", "select leaf_hash from leaf where idx = $1", index)
            assert log_check.included(leaf, index, size, [bytes.fromhex(one) for one in proof], root)
        before = log_check.parsed(old.read_text("utf-8"))[1]
        proof = (await caller.answer("/proofs/consistency", {"old": before.size, "new": size}))["hashes"]
        assert log_check.consistent(before.size, before.root, size, root, [bytes.fromhex(one) for one in proof])
        await caller.refused("/proofs/inclusion", {"index": size, "size": size}, 404, "no_such_leaf")
        await caller.refused("/proofs/inclusion", {"index": 0, "size": size * 2}, 409, "log_is_shorter")
        await caller.refused("/proofs/consistency", {"old": size, "new": 1}, 409, "sizes_reversed")
    async with Caller(ward, "clerk-1", "transmittal-clerk", service="audit") as stranger:
        await stranger.refused("/checkpoint", {}, 403, "not_granted")


async def test_what_somebody_with_the_database_s_rights_changes_is_found(
    ward: Ward, lines: list[tuple[str, bytes]], tmp_path: Path
) -> None:
    await half_of_it(ward, lines)
    policy, copy = tmp_path / "policy.json", tmp_path / "copy"
    policy.write_text(await audit("policy"), "utf-8")
    assert "clean" in await audit("verify")
    for statement in ("update leaf set body = body where idx = 5", "delete from tile", "truncate checkpoint cascade"):
        with pytest.raises(Exception, match="only grows"):
            await ward.rows("audit", statement)
    for table in ("leaf", "tile", "checkpoint"):
        await ward.rows("audit", f"alter table {table} disable trigger append_only")
    # a flipped bit in a tile, and in a leaf with its hash put right
    await ward.rows("audit", FLIP)
    assert "index 263, tile 0/1: tile" in await audit("verify", "--no-broker", code=1)
    await audit("export", "--into", str(copy))
    assert "leaf 263 is not the one" in auditor("full", copy, policy, code=1)
    await ward.rows("audit", FLIP)
    assert "clean" in await audit("verify", "--no-broker")


async def test_a_backup_without_the_log_s_end_is_put_back_and_the_log_begun_anew(
    ward: Ward, lines: list[tuple[str, bytes]], tmp_path: Path
) -> None:
    await half_of_it(ward, lines)
    await audit("begin-anew", *ACCESS, code=1)  # nothing is lost: nothing to do
    await ward.settle()
    ward.stop("audit")
    then = await ward.one("audit", "select size from log_head")
    await kept(ward, ["audit"])
    await ward.start("audit")
    await ward.publish(lines[len(lines) // 2 :])
    await ward.settle()
    await signed(ward)
    policy, old, new = tmp_path / "policy.json", tmp_path / "old", tmp_path / "new"
    await audit("export", "--into", str(old))
    ended = await ward.one("audit", "select size from log_head")
    assert metric(ward, "kokunen_audit_not_signed") == 0
    ward.stop("audit")
    await put_back(ward, ["audit"])
    before = await ward.one("audit", "select max(size) from checkpoint")
    await ward.start("audit")

    async def alarmed() -> bool:
        return await asyncio.to_thread(metric, ward, "kokunen_audit_not_signed") == 1

    # what was lost comes again from the topics; nothing is signed that does not follow from what was: an alarm says so
    await ward.publish(lines[:1])
    await ward.settle()
    await until(alarmed, "the alarm says that the head is not signed")
    assert await ward.one("audit", "select size from log_head") > ended
    assert await ward.one("audit", "select max(size) from checkpoint") == before
    assert f"ended with {ended:,} leaves; another one goes on after the first {before:,}" in await audit(
        "begin-anew", *ACCESS
    )
    await ward.settle()
    await signed(ward)
    assert not await alarmed()
    policy.write_text(await audit("policy"), "utf-8")
    assert "clean" in await audit("verify")
    await audit("export", "--into", str(old), code=1)  # a copy of another log is not mixed with it
    await audit("export", "--into", str(new))
    assert "Unaltered and complete" in auditor("full", new, policy)
    told = auditor("former", new, policy, old)
    assert f"All {ended:,} records of " in told
    assert f"the first {then:,} as they stood" in told
    assert before <= then < ended
    async with Caller(ward, "auditor-1", "auditor", service="audit") as caller:
        head = await caller.answer("/checkpoint", {})
    assert log_check.trusted(head["note"], log_check.policy_of(policy.read_text("utf-8"))).size == head["size"] > ended


async def test_who_saw_whom_is_found_by_person_and_by_account(ward: Ward, lines: list[tuple[str, bytes]]) -> None:
    await ward.start()
    await ward.publish(lines)
    await ward.settle()
    person = await ward.one("eligibility", "select addressee from insured_period order by 1 limit 1")
    for clerk in ("clerk-1", "clerk-2"):
        shown = await asyncio.to_thread(
            CliRunner().invoke, app, ["explain", str(person), "--account", clerk, "--terminal", "counter-1", "--json"]
        )
        assert shown.exit_code == 0, shown.output
    await ward.settle()
    today = "--from", "2000-01-01", "--until", "2999-12-31"
    of_person = json.loads(await audit("accesses", "--person", str(person), *today, "--json", *ACCESS))
    assert {one["account"] for one in of_person["accesses"]} == {"clerk-1", "clerk-2"}
    by_one = json.loads(await audit("accesses", "--by", "clerk-1", "--json", *ACCESS))["accesses"]
    assert {one["account"] for one in by_one} == {"clerk-1"}
    assert (
        json.loads(await audit("accesses", "--by", "clerk-1", "--until", "2001-01-01", "--json", *ACCESS))["accesses"]
        == []
    )
    assert "アクセス記録" in await audit("accesses", "--person", str(person), *ACCESS)
    assert "CEF:0|kokunen|" in await audit("accesses", "--by", "clerk-2", "--cef", *ACCESS)
    # looking is on record itself, of the person it was about; each record's leaf is the one that is shown
    await ward.settle()
    again = json.loads(await audit("accesses", "--person", str(person), "--json", *ACCESS))["accesses"]
    assert "auditor-1" in {one["account"] for one in again}
    for one in again:
        leaf = log_check.leaf_of(await ward.one("audit", "select body from leaf where idx = $1", one["index"]))
        assert (leaf.service, leaf.counter) == (one["service"], one["counter"])
    async with (
        Caller(ward, "auditor-1", "auditor", service="audit") as auditor_1,
        Caller(ward, "clerk-1", "clerk", service="audit") as clerk_1,
    ):
        asked = {"person": person, "since": "2000-01-01T00:00:00Z", "until": "2999-01-01T00:00:00Z"}
        told = (await auditor_1.answer("/accesses", asked))["accesses"]
        assert {one["index"] for one in told} >= {one["index"] for one in again}
        await auditor_1.refused("/accesses", {k: v for k, v in asked.items() if k != "person"}, 422, "body")
        await clerk_1.refused("/accesses", asked, 403, "not_granted")
    assert "clean" in await audit("verify")
