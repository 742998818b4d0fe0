"""Services as forks of one process that has imported all of them: a test waits for a service, not for Python to read its code.

Environment, log and signals are those of `cli.services.start`, and the service is the same; each start saves a second or two of a core.
"""

import importlib
import multiprocessing
import os
import runpy
import subprocess
from multiprocessing.context import ForkServerProcess
from typing import Protocol

from cli import local, services, stack
from contracts.vocabulary import SERVICES

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(
    [
        "chassis.run",
        *(f"{name.replace('-', '_')}.handlers" for name in SERVICES),
        # what a service reads when its doors open
        "anyio._backends._asyncio",
        "uvicorn.lifespan.on",
        "uvicorn.protocols.http.h11_impl",
        "tests.system.read_once",
    ]
)


class Process(Protocol):
    """A service that runs, forked or not."""

    @property
    def pid(self) -> int: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def kill(self) -> None: ...
    def terminate(self) -> None: ...
    def send_signal(self, sig: int, /) -> None: ...


class Forked:
    """A forked service, asked as `subprocess.Popen` would be."""

    def __init__(self, process: ForkServerProcess) -> None:
        assert process.pid is not None
        self.process, self.pid = process, process.pid

    def wait(self, timeout: float | None = None) -> int:
        """The status with which it ended; of a signal, its negative number. subprocess.TimeoutExpired while it runs."""
        self.process.join(timeout)
        if self.process.exitcode is None:
            raise subprocess.TimeoutExpired(self.process.name, timeout or 0)
        return self.process.exitcode

    def kill(self) -> None:
        self.process.kill()

    def terminate(self) -> None:
        self.process.terminate()

    def send_signal(self, sig: int, /) -> None:
        os.kill(self.pid, sig)


def start(given: stack.Stack, service: str, port: int, extra: dict[str, str] | None = None) -> Forked:
    """Start one service process; its log goes to .local/log/SERVICE.log."""
    log = local.home() / "log" / f"{service}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    environment = services.environment(given, service, port) | (extra or {})
    assert "PYTHONPATH" not in (extra or {}), "a fork has the code of this checkout and no other"
    process = _context.Process(
        target=_run, name=service, args=(service.replace("-", "_"), environment, str(log)), daemon=True
    )
    process.start()
    return Forked(process)


def _run(package: str, environment: dict[str, str], log: str) -> None:
    os.setsid()
    output = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.environ.clear()
    os.environ.update(environment)
    importlib.reload(importlib.import_module("chassis.faults"))  # it has read the environment of the first process
    runpy.run_module(package, run_name="__main__")
