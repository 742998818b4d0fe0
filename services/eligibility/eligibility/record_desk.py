"""The desk of what the counter itself keeps of a person: dated notes (経過記録), and what was written down from the portable terminal."""

import datetime as dt
import json

import asyncpg
from chassis.doors import Refused
from chassis.transaction import Access, Transaction
from contracts.doors.records import (
    AskNotes,
    AskTranscriptions,
    NoteKept,
    NotesKept,
    TranscriptionShown,
    TranscriptionsShown,
    WriteNote,
)
from contracts.guard import has_twelve_digits

from eligibility import store
from eligibility.guarded import may_be_seen
from eligibility.transcription import transcriptions


async def notes(transaction: Transaction, access: Access, body: AskNotes) -> NotesKept:
    """What was noted of a person for this affair, the newest first."""
    await may_be_seen(transaction, access, body.addressee)
    rows = await transaction.fetch(store.QUERIES["notes"], body.addressee, access.purpose)
    await transaction.record_access([body.addressee], access, "notes", ("notes",))
    return NotesKept(
        notes=tuple(
            NoteKept(
                draft=str(row["draft"]),
                on=row["on_day"],
                written_by=row["written_by"],
                written_at=row["written_at"],
                text=_text(transaction, row),
            )
            for row in rows
        )
    )


async def write(transaction: Transaction, access: Access, body: WriteNote) -> NotesKept:
    """A note is kept, sealed, for as long as the person's records are. Refused where it could hold a My Number."""
    if has_twelve_digits(body.text):
        title = "12桁の数字は書けません（個人番号のおそれ）。数字を除いて書き直してください。"
        raise Refused("number_in_note", title, status=422, subjects=[body.addressee])
    box = transaction.sealer.seal(json.dumps(body.text).encode(), _place(body.draft.lower()))
    await may_be_seen(transaction, access, body.addressee)
    given = body.draft.lower(), body.addressee, access.purpose, body.on, access.account, box
    if not await transaction.fetch(store.QUERIES["write_note"], *given):
        await _written_so(transaction, access, body)
    await transaction.record_access([body.addressee], access, "notes.write", ("notes",), "register")
    return await notes(transaction, access, AskNotes(addressee=body.addressee))


async def _written_so(transaction: Transaction, access: Access, body: WriteNote) -> None:
    """Refused where this draft was kept with other words: they would be lost. The same words once more are no news."""
    kept = await transaction.fetch(store.QUERIES["note"], body.draft)
    given = body.addressee, access.purpose, body.on, access.account, body.text
    if (
        not kept
        or (*(kept[0][name] for name in ("addressee", "purpose", "on_day", "written_by")), _text(transaction, kept[0]))
        != given
    ):
        title = "この下書きは記録済みです。画面を開き直してから、新しい記録として書いてください。"
        raise Refused("noted_already", title, status=409, subjects=[body.addressee])


async def told_of(transaction: Transaction, person: int) -> list[tuple[dt.date, str]]:
    """Day and text of every note of a person, for a disclosure (開示)."""
    rows = await transaction.fetch(store.QUERIES["notes_of"], person)
    return [(row["on_day"], _text(transaction, row)) for row in rows]


def _text(transaction: Transaction, row: asyncpg.Record) -> str:
    text: str = json.loads(transaction.sealer.open(row["box"], _place(str(row["draft"]))))
    return text


def _place(draft: str) -> str:
    return f"note/{draft}"


async def transcribed(transaction: Transaction, access: Access, body: AskTranscriptions) -> TranscriptionsShown:
    """What the portable terminal showed of a person, as it was written down, and whether a second person wrote the same."""
    await may_be_seen(transaction, access, body.addressee)
    facts = store.read_facts(await transaction.fetch(store.QUERIES["facts_of"], [body.addressee]))
    found = [one for one in transcriptions(facts) if one.purpose == access.purpose]
    await transaction.record_access([body.addressee], access, "transcriptions", ("transcription",))
    return TranscriptionsShown(
        transcriptions=tuple(
            TranscriptionShown(
                transcription=one.number,
                used_by=one.used_by,
                used_at=one.used_at,
                office=one.office,
                purpose=one.purpose,
                case=one.case,
                state=one.state,
                items=one.items,
            )
            for one in reversed(found)
        )
    )
