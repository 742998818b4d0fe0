"""Topics that carry the work itself: `calendar`, `transmittals`, `access-records`, `accounts`, set-aside, `audit-checkpoints`."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import AwareDatetime, Field, model_validator
from pydantic_core import PydanticCustomError

from contracts.vocabulary import AddresseeNumber, Code, Date, Model

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class BusinessDayStarted(Model):
    """A civil day began in Asia/Tokyo. Time is an event: no rule reads a clock (promise 8)."""

    VERSION: ClassVar[int] = 1
    day: Date
    open: Annotated[bool, Field(description="false on Saturdays, Sundays, holidays and 29 December to 3 January")]


class BatchSealed(Model):
    """進達: the content of a batch was frozen; nothing enters or leaves it any more."""

    VERSION: ClassVar[int] = 1
    batch: Annotated[int, Field(ge=1)]
    sealed_on: Date
    items: Annotated[int, Field(ge=0)]
    content_sha256: Sha256
    paper_commitment: Annotated[
        Sha256,
        Field(description="HMAC-SHA256 under transmittal's key of what is printed: names can't be tried against it"),
    ]


BatchStep = Literal[
    "checked", "decided", "reviewed", "written", "permitted", "scanned", "confirmed", "dispatched", "received", "closed", "voided", "reissued"
]  # fmt: skip
"""点検・決裁・後閲・媒体書込・持ち出し許可・原本読取・封印確認・発送・受領確認・完了・無効・再発行."""


class BatchAdvanced(Model):
    """Somebody took a sealed batch one step further (decision 33)."""

    VERSION: ClassVar[int] = 1
    batch: Annotated[int, Field(ge=1)]
    issue: Annotated[int, Field(ge=1, description="1; more where an earlier issue was void (再)")]
    step: BatchStep
    by: Code
    content_sha256: Sha256
    archive_sha256: Annotated[Sha256 | None, Field(description="written: the encrypted archive on the medium")] = None
    differences: Annotated[
        dict[str, int] | None, Field(description="received: their count less ours, by kind and mark, where it differs")
    ] = None
    reason: Annotated[Code | None, Field(description="voided: a code, no free text")] = None


class ItemPulled(Model):
    """A person took an item out of what is pending, or put it back, before it was sealed."""

    VERSION: ClassVar[int] = 1
    item: str
    by: Code
    reason: Code | None = None
    back: Annotated[bool, Field(description="put back")] = False


Action = Literal["register", "update", "delete", "refer", "print", "export", "login", "refuse"]
"""登録・更新・削除・参照・印刷・出力・ログイン・拒否."""


class AccessRecorded(Model):
    """Someone saw, changed, printed or exported something about the subject; committed before the answer was given.

    One access is one record: who saw a list saw everybody in `subjects` at once. The record's own subject then is `account/ACCOUNT`, as
    it is of what concerns nobody in particular (a refused call, a search that found nobody).
    """

    VERSION: ClassVar[int] = 1
    counter: Annotated[int, Field(ge=1, description="dense per answering service")]
    at: AwareDatetime
    service: Code
    account: Code
    terminal: Code
    purpose: Code
    case: Code
    action: Action
    what: Code
    fields: Annotated[tuple[Code, ...], Field(strict=False)] = ()
    count: Annotated[int, Field(ge=0, description="persons")]
    subjects: Annotated[tuple[AddresseeNumber, ...], Field(strict=False, max_length=5000)] = ()
    result: Literal["answered", "refused"]


TerminalClass = Literal["office", "branch", "number", "media"]
"""事務用・区民事務所用・個人番号入力用・媒体書込み用."""


class Emergency(Model):
    """A role that two people gave for a few hours, beyond what the identity provider says (緊急時の権限付与)."""

    role: Code
    until: AwareDatetime
    reason: Annotated[Code, Field(description="a code or a ticket's number; no free text")]


class AccountSet(Model):
    """An account of the ward's register as two people set it: what it is for, until when, at which terminals. Without it nothing is answered."""

    VERSION: ClassVar[int] = 1
    version: Annotated[int, Field(ge=1, description="dense per account")]
    kind: Annotated[
        Literal["employee", "contractor", "operator"],
        Field(description="contractor 委託先: entry alone · operator 運用: under a work order (作業指示)"),
    ]
    roles: Annotated[tuple[Code, ...], Field(strict=False, max_length=20)]
    terminals: Annotated[tuple[TerminalClass, ...], Field(strict=False)] = ("office",)
    valid_from: AwareDatetime
    valid_until: Annotated[AwareDatetime, Field(description="the first moment at which it is not valid any more")]
    contract: Annotated[Code | None, Field(description="contractor: number of the contract")] = None
    approval: Annotated[Code | None, Field(description="contractor: number of the ward's approval")] = None
    trained_on: Date | None = None
    own: Annotated[
        AddresseeNumber | None,
        Field(description="of the person behind it: looking at oneself or one's own is looked at"),
    ] = None
    suspended: Annotated[Literal["dormant", "left", "incident", "other"] | None, Field(description="null = in use")] = (
        None
    )
    emergency: Annotated[Emergency | None, Field(description="break-glass: one more role for some hours")] = None
    proposed_by: Code
    approved_by: Code

    @model_validator(mode="after")
    def _lawful(self) -> Self:
        if self.proposed_by == self.approved_by:
            raise PydanticCustomError("two_people", "an account is set by two people")
        if self.kind == "contractor" and (self.contract is None or self.approval is None):
            raise PydanticCustomError("contract", "a contractor's account names contract and approval")
        if self.valid_until <= self.valid_from:
            raise PydanticCustomError("validity", "an account is valid for some time")
        return self


