"""`kokunen what-if`: who would be decided differently under other parameters? Nothing is written, nobody is told.

Everybody is determined twice, under the parameters in force and under those with the draft, and what would be said of them is
compared: month by month where it is about months, without the legal trace. Only what was filed, asked for or decided is looked
at; nobody's means are tested who did not apply. On live data the answer is counts; numbers of persons only for a case and a
purpose, after an access record of each is committed (decision 28).
"""

import asyncio
import datetime as dt
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import asyncpg
import typer
from chassis import database, settings
from chassis.settings import Settings
from chassis.transaction import Access
from contracts.envelope import Event, addressee
from contracts.events.eligibility import AdditionalPremiumSet, ExemptionAssessed, MonthsExempted
from contracts.vocabulary import Model, Month, months
from eligibility import parameter_files, store
from eligibility.determine import determine
from eligibility.difference import sayings
from eligibility.facts import KINDS, Fact, Person, circles_of, persons_of
from eligibility.parameter_files import Draft, as_if_since, is_code, load_draft, with_draft
from eligibility.rules.parameters import Parameters
from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from cli import oracle, parameters, stack
from cli.access import TERMINAL, Account, Case, Purpose, Terminal, recorded
from cli.screen import out
from cli.services import environment_settings

CHUNK = 500
NAMED_AT_MOST = 1_000
"""As at every door that gives persons in bulk (decision 16)."""
NOTHING = "nothing"
"""Said of a month under one of the two parameters, where the other says something."""
APPLICATIONS, REVIEWS, EXEMPT, ADDITIONAL = "applications", "reviews", "exempt months", "additional premium"
_ORDER = (APPLICATIONS, REVIEWS, EXEMPT, ADDITIONAL)

Tell = Callable[[str], None]


class NamesRefused(Exception):
    """Numbers of persons are not given; one sentence says why."""


class Place(NamedTuple):
    """Where one thing is said of a person. A line about several months says one thing of each."""

    type: str
    key: str
    month: Month | None = None


class Content(NamedTuple):
    """What is said there; `what` and `answer` name it in a table of months."""

    what: str
    answer: str
    whole: Any


@dataclass
class Comparison:
    """What differs under two readings of the law, over many persons. Their numbers stay in here unless somebody may have them."""

    now: Parameters
    then: Parameters
    day: dt.date
    persons: int = 0
    months: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """(what, answer before, answer after) → months."""
    differ: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    """Type of event → the persons of whom something else would be said."""
    not_determined: Counter[str] = field(default_factory=Counter)
    """Where our own code fails, by what it raised: such a resident is parked and must not hide the answer about all others."""
    newest_month: Month | None = None
    """The last month that an application or a review is about."""

    @property
    def numbers(self) -> list[int]:
        """Addressee numbers of everybody of whom something else would be said."""
        return sorted(set().union(*self.differ.values()))

    def add(self, who: Person, others: Mapping[int, Person]) -> None:
        """Determine one person under both."""
        self.persons += 1
        try:
            before, after = said(who, others, self.day, self.now), said(who, others, self.day, self.then)
        except Exception as error:
            self.not_determined[type(error).__name__] += 1
            return
        for place in before.keys() | after.keys():
            old, new = before.get(place), after.get(place)
            if old != new:
                self.differ[place.type].add(who.addressee)
            one = old or new
            if one is not None and place.month is not None:
                self.months[one.what, old.answer if old else NOTHING, new.answer if new else NOTHING] += 1
                if place.type == ExemptionAssessed.__name__:
                    self.newest_month = max(self.newest_month or place.month, place.month)


def said(who: Person, others: Mapping[int, Person], day: dt.date, law: Parameters) -> dict[Place, Content]:
    """Everything said of one person under these parameters; what has no end yet is looked at up to the day."""
    found: dict[Place, Content] = {}
    for saying in sayings(determine(who, others, day, law), who, law):
        data = saying.data
        kind = type(data).__name__
        if isinstance(data, ExemptionAssessed | MonthsExempted | AdditionalPremiumSet):
            whole = data.model_dump(exclude={"trace", "first_month", "last_month"})
            content = Content(*_named(data), whole)
            last = max(data.first_month, Month.of(day)) if data.last_month is None else data.last_month
            key = saying.key.rpartition("/")[0]  # without the first month, which a change of values may move
            found.update({Place(kind, key, month): content for month in months(data.first_month, last)})
        else:
            found[Place(kind, saying.key)] = Content(kind, "", data.model_dump(exclude={"trace"}))
    return found


