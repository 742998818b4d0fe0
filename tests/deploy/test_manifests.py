"""Would a cluster take these manifests, and do they hold what an auditor of the cluster asks for? Offline."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from chassis import settings
from cli import workloads
from console.handlers import offices
from console.signing_in import Provider
from contracts.vocabulary import SERVICES

from tests.deploy.kinds import KINDS
from tests.deploy.kustomize import Document, containers, render
from tests.deploy.policy import GIVEN, mistakes

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
OVERLAYS = ("small", "city", "nation")
WRONG = Path(__file__).parent / "wrong"


@pytest.fixture(scope="module")
def rendered() -> dict[str, list[Document]]:
    return {name: render(DEPLOY / "k8s" / "overlays" / name) for name in OVERLAYS}


def test_the_files_are_the_code_s() -> None:
    for file, text in workloads.files(DEPLOY).items():
        assert file.read_text("utf-8") == text, f"{file.name}: run `make docs`"


@pytest.mark.parametrize("name", OVERLAYS)
def test_a_cluster_takes_it_and_it_keeps_the_rules(rendered: dict[str, list[Document]], name: str) -> None:
    assert mistakes(rendered[name]) == []
    used = {(one["apiVersion"], one["kind"]) for one in rendered[name]}
    assert len(used) > 15
    if name != "small":
        assert used >= KINDS.keys()


@pytest.mark.parametrize("file", sorted(WRONG.glob("*.yaml")), ids=lambda file: file.stem)
def test_a_wrong_manifest_is_told_what_is_wrong(rendered: dict[str, list[Document]], file: Path) -> None:
    """The first line of each file is the mistake it makes."""
    said = file.read_text("utf-8")
    expected = said.splitlines()[0].removeprefix("# ")
    found = mistakes([*rendered["city"], *yaml.safe_load_all(said)])
    assert [one for one in found if re.search(expected, one)], found
    assert len(found) == 1, "one mistake, one sentence"


@pytest.mark.parametrize("name", OVERLAYS)
def test_our_kustomize_is_the_real_one(rendered: dict[str, list[Document]], name: str) -> None:
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("no kubectl here; the manifests are checked as tests/deploy/kustomize.py renders them")
    real = subprocess.run(
        [kubectl, "kustomize", DEPLOY / "k8s" / "overlays" / name], capture_output=True, check=True, text=True
    ).stdout

    def known(documents: list[Document]) -> dict[str, Document]:
        return {f"{one['kind']} {one['metadata']['name']}": one for one in documents}

    assert known(list(yaml.safe_load_all(real))) == known(rendered[name])


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_understands_the_surroundings_it_is_given(rendered: dict[str, list[Document]], service: str) -> None:
    (shared,) = (
        one["data"] for one in rendered["city"] if one["metadata"]["name"] == "kokunen" and one["kind"] == "ConfigMap"
    )
    (container,) = (
        one
        for document in rendered["city"]
        if document["kind"] == "Deployment"
        for one in containers(document)
        if one["name"] == service
    )
    environ = dict(shared)
    for variable in container["env"]:
        value = variable.get("value", "kept-secret")
        environ[variable["name"]] = re.sub(r"\$\((\w+)\)", lambda found: environ[found[1]], value)
    given = settings.read(service, environ)
    assert given.database.startswith("postgresql://kept-secret:kept-secret@kokunen-postgres-rw:5432/kokunen_")
    assert "sslmode=verify-full" in given.database
    assert (given.host, given.port, given.door_port) == ("0.0.0.0", workloads.HEALTH, workloads.DOORS)  # noqa: S104
    assert set(given.doors) == set(workloads.WORKLOADS[service].calls)
    if service == "console":
        (desk,) = (
            one["data"] for one in rendered["city"] if (one["kind"], one["metadata"]["name"]) == ("ConfigMap", "desk")
        )
        environ |= desk
        (way_in,) = (one["spec"] for one in rendered["city"] if one["kind"] == "Ingress")
        assert Provider.named(environ).here == f"https://{way_in['rules'][0]['host']}", (
            "where browsers are sent back to"
        )
        assert len(offices(environ["KOKUNEN_OFFICES"])) == 3
    mounted = {mount["mountPath"] for mount in container["volumeMounts"]}
    for name, value in environ.items():
        if value.startswith("/run/"):
            assert str(Path(value).parent) in mounted, f"{name} names a file that is not mounted"


@pytest.mark.parametrize("service", SERVICES)
def test_whom_a_service_may_reach_is_whom_its_code_calls(service: str) -> None:
    source = ROOT / "services" / service
    called = {
        found
        for file in source.rglob("*.py")
        for found in re.findall(r'(?:Calls\([\w.]+, |Asked\()"([a-z-]+)"', file.read_text("utf-8"))
    }
    # Every service asks audit which of its access records are in the log (`chassis.acknowledged`).
    assert called | {"audit"} == set(workloads.WORKLOADS[service].calls)


def test_one_copy_is_enough_for_a_ward_alone(rendered: dict[str, list[Document]]) -> None:
    for name, documents in rendered.items():
        topics = [one["spec"] for one in documents if one["kind"] == "KafkaTopic"]
        (server,) = (one["spec"] for one in documents if one["kind"] == "Cluster")
        copies = 1 if name == "small" else 3
        assert {topic["replicas"] for topic in topics} == {server["instances"]} == {copies}
        assert {topic["config"]["min.insync.replicas"] for topic in topics} == {1 if name == "small" else 2}
        if name != "small":
            assert server["postgresql"]["synchronous"] == {"method": "any", "number": 1, "dataDurability": "required"}


def test_the_readme_says_how_each_secret_is_made() -> None:
    text = (DEPLOY / "k8s" / "README.md").read_text("utf-8")
    for name in GIVEN:
        generic = re.sub("^(registry-sync|tax-income|eligibility|transmittal|audit|console)-", "$service-", name)
        assert name in text or generic in text, f"{name} is not in deploy/k8s/README.md"
