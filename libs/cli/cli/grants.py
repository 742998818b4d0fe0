"""What may each service do at the broker? As little as its work needs: the source of the broker's ACLs."""

from typing import NamedTuple

from contracts.topics import SET_ASIDE

from cli.catalogue import TOPICS_OF

_OF_EACH = ("access-records", "erasures")
_OWN = {
    "registry-sync": ("residents", "resident-changes"),
    "tax-income": ("incomes", "income-needs", "income-answers", "pension-service-notices"),
    "eligibility": ("persons-concerned", "eligibility-events", "exemption-events", "claim-events", "insured-status"),
    "transmittal": ("transmittals", "pension-service-notices"),
    "audit": ("accounts", "access-findings", "audit-checkpoints"),
}
"""What a service publishes. Merges go to the register's topic, lists of the pension service to that of its notices: they are records of their own sources."""


class Acl(NamedTuple):
    """One rule: these operations on this resource, for whoever bears the service's certificate."""

    kind: str  # topic or group
    name: str
    operations: tuple[str, ...]


def writes(service: str) -> tuple[str, ...]:
    """The topics that a service publishes on."""
    aside = tuple(topic.name for topic in SET_ASIDE if topic.name == f"{service}.set-aside")
    return tuple(sorted((*_OWN[service], *_OF_EACH, *aside)))


def acls(service: str, prefix: str) -> list[Acl]:
    """Everything that a service may do under a deployment's prefix."""
    read, written = set(TOPICS_OF[service]), set(writes(service))
    found = [Acl("group", f"{prefix}{service}", ("Read", "Describe"))]
    for topic in sorted(read | written):
        operations = ("Describe", *(["Read"] if topic in read else []), *(["Write"] if topic in written else []))
        found.append(Acl("topic", f"{prefix}{topic}", operations))
    return found
