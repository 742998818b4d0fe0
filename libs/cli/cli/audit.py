"""`kokunen audit`: is the audit log what it was when it was written, and how does somebody else find that out?"""

import asyncio
import base64
import datetime as dt
import json
import os
import re
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import asyncpg
import typer
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from audit import copy, doors, notary
from audit.broker import answers
from audit.cef import line
from audit.check import Report
from audit.log_check import COSIGNATURE, Key, Wrong
from audit.signer import POLICY, Signer, signer_of
from audit.verify import NoKeyFile, NoRecord, archived, evidence, verify
from chassis import files, wire
from chassis.transaction import Access
from contracts.doors.log import Accesses, AskAccesses
from contracts.topics import TOPICS
from contracts.vocabulary import JST
from contracts.wording import ACTIONS
from rich.table import Table

from cli import broker, stack
from cli.access import AsJson, asks_for, at_work, day_or, opened
from cli.local import StackError, home, say
from cli.screen import out
from cli.services import environment_settings

app = typer.Typer(help="Who saw or changed what: the audit log.", no_args_is_help=True)


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
    given = stack.read()
    keys = Path(os.environ.get("KOKUNEN_KEYS", str(home() / "keys")))
    return given.databases["audit"], given.kafka, keys / "audit.key", os.environ.get("KOKUNEN_PREFIX", "")


def _signer() -> Signer:
    return signer_of(environment_settings(stack.read(), "audit"))


@app.command()
def export(
    into: Annotated[Path, typer.Option("--into", file_okay=False, help="Folder for the copy; what is there stays.")],
) -> None:
    """A copy of the log for an auditor, up to the newest checkpoint that its witnesses saw (C2SP tlog-tiles). Nobody is named in it."""

    async def work() -> tuple[int, int]:
        async with opened("audit") as (own, connection):
            told = 0, 0
            signer = signer_of(own)
            async for told in copy.write(connection, into, signer.origin, signer.quorum):
                say(f"{told[0]:,} leaves")
            return told

    try:
        leaves, unseen = asyncio.run(work())
    except copy.NothingSigned:
        say("Nothing is signed yet, or no witness saw it yet.")
        raise typer.Exit(1) from None
    except (copy.AnotherLog, Wrong):
        say(f"{into} holds a copy of another log: name another folder.")
        raise typer.Exit(1) from None
    if unseen:
        say(f"{unseen:,} more are signed, and the witness has not seen them yet: they are not in the copy.")
    print(f"{into}: {leaves:,} leaves. Check them: python log_check.py full {into} POLICY")


@app.command()
def policy() -> None:
    """The public keys of the log and of its witnesses, for whoever checks a copy; give it by another way than the copy."""
    print((_signer().folder / POLICY).read_text("utf-8"))


@app.command()
@asks_for("audit")
def record(
    access: Access,
    at: Annotated[str, typer.Argument(metavar="TOPIC/PARTITION/OFFSET", help="Where the record stood in Kafka.")],
    into: Annotated[Path, typer.Option("--into", dir_okay=False, help="File to write.")],
) -> None:
    """One record with what proves that it is in the log (`log_check.py inclusion`). It shows content: leaves an access record."""

    async def work() -> None:
        async with opened("audit") as (own, connection):
            found = await evidence(own, connection, at)
            persons = [int(found.subject)] if found.subject.isdecimal() else []
            async with at_work(own, connection) as transaction:
                if persons:
                    await transaction.record_access(persons, access, "audit.record", ("event",), "export")
                else:
                    await transaction.record_search(access, "audit.record", ("event",), "export")
            files.write(into, json.dumps(found.document, ensure_ascii=False).encode())

    try:
        asyncio.run(work())
    except NoRecord as error:
        say(str(error))
        raise typer.Exit(1) from None
    print(into)


@app.command()
@asks_for("audit")
def accesses(
    access: Access,
    person: Annotated[int | None, typer.Option(help="Addressee number: whom the accesses were about.")] = None,
    by: Annotated[str | None, typer.Option(help="Account: whose accesses.")] = None,
    since: Annotated[str | None, typer.Option("--from", help="YYYY-MM-DD: the first day.")] = None,
    until: Annotated[str | None, typer.Option("--until", help="YYYY-MM-DD: the last day.")] = None,
    cef: Annotated[bool, typer.Option("--cef", help="One line of Common Event Format each; nobody is named.")] = False,
    as_json: AsJson = False,
) -> None:
    """Who saw or changed what, of a person or by an account: the newest ten thousand. Leaves an access record."""
    if person is None and by is None:
        raise typer.BadParameter("a person or an account must be named")
    first, last = day_or(since, dt.date(2000, 1, 1)), day_or(until, dt.date(2999, 12, 31))
    begins, ends = (dt.datetime.combine(day, dt.time(), JST) for day in (first, last + dt.timedelta(days=1)))

    async def work() -> Accesses:
        asked = AskAccesses(person=person, by=by, since=begins, until=ends, at_most=10_000)
        async with opened("audit") as (own, connection), at_work(own, connection) as transaction:
            return await doors.accesses(transaction, access, asked)

    found = asyncio.run(work())
    if cef:
        print("".join(f"{line(one)}\n" for one in found.accesses), end="")
    elif as_json:
        print(found.model_dump_json())
    else:
        table = Table(
            "日時",
            "利用者",
            "端末",
            "目的",
            "事件",
            "操作",
            "内容",
            "項目",
            "人数",
            "結果",
            "記録",
            title="アクセス記録",
        )
        for one in found.accesses:
            table.add_row(
                f"{one.at.astimezone(JST):%Y-%m-%d %H:%M:%S}", one.account, one.terminal, one.purpose, one.case, ACTIONS[one.action],
                one.what, " ".join(one.fields), f"{one.persons:,}", "回答" if one.result == "answered" else "拒否", str(one.index),
            )  # fmt: skip
        out.print(table if found.accesses else "アクセス記録はありません。")
    if found.more:
        say("There are older ones: name a shorter time.")


