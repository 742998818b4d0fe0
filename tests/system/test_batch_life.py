"""A batch goes its way through many hands: each step once, by whom it may be, and nothing leaves that is not in the ledger."""

import asyncio
import contextlib
import datetime as dt
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from chassis import database
from cli.__main__ import app
from cli.services import environment_settings
from contracts.fixed_file import read
from transmittal import due_list, medium_check, record_file
from typer.testing import CliRunner

from tests.system.conftest import Ward

pytestmark = pytest.mark.system

DISC_UNTIL = "2099-12-31"


async def desk(
    *arguments: str, by: str = "clerk-1", at: str = "terminal-1", refused: str = "", code: int = 0, typed: str = ""
) -> str:
    """One command at transmittal's desk; with `refused`, the refusal that it must meet."""
    options = ("--account", by, "--terminal", at)
    result = await asyncio.to_thread(CliRunner().invoke, app, ["transmittal", *arguments, *options], input=typed)
    assert result.exit_code == (1 if refused else code), result.output
    assert f"({refused})" in result.output if refused else True, result.output
    return result.stdout


async def told(*arguments: str) -> Any:
    result = await asyncio.to_thread(CliRunner().invoke, app, ["transmittal", *arguments, "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


async def state_of(number: int) -> str:
    return {one["number"]: one["state"] for one in await told("list")}[number]


async def staff() -> None:
    """A decider with a deputy, a section head, the terminal for media, and five discs."""
    for who, duty, *more in (
        ("boss", "decide"),
        ("deputy", "decide", "--deputy-for", "boss"),
        ("head", "permit"),
    ):
        assert await desk("appoint", who, duty, *more, by="clerk-8") == "proposed\n"
        assert await desk("appoint", who, duty, *more, by="clerk-9") == "appointed\n"
    await desk("designate", "media-1")
    for number in range(1, 6):
        await desk("register", f"disc-{number}", "--serial", f"S{number}", "--until", DISC_UNTIL)


async def sealed(ward: Ward, lines: list[tuple[str, bytes]], batches: int = 2) -> None:
    """A ward with so many sealed batches, and people to see them off."""
    await ward.start()
    await staff()
    size = -(-len(lines) // batches)
    for start in range(0, len(lines), size):
        await ward.publish(lines[start : start + size])
        await ward.settle()
        await desk("seal", by="clerk-1")
    await ward.tax_office_answers(lines)
    assert len(await told("list")) >= batches


async def decided(number: int) -> None:
    await desk("check", str(number), by="clerk-2")
    await desk("approve", str(number), by="boss")


async def dispatched(number: int, disc: Path) -> None:
    await decided(number)
    await written(number, disc)
    await desk("permit", str(number), "--carrier", "clerk-3", by="head")
    await scanned(number)
    for by in ("clerk-3", "clerk-4"):
        await desk(*bagged(number, disc), by=by)


async def originals_of(number: int) -> list[str]:
    """Filings whose originals are still to be scanned."""
    return list(await scan(number, code=1))


async def scan(number: int, *codes: str, code: int = 0) -> dict[str, list[int]]:
    """Scan these sheets; what is missing."""
    told = await desk("scan", str(number), "--json", by="clerk-3", typed="\n".join(codes), code=code)
    missing: dict[str, list[int]] = json.loads(told)["missing"]
    return missing


async def scanned(number: int) -> None:
    """Every original, of one sheet each, is in the bag."""
    assert await scan(number, *(f"{filing}/1-1" for filing in await originals_of(number))) == {}


async def written(number: int, disc: Path) -> None:
    await asyncio.to_thread(disc.mkdir, exist_ok=True)
    await desk("write", str(number), "--medium", disc.name, "--at", str(disc), by="clerk-2", at="media-1")


def bagged(number: int, disc: Path) -> tuple[str, ...]:
    return "dispatch", str(number), "--bag", "B-1", "--seal", "77", "--at", str(disc)


async def counted(ward: Ward, number: int) -> dict[str, int]:
    counts: dict[str, int] = json.loads(
        await ward.one("transmittal", "select counts from batch where number = $1", number)
    )
    return counts


async def test_a_batch_goes_its_way_through_many_hands(
    ward: Ward, lines: list[tuple[str, bytes]], tmp_path: Path
) -> None:
    await sealed(ward, lines)
    disc = tmp_path / "disc-1"
    disc.mkdir()
    assert await state_of(1) == "sealed"
    # content: a second person, then a decision by somebody else who is appointed
    await desk("approve", "1", by="boss", refused="decision_after_check")
    await desk("check", "1", by="clerk-2")
    await desk("check", "1", by="clerk-2", refused="step_done")
    assert await desk("appoint", "clerk-2", "decide", by="clerk-8") == "proposed\n"
    await desk("appoint", "clerk-2", "decide", by="CLERK-8", refused="another_confirms")
    await desk("approve", "1", by="clerk-2", refused="decider_is_appointed")  # proposed by one
    await desk("appoint", "clerk-2", "decide", by="clerk-9")
    await desk("approve", "1", by="clerk-2", refused="decider_is_another")
    await desk("approve", "1", by="clerk-5", refused="decider_is_appointed")
    await desk("appoint", "late", "decide", "--until", "2020-01-01", by="clerk-8")
    await desk("appoint", "late", "decide", "--until", "2020-01-01", by="clerk-9")
    await desk("approve", "1", by="late", refused="decider_is_appointed")  # expired
    await desk("approve", "1", by="boss", code=0)
    # medium: on the list, on the terminal for it, once
    write = ("write", "1", "--at", str(disc), "--medium")
    await desk(
        "register", "stick", "--serial", "S9", "--until", DISC_UNTIL, "--kind", "usb", refused="medium_kind_check"
    )
    await desk("register", "old", "--serial", "S0", "--until", "2020-01-01")
    await desk("permit", "1", "--carrier", "clerk-3", by="head", refused="permission_after_writing")
    await desk(*write, "disc-1", by="clerk-2", at="terminal-1", refused="terminal_is_designated")
    for unusable in ("disc-99", "old"):
        await desk(*write, unusable, by="clerk-2", at="media-1", refused="medium_is_usable")
    assert list(disc.iterdir()) == []
    await desk(*write, "disc-1", by="clerk-2", at="media-1")
    # carrying out: the section head, then two who seal the bag, over a medium that is what was written
    await desk("permit", "1", "--carrier", "clerk-3", by="boss", refused="permitter_is_appointed")
    await desk(*bagged(1, disc), by="clerk-3", refused="confirmation_after_permission")
    assert "持ち出し記録簿 1" in await desk("permit", "1", "--carrier", "clerk-3", by="head")
    other = tmp_path / "other"
    shutil.copytree(disc, other)
    archive = other / "batch-0001.zip"
    archive.write_bytes(archive.read_bytes()[:-1] + b"x")
    await desk(*bagged(1, other), by="clerk-3", refused="medium_differs")
    # the originals: every sheet, and no other
    await desk(*bagged(1, disc), by="clerk-3", refused="originals_are_in_the_bag")
    first, *others = await originals_of(1)
    assert await scan(1, *(f"{filing}/1-1" for filing in others), f"{first}/1-2", code=1) == {first: [2]}
    await desk(*bagged(1, disc), by="clerk-3", refused="originals_are_in_the_bag")
    strange = await desk("scan", "1", by="clerk-3", typed="of-another-batch/1-1\nnonsense\n", code=1)
    assert strange.count("この進達の原本ではありません") == 2
    assert await scan(1, f"{first}/2-2", f"{first}/2-2") == {}
    await desk(*bagged(1, disc), by="clerk-3")
    await desk(*bagged(1, disc), by="Clerk-3", refused="second_confirmer_is_another")
    await desk("dispatch", "1", "--bag", "B-1", "--seal", "78", "--at", str(disc), by="clerk-4", refused="another_seal")
    await desk(*bagged(1, disc), by="clerk-4")
    assert await state_of(1) == "dispatched"
    # the outsider has the medium, the password by another way, and our public key
    await desk("password", "1", by="clerk-3", refused="carrier_has_no_password")
    word = await word_of(1)
    public = tmp_path / "public.pem"
    public.write_bytes(await public_key())
    assert "Unaltered. Batch 1, issue 1" in outsider(disc, public, word, 0)
    assert "NOT AS SIGNED" in outsider(other, public, word, 1)
    assert "NOT AS SIGNED" in outsider(disc, public, word + "x", 1)
    # counts: the difference is exact, and only none closes
    ours = await counted(ward, 1)
    place, count = next(iter(ours.items()))
    file = tmp_path / "counts.json"
    file.write_text(json.dumps(ours | {place: count - 1}))
    assert json.loads(await desk("receive", "1", str(file), "--json", code=1)) == {place: -1}
    assert await state_of(1) == "differs"
    file.write_text(json.dumps(ours))
    await desk("receive", "1", str(file))
    assert await state_of(1) == "closed"
    await desk("void", "1", "--reason", "mistake", "--again", refused="issue_is_over")
    # every step is an event, in order, and an access record; the password is nowhere
    steps = [json.loads(v) for v in await ward.values("transmittals") if json.loads(v)["subject"] == "batch-1"]
    assert [one["data"].get("step", "sealed") for one in steps] == [
        "sealed", "checked", "decided", "written", "permitted", "scanned", "confirmed", "dispatched", "received", "received", "closed",
    ]  # fmt: skip
    assert [one["sequence"] for one in steps] == list(range(1, 12))
    assert not any(word.encode() in value for value in await ward.values("transmittals", "access-records"))
    assert (await ward.report()).findings == ()


def outsider(folder: Path, public: Path, word: str, code: int) -> str:
    done = subprocess.run(
        [sys.executable, medium_check.__file__, folder, public], input=word + "\n", capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


async def test_void_is_issued_again_or_given_back(ward: Ward, lines: list[tuple[str, bytes]], tmp_path: Path) -> None:
    await sealed(ward, lines)
    first, second = tmp_path / "disc-1", tmp_path / "disc-2"
    # lost on the way: the same content again, marked 再; the first issue stays as it was
    await dispatched(1, first)
    await desk("void", "1", "--reason", "lost", refused="was_dispatched")
    before = await told("show", "1")
    await desk("void", "1", "--reason", "lost", "--again")
    await decided(1)
    await desk(
        "write",
        "1",
        "--medium",
        "disc-1",
        "--at",
        str(first),
        by="clerk-2",
        at="media-1",
        refused="medium_written_once",
    )
    await written(1, second)
    issues = (await told("show", "1"))["issues"]
    assert {k: v for k, v in issues[0].items() if not k.startswith("void")} == {
        k: v for k, v in before["issues"][0].items() if not k.startswith("void")
    }
    word = await word_of(1)
    _, files = medium_check.checked(medium_check.read(second), word.encode(), await public_key())
    assert read(record_file.LAYOUT, files["batch-0001.dat"]).header["issue"] == 2
    # wrong in content: nothing of it left, and everything in it goes into the next batch
    last = (await told("list"))[-1]["number"]
    content = await ward.rows("transmittal", "select addressee, item from attempt where batch = $1 order by line", last)
    await desk("void", str(last), "--reason", "wrong")
    await desk("check", str(last), by="clerk-2", refused="issue_is_over")
    pending = {(one["addressee"], one["item"]) for one in await told("due") if one["state"] == "pending"}
    standing = await ward.rows(
        "transmittal", "select addressee, item from attempt where state in ('sealed', 'accepted')"
    )
    back = {tuple(row.values()) for row in content} - {tuple(row.values()) for row in standing}
    assert back
    assert back <= pending
    assert "封緘しました" in await desk("seal", by="clerk-1")
    assert (await ward.report()).findings == ()


async def word_of(number: int) -> str:
    return (await desk("password", str(number), by="clerk-5")).strip()


async def public_key() -> bytes:
    shown = await asyncio.to_thread(CliRunner().invoke, app, ["transmittal", "key"])
    return await asyncio.to_thread(Path(shown.stdout.strip()).read_bytes)


async def test_the_ledger_knows_where_each_medium_is(ward: Ward) -> None:
    await ward.start("transmittal")
    await desk("register", "disc-1", "--serial", "S1", "--until", DISC_UNTIL)
    await desk("register", "again", "--serial", "S1", "--until", DISC_UNTIL, refused="medium_serial_key")
    await desk("lend", "disc-9", "--to", "branch", "--due-back", "2020-01-01", refused="movement_medium_fkey")
    await desk("take-back", "disc-1", refused="medium_not_out")
    await desk("lend", "disc-1", "--to", "branch", "--due-back", "2020-01-01")
    await desk("lend", "disc-1", "--to", "branch", "--due-back", "2020-01-01", refused="movement_out")
    (medium,) = await told("ledger")
    assert (medium["code"], medium["destination"], medium["in_at"]) == ("disc-1", "branch", None)
    service = environment_settings(ward.given, "transmittal")
    connection = await asyncpg.connect(service.database, server_settings=database.SESSION)
    try:
        assert await due_list.media_overdue(connection) == 1
        await desk("take-back", "disc-1")
        assert await due_list.media_overdue(connection) == 0
    finally:
        await connection.close()
    await desk("dispose", "disc-1", "--how", "shredded", refused="medium_certificate_check")
    await desk("dispose", "disc-1", "--how", "shredded", "--certificate", "C-1")
    await desk("dispose", "disc-1", "--how", "broken", refused="medium_is_usable")
    (medium,) = await told("ledger")
    assert (medium["disposal"], medium["certificate"]) == ("shredded", "C-1")


async def test_what_is_pulled_stays_until_it_is_put_back(ward: Ward, lines: list[tuple[str, bytes]]) -> None:
    await sealed(ward, lines)
    await desk("void", "1", "--reason", "again")  # so that something is pending
    one = next(one for one in await told("due") if one["state"] == "pending")
    item = str(one["addressee"]), one["item"]
    await desk("pull", *item, "--reason", "call_back")
    await desk("pull", *item, "--reason", "call_back", refused="not_pending")
    assert (await ward.report()).findings == ()
    await desk("seal", by="clerk-1")
    assert await ward.one("transmittal", "select count(*) from pull where addressee = $1", one["addressee"]) == 1
    assert {o["state"] for o in await told("due") if (str(o["addressee"]), o["item"]) == item} == {"pulled"}
    await desk("put-back", *item)
    await desk("put-back", *item, refused="not_pulled")
    assert {o["state"] for o in await told("due") if (str(o["addressee"]), o["item"]) == item} == {"pending"}
    assert (await ward.report()).findings == ()


@pytest.mark.long
async def test_two_at_once_take_one_step_once(ward: Ward, lines: list[tuple[str, bytes]], tmp_path: Path) -> None:
    await sealed(ward, lines)
    await desk("check", "1", by="clerk-2")
    clicks = await asyncio.gather(*(command("approve", "1", by="boss") for _ in range(4)))
    assert sorted(clicks) == [0, 1, 1, 1]
    discs = [tmp_path / f"disc-{n}" for n in (1, 2)]
    for disc in discs:
        disc.mkdir()
    writers = [
        command("write", "1", "--medium", disc.name, "--at", str(disc), by="clerk-2", at="media-1") for disc in discs
    ]
    assert sorted(await asyncio.gather(*writers)) == [0, 1]
    full = [disc for disc in discs if any(disc.iterdir())]
    assert [disc.name for disc in full] == [await ward.one("transmittal", "select medium from issue where batch = 1")]
    await desk("permit", "1", "--carrier", "clerk-3", by="head")
    await scanned(1)
    sealing = await asyncio.gather(*(command(*bagged(1, full[0]), by=by) for by in ("clerk-3", "clerk-4", "clerk-5")))
    assert sorted(sealing) == [0, 0, 1]
    assert await state_of(1) == "dispatched"
    assert (await ward.report()).findings == ()


async def command(
    *arguments: str, by: str, at: str = "terminal-1", fault: str = "", room: int | None = None,
    killed_after: float | None = None,
) -> int:  # fmt: skip
    """The command as a process of its own, which may write no file of more than `room` bytes; its exit status."""

    def full() -> None:
        if room is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    process = await asyncio.create_subprocess_exec(
        Path(sys.executable).parent / "kokunen", "transmittal", *arguments, "--account", by, "--terminal", at,
        env=os.environ | {"KOKUNEN_FAULT": fault}, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        preexec_fn=full,
    )  # fmt: skip
    try:
        return await asyncio.wait_for(process.wait(), killed_after)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):  # it ended just then
            process.kill()
        return await process.wait()


WRITE = (
    "encrypt",
    "fsync",
    "rename",
    "rename:2",
    "write",
    "write:2",
    "write:3",
    "ledger",
    "before_commit",
)
DISPATCH = ("dispatch", "before_commit")


@pytest.mark.long
async def test_killed_anywhere_a_step_is_taken_again_and_no_orphan_is_sent(
    ward: Ward, lines: list[tuple[str, bytes]], tmp_path: Path
) -> None:
    await sealed(ward, lines)
    disc = tmp_path / "disc-1"
    disc.mkdir()
    await decided(1)
    write = ("write", "1", "--medium", disc.name, "--at", str(disc))
    for fault in WRITE:
        assert await command(*write, by="clerk-2", at="media-1", fault=fault) == -signal.SIGKILL, fault
        # what lies there is in no ledger: it can't go on
        assert await state_of(1) == "decided"
        await desk("permit", "1", "--carrier", "clerk-3", by="head", refused="permission_after_writing")
        await desk(*bagged(1, disc), by="clerk-3", refused="permission_after_writing")
    assert await command(*write, by="clerk-2", at="media-1", fault="after_commit") == -signal.SIGKILL
    assert await state_of(1) == "written"
    await desk(*write, by="clerk-2", at="media-1", refused="step_done")
    assert len(list(disc.iterdir())) == 3
    await desk("permit", "1", "--carrier", "clerk-3", by="head")
    await scanned(1)
    await desk(*bagged(1, disc), by="clerk-3")
    for fault in DISPATCH:
        assert await command(*bagged(1, disc), by="clerk-4", fault=fault) == -signal.SIGKILL, fault
        assert await state_of(1) == "confirmed"
    assert await command(*bagged(1, disc), by="clerk-4", fault="after_commit") == -signal.SIGKILL
    assert await state_of(1) == "dispatched"
    await desk(*bagged(1, disc), by="clerk-5", refused="step_done")
    assert await ward.one("transmittal", "select count(*) from movement where medium = $1", disc.name) == 1
    assert (await ward.report()).findings == ()


async def test_killed_while_sealing_or_without_room_nothing_is_half_done(
    ward: Ward, lines: list[tuple[str, bytes]], tmp_path: Path
) -> None:
    await sealed(ward, lines)
    before = len(await told("list"))
    await desk("void", "1", "--reason", "test")
    pending = len([one for one in await told("due") if one["state"] == "pending"])
    assert pending > 0
    for fault, batches in (("freeze", before), ("before_commit", before), ("after_commit", before + 1)):
        assert await command("seal", by="clerk-1", fault=fault) == -signal.SIGKILL, fault
        assert len(await told("list")) == batches
    assert (await told("list"))[-1]["items"] == pending
    # a disc that is full: one sentence, nothing in the ledger, nothing left on the disc
    disc, number = tmp_path / "disc-1", before + 1
    disc.mkdir()
    await decided(number)
    write = ("write", str(number), "--medium", disc.name, "--at", str(disc))
    assert await command(*write, by="clerk-2", at="media-1", room=4000) == 1
    assert list(disc.iterdir()) == []
    assert await state_of(number) == "decided"
    await desk(*write, by="clerk-2", at="media-1")
    assert len(list(disc.iterdir())) == 3
    assert (await ward.report()).findings == ()


async def test_the_database_itself_refuses(ward: Ward, lines: list[tuple[str, bytes]]) -> None:
    """Not the code: whoever writes to the tables meets the same rules."""
    await sealed(ward, lines)
    connection = await asyncpg.connect(
        environment_settings(ward.given, "transmittal").database, server_settings=database.SESSION
    )
    try:
        await connection.execute("update issue set checked_by = 'x', checked_at = now() where batch = 1")
        for statement in (
            "update issue set checked_by = 'y' where batch = 1",
            "update issue set checked_by = null, checked_at = null where batch = 1",
            "update issue set decided_by = 'X', decided_at = now() where batch = 1",
            "update issue set decided_by = 'nobody', decided_at = now() where batch = 1",
            "update issue set decided_by = 'deputy', decided_at = now() where batch = 1",
            "update issue set decided_by = 'boss', decided_at = now() where batch = 2",
            "update issue set closed_at = now() where batch = 1",
            "delete from issue where batch = 1",
            "update batch set counts = '{}' where number = 1",
            "insert into issue (batch, number, made_by) values (1, 2, 'x')",
            "insert into issue (batch, number, made_by) values (1, 3, 'x')",
            "delete from original where batch = 1",
            "insert into scan (batch, issue, filing, sheet, sheets, scanned_by) values (1, 1, 'of-another', 1, 1, 'x')",
        ):
            with pytest.raises(asyncpg.IntegrityConstraintViolationError):
                await connection.execute(statement)
        decide = "update issue set decided_by = 'deputy', decided_at = now(), decided_for = 'boss' where batch = 1"
        await connection.execute(decide)
        with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="reviewer_is_the_principal"):
            await connection.execute("update issue set reviewed_by = 'head', reviewed_at = now() where batch = 1")
    finally:
        await connection.close()
    assert dt.date.today() < dt.date.fromisoformat(DISC_UNTIL)
