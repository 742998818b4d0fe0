"""The doors of the other services that the desk's pages ask."""

from contracts.doors.accounts import AccountsShown, Approved, Proposed
from contracts.doors.counter import (
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
from contracts.doors.income_requests import (
    IncomeRequestAnswered,
    IncomeRequestImported,
    IncomeRequestsShown,
    OpenRows,
    RowSettled,
    RowsLookedFor,
)
from contracts.doors.inquiry import ExportedList, NumberHolders, View
from contracts.doors.log import Accesses
from contracts.doors.oversight import Findings, FindingSettled, ReviewPack, ReviewSigned
from contracts.doors.papers import Deliveries, DeliveryCounted, DeliveryLetIn, OpenDeliveryRows, PaperPlaces, Printed
from contracts.doors.records import NotesKept, TranscriptionsShown
from contracts.doors.registry import Addressees, Hits, Household
from contracts.doors.rights import Disclosure, Requests, RequestShown
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
HOUSEHOLD = Asked("registry-sync", "/households", Household)
VIEW = Asked("eligibility", "/inquiries", View)
NUMBER = Asked("eligibility", "/inquiries/number", NumberHolders)
NOTE = Asked("eligibility", "/note", NoteShown)
BOOK = Asked("eligibility", "/book", Book)
FILING = Asked("eligibility", "/filings/show", FilingShown)
LOOK = Asked("eligibility", "/filings/look", Looked)
FORMS = Asked("eligibility", "/forms", FormsOffered)
REACH = Asked("eligibility", "/filings/reach", Reach)
REVIEWED = Asked("eligibility", "/reviewed", Reviewed)
COUNTS = Asked("eligibility", "/counts", Counts)
EXPORT_LIST = Asked("eligibility", "/lists/export", ExportedList)
NOTES = Asked("eligibility", "/notes", NotesKept)
WRITE_NOTE = Asked("eligibility", "/notes/write", NotesKept)
TRANSCRIPTIONS = Asked("eligibility", "/transcriptions", TranscriptionsShown)
RIGHTS_REQUESTS = Asked("eligibility", "/rights", Requests)
REGISTER_RIGHTS = Asked("eligibility", "/rights/register", RequestShown)
EXTEND_RIGHTS = Asked("eligibility", "/rights/extend", RequestShown)
DECIDE_RIGHTS = Asked("eligibility", "/rights/decide", RequestShown)
DISCLOSURE = Asked("eligibility", "/rights/disclosure", Disclosure)
INCOME_REQUESTS = Asked("tax-income", "/income-requests", IncomeRequestsShown)
IMPORT_REQUEST = Asked("tax-income", "/income-requests/import", IncomeRequestImported)
MATCH_REQUEST = Asked("tax-income", "/income-requests/match", RowsLookedFor)
OPEN_ROWS = Asked("tax-income", "/income-requests/open", OpenRows)
SETTLE_ROW = Asked("tax-income", "/income-requests/settle", RowSettled)
ANSWER_REQUEST = Asked("tax-income", "/income-requests/answer", IncomeRequestAnswered)
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
PAPERS = Asked("transmittal", "/papers", PaperPlaces)
PRINT_FILINGS = Asked("transmittal", "/papers/filings", Printed)
PRINT_LETTER = Asked("transmittal", "/papers/letter", Printed)
PRINT_LABELS = Asked("transmittal", "/papers/labels", Printed)
PRINT_REMINDER = Asked("transmittal", "/papers/reminder", Printed)
PRINT_REMINDERS = Asked("transmittal", "/papers/reminders", Printed)
PRINT_BATCH = Asked("transmittal", "/papers/batch", Printed)
PRINT_REGISTER = Asked("transmittal", "/papers/register", Printed)
DELIVERIES = Asked("transmittal", "/deliveries", Deliveries)
OPEN_DELIVERY_ROWS = Asked("transmittal", "/deliveries/open", OpenDeliveryRows)
REGISTER_DELIVERY = Asked("transmittal", "/deliveries/register", BatchDone)
COUNT_DELIVERY = Asked("transmittal", "/deliveries/count", DeliveryCounted)
LET_DELIVERY_IN = Asked("transmittal", "/deliveries/let-in", DeliveryLetIn)
REGISTER_MEDIUM = Asked("transmittal", "/media/register", BatchDone)
LEND_MEDIUM = Asked("transmittal", "/media/lend", BatchDone)
TAKE_BACK_MEDIUM = Asked("transmittal", "/media/take-back", BatchDone)
DISPOSE_MEDIUM = Asked("transmittal", "/media/dispose", BatchDone)
DESIGNATE_TERMINAL = Asked("transmittal", "/media/terminal", BatchDone)
ACCESSES = Asked("audit", "/accesses", Accesses)
FINDINGS = Asked("audit", "/findings", Findings)
SETTLE_FINDING = Asked("audit", "/findings/settle", FindingSettled)
REVIEW = Asked("audit", "/reviews", ReviewPack)
SIGN_REVIEW = Asked("audit", "/reviews/sign", ReviewSigned)
ACCEPT_REVIEW = Asked("audit", "/reviews/accept", ReviewSigned)
ACCOUNTS = Asked("audit", "/accounts", AccountsShown)
PROPOSE_ACCOUNT = Asked("audit", "/accounts/propose", Proposed)
PROPOSE_TERMINAL = Asked("audit", "/terminals/propose", Proposed)
APPROVE_ACCOUNT = Asked("audit", "/accounts/approve", Approved)
