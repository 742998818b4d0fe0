"""The doors of the inquiry (照会): the sheet of a person, for a purpose, as of a day, in one of three readings. Each answer is on record first.

Names, addresses and households are the register's and incomes tax-income's: their doors are asked each time, and nothing of it is kept.
"""

import asyncio
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, cast

from chassis.calls import CallFailed, Calls
from chassis.doors import Door, Refused
from chassis.transaction import Access, Transaction
from contracts.doors.counter import (
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
    Book,
    Counts,
    FilingShown,
    FormsOffered,
    HintsShown,
    Looked,
    MilestonesReached,
    NoteShown,
    Reach,
    Reviewed,
)
from contracts.doors.incomes import AskIncomes, AskTaxFlags, CaseAsked, Incomes, IncomeShown, TaxFlags
from contracts.doors.inquiry import (
    AskNumberHolder,
    AskView,
    ExportedList,
    ExportList,
    NumberHolders,
    PersonSeen,
    View,
    ViewLine,
)
from contracts.doors.records import AskNotes, AskTranscriptions, NotesKept, TranscriptionsShown, WriteNote
from contracts.doors.registry import Addressee, Addressees, AskAddressees, AskHousehold, Household
from contracts.doors.retention import (
    ApproveErasure,
    AskErasureCertificate,
    AskExpired,
    ErasureCertificate,
    ErasureProposed,
    Expired,
    HoldRecords,
    HoldStands,
    LiftHold,
    ProposeErasure,
)
from contracts.doors.rights import (
    AskRequests,
    DecideRequest,
    Disclosure,
    ExtendRequest,
    RegisterRequest,
    RequestNamed,
    Requests,
    RequestShown,
)
from contracts.doors.snapshot import AskSnapshot, Snapshot
from contracts.envelope import derived_id

from eligibility import counter_desk, list_desk, record_desk, retention_desk, rights_desk, snapshot_desk, store
from eligibility.determine import determine
from eligibility.difference import sayings
from eligibility.facts import as_recorded, persons_of
from eligibility.guarded import PROTECTED, is_suspended
from eligibility.inquiry import SIGHTS, Beside, Sight, benefit_base_date, beside, line_of, part_of, tax_year_of, visible
from eligibility.parameter_files import parameters

EXPIRED, ERASE, APPROVE = "retention.look", "retention.propose", "retention.approve"
EXPORT, SNAPSHOT = "lists.export", "snapshot.read"
REQUESTS, DECIDE = "rights.manage", "rights.decide"
LOOK, NUMBERS, NOTE, BOOK, NOTES = "inquiry.look", "inquiry.numbers", "inquiry.note", "book.look", "notes.keep"
RIGHTS: dict[str, frozenset[str]] = {
    "clerk": frozenset({LOOK, NUMBERS, NOTE, BOOK, NOTES}),
    "protection-clerk": frozenset({LOOK, NUMBERS, NOTE, BOOK, NOTES, PROTECTED}),
    "desk-head": frozenset({LOOK, NUMBERS, NOTE, BOOK, NOTES}),
    "list-clerk": frozenset({EXPORT}),
    "rights-clerk": frozenset({REQUESTS}),
    "rights-head": frozenset({REQUESTS, DECIDE}),
    "subscriber": frozenset({SNAPSHOT, snapshot_desk.CHANGES}),
    "window-system": frozenset({SNAPSHOT, snapshot_desk.WINDOW}),
    "retention-clerk": frozenset({EXPIRED, ERASE}),
    "retention-head": frozenset({EXPIRED, APPROVE}),
}
"""clerk 照会 · desk-head 係長 · protection-clerk, who also looks after those under support measures (支援措置) · subscriber, window-system: systems of the ward that read
our topics, the latter 総合窓口課's."""
SERVED_BY = {"registry-sync": "住民情報", "tax-income": "税情報"}


async def view(transaction: Transaction, access: Access, body: AskView) -> View:
    """All that may be seen of one person for the purpose of the call."""
    about = [body.addressee]
    sight = SIGHTS[access.purpose]
    today = (await transaction.query("business_day"))[0]["business_day"]
    if access.purpose != "disclosure" and await is_suspended(transaction, body.addressee):
        raise Refused("use_suspended", "利用停止中です。照会できません。", subjects=about)
    day = body.reading.day if body.reading is not None else today or dt.date.min
    if body.reading is not None and (today is None or today < day):
        raise Refused("not_yet", "その日はまだ終わっていません。", status=409, subjects=about)
    lines, needs_person = await _lines(transaction, body, day)
    try:
        persons = await _persons(transaction, access, body, sight, day)
    except CallFailed as failed:
        served = SERVED_BY[failed.service]
        raise Refused(
            "not_available", f"{served}が応答しません。後でやり直してください。", status=503, subjects=about
        ) from None
    seen = visible(lines, sight, body.on)
    fields = sorted(
        {line.part for line in seen}
        | {"name", "birth_date", "address"}
        | ({"income"} if sight.incomes else {"municipal_tax"} if sight.tax else set())
    )
    await transaction.record_access([one.addressee for one in persons], access, "inquiry.view", fields)
    return View(
        addressee=body.addressee,
        reading="as known now" if body.reading is None else f"as {body.reading.by} by {day}",
        day=day,
        on=body.on,
        persons=persons,
        lines=seen,
        needs_person=needs_person,
    )


