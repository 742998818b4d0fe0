"""The services as Kubernetes runs them (deploy/k8s): processes, keys, certificates, who may talk to whom, how many there are. Made from what each reads and calls."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from chassis.settings import door_variable, variable
from contracts.topics import TOPICS
from contracts.vocabulary import SERVICES

from cli.catalogue import TOPICS_OF
from cli.local import REPOSITORY
from cli.strimzi import CLUSTER

HEAD = "# Made from libs/cli/cli/workloads.py by `make docs`: change it there.\n"
IMAGE = "kokunen"
HEALTH, DOORS = 8080, 8443
POSTGRES = "kokunen-postgres"
HOME = "/var/lib/kokunen"
USER = 10001
"""Of the image; no process of ours is root."""


class Workload(NamedTuple):
    """What a service's processes need."""

    calls: tuple[str, ...]
    """At whose doors it asks."""
    memory_mib: int
    """At most: measured peaks are below 220 MiB under full load (docs/performance.md)."""
    most: int
    """Processes where load grows; the broker gives each some of the partitions."""


WORKLOADS = {
    "registry-sync": Workload(("audit",), 384, 8),
    "tax-income": Workload(("registry-sync", "audit"), 384, 8),
    "eligibility": Workload(("registry-sync", "tax-income", "transmittal", "audit"), 512, 12),
    "transmittal": Workload(("registry-sync", "tax-income", "audit"), 768, 2),
    "audit": Workload(("registry-sync", "audit"), 512, 4),
    "console": Workload(("registry-sync", "tax-income", "eligibility", "transmittal", "audit"), 384, 4),
}
LAG = 5_000
"""Records before a process at which another one is started: some two seconds of work."""


def services() -> list[dict[str, Any]]:
    """For each service: account, keys, certificate, processes, address and whom it may reach."""
    return [
        document
        for service in SERVICES
        for document in (
            _account(service),
            _keys(service),
            _certificate(service),
            _deployment(service),
            _address(service),
            _reach(service),
        )
    ]


def migrations() -> list[dict[str, Any]]:
    """For each service: the job before its processes, and the one that finishes an upgrade when it is told to."""
    return [document for service in SERVICES for document in (_migrate(service), _finish(service))]


def scaling() -> list[dict[str, Any]]:
    """For each service: at least one process stays when machines are emptied, and lag starts more of those that can share partitions."""
    shared = [service for service in SERVICES if any(TOPICS[topic].by_resident for topic in TOPICS_OF[service])]
    return [_autoscaler(), *map(_stays, SERVICES), *map(_scaled, shared)]


def _text(documents: Iterable[dict[str, Any]]) -> str:
    return HEAD + yaml.dump_all(documents, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=140)


