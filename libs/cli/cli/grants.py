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
    "console": ("filings",),
}
"""What a service publishes. Merges go to the register's topic, lists of the pension service to that of its notices,
and what the desk receives to that of filings: they are records of their own sources."""


OUTSIDERS: dict[str, dict[str, tuple[str, ...]]] = {
    "register": {"Write": ("resident-changes",), "Read": ("registry-sync.set-aside",)},
    "tax": {"Write": ("tax-assessments",), "Read": ("income-needs", "tax-income.set-aside")},
    "welfare": {"Write": ("welfare-changes",), "Read": ("eligibility.set-aside",)},
    "desk": {"Write": ("filings",), "Read": ("eligibility-events", "eligibility.set-aside")},
    "calendar": {"Write": ("calendar",), "Read": ("calendar",)},
    "window": {"Read": ("insured-status",)},
    "autoscaler": {"Describe": tuple(sorted({topic for topics in TOPICS_OF.values() for topic in topics}))},
}
"""Who else is at the broker: systems upstream, which also learn what of theirs was set aside; the timer of the business day; 総合窓口課; and what
starts more processes where groups fall behind, and reads nothing."""


class Acl(NamedTuple):
    """One rule: these operations on this resource, for whoever bears the certificate."""

    kind: str  # topic or group
    name: str
    operations: tuple[str, ...]


def writes(service: str) -> tuple[str, ...]:
    """The topics that a service publishes on."""
    aside = tuple(topic.name for topic in SET_ASIDE if topic.name == f"{service}.set-aside")
    return tuple(sorted((*_OWN[service], *_OF_EACH, *aside)))


def acls(who: str, prefix: str) -> list[Acl]:
    """Everything that a service, or one of the outsiders, may do under a deployment's prefix."""
    described: set[str] = set()
    if who in OUTSIDERS:
        read, written, described = (
            set(OUTSIDERS[who].get(operation, ())) for operation in ("Read", "Write", "Describe")
        )
    else:
        read, written = set(TOPICS_OF[who]), set(writes(who))
    found = [Acl("group", f"{prefix}{who}", ("Read", "Describe"))] if read else []
    if described:
        found += [Acl("group", f"{prefix}{service}", ("Describe",)) for service in TOPICS_OF]
    for topic in sorted(read | written | described):
        operations = ("Describe", *(["Read"] if topic in read else []), *(["Write"] if topic in written else []))
        found.append(Acl("topic", f"{prefix}{topic}", operations))
    return found
