"""What do the services measure, and how do operations see it? The catalogue (docs/metrics.md) and the dashboard (deploy/grafana), made from the code."""

import importlib
import json
import pkgutil
from collections.abc import Iterator
from typing import Any, NamedTuple

from prometheus_client import REGISTRY
from prometheus_client.metrics import MetricWrapperBase

from cli.catalogue import EVERY


class Panel(NamedTuple):
    """One graph of the dashboard."""

    title: str
    expression: str
    unit: str = "short"
    legend: str = "{{service}}"


ROWS: dict[str, tuple[Panel, ...]] = {
    "Is everything flowing?": (
        Panel("Records a second, by what became of them", "sum by (service, disposition) (rate(kokunen_records_total[1m]))", "ops", "{{service}} {{disposition}}"),
        Panel("Records not yet taken", "sum by (service, topic) (kokunen_lag_records)", legend="{{service}} {{topic}}"),
        Panel("Events not yet published", "sum by (service) (kokunen_outbox_events)"),
        Panel("Age of the oldest of them", "max by (service) (kokunen_outbox_oldest_seconds)", "s"),
        Panel("A batch, 99 of 100 within", "histogram_quantile(0.99, sum by (service, le) (rate(kokunen_batch_seconds_bucket[5m])))", "s"),
        Panel("Events published a second", "sum by (service) (rate(kokunen_published_total[1m]))", "ops"),
    ),
    "Is something stuck?": (
        Panel("Servers that do not answer", "max by (service, server) (kokunen_no_answer)", legend="{{service}} {{server}}"),
        Panel("A batch fails", "max by (service) (kokunen_batch_failing)"),
        Panel("Residents who wait behind a record that failed", "sum by (service) (kokunen_parked_residents)"),
        Panel("Set aside in the last hour", 'sum by (service, topic) (increase(kokunen_records_total{disposition="set_aside"}[1h]))', legend="{{service}} {{topic}}"),
        Panel("Age of the day at which a service is", "max by (service) (time() - (kokunen_business_day_seconds > 0))", "s"),
        Panel("The work of the day fails", "max by (service) (kokunen_day_failing)"),
        Panel("Damaged partitions", "max by (service, topic, partition) (kokunen_damaged_partition)", legend="{{service}} {{topic}}/{{partition}}"),
        Panel("Offsets removed unread", "sum by (service, topic) (increase(kokunen_missing_offsets_total[1d]))", legend="{{service}} {{topic}}"),
        Panel("Partitions read again for an older database", "sum by (service) (increase(kokunen_read_again_total[1d]))"),
        Panel("Kafka clients replaced", "sum by (service) (increase(kokunen_kafka_client_replaced_total[1d]))"),
    ),
    "Who asks, and is it on record?": (
        Panel("Calls a second, by status", "sum by (service, status) (rate(kokunen_calls_total[5m]))", "reqps", "{{service}} {{status}}"),
        Panel("An answer, 95 of 100 within", "histogram_quantile(0.95, sum by (service, le) (rate(kokunen_call_seconds_bucket[5m])))", "s"),
        Panel("Access records that wait for the audit log", "max by (service) (kokunen_accesses_unacknowledged_seconds)", "s"),
        Panel("The log is not signed since", "max(kokunen_audit_unsigned_seconds)", "s", "audit"),
        Panel("Accesses that somebody should look at", "max(kokunen_audit_findings_open)", legend="open"),
    ),
    "Is the ward in time?": (
        Panel("Items that are to go to the pension service", "sum by (state) (kokunen_transmittal_due)", legend="{{state}}"),
        Panel("Days until the next one is due", "min(kokunen_transmittal_due_in_days)", legend="days"),
        Panel("Incomes that a case waits for", "sum by (owner, overdue) (kokunen_income_needs)", legend="{{owner}} overdue {{overdue}}"),
        Panel("Media that should be back", "max(kokunen_transmittal_media_overdue)", legend="media"),
    ),
}  # fmt: skip


class Metric(NamedTuple):
    """One metric of ours, as Prometheus stores it."""

    name: str
    kind: str
    labels: tuple[str, ...]
    says: str
    module: str


def catalogue() -> list[Metric]:
    """Every metric of every service, by name."""
    found = []
    for package in ("chassis", *(service.package for service in EVERY.values())):
        for module in pkgutil.iter_modules(importlib.import_module(package).__path__):
            if module.name == "__main__":
                continue
            for value in vars(importlib.import_module(f"{package}.{module.name}")).values():
                if isinstance(value, MetricWrapperBase):
                    (described,) = list(value.describe())
                    suffix = {"counter": "_total", "histogram": "_bucket, _sum, _count"}.get(described.type, "")
                    names = value._labelnames
                    place = "every service" if package == "chassis" else package.replace("_", "-")
                    found.append(Metric(described.name + suffix, described.type, tuple(names), described.documentation, place))  # fmt: skip
    assert REGISTRY
    return sorted(set(found))


def page() -> str:
    """The catalogue as a page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield from (
        "# What is measured",
        "",
        "Made from the code by `make docs`. Each service answers `GET /metrics` (Prometheus text) on its own port; the dashboard is",
        "`deploy/grafana/kokunen.json`, the alarms `deploy/alerts.yaml`, what to do when one rings `docs/runbook.md`. No label and no value",
        "says anything about a person.",
        "",
        "| Metric | Kind | Labels | What it says | Of |",
        "|---|---|---|---|---|",
    )
    for one in catalogue():
        yield f"| `{one.name}` | {one.kind} | {', '.join(one.labels)} | {one.says} | {one.module} |"


def dashboard() -> str:
    """The dashboard as Grafana takes it; its Prometheus must give each target a label `service`."""
    panels: list[dict[str, Any]] = []
    y = 0
    for title, row in ROWS.items():
        panels.append({"type": "row", "title": title, "gridPos": {"x": 0, "y": y, "w": 24, "h": 1}, "panels": []})
        y += 1
        for number, panel in enumerate(row):
            panels.append(
                {
                    "type": "timeseries",
                    "title": panel.title,
                    "datasource": {"type": "prometheus", "uid": "${source}"},
                    "gridPos": {"x": 8 * (number % 3), "y": y + 7 * (number // 3), "w": 8, "h": 7},
                    "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
                    "targets": [{"refId": "A", "expr": panel.expression, "legendFormat": panel.legend}],
                }
            )
        y += 7 * -(-len(row) // 3)
    for number, one in enumerate(panels, 1):
        one["id"] = number
    source = {"name": "source", "type": "datasource", "query": "prometheus", "label": "Prometheus"}
    whole = {
        "title": "kokunen",
        "uid": "kokunen",
        "schemaVersion": 39,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": [source]},
        "panels": panels,
    }
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"
