"""What must hold of everything that a cluster runs for us? Each rule says where it is broken, in one line."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from kubernetes_validate import ValidationError, validate
from pydantic import ValidationError as WrongShape

from tests.deploy.kinds import KINDS
from tests.deploy.kustomize import Document, containers, pod_of

KUBERNETES = "1.34"
GIVEN = {
    "kokunen-callers", "kokunen-doors-authority", "kokunen-backups", "kokunen-desk", "kokunen-sign-in-authority",
    *(f"{service}-{what}" for service in ("registry-sync", "tax-income", "eligibility", "transmittal", "audit", "console") for what in ("database", "signing")),
}  # fmt: skip
"""Secrets that the operator makes by hand (deploy/k8s/README.md)."""
_PINNED = re.compile(r"^[a-z0-9./_-]+(:(?!latest$)[A-Za-z0-9._-]+|@sha256:[0-9a-f]{64})$")


def mistakes(documents: list[Document]) -> list[str]:
    """Everything that is wrong, as `Kind name: rule`."""
    found = [f"{_name(one)}: {wrong}" for one in documents for rule in _EACH for wrong in rule(one)]
    return found + [wrong for rule in _ALL for wrong in rule(documents)]


def _name(document: Document) -> str:
    return f"{document['kind']} {document['metadata']['name']}"


def shape(document: Document) -> Iterator[str]:
    """Kubernetes' own schemas, with no unknown member; the operators' resources by ours."""
    kind = KINDS.get((document["apiVersion"], document["kind"]))
    try:
        if kind is None:
            validate(document, KUBERNETES, strict=True)
        else:
            kind.model_validate(document["spec"])
    except WrongShape as error:
        for one in error.errors(include_url=False, include_input=False):
            yield f"{'.'.join(map(str, one['loc']))}: {one['msg']}"
    except ValidationError as error:
        yield f"{'.'.join(map(str, error.path))}: {error.message}"


def restricted(document: Document) -> Iterator[str]:
    """Pod Security Standards, level restricted, and a root file system that nobody writes on."""
    pod = pod_of(document)
    if pod is None:
        return
    if any(pod.get(name) for name in ("hostNetwork", "hostPID", "hostIPC")):
        yield "the host's network or processes are not ours"
    given = pod.get("securityContext", {})
    if given.get("runAsNonRoot") is not True or not given.get("runAsUser"):
        yield "runs as nobody in particular: runAsNonRoot and runAsUser"
    if given.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        yield "seccompProfile RuntimeDefault"
    if pod.get("automountServiceAccountToken") is not False:
        yield "no token of the cluster in a pod: automountServiceAccountToken false"
    for volume in pod.get("volumes", ()):
        if not volume.keys() & {"secret", "configMap", "emptyDir", "persistentVolumeClaim", "projected"}:
            yield f"volume {volume['name']} is of a kind that is not allowed"
    for one in containers(document):
        own = one.get("securityContext", {})
        if own.get("privileged") or own.get("allowPrivilegeEscalation") is not False:
            yield f"container {one['name']}: allowPrivilegeEscalation false"
        if own.get("readOnlyRootFilesystem") is not True:
            yield f"container {one['name']}: readOnlyRootFilesystem"
        if own.get("capabilities", {}) != {"drop": ["ALL"]}:
            yield f"container {one['name']}: drops all capabilities, adds none"


def bounded(document: Document) -> Iterator[str]:
    """A pod says what it needs and ends before it takes everything; what serves says whether it lives and whether it is ready."""
    for one in containers(document):
        given = one.get("resources", {})
        if not {"cpu", "memory"} <= given.get("requests", {}).keys() or "memory" not in given.get("limits", {}):
            yield f"container {one['name']}: requests of cpu and memory, limit of memory"
        if document["kind"] == "Deployment" and not {"readinessProbe", "livenessProbe"} <= one.keys():
            yield f"container {one['name']}: readiness and liveness"
        if not _PINNED.fullmatch(one["image"]):
            yield f"container {one['name']}: an image by version or digest"


def no_secret_in_the_open(document: Document) -> Iterator[str]:
    """A password comes by reference; a Secret is in no manifest."""
    if document["kind"] == "Secret":
        yield "is made by hand or by an operator, never in a repository"
    for one in containers(document):
        for variable in one.get("env", ()):
            value = variable.get("value", "")
            if re.search("PASSWORD|SECRET|TOKEN", variable["name"]) and value and not value.startswith("/"):
                yield f"container {one['name']}: {variable['name']} by reference"
            if re.search(r"://[^/@$]*:[^/@$]+@", value):
                yield f"container {one['name']}: {variable['name']} holds a password"


def denied_by_default(documents: list[Document]) -> Iterator[str]:
    """Nobody talks to anybody unless a policy says so, and no policy opens the world."""
    policies = [one for one in documents if one["kind"] == "NetworkPolicy"]
    if not any(one["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]} for one in policies):
        yield "no NetworkPolicy denies everything"
    for one in policies:
        for rule in (*one["spec"].get("ingress", ()), *one["spec"].get("egress", ())):
            ends = rule.get("from", rule.get("to", ()))
            if not ends:
                yield f"{_name(one)}: a rule for everybody"
            if any("ipBlock" in end for end in ends):
                yield f"{_name(one)}: an address outside the cluster"
    selected = [one["spec"]["podSelector"].get("matchLabels", {}) for one in policies]
    for one in documents:
        if (pod := pod_of(one)) is not None and pod:
            labels = _pod_labels(one)
            if not any(wanted and wanted.items() <= labels.items() for wanted in selected):
                yield f"{_name(one)}: no NetworkPolicy of its own"


def references(documents: list[Document]) -> Iterator[str]:
    """What a pod mounts or reads is in the manifests, made by an operator, or one of those made by hand; what is scaled, kept or named exists."""
    there = {(one["kind"], one["metadata"]["name"]) for one in documents}
    secrets = {name for kind, name in there if kind == "KafkaUser"} | GIVEN
    secrets |= {one["spec"]["secretName"] for one in documents if one["kind"] == "Certificate"}
    secrets |= {f"{name}-cluster-ca-cert" for kind, name in there if kind == "Kafka"}
    secrets |= {f"{name}-ca" for kind, name in there if kind == "Cluster"}
    for one in documents:
        for kind, name in _mentioned(one):
            if (name not in secrets) if kind == "Secret" else ((kind, name) not in there):
                yield f"{_name(one)}: there is no {kind} {name}"


def _mentioned(document: Document) -> Iterator[tuple[str, str]]:
    pod = pod_of(document) or {}
    if pod:
        yield "ServiceAccount", pod.get("serviceAccountName", "default")
    if document["kind"] == "Ingress":
        spec = document["spec"]
        yield from (("Secret", one["secretName"]) for one in spec.get("tls", ()))
        for rule in spec["rules"]:
            yield from (("Service", one["backend"]["service"]["name"]) for one in rule["http"]["paths"])
    for volume in pod.get("volumes", ()):
        if "secret" in volume:
            yield "Secret", volume["secret"]["secretName"]
        if "configMap" in volume:
            yield "ConfigMap", volume["configMap"]["name"]
        if "persistentVolumeClaim" in volume:
            yield "PersistentVolumeClaim", volume["persistentVolumeClaim"]["claimName"]
    for one in containers(document):
        for source in one.get("envFrom", ()):
            yield "ConfigMap", source["configMapRef"]["name"]
        for variable in one.get("env", ()):
            if "valueFrom" in variable:
                yield "Secret", variable["valueFrom"]["secretKeyRef"]["name"]
            for host in re.findall(r"https://([a-z-]+):8443", variable.get("value", "")):
                yield "Service", host
    spec: dict[str, Any] = document.get("spec", {})
    if document["kind"] == "ScaledObject":
        yield "Deployment", spec["scaleTargetRef"]["name"]
        yield from (("TriggerAuthentication", one["authenticationRef"]["name"]) for one in spec["triggers"])
    if document["kind"] == "TriggerAuthentication":
        yield from (("Secret", one["name"]) for one in spec["secretTargetRef"])
    if document["kind"] == "Cluster":
        yield from (("Secret", role["passwordSecret"]["name"]) for role in spec["managed"]["roles"])
        yield from (("ObjectStore", one["parameters"]["barmanObjectName"]) for one in spec["plugins"])
    if document["kind"] in ("Database", "ScheduledBackup"):
        yield "Cluster", spec["cluster"]["name"]
    if document["kind"] == "Certificate":
        yield "Issuer", spec["issuerRef"]["name"]


def _pod_labels(document: Document) -> dict[str, str]:
    spec = document["spec"]["jobTemplate"]["spec"] if document["kind"] == "CronJob" else document["spec"]
    labels: dict[str, str] = spec["template"]["metadata"]["labels"]
    return labels


def selected(documents: list[Document]) -> Iterator[str]:
    """A Service, a budget and a Deployment choose the pods of their Deployment and no others: a migration's pod answers nobody."""
    pods = {_name(one): _pod_labels(one) for one in documents if pod_of(one)}
    for one in documents:
        if one["kind"] not in ("Service", "PodDisruptionBudget", "Deployment"):
            continue
        chosen = one["spec"]["selector"]
        wanted = chosen.get("matchLabels", chosen)
        found = [name for name, labels in pods.items() if wanted.items() <= labels.items()]
        if found != [f"Deployment {one['metadata']['name']}"]:
            yield f"{_name(one)}: selects {', '.join(found) or 'nothing'}"


def names_once(documents: list[Document]) -> Iterator[str]:
    names = [_name(one) for one in documents]
    yield from (f"{name}: is there twice" for name in sorted({one for one in names if names.count(one) > 1}))


_EACH: tuple[Callable[[Document], Iterator[str]], ...] = (shape, restricted, bounded, no_secret_in_the_open)
_ALL: tuple[Callable[[list[Document]], Iterator[str]], ...] = (denied_by_default, references, selected, names_once)
