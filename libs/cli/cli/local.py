"""Where does the local stack keep its things, and how does it say that something is wrong?"""

import errno
import os
import re
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

REPOSITORY = Path(__file__).resolve().parents[3]
FREE_SPACE_NEEDED = 1024**3  # jars, write-ahead log and a small town; a bigger town needs more and says so itself
_ERROR = re.compile(r"\b(?:ERROR|FATAL|PANIC)\b")
_EXCEPTION = re.compile(r"[a-z]+(?:\.\w+)+(?:Exception|Error)\b")


class StackError(Exception):
    """What went wrong and what to do about it, in one sentence for the person at the keyboard."""


def say(text: str) -> None:
    """Tell the person what is happening; standard output stays free for results."""
    print(text, file=sys.stderr, flush=True)


def home() -> Path:
    """The folder of this stack. KOKUNEN_LOCAL gives a test a stack of its own."""
    return Path(os.environ.get("KOKUNEN_LOCAL") or REPOSITORY / ".local").absolute()


def require_free_space() -> None:
    home().mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(home()).free
    if free < FREE_SPACE_NEEDED:
        raise StackError(f"Only {free // 1024**2} MiB are free on the disk of {home()}: free at least 1 GiB first.")


@contextmanager
def full_disk_told() -> Iterator[None]:
    """Turn 'no space left' from any depth into the sentence that helps."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise full_disk() from error


def full_disk() -> StackError:
    return StackError(f"The disk of {home()} is full: free at least 1 GiB and run the command again.")


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do, so that a connection still closing does not count as somebody listening.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def running(pid: int | None, born: float | None) -> psutil.Process | None:
    """The process, if it still is the one we started and not another that was given its number."""
    if pid is None or born is None:
        return None
    try:
        process = psutil.Process(pid)
        if process.create_time() != born or process.status() == psutil.STATUS_ZOMBIE:
            return None
    except psutil.NoSuchProcess:
        return None
    return process


def why_it_ended(log: str) -> str:
    """What a server that ended while it started said in this log: the last error, with its exception; without an error the last line.

    Frames of a Java stack trace say nothing; what comes after the error is the noise of an orderly end.
    """
    telling = [line for line in log.splitlines() if line.strip() and not line.startswith(("\t", " ", "... "))]
    errors = [place for place, line in enumerate(telling) if _ERROR.search(line)]
    if errors:
        last = errors[-1]
        return " ".join([telling[last], *(line for line in telling[last + 1 : last + 2] if _EXCEPTION.match(line))])
    return telling[-1] if telling else "(the log is empty)"
