"""What the counter asks of us: the reception book, a filing as it was entered and checked, forms to offer, ages reached, hints, the note."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
from chassis.doors import Refused
from chassis.transaction import Access, Transaction
from contracts.doors.counter import (
    BOOK_AT_MOST,
    TO_CHECK,
    AskBook,
    AskCounts,
    AskFiling,
    AskForms,
    AskHints,
    AskLook,
    AskMilestones,
    AskNote,
    AskReach,
    AskReviewed,
    AssumedIncome,
    Book,
    BookLine,
    Check,
    CountLine,
    Counts,
    Entry,
    FilingShown,
    FormOffered,
    FormsOffered,
    HintShown,
    HintsShown,
    Looked,
    MilestoneReached,
    MilestonesReached,
    NoteParagraph,
    NoteShown,
    PreCheck,
    Reach,
    Reviewed,
    ReviewLine,
)
from contracts.doors.inquiry import ViewLine
from contracts.events.filing import FilingChecked, FilingEntered
from contracts.events.income import AssessedIncome, Dependants, IncomeAssessed, IncomeVersion
from contracts.purposes import PURPOSE_OF
from contracts.vocabulary import Month

from eligibility import store
from eligibility.determine import Determination, assessed, determine
from eligibility.difference import Saying, sayings
from eligibility.facts import Fact, Person, named_spouse, persons_of
from eligibility.guarded import may_be_seen
from eligibility.inquiry import SIGHTS, part_of, visible
from eligibility.milestones import milestones
from eligibility.note import NOTED, note
from eligibility.parameter_files import parameters
from eligibility.proposal import proposed_forms
from eligibility.reception import due_on, line_of_the_book
from eligibility.rules.papers import missing_papers
from eligibility.rules.route import route

CHUNK = 500


async def book(transaction: Transaction, access: Access, body: AskBook) -> Book:
    """Lines of the reception book, of the kinds of filings that the purpose of the call is about."""
    return await lines(transaction, access, body, [kind for kind, of in PURPOSE_OF.items() if of == access.purpose])


async def lines(
    transaction: Transaction, access: Access, body: AskBook, kinds: Sequence[str], at_most: int | None = BOOK_AT_MOST
) -> Book:
    """The same of these kinds; None = however many there are."""
    rows = await transaction.fetch(
        store.QUERIES["book"], body.since, body.until, list(body.states), list(kinds), body.office, body.addressee, body.result,
        None if at_most is None else at_most + 1,
    )  # fmt: skip
    shown = tuple(_line(row) for row in rows[:at_most])
    await _on_record(transaction, access, [one.addressee for one in shown], "book", ("filings",))
    return Book(lines=shown, more=len(rows) > len(shown))


def _line(row: Mapping[str, Any]) -> BookLine:
    return BookLine(**dict(row) | {"reasons": tuple(row["reasons"].split())})


async def filing(transaction: Transaction, access: Access, body: AskFiling) -> FilingShown:
    """Everything that was entered of a filing and checked, and where it stands."""
    rows = await transaction.fetch(store.QUERIES["facts_of"], [body.addressee])
    told = [fact for fact in store.read_facts(rows) if getattr(fact.data, "filing", None) == body.filing]
    entries = [(one, one.data) for one in told if isinstance(one.data, FilingEntered)]
    checks = [(one, one.data) for one in told if isinstance(one.data, FilingChecked)]
    if not entries:
        raise Refused(
            "no_such_filing", "この受付番号の届出は、まだ届いていません。", status=404, subjects=[body.addressee]
        )
    entries.sort(key=lambda one: (one[1].revision, one[0].recorded_at), reverse=True)
    checks.sort(key=lambda one: one[0].recorded_at, reverse=True)
    content = entries[0][1].content
    if PURPOSE_OF[content.kind] != access.purpose:
        raise Refused("wrong_purpose", "この目的では、この届出は見られません。", subjects=[body.addressee])
    line = await transaction.fetch(store.QUERIES["line_of_book"], body.filing, body.addressee)
    await transaction.record_access([body.addressee], access, "filing", ("filings",))
    return FilingShown(
        filing=body.filing,
        addressee=body.addressee,
        line=_line(line[0]) if line else None,
        entries=tuple(_entry(fact, data) for fact, data in entries),
        checks=tuple(_check(fact, data) for fact, data in checks),
        missing_papers=missing_papers(content),
        due_on=due_on(content, parameters()),
    )


def _entry(fact: Fact, data: FilingEntered) -> Entry:
    return Entry(
        revision=data.revision, received_on=data.received_on, received_by=data.received_by, office=data.office, channel=data.channel,
        evidence=data.evidence, entered_by=data.entered_by, entered_at=fact.recorded_at, content=data.content,
    )  # fmt: skip


def _check(fact: Fact, data: FilingChecked) -> Check:
    return Check(
        checked_by=data.checked_by, checked_at=fact.recorded_at, received_on=data.received_on, content=data.content
    )


_ASKED, _ENTERS, _CHECKS = "look-ahead", "look-ahead-1", "look-ahead-2"
"""The number of a filing that is none yet, and the two who would enter and check it."""


async def look(transaction: Transaction, access: Access, body: AskLook) -> Looked:
    """What would become of a filing, if two people entered and checked it so: state, reasons, missing papers, day, pre-check."""
    about, content = body.addressee, body.content
    spouse = named_spouse(content)
    told = await store.facts_around(transaction.connection, [about] if spouse is None else [about, spouse])
    now = dt.datetime.now(dt.UTC)
    entered = FilingEntered(
        filing=_ASKED, revision=1, received_on=body.received_on, office="desk", channel="counter", evidence=body.evidence,
        entered_by=_ENTERS, content=content,
    )  # fmt: skip
    checked = FilingChecked(filing=_ASKED, checked_by=_CHECKS, received_on=body.received_on, content=content)
    asked = [
        Fact(f"{_ASKED}-{place}", about, type(data).__name__, f"{_ASKED}-{place}", 0, now, data)
        for place, data in enumerate((entered, checked))
    ]
    persons = persons_of({**told, about: [*told.get(about, ()), *asked]})
    day = (await transaction.query("business_day"))[0]["business_day"] or body.received_on
    found = determine(persons[about], persons, day, parameters())
    line = next(
        line_of_the_book(persons[about], one, parameters()) for one in found.receptions if one.filing.number == _ASKED
    )
    await transaction.record_access([about], access, "filing.look", ("insured_periods", "exemptions"))
    return Looked(
        state=line.state,
        reasons=line.reasons,
        missing_papers=line.missing_papers,
        due_on=getattr(line, "due_on", None),
        late=getattr(line, "late", 0),
        route=line.route,
        article=route(content, persons[about].identity_data_held).article,
        pre_checks=tuple(
            PreCheck(first_month=one.first_month, last_month=one.last_month, scheme=one.scheme, outcome=one.outcome)
            for one in assessed(found, _ASKED, persons[about])
        )
        if _ASKED in found.assessments
        else (),
    )


async def reach(transaction: Transaction, access: Access, body: AskReach) -> Reach:
    """What is said of a person because of one filing, and would not be without it (取下げ・訂正の影響), as far as the purpose lets it be seen."""
    about = body.addressee
    await may_be_seen(transaction, access, about)
    told = await store.facts_around(transaction.connection, [about])
    of = {
        one.data.content.kind
        for one in told.get(about, ())
        if isinstance(one.data, FilingEntered) and one.data.filing == body.filing
    }
    if not of:
        title = "この受付番号の届出は、まだ届いていません。"
        raise Refused("no_such_filing", title, status=404, subjects=[about])
    if {PURPOSE_OF[kind] for kind in of} != {access.purpose}:
        raise Refused("wrong_purpose", "この目的では、この届出は見られません。", subjects=[about])
    day = (await transaction.query("business_day"))[0]["business_day"] or dt.date.min
    without = {
        number: [one for one in facts if getattr(one.data, "filing", None) != body.filing]
        for number, facts in told.items()
    }
    now, then = _said(about, told, day), _said(about, without, day)
    await transaction.record_access([about], access, "filing.reach", ("insured_periods", "exemptions", "filings"))
    sight = SIGHTS[access.purpose]
    return Reach(
        lost=visible(_only_in(now, then, body.filing), sight, None),
        gained=visible(_only_in(then, now, body.filing), sight, None),
    )


def _said(about: int, told: Mapping[int, Sequence[Fact]], day: dt.date) -> dict[tuple[str, str], Saying]:
    """What is said of a person, by topic and key."""
    persons = persons_of(told)
    if about not in persons:
        return {}
    found = determine(persons[about], persons, day, parameters())
    return {(one.topic, one.key): one for one in sayings(found, persons[about], parameters())}


def _only_in(
    one: Mapping[tuple[str, str], Saying], other: Mapping[tuple[str, str], Saying], filing: str
) -> tuple[ViewLine, ...]:
    """Lines of the first that the second has not, or says otherwise; the filing's own line is no consequence of it."""
    found = []
    for place, saying in one.items():
        part = part_of(*place)
        same = place in other and other[place].data == saying.data
        if part is not None and not same and saying.key != f"filing/{filing}":
            data = saying.data.model_dump(mode="json", exclude_none=True)
            found.append(ViewLine(part=part, key=saying.key, type=type(saying.data).__name__, data=data))
    return tuple(found)


