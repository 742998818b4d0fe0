"""What goes in and out at the doors of what is printed, of what comes back, and of the media (transmittal)."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from contracts.doors.transmittal import BatchNamed
from contracts.vocabulary import AddresseeNumber, Code, Date, Model, ShortText

LetterKind = Literal["receipt", "missing-papers", "returned", "income-statement"]
"""受付控 · 添付書類の提出のお願い · 返戻のお知らせ · 所得の申立書."""
RegisterName = Literal["reception", "carry-outs", "media"]
"""受付処理簿 · 持ち出し記録簿 · 記録媒体管理台帳."""
DeliveryKind = Literal["results", "decisions", "numbers", "memberships", "absentees"]
"""処理結果一覧 · 決定結果 · 付番 · 第2号・第3号及び20歳の一覧 · 不在者一覧."""


class PaperNamed(Model):
    """The filing of a person."""

    filing: Code
    addressee: AddresseeNumber


class PrintFilings(Model):
    """POST /papers/filings: papers of a person's filings in this order, with incomes on an application; `for_applicant`: without those of
    spouse and householder."""

    addressee: AddresseeNumber
    filings: Annotated[tuple[Code, ...], Field(strict=False, min_length=1, max_length=20)]
    for_applicant: bool = False


class PrintLetter(PaperNamed):
    """POST /papers/letter: a letter about a filing, to the residence or to the name and address given (送付先)."""

    letter: LetterKind
    mail_name: Annotated[ShortText | None, Field(repr=False)] = None
    mail_address: Annotated[ShortText | None, Field(repr=False)] = None


class PrintLabels(PaperNamed):
    """POST /papers/labels: a label with a barcode for each sheet of the original (原本). Nobody is named on it."""

    sheets: Annotated[int, Field(ge=1, le=99)]


class PrintReminders(Model):
    """POST /papers/reminders: letters about filings past their day (届出勧奨), to everybody; each filing once, unless `again`."""

    again: bool = False


class PrintReminder(PrintReminders):
    """POST /papers/reminder: the same to one person, about filings of the purpose's affair."""

    addressee: AddresseeNumber


class PrintBatch(BatchNamed):
    """POST /papers/batch: 送付内容内訳書 and every paper of a batch, as they were sealed; or the applicants' own prints of its applications."""

    for_applicant: bool = False


class PrintRegister(Model):
    """POST /papers/register: a register; 受付処理簿 of some days."""

    name: RegisterName
    since: Date = dt.date.min
    until: Date = dt.date.max


class Printed(Model):
    """PDF files by name, in base64url; `unreached`: whom no letter reaches, for want of an address."""

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    files: dict[Annotated[str, Field(max_length=100)], bytes]
    unreached: Annotated[tuple[AddresseeNumber, ...], Field(strict=False)] = ()


class AskPapers(Model):
    """POST /papers: where is each paper of a person now?"""

    addressee: AddresseeNumber


class PaperPlace(Model):
    """desk: here · sealed: in a batch that has not left · sent: on its way · received: the pension service has it · returned: it came back."""

    filing: Code
    kind: Code
    received_on: Date
    place: Literal["desk", "sealed", "sent", "received", "returned"]
    batch: int | None = None
    since: Date | None = None


class PaperPlaces(Model):
    places: Annotated[tuple[PaperPlace, ...], Field(strict=False)]


Counts = Annotated[dict[DeliveryKind, Annotated[int, Field(ge=0, lt=2**31)]], Field(description="rows by kind of file")]


class AskDeliveries(Model):
    """POST /deliveries: what the pension service sent: announced, counted, let in."""


class DeliveryShown(Model):
    delivery: Code
    cover: dict[str, int]
    registered_by: Code
    registered_at: dt.datetime
    counted_equal: Annotated[int, Field(description="people who counted what the cover sheet says")]
    counted_differently: int
    files: Annotated[dict[str, int], Field(description="rows let in, by kind")]
    outcomes: Annotated[dict[str, int], Field(description="what became of them")]


class Deliveries(Model):
    deliveries: Annotated[tuple[DeliveryShown, ...], Field(strict=False)]


class RegisterDelivery(Model):
    """POST /deliveries/register: a delivery came; its cover sheet (送付書) announces so many rows."""

    delivery: Code
    cover: Counts


class CountDelivery(Model):
    """POST /deliveries/count: what one person counted."""

    delivery: Code
    counts: Counts


class DeliveryCounted(Model):
    """Counted less announced, where they differ."""

    differences: dict[str, int]


class LetDeliveryIn(Model):
    """POST /deliveries/let-in: a file of a counted delivery, whole or not at all."""

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    delivery: Code
    kind: DeliveryKind
    content: Annotated[bytes, Field(repr=False)]


class DeliveryLetIn(Model):
    """What became of its rows, by outcome; or, where it was refused, everything that is wrong with it: line, field, rule."""

    rows: dict[str, int] = Field(default_factory=dict)
    findings: Annotated[tuple[str, ...], Field(strict=False)] = ()


class AskOpenDeliveryRows(Model):
    """POST /deliveries/open: rows of what was let in that a person has to look at."""


class OpenDeliveryRow(Model):
    """nobody: no one of ours was found · for_a_person: somebody was, and what the row says no program may decide."""

    delivery: Code
    kind: DeliveryKind
    line: int
    outcome: Literal["nobody", "for_a_person"]
    addressee: AddresseeNumber | None = None


class OpenDeliveryRows(Model):
    """The newest first; `more`: there are older ones."""

    rows: Annotated[tuple[OpenDeliveryRow, ...], Field(strict=False)]
    more: bool = False


class RegisterMedium(Model):
    """POST /media/register: a medium enters the ledger (記録媒体管理台帳)."""

    medium: Code
    serial: Code
    kind: Code
    place: Code
    valid_until: Date


class LendMedium(Model):
    """POST /media/lend: it goes out (出), and is due back on a day."""

    medium: Code
    destination: Code
    due_back: Date


class MediumNamed(Model):
    """POST /media/take-back: it came back (入)."""

    medium: Code


class DisposeMedium(MediumNamed):
    """POST /media/dispose: its end, with the certificate's number where it was broken by others."""

    how: Code
    certificate: Code | None = None


class DesignateTerminal(Model):
    """POST /media/terminal: a terminal on which media may be written."""

    terminal: Code
    valid_until: Date | None = None
