"""When the local stack cannot start, does the person get one clear sentence that says what to do?"""

import errno
import hashlib
import http.server
import os
import shutil
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from cli import databases, kafka_broker, kafka_jars, local, postgres_server, stack
from cli.kafka_jars import Jar
from cli.local import StackError
from typer.testing import CliRunner

CONTENT = b"a jar"
JAR = Jar("org.example", "broker", "4.0.0", hashlib.sha256(CONTENT).hexdigest())
OTHER = Jar("org.example", "broker", "4.0.0", hashlib.sha256(b"another jar").hexdigest())


@pytest.fixture(autouse=True)
def _a_stack_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("KOKUNEN_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("KOKUNEN_LOCAL", str(tmp_path / "local"))
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[str]:
    """A Maven repository on loopback that holds one jar."""
    file = tmp_path / "repository" / JAR.path_in_repository
    file.parent.mkdir(parents=True)
    file.write_bytes(CONTENT)

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments, directory=str(tmp_path / "repository"))  # type: ignore[arg-type]

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def program(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


# Your Kafka


def test_your_kafka_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOKUNEN_KAFKA", f"127.0.0.1:{free_port()}")
    with pytest.raises(StackError, match=r"No Kafka answers at 127.0.0.1:\d+, which KOKUNEN_KAFKA names: start it or"):
        stack.up()


def test_something_listens_that_is_not_kafka(repository: str) -> None:
    with pytest.raises(StackError, match="No Kafka answers at"):
        kafka_broker.yours(repository.removeprefix("http://"))


def test_your_kafka_has_no_port() -> None:
    with pytest.raises(StackError, match="A Kafka address is host:port, with commas between several, not 'broker'"):
        kafka_broker.yours("broker")


# Java and ports


def test_java_is_missing_where_apache_kafka_is_required(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOKUNEN_REQUIRE_APACHE_KAFKA", "1")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(StackError, match="there is no Java: run `apt-get install -y openjdk-17-jre-headless maven`"):
        stack.up()


def test_java_is_too_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "old", "java", """echo 'openjdk version "11.0.2" 2019-01-15' >&2""")
    monkeypatch.setenv("KOKUNEN_REQUIRE_APACHE_KAFKA", "1")
    monkeypatch.setenv("PATH", str(tmp_path / "old"))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(StackError, match=r"needs Java 17, but .*java is Java 11: run `apt-get"):
        stack.up()


def test_the_port_asked_for_is_taken(taken_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOKUNEN_KAFKA_PORT", str(taken_port))
    with pytest.raises(StackError, match=f"Port {taken_port} is taken .*: stop what listens there or choose another"):
        kafka_broker.choose_port()


def test_a_default_port_that_is_taken_is_passed_over_and_told(
    taken_port: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(kafka_broker, "DEFAULT_PORT", taken_port)
    port = kafka_broker.choose_port()
    assert port > taken_port
    assert f"Ports {taken_port} and {taken_port + 1} are taken; Kafka gets {port}" in capsys.readouterr().err


@pytest.mark.parametrize("port", ["x", "80", "65535"])
def test_the_port_asked_for_is_none(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOKUNEN_KAFKA_PORT", port)
    with pytest.raises(StackError, match="must be a port from 1024 to 65534"):
        kafka_broker.choose_port()


# Jars


def test_jars_come_over_http_and_are_kept(repository: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOKUNEN_MAVEN_URL", repository)
    kept = kafka_jars.ensure([JAR], tmp_path / "cache")
    assert [path.read_bytes() for path in kept] == [CONTENT]
    monkeypatch.setenv("KOKUNEN_MAVEN_URL", "http://127.0.0.1:9")  # not asked again
    assert kafka_jars.ensure([JAR], tmp_path / "cache") == kept


def test_a_jar_arrives_with_a_wrong_checksum(repository: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOKUNEN_MAVEN_URL", repository)
    with pytest.raises(StackError, match=r"broker-4.0.0.jar arrived with another SHA-256 .* was not kept"):
        kafka_jars.ensure([OTHER], tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_kept_jar_was_altered(tmp_path: Path) -> None:
    (tmp_path / JAR.name).write_bytes(b"altered")
    with pytest.raises(StackError, match=r"broker-4.0.0.jar does not have the SHA-256 pinned .* delete that file"):
        kafka_jars.ensure([JAR], tmp_path)


def test_the_repository_does_not_have_the_jar(repository: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOKUNEN_MAVEN_URL", f"{repository}/elsewhere")
    with pytest.raises(StackError, match=r"broker-4.0.0.jar could not be fetched from http.*not found"):
        kafka_jars.ensure([JAR], tmp_path / "cache")


def test_neither_maven_nor_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StackError, match="no Maven to fetch them: run `apt-get install -y openjdk-17-jre-headless mav"):
        kafka_jars.ensure([JAR], tmp_path / "cache")


def test_without_maven_its_settings_name_the_repository(
    repository: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".m2").mkdir()
    (tmp_path / ".m2/settings.xml").write_text(
        '<settings xmlns="urn:any-settings"><mirrors>'
        "<mirror><mirrorOf>external:http:*</mirrorOf><url>http://blocked.invalid</url><blocked>true</blocked></mirror>"
        f"<mirror><mirrorOf>central</mirrorOf><url>{repository}</url></mirror></mirrors></settings>"
    )
    monkeypatch.setenv("PATH", str(tmp_path))
    assert kafka_jars.ensure([JAR], tmp_path / "cache")[0].read_bytes() == CONTENT


def test_maven_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "bin", "mvn", "echo '[ERROR] Could not resolve dependencies'; exit 1")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with pytest.raises(StackError, match=r"Maven could not fetch the jars .* Could not resolve dependencies"):
        kafka_jars.ensure([JAR], tmp_path / "cache")


def test_every_pinned_jar_has_a_checksum_and_all_of_kafka_is_one_version() -> None:
    jars = kafka_jars.pinned()
    assert all(len(jar.sha256) == 64 for jar in jars)
    assert len({jar.version for jar in jars if jar.group == "org.apache.kafka"}) == 1


# The disk


def test_too_little_space_is_told_before_anything_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=300 * 1024**2))
    with pytest.raises(StackError, match=r"Only 300 MiB are free on the disk of .*: free at least 1 GiB first"):
        stack.up()


def test_the_disk_fills_up_while_fetching(repository: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setenv("KOKUNEN_MAVEN_URL", repository)
    monkeypatch.setattr(shutil, "copyfileobj", full)
    with pytest.raises(StackError, match=r"The disk of .* is full: free at least 1 GiB"), local.full_disk_told():
        kafka_jars.ensure([JAR], tmp_path / "cache")


def test_the_disk_fills_up_while_formatting(tmp_path: Path) -> None:
    program(tmp_path / "bin", "java", "echo 'java.io.IOException: No space left on device' >&2; exit 1")
    with pytest.raises(StackError, match=r"The disk of .* is full"):
        kafka_broker._format([str(tmp_path / "bin/java")], tmp_path / "server.properties")


# PostgreSQL


def test_your_postgresql_does_not_answer() -> None:
    url = f"postgresql://admin:s3cret@127.0.0.1:{free_port()}/postgres"
    with pytest.raises(
        StackError, match=r"PostgreSQL at postgresql://admin@127.* KOKUNEN_DATABASE names, does not ans"
    ) as told:
        databases.create(url, ["audit"])
    assert "s3cret" not in str(told.value)


def test_a_named_database_is_not_a_url() -> None:
    with pytest.raises(StackError, match="KOKUNEN_DATABASE_AUDIT is not a PostgreSQL URL") as told:
        databases.check("KOKUNEN_DATABASE_AUDIT", "mysql://audit:s3cret@127.0.0.1/audit")
    assert "s3cret" not in str(told.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://admin:s3cret@db:5432/postgres",
        "postgresql://admin:s3cret@/postgres?host=/run/postgresql",
        "postgresql://db/postgres?user=admin&password=s3cret",
        "postgresql://admin:x/s3cret@db/postgres",
        "postgresql://admin:x#s3cret@db/postgres",
        "postgresql://admin:x?s3cret@db/postgres",
    ],
)
def test_a_password_is_never_shown(url: str) -> None:
    assert "s3cret" not in databases.without_password(url)


def test_a_service_gets_its_own_login_on_the_same_server() -> None:
    url = databases._as("postgresql://admin:s3cret@db:5432/postgres?sslmode=require&user=x", "kokunen_audit", "abc")
    assert url == "postgresql://kokunen_audit:abc@db:5432/kokunen_audit?sslmode=require"


def test_a_prefix_that_is_no_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOKUNEN_PREFIX", "x; drop")
    with pytest.raises(StackError, match="KOKUNEN_PREFIX may have up to 30 of a-z, 0-9 and _"):
        databases.name_for("audit")


def test_the_programs_of_postgresql_are_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOKUNEN_PG_BIN", str(tmp_path))
    with pytest.raises(StackError, match="let KOKUNEN_PG_BIN name the folder of PostgreSQL's programs"):
        postgres_server.start("password")


def test_only_what_this_start_of_postgresql_said_tells_why_it_failed(tmp_path: Path) -> None:
    log = tmp_path / "postgres.log"
    log.write_text("FATAL:  No space left on device\n")  # of last week

    def pg_ctl(*_: str) -> SimpleNamespace:
        with log.open("a") as said:
            said.write("FATAL:  could not create shared memory segment\nLOG:  database system is shut down\n")
        return SimpleNamespace(returncode=1)

    place = SimpleNamespace(data=tmp_path, log=log, run=pg_ctl, own=lambda folder: None)
    with pytest.raises(StackError, match="did not start: FATAL:  could not create shared memory segment"):
        postgres_server._start_program(place)  # type: ignore[arg-type]


# The commands


@pytest.mark.parametrize("command", [["status"], ["status", "--json"]])
def test_status_of_nothing_says_so_and_fails(command: list[str]) -> None:
    result = CliRunner().invoke(stack.app, command)
    assert result.exit_code == 1
    assert "The local stack is not running: start it with `kokunen stack up`." in result.stderr
    assert "Traceback" not in result.output


def test_up_that_fails_tells_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOKUNEN_KAFKA", f"127.0.0.1:{free_port()}")
    result = CliRunner().invoke(stack.app, ["up", "--json"])
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.count("\n") == 1


def test_down_with_nothing_running_succeeds() -> None:
    assert CliRunner().invoke(stack.app, ["down"]).exit_code == 0


KAFKA_ENDED = """2026-12-01T13:42:49.101 [main] WARN kafka.server.Something - not so important
2026-12-01T13:42:50.100 [main] ERROR kafka.Kafka$ - Exiting Kafka due to fatal exception
org.apache.kafka.common.KafkaException: Failed to lock the folder
	at kafka.log.LogManager.lock(LogManager.scala:1)
Caused by: java.io.IOException: no
2026-12-01T13:42:50.991 [kafka-shutdown-hook] WARN org.apache.kafka.clients.NetworkClient - closed already
"""
POSTGRES_ENDED = """2026-12-01 13:42:49 JST LOG:  starting
2026-12-01 13:42:50 JST FATAL:  could not create shared memory segment
2026-12-01 13:42:50 JST LOG:  database system is shut down
"""


@pytest.mark.parametrize(
    ("log", "why"),
    [
        (
            KAFKA_ENDED,
            "2026-12-01T13:42:50.100 [main] ERROR kafka.Kafka$ - Exiting Kafka due to fatal exception"
            " org.apache.kafka.common.KafkaException: Failed to lock the folder",
        ),
        (POSTGRES_ENDED, "2026-12-01 13:42:50 JST FATAL:  could not create shared memory segment"),
        ("one line\nand the last one\n\tat a.frame\n", "and the last one"),
        ("", "(the log is empty)"),
    ],
)
def test_why_a_server_ended_is_the_error_and_not_what_its_end_says_after_it(log: str, why: str) -> None:
    assert local.why_it_ended(log) == why