class _Plain(yaml.SafeDumper):
    """Everything in full: a reader of manifests does not look for anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _named(service: str, suffix: str = "") -> dict[str, Any]:
    return {"name": service + suffix, "labels": _labels(service)}


def _labels(service: str) -> dict[str, str]:
    return {"app.kubernetes.io/name": service, "app.kubernetes.io/part-of": "kokunen"}


def _account(service: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": _named(service),
        "automountServiceAccountToken": False,
    }


def _keys(service: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": _named(service, "-keys"),
        "spec": {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "64Mi"}}},
    }


def _certificate(service: str) -> dict[str, Any]:
    return {
        "apiVersion": "cert-manager.io/v1",
        "kind": "Certificate",
        "metadata": _named(service, "-doors"),
        "spec": {
            "secretName": f"{service}-doors",
            "dnsNames": [service],
            "duration": "2160h",
            "renewBefore": "720h",
            "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"},
            "usages": ["server auth"],
            "issuerRef": {"name": "kokunen-doors", "kind": "Issuer"},
        },
    }


def _environment(service: str) -> list[dict[str, Any]]:
    login = {"name": f"{service}-database"}
    database = service.replace("-", "_")
    return [
        {"name": "DATABASE_USER", "valueFrom": {"secretKeyRef": {**login, "key": "username"}}},
        {"name": "DATABASE_PASSWORD", "valueFrom": {"secretKeyRef": {**login, "key": "password"}}},
        {
            "name": variable(service),
            "value": f"postgresql://$(DATABASE_USER):$(DATABASE_PASSWORD)@{POSTGRES}-rw:5432/kokunen_{database}"
            "?sslmode=verify-full&sslrootcert=/run/postgres/ca.crt",
        },
        {"name": "OTEL_SERVICE_NAME", "value": service},
        *({"name": door_variable(other), "value": f"https://{other}:{DOORS}"} for other in WORKLOADS[service].calls),
    ]


def _volumes(service: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """(volume, where it is mounted) of what the service has beside its image."""

    def secret(name: str, of: str, place: str, **mount: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        volume = {"name": name, "secret": {"secretName": of, "defaultMode": 0o440}}
        return volume, {"name": name, "mountPath": place, "readOnly": True, **mount}

    signing = f"{service}.signing"
    return [
        (
            {"name": "keys", "persistentVolumeClaim": {"claimName": f"{service}-keys"}},
            {"name": "keys", "mountPath": f"{HOME}/keys"},
        ),
        secret("signing", f"{service}-signing", f"{HOME}/keys/{signing}", subPath=signing),
        secret("kafka-authority", f"{CLUSTER}-cluster-ca-cert", "/run/kafka/authority"),
        secret("kafka-user", service, "/run/kafka/user"),
        secret("postgres", f"{POSTGRES}-ca", "/run/postgres"),
        secret("doors", f"{service}-doors", "/run/doors"),
        secret("callers", "kokunen-callers", "/run/callers"),
        *([secret("sign-in", "kokunen-sign-in-authority", "/run/sign-in")] if service == "console" else []),
        (
            {"name": "work", "emptyDir": {"sizeLimit": "2Gi"}},
            {"name": "work", "mountPath": f"{HOME}/work"},
        ),
        ({"name": "tmp", "emptyDir": {"sizeLimit": "256Mi"}}, {"name": "tmp", "mountPath": "/tmp"}),  # noqa: S108
    ]


def _container(service: str, command: list[str]) -> dict[str, Any]:
    return {
        "name": service,
        "image": IMAGE,
        "args": command,
        "envFrom": [
            {"configMapRef": {"name": name}} for name in ("kokunen", *(("desk",) if service == "console" else ()))
        ],
        "env": _environment(service),
        "volumeMounts": [mount for _, mount in _volumes(service)],
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "resources": {
            "requests": {"cpu": "250m", "memory": f"{WORKLOADS[service].memory_mib // 2}Mi"},
            "limits": {"memory": f"{WORKLOADS[service].memory_mib}Mi"},
        },
    }


def _pod(service: str, container: dict[str, Any], labels: dict[str, str], **more: Any) -> dict[str, Any]:
    return {
        "metadata": {"labels": labels},
        "spec": {
            "serviceAccountName": service,
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": USER,
                "runAsGroup": USER,
                "fsGroup": USER,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [container],
            "volumes": [volume for volume, _ in _volumes(service)],
            **more,
        },
    }


def _deployment(service: str) -> dict[str, Any]:
    # Ready only after the migrations (`Runner`): until then the process before it goes on.
    asked = {"port": "health", "scheme": "HTTP"}
    container = _container(service, ["python", "-m", service.replace("-", "_")]) | {
        "ports": [{"name": "health", "containerPort": HEALTH}, {"name": "doors", "containerPort": DOORS}],
        "startupProbe": {"httpGet": {"path": "/health/live", **asked}, "periodSeconds": 2, "failureThreshold": 150},
        "readinessProbe": {
            "httpGet": {"path": "/health/ready", **asked},
            "periodSeconds": 5,
            "timeoutSeconds": 5,
            "failureThreshold": 2,
        },
        "livenessProbe": {
            "httpGet": {"path": "/health/live", **asked},
            "periodSeconds": 10,
            "timeoutSeconds": 5,
            "failureThreshold": 6,
        },
    }
    spread = {
        "maxSkew": 1,
        "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": _labels(service)},
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": _named(service),
        "spec": {
            "selector": {"matchLabels": _labels(service)},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
            "minReadySeconds": 5,
            # A batch is finished, offsets are committed, callers are answered; what cannot finish is left after 20 s.
            "template": _pod(
                service,
                container,
                _labels(service),
                terminationGracePeriodSeconds=45,
                topologySpreadConstraints=[spread],
            ),
        },
    }


def _address(service: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": _named(service),
        "spec": {
            "selector": _labels(service),
            "ports": [{"name": "doors", "port": DOORS, "targetPort": "doors"}],
        },
    }


def _reach(service: str) -> dict[str, Any]:
    """A NetworkPolicy: who may come to its doors and to its health, and where it goes itself. Everything else is denied (policies.yaml)."""

    def pods(**labels: str) -> dict[str, Any]:
        names = {name.replace("__", "/").replace("_", "."): value for name, value in labels.items()}
        return {"podSelector": {"matchLabels": names}}

    def ports(*numbers: int) -> list[dict[str, Any]]:
        return [{"protocol": "TCP", "port": number} for number in numbers]

    callers = [pods(app_kubernetes_io__name=other) for other, one in WORKLOADS.items() if service in one.calls]
    desk = {"namespaceSelector": {"matchLabels": {"kokunen/desk": "true"}}}
    watchers = {"namespaceSelector": {"matchLabels": {"kokunen/monitoring": "true"}}}
    called = [pods(app_kubernetes_io__name=other) for other in WORKLOADS[service].calls]
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": _named(service),
        "spec": {
            "podSelector": {"matchLabels": {"app.kubernetes.io/name": service}},
            "policyTypes": ["Ingress", "Egress"],
            "ingress": [
                {"from": [*callers, desk], "ports": ports(DOORS)},
                {"from": [watchers], "ports": ports(HEALTH)},
            ],
            "egress": [
                {"to": [{"podSelector": {"matchLabels": {"strimzi.io/cluster": CLUSTER}}}], "ports": ports(9093)},
                {"to": [{"podSelector": {"matchLabels": {"cnpg.io/cluster": POSTGRES}}}], "ports": ports(5432)},
                {"to": [pods(app_kubernetes_io__name="collector")], "ports": ports(4318)},
                *([{"to": called, "ports": ports(DOORS)}] if called else []),
            ],
        },
    }


def _job(service: str, *more: str) -> dict[str, Any]:
    """The job's own label lets it reach what the service reaches, and keeps it out of the service's address."""
    labels = {"app.kubernetes.io/name": service, "app.kubernetes.io/component": "migration"}
    container = _container(service, ["kokunen", "migrate", service, *more])
    return {
        "backoffLimit": 5,
        "ttlSecondsAfterFinished": 86_400,
        "template": _pod(service, container, labels, restartPolicy="Never"),
    }


def _migrate(service: str) -> dict[str, Any]:
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": _named(service, "-migrate"), "spec": _job(service)}


def _finish(service: str) -> dict[str, Any]:
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": _named(service, "-finish-upgrade"),
        "spec": {
            # Never by the clock: `kubectl create job --from=cronjob/…-finish-upgrade` when the version before is gone for good.
            "schedule": "0 0 1 1 *",
            "suspend": True,
            "jobTemplate": {"spec": _job(service, "--finish")},
        },
    }


def _stays(service: str) -> dict[str, Any]:
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": _named(service),
        "spec": {"minAvailable": 1, "selector": {"matchLabels": _labels(service)}},
    }


def _scaled(service: str) -> dict[str, Any]:
    workload = WORKLOADS[service]
    partitions = max(TOPICS[topic].partitions for topic in TOPICS_OF[service])
    return {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "metadata": _named(service),
        "spec": {
            "scaleTargetRef": {"name": service},
            "minReplicaCount": 2,
            "maxReplicaCount": min(workload.most, partitions),
            "pollingInterval": 15,
            # A group that grows or shrinks stands still for a moment: not for every short load.
            "cooldownPeriod": 600,
            "triggers": [
                {
                    "type": "kafka",
                    "metadata": {
                        "bootstrapServers": f"{CLUSTER}-kafka-bootstrap:9093",
                        "consumerGroup": service,
                        "lagThreshold": str(LAG),
                        "offsetResetPolicy": "earliest",
                        "tls": "enable",
                    },
                    "authenticationRef": {"name": "kokunen-autoscaler"},
                }
            ],
        },
    }


def _autoscaler() -> dict[str, Any]:
    """With which certificate lag is asked for: one that may read no record."""
    given = [
        ("ca", f"{CLUSTER}-cluster-ca-cert", "ca.crt"),
        ("cert", "autoscaler", "user.crt"),
        ("key", "autoscaler", "user.key"),
    ]
    return {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "TriggerAuthentication",
        "metadata": {"name": "kokunen-autoscaler"},
        "spec": {"secretTargetRef": [{"parameter": what, "name": secret, "key": key} for what, secret, key in given]},
    }


def monitoring(alerts: str) -> list[dict[str, Any]]:
    """Where Prometheus finds the services' metrics, and the alarms on them (the text of deploy/alerts.yaml)."""
    named = {"sourceLabels": ["__meta_kubernetes_pod_label_app_kubernetes_io_name"], "targetLabel": "service"}
    labels = {"app.kubernetes.io/part-of": "kokunen"}
    return [
        {
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": "PodMonitor",
            "metadata": {"name": "kokunen"},
            "spec": {
                "selector": {"matchLabels": labels},
                "podMetricsEndpoints": [{"port": "health", "path": "/metrics", "relabelings": [named]}],
            },
        },
        {
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": "PrometheusRule",
            "metadata": {"name": "kokunen"},
            "spec": yaml.safe_load(alerts),
        },
    ]


def files(deploy: Path) -> dict[Path, str]:
    """Every manifest that is made here, and its text."""
    base = deploy / "k8s" / "base"
    return {
        base / "services.yaml": _text(services()),
        base / "migrations.yaml": _text(migrations()),
        base / "monitoring.yaml": _text(monitoring((deploy / "alerts.yaml").read_text("utf-8"))),
        deploy / "k8s" / "scaling" / "scaling.yaml": _text(scaling()),
    }


if __name__ == "__main__":
    for file, text in files(REPOSITORY / "deploy").items():
        file.write_text(text, "utf-8")
