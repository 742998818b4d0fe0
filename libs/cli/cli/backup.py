"""`kokunen backup`: the databases as sealed files, each backup under a key of its own that lies elsewhere.

    BACKUPS/20261129T020500Z/SERVICE.sealed      what pg_dump says of a service's database, in boxes
    KEYS/backups/20261129T020500Z.key            what opens them; without it nothing of the backup can be read

So what was erased (消去) is erased from backups, too, once their keys are destroyed: after 35 days at the most, as on the topics.
"""

import asyncio
import datetime as dt
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO
from urllib.parse import urlsplit

import typer
from chassis import files, sealing
from chassis.sealing import KeyMissing, Sealer
from chassis.transaction import Access
from contracts.events.operations import Action
from contracts.topics import RETENTION_DAYS
from contracts.vocabulary import SERVICES
from cryptography.exceptions import InvalidTag
from rich.table import Table

from cli import postgres_server, stack
from cli.access import asks_for, at_work, opened
from cli.databases import without_password
from cli.local import StackError, full_disk_told, home, say
from cli.screen import out
from cli.services import environment_settings

_CHUNK = 1 << 20
_STAMP = "%Y%m%dT%H%M%SZ"

app = typer.Typer(help="The databases as sealed files, and their keys.", no_args_is_help=True)
asks = asks_for("operations")
Folder = Annotated[
    Path | None, typer.Option("--in", file_okay=False, help="Where backups lie; by default beside the stack.")
]
Name = Annotated[str, typer.Argument(help="Name of a backup, as `list` shows it.")]


class BackupError(Exception):
    """A backup can't be made or opened; the message says why."""


@app.command()
@asks
def make(access: Access, folder: Folder = None) -> None:
    """Dump every service's database into sealed files; prints the backup's name."""
    with _told():
        print(asyncio.run(_make(access, folder or home() / "backups")))


@app.command(name="open")
@asks
def open_backup(
    access: Access,
    name: Name,
    service: Annotated[str, typer.Argument(help="Whose database.")],
    into: Annotated[
        Path, typer.Argument(dir_okay=False, help="The file to write, for pg_restore. It holds personal data.")
    ],
    folder: Folder = None,
) -> None:
    """Open one file of a backup, whole or not at all. It leaves an access record."""
    with _told():
        asyncio.run(_open(access, (folder or home() / "backups") / name, service, into))
    print(into)


@app.command(name="list")
def list_backups(folder: Folder = None) -> None:
    """Which backups there are, and which of them can still be opened."""
    table = Table("backup", "MiB", "key")
    for one in _backups(folder or home() / "backups"):
        size = sum(file.stat().st_size for file in one.iterdir()) >> 20
        table.add_row(one.name, f"{size:,}", "yes" if _key_of(one.name).exists() else "not here")
    out.print(table)


@app.command()
@asks
def expire(
    access: Access,
    folder: Folder = None,
    kept_days: Annotated[
        int, typer.Option(min=0, max=RETENTION_DAYS, help="How long a backup is kept: as the topics, at the most.")
    ] = RETENTION_DAYS,
) -> None:
    """Destroy the keys of backups that are old enough, wherever copies of them lie, and remove their files here."""
    with _told():
        gone = asyncio.run(_expire(access, folder or home() / "backups", kept_days))
    print(f"{gone:,} backups are gone for good.")


async def _make(access: Access, folder: Path) -> str:
    name = dt.datetime.now(dt.UTC).strftime(_STAMP)
    await _on_record(access, "backup.make", "export")
    try:
        files.create(_key_of(name), secrets.token_bytes(32))
    except FileExistsError:
        raise BackupError("Another backup was begun this second.") from None
    aside = folder / f".{name}.part"
    aside.mkdir(mode=0o700, parents=True)
    try:
        sealer = sealing.load(_key_of(name))
        for service in SERVICES:
            with (aside / f"{service}.sealed").open("xb") as file:
                async for box in _sealed(sealer, f"backup/{name}/{service}", _dump(service)):
                    file.write(len(box).to_bytes(4, "big") + box)
                os.fsync(file.fileno())
    except BaseException:
        shutil.rmtree(aside)
        files.remove(_key_of(name))
        raise
    aside.rename(folder / name)
    return name


