"""Would docker compose take the file, and does it start what the demo needs and nothing from outside?"""

import re
from pathlib import Path

import yaml
from cli import kafka_jars

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text("utf-8"))


def test_broker_and_server_are_by_version_and_the_broker_is_the_one_we_test_with() -> None:
    services = COMPOSE["services"]
    assert set(services) == {"kafka", "postgres", "demo"}
    assert all(re.fullmatch(r"[a-z/]+:\d[\d.]*", one["image"]) for one in services.values())
    (pinned,) = set(re.findall(r":kafka-clients:([\d.]+) ", kafka_jars.PINNED.read_text("utf-8")))
    assert services["kafka"]["image"] == f"apache/kafka:{pinned}"


def test_the_demo_waits_for_both_and_reaches_nothing_else() -> None:
    demo = COMPOSE["services"]["demo"]
    assert {name: one["condition"] for name, one in demo["depends_on"].items()} == dict.fromkeys(
        ("kafka", "postgres"), "service_healthy"
    )
    assert (ROOT / "deploy" / demo["build"]["context"] / demo["build"]["dockerfile"]).is_file()
    assert COMPOSE["networks"]["default"] == {"internal": True}
    assert not any("ports" in one for one in COMPOSE["services"].values())


def test_no_password_stands_in_it() -> None:
    services = COMPOSE["services"]
    assert services["postgres"]["environment"]["POSTGRES_PASSWORD"].startswith("${KOKUNEN_PASSWORD:?")
    assert ":${KOKUNEN_PASSWORD}@" in services["demo"]["environment"]["KOKUNEN_DATABASE"]
