"""Which Kafka broker does this machine get, how is it started, and how do we know that it is ready?"""

import asyncio
import base64
import logging
import os
import re
import shutil
import socket
import string
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError
from chassis import wire

from cli import kafka_jars
from cli.local import REPOSITORY, StackError, full_disk, home, port_is_free, running, say, why_it_ended

DEFAULT_PORT = 29092
PORT_TRIES = 5
START_WITHIN = 60.0  # seconds; a cold disk and two busy cores need about ten
STOP_WITHIN = 30.0
# 256 to 512 MiB hold a demo town; the serial collector is the smallest and the quickest to start.
JAVA_OPTIONS = (
    "-Xms256m",
    "-Xmx512m",
    "-XX:+UseSerialGC",
    # The first compiler alone: the second one takes ten seconds of a core to make a broker that lives for minutes a little faster.
    "-XX:TieredStopAtLevel=1",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSS",
)
LIMITS = (
    "WARNING: no Java 17 here, so this is the cluster built into librdkafka, good for a look only: one member a group,"
    f" about 5 MiB a partition, and it forgets everything when stopped. For Apache Kafka run `{kafka_jars.INSTALL}`."
)


@dataclass(frozen=True)
class Broker:
    """A broker that answers. `pid` and `born` are those of the process we started, None for one that is yours."""

    kind: str  # apache-kafka, embedded or yours
    bootstrap: str
    pid: int | None = None
    born: float | None = None

    @property
    def port(self) -> int:
        return int(self.bootstrap.rpartition(":")[2])

    @property
    def process(self) -> psutil.Process | None:
        return running(self.pid, self.born)


class PortTaken(StackError):
    """Somebody else took the port between our look and Kafka's."""


def yours(bootstrap: str) -> Broker:
    if not answers(bootstrap):
        raise StackError(
            f"No Kafka answers at {bootstrap}, which KOKUNEN_KAFKA names:"
            " start it or correct the address, or unset KOKUNEN_KAFKA to get a local one."
        )
    return Broker("yours", bootstrap)


def ours(port: int | None = None) -> Broker:
    """Start the best broker that this machine can have; on the given port, if clients know it already."""
    java, why_not = find_java()
    if java:
        for _ in range(PORT_TRIES):
            try:
                return start_apache_kafka(java, port or choose_port())
            except PortTaken:
                if port or "KOKUNEN_KAFKA_PORT" in os.environ:
                    raise
        raise StackError("Every port chosen for Kafka was taken meanwhile: set KOKUNEN_KAFKA_PORT to a free one.")
    if apache_kafka_required():
        raise StackError(f"Apache Kafka is required here (KOKUNEN_REQUIRE_APACHE_KAFKA=1) and {why_not}.")
    say(LIMITS)
    return start_embedded()


def apache_kafka_required() -> bool:
    """Set by continuous integration: what passes there has passed on the real thing."""
    return os.environ.get("KOKUNEN_REQUIRE_APACHE_KAFKA") == "1"


def find_java() -> tuple[str | None, str]:
    """Java 17 or newer, or the reason why there is none."""
    in_java_home = Path(os.environ.get("JAVA_HOME", "")) / "bin/java"
    java = str(in_java_home) if "JAVA_HOME" in os.environ and in_java_home.exists() else shutil.which("java")
    if not java:
        return None, f"there is no Java: run `{kafka_jars.INSTALL}`"
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', told)
    if version is None or int(version[1]) < 17:
        found = f"Java {version[1]}" if version else "no usable Java"
        return None, f"it needs Java 17, but {java} is {found}: run `{kafka_jars.INSTALL}`"
    return java, ""


def choose_port() -> int:
    """The port asked for; or the default one; or the next pair that is free. The controller takes the port above."""
    wanted = os.environ.get("KOKUNEN_KAFKA_PORT")
    if wanted is not None:
        if not wanted.isdecimal() or not 1024 <= int(wanted) <= 65534:
            raise StackError(f"KOKUNEN_KAFKA_PORT must be a port from 1024 to 65534, not {wanted!r}.")
        for port in (int(wanted), int(wanted) + 1):
            if not port_is_free(port):
                raise StackError(
                    f"Port {port} is taken (KOKUNEN_KAFKA_PORT={wanted} needs it and the one above):"
                    " stop what listens there or choose another."
                )
        return int(wanted)
    for port in range(DEFAULT_PORT, DEFAULT_PORT + 200, 2):
        if port_is_free(port) and port_is_free(port + 1):
            if port != DEFAULT_PORT:
                say(f"Ports {DEFAULT_PORT} and {DEFAULT_PORT + 1} are taken; Kafka gets {port} and {port + 1}.")
            return port
    raise StackError(f"No free pair of ports from {DEFAULT_PORT} on: set KOKUNEN_KAFKA_PORT to a free one.")