class TerminalSet(Model):
    """A terminal of the ward's register, and what it is for."""

    VERSION: ClassVar[int] = 1
    version: Annotated[int, Field(ge=1)]
    of: TerminalClass
    withdrawn: bool = False
    proposed_by: Code
    approved_by: Code

    @model_validator(mode="after")
    def _two_people(self) -> Self:
        if self.proposed_by == self.approved_by:
            raise PydanticCustomError("two_people", "a terminal is set by two people")
        return self


class AccessSuspected(Model):
    """Accesses that somebody should look at: a reason to ask, never a verdict. What was seen stays in the log; here are only its places."""

    VERSION: ClassVar[int] = 1
    rule: Literal["bulk", "night", "refusals", "own_record", "own_household", "dormant_subject"]
    account: Code
    since: Annotated[AwareDatetime, Field(description="beginning of the hour or day that it is about")]
    first: Annotated[int, Field(ge=0, description="index of the first leaf")]
    last: Annotated[int, Field(ge=0)]
    persons: Annotated[int, Field(ge=0)]


class PersonErased(Model):
    """Two people decided that nothing of a person is kept any longer (消去). Every service deletes what it has, audit destroys the key of what
    was archived; no repeat of an old event brings anything back. The number stays, on the list of the erased, and says nothing any more."""

    VERSION: ClassVar[int] = 1
    certificate: Annotated[Code, Field(description="消去証明書の番号")]
    addressee: AddresseeNumber
    kept_until: Annotated[Date, Field(description="last day on which anything of the person had to be kept")]
    proposed_by: Code
    approved_by: Code

    @model_validator(mode="after")
    def _two_people(self) -> Self:
        if self.proposed_by == self.approved_by:
            raise PydanticCustomError("two_people", "an erasure is decided by two people")
        return self


class ErasureCarriedOut(Model):
    """A service has erased: how many rows of what. The certificate is whole when every service has said so."""

    VERSION: ClassVar[int] = 1
    certificate: Code
    service: Code
    rows: Annotated[dict[str, int], Field(description="by table")]


class RecordSetAside(Model):
    """A record could not be used. Place, reason, field and rule; never content (decision 20)."""

    VERSION: ClassVar[int] = 1
    service: Code
    topic: str
    partition: Annotated[int, Field(ge=0)]
    offset: Annotated[int, Field(ge=0)]
    disposition: Literal["set_aside", "held"]
    reason: Code
    field: str | None = None
    rule: str | None = None
    event: Annotated[str | None, Field(description="id of the event, where it could be read")] = None


class SetAsideReleased(Model):
    """Two people gave up a record that can't be used: it never takes effect in this service (decision 5)."""

    VERSION: ClassVar[int] = 1
    service: Code
    topic: str
    partition: Annotated[int, Field(ge=0)]
    offset: Annotated[int, Field(ge=0)]
    event: Annotated[str | None, Field(description="id of the event, where it could be read")] = None
    released_by: Code
    confirmed_by: Code
    reason: Annotated[
        Code, Field(description="a code or a ticket's number; no free text, which might tell of a person")
    ]


class TreeHeadSigned(Model):
    """A signed head of the audit log's Merkle tree."""

    VERSION: ClassVar[int] = 1
    size: Annotated[int, Field(ge=1)]
    root_sha256: Sha256
    note: str
