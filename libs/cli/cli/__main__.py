"""The `kokunen` command: what an operator, a tester and a newcomer type."""

import asyncio
import json
import os
import sys
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

import asyncpg
import typer
from aiokafka.errors import KafkaError
from chassis import memory, settings, telemetry
from chassis.database import WrongDatabase
from chassis.set_aside import NotPossible
from chassis.transaction import Access, AuditSilent
from chassis.wire import WireError
from contracts.holidays import HolidayTableEnds
from contracts.topics import TOPICS
from contracts.validate import validate as check_file
from contracts.vocabulary import SERVICES, Month
from eligibility.note import Language
from eligibility.parameter_files import ParameterFileError
from rich.table import Table

from cli import (
    accounts,
    assessment,
    backup,
    broker,
    calendar,
    canonical,
    cases,
    certificates,
    counter,
    erasure,
    explain,
    identity_provider,
    income_requests,
    incomes,
    inquiry,
    law,
    local,
    migrations,
    oracle,
    oversight,
    parameters,
    publish,
    reading,
    rebuild,
    reconcile,
    rewind,
    rights,
    services,
    set_aside,
    settle,
    stack,
    takeover,
    terminal,
    traces,
    transitions,
    transmittal,
    vault,
    verify,
    what_if,
)
from cli.access import ACCOUNT, PURPOSE, TERMINAL, Account, Purpose, Terminal, asks
from cli.catalogue import TOPICS_OF
from cli.demo import demo
from cli.reading import ReceivedBy, RecordedBy
from cli.screen import out
from cli.town import town

