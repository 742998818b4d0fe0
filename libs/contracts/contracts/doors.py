"""What goes in at the doors of the services, and what comes out? The shapes of the HTTPS calls (architecture, section 6).

A door takes at most a thousand of anything. Purpose, case and terminal are headers; nobody's number is in an address.
"""

import datetime as dt
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from contracts.events.eligibility import Role
from contracts.events.income import DeclarationState, TaxRecord
from contracts.events.operations import AccountSet, Action, TerminalClass
from contracts.events.registry import NonResidentRecord, ResidentRecord
from contracts.vocabulary import (
    AddresseeNumber,
    BasicPensionNumber,
    Code,
    Date,
    HouseholdNumber,
    Model,
    Relation,
    Sex,
    ShortText,
    TaxYear,
)

AT_MOST = 1_000
Number = Annotated[int, Field(ge=1, lt=2**31)]
"""What is numbered from 1 and stored as `int`."""
Count = Annotated[int, Field(ge=0, lt=2**63)]
"""What is counted from 0 and stored as `bigint`."""

MyNumber = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]
"""個人番号: twelve ASCII digits. Only at the vault's doors; on no topic, in no log, trace, error or fixture."""


# ---- the vault of registry-sync --------------------------------------------------------------------------------------


class NumberEntry(Model):
    """One person's My Number, as it was shown and checked (番号確認, 番号法16条)."""

    addressee: AddresseeNumber
    my_number: Annotated[MyNumber, Field(repr=False)]
    check_of_number: Literal["my_number_card", "my_number_notice", "resident_record"]


class EnterNumbers(Model):
    """POST /my-numbers: one or many; each has an outcome of its own."""

    entries: Annotated[tuple[NumberEntry, ...], Field(strict=False, min_length=1, max_length=AT_MOST)]


class NumberOutcome(Model):
    """What became of one entry. A receipt stands for the number wherever a number is asked for (decision 17).

    entered: the first number of this person · changed: another one before, kept as history · known: the same as before ·
    check_digit: no My Number, look at it again · unknown_addressee · of_another: somebody else has it, both are on the list of
    conflicts · twice: two numbers for one person in one call · erased: this person's numbers were erased.
    """

    addressee: AddresseeNumber
    outcome: Literal["entered", "changed", "known", "check_digit", "unknown_addressee", "of_another", "twice", "erased"]
    receipt: Code | None = None
    unified_number: Annotated[int | None, Field(description="統合宛名番号")] = None


class NumbersEntered(Model):
    outcomes: tuple[NumberOutcome, ...] = Field(strict=False)


class ReadNumbers(Model):
    """POST /my-numbers/read: for the one service that writes numbers on forms and media."""

    receipts: Annotated[tuple[Code, ...], Field(strict=False, min_length=1, max_length=AT_MOST)]


class NumberRead(Model):
    """The number behind a receipt, as it was when the receipt was given; null where there is none, or no longer."""

    receipt: Code
    my_number: Annotated[MyNumber | None, Field(repr=False)] = None


class NumbersRead(Model):
    numbers: tuple[NumberRead, ...] = Field(strict=False)


class SearchNumber(Model):
    """POST /my-numbers/search: who has this number and was born on this day? The number alone is never enough."""

    my_number: Annotated[MyNumber, Field(repr=False)]
    birth_date: Date


class NumberFound(Model):
    """Nobody, or one; whether number or birth date did not fit is not told."""

    addressee: AddresseeNumber | None = None


class EraseNumbers(Model):
    """POST /my-numbers/erase: asked for by one person, confirmed by the same call of another."""

    addressee: AddresseeNumber
    reason: Code


class NumbersErased(Model):
    """asked: another person must confirm · erased: the numbers can't be read any more, by anybody."""

    state: Literal["asked", "erased"]


class ShowNumber(Model):
    """POST /my-numbers/show: the number of one person, for somebody who has to see it. Number and birth date must be one person's."""

    addressee: AddresseeNumber
    birth_date: Date


class NumberShown(Model):
    """Null where the vault has none."""

    my_number: Annotated[MyNumber | None, Field(repr=False)] = None


class AskConflicts(Model):
    """POST /my-numbers/conflicts: whose number was entered for somebody else as well?"""


class NumberConflict(Model):
    addressee: AddresseeNumber
    holder: AddresseeNumber


class NumberConflicts(Model):
    conflicts: tuple[NumberConflict, ...] = Field(strict=False)


