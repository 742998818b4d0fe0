"""The wire to the broker: TLS with a certificate each, and no more rights than the work needs. Who has none, or another's, is refused."""

import asyncio
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupAuthorizationFailedError, KafkaConnectionError, TopicAuthorizationFailedError
from aiokafka.protocol.admin import CreateAclsRequest
from chassis import wire
from cli import broker
from cli.grants import acls
from contracts.vocabulary import SERVICES

from tests.authority import Authority
from tests.cluster import Cluster
from tests.system.conftest import Ward

# aiokafka leaves its transport to the garbage collector where the other side refuses the handshake.
UNCLOSED = "ignore::pytest.PytestUnraisableExceptionWarning"
# A broker of its own, and a town on it: `make faults` runs it.
pytestmark = [pytest.mark.system, pytest.mark.long, pytest.mark.filterwarnings(UNCLOSED)]


def of(authority: Authority, name: str) -> dict[str, str]:
    """Settings of somebody with a certificate."""
    certificate, key = authority.folder / f"{name}.pem", authority.folder / f"{name}.key"
    return {wire.AUTHORITY: str(authority.file), wire.CERTIFICATE: str(certificate), wire.KEY: str(key)}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    found = Authority(tmp_path_factory.mktemp("authority"))
    for name in ("broker", "admin", "stranger", *SERVICES):
        found.sign(name)
    return found


@pytest.fixture(scope="module")
def guarded(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A broker that speaks TLS only, to those whose certificates it knows, and lets nobody do what no rule lets them."""
    cluster = Cluster(
        tmp_path_factory.mktemp("guarded") / os.environ.get("PYTEST_XDIST_WORKER", "0"),
        (1,),
        listeners="SSL://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}",
        advertised_listeners="SSL://127.0.0.1:{port}",
        inter_broker_listener_name="SSL",
        listener_security_protocol_map="SSL:SSL,CONTROLLER:PLAINTEXT",
        ssl_keystore_type="PEM",
        ssl_keystore_location=str(authority.folder / "broker.both.pem"),
        ssl_truststore_type="PEM",
        ssl_truststore_location=str(authority.file),
        ssl_client_auth="required",
        authorizer_class_name="org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        super_users="User:CN=broker;User:CN=admin;User:ANONYMOUS",
    )
    with pytest.MonkeyPatch.context() as patch:
        for name, value in of(authority, "admin").items():
            patch.setenv(name, value)
        cluster.start()
        yield cluster
    cluster.stop()


async def grant(kafka: str) -> None:
    """Write every service's rules at the broker, over one connection."""
    kinds, operations = {"topic": 2, "group": 3}, {"Read": 3, "Write": 4, "Describe": 8}
    literal, allow = 3, 3
    rules = [
        (kinds[acl.kind], acl.name, literal, f"User:CN={service}", "*", operations[operation], allow)
        for service in SERVICES
        for acl in acls(service, broker.prefix())
        for operation in acl.operations
    ]
    admin = AIOKafkaAdminClient(**wire.kafka(kafka))
    await admin.start()
    try:
        for rule in rules:
            answer = await admin._send_to_controller(CreateAclsRequest(*rule))
            assert [code for code, _ in answer.creation_responses] == [0], answer
    finally:
        await admin.close()


@pytest.fixture
async def ward_over_tls(ward: Ward, guarded: Cluster, authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Ward:
    """Whoever looks from outside is the administrator; each service is itself."""
    ward.given = replace(ward.given, kafka=guarded.bootstrap)
    for name, value in of(authority, "admin").items():
        monkeypatch.setenv(name, value)
    await broker.create_topics(guarded.bootstrap)
    await grant(guarded.bootstrap)
    return ward


async def test_a_ward_lives_on_a_guarded_broker_and_nobody_does_more_than_its_work(
    ward_over_tls: Ward, authority: Authority, town: Path, lines: list[tuple[str, bytes]]
) -> None:
    ward = ward_over_tls
    for service in SERVICES:
        await ward.start(service, **of(authority, service))
    await ward.publish(lines)
    await ward.keeps_its_promises(town)

    kafka, prefix = ward.given.kafka, broker.prefix()

    async def sends(who: dict[str, str], topic: str) -> None:
        async with AIOKafkaProducer(**wire.kafka(kafka, who), request_timeout_ms=5000) as producer:
            await producer.send_and_wait(prefix + topic, b"{}", key=b"1")

    async def reads(who: dict[str, str], topic: str, **more: Any) -> None:
        async with AIOKafkaConsumer(**wire.kafka(kafka, who), enable_auto_commit=False, **more) as consumer:
            consumer.assign([TopicPartition(prefix + topic, 0)])
            if "group_id" in more:
                await consumer.committed(TopicPartition(prefix + topic, 0))
            await consumer.seek_to_beginning()
            await consumer.getmany(timeout_ms=3000)

    tax, stranger = of(authority, "tax-income"), of(authority, "stranger")
    await reads(tax, "residents")
    for who, topic in ((tax, "exemption-events"), (stranger, "residents")):
        # aiokafka asks again and again where a partition is that it may not know of: nothing is ever read.
        with pytest.raises((TopicAuthorizationFailedError, TimeoutError)):
            async with asyncio.timeout(5):
                await reads(who, topic)
    for who, topic in ((tax, "residents"), (tax, "tax-assessments"), (stranger, "incomes")):
        with pytest.raises(TopicAuthorizationFailedError):
            await sends(who, topic)
    with pytest.raises(GroupAuthorizationFailedError):
        await reads(tax, "residents", group_id=f"{prefix}eligibility")


async def test_without_a_certificate_or_with_another_s_nobody_comes_in(
    ward_over_tls: Ward, authority: Authority, tmp_path: Path
) -> None:
    other = Authority(tmp_path / "other", "another authority")
    other.sign("tax-income")
    authority.sign("late", days=-1)
    kafka = ward_over_tls.given.kafka
    forged = of(other, "tax-income") | {wire.AUTHORITY: str(authority.file)}
    for who in (
        {wire.AUTHORITY: str(authority.file)},  # none
        forged,  # signed by somebody else
        of(authority, "late"),  # over since yesterday
        of(other, "tax-income"),  # trusts another authority: it refuses the broker
        {},  # in the clear
    ):
        producer = AIOKafkaProducer(**wire.kafka(kafka, who), request_timeout_ms=3000)
        with pytest.raises(KafkaConnectionError):
            await producer.start()
        await producer.stop()
    async with AIOKafkaProducer(**wire.kafka(kafka, of(authority, "tax-income"))):
        pass
