"""What runs beside the services on a machine of one's own: the receiver of traces, the development identity provider.

Each is a module of ours that listens on a free loopback port, which it writes to `.local/NAME.port`; the process is in `.local/NAME.pid`.
"""

import os
import signal
import sys
import time
from pathlib import Path

from cli import local, services

START_SECONDS = 10.0


def tell_port(folder: Path, name: str, port: int) -> None:
    """Where a companion listens, for whoever looks; it is there as a whole or not at all."""
    temporary = folder / f"{name}.port.new"
    temporary.write_text(str(port))
    os.replace(temporary, folder / f"{name}.port")


def start(name: str, module: str) -> None:
    """Start a companion of the local stack, unless it runs. ServiceError names its log."""
    folder = local.home()
    pid_file, port_file, log_file = (folder / f"{name}.{kind}" for kind in ("pid", "port", "log"))
    if pid_file.exists() and services.Running(name, int(pid_file.read_text()), 0).alive:
        return
    port_file.unlink(missing_ok=True)
    with log_file.open("ab") as log:
        # Not subprocess: it outlives this command, and nobody here waits for it.
        pid = os.posix_spawn(
            sys.executable,
            [sys.executable, "-m", module, str(folder)],
            os.environ,
            file_actions=[(os.POSIX_SPAWN_DUP2, log.fileno(), 1), (os.POSIX_SPAWN_DUP2, log.fileno(), 2)],
            setsid=True,
        )
    pid_file.write_text(str(pid))
    deadline = time.monotonic() + START_SECONDS
    while not port_file.exists():
        if not services.Running(name, pid, 0).alive or time.monotonic() > deadline:
            raise services.ServiceError(f"{module} did not start; see {log_file}.")
        time.sleep(0.02)


def stop(name: str) -> None:
    """Stop a companion of the local stack, if it runs."""
    pid_file = local.home() / f"{name}.pid"
    if pid_file.exists():
        running = services.Running(name, int(pid_file.read_text()), 0)
        if running.alive:
            os.kill(running.pid, signal.SIGTERM)
        pid_file.unlink()
    (local.home() / f"{name}.port").unlink(missing_ok=True)
