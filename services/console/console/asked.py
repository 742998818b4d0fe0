"""The doors of the other services that the desk's pages ask."""

from contracts.doors.accounts import AccountsShown, Approved, Proposed
from contracts.doors.counter import Book, FilingShown, FormsOffered, HintsShown, Looked, MilestonesReached, NoteShown
from contracts.doors.inquiry import NumberHolders, View
from contracts.doors.log import Accesses
from contracts.doors.oversight import Findings, FindingSettled, ReviewPack, ReviewSigned
from contracts.doors.registry import Addressees, Hits
from contracts.doors.transmittal import (
    BatchBag,
    BatchDone,
    Batches,
    BatchFiles,
    BatchGone,
    BatchPassword,
    BatchReceived,
    BatchSteps,
    DueItems,
    Media,
)

from console.web import Asked

ADDRESSEES = Asked("registry-sync", "/addressees", Addressees)
SEARCH = Asked("registry-sync", "/addressees/search", Hits)
VIEW = Asked("eligibility", "/inquiries", View)
NUMBER = Asked("eligibility", "/inquiries/number", NumberHolders)
NOTE = Asked("eligibility", "/note", NoteShown)
BOOK = Asked("eligibility", "/book", Book)
FILING = Asked("eligibility", "/filings/show", FilingShown)
LOOK = Asked("eligibility", "/filings/look", Looked)
FORMS = Asked("eligibility", "/forms", FormsOffered)
MILESTONES = Asked("eligibility", "/milestones", MilestonesReached)
HINTS = Asked("eligibility", "/hints", HintsShown)
DUE = Asked("transmittal", "/due", DueItems)
BATCHES = Asked("transmittal", "/batches", Batches)
BATCH = Asked("transmittal", "/batches/show", BatchSteps)
MEDIA = Asked("transmittal", "/media", Media)
SEAL_BATCH = Asked("transmittal", "/batches/seal", BatchDone)
CHECK_BATCH = Asked("transmittal", "/batches/check", BatchDone)
DECIDE_BATCH = Asked("transmittal", "/batches/decide", BatchDone)
REVIEW_BATCH = Asked("transmittal", "/batches/review", BatchDone)
MEDIUM_FILES = Asked("transmittal", "/batches/files", BatchFiles)
WRITE_BATCH = Asked("transmittal", "/batches/write", BatchDone)
BATCH_PASSWORD = Asked("transmittal", "/batches/password", BatchPassword)
PERMIT_BATCH = Asked("transmittal", "/batches/permit", BatchDone)
SCAN_BATCH = Asked("transmittal", "/batches/scan", BatchBag)
DISPATCH_BATCH = Asked("transmittal", "/batches/dispatch", BatchGone)
RECEIVE_BATCH = Asked("transmittal", "/batches/receive", BatchReceived)
VOID_BATCH = Asked("transmittal", "/batches/void", BatchDone)
PULL_ITEM = Asked("transmittal", "/items/pull", BatchDone)
PUT_BACK_ITEM = Asked("transmittal", "/items/put-back", BatchDone)
ACCESSES = Asked("audit", "/accesses", Accesses)
FINDINGS = Asked("audit", "/findings", Findings)
SETTLE_FINDING = Asked("audit", "/findings/settle", FindingSettled)
REVIEW = Asked("audit", "/reviews", ReviewPack)
SIGN_REVIEW = Asked("audit", "/reviews/sign", ReviewSigned)
ACCEPT_REVIEW = Asked("audit", "/reviews/accept", ReviewSigned)
ACCOUNTS = Asked("audit", "/accounts", AccountsShown)
PROPOSE_ACCOUNT = Asked("audit", "/accounts/propose", Proposed)
APPROVE_ACCOUNT = Asked("audit", "/accounts/approve", Approved)