# ---- addressees (宛名): who is behind a number, and which number is somebody's -------------------------------------------


class AskAddressees(Model):
    """POST /addressees: the records of up to a thousand numbers, on a day, as recorded by a day; without them, as known now."""

    addressees: Annotated[tuple[AddresseeNumber, ...], Field(strict=False, min_length=1, max_length=AT_MOST)]
    on: Date | None = None
    recorded_by: Date | None = None


class NameHeld(Model):
    """A name, and from when it was held (氏名の履歴)."""

    name: ShortText
    name_kana: ShortText
    alias: ShortText | None = None
    since: Date


class Addressee(Model):
    """One person. `protected` (支援措置): addresses are left out unless the asker must write them on what is sent, and then they are
    for nothing else."""

    addressee: AddresseeNumber
    merged_into: AddresseeNumber | None = None
    resident: ResidentRecord | None = None
    outside: Annotated[NonResidentRecord | None, Field(description="住登外者")] = None
    names: tuple[NameHeld, ...] = Field(default=(), strict=False)
    protected: bool = False


class Addressees(Model):
    """In the order of the question; a number that nobody has is without a record."""

    addressees: tuple[Addressee, ...] = Field(strict=False)


class MatchRow(Model):
    """Somebody on a list. `numbered`: whose basic pension number it is, as the asker found out from that number."""

    line: Number
    birth_date: Date
    name: ShortText | None = None
    name_kana: ShortText | None = None
    sex: Sex = "unknown"
    address: ShortText | None = None
    numbered: AddresseeNumber | None = None


class AskMatches(Model):
    """POST /addressees/match: which of our persons are the ones on a list?"""

    rows: Annotated[tuple[MatchRow, ...], Field(strict=False, min_length=1, max_length=AT_MOST)]


class Match(Model):
    """match: one, by at least three identifiers · ambiguous: for a person to settle, among the candidates · none."""

    line: int
    outcome: Literal["match", "ambiguous", "none"]
    addressee: AddresseeNumber | None = None
    candidates: tuple[AddresseeNumber, ...] = Field(default=(), strict=False)
    evidence: dict[str, Literal["agrees", "formerly", "differs", "not_given"]] = Field(default_factory=dict)


class Matches(Model):
    matches: tuple[Match, ...] = Field(strict=False)


class SearchAddressees(Model):
    """POST /addressees/search: by the beginning of the reading, and the birth date or the address: at least two."""

    name_kana: Annotated[str, StringConstraints(pattern=r"\S", min_length=1, max_length=100)]
    birth_date: Date | None = None
    address: ShortText | None = None

    @model_validator(mode="after")
    def _two_at_least(self) -> "SearchAddressees":
        if self.birth_date is None and self.address is None:
            raise PydanticCustomError("two_identifiers", "a search needs the birth date or the address as well")
        return self


class Hit(Model):
    addressee: AddresseeNumber
    name: ShortText
    name_kana: ShortText
    birth_date: Date
    sex: Sex
    address: ShortText | None = None
    protected: bool = False


class Hits(Model):
    """At most fifty; `more` says that there are others: ask more narrowly."""

    hits: tuple[Hit, ...] = Field(strict=False)
    more: bool = False


class AskHousehold(Model):
    """POST /households: with whom did somebody live on a day?"""

    addressee: AddresseeNumber
    on: Date


class HouseholdMember(Model):
    addressee: AddresseeNumber
    relation: Relation


class Household(Model):
    """The household on that day, the householder first; nobody where the person did not live here."""

    household: HouseholdNumber | None = None
    members: tuple[HouseholdMember, ...] = Field(default=(), strict=False)


# ---- ④⑤⑥ of the unified-number server: not used -------------------------------------------------------------------


class AskLinkage(Model):
    """POST /linkage/…: 符号要求・情報提供・情報照会. Answered with a refusal: the assessment says they are not used."""

    addressee: AddresseeNumber


class LinkageAnswer(Model):
    """What one of ④⑤⑥ would answer; nothing ever does."""


# ---- incomes of tax-income -------------------------------------------------------------------------------------------


class CaseAsked(Model):
    """One application: whose income of which tax year, and who lived together on which day. `household`: spouse and householder, too."""

    case: Annotated[Code, Field(description="reception number of the application")]
    addressee: AddresseeNumber
    spouse: AddresseeNumber | None = None
    tax_year: TaxYear
    on: Annotated[Date, Field(description="day on which the householder is looked for")]
    household: bool = True


