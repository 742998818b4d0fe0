"""The steps of a filing at the counter: received and entered, checked by another person, decided on, withdrawn, given back.

Each is an event on `filings`; what follows from it eligibility says. Whatever comes twice takes effect once.
"""

import datetime as dt

from chassis.doors import Refused
from chassis.transaction import Access, Cause, Transaction, to_json
from contracts.doors.filings import (
    CheckFiling,
    DecideSending,
    EnterFiling,
    FilingEnteredHere,
    FilingStep,
    ReturnFiling,
    WithdrawFiling,
)
from contracts.doors.records import CheckTranscription, Transcribe, TranscriptionEntered
from contracts.envelope import derived_id
from contracts.events.filing import FilingChecked, FilingEntered, FilingReturned, FilingSendDecided, FilingWithdrawn
from contracts.events.terminal import PensionRecordTranscribed, TranscriptionChecked
from contracts.purposes import PURPOSE_OF
from contracts.vocabulary import JST, Model

from console.store import QUERIES

_SAME_PERSON = "入力した人は、自分の入力を点検・決裁できません。別の担当者が行ってください。"
_CHANGED = "ほかの担当者がこの届出を入力し直しています。開き直して確かめてください。"


async def enter(transaction: Transaction, access: Access, body: EnterFiling) -> FilingEnteredHere:
    """A filing is received and entered, or entered anew: its reception number and which entry of it this is."""
    _of_purpose(access, body.content.kind, body.addressee)
    await transaction.fetch(QUERIES["alone_with_draft"], body.draft)
    known = await transaction.fetch(QUERIES["entry_of_draft"], body.draft)
    if known:
        if known[0]["entered_by"] != access.account:
            raise Refused(
                "draft_of_another", "この下書きはほかの担当者のものです。", status=409, subjects=[body.addressee]
            )
        await transaction.record_access([body.addressee], access, "filing.enter", ("filings",))
        return FilingEnteredHere(filing=known[0]["filing"], revision=known[0]["revision"])
    today = await _today(transaction)
    if body.received_on > today:
        raise Refused("received_in_future", "受付日が今日より後です。", status=422, subjects=[body.addressee])
    filing, revision = body.filing or await _next_number(transaction, today), (body.revision or 0) + 1
    made = (filing, revision, body.addressee, body.draft, access.account)
    if not await transaction.fetch(QUERIES["entered"], *made):
        raise Refused("entered_meanwhile", _CHANGED, status=409, subjects=[body.addressee])
    entered = FilingEntered(
        filing=filing,
        revision=revision,
        received_on=body.received_on,
        received_by=body.received_by,
        office=body.office,
        channel=body.channel,
        evidence=body.evidence,
        entered_by=access.account,
        content=body.content,
    )
    _say(transaction, today, body.addressee, f"{filing}/entered", revision, entered)
    await transaction.record_access([body.addressee], access, "filing.enter", ("filings",), "register")
    return FilingEnteredHere(filing=filing, revision=revision)


async def check(transaction: Transaction, access: Access, body: CheckFiling) -> FilingStep:
    """Another person read the paper (点検). Whether entry and check agree, eligibility says: both readings are kept."""
    revision, today = await _not_by(transaction, access, body.filing, body.addressee, body.content.kind)
    checked = FilingChecked(
        filing=body.filing, checked_by=access.account, received_on=body.received_on, content=body.content
    )
    # The same reading of the same entry once more is no new event.
    read = transaction.sealer.commitment(to_json(checked))
    _say(transaction, today, body.addressee, f"{body.filing}/checked/{read}", revision, checked)
    await transaction.record_access([body.addressee], access, "filing.check", ("filings",), "update")
    return FilingStep(filing=body.filing)


async def decide(transaction: Transaction, access: Access, body: DecideSending) -> FilingStep:
    """It goes to the pension service (決裁)."""
    revision, today = await _not_by(transaction, access, body.filing, body.addressee, body.kind)
    decided = FilingSendDecided(filing=body.filing, decided_by=access.account, office=body.office, decided_on=today)
    _say(transaction, today, body.addressee, f"{body.filing}/decided", revision, decided)
    await transaction.record_access([body.addressee], access, "filing.decide", ("filings",), "update")
    return FilingStep(filing=body.filing)


