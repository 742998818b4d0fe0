"""What do we write to people about a filing (受付控, 書類不備, 返戻)? Pure: a reception in, a letter ready to print out.

The address is the register's unless the clerk names another one for this letter (送付先). A protected person's letter shows no address: it
may not go out in a window envelope (窓付き封筒), and what would be seen in the window stays empty.
"""

import datetime as dt
from typing import Any, Literal, NamedTuple

from contracts.doors import Addressee
from contracts.era import japanese_day
from contracts.events.eligibility import ClaimReceived, FilingReceived

from transmittal.report_forms import PAPERS, TITLES, called, record_of

LetterKind = Literal["receipt", "missing-papers", "returned"]

_TITLES: dict[LetterKind, str] = {
    "receipt": "受付控",
    "missing-papers": "添付書類の提出について（お願い）",
    "returned": "返戻について（お知らせ）",
}
_BODIES: dict[LetterKind, str] = {
    "receipt": "下記の届出等を受け付けました。この控えは、お問い合わせの際に必要となりますので、大切に保管してください。",
    "missing-papers": "下記の届出等に、次の書類が添付されていませんでした。お手数ですが、国民年金担当窓口に提出してください。",
    "returned": "下記の届出等は、日本年金機構から返戻されました。内容を確認のうえ、国民年金担当窓口にお越しください。",
}
NO_WINDOW = "支援措置対象者　窓付き封筒は使用できません"


class NotForThis(Exception):
    """The letter has nothing to say of this filing; one sentence for the clerk."""


class MailTo(NamedTuple):
    """Where this letter goes, when not to the residence."""

    name: str
    address: str


class Letter(NamedTuple):
    """A letter, ready to print."""

    title: str
    body: str
    name: str
    address: str
    no_window: str
    """Why no window envelope may be used; empty = one may."""
    rows: tuple[tuple[str, str], ...]

    def data(self, municipality: str, on: dt.date) -> dict[str, Any]:
        """What the template takes."""
        return {**self._asdict(), "municipality": municipality, "on": japanese_day(on)}


def letter(
    kind: LetterKind,
    line: FilingReceived | ClaimReceived,
    returned_for: str | None,
    person: Addressee,
    mail_to: MailTo | None = None,
) -> Letter:
    """The letter about a filing. NotForThis when it lacks no paper, or was not returned (`returned_for` is the reason code of the return)."""
    if kind == "missing-papers" and not line.missing_papers:
        raise NotForThis("添付書類に不足はありません。")
    if kind == "returned" and returned_for is None:
        raise NotForThis("日本年金機構から返戻されていません。")
    rows = [("受付番号", line.filing), ("受付年月日", japanese_day(line.received_on)), ("届出等", TITLES[line.kind][0])]
    missing = "\n".join(PAPERS.get(paper, paper) for paper in line.missing_papers)
    if missing and kind != "returned":
        rows.append(("不足している書類", missing))
    if kind == "returned":
        rows.append(("返戻の理由（コード）", returned_for or ""))
    record = record_of(person)
    residence = "" if record is None else record.address or ""
    to = mail_to or MailTo(called(person), residence)
    return Letter(
        _TITLES[kind],
        _BODIES[kind],
        to.name,
        "" if person.protected else to.address,
        NO_WINDOW if person.protected else "",
        tuple(rows),
    )