class AskIncomes(Model):
    """POST /incomes: for applications on which the incomes are printed."""

    cases: Annotated[tuple[CaseAsked, ...], Field(strict=False, min_length=1, max_length=AT_MOST)]


class IncomeShown(Model):
    """One person's newest assessment of the year, and where it comes from; no `state` = nobody told it, or we may not hold it."""

    role: Role
    addressee: AddresseeNumber
    state: DeclarationState | None = None
    record: TaxRecord | None = None
    fact: Annotated[str | None, Field(description="id of the tax assessment that says so")] = None
    recorded_on: Date | None = None


class CaseIncomes(Model):
    """The incomes of one application: applicant first, then spouse, then a householder who is neither."""

    case: Code
    incomes: tuple[IncomeShown, ...] = Field(strict=False)


class Incomes(Model):
    """In the order of the question."""

    cases: tuple[CaseIncomes, ...] = Field(strict=False)


# ---- inquiry of eligibility (照会) ------------------------------------------------------------------------------------


class ReadingAsked(Model):
    """Which past is meant: what had been recorded by the end of a day, or what we were saying on it (decision 3)."""

    by: Literal["recorded", "received"]
    day: Date


class AskView(Model):
    """POST /inquiries: all that may be seen of one person for the purpose of the call. Number and birth date must be one person's."""

    addressee: AddresseeNumber
    birth_date: Date
    on: Annotated[Date | None, Field(description="what held on this day; without it everything")] = None
    reading: Annotated[ReadingAsked | None, Field(description="without it as known now")] = None


Part = Literal[
    "status",
    "insured_status",
    "additional",
    "filing",
    "claim",
    "exemption",
    "review",
    "decision",
    "months",
    "hint",
]


class ViewLine(Model):
    """One thing that we say of the person, as it was published: `type` names its shape (`contracts.topics`)."""

    part: Part
    key: Annotated[str, Field(description="what a later saying of the same thing has, too")]
    type: str
    event: Annotated[str | None, Field(description="its id; null where it was worked out for this answer alone")] = None
    data: dict[str, Any]


class PersonSeen(Model):
    """Somebody who may be seen for this purpose; the person asked about first."""

    role: Literal["self", "spouse", "householder", "child"]
    addressee: AddresseeNumber
    name: ShortText | None = None
    birth_date: Date | None = None
    protected: bool = False
    entry: Annotated[Addressee | None, Field(description="of the person asked about: all that the register says")] = (
        None
    )
    income: IncomeShown | None = None


class View(Model):
    """The person's sheet. `reading` and `on` stand on the screen, so that nobody takes one past for another."""

    addressee: AddresseeNumber
    reading: str
    day: Annotated[Date, Field(description="the business day, or the day of the reading")]
    on: Date | None = None
    persons: tuple[PersonSeen, ...] = Field(strict=False)
    lines: tuple[ViewLine, ...] = Field(strict=False)
    needs_person: tuple[str, ...] = Field(default=(), strict=False)


class AskNumberHolder(Model):
    """POST /inquiries/number: whose basic pension number is it?"""

    basic_pension_number: BasicPensionNumber


class NumberHolders(Model):
    """Those to whom it was assigned: one, or nobody; more are for a person to settle."""

    addressees: tuple[AddresseeNumber, ...] = Field(strict=False)


# ---- a person's own rights (開示・訂正・利用停止の請求、問合せ), at eligibility ------------------------------------------------

RequestKind = Literal["disclosure", "correction", "suspension", "inquiry"]
"""開示請求 (個人情報保護法76条) · 訂正請求 (90条) · 利用停止請求 (98条) · 問合せ."""
RequestOutcome = Literal["granted", "partly", "refused", "answered", "withdrawn"]
Note = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]
"""What was asked or answered, in the clerk's words. Kept sealed; on no topic."""


class RegisterRequest(Model):
    """POST /rights/register: a request that another department received, under its number there (decision 39)."""

    number: Code
    kind: RequestKind
    addressee: AddresseeNumber
    received_on: Date
    note: Annotated[Note, Field(repr=False)]


class RequestNamed(Model):
    number: Code


class ExtendRequest(RequestNamed):
    """POST /rights/extend: once, where there is a good reason (83条2項, 94条2項, 102条2項)."""

    reason: Code


