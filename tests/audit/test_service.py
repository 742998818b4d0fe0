"""What does audit consume, and who opens a subject's key?"""

import secrets

import pytest
from audit.check import Finding, Report
from audit.handlers import SERVICE
from audit.store import KeyRing, WrongKeyFile
from chassis.batch import BROKEN_ENVIRONMENT
from chassis.sealing import Sealer
from cli.audit import as_text
from contracts.topics import TOPICS


def test_audit_reads_every_topic_but_its_own_checkpoints() -> None:
    assert set(SERVICE.topics) == set(TOPICS) - {"audit-checkpoints"}
    assert not SERVICE.handlers


def test_a_key_unwraps_for_its_subject_under_its_file_only() -> None:
    ring = KeyRing(Sealer(secrets.token_bytes(32)))
    wrapped = ring.new("10012345")
    box = ring.unwrap("10012345", wrapped).seal(b"content", "residents/0/1")
    assert ring.unwrap("10012345", wrapped).open(box, "residents/0/1") == b"content"
    with pytest.raises(WrongKeyFile):
        ring.unwrap("10012346", wrapped)
    with pytest.raises(WrongKeyFile):
        KeyRing(Sealer(secrets.token_bytes(32))).unwrap("10012345", wrapped)


def test_a_wrong_key_file_is_waited_for_and_nothing_is_skipped() -> None:
    assert issubclass(WrongKeyFile, BROKEN_ENVIRONMENT)


def test_the_result_is_the_first_line() -> None:
    report = Report(leaves=1200, destroyed=2, compared=1198)
    assert as_text(report) == (
        "audit log clean: 1,200 leaves, 2 with a destroyed key, 1,198 compared with Kafka, root " + report.root.hex()
    )
    report.add(7, "residents/0/7", "box", "the box was changed or moved")
    first, second = as_text(report).splitlines()
    assert first.startswith("audit log NOT CLEAN, 1 findings: 1,200 leaves")
    assert second == str(Finding(7, "residents/0/7", "box", "the box was changed or moved"))
