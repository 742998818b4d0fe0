"""Does each alarm of deploy/alerts.yaml ring when it should, and stay silent when it should not? Prometheus' own tester decides."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from cli.catalogue import EVERY

pytestmark = pytest.mark.system  # promtool comes with `make test`

ROOT = Path(__file__).parents[1]
RULES = ROOT / "deploy" / "alerts.yaml"
ALARMS = [rule["alert"] for group in yaml.safe_load(RULES.read_text("utf-8"))["groups"] for rule in group["rules"]]
UP = {f'kokunen_outbox_events{{service="{service}"}}': "0x10000" for service in EVERY}
"""Every service tells its figures, the whole time."""


class Case(NamedTuple):
    """Values minute by minute in Prometheus' notation (`0x5` is six noughts, `_` nothing); the minute at which one looks."""

    alarm: str
    series: str
    values: str
    at: int
    rings: bool


MISSING = 'kokunen_missing_offsets_total{topic="resident-changes"}'
REUSED = 'kokunen_id_reused_total{topic="filings"}'
AUDIT = 'kokunen_outbox_events{service="audit"}'
INCOME = 'kokunen_income_needs{owner="tax",overdue="true"}'
CASES = [
    Case("ReportDueSoon", "kokunen_transmittal_due_in_days", "2x20", 10, True),
    Case("ReportDueSoon", "kokunen_transmittal_due_in_days", "3x20", 10, False),
    Case("ReportOverdue", 'kokunen_transmittal_due{state="overdue"}', "1x20", 10, True),
    Case("ReportOverdue", 'kokunen_transmittal_due{state="waiting"}', "9x20", 10, False),
    Case("MediumOverdue", "kokunen_transmittal_media_overdue", "1x20", 10, True),
    Case("MediumOverdue", "kokunen_transmittal_media_overdue", "0x20", 10, False),
    Case("IncomeOverdue", INCOME, "1x100", 61, True),
    Case("IncomeOverdue", INCOME, "1x100", 59, False),
    Case("ServiceSilent", AUDIT, "0x3 _x30", 15, True),
    Case("ServiceSilent", AUDIT, "0x3 _x5 0x20", 15, False),
    Case("NoAnswer", 'kokunen_no_answer{server="kafka"}', "1x20", 2, True),
    Case("NoAnswer", 'kokunen_no_answer{server="kafka"}', "1x20", 1, False),
    Case("BatchFailing", "kokunen_batch_failing", "1x20", 5, True),
    Case("BatchFailing", "kokunen_batch_failing", "1x20", 4, False),
    Case("ResidentParked", "kokunen_parked_residents", "1x30", 15, True),
    Case("ResidentParked", "kokunen_parked_residents", "1x30", 14, False),
    Case("DayNotTold", "kokunen_business_day_seconds", "1x2000", 30 * 60 + 1, True),
    Case("DayNotTold", "kokunen_business_day_seconds", "100x2000", 30 * 60 + 1, False),
    Case("DayNotTold", "kokunen_business_day_seconds", "0x2000", 30 * 60 + 1, False),  # audit knows no day
    Case("DayFailing", "kokunen_day_failing", "1x20", 5, True),
    Case("DayFailing", "kokunen_day_failing", "1x20", 4, False),
    Case("OutboxStuck", "kokunen_outbox_oldest_seconds", "61x20", 10, True),
    Case("OutboxStuck", "kokunen_outbox_oldest_seconds", "60x20", 10, False),
    Case("Lagging", 'kokunen_lag_records{topic="tax-assessments"}', "10001x40", 30, True),
    Case("Lagging", 'kokunen_lag_records{topic="tax-assessments"}', "10000x40", 30, False),
    Case("Lagging", 'kokunen_lag_records{topic="tax-assessments"}', "10001x40", 29, False),
    Case("OffsetsMissing", MISSING, "0x3 7x100", 30, True),
    Case("OffsetsMissing", MISSING, "_x3 7x100", 30, True),  # before the process was asked for the first time
    Case("OffsetsMissing", MISSING, "7x70 9x20", 80, True),  # not for the first time
    Case("OffsetsMissing", MISSING, "_x3 7x100", 80, False),  # an hour later it is in the accounting
    Case("OffsetsMissing", MISSING, "7x70 0x20", 80, False),  # another process
    Case("OffsetsMissing", MISSING, "0x40", 30, False),
    Case("DatabaseOlder", "kokunen_read_again_total", "_x3 24x20", 10, True),
    Case("DatabaseOlder", "kokunen_read_again_total", "0x20", 10, False),
    Case("PartitionDamaged", 'kokunen_damaged_partition{topic="filings",partition="3"}', "1x20", 10, True),
    Case("PartitionDamaged", 'kokunen_damaged_partition{topic="filings",partition="3"}', "0x20", 10, False),
    Case("EventIdReused", REUSED, "_x3 1x20", 10, True),
    Case("EventIdReused", REUSED, "0x20", 10, False),
    Case("KafkaClientReplaced", "kokunen_kafka_client_replaced_total", "0x3 1x20", 10, True),
    Case("KafkaClientReplaced", "kokunen_kafka_client_replaced_total", "0x20", 10, False),
    Case("AccessRecordsUnacknowledged", "kokunen_accesses_unacknowledged_seconds", "31x20", 10, True),
    Case("AccessRecordsUnacknowledged", "kokunen_accesses_unacknowledged_seconds", "30x20", 10, False),
    Case("AuditLogNotSigned", "kokunen_audit_not_signed", "1x20", 10, True),
    Case("AuditLogNotSigned", "kokunen_audit_not_signed", "0x20", 10, False),
    Case("AuditLogUnsigned", "kokunen_audit_unsigned_seconds", "61x20", 10, True),
    Case("AuditLogUnsigned", "kokunen_audit_unsigned_seconds", "60x20", 10, False),
    Case("AuditWitnessSilent", "kokunen_audit_witness_silent", "1x20", 10, True),
    Case("AuditWitnessSilent", "kokunen_audit_witness_silent", "1x20", 9, False),
    Case("AccessNotLookedInto", "kokunen_audit_findings_open", "1x5000", 3 * 24 * 60, True),
    Case("AccessNotLookedInto", "kokunen_audit_findings_open", "1x5000", 3 * 24 * 60 - 1, False),
    Case("ReviewOverdue", "kokunen_audit_reviews_overdue", "1x20", 10, True),
    Case("ReviewOverdue", "kokunen_audit_reviews_overdue", "0x20", 10, False),
    Case("RightsRequestOverdue", "kokunen_rights_requests_overdue", "1x20", 10, True),
    Case("RightsRequestOverdue", "kokunen_rights_requests_overdue", "0x20", 10, False),
]


