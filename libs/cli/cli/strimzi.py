"""The topics and users of a cluster as Strimzi's resources (deploy/k8s/base), made from the catalogue and from what each may do."""

from collections.abc import Iterable
from typing import Any

import yaml
from contracts.topics import TOPICS, Topic
from contracts.vocabulary import SERVICES

from cli.broker import COPIES
from cli.grants import OUTSIDERS, Acl, acls

CLUSTER = "kokunen"
API = "kafka.strimzi.io/v1"
IN_SYNC = 2
"""Copies that must have a record before it is acknowledged: one of three may be lost."""
HEAD = "# Made from the catalogue of topics by `make docs`: change it there (libs/contracts/contracts/topics.py, libs/cli/cli/grants.py).\n"


def topic(one: Topic) -> dict[str, Any]:
    """A topic with its partitions, copies and retention."""
    return {
        "apiVersion": API,
        "kind": "KafkaTopic",
        "metadata": _named(one.name),
        "spec": {
            "topicName": one.name,
            "partitions": one.partitions,
            "replicas": COPIES,
            "config": {
                "min.insync.replicas": IN_SYNC,
                "cleanup.policy": "delete",
                "retention.ms": one.retention_days * 86_400_000,
                "unclean.leader.election.enable": False,
            },
        },
    }


def user(who: str) -> dict[str, Any]:
    """Somebody with a certificate of the cluster's own authority, and what it lets them do."""
    return {
        "apiVersion": API,
        "kind": "KafkaUser",
        "metadata": _named(who),
        "spec": {
            "authentication": {"type": "tls"},
            "authorization": {"type": "simple", "acls": [_rule(acl) for acl in acls(who, "")]},
        },
    }


def _rule(acl: Acl) -> dict[str, Any]:
    resource = {"type": acl.kind, "name": acl.name, "patternType": "literal"}
    return {"resource": resource, "operations": list(acl.operations), "host": "*"}


def _named(name: str) -> dict[str, Any]:
    return {"name": name, "labels": {"strimzi.io/cluster": CLUSTER}}


def topics_file() -> str:
    """Every topic of the catalogue."""
    return _text(topic(one) for one in TOPICS.values())


def users_file() -> str:
    """Every service, and who else is at the broker."""
    return _text(user(who) for who in (*SERVICES, *OUTSIDERS))


def _text(documents: Iterable[dict[str, Any]]) -> str:
    return HEAD + yaml.safe_dump_all(documents, sort_keys=False, allow_unicode=True)