def start_apache_kafka(java: str, port: int) -> Broker:
    """Format the storage if it is new, start the broker detached from us, and wait until it answers."""
    jars = kafka_jars.ensure(kafka_jars.pinned())
    data, settings, log = home() / "kafka/data", home() / "kafka/server.properties", home() / "kafka/log/broker.log"
    for folder in (data, log.parent):
        folder.mkdir(parents=True, exist_ok=True)
    template = string.Template((REPOSITORY / "deploy/local/server.properties").read_text())
    settings.write_text(template.substitute(port=port, controller_port=port + 1, data=data))
    command = [java, *JAVA_OPTIONS, "-cp", os.pathsep.join(map(str, jars))]

    if not (data / "meta.properties").exists():
        _format(command, settings)
    say(f"Starting Apache Kafka on 127.0.0.1:{port} ...")
    process = _start_detached([*command, "kafka.Kafka", str(settings)], log)
    bootstrap = f"127.0.0.1:{port}"
    # Asking the port alone would also take another broker, started at the same moment, for ours.
    _wait_until(lambda: _is_bound_by(process, port) and answers(bootstrap), process, log, "Apache Kafka")
    return Broker("apache-kafka", bootstrap, process.pid, process.create_time())


def _format(command: list[str], settings: Path) -> None:
    # Kafka's cluster ids are a UUID in URL-safe base64; one that begins with '-' would read as an option.
    identity = "-"
    while identity.startswith("-"):
        identity = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    arguments = ["kafka.tools.StorageTool", "format", "--cluster-id", identity, "--config", str(settings)]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        output = (done.stdout + done.stderr).strip()
        if "No space left on device" in output:
            raise full_disk()
        raise StackError(f"Kafka's storage could not be formatted: {output.splitlines()[-1][:300] if output else '?'}")


def start_embedded() -> Broker:
    log = home() / "kafka/log/embedded.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    process = _start_detached([sys.executable, "-m", "cli.embedded_broker"], log)

    def address() -> str | None:
        said = re.search(r"^127\.0\.0\.1:\d+$|^localhost:\d+$", log.read_text(), re.MULTILINE)
        return said[0] if said else None

    _wait_until(lambda: bool((said := address()) and answers(said)), process, log, "The embedded broker")
    bootstrap = address()
    assert bootstrap is not None
    return Broker("embedded", bootstrap, process.pid, process.create_time())


def stop(broker: Broker) -> None:
    """Stop it the polite way, so that the next start need not recover its logs."""
    process = broker.process
    if process is None:
        return
    process.terminate()
    try:
        process.wait(STOP_WITHIN)
    except psutil.TimeoutExpired:
        say(f"The broker did not stop within {STOP_WITHIN:.0f} s and was killed.")
        kill(broker)


def kill(broker: Broker) -> None:
    """What a power cut does to the process, though not to the page cache."""
    process = broker.process
    if process is None:
        raise StackError("The broker is not running: start it with `kokunen stack up`.")
    process.kill()
    process.wait(10)


def answers(bootstrap: str) -> bool:
    """Whether clients are served: a broker that listens but knows no live broker yet does not count."""
    if not any(_listens(address) for address in bootstrap.split(",")):
        return False
    # The client logs each failed attempt as an error, and here failing is an answer.
    talkative = logging.getLogger("aiokafka")
    level = talkative.level
    talkative.setLevel(logging.CRITICAL)
    try:
        return asyncio.run(_knows_a_broker(bootstrap))
    except (KafkaError, OSError, TimeoutError):
        return False
    finally:
        talkative.setLevel(level)


def _listens(address: str) -> bool:
    host, _, port = address.strip().rpartition(":")
    if not host or not port.isdecimal():
        raise StackError(f"A Kafka address is host:port, with commas between several, not {address!r}.")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=3).close()
    except OSError:
        return False
    return True


def _is_bound_by(process: psutil.Process, port: int) -> bool:
    try:
        connections = process.net_connections("tcp")
    except psutil.NoSuchProcess:
        return False
    return any(c.status == psutil.CONN_LISTEN and c.laddr.port == port for c in connections)


async def _knows_a_broker(bootstrap: str) -> bool:
    client = AIOKafkaClient(**wire.kafka(bootstrap), request_timeout_ms=3000)
    try:
        async with asyncio.timeout(5):
            await client.bootstrap()
        return len(client.cluster.brokers()) > 0
    finally:
        await client.close()


def _start_detached(command: list[str], log: Path) -> psutil.Process:
    """In a session of its own, so that it outlives the command, the shell and a Ctrl-C that started it."""
    if log.exists():
        log.replace(log.with_suffix(".log.1"))
    descriptors = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    return psutil.Process(os.posix_spawn(command[0], command, os.environ, file_actions=descriptors, setsid=True))


def _wait_until(ready: Callable[[], bool], process: psutil.Process, log: Path, who: str) -> None:
    deadline = time.monotonic() + START_WITHIN
    born = process.create_time()
    try:
        while not ready():
            if running(process.pid, born) is None:
                told = log.read_text(errors="replace")
                if "No space left on device" in told:
                    raise full_disk()
                kind = PortTaken if "Address already in use" in told else StackError
                raise kind(f"{who} stopped while starting: {why_it_ended(told)[:300]} (log: {log})")
            if time.monotonic() > deadline:
                raise StackError(f"{who} did not answer within {START_WITHIN:.0f} s and was stopped (log: {log}).")
            time.sleep(0.1)
    except BaseException:  # a Ctrl-C too: nothing of ours is left running that no record names
        if running(process.pid, born) is not None:
            process.kill()
        raise