async def withdraw(transaction: Transaction, access: Access, body: WithdrawFiling) -> FilingStep:
    """Who filed it takes it back (取下げ): nothing follows from it any more."""
    _of_purpose(access, body.kind, body.addressee)
    newest = await transaction.fetch(QUERIES["newest_entry"], body.filing, body.addressee)
    today = await _today(transaction)
    withdrawn = FilingWithdrawn(filing=body.filing, withdrawn_on=today, reason=body.reason)
    _say(
        transaction,
        today,
        body.addressee,
        f"{body.filing}/withdrawn",
        newest[0]["revision"] if newest else 0,
        withdrawn,
    )
    await transaction.record_access([body.addressee], access, "filing.withdraw", ("filings",), "update")
    return FilingStep(filing=body.filing)


async def give_back(transaction: Transaction, access: Access, body: ReturnFiling) -> FilingStep:
    """The ward gives it back (返付), with a reason; a later entry takes it up again."""
    _of_purpose(access, body.kind, body.addressee)
    today = await _today(transaction)
    returned = FilingReturned(
        filing=body.filing,
        returned_by=access.account,
        returned_on=today,
        revision=body.revision,
        reason=body.reason,
    )
    _say(transaction, today, body.addressee, f"{body.filing}/returned", body.revision, returned)
    await transaction.record_access([body.addressee], access, "filing.return", ("filings",), "update")
    return FilingStep(filing=body.filing)


async def transcribe(transaction: Transaction, access: Access, body: Transcribe) -> TranscriptionEntered:
    """What the portable terminal showed is written down (転記): a memo, until another person wrote the same. Twice is once."""
    # Another content under the same draft is another memo: nothing that somebody typed is taken for a repeat.
    number = f"TR-{transaction.sealer.commitment(access.account.encode() + to_json(body))[:16]}"
    written = PensionRecordTranscribed(
        transcription=number,
        source="portable_terminal",
        used_by=access.account,
        used_at=body.used_at,
        office=body.office,
        factors=("password", "biometric"),
        purpose=access.purpose,
        case=access.case,
        items=body.items,
    )
    _say(transaction, await _today(transaction), body.addressee, f"{number}/transcribed", 1, written)
    await transaction.record_access([body.addressee], access, "transcription.enter", ("transcription",), "register")
    return TranscriptionEntered(transcription=number)


async def compare(transaction: Transaction, access: Access, body: CheckTranscription) -> TranscriptionEntered:
    """Another person read the same. Whether both agree, and are two, eligibility says."""
    checked = TranscriptionChecked(transcription=body.transcription, checked_by=access.account, items=body.items)
    read = transaction.sealer.commitment(to_json(checked))
    what = f"{body.transcription}/checked/{read}"
    _say(transaction, await _today(transaction), body.addressee, what, 1, checked)
    await transaction.record_access([body.addressee], access, "transcription.check", ("transcription",), "update")
    return TranscriptionEntered(transcription=body.transcription)


def _of_purpose(access: Access, kind: str, addressee: int) -> None:
    if PURPOSE_OF.get(kind) != access.purpose:
        raise Refused("wrong_purpose", "この目的では、この届出は扱えません。", subjects=[addressee])


async def _not_by(
    transaction: Transaction, access: Access, filing: str, addressee: int, kind: str
) -> tuple[int, dt.date]:
    """The newest entry made here (0 = it came by another way) and the business day; Refused where the caller made it."""
    _of_purpose(access, kind, addressee)
    newest = await transaction.fetch(QUERIES["newest_entry"], filing, addressee)
    if newest and newest[0]["entered_by"] == access.account:
        raise Refused("same_person", _SAME_PERSON, subjects=[addressee])
    return (int(newest[0]["revision"]) if newest else 0), await _today(transaction)


async def _next_number(transaction: Transaction, today: dt.date) -> str:
    """受付番号: the fiscal year, and one after the other within it."""
    fiscal_year = today.year if today.month >= 4 else today.year - 1
    row = (await transaction.fetch(QUERIES["next_number"], fiscal_year))[0]
    return f"{fiscal_year}-{row['last']:06d}"


async def _today(transaction: Transaction) -> dt.date:
    """The business day; the civil day where no calendar has come yet."""
    day: dt.date | None = (await transaction.query("business_day"))[0]["business_day"]
    return day or dt.datetime.now(JST).date()


def _say(transaction: Transaction, today: dt.date, addressee: int, what: str, number: int, data: Model) -> None:
    """Recorded on the business day (promise 8), at the clock's time of day."""
    event = derived_id(transaction.settings.service, str(addressee), what, number)
    recorded = Cause(dt.datetime.combine(today, dt.datetime.now(JST).timetz()))
    transaction.emit("filings", str(addressee), event, type(data).__name__, to_json(data), recorded)
