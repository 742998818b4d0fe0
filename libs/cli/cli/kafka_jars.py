"""How do the pinned jars of Apache Kafka get onto this machine, and how do we know that they are the right ones?"""

import hashlib
import os
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TextColumn

from cli.local import REPOSITORY, StackError, full_disk, say

PINNED = REPOSITORY / "deploy/local/kafka-jars.txt"
# Shared by every stack of this checkout, and kept by `reset`.
CACHE = REPOSITORY / ".local/kafka-lib"
# Named with its version so that the fetch is the same next year.
COPY_GOAL = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
INSTALL = "apt-get install -y openjdk-17-jre-headless maven"


@dataclass(frozen=True)
class Jar:
    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def name(self) -> str:
        return f"{self.artifact}-{self.version}.jar"

    @property
    def path_in_repository(self) -> str:
        return f"{self.group.replace('.', '/')}/{self.artifact}/{self.version}/{self.name}"


def pinned() -> list[Jar]:
    if not PINNED.exists():
        raise StackError(f"{PINNED} is missing: the local stack starts from a checkout of the repository.")
    jars = []
    for line in PINNED.read_text().splitlines():
        if line and not line.startswith("#"):
            coordinates, sha256 = line.split()
            group, artifact, version = coordinates.split(":")
            jars.append(Jar(group, artifact, version, sha256))
    return jars


def ensure(jars: list[Jar], cache: Path = CACHE) -> list[Path]:
    """All jars in the cache, each with its pinned checksum. Fetches what is missing; never uses what is wrong."""
    cache.mkdir(parents=True, exist_ok=True)
    missing = []
    for jar in jars:
        kept = cache / jar.name
        if not kept.exists():
            missing.append(jar)
        elif not _is_right(kept, jar):
            raise StackError(
                f"{kept} does not have the SHA-256 pinned in {PINNED.name}: delete that file and run the command again."
            )
    if missing:
        _fetch(missing, cache)
    return [cache / jar.name for jar in jars]


def _fetch(jars: list[Jar], cache: Path) -> None:
    repository = os.environ.get("KOKUNEN_MAVEN_URL")
    maven = shutil.which("mvn")
    if not repository and not maven:
        repository = mirror_in_settings(Path.home() / ".m2/settings.xml")
    if not repository and not maven:
        raise StackError(
            f"The jars of Apache Kafka are not here and there is no Maven to fetch them: run `{INSTALL}`,"
            " or set KOKUNEN_MAVEN_URL to a Maven repository."
        )
    # Fetched beside the cache and renamed into it: an interrupted fetch leaves nothing that looks finished.
    with tempfile.TemporaryDirectory(dir=cache, prefix="fetching-") as folder, _progress(len(jars)) as advance:
        if repository:
            say(f"Fetching {len(jars)} jars of Apache Kafka from {repository} (once) ...")
            _by_http(jars, repository, Path(folder), advance)
        else:
            assert maven is not None
            say(f"Fetching {len(jars)} jars of Apache Kafka with Maven (once) ...")
            _by_maven(jars, maven, Path(folder), advance)
        for jar in jars:
            fetched = Path(folder) / jar.name
            if not _is_right(fetched, jar):
                raise StackError(
                    f"{jar.name} arrived with another SHA-256 than {PINNED.name} pins and was not kept:"
                    " fetch it from a repository you trust, by KOKUNEN_MAVEN_URL or your Maven settings."
                )
            fetched.replace(cache / jar.name)


def _by_http(jars: list[Jar], repository: str, folder: Path, advance: Callable[[], None]) -> None:
    if not repository.startswith(("https://", "http://")):
        raise StackError(f"KOKUNEN_MAVEN_URL must begin with https:// or http://, not {repository[:40]!r}.")

    def fetch(jar: Jar) -> None:
        address = f"{repository.rstrip('/')}/{jar.path_in_repository}"
        try:
            with urllib.request.urlopen(address, timeout=60) as answer, (folder / jar.name).open("wb") as file:  # noqa: S310 - the scheme is checked above
                shutil.copyfileobj(answer, file)
        except urllib.error.URLError as error:
            raise StackError(f"{jar.name} could not be fetched from {repository} ({error.reason}).") from error
        advance()

    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(fetch, jars))


def _by_maven(jars: list[Jar], maven: str, folder: Path, advance: Callable[[], None]) -> None:
    """One throw-away project that depends on exactly our list: Maven brings its own mirrors, proxies and cache."""
    project = folder / "pom.xml"
    dependencies = "".join(
        f"<dependency><groupId>{jar.group}</groupId><artifactId>{jar.artifact}</artifactId>"
        f"<version>{jar.version}</version>"
        "<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions></dependency>"
        for jar in jars
    )
    project.write_text(
        "<project><modelVersion>4.0.0</modelVersion><groupId>local</groupId><artifactId>kafka-jars</artifactId>"
        f"<version>1</version><dependencies>{dependencies}</dependencies></project>"
    )
    command = [maven, "-B", "-f", str(project), COPY_GOAL, f"-DoutputDirectory={folder}", "-DincludeScope=runtime"]
    output = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as run:
        assert run.stdout is not None
        for line in run.stdout:
            output.append(line.strip())
            if "Copying " in line:
                advance()
    if run.returncode:
        if any("No space left on device" in line for line in output):
            raise full_disk()
        told = next((line for line in output if line.startswith("[ERROR]")), output[-1] if output else "no output")
        raise StackError(f"Maven could not fetch the jars of Apache Kafka: {told[:300]}")


def mirror_in_settings(settings: Path) -> str | None:
    """The mirror that a person's Maven settings name for the central repository, usable without Maven itself."""
    if not settings.exists():
        return None
    for mirror in ElementTree.parse(settings).iter():  # noqa: S314 - the person's own settings, not a stranger's file
        if not mirror.tag.endswith("mirror"):
            continue
        says = {field.tag.rpartition("}")[2]: (field.text or "").strip() for field in mirror}
        if says.get("mirrorOf") in ("*", "central", "external:*") and says.get("blocked") != "true":
            return says.get("url")
    return None


def _is_right(file: Path, jar: Jar) -> bool:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest() == jar.sha256


@contextmanager
def _progress(total: int) -> Iterator[Callable[[], None]]:
    """A line that counts the jars as they come."""
    columns = (TextColumn("  jars"), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("jars", total=total)
        yield lambda: bar.advance(task)