T = TypeVar("T")
app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="kokunen (国年): National Pension system of a municipality."
)
app.add_typer(stack.app, name="stack", help="The local Kafka and PostgreSQL.")
app.add_typer(law.app, name="law", help="The law as pages, made from the rules.")
app.add_typer(parameters.app, name="parameters", help="Drafts of further values: looked at, and let in by two people.")
app.add_typer(incomes.app, name="incomes")
app.add_typer(income_requests.app, name="income-requests")
app.add_typer(vault.app, name="vault")
app.add_typer(terminal.app, name="terminal")
app.add_typer(transmittal.app, name="transmittal")
app.add_typer(accounts.app, name="accounts")
app.add_typer(erasure.app, name="erasure")
app.add_typer(calendar.app, name="calendar")
app.add_typer(backup.app, name="backup")
app.add_typer(rights.app, name="rights")
app.add_typer(takeover.app, name="takeover")
app.add_typer(assessment.app, name="assessment")
app.add_typer(oversight.app, name="audit", help="The log of every record.")
app.add_typer(set_aside.app, name="set-aside", help="Records that could not be used, and those waiting behind them.")
app.command()(cases.cases)
app.command(name="what-if")(what_if.what_if)
app.command()(town)
app.command()(transitions.transitions)
app.command()(reconcile.reconcile)
app.command()(counter.book)
app.command()(counter.forms)
app.command(name="milestones")(counter.milestones_command)
app.command()(counter.agreement)
app.command()(demo)
app.command()(inquiry.inquiry)

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
EXPECTED = (
    local.StackError,
    settings.SettingsError,
    services.ServiceError,
    publish.PublishError,
    settle.NotSettled,
    explain.NobodyError,
    reading.NotYetError,
    ParameterFileError,
    parameters.NotActivated,
    what_if.NamesRefused,
    NotPossible,
    AuditSilent,
    HolidayTableEnds,
    WireError,
    WrongDatabase,
    inquiry.InquiryRefused,
)
"""What a person can mend: one sentence, no traceback."""
UNREACHABLE = (KafkaError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What a command meets where Kafka or PostgreSQL is not there; among other things."""


def main() -> None:
    """Run the command; what a person can mend is one sentence and exit status 1."""
    memory.look_rarely()
    telemetry.start("desk", services.collector(os.environ))  # a batch that is sealed by hand ends traces, too
    try:
        app()
    except EXPECTED as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    except UNREACHABLE:
        silent = [
            part.name if part.name == "kafka" else f"{part.name}'s database"
            for part in stack.status()
            if not part.answers
        ]
        if not silent:
            raise
        print(
            f"No answer from {', '.join(silent)}. `kokunen up` starts what is ours and is not running.", file=sys.stderr
        )
        sys.exit(1)
    finally:
        telemetry.stop()


def _run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


@app.command()
def up(
    as_json: AsJson = False,
    development: Annotated[
        bool,
        typer.Option("--development", help="Yes, this is a local stack: the desk's pages for made-up accounts, too."),
    ] = False,
) -> None:
    """Start the stack where it is not running, create the topics, start the six services and wait until they are ready."""
    given = stack.up()
    _run(broker.create_topics(given.kafka))
    traces.start()
    if development:
        identity_provider.start()
    entries = services.up(given)
    if development:
        identity_provider.register()
    _show_services(entries, as_json)
    if development and not as_json:
        print(f"The desk: {services.desk_address()} (its certificate is signed by .local/doors/authority.pem)")


@app.command()
def down() -> None:
    """Ask the services to finish and stop them. The stack goes on; `kokunen stack down` stops it."""
    stopped = services.down()
    traces.stop()
    identity_provider.stop()
    print(f"Stopped {', '.join(stopped)}." if stopped else "No service was running.")


@app.command()
def status(as_json: AsJson = False) -> None:
    """The services, how far each is behind, and what waits."""
    entries = services.running()
    if not entries:
        print("No service is running; `kokunen up` starts them.", file=sys.stderr)
        raise typer.Exit(1)

    async def ask() -> settle.Backlog:
        async with settle.Watch(stack.read()) as watch:
            return await watch.backlog()

    try:
        backlog = _run(ask())
    except UNREACHABLE:
        _show_services(entries, as_json)
        raise
    _show_services(entries, as_json, backlog)
    if not all(entry.alive for entry in entries):
        raise typer.Exit(1)


def _show_services(entries: list[services.Running], as_json: bool, backlog: settle.Backlog | None = None) -> None:
    rows = [
        {
            "service": entry.service,
            "alive": entry.alive,
            "ready": entry.answers("/health/ready") is not None,
            "pid": entry.pid,
            "port": entry.port,
            "behind": backlog.lag[entry.service] if backlog else None,
            "unsent": backlog.unsent[entry.service] if backlog else None,
        }
        for entry in entries
    ]
    if as_json:
        print(json.dumps(rows))
        return
    table = Table("service", "state", "process", "address", "records behind", "events unsent")
    for row in rows:
        state = "ready" if row["ready"] else "not ready" if row["alive"] else "[red]ended"
        behind, unsent = ("" if row[name] is None else str(row[name]) for name in ("behind", "unsent"))
        table.add_row(str(row["service"]), state, str(row["pid"]), f"http://127.0.0.1:{row['port']}", behind, unsent)
    out.print(table)


@app.command()
def migrate(
    service: Annotated[str | None, typer.Argument(help="One service; all of them without it.")] = None,
    finish: Annotated[
        bool,
        typer.Option(
            "--finish", help="Also take away what only the version before used: none of its processes runs any more."
        ),
    ] = False,
) -> None:
    """Bring the tables to this version. A service does the first half itself when it starts; the second half is for after an upgrade."""
    for name, applied in _run(migrations.migrate(stack.read(), _chosen(service), finish=finish)).items():
        print(f"{name}: {', '.join(applied) or 'nothing to do'}")


def _chosen(service: str | None) -> Sequence[str]:
    if service is not None and service not in SERVICES:
        raise typer.BadParameter(f"{service} is no service; there are {', '.join(SERVICES)}.")
    return [service] if service else SERVICES


@app.command(name="rewind")
def rewind_command(
    service: Annotated[str | None, typer.Argument(help="One service; all of them without it.")] = None,
) -> None:
    """Read everything that Kafka still has once more. The service must be stopped; repeats are dropped."""
    for name, count in _run(rewind.rewind(stack.read(), _chosen(service))).items():
        print(f"{name}: {count:,} records come again")


@app.command(name="pass-over")
def pass_over_command(
    service: Annotated[str, typer.Argument(help="One service, which must be stopped.")],
    place: Annotated[str, typer.Argument(metavar="TOPIC/PARTITION", help="The partition that can't be read.")],
    until: Annotated[int, typer.Option("--until", help="The first offset that is read again.")],
) -> None:
    """Read a partition on from behind what can't be read; what is passed over stays in the accounting as missing."""
    topic, _, partition = place.partition("/")
    if topic not in TOPICS_OF[_chosen(service)[0]] or not partition.isdecimal():
        raise typer.BadParameter(f"{place} is no partition that {service} reads")
    passed = _run(rewind.pass_over(stack.read(), service, topic, int(partition), until))
    print(f"{passed:,} records of {place} are passed over. `kokunen verify` names them; have them sent again.")


@app.command(name="rebuild")
def rebuild_command(
    service: Annotated[str, typer.Argument(help="Any but audit, which keeps the log.")],
    switch: Annotated[
        bool, typer.Option("--switch", help="Put what follows from the log in the place of what differs.")
    ] = False,
    archive: Annotated[
        str | None,
        typer.Option("--from", help="Prefix under which `kokunen audit replay` wrote what Kafka no longer holds."),
    ] = None,
    left_out: Annotated[int, typer.Option(help="Records of somebody erased that it said it left out, in all.")] = 0,
) -> None:
    """What follows from the log, built anew beside what a service has, and compared. It goes on meanwhile.

    Exit status 1 when they differ and nothing was put right.
    """
    (name,) = _chosen(service)
    done = _run(rebuild.rebuild(stack.read(), name, switch=switch, archive=archive, left_out=left_out))
    rebuild.show(name, done)
    if not (done.equal or done.switched):
        raise typer.Exit(1)


@app.command()
def callers(folder: Annotated[Path, typer.Argument(help="Where the keys are written.")]) -> None:
    """A signing key for each service and the public halves in one file, as a cluster's secrets; a key that is there is kept."""
    certificates.callers(folder)
    print(f"{folder}: a signing key for each of {', '.join(SERVICES)}, and callers.json.")


@app.command(name="publish")
def publish_command(
    path: Path,
    topic: Annotated[str | None, typer.Option(help="Topic of a single JSONL file.")] = None,
    rate: Annotated[float | None, typer.Option(help="Events per second; as fast as possible without it.")] = None,
    despite: Annotated[
        str | None, typer.Option(help="Publish a file of assessments whatever its verdict: why, as a code or a ticket.")
    ] = None,
    account: Account = ACCOUNT,
    terminal: Terminal = TERMINAL,
    purpose: Purpose = PURPOSE,
    as_json: AsJson = False,
) -> None:
    """Publish a town folder in recorded order, or a JSONL file to one topic. A file of assessments is judged as a whole first."""
    who = Access(account, terminal, purpose, despite) if despite else None
    sent = _run(publish.publish(stack.read(), path, topic, rate, despite=who))
    if as_json:
        print(json.dumps(sent))
    else:
        for name, count in sorted(sent.items()):
            print(f"{count:>9,}  {name}")


@app.command()
def validate(
    path: Path,
    topic: Annotated[str, typer.Option(help="The topic that the file is for, such as resident-changes.")],
    municipality: Annotated[str | None, typer.Option(help="The 6-digit code of which every event must be.")] = None,
) -> None:
    """What would be set aside of a file of events, line by line, offline; a sender who has only the contracts runs `python -m contracts.validate`."""
    if topic not in TOPICS:
        raise typer.BadParameter(f"{topic} is no topic; there are {', '.join(sorted(TOPICS))}.", param_hint="--topic")
    raise typer.Exit(check_file(path, topic, municipality))


@app.command()
def token(
    account: Annotated[str, typer.Option(help="For whom.")],
    role: Annotated[
        list[str], typer.Option(help="A role of the service's table of rights; may be given several times.")
    ],
    service: Annotated[str, typer.Option(help="At whose doors.")] = "registry-sync",
    development: Annotated[bool, typer.Option("--development", help="Yes, this is a local stack.")] = False,
) -> None:
    """A token for the doors of a local stack, good for ten minutes, for an account registered for a day. Where people work, the identity
    provider gives tokens, and two people of the ward register accounts (`kokunen accounts`)."""
    if not development:
        raise typer.BadParameter(
            "tokens are made here for development only; say --development", param_hint="--development"
        )
    accounts.for_development({account: role})
    print(certificates.development_token(account, service, role))


@app.command(name="settle")
def settle_command(timeout: Annotated[float, typer.Option(help="Seconds to wait at most.")] = 120) -> None:
    """Wait until every consumer has caught up and every outbox is empty."""

    async def wait() -> float:
        async with settle.Watch(stack.read()) as watch:
            return await watch.settle(timeout)

    print(f"Settled after {_run(wait()):.1f} s.")


@app.command(name="verify")
def verify_command(
    town: Annotated[Path | None, typer.Option(help="Compare with the oracle's fold of this town.")] = None,
    as_json: AsJson = False,
) -> None:
    """Check every invariant against the running system. Exit status 0 only when all hold."""

    async def check() -> verify.Report:
        async with settle.Watch(stack.read()) as watch:
            return await verify.verify(watch, town)

    report = _run(check())
    if as_json:
        print(
            json.dumps(
                {
                    "clean": report.clean,
                    "checked": report.checked,
                    "findings": [f.__dict__ for f in report.findings],
                    **report.counts,
                }
            )
        )
    else:
        verify.show(report)
    if not report.clean:
        raise typer.Exit(1)


@app.command()
def dump(
    file: Annotated[Path | None, typer.Option(help="Write the dump here (names addressee numbers).")] = None,
    received_by: ReceivedBy = None,
) -> None:
    """SHA-256 of the canonical derived state of the running system, now or as received by a day; its lines only into a file."""
    asked = reading.chosen(None, received_by)

    async def read() -> list[canonical.Said]:
        async with settle.Watch(stack.read()) as watch:
            return await (verify.said_by(watch) if asked.day is None else verify.received_by(watch, asked))

    _show_dump(canonical.lines(_run(read())), file, f", {asked}")


@app.command(name="oracle")
def oracle_command(
    folder: Path, file: Annotated[Path | None, typer.Option(help="Write the dump here.")] = None
) -> None:
    """SHA-256 of the canonical state that a pure single-threaded fold of a town gives."""
    folded = oracle.fold(oracle.accepted(oracle.records(folder), settings.municipality()))
    _show_dump(canonical.lines(folded.said), file)


def _show_dump(lines: list[str], file: Path | None, reading_of_it: str = "") -> None:
    if file is not None:
        file.write_text("".join(line + "\n" for line in lines))
    print(f"{canonical.digest(lines)}  {len(lines)} statements{reading_of_it}")


@app.command(name="explain")
@asks
def explain_command(
    access: Access,
    addressee: int,
    month: Annotated[str | None, typer.Option(help="YYYY-MM: this month, scheme by scheme, in yen.")] = None,
    language: Annotated[Language, typer.Option(help="Language of the note.")] = "ja",
    recorded_by: RecordedBy = None,
    received_by: ReceivedBy = None,
    as_json: AsJson = False,
) -> None:
    """A resident's determination as a note: what, for which months, on which facts, under which article.

    A pre-check, not a decision. Leaves an access record; the defaults are development accounts.

    As known now; or as recorded by a day; or, as received by a day, what we were saying then.
    """
    asked = reading.chosen(recorded_by, received_by)
    try:
        chosen = Month.parse(month) if month else None
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    answer = _run(explain.explain(stack.read(), addressee, chosen, access, asked, language))
    if as_json:
        print(json.dumps(answer, ensure_ascii=False))
    elif "said" in answer:
        explain.show_said(answer, asked, language)
    else:
        explain.show(answer)


@app.command()
def trace(identity: Annotated[str, typer.Argument(help="A trace id or the id of a traced event.")]) -> None:
    """One trace as a tree, from the upstream event to what followed from it."""
    lines = traces.tree(local.home() / "spans.jsonl", identity)
    if not lines:
        print(
            f"No span of {identity} was received. Only sampled events are traced (one in {publish.TRACED}).",
            file=sys.stderr,
        )
        raise typer.Exit(1)
    print("\n".join(lines))


if __name__ == "__main__":
    main()