async def _dump(service: str) -> AsyncIterator[bytes]:
    """What pg_dump says of a service's database, some at a time."""
    url = stack.read().databases[service]
    program = await asyncio.create_subprocess_exec(
        postgres_server.binaries() / "pg_dump", "--format=custom", "--no-owner", "--enable-row-security", f"--dbname={without_password(url)}",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={
            **os.environ, "PGPASSWORD": urlsplit(url).password or "",
            "PGOPTIONS": "-c kokunen.purpose=operations -c kokunen.actor=backup",  # row-level security: chassis, 0007
        },
    )  # fmt: skip
    assert program.stdout is not None
    assert program.stderr is not None
    complaints = asyncio.create_task(program.stderr.read())
    try:
        while data := await program.stdout.read(_CHUNK):
            yield data
        if await program.wait():
            # its last line names a table or a setting, and no row
            said = (await complaints).decode(errors="replace").strip().splitlines()
            raise BackupError(f"{service}: {said[-1] if said else program.returncode}")
    finally:
        if program.returncode is None:
            program.kill()
            await program.wait()
        complaints.cancel()


async def _sealed(sealer: Sealer, place: str, parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Boxes of these parts, each bound to its place, and an empty last one: nothing can be left out, moved or cut off."""
    number = 0
    async for part in parts:
        yield sealer.seal(part, f"{place}/{number}")
        number += 1
    yield sealer.seal(b"", f"{place}/{number}/last")


def _opened(sealer: Sealer, place: str, file: BinaryIO) -> Iterator[bytes]:
    """The parts again. BackupError where a box was changed, moved or is missing."""
    number, box = 0, _box(file)
    try:
        while following := _box(file):
            yield sealer.open(box, f"{place}/{number}")
            number, box = number + 1, following
        sealer.open(box, f"{place}/{number}/last")
    except (InvalidTag, ValueError):  # of another content, or too short to be a box
        raise BackupError(f"{place}: box {number} was changed, or what follows it is missing") from None


def _box(file: BinaryIO) -> bytes:
    return file.read(int.from_bytes(file.read(4), "big"))


async def _open(access: Access, backup: Path, service: str, into: Path) -> None:
    if service not in SERVICES or not (backup / f"{service}.sealed").exists():
        raise BackupError(
            f"There is no {service} in a backup {backup.name} here; `kokunen backup list` shows what there is."
        )
    try:
        sealer = sealing.load(_key_of(backup.name))
    except KeyMissing:
        raise BackupError(
            f"The key of {backup.name} is destroyed, or is not here: nothing of it can be read."
        ) from None
    await _on_record(access, "backup.open", "export")
    aside = into.with_name(f".{into.name}.part")
    try:
        with (
            (backup / f"{service}.sealed").open("rb") as file,
            os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as plain,
        ):
            for part in _opened(sealer, f"backup/{backup.name}/{service}", file):
                plain.write(part)
        aside.replace(into)
    finally:
        aside.unlink(missing_ok=True)


async def _expire(access: Access, folder: Path, kept_days: int) -> int:
    latest = dt.datetime.now(dt.UTC) - dt.timedelta(days=kept_days)
    keys = [key for key in _keys().glob("*.key") if dt.datetime.strptime(f"{key.stem}+0000", f"{_STAMP}%z") <= latest]
    await _on_record(access, "backup.expire", "delete")
    for key in keys:
        files.remove(key)
        shutil.rmtree(folder / key.stem, ignore_errors=True)  # what is left of it says nothing any more
    return len(keys)


@contextmanager
def _told() -> Iterator[None]:
    try:
        with full_disk_told():
            yield
    except (BackupError, StackError) as error:
        say(str(error))
        raise typer.Exit(1) from None


async def _on_record(access: Access, what: str, action: Action) -> None:
    async with opened("audit") as (own, connection), at_work(own, connection, access) as transaction:
        await transaction.record_search(access, what, ("database",), action)


def _backups(folder: Path) -> list[Path]:
    return sorted(one for one in folder.glob("[0-9]*") if one.is_dir())


def _keys() -> Path:
    return environment_settings(stack.read(), "audit").key_file.parent / "backups"


def _key_of(name: str) -> Path:
    return _keys() / f"{name}.key"
