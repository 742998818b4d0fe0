"""The alarms that are shipped (deploy/alerts.yaml) speak of metrics that the services have, and say what to do."""

import re
from pathlib import Path

import pytest
import yaml
from audit import handlers as audit_handlers
from chassis import telemetry
from eligibility import handlers as eligibility_handlers
from prometheus_client import REGISTRY
from tax_income import handlers as tax_income_handlers
from transmittal import doors as transmittal_doors

FILE = Path(__file__).parents[1] / "deploy" / "alerts.yaml"
MODULES = telemetry, audit_handlers, eligibility_handlers, tax_income_handlers, transmittal_doors
RULES = [rule for group in yaml.safe_load(FILE.read_text("utf-8"))["groups"] for rule in group["rules"]]


def unknown(expression: str) -> set[str]:
    """Metrics in an expression that no service has."""
    known = {
        name
        for metric in REGISTRY.collect()
        for name in (metric.name, f"{metric.name}_total" if metric.type == "counter" else metric.name)
    }
    return set(re.findall(r"kokunen_\w+", expression)) - known


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alarm_is_about_a_metric_of_ours_and_says_what_to_do(rule: dict[str, dict[str, str]]) -> None:
    assert MODULES
    assert "kokunen_" in str(rule["expr"])
    assert unknown(str(rule["expr"])) == set()
    for metric, labels in re.findall(r"(kokunen_\w+)\{([^}]*)\}", str(rule["expr"])):
        assert set(re.findall(r"(\w+)=", labels)) <= set(REGISTRY._names_to_collectors[metric]._labelnames)
    assert rule["labels"]["severity"] in ("warning", "critical")
    assert {"summary", "action"} == rule["annotations"].keys()


def test_each_alarm_has_its_own_name() -> None:
    names = [rule["alert"] for rule in RULES]
    assert len(names) == len(set(names)) > 5


def test_a_metric_that_nobody_has_is_found() -> None:
    assert unknown("increase(kokunen_nonsense_total[1h]) > kokunen_lag_records") == {"kokunen_nonsense_total"}
