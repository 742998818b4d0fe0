"""What goes in and out where the counter keeps what it learned of a person: notes (経過記録), and what the portable terminal showed."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from contracts.events.terminal import Items, ReadItem
from contracts.vocabulary import AddresseeNumber, Code, Date, EventId, Model

NoteText = Annotated[str, StringConstraints(min_length=1, max_length=2_000, strip_whitespace=True)]
"""In the clerk's words; kept sealed, on no topic. Twelve digits in it are refused: they could be a My Number."""


class AskNotes(Model):
    """POST /notes: what was noted of a person for the purpose of the call."""

    addressee: AddresseeNumber


class WriteNote(Model):
    """POST /notes/write: a note of a day (経過記録). The same draft written twice is one note; a note is never changed."""

    draft: EventId
    addressee: AddresseeNumber
    on: Date
    text: Annotated[NoteText, Field(repr=False)]


class NoteKept(Model):
    draft: EventId
    on: Date
    written_by: Code
    written_at: dt.datetime
    text: Annotated[str, Field(repr=False)]


class NotesKept(Model):
    """The newest first."""

    notes: Annotated[tuple[NoteKept, ...], Field(strict=False)]


class AskTranscriptions(Model):
    """POST /transcriptions: what was written down of a person from the portable terminal (可搬型照会用窓口装置)."""

    addressee: AddresseeNumber


class TranscriptionShown(Model):
    """A memo with its source, never live data. It holds when a second person wrote down the same."""

    transcription: Code
    used_by: Code
    used_at: AwareDatetime
    office: Code
    purpose: Code
    case: Code
    state: Literal["checked", "second_person", "checked_by_who_wrote", "entry_and_check_differ"]
    items: Annotated[tuple[ReadItem, ...], Field(strict=False)]


class TranscriptionsShown(Model):
    transcriptions: Annotated[tuple[TranscriptionShown, ...], Field(strict=False)]


class Transcribe(Model):
    """POST /transcriptions/enter: who looked up whom, when, and what the terminal showed."""

    draft: EventId
    addressee: AddresseeNumber
    used_at: AwareDatetime
    office: Code
    items: Items


class TranscriptionEntered(Model):
    transcription: Code


class CheckTranscription(Model):
    """POST /transcriptions/check: another person read the same screen or print."""

    transcription: Code
    addressee: AddresseeNumber
    items: Items