async def _lines(transaction: Transaction, body: AskView, day: dt.date) -> tuple[list[ViewLine], tuple[str, ...]]:
    """Everything that is said of the person in this reading."""
    person = body.addressee
    if body.reading is None:
        rows = await transaction.fetch(store.QUERIES["sheet"], person)
        return [line for row in rows if (line := line_of(row, str(row["event_id"])))], ()
    if body.reading.by == "received":
        rows = await transaction.query("received_by", [person], day)
        return [line for row in rows if (line := line_of(row, _event(transaction, row)))], ()
    every = await store.facts_around(transaction.connection, [person])
    known = {number: facts for number, told in every.items() if (facts := as_recorded(told, day))}
    if person not in known:
        return [], ()
    persons = persons_of(known)
    who = persons[person]
    said = sayings(determine(who, persons, day, parameters()), who, parameters())
    lines = [
        ViewLine(
            part=part,
            key=one.key,
            type=type(one.data).__name__,
            data=one.data.model_dump(mode="json", exclude_none=True),
        )
        for one in said
        if (part := part_of(one.topic, one.key)) is not None
    ]
    return lines, tuple(who.needs_person)


def _event(transaction: Transaction, row: Mapping[str, Any]) -> str:
    """The id under which something was said then (decision 1)."""
    return derived_id(
        transaction.settings.service, str(row["subject"]), f"{row['topic']}|{row['key']}", row["sequence"]
    )


async def _persons(
    transaction: Transaction, access: Access, body: AskView, sight: Sight, day: dt.date
) -> tuple[PersonSeen, ...]:
    """The person, and those whom the purpose lets be seen, as the register has them on the day."""
    on = body.on or (benefit_base_date(day) if sight.tax else day)
    recorded_by = body.reading.day if body.reading is not None else None
    async with (
        Calls(transaction.settings, "registry-sync") as registry,
        Calls(transaction.settings, "tax-income") as tax,
    ):

        async def registered(
            numbers: Sequence[int], on: dt.date | None, recorded_by: dt.date | None
        ) -> tuple[Addressee, ...]:
            asked = AskAddressees(addressees=tuple(numbers), on=on, recorded_by=recorded_by)
            return (await registry.post("/addressees", asked, Addressees, access)).addressees

        # Who it is, and whether the person may be seen, is a matter of today, whichever day is asked about.
        (who,) = await registered([body.addressee], None, None)
        _identified(who, body, access)
        if body.on is not None or recorded_by is not None:
            (who,) = await registered([body.addressee], on, recorded_by)
        around: dict[int, Beside] = {}
        if sight.beside:
            asked = AskHousehold(addressee=body.addressee, on=on)
            household = await registry.post("/households", asked, Household, access)
            around = beside(body.addressee, household.members, sight.beside)

        if sight.tax:
            family = AskTaxFlags(addressees=(body.addressee, *around), tax_year=on.year)
            flags = {one.addressee: one for one in (await tax.post("/tax-flags", family, TaxFlags, access)).flags}
            own = _seen("self", who, None).model_copy(update={"entry": who, "tax": flags[body.addressee]})
            return (own, *(PersonSeen(role=around[one], addressee=one, tax=flags[one]) for one in around))

        async def incomes_of() -> dict[int, IncomeShown]:
            if not sight.incomes:
                return {}
            spouse = next((number for number, role in around.items() if role == "spouse"), None)
            case = CaseAsked(
                case="inquiry", addressee=body.addressee, spouse=spouse, tax_year=tax_year_of(on), on=on, household=True
            )
            told = await tax.post("/incomes", AskIncomes(cases=(case,)), Incomes, access)
            return {one.addressee: one for one in told.cases[0].incomes}

        async def others_of() -> tuple[Addressee, ...]:
            return await registered(list(around), on, recorded_by) if around else ()

        # Both are waited for, also where one fails: a call that is broken off leaves its connection behind.
        told = await asyncio.gather(others_of(), incomes_of(), return_exceptions=True)
        for one in told:
            if isinstance(one, BaseException):
                raise one
        others, incomes = cast("tuple[tuple[Addressee, ...], dict[int, IncomeShown]]", told)
    own = _seen("self", who, incomes.get(body.addressee)).model_copy(update={"entry": who})
    return (own, *(_seen(around[one.addressee], one, incomes.get(one.addressee)) for one in others))


