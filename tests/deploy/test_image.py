"""Is everything that the services need in the packages that go into the image, and nothing left in the checkout?"""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text("utf-8")
SERVICES = ("registry_sync", "tax_income", "eligibility", "transmittal", "audit", "console")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the Dockerfile's first stage makes, by its own commands, of what it copies and nothing else."""
    uv = ROOT / ".local" / "uv" / "bin" / "uv"
    if not uv.exists():
        pytest.skip("`make` brings uv")
    build = tmp_path_factory.mktemp("build")
    for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE):
        *sources, target = line.split()
        for source in sources:
            place = build / (source if target == "./" else target)
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, place, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / source, place)
    (command,) = re.findall(r"uv (sync [^\\\n]+)", DOCKERFILE)
    environ = {**os.environ, "UV_PROJECT_ENVIRONMENT": str(build / "image")}
    environ.pop("VIRTUAL_ENV", None)
    subprocess.run([uv, *command.split()], cwd=build, env=environ, check=True, capture_output=True)
    shutil.rmtree(build / "libs")
    shutil.rmtree(build / "services")
    return build / "image" / "bin"


def run(installed: Path, *command: str, **environ: str) -> subprocess.CompletedProcess[str]:
    given = {"PATH": f"{installed}:/usr/bin:/bin", "HOME": str(installed.parent), **environ}
    return subprocess.run(command, env=given, cwd=installed.parent, capture_output=True, text=True, check=False)


def test_every_service_and_the_command_start_from_their_packages_alone(installed: Path) -> None:
    for service in SERVICES:
        said = run(installed, "python", "-m", service)
        assert said.returncode == 1, said.stderr
        assert "KOKUNEN_KAFKA is not set" in said.stderr, "it got as far as its settings, and says which is missing"
    assert "国年" in run(installed, "kokunen", "--help").stdout


def test_queries_migrations_and_tables_of_the_law_are_in_the_packages(installed: Path) -> None:
    look = (
        "from chassis.database import _migrations, queries\n"
        f"for package in ('chassis', *{SERVICES}):\n"
        "    assert queries(package) and _migrations(package), package\n"
        "from eligibility.parameter_files import FOLDER\n"
        "assert any(FOLDER.iterdir())\n"
        "from transmittal.typesetting import TEMPLATES\n"
        "assert any(TEMPLATES.iterdir())\n"
    )
    looked = run(installed, "python", "-c", look)
    assert looked.returncode == 0, looked.stderr


def test_no_tool_of_the_developers_is_in_it(installed: Path) -> None:
    said = run(installed, "python", "-c", "import pytest")
    assert "ModuleNotFoundError" in said.stderr


def test_the_image_runs_as_nobody_in_particular_and_names_its_bases() -> None:
    stages = re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)[1:]
    assert len(stages) == 2
    assert all(re.match(r"python:3\.\d+\.\d+-slim-\w+", stage) for stage in stages)
    assert "USER 10001:10001" in stages[-1]
    assert "cyclonedx" in stages[0]
    assert "ADD " not in DOCKERFILE
