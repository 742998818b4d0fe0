"""The doors of the desk, for its own pages and for every other way in which filings come (電子申請, branch offices): one validator for all."""

from chassis.doors import Door
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

from console import desk

ENTER, CHECK, DECIDE = "filings.enter", "filings.check", "filings.decide"
TRANSCRIBE = "terminal.transcribe"
RIGHTS: dict[str, frozenset[str]] = {
    "clerk": frozenset({ENTER, CHECK, TRANSCRIBE}),
    "desk-head": frozenset({CHECK, DECIDE}),
}
"""clerk 窓口 · desk-head 係長: decides that a filing goes to the pension service."""
ENTER_DOOR = Door("/filings/enter", ENTER, EnterFiling, FilingEnteredHere, desk.enter)
CHECK_DOOR = Door("/filings/check", CHECK, CheckFiling, FilingStep, desk.check)
DECIDE_DOOR = Door("/filings/decide", DECIDE, DecideSending, FilingStep, desk.decide)
WITHDRAW_DOOR = Door("/filings/withdraw", ENTER, WithdrawFiling, FilingStep, desk.withdraw)
RETURN_DOOR = Door("/filings/return", CHECK, ReturnFiling, FilingStep, desk.give_back)
TRANSCRIBE_DOOR = Door("/transcriptions/enter", TRANSCRIBE, Transcribe, TranscriptionEntered, desk.transcribe)
COMPARE_DOOR = Door("/transcriptions/check", TRANSCRIBE, CheckTranscription, TranscriptionEntered, desk.compare)
DOORS = (ENTER_DOOR, CHECK_DOOR, DECIDE_DOOR, WITHDRAW_DOOR, RETURN_DOOR, TRANSCRIBE_DOOR, COMPARE_DOOR)
