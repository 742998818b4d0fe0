"""`kokunen audit`: is the audit log what it was when it was written?"""

import asyncio
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import asyncpg
import typer
from aiokafka.errors import KafkaError
from audit.broker import answers
from audit.check import Report
from audit.verify import NoKeyFile, verify

from cli.local import StackError, home, say

app = typer.Typer(help="Who saw or changed what: the audit log.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keeps `verify` a command of its own while it is the only one."""


@app.command("verify")
def verify_command(
    broker: Annotated[
        bool | None,
        typer.Option("--broker/--no-broker", help="Re-read every topic and compare. Default: when Kafka answers."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The result as one JSON object.")] = False,
) -> None:
    """Re-derive every leaf and the root, open every box, compare with Kafka. Exit status 0 only when nothing is wrong."""
    try:
        report = asyncio.run(_verify(broker))
    except (NoKeyFile, StackError, KafkaError, asyncpg.PostgresError, OSError) as error:
        say(f"The audit log could not be verified: {error or type(error).__name__}")
        raise typer.Exit(2) from None
    typer.echo(json.dumps(as_object(report)) if as_json else as_text(report))
    raise typer.Exit(0 if report.clean else 1)


async def _verify(broker: bool | None) -> Report:
    url, kafka, key_file, prefix = _where()
    wanted = broker is True
    if broker is None and not (wanted := await answers(kafka)):
        say(f"Kafka at {kafka} does not answer: the log is checked by itself.")
    return await verify(url, kafka if wanted else None, key_file, prefix, say)


def _where() -> tuple[str, str, Path, str]:
    """Database, Kafka, key file and prefix of the running stack."""
    from cli import stack

    given = stack.read()
    keys = Path(os.environ.get("KOKUNEN_KEYS", str(home() / "keys")))
    return given.databases["audit"], given.kafka, keys / "audit.key", os.environ.get("KOKUNEN_PREFIX", "")


def as_text(report: Report) -> str:
    """The result in one line, then what is wrong."""
    verdict = "clean" if report.clean else f"NOT CLEAN, {report.found:,} findings"
    kafka = "not compared with Kafka" if report.compared is None else f"{report.compared:,} compared with Kafka"
    erased = f", {report.destroyed:,} with a destroyed key" if report.destroyed else ""
    lines = [f"audit log {verdict}: {report.leaves:,} leaves{erased}, {kafka}, root {report.root.hex()}"]
    lines += [str(finding) for finding in report.findings]
    if report.found > len(report.findings):
        lines.append(f"… and {report.found - len(report.findings):,} more")
    return "\n".join(lines)


def as_object(report: Report) -> dict[str, object]:
    """The result for programs; `findings` holds the first of `found`."""
    return {
        "clean": report.clean,
        "leaves": report.leaves,
        "root_sha256": report.root.hex(),
        "key_destroyed": report.destroyed,
        "compared_with_kafka": report.compared,
        "found": report.found,
        "findings": [asdict(finding) for finding in report.findings],
    }