def _named(data: ExemptionAssessed | MonthsExempted | AdditionalPremiumSet) -> tuple[str, str]:
    match data:
        case ExemptionAssessed():
            return REVIEWS if data.kind == "review" else APPLICATIONS, data.scheme or data.outcome
        case MonthsExempted():
            return EXEMPT, data.exemption
        case AdditionalPremiumSet():
            return ADDITIONAL, "may be paid"


def of_town(folder: Path, now: Parameters, then: Parameters, tell: Tell) -> Comparison:
    """The residents of a town's files, on its last day, as the oracle folds them."""
    tell("folding the town")
    events = oracle.accepted(oracle.records(folder), settings.municipality())
    day = oracle.last_day(events)
    if day is None:
        raise typer.BadParameter("the folder holds no town; `kokunen town` writes one", param_hint="--town")
    persons = _persons(events)
    circles = circles_of(persons.values())
    found = Comparison(now, then, day)
    for number, who in persons.items():
        found.add(who, {mate: persons[mate] for mate in circles[number] if mate in persons})
        if found.persons % CHUNK == 0:
            tell(f"{found.persons:,} of {len(persons):,} residents determined twice")
    return found


def _persons(events: Sequence[Event[Any]]) -> dict[int, Person]:
    """What eligibility would know: what the register and the tax service say in the end, and what comes in beside them."""
    facts: dict[int, list[Fact]] = defaultdict(list)
    for one in oracle.fold(events).said:
        if one.type in KINDS:
            data: Model = KINDS[one.type].model_validate_json(json.dumps(one.value))
            facts[one.subject].append(Fact("", one.subject, one.type, one.key, 1, dt.datetime.min, data))
    for event in events:
        if event.type in KINDS:
            who = addressee(event)
            facts[who].append(Fact(event.id, who, event.type, event.id, 0, event.time, event.data))
    return persons_of(facts)


async def of_live_state(connection: asyncpg.Connection, now: Parameters, then: Parameters, tell: Tell) -> Comparison:
    """Everybody whom eligibility knows, as of one moment; three statements for every five hundred residents, all of them reads."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        found = Comparison(now, then, await connection.fetchval("select business_day from clock") or dt.date.min)
        last = 0
        while chunk := [row["addressee"] for row in await connection.fetch(store.QUERIES["known_after"], last, CHUNK)]:
            facts = await store.facts_around(connection, chunk)
            persons = persons_of(facts)
            circles = circles_of(persons.values())
            for number in chunk:
                found.add(persons[number], {mate: persons[mate] for mate in circles[number] if mate in persons})
            last = chunk[-1]
            tell(f"{found.persons:,} residents determined twice")
    return found


async def live(
    given: stack.Stack, now: Parameters, then: Parameters, access: Access | None, tell: Tell
) -> dict[str, Any]:
    """The answer from the live state: counts; with somebody's access also numbers, once the record of each is committed."""
    own = environment_settings(given, "eligibility")
    try:
        connection = await asyncpg.connect(own.database, server_settings=database.SESSION)
    except OSError:
        raise stack.StackError("PostgreSQL does not answer: start it with `kokunen stack up`.") from None
    try:
        found = await of_live_state(connection, now, then, tell)
        if access is None:
            return counts(found)
        await _record(own, connection, found.numbers, access)
        return counts(found) | {"names": found.numbers}
    finally:
        await connection.close()


async def _record(own: Settings, connection: asyncpg.Connection, numbers: Sequence[int], access: Access) -> None:
    """Commit an access record for everybody named; only then may anybody be named (promise 7)."""
    if len(numbers) > NAMED_AT_MOST:
        raise NamesRefused(
            f"{len(numbers):,} persons differ; at most {NAMED_AT_MOST:,} are named at once. Ask without --names for counts."
        )
    await recorded(own, connection, numbers, access, "what-if", ("exemptions",))


