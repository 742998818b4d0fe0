"""Does each service get at the broker what its work needs, and nothing else?"""

from cli.catalogue import TOPICS_OF
from cli.grants import acls, writes
from contracts.topics import DERIVED, INCOMING, TOPICS
from contracts.vocabulary import SERVICES


def test_every_derived_topic_has_a_writer_and_what_comes_from_outside_mostly_none() -> None:
    written = {topic for service in SERVICES for topic in writes(service)}
    assert {topic.name for topic in DERIVED} <= written
    assert {"tax-assessments", "welfare-changes", "calendar"} & written == set()
    assert {topic.name for topic in INCOMING} & written == {"resident-changes", "pension-service-notices", "filings"}


def test_a_service_reads_what_it_consumes_and_no_other() -> None:
    for service in SERVICES:
        readable = {acl.name for acl in acls(service, "") if acl.kind == "topic" and "Read" in acl.operations}
        assert readable == set(TOPICS_OF[service])


def test_everything_is_below_the_prefix() -> None:
    for service in SERVICES:
        assert all(acl.name.startswith("toshima_") for acl in acls(service, "toshima_"))
    assert set(TOPICS) >= {acl.name for s in SERVICES for acl in acls(s, "") if acl.kind == "topic"}