def _identified(who: Addressee, body: AskView, access: Access) -> None:
    """Refused where number and birth date are not one person's, or where the person may not be seen."""
    about = [body.addressee]
    if who.merged_into is not None:
        raise Refused("merged", "この宛名番号は名寄せにより統合されています。", status=409, subjects=about)
    record = who.resident or who.outside
    if record is None or record.birth_date != body.birth_date:
        raise Refused("identifiers_differ", "宛名番号と生年月日が一致する者がいません。", status=404, subjects=about)
    if who.protected and PROTECTED not in access.rights:
        raise Refused("protected", "支援措置の対象者です。照会できません。", subjects=about)


def _seen(role: Any, who: Addressee, income: IncomeShown | None) -> PersonSeen:
    record = who.resident or who.outside
    return PersonSeen(
        role=role,
        addressee=who.addressee,
        name=record.name if record is not None else None,
        birth_date=record.birth_date if record is not None else None,
        protected=who.protected,
        income=income,
    )


async def number_holders(transaction: Transaction, access: Access, body: AskNumberHolder) -> NumberHolders:
    """Whose basic pension number it is. Nothing but the addressee number: the sheet also asks for the birth date."""
    rows = await transaction.fetch(store.QUERIES["number_holders"], body.basic_pension_number)
    found = tuple(row["addressee"] for row in rows)
    await transaction.record_access(found, access, "inquiry.number", ("addressee",))
    if not found:
        await transaction.record_search(access, "inquiry.number", ("addressee",))
    return NumberHolders(addressees=found)


DOORS = (
    Door("/inquiries", LOOK, AskView, View, view),
    Door("/inquiries/number", NUMBERS, AskNumberHolder, NumberHolders, number_holders),
    Door("/note", NOTE, AskNote, NoteShown, counter_desk.decision_note),
    Door("/book", BOOK, AskBook, Book, counter_desk.book),
    Door("/filings/show", BOOK, AskFiling, FilingShown, counter_desk.filing),
    Door("/filings/look", BOOK, AskLook, Looked, counter_desk.look),
    Door("/filings/reach", BOOK, AskReach, Reach, counter_desk.reach),
    Door("/reviewed", NOTE, AskReviewed, Reviewed, counter_desk.reviewed),
    Door("/counts", BOOK, AskCounts, Counts, counter_desk.counts),
    Door("/notes", NOTES, AskNotes, NotesKept, record_desk.notes),
    Door("/notes/write", NOTES, WriteNote, NotesKept, record_desk.write),
    Door("/transcriptions", NOTES, AskTranscriptions, TranscriptionsShown, record_desk.transcribed),
    Door("/forms", BOOK, AskForms, FormsOffered, counter_desk.forms),
    Door("/milestones", BOOK, AskMilestones, MilestonesReached, counter_desk.reached),
    Door("/hints", BOOK, AskHints, HintsShown, counter_desk.hints),
    Door("/snapshot", SNAPSHOT, AskSnapshot, Snapshot, snapshot_desk.snapshot),
    Door("/lists/export", EXPORT, ExportList, ExportedList, list_desk.export),
    Door("/rights", REQUESTS, AskRequests, Requests, rights_desk.requests),
    Door("/rights/register", REQUESTS, RegisterRequest, RequestShown, rights_desk.register),
    Door("/rights/extend", REQUESTS, ExtendRequest, RequestShown, rights_desk.extend),
    Door("/rights/decide", DECIDE, DecideRequest, RequestShown, rights_desk.decide),
    Door("/rights/disclosure", REQUESTS, RequestNamed, Disclosure, rights_desk.disclosure),
    Door("/retention/expired", EXPIRED, AskExpired, Expired, retention_desk.expired),
    Door("/retention/propose", ERASE, ProposeErasure, ErasureProposed, retention_desk.propose),
    Door("/retention/approve", APPROVE, ApproveErasure, ErasureCertificate, retention_desk.approve),
    Door("/retention/hold", ERASE, HoldRecords, HoldStands, retention_desk.hold),
    Door("/retention/lift", APPROVE, LiftHold, HoldStands, retention_desk.lift),
    Door("/retention/certificate", EXPIRED, AskErasureCertificate, ErasureCertificate, retention_desk.certificate),
)