async def reviewed(transaction: Transaction, access: Access, body: AskReviewed) -> Reviewed:
    """How July's review came out, and for whom it did not simply pass."""
    rows = await transaction.fetch(store.QUERIES["reviewed"], str(body.first_month))
    open_rows = [row for row in rows if row["outcome"] != "pass"]
    shown = tuple(
        ReviewLine(
            **{
                **row,
                "first_month": Month.parse(row["first_month"]),
                "last_month": Month.parse(row["last_month"]),
            }
        )
        for row in map(dict, open_rows[:BOOK_AT_MOST])
    )
    await _on_record(transaction, access, [one.addressee for one in shown], "reviewed", ("exemptions",))
    found = Counter(row["outcome"] for row in rows)
    return Reviewed(counts=dict(found), lines=shown, more=len(open_rows) > len(shown))


async def counts(transaction: Transaction, access: Access, body: AskCounts) -> Counts:
    """Filings received in these days by kind, office, channel and state; and how many lines the book has of them. Nobody is named."""
    kinds = [kind for kind, of in PURPOSE_OF.items() if of == access.purpose]
    wanted = (body.since, body.until, kinds, body.office)
    rows = await transaction.fetch(store.QUERIES["counts"], *wanted)
    book = (await transaction.fetch(store.QUERIES["lines_of_book"], *wanted, list(TO_CHECK)))[0]
    await transaction.record_search(access, "counts", ("filings",))
    return Counts(counts=tuple(CountLine(**dict(row)) for row in rows), **dict(book))


