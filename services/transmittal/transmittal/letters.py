"""What do we write to people: about a filing (受付控, 書類不備, 返戻, 所得の申立書), or one they still have to make (届出勧奨)? Pure.

The address is the register's unless the clerk names another one for this letter (送付先). A protected person's letter shows no address: it
may not go out in a window envelope (窓付き封筒), and what would be seen in the window stays empty.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from contracts.doors.incomes import CaseIncomes
from contracts.doors.papers import LetterKind
from contracts.doors.registry import Addressee
from contracts.era import japanese_day, japanese_year
from contracts.events.eligibility import ClaimReceived, FilingReceived, HintCode

from transmittal.report_forms import PAPERS, TITLES, WORDS, called, record_of

_TITLES: dict[LetterKind, str] = {
    "receipt": "受付控",
    "missing-papers": "添付書類の提出について（お願い）",
    "returned": "返戻について（お知らせ）",
    "income-statement": "所得の申立書",
}
_BODIES: dict[LetterKind, str] = {
    "receipt": "下記の届出等を受け付けました。この控えは、お問い合わせの際に必要となりますので、大切に保管してください。",
    "missing-papers": "下記の届出等に、次の書類が添付されていませんでした。お手数ですが、国民年金担当窓口に提出してください。",
    "returned": "下記の届出等は、日本年金機構から返戻されました。内容を確認のうえ、国民年金担当窓口にお越しください。",
    "income-statement": "下記の申請の審査に必要な所得の申告がありません。空欄に記入し、署名のうえ、国民年金担当窓口に提出してください。",
}
_REMINDER = (
    "国民年金の届出について（お知らせ）",
    "次の届出が必要と思われますが、まだ受け付けていません。国民年金担当窓口で手続をしてください。既に届け出た方、勤務先で年金に加入した方は、その旨をお知らせください。",
)
REMINDED: dict[HintCode, str] = {
    "acquisition_filing_due": "資格取得・種別変更の届",
    "loss_filing_due": "資格喪失の届",
    "status_check_due": "年金の加入状況の確認",
    "maternity_possible": "産前産後期間の免除の届",
    "maternity_longer_possible": "産前産後期間の免除の届（多胎妊娠）",
    "childcare_possible": "育児期間の免除の届",
    "statutory_exemption_proposed": "法定免除に該当した旨の届",
    "statutory_end_filing_due": "法定免除に該当しなくなった旨の届",
}
"""Hints that a letter to the person can settle, and what it asks for."""
_OF_STATUS = ("acquisition_filing_due", "loss_filing_due", "status_check_due")
OF_AFFAIR: dict[str, tuple[HintCode, ...]] = {
    "status": tuple(one for one in REMINDED if one in _OF_STATUS),
    "exemption": tuple(one for one in REMINDED if one not in _OF_STATUS),
}
_BLANKS = (
    "給与収入（年額）",
    "公的年金等の収入（年額）",
    "その他の所得（年額）",
    "扶養している親族",
    "記入年月日",
    "署名",
)
"""What a person who did not declare an income fills in by hand. The paper is ours (案): none is prescribed for a municipality."""
NO_WINDOW = "支援措置対象者　窓付き封筒は使用できません"


class NotForThis(Exception):
    """The letter has nothing to say of this filing; one sentence for the clerk."""


class MailTo(NamedTuple):
    """Where this letter goes, when not to the residence."""

    name: str
    address: str


class Unmade(NamedTuple):
    """A filing still to be made: what for, since when, and until when it was due."""

    hint: HintCode
    since: dt.date
    due_on: dt.date | None


class Letter(NamedTuple):
    """A letter, ready to print."""

    title: str
    body: str
    name: str
    address: str
    no_window: str
    """Why no window envelope may be used; empty = one may."""
    rows: tuple[tuple[str, str], ...]


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
    rows = _about(line)
    missing = "\n".join(PAPERS.get(paper, paper) for paper in line.missing_papers)
    if missing and kind != "returned":
        rows.append(("不足している書類", missing))
    if kind == "returned":
        rows.append(("返戻の理由（コード）", returned_for or ""))
    return _to(person, mail_to, _TITLES[kind], _BODIES[kind], rows)


def income_statements(
    line: FilingReceived | ClaimReceived, told: CaseIncomes, tax_year: int, people: Mapping[int, Addressee]
) -> list[Letter]:
    """A form for each person of an application whose income nobody declared. NotForThis when all did.

    Whoever the register does not know writes name and address in by hand.
    """
    title, body = _TITLES["income-statement"], _BODIES["income-statement"]
    found = []
    for one in told.incomes:
        if one.state in (None, "undeclared"):
            rows = [
                *_about(line),
                ("申請における立場", WORDS[one.role]),
                ("所得の年", f"{japanese_year(tax_year - 1)}分"),
            ]
            blanks = [(label, "\n") for label in _BLANKS]
            person = people[one.addressee]
            mail_to = MailTo("", "") if record_of(person) is None else None
            found.append(_to(person, mail_to, title, body, [*rows, *blanks]))
    if not found:
        raise NotForThis("所得の申告がない方はいません。")
    return found


def reminder(person: Addressee, filings: Sequence[Unmade]) -> Letter:
    """A letter about filings that a person has still to make (届出勧奨)."""
    rows = []
    for one in filings:
        due = "" if one.due_on is None else f"（届出期限　{japanese_day(one.due_on)}）"
        rows.append((REMINDED[one.hint], f"{japanese_day(one.since)}から{due}"))
    return _to(person, None, *_REMINDER, rows)


def reachable(person: Addressee) -> bool:
    """Whether the register knows where to write to; a protected person's address is not told, and a letter is handed over."""
    record = record_of(person)
    return record is not None and (person.protected or bool(record.address))


def _about(line: FilingReceived | ClaimReceived) -> list[tuple[str, str]]:
    return [("受付番号", line.filing), ("受付年月日", japanese_day(line.received_on)), ("届出等", TITLES[line.kind][0])]


def _to(person: Addressee, mail_to: MailTo | None, title: str, body: str, rows: Sequence[tuple[str, str]]) -> Letter:
    record = record_of(person)
    if record is None and mail_to is None:
        raise NotForThis("この宛名番号の方の氏名・住所がありません。番号を確かめるか、送付先を指定してください。")
    residence = "" if record is None else record.address or ""
    to = mail_to or MailTo(called(person), residence)
    address, warning = ("", NO_WINDOW) if person.protected else (to.address, "")
    return Letter(title, body, to.name, address, warning, tuple(rows))