def as_promtool_has_it(case: Case) -> dict[str, object]:
    """Of all alarms, this one rings or none does."""
    series = UP | {case.series: case.values}
    return {
        "interval": "1m",
        "name": f"{case.alarm}: {case.series} = {case.values}, minute {case.at}",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [
            {
                "expr": 'count by (alertname) (ALERTS{alertstate="firing"})',
                "eval_time": f"{case.at}m",
                "exp_samples": [{"labels": f'{{alertname="{case.alarm}"}}', "value": 1}] * case.rings,
            }
        ],
    }


def promtool(*words: str | Path) -> subprocess.CompletedProcess[str]:
    places = os.pathsep.join([os.environ["PATH"], str(ROOT / ".local" / "prometheus" / "usr" / "bin")])
    program = shutil.which("promtool", path=places)
    assert program is not None, "`make test` brings promtool"
    return subprocess.run([program, *words], capture_output=True, text=True, check=False)


def prove(folder: Path, cases: list[Case], rules: Path = RULES) -> subprocess.CompletedProcess[str]:
    tests = {"rule_files": [str(rules)], "evaluation_interval": "1m", "tests": [as_promtool_has_it(c) for c in cases]}
    (folder / "tests.yaml").write_text(yaml.safe_dump(tests), "utf-8")
    return promtool("test", "rules", folder / "tests.yaml")


def test_each_alarm_rings_when_it_should_and_only_then(tmp_path: Path) -> None:
    done = prove(tmp_path, CASES)
    assert done.returncode == 0, done.stdout + done.stderr
    assert list(dict.fromkeys(c.alarm for c in CASES if c.rings)) == ALARMS
    assert list(dict.fromkeys(c.alarm for c in CASES if not c.rings)) == ALARMS


def test_any_service_that_is_silent_is_noticed(tmp_path: Path) -> None:
    cases = [Case("ServiceSilent", f'kokunen_outbox_events{{service="{one}"}}', "0x3 _x30", 15, True) for one in EVERY]
    done = prove(tmp_path, cases)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_rules_are_prometheus_rules() -> None:
    """Also the words in them."""
    done = promtool("check", "rules", RULES)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(ALARMS)} rules found" in done.stdout


@pytest.mark.parametrize(
    ("alarm", "right", "wrong"),
    [
        (
            "OffsetsMissing",
            "kokunen_missing_offsets_total > (kokunen_missing_offsets_total offset 1h or kokunen_missing_offsets_total * 0)",
            "increase(kokunen_missing_offsets_total[1h]) > 0",
        ),
        ("Lagging", "kokunen_lag_records > 10000", "kokunen_lag_records > 10001"),
        ("Lagging", "for: 30m", "for: 20m"),
    ],
    ids=["never for a first time", "too high", "too soon"],
)
def test_a_wrong_rule_is_found(tmp_path: Path, alarm: str, right: str, wrong: str) -> None:
    cases = [case for case in CASES if case.alarm == alarm]
    assert prove(tmp_path, cases).returncode == 0
    text = RULES.read_text("utf-8")
    assert text.count(right) == 1
    rules = tmp_path / "alerts.yaml"
    rules.write_text(text.replace(right, wrong), "utf-8")
    assert "FAILED" in prove(tmp_path, cases, rules).stderr
