"""How are the services started, watched and stopped on one machine? One process each, logs and process ids under .local/."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil
from chassis.settings import Settings, door_variable
from chassis.settings import read as read_settings
from contracts.vocabulary import SERVICES

from cli import certificates, local, stack
from cli.catalogue import EVERY

FIRST_PORT = 8081
FIRST_DOOR_PORT = 8481
READY_SECONDS = 60


class ServiceError(Exception):
    """A service did not start or stop; the message is one sentence with what to do."""


@dataclass(frozen=True)
class Running:
    service: str
    pid: int
    port: int

    @property
    def alive(self) -> bool:
        return psutil.pid_exists(self.pid) and psutil.Process(self.pid).status() != psutil.STATUS_ZOMBIE

    def answers(self, path: str) -> str | None:
        """Body of an HTTP answer with status 200, else None."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=2) as answer:
                return str(answer.read().decode())
        except (urllib.error.URLError, OSError):
            return None


def _record() -> Path:
    return local.home() / "services.json"


def running() -> list[Running]:
    """The services that `up` started here, alive or not."""
    if not _record().exists():
        return []
    return [Running(**entry) for entry in json.loads(_record().read_text())]


def choose_door_ports(services: Iterable[str], first: int = FIRST_DOOR_PORT) -> None:
    """Give each of these services that has doors a free port for them; everybody reads there where the doors are."""
    ports = door_ports()
    for position, service in enumerate(services):
        if EVERY[service].doors:
            ports[service] = _free_port(first + 10 * position)
    local.home().mkdir(parents=True, exist_ok=True)
    _door_record().write_text(json.dumps(ports))


def door_ports() -> dict[str, int]:
    """Where the doors of our services are, by service."""
    found: dict[str, int] = json.loads(_door_record().read_text()) if _door_record().exists() else {}
    return found


def _door_record() -> Path:
    return local.home() / "doors.json"


def doors_environment() -> dict[str, str]:
    """Where the doors are, and what it takes to call there; nothing where the environment says it (a cluster)."""
    if os.environ.get("KOKUNEN_CALLERS"):
        return {}
    found = {door_variable(service): f"https://127.0.0.1:{port}" for service, port in door_ports().items()}
    return found | certificates.environment()


def environment(given: stack.Stack, service: str, port: int) -> dict[str, str]:
    """What a service process finds in its environment."""
    base = {**os.environ, **stack.environment(given), "KOKUNEN_PORT": str(port), "KOKUNEN_LOCAL": str(local.home())}
    base.setdefault("KOKUNEN_INSTANCE", "1")  # one process of each service here
    base |= doors_environment() | {"KOKUNEN_DOOR_PORT": str(door_ports().get(service, 0))}
    if (address := collector(base)) is not None:
        base["OTEL_EXPORTER_OTLP_ENDPOINT"] = address
    base["OTEL_SERVICE_NAME"] = service
    if service == "console" and (signs_in := _port("identity")) is not None:
        base |= {
            "KOKUNEN_SIGN_IN_AUTHORIZE": f"https://127.0.0.1:{signs_in}/authorize",
            "KOKUNEN_SIGN_IN_TOKEN": f"https://127.0.0.1:{signs_in}/token",
            "KOKUNEN_DESK": desk_address(),
            "KOKUNEN_OFFICES": "honcho=本庁舎,east=東部区民事務所,west=西部区民事務所",
        }
    return base


def desk_address() -> str:
    """Where the desk is, for a browser on this machine."""
    return f"https://127.0.0.1:{door_ports().get('console', 0)}"


def collector(environ: Mapping[str, str]) -> str | None:
    """Where spans go: to the collector that is named, else to the receiver of this stack, where there is one."""
    port = _port("traces")
    here = f"http://127.0.0.1:{port}" if port is not None else None
    return environ.get("OTEL_EXPORTER_OTLP_ENDPOINT") or here


def _port(companion: str) -> int | None:
    file = local.home() / f"{companion}.port"
    return int(file.read_text()) if file.exists() else None


def environment_settings(given: stack.Stack, service: str) -> Settings:
    """The settings with which a command works on a service's own database."""
    here = {**os.environ, **stack.environment(given), **doors_environment(), "KOKUNEN_LOCAL": str(local.home())}
    return read_settings(service, here)


def start(given: stack.Stack, service: str, port: int, extra: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Start one service process; its log goes to .local/log/SERVICE.log."""
    log = local.home() / "log" / f"{service}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", service.replace("-", "_")],
            env=environment(given, service, port) | (extra or {}),
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def up(given: stack.Stack) -> list[Running]:
    """Start what is not running yet and wait until every service is ready."""
    known = {entry.service: entry for entry in running() if entry.alive}
    choose_door_ports([service for service in SERVICES if service not in known])
    for position, service in enumerate(SERVICES):
        if service not in known:
            port = _free_port(FIRST_PORT + 10 * position)
            known[service] = Running(service, start(given, service, port).pid, port)
    entries = [known[service] for service in SERVICES]
    _record().write_text(json.dumps([entry.__dict__ for entry in entries]))
    wait_ready(entries)
    return entries


def _free_port(port: int) -> int:
    while not local.port_is_free(port):
        port += 1
    return port


def wait_ready(entries: list[Running]) -> None:
    """Return when every service answers that it is ready; ServiceError names the one that does not, and its log."""
    deadline = time.monotonic() + READY_SECONDS
    for entry in entries:
        while entry.answers("/health/ready") is None:
            if not entry.alive:
                raise ServiceError(f"{entry.service} ended while it started; see {_log(entry.service)}.")
            if time.monotonic() > deadline:
                raise ServiceError(
                    f"{entry.service} was not ready within {READY_SECONDS} s; see {_log(entry.service)}."
                )
            time.sleep(0.05)


def down() -> list[str]:
    """Ask every service to finish and wait for it; returns their names."""
    entries = [entry for entry in running() if entry.alive]
    for entry in entries:
        os.kill(entry.pid, signal.SIGTERM)
    for entry in entries:
        stop_waiting = time.monotonic() + 30
        while entry.alive:
            if time.monotonic() > stop_waiting:
                raise ServiceError(
                    f"{entry.service} (process {entry.pid}) did not stop within 30 s; see {_log(entry.service)}."
                )
            try:
                psutil.Process(entry.pid).wait(0.2)
            except (psutil.TimeoutExpired, psutil.NoSuchProcess):
                continue
    _record().unlink(missing_ok=True)
    return [entry.service for entry in entries]


def _log(service: str) -> Path:
    return local.home() / "log" / f"{service}.log"
