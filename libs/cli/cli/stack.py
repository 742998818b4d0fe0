"""`kokunen stack`: how does a machine get the Kafka and the PostgreSQL that kokunen runs on, and lose them again?

    up      yours (KOKUNEN_KAFKA, KOKUNEN_DATABASE…) or our own; starts what is missing, keeps what runs
    down    stops what we started; the data stay
    status  what runs, where, and whether it answers
    reset   down, and the data are gone; the fetched jars stay

Everything is under `.local/`, on loopback; `stack.json` there says what runs. See docs/aiokafka-and-kafka-4.md.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Annotated

import typer
from contracts.vocabulary import SERVICES
from rich.console import Console
from rich.table import Column, Table

from cli import databases, kafka_broker, postgres_server
from cli.kafka_broker import Broker
from cli.local import StackError, full_disk_told, home, port_is_free, require_free_space, say

__all__ = [
    "Part", "Stack", "StackError", "app", "down", "environment", "kill_broker", "read", "reset", "start_broker",
    "status", "up",
]  # fmt: skip


@dataclass(frozen=True)
class Stack:
    """What runs, as written in stack.json."""

    kafka: str
    broker_kind: str  # apache-kafka, embedded or yours
    databases: dict[str, str]  # service -> URL for asyncpg
    admin_database: str | None  # None when single databases are named
    postgres_kind: str  # ours, yours, or none yet
    broker_pid: int | None = None
    broker_born: float | None = None

    @property
    def broker(self) -> Broker:
        return Broker(self.broker_kind, self.kafka, self.broker_pid, self.broker_born)

    def within_reach(self, services: Iterable[str]) -> list[str]:
        """Those of these services whose database we may open: on a cluster a process has its own alone."""
        return [service for service in services if service in self.databases]


@dataclass(frozen=True)
class Part:
    """One line of `status`."""

    name: str
    kind: str
    address: str  # without password
    answers: bool
    pid: int | None  # of a process of ours


def up() -> Stack:
    """Start what is missing; give back what runs. Safe to run twice, and by two at once."""
    with _alone(), full_disk_told():
        before = _recorded()
        broker = _broker(before.broker if before else None)
        if before is None or before.broker != broker:
            # At once, so that `down` finds the broker even if PostgreSQL then fails.
            _record(Stack(broker.bootstrap, broker.kind, {}, None, "none", broker.pid, broker.born))
        stack = _with_databases(broker, before)
        _record(stack)
        if stack == before:
            say("The local stack was running already.")
        return stack


def down() -> None:
    """Stop what we started. Data stay, and so does what is yours."""
    with _alone():
        _stop()


def reset() -> None:
    """Stop, and remove all data that we made; the jars stay."""
    with _alone():
        before = _recorded()
        _stop()
        if before and before.postgres_kind == "yours" and before.admin_database:
            databases.drop(before.admin_database)
        if before and before.broker_kind == "yours":
            say(f"The topics on your Kafka at {before.kafka} were left as they are.")
        if before and not before.admin_database:
            say("The databases that you named singly were left as they are.")
        postgres_server.wipe()
        shutil.rmtree(home() / "kafka", ignore_errors=True)
        (home() / "secret").unlink(missing_ok=True)
        for folder in (home() / "keys").glob("audit-log*"):  # what was signed is of a log that is gone
            shutil.rmtree(folder)


def status() -> list[Part]:
    """What runs and whether it answers, asked of the parts themselves; empty when nothing was started."""
    stack = _recorded()
    if stack is None:
        return []
    broker, postgres = stack.broker.process, postgres_server.running_process()
    kafka = Part(
        "kafka", stack.broker_kind, stack.kafka, kafka_broker.answers(stack.kafka), broker.pid if broker else None
    )
    return [kafka] + [
        Part(
            service,
            f"PostgreSQL ({stack.postgres_kind})",
            databases.without_password(url),
            databases.answers(url),
            postgres.pid if postgres else None,
        )
        for service, url in stack.databases.items()
    ]


def read() -> Stack:
    """The stack that was started here, or what the environment names where somebody else runs it."""
    stack = _recorded() or _named()
    if stack is None:
        raise StackError("The local stack is not running: start it with `kokunen stack up`.")
    if not stack.databases:
        raise StackError("The local stack has no databases, its last start failed: run `kokunen stack up` again.")
    return stack


def kafka() -> str:
    """The broker's address alone, for who needs no database."""
    return os.environ.get("KOKUNEN_KAFKA") or read().kafka


def environment(stack: Stack) -> dict[str, str]:
    """What a service needs to know of the stack, as variables for its process."""
    named = {databases.variable(service): url for service, url in stack.databases.items()}
    return {"KOKUNEN_KAFKA": stack.kafka, **named}


def kill_broker() -> None:
    """Kill our broker as a crash would (SIGKILL); for fault tests."""
    kafka_broker.kill(_own_apache_kafka().broker)


def start_broker() -> Stack:
    """Start a killed broker again on the same data and port, and wait until it answers."""
    with _alone(), full_disk_told():
        before = _own_apache_kafka()
        if before.broker.process:
            return before
        broker = kafka_broker.ours(before.broker.port)
        stack = replace(before, broker_pid=broker.pid, broker_born=broker.born)
        _record(stack)
        return stack