def counts(found: Comparison) -> dict[str, Any]:
    """What may be said without a case: how many, and nobody's number."""
    before: Counter[tuple[str, str]] = Counter()
    after: Counter[tuple[str, str]] = Counter()
    for (what, old, new), number in found.months.items():
        before[what, old] += number
        after[what, new] += number
    return {
        "day": found.day.isoformat(),
        "persons": found.persons,
        "persons_who_differ": len(found.numbers),
        "differ_by_event": {kind: len(numbers) for kind, numbers in sorted(found.differ.items())},
        "not_determined": dict(sorted(found.not_determined.items())),
        "newest_month": str(found.newest_month) if found.newest_month else None,
        "months": [
            {"what": what, "answer": answer, "before": before[what, answer], "after": after[what, answer]}
            for what, answer in sorted(before.keys() | after.keys(), key=lambda one: (_ORDER.index(one[0]), one[1]))
            if answer != NOTHING
        ],
        "moves": [
            {"what": what, "before": old, "after": new, "months": number}
            for (what, old, new), number in sorted(found.months.items())
            if old != new
        ],
    }


def what_if(
    draft_file: Annotated[Path, typer.Option("--parameters", help="The draft.", exists=True, dir_okay=False)],
    town: Annotated[
        Path | None, typer.Option(help="A town; the live state without it.", exists=True, file_okay=False)
    ] = None,
    since: Annotated[str | None, typer.Option(help="YYYY-MM: as if the draft held from this month on.")] = None,
    names: Annotated[bool, typer.Option("--names", help="Also who; on live data with account, purpose, case.")] = False,
    account: Account = "",
    terminal: Terminal = TERMINAL,
    purpose: Purpose = "",
    case: Case = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Who would be decided differently under a draft? Counts by scheme, before and after; nothing is written."""
    now, draft = parameter_files.parameters(), load_draft(draft_file)
    if since is not None:
        draft = as_if_since(draft, _month(since))
    then = with_draft(now, draft)
    with _telling() as tell:
        if town is not None:
            found = of_town(town, now, then, tell)
            answer = counts(found) | ({"names": found.numbers} if names else {})
        else:
            access = _access(account, terminal, purpose, case) if names else None
            answer = asyncio.run(live(stack.read(), now, then, access, tell))
    changed = parameters.changes(now, draft)
    if as_json:
        print(json.dumps({"changes": [one.as_json() for one in changed]} | answer, ensure_ascii=False))
    else:
        out.print(parameters.table(changed))
        show(answer, draft)


def _month(text: str) -> Month:
    try:
        return Month.parse(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def _access(account: str, terminal: str, purpose: str, case: str) -> Access:
    """Who asks and what for. Here nobody is assumed: without account, purpose and case there are counts only."""
    for option, given in (("account", account), ("terminal", terminal), ("purpose", purpose), ("case", case)):
        if not is_code(given):
            raise NamesRefused(
                f"On live data --names needs --{option}, up to 64 of A-Z, a-z, 0-9, _ . - (decision 28). "
                "Counts are given without it."
            )
    return Access(account, terminal, purpose, case)


@contextmanager
def _telling() -> Iterator[Tell]:
    """How far we are, on standard error where somebody looks."""
    columns = (TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("")
        yield lambda text: progress.update(task, description=text)


def show(answer: dict[str, Any], draft: Draft) -> None:
    """The answer as tables: months before and after, what becomes what, and how many persons."""
    shown = Table("what", "answer", "months before", "months after", "difference", title=f"As of {answer['day']}")
    for row in answer["months"]:
        difference = row["after"] - row["before"]
        numbers = (f"{row['before']:,}", f"{row['after']:,}", f"{difference:+,}" if difference else "")
        shown.add_row(row["what"], row["answer"], *numbers)
    out.print(shown)
    for move in answer["moves"]:
        out.print(f"   {move['months']:,} months of {move['what']}: {move['before']} becomes {move['after']}")
    out.print(f"{answer['persons_who_differ']:,} of {answer['persons']:,} persons differ")
    for kind, number in answer["differ_by_event"].items():
        out.print(f"   {number:,} in {kind}")
    for number in answer.get("names", ()):
        out.print(f"   {number}")
    for kind, number in answer["not_determined"].items():
        out.print(
            f"[red]{number:,} persons could not be determined: {kind}; `kokunen set-aside list` names who is parked"
        )
    newest = answer["newest_month"]
    late = sorted(name for name, values in draft.items() if newest is None or values[0].since > Month.parse(newest))
    if late:
        out.print(
            f"[yellow]No application or review reaches the months of {', '.join(late)} (the last is about {newest}). "
            "Rehearse with --since YYYY-MM, as if the draft had held then."
        )