async def forms(transaction: Transaction, access: Access, body: AskForms) -> FormsOffered:
    """The application forms to lay before somebody: one for each cycle with months still due."""
    known = (await _determined(transaction.connection, [body.addressee], body.received_on)).get(body.addressee)
    await transaction.record_access([body.addressee], access, "forms", ("insured_periods", "exemptions"))
    if known is None:
        return FormsOffered(forms=())
    who, found = known
    offered = proposed_forms(
        found.timeline, found.premium, body.received_on, student=body.student, parameters=parameters()
    )
    return FormsOffered(
        basic_pension_number=who.basic_pension_number, forms=tuple(FormOffered(**one.__dict__) for one in offered)
    )


async def reached(transaction: Transaction, access: Access, body: AskMilestones) -> MilestonesReached:
    """Who reaches 20, 60, 65, the age limit of 納付猶予 or the end of a voluntary membership in these days."""
    today = (await transaction.query("business_day"))[0]["business_day"] or dt.date.max
    # What is all to come follows from the days that are known already; else everybody with such a birthday is looked at.
    query = "soon" if body.since > today else "birthdays"
    rows = await transaction.fetch(store.QUERIES[query], body.since, body.until + dt.timedelta(days=1))
    born = [row["addressee"] for row in rows]
    found: list[MilestoneReached] = []
    for start in range(0, len(born), CHUNK):
        chunk = await _determined(transaction.connection, born[start : start + CHUNK], body.since)
        for who, determination in chunk.values():
            found += [
                MilestoneReached(on=one.on, what=one.what, addressee=one.person)
                for one in milestones(who, determination, parameters())
                if body.since <= one.on <= body.until and (not body.what or one.what in body.what)
            ]
    found.sort(key=lambda one: (one.on, one.what, one.addressee))
    fields = ("birth_date", "insured_periods")
    await _on_record(transaction, access, [one.addressee for one in found], "milestones", fields)
    return MilestonesReached(milestones=tuple(found))