def crash_database() -> None:
    """End our PostgreSQL as a crash would; for fault tests."""
    if read().postgres_kind != "ours":
        raise StackError("Only our own PostgreSQL can be crashed; this one is yours.")
    postgres_server.crash()


def start_database() -> None:
    """Start our crashed PostgreSQL again on the same data, and wait until it answers."""
    with _alone(), full_disk_told():
        postgres_server.start(databases.password_for("postgres"))


def _own_apache_kafka() -> Stack:
    stack = read()
    if stack.broker_kind != "apache-kafka":
        raise StackError(
            f"Only our own Apache Kafka can be killed and started again; this broker is {stack.broker_kind}."
        )
    return stack


def _broker(before: Broker | None) -> Broker:
    """The broker asked for: the one that runs, yours, or a new one of ours."""
    named = os.environ.get("KOKUNEN_KAFKA")
    # A child process of this stack is told its address by `environment`: that does not make the broker yours.
    ours_runs = before is not None and before.kind != "yours" and named in (None, "", before.bootstrap)
    if named and not ours_runs:
        if before and before.process:
            say(f"Stopping our own broker: KOKUNEN_KAFKA names {named}.")
            kafka_broker.stop(before)
        return kafka_broker.yours(named)
    if before and ours_runs and before.process:
        refused = before.kind == "embedded" and kafka_broker.apache_kafka_required()
        if not refused and kafka_broker.answers(before.bootstrap):
            return before
        kafka_broker.stop(before)
    require_free_space()
    same_port = before.port if before and before.kind == "apache-kafka" and port_is_free(before.port) else None
    return kafka_broker.ours(same_port)


def _with_databases(broker: Broker, before: Stack | None) -> Stack:
    named = databases.named_singly()
    if before and before.postgres_kind == "ours" and named == before.databases:
        named = {}  # handed down by `environment`, as above
    for service, url in named.items():
        databases.check(databases.variable(service), url)
    others = [service for service in SERVICES if service not in named]
    admin, kind = os.environ.get("KOKUNEN_DATABASE") or None, "yours"
    if others and not admin:
        require_free_space()
        admin, kind = postgres_server.start(databases.password_for("postgres")), "ours"
        databases.close_to_services(admin)
    created = databases.create(admin, others) if others and admin else {}
    urls = {service: (created | named)[service] for service in SERVICES}
    return Stack(broker.bootstrap, broker.kind, urls, admin if others else None, kind, broker.pid, broker.born)


def _stop() -> None:
    stack = _recorded()
    if stack:
        kafka_broker.stop(stack.broker)
    postgres_server.stop()
    (home() / "stack.json").unlink(missing_ok=True)


def _recorded() -> Stack | None:
    try:
        return Stack(**json.loads((home() / "stack.json").read_text()))
    except FileNotFoundError:
        return None


def _named() -> Stack | None:
    """On a cluster, each process finds the broker and the databases that it may open in its environment."""
    kafka, named = os.environ.get("KOKUNEN_KAFKA"), databases.named_singly()
    return Stack(kafka, "yours", named, None, "yours") if kafka and named else None


def _record(stack: Stack) -> None:
    """It holds passwords, so it is ours alone; and it is whole or not there."""
    written = home() / "stack.json.new"
    written.unlink(missing_ok=True)
    with open(os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(asdict(stack), file, indent=2)
    written.replace(home() / "stack.json")


@contextmanager
def _alone() -> Iterator[None]:
    """One `up`, `down` or `reset` at a time; a second one waits."""
    home().mkdir(parents=True, exist_ok=True)
    with (home() / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


app = typer.Typer(help="The local Kafka and PostgreSQL: start, stop, look, wipe.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


@app.command("up")
def up_command(as_json: AsJson = False) -> None:
    """Start Kafka and PostgreSQL, or check yours (KOKUNEN_KAFKA, KOKUNEN_DATABASE)."""
    with _told_in_one_sentence():
        up()
        _show(status(), as_json)


@app.command("down")
def down_command() -> None:
    """Stop what was started here; the data stay."""
    with _told_in_one_sentence():
        down()


@app.command("status")
def status_command(as_json: AsJson = False) -> None:
    """Show what runs and whether it answers; exit status 0 only if all of it does."""
    with _told_in_one_sentence():
        parts = status()
        _show(parts, as_json)
        if not parts:
            raise StackError("The local stack is not running: start it with `kokunen stack up`.")
        if silent := [part.name for part in parts if not part.answers]:
            raise StackError(f"No answer from {', '.join(silent)}: run `kokunen stack up`.")


@app.command("reset")
def reset_command() -> None:
    """Stop, and remove all data of the local stack; the fetched jars stay."""
    with _told_in_one_sentence():
        reset()


@contextmanager
def _told_in_one_sentence() -> Iterator[None]:
    try:
        yield
    except StackError as error:
        say(str(error))
        raise typer.Exit(1) from None


def _show(parts: list[Part], as_json: bool) -> None:
    if as_json:
        print(json.dumps([asdict(part) for part in parts], indent=2))
        return
    table = Table("", "kind", Column("address", overflow="fold"), "answers", "pid")
    for part in parts:
        pid = str(part.pid) if part.pid else ""
        table.add_row(part.name, part.kind, part.address, "yes" if part.answers else "no", pid)
    Console().print(table)
