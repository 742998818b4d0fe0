"""Are the cluster's topics and users what the catalogue and the grants say, and nothing a cluster would refuse?"""

import re
from pathlib import Path

import yaml
from cli import strimzi
from cli.grants import OUTSIDERS, acls
from contracts.topics import DERIVED, INCOMING, TOPICS
from contracts.vocabulary import SERVICES

BASE = Path(__file__).parents[2] / "deploy" / "k8s" / "base"
NAME = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?")
"""Of a resource (RFC 1123)."""


def test_the_files_are_the_code_s() -> None:
    assert (BASE / "topics.yaml").read_text("utf-8") == strimzi.topics_file(), "run `make docs`"
    assert (BASE / "users.yaml").read_text("utf-8") == strimzi.users_file(), "run `make docs`"


def test_every_topic_is_there_once_and_loses_nothing_with_one_broker() -> None:
    documents = list(yaml.safe_load_all(strimzi.topics_file()))
    assert [one["spec"]["topicName"] for one in documents] == list(TOPICS)
    for one in documents:
        assert NAME.fullmatch(one["metadata"]["name"])
        assert one["spec"]["replicas"] > one["spec"]["config"]["min.insync.replicas"] >= 2
        assert one["spec"]["config"]["retention.ms"] >= 7 * 86_400_000
        assert one["spec"]["config"]["cleanup.policy"] == "delete"


def test_nobody_may_do_everything_and_nobody_reads_what_only_others_need() -> None:
    users = {one["metadata"]["name"]: one["spec"] for one in yaml.safe_load_all(strimzi.users_file())}
    assert set(users) == {*SERVICES, *OUTSIDERS}
    for name, spec in users.items():
        assert NAME.fullmatch(name)
        assert spec["authentication"] == {"type": "tls"}
        rules = spec["authorization"]["acls"]
        assert len(rules) == len(acls(name, ""))
        for rule in rules:
            assert set(rule["operations"]) <= {"Read", "Write", "Describe"}
            assert rule["resource"]["patternType"] == "literal"
            assert rule["resource"]["name"] != "*"


def test_what_comes_from_outside_has_one_publisher_outside_and_they_write_nothing_else() -> None:
    published = [topic for one in OUTSIDERS.values() for topic in one.get("Write", ())]
    assert len(published) == len(set(published))
    assert set(published) == {topic.name for topic in INCOMING} - {"pension-service-notices"}
    assert not {topic.name for topic in DERIVED} & set(published)


def test_a_person_s_data_go_to_no_outsider_who_only_sends() -> None:
    """What somebody upstream may read: what of theirs was set aside (no content), and what they are asked for."""
    personal = {"residents", "incomes", "exemption-events", "claim-events", "access-records", "transmittals"}
    for one in OUTSIDERS.values():
        assert not personal & set(one.get("Read", ()))