@app.command()
@asks_for("operations")
def replay(
    access: Access,
    topic: Annotated[str, typer.Argument(help="A topic of the catalogue.")],
    into: Annotated[str, typer.Option("--into", help="Prefix of the topic to write, which must not be there yet.")],
) -> None:
    """Write what is archived of a topic to a new one: each record in its partition, in its order, with the same key and value; what was
    erased stays erased. It leaves an access record."""
    if topic not in TOPICS or not re.fullmatch("[a-z0-9_]{1,30}", into) or into == broker.prefix():
        raise typer.BadParameter("a topic of the catalogue, and another prefix than the deployment's own (a-z, 0-9, _)")
    try:
        told, erased = asyncio.run(_replay(access, topic, into))
    except NoRecord as error:
        say(f"{error}. What is on {into}{topic} is a part: delete it before the next attempt.")
        raise typer.Exit(1) from None
    print(f"{into}{topic}: {told:,} records, {erased:,} of somebody erased left out")


async def _replay(access: Access, topic: str, into: str) -> tuple[int, int]:
    kafka = stack.read().kafka
    told = erased = 0
    async with opened("audit") as (own, connection):
        async with at_work(own, connection, access) as transaction:
            await transaction.record_search(access, f"replay.{topic}", ("event",), "export")
        if not await broker.create_missing(kafka, into, [TOPICS[topic]]):
            raise typer.BadParameter(f"the topic {into}{topic} is there already")
        async with AIOKafkaProducer(**wire.kafka(kafka), acks="all", enable_idempotence=True) as producer:
            async for records in archived(own, connection, topic):
                kept = [one for one in records if not one.erased]
                sent = [await producer.send(into + topic, one.value, one.key, partition=one.part) for one in kept]
                await asyncio.gather(*sent)
                told, erased = told + len(kept), erased + len(records) - len(kept)
    return told, erased


@app.command(name="rotate-key")
@asks_for("audit")
def rotate_key(access: Access) -> None:
    """Let a new key sign the log: the next checkpoint bears both signatures, then the old private key is destroyed."""
    _on_record(access, "audit.rotate-key", lambda signer: signer.rotate())
    print("A new key takes over with the next checkpoint. Hand out the new policy: kokunen audit policy")


@app.command(name="add-witness")
@asks_for("audit")
def add_witness(
    access: Access,
    public: Annotated[Path, typer.Argument(dir_okay=False, help="The witness's `public.json`.")],
    quorum: Annotated[int, typer.Option(min=0, help="So many witnesses must have seen a checkpoint.")] = 1,
) -> None:
    """Name a witness in the log's policy."""
    given = json.loads(public.read_text("utf-8"))
    witness = Key(given["name"], base64.b64decode(given["public"]), COSIGNATURE)
    _on_record(access, "audit.add-witness", lambda signer: signer.add_witness(witness, quorum))
    print(f"{witness.name}: {quorum} of the witnesses must have seen a checkpoint.")


@app.command(name="begin-anew")
@asks_for("audit")
def begin_anew(access: Access) -> None:
    """After a restore without the end of the log, which no longer follows from what was signed: go on as another log, of another name and key.
    The old key says so and is destroyed."""

    async def work() -> tuple[int, int]:
        async with opened("audit") as (own, connection):
            async with at_work(own, connection) as transaction:
                await transaction.record_search(access, "audit.begin-anew", ("key",), "update")
            return await notary.begin_anew(connection, signer_of(own))

    try:
        common, ended = asyncio.run(work())
    except Wrong as wrong:
        say(str(wrong))
        raise typer.Exit(1) from None
    print(
        f"The log ended with {ended:,} leaves; another one goes on after the first {common:,} of them. Hand out the new policy (kokunen audit"
        " policy), start the witness with it and a folder of its own, and name it (kokunen audit add-witness).\nWhat came from topics comes"
        " again. Is everything back that the last copy of the old log has? kokunen audit export, then python log_check.py former COPY"
        " POLICY OLD_COPY"
    )


def _on_record(access: Access, what: str, step: Callable[[Signer], None]) -> None:
    """A change of the log's keys, which is a leaf of the log before it is done."""

    async def work() -> None:
        async with opened("audit") as (own, connection), at_work(own, connection) as transaction:
            await transaction.record_search(access, what, ("key",), "update")

    signer = _signer()
    asyncio.run(work())
    try:
        step(signer)
    except Wrong as wrong:
        say(str(wrong))
        raise typer.Exit(1) from None


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
