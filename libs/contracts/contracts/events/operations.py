"""Topics that carry the work itself: `calendar`, `transmittals`, `access-records`, set-aside, `audit-checkpoints`."""

from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, Field

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
