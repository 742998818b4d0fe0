"""What operations look at: alarms (deploy/alerts.yaml), the dashboard (deploy/grafana), the runbook. All speak of metrics that the services have."""

import json
import re
from pathlib import Path

import promql_parser
import pytest
import yaml
from cli import metrics

ROOT = Path(__file__).parents[1]
RULES = [
    rule
    for group in yaml.safe_load((ROOT / "deploy" / "alerts.yaml").read_text("utf-8"))["groups"]
    for rule in group["rules"]
]
PANELS = [panel for row in metrics.ROWS.values() for panel in row]


def known() -> dict[str, set[str]]:
    """Labels of each series that Prometheus would hold; `service` and `instance` come from its targets."""
    found = {}
    for one in metrics.catalogue():
        stem, *suffixes = one.name.replace("_bucket, _sum, _count", " _bucket _sum _count").split()
        for name in [stem + suffix for suffix in suffixes] or [stem]:
            found[name] = {*one.labels, "service", "instance", *(["le"] if name.endswith("_bucket") else [])}
    return found


def mistakes(expression: str) -> list[str]:
    """What is wrong with an expression: its grammar, a metric that nobody has, a label that the metric has not."""
    try:
        promql_parser.parse(expression)
    except ValueError as error:
        return [f"grammar: {error}"]
    series = known()
    names = set(re.findall(r"kokunen_\w+", expression))
    found = [f"unknown: {name}" for name in sorted(names - series.keys())]
    allowed = set.union(*(series[name] for name in names & series.keys()), set())
    used = set(re.findall(r"(\w+)=~?\"", expression))
    for group in re.findall(r"by \(([^)]*)\)", expression):
        used |= set(re.split(r",\s*", group))
    return found + [f"no such label: {label}" for label in sorted(used - allowed)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alarm_is_about_a_metric_of_ours_and_says_what_to_do(rule: dict[str, dict[str, str]]) -> None:
    assert "kokunen_" in str(rule["expr"])
    assert mistakes(str(rule["expr"])) == []
    assert rule["labels"]["severity"] in ("warning", "critical")
    assert {"summary", "action"} == rule["annotations"].keys()


def test_each_alarm_has_its_own_name_and_its_part_in_the_runbook() -> None:
    names = [rule["alert"] for rule in RULES]
    assert len(names) == len(set(names)) > 5
    runbook = (ROOT / "docs" / "runbook.md").read_text("utf-8")
    assert re.findall(r"^## (\w+)$", runbook, re.MULTILINE) == names


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.title)
def test_a_graph_is_of_metrics_of_ours(panel: metrics.Panel) -> None:
    assert mistakes(panel.expression) == []
    shown = set(re.findall(r"\{\{(\w+)\}\}", panel.legend))
    groups = {label for group in re.findall(r"by \(([^)]*)\)", panel.expression) for label in re.split(r",\s*", group)}
    assert shown <= groups


def test_the_dashboard_and_the_catalogue_are_the_code_s() -> None:
    written = (ROOT / "deploy" / "grafana" / "kokunen.json").read_text("utf-8")
    assert written == metrics.dashboard(), "run `make docs`"
    assert (ROOT / "docs" / "metrics.md").read_text("utf-8") == metrics.page(), "run `make docs`"
    places = [tuple(panel["gridPos"].values()) for panel in json.loads(written)["panels"]]
    assert len(places) == len(set(places))
    assert max(x + w for x, _, w, _ in places) <= 24


def test_every_metric_says_what_it_is_and_bears_our_name() -> None:
    for one in metrics.catalogue():
        assert one.name.startswith("kokunen_")
        assert len(one.says) > 10
        assert not {"addressee", "subject", "account", "person"} & set(one.labels)


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("increase(kokunen_nonsense_total[1h]) > kokunen_lag_records", "unknown: kokunen_nonsense_total"),
        ("sum by (colour) (kokunen_lag_records)", "no such label: colour"),
        ("rate(kokunen_records_total[5m]", "grammar"),
    ],
)
def test_a_wrong_expression_is_found(expression: str, found: str) -> None:
    assert any(mistake.startswith(found) for mistake in mistakes(expression))
