"""What does `kubectl apply -k` send of these folders? The part of kustomize that we use: resources, namespace, images, JSON patches by kind and name.

A machine without kubectl shall check the manifests too; where there is one, a test holds this against the real kustomize.
"""

import copy
import re
from pathlib import Path
from typing import Any

import yaml

Document = dict[str, Any]
CLUSTER_WIDE = {"Namespace"}


def render(folder: Path) -> list[Document]:
    """The resources of a folder with a kustomization.yaml. ValueError for what is not understood here or meets nothing."""
    given = yaml.safe_load((folder / "kustomization.yaml").read_text("utf-8"))
    unknown = given.keys() - {"apiVersion", "kind", "namespace", "resources", "images", "patches"}
    if unknown:
        raise ValueError(f"{folder.name}: {', '.join(sorted(unknown))} is not understood here")
    documents: list[Document] = []
    for name in given["resources"]:
        path = folder / name
        documents += render(path) if path.is_dir() else list(yaml.safe_load_all(path.read_text("utf-8")))
    for image in given.get("images", ()):
        for container in (one for document in documents for one in containers(document)):
            if container["image"] == image["name"]:
                container["image"] = f"{image['newName']}:{image['newTag']}"
    for document in documents:
        if "namespace" in given and document["kind"] not in CLUSTER_WIDE:
            document["metadata"]["namespace"] = given["namespace"]
    for one in given.get("patches", ()):
        found = [document for document in documents if _is_meant(document, one["target"])]
        if not found:
            raise ValueError(f"{folder.name}: a patch for {one['target']} meets nothing")
        for document in found:
            for step in yaml.safe_load(one["patch"]):
                _change(document, **copy.deepcopy(step))
    return documents


def containers(document: Document) -> list[Document]:
    """The containers of whatever runs a pod."""
    pod = pod_of(document)
    return [*pod.get("initContainers", ()), *pod["containers"]] if pod else []


def pod_of(document: Document) -> Document | None:
    """The pod's specification in a Deployment, Job or CronJob."""
    spec = document.get("spec", {})
    if document["kind"] == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    template: Document | None = spec.get("template", {}).get("spec") if document["kind"] in RUNS_PODS else None
    return template


RUNS_PODS = {"Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"}


def _is_meant(document: Document, target: dict[str, str]) -> bool:
    named = re.fullmatch(target.get("name", ".*"), document["metadata"]["name"])
    return document["kind"] == target["kind"] and named is not None


def _change(document: Document, op: str, path: str, value: Any = None) -> None:
    *way, last = path.removeprefix("/").split("/")
    place: Any = document
    for step in way:
        place = place[int(step) if isinstance(place, list) else step]
    key = int(last) if isinstance(place, list) else last
    there = key < len(place) if isinstance(key, int) else key in place
    if (op in ("replace", "remove")) != there:
        raise ValueError(f"{document['kind']} {document['metadata']['name']}: {op} {path}")
    if op == "remove":
        del place[key]
    else:
        place[key] = value