class DecideRequest(RequestNamed):
    """POST /rights/decide: how it ended; by another person than who registered it."""

    outcome: RequestOutcome
    note: Annotated[Note, Field(repr=False)]


class RequestShown(Model):
    """A request and until when it is to be decided."""

    number: Code
    kind: RequestKind
    addressee: AddresseeNumber
    received_on: Date
    due_on: Date
    extended: bool
    registered_by: Code
    outcome: RequestOutcome | None = None
    decided_by: Code | None = None
    overdue: bool = False


class AskRequests(Model):
    """POST /rights: requests that are open, the most urgent first; with `decided`, the others too."""

    decided: bool = False


class Requests(Model):
    requests: Annotated[tuple[RequestShown, ...], Field(strict=False)]


class DisclosedLine(Model):
    """A line of a disclosure: when, what, in the words of the counter, and the event that says so."""

    when: str
    what: str
    says: str
    event: str | None = None


class DisclosedPart(Model):
    title: str
    lines: Annotated[tuple[DisclosedLine, ...], Field(strict=False)]


class Disclosure(Model):
    """POST /rights/disclosure: everything that is held about a person, as a draft for the decision: what is withheld says why."""

    number: Code
    addressee: AddresseeNumber
    made_on: Date
    parts: Annotated[tuple[DisclosedPart, ...], Field(strict=False)]
    withheld: Annotated[tuple[str, ...], Field(strict=False)]


class AskReported(Model):
    """POST /reported: what was told to the pension service about a person."""

    addressee: AddresseeNumber


class ReportedItem(Model):
    kind: str
    mark: Literal["new", "correction", "annulment"]
    state: str
    filing: Code | None
    batch: int | None
    sealed_on: Date | None


class Reported(Model):
    items: Annotated[tuple[ReportedItem, ...], Field(strict=False)]


# ---- retention and erasure, at eligibility ----------------------------------------------------------------------------


class AskExpired(Model):
    """POST /retention/expired: persons of whom nothing has to be kept any longer, from a number on."""

    after: Annotated[AddresseeNumber | None, Field(description="`more` of the answer before")] = None


class ExpiredPerson(Model):
    """A person whose last period has run out; numbers that were merged into the person's are erased with it."""

    addressee: AddresseeNumber
    kept_until: dict[str, Date]
    """By kind of record (`retention.yaml`)."""
    held: Annotated[Code | None, Field(description="reason of a legal hold (保存の留保); null = none")] = None
    proposal: Annotated[Code | None, Field(description="certificate proposed and not yet approved")] = None


class Expired(Model):
    persons: Annotated[tuple[ExpiredPerson, ...], Field(strict=False)]
    more: AddresseeNumber | None = None


class ProposeErasure(Model):
    """POST /retention/propose: that nothing of a person is kept any longer; waits for another person."""

    addressee: AddresseeNumber


class ErasureProposed(Model):
    certificate: Code


class ApproveErasure(Model):
    """POST /retention/approve: the second person. From here on it can't be undone."""

    certificate: Code


class HoldRecords(Model):
    """POST /retention/hold: nothing of a person may be erased (訴訟、不服申立て), until another person lifts it."""

    addressee: AddresseeNumber
    reason: Annotated[Code, Field(description="a code or a case's number; no free text")]


class LiftHold(Model):
    """POST /retention/lift."""

    addressee: AddresseeNumber


class HoldStands(Model):
    addressee: AddresseeNumber
    held: Code | None


class AskErasureCertificate(Model):
    """POST /retention/certificate."""

    certificate: Code


class ErasedBy(Model):
    """What one service erased: rows by table."""

    service: Code
    at: AwareDatetime
    rows: dict[str, int]


class ErasureCertificate(Model):
    """消去証明書: who decided, and what each service has erased. Not whole until each has said so."""

    certificate: Code
    addressee: AddresseeNumber
    kept_until: Date
    proposed_by: Code
    approved_by: Code | None
    approved_at: AwareDatetime | None
    services: Annotated[tuple[ErasedBy, ...], Field(strict=False)]
    whole: bool


# ---- batches of transmittal (進達) -----------------------------------------------------------------------------------


class AskTreeHead(Model):
    """POST /tree-head of audit."""


