"""What goes in and out at the doors of transmittal (進達)."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from contracts.doors import AT_MOST, Number
from contracts.vocabulary import AddresseeNumber, Code, Date, Model


class AskReported(Model):
    """POST /reported: what was told to the pension service about a person."""

    addressee: AddresseeNumber


class ReportedItem(Model):
    kind: str
    mark: Literal["new", "correction", "annulment"]
    state: str
    filing: Code | None = None
    batch: int | None = None
    sealed_on: Date | None = None


class Reported(Model):
    items: Annotated[tuple[ReportedItem, ...], Field(strict=False)]


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