async def hints(transaction: Transaction, access: Access, body: AskHints) -> HintsShown:
    """What a clerk should look at or tell somebody."""
    rows = await transaction.fetch(store.QUERIES["hints"], body.since, body.until, body.at_most + 1)
    shown = tuple(HintShown(**dict(row)) for row in rows[: body.at_most])
    await _on_record(transaction, access, [one.addressee for one in shown], "hints", ("hints",))
    return HintsShown(hints=shown, more=len(rows) > len(shown))


async def decision_note(transaction: Transaction, access: Access, body: AskNote) -> NoteShown:
    """The decision note: what follows for a person, from which facts and under which articles. A pre-check."""
    about = [body.addressee]
    await may_be_seen(transaction, access, body.addressee)
    day = (await transaction.query("business_day"))[0]["business_day"] or dt.date.min
    told = await store.facts_around(transaction.connection, about)
    for place, one in enumerate(body.assumed, 1):
        if one.addressee not in told:
            raise Refused("not_of_this_case", "この人の所得は、この判定に使いません。", status=422, subjects=about)
        known = [
            fact
            for fact in told[one.addressee]
            if not (isinstance(fact.data, IncomeAssessed) and fact.data.income_year == one.income_year)
        ]
        told[one.addressee] = [*known, _assumed(one, place)]
    persons = persons_of(told)
    who = persons.get(body.addressee)
    if who is not None and who.merged_into is not None:
        raise Refused("merged", "この宛名番号は名寄せにより統合されています。", status=409, subjects=about)
    if who is None or who.birth_date != body.birth_date:
        raise Refused("identifiers_differ", "宛名番号と生年月日が一致する者がいません。", status=404, subjects=about)
    found = determine(who, persons, day, parameters())
    reading = (
        ("仮の所得による試算" if body.language == "ja" else "a trial, with assumed incomes") if body.assumed else ""
    )
    written = note(who, found, day, parameters(), body.language, body.month, reading)
    await transaction.record_access(about, access, "note", NOTED)
    return NoteShown(day=day, paragraphs=tuple(NoteParagraph(heading=one.heading, lines=one.lines) for one in written))


def _assumed(one: AssumedIncome, place: int) -> Fact:
    """The fact that an income would be this one; its id says that nobody told it."""
    name = f"assumed-{place}"
    income = AssessedIncome(total_income_yen=one.total_income_yen, dependants=Dependants(general=one.dependants))
    now = dt.datetime.now(dt.UTC)
    version = IncomeVersion(known_from=now, version=1, state="declared", income=income, fact=name)
    data = IncomeAssessed(income_year=one.income_year, versions=(version,))
    return Fact(name, one.addressee, "IncomeAssessed", str(one.income_year), 0, now, data)


async def _determined(
    connection: asyncpg.Connection, residents: Sequence[int], day: dt.date
) -> dict[int, tuple[Person, Determination]]:
    """Residents with their determinations as of a day, each with everyone whom it uses."""
    known = persons_of(await store.facts_around(connection, residents))
    return {n: (known[n], determine(known[n], known, day, parameters())) for n in residents if n in known}


async def _on_record(
    transaction: Transaction, access: Access, shown: Sequence[int], what: str, fields: Sequence[str]
) -> None:
    """Everyone on a list; a list of nobody is on record as well."""
    await transaction.record_access(sorted(set(shown)), access, what, fields)
    if not shown:
        await transaction.record_search(access, what, fields)