class TreeHead(Model):
    """How many records the log holds, and the Merkle tree hash (RFC 6962) that stands for all of them in their order."""

    size: Annotated[int, Field(ge=0)]
    root: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class AskCheckpoint(Model):
    """POST /checkpoint of audit: the newest signed head of the log."""


class SignedHead(Model):
    """A checkpoint of the log (C2SP tlog-checkpoint), with the signatures of its key and of witnesses."""

    size: Annotated[Count, Field(ge=1)]
    note: str


class AskInclusion(Model):
    """POST /proofs/inclusion of audit: that a leaf is in the log of this size."""

    index: Count
    size: Annotated[Count, Field(ge=1)]


class AskConsistency(Model):
    """POST /proofs/consistency of audit: that the log of size `new` begins with the one of size `old`."""

    old: Annotated[Count, Field(ge=1)]
    new: Annotated[Count, Field(ge=1)]


class Proof(Model):
    """Hashes as RFC 6962, 2.1.1 and 2.1.2 have them."""

    hashes: Annotated[
        tuple[Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")], ...], Field(strict=False, max_length=64)
    ]


class AskAccesses(Model):
    """POST /accesses of audit: who saw or changed what, of one person or by one account, in a time."""

    person: AddresseeNumber | None = None
    by: Annotated[Code | None, Field(description="an account")] = None
    since: AwareDatetime
    until: Annotated[AwareDatetime, Field(description="the first moment that is not meant any more")]
    at_most: Annotated[int, Field(ge=1, le=10_000)] = AT_MOST

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if self.person is None and self.by is None:
            raise PydanticCustomError("somebody", "a person or an account must be named")
        return self


class AccessShown(Model):
    """An access record, and the leaf of the log that proves it."""

    index: int
    at: AwareDatetime
    service: Code
    counter: int
    account: Code
    terminal: Code
    purpose: Code
    case: Code
    action: Action
    what: Code
    fields: Annotated[tuple[Code, ...], Field(strict=False)]
    persons: int
    result: Code


class Accesses(Model):
    """The newest first."""

    accesses: Annotated[tuple[AccessShown, ...], Field(strict=False)]
    more: Annotated[bool, Field(description="there are older ones than these")]


class AskAcknowledged(Model):
    """POST /accesses/acknowledged of audit: up to which counter has the log every access record of the service that asks? It had those
    up to `after`."""

    after: Count


class Acknowledged(Model):
    """The last counter before the first gap, and when that access was; `after` itself, and no moment, where there is nothing new."""

    counter: Annotated[int, Field(ge=0)]
    at: AwareDatetime | None = None


class ProposeAccount(Model):
    """POST /accounts/propose of audit: how an account is to be from now on. Nothing changes before another person approves."""

    account: Code
    kind: Literal["employee", "contractor", "operator"]
    roles: Annotated[tuple[Code, ...], Field(strict=False, max_length=20)] = ()
    terminals: Annotated[tuple[TerminalClass, ...], Field(strict=False)] = ("office",)
    valid_from: AwareDatetime
    valid_until: AwareDatetime
    contract: Code | None = None
    approval: Code | None = None
    trained_on: Date | None = None
    own: AddresseeNumber | None = None
    suspended: Literal["left", "incident", "other"] | None = None


class ProposeTerminal(Model):
    """POST /terminals/propose of audit."""

    terminal: Code
    of: TerminalClass
    withdrawn: bool = False


class AskEmergency(Model):
    """POST /accounts/emergency of audit: one more role for an account, for four hours; another person approves it, as any change."""

    account: Code
    role: Code
    reason: Annotated[Code, Field(description="a code or a ticket's number; no free text")]


class Proposed(Model):
    """The number under which another person approves it."""

    proposal: int


class ApproveProposal(Model):
    """POST /accounts/approve of audit."""

    proposal: Count


class Approved(Model):
    version: int


class AskAccounts(Model):
    """POST /accounts of audit: the inventory of accounts (利用者台帳)."""


class AccountShown(Model):
    """An account as it stands, and when it was last used."""

    account: Code
    standing: AccountSet
    last_used: AwareDatetime | None = None
    dormant: bool


class AccountsShown(Model):
    accounts: Annotated[tuple[AccountShown, ...], Field(strict=False)]
    proposals: Annotated[tuple[int, ...], Field(strict=False, description="waiting for another person")]


class AskFindings(Model):
    """POST /findings of audit: accesses that somebody should look at, the newest first."""

    settled: Annotated[bool, Field(description="also those that somebody has looked at")] = False


Verdict = Literal["justified", "to_be_asked", "misuse"]


class FindingShown(Model):
    """A finding and what somebody made of it."""

    finding: int
    rule: Code
    account: Code
    since: AwareDatetime
    first: int
    last: int
    persons: int
    settled_by: Code | None = None
    verdict: Verdict | None = None
    note: Code | None = None


class Findings(Model):
    findings: Annotated[tuple[FindingShown, ...], Field(strict=False)]


class SettleFinding(Model):
    """POST /findings/settle of audit: somebody looked. Never the account that it is about."""

    finding: Count
    verdict: Verdict
    note: Annotated[Code, Field(description="a code or a ticket's number; no free text")]


class FindingSettled(Model):
    finding: int


class AskReview(Model):
    """POST /reviews: what happened in a quarter (2026-Q3) or a fiscal year (2026-FY), for whoever reviews it."""

    period: Annotated[str, Field(pattern=r"^[0-9]{4}-(Q[1-4]|FY)$")]


class AccountUse(Model):
    """What an account did in the period."""

    account: Code
    answered: int
    refused: int
    persons: Annotated[int, Field(description="whom the answers were about, each as often as it was")]
    exports: Annotated[int, Field(description="printed or exported")]
    last_used: AwareDatetime | None
    kind: Annotated[str | None, Field(description="null = not in the register (any more)")]
    dormant: bool
    suspended: Code | None
    valid_until: AwareDatetime | None


class FindingCount(Model):
    """Accesses that somebody should look at, by rule."""

    rule: Code
    found: int
    open: int
    misuse: int


class ReviewPack(Model):
    """The pack that is signed: every account of the register or the records, and what gave reason to ask."""

    period: str
    first: Date
    last: Date
    due_on: Date
    leaves: Annotated[int, Field(description="size of the log when the pack was made")]
    root: Annotated[str, Field(description="and its root, hexadecimal")]
    accounts: Annotated[tuple[AccountUse, ...], Field(strict=False)]
    findings: Annotated[tuple[FindingCount, ...], Field(strict=False)]
    signed_by: Code | None = None
    signed_at: AwareDatetime | None = None


class SignReview(AskReview):
    """POST /reviews/sign for a quarter, POST /reviews/accept for a year: somebody looked, and answers for it."""

    remarks: Annotated[Code, Field(description="a code or a minute's number; no free text")]


class ReviewSigned(Model):
    period: str
    sha256: Annotated[str, Field(description="of the pack that was signed")]


class AskDue(Model):
    """POST /due: what is to go to the pension service and has not gone."""

    at_most: Annotated[int, Field(ge=1, le=AT_MOST)] = AT_MOST


class DueItem(Model):
    """One item. `due_on` is null where the law names no day (送付, 国民年金法施行令1条の2)."""

    addressee: AddresseeNumber
    item: str
    kind: Code
    state: Literal["pending", "pulled", "sealed"]
    received_on: Date
    due_on: Date | None = None
    overdue: bool
    batch: int | None = None


class DueItems(Model):
    items: tuple[DueItem, ...] = Field(strict=False)


class AskBatches(Model):
    """POST /batches: every batch and how far it is."""


class BatchShown(Model):
    batch: int
    issue: int
    sealed_on: Date
    items: int
    state: Code
    content_sha256: str


class Batches(Model):
    batches: tuple[BatchShown, ...] = Field(strict=False)


class BatchNamed(Model):
    """POST /batches/check, /batches/review, /batches/show: one batch."""

    batch: Number


class IssueShown(Model):
    """One issue of a batch: who took which step, when. Times are UTC."""

    issue: int
    made_by: Code
    made_at: dt.datetime
    checked_by: Code | None = None
    checked_at: dt.datetime | None = None
    decided_by: Code | None = None
    decided_at: dt.datetime | None = None
    decided_for: Annotated[Code | None, Field(description="代決: whose decision it would have been")] = None
    reviewed_by: Code | None = None
    reviewed_at: dt.datetime | None = None
    written_by: Code | None = None
    written_at: dt.datetime | None = None
    medium: Code | None = None
    archive_sha256: str | None = None
    carry_out: Annotated[int | None, Field(description="serial number in 持ち出し記録簿")] = None
    permitted_by: Code | None = None
    permitted_at: dt.datetime | None = None
    carrier: Code | None = None
    destination: Code | None = None
    bag: str | None = None
    bag_seal: str | None = None
    confirmed_by: Code | None = None
    confirmed_at: dt.datetime | None = None
    dispatched_by: Code | None = None
    dispatched_at: dt.datetime | None = None
    closed_at: dt.datetime | None = None
    voided_by: Code | None = None
    voided_at: dt.datetime | None = None
    void_reason: Code | None = None


class ReceiptShown(Model):
    """What the pension service counted, by kind and mark."""

    issue: int
    counts: dict[str, int]
    received_by: Code
    received_at: dt.datetime


class BatchSteps(BatchNamed):
    issues: tuple[IssueShown, ...] = Field(strict=False)
    receipts: tuple[ReceiptShown, ...] = Field(strict=False)


class AskMedia(Model):
    """POST /media: 記録媒体管理台帳."""


class MediumShown(Model):
    """A medium: where it is, what is on it, and its end."""

    medium: Code
    serial: str
    kind: Code
    place: Code
    valid_until: dt.datetime
    batch: int | None = None
    issue: int | None = None
    out_at: dt.datetime | None = None
    out_by: Code | None = None
    destination: Code | None = None
    due_back: Date | None = None
    in_at: dt.datetime | None = None
    in_by: Code | None = None
    disposed_at: dt.datetime | None = None
    disposal: Code | None = None
    certificate: str | None = None


class Media(Model):
    media: tuple[MediumShown, ...] = Field(strict=False)


class SealNow(Model):
    """POST /batches/seal: a batch at somebody's request (都度)."""


class BatchDecision(BatchNamed):
    """POST /batches/decide (決裁)."""

    deputy_for: Annotated[Code | None, Field(description="代決: whose decision it would be")] = None


MediumFiles = Annotated[
    dict[Annotated[str, Field(max_length=100)], bytes], Field(description="files of a medium by name, in base64url")
]


class BatchForMedium(BatchNamed):
    """POST /batches/files: the files of a decided batch, for a medium of the ledger."""

    medium: Code


class BatchFiles(Model):
    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    batch: Number
    files: MediumFiles


class BatchOnMedium(BatchFiles):
    """POST /batches/write: what was read back from the medium."""


class BatchInBag(BatchFiles):
    """POST /batches/dispatch: what was read from the medium that is in this locked bag (施錠した鞄), under this seal (封印番号)."""

    bag: Code
    seal: Code


class BatchGone(BatchNamed):
    dispatched: Annotated[bool, Field(description="false = the first word; another person's is awaited")]


class BatchPassword(BatchNamed):
    password: Annotated[str, Field(description="for another way than the medium's, and not for who carries it")]


class BatchPermission(BatchNamed):
    """POST /batches/permit: the section head permits carrying out (持ち出し)."""

    carrier: Code
    destination: Code = "pension-office"


class BatchScan(BatchNamed):
    """POST /batches/scan: barcodes of sheets of paper originals, as they go into the bag."""

    codes: tuple[Annotated[str, Field(max_length=100)], ...] = Field(strict=False, max_length=10_000)


class BatchBag(BatchNamed):
    originals: int
    sheets: Annotated[int, Field(description="scanned so far")]
    complete: bool
    missing: Annotated[
        dict[str, tuple[int, ...]], Field(description="by filing, sheets not scanned; empty = none of it was")
    ]
    strange: Annotated[tuple[str, ...], Field(description="what was scanned and is no sheet of this batch")]


class BatchReceipt(BatchNamed):
    """POST /batches/receive: what the pension service counted, by kind and mark as the cover sheet has them."""

    counts: dict[str, Annotated[int, Field(ge=0)]]


class BatchReceived(BatchNamed):
    differences: Annotated[dict[str, int], Field(description="their count less ours, where it differs")]
    closed: bool


class BatchVoid(BatchNamed):
    """POST /batches/void: with `again` the same content is issued again (再), else its items go into a later batch."""

    reason: Code
    again: bool = False


class BatchDone(Model):
    """The step was taken."""

    batch: int | None = None
    carry_out: Annotated[int | None, Field(description="serial number in 持ち出し記録簿")] = None


class ItemNamed(Model):
    """POST /items/put-back: one item that was taken out."""

    addressee: AddresseeNumber
    item: Annotated[str, Field(min_length=1, max_length=64)]


class ItemPull(ItemNamed):
    """POST /items/pull: take an item out of what is pending."""

    reason: Code
