"""What the law gives a person about the records held of them: until when to decide, what a disclosure shows, what is withheld and why. Pure."""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from contracts import wording
from contracts.doors.incomes import HeldIncome
from contracts.doors.inquiry import ViewLine
from contracts.doors.log import AccessShown
from contracts.doors.registry import Addressee
from contracts.doors.rights import DisclosedLine, DisclosedPart, RequestKind
from contracts.doors.transmittal import ReportedItem
from contracts.era import japanese_day
from contracts.purposes import PURPOSES
from contracts.sheet import row
from contracts.vocabulary import JST
from contracts.wording import ACTIONS

from eligibility.disclosure import items
from eligibility.facts import Fact, recorded_on


class Deadline(NamedTuple):
    """Days in which a request is decided, and by how many more they may be extended once."""

    days: int
    extension: int
    basis: str


DEADLINES: dict[RequestKind, Deadline] = {
    "disclosure": Deadline(30, 30, "個人情報保護法83条1項・2項"),
    "correction": Deadline(30, 30, "個人情報保護法94条1項・2項"),
    "suspension": Deadline(30, 30, "個人情報保護法102条1項・2項"),
    "inquiry": Deadline(14, 0, "当方の定め"),
}
"""From the day of the request (請求があった日から); an ordinance may say fewer days."""
_OTHERS = "開示請求者以外の個人に関する情報（個人情報保護法78条1項2号）"
_STAFF = "事務の適正な遂行に支障を及ぼすおそれがある情報（個人情報保護法78条1項7号）"
_PROTECTED = "支援措置対象者であるため、本人確認を終えるまで示しません（個人情報保護法78条1項1号）"

_FACTS = {
    "ResidentUpdated": "住民記録", "IncomeAssessed": "所得情報", "FilingEntered": "届書の入力", "FilingChecked": "届書の点検",
    "FilingSendDecided": "進達の決定", "FilingWithdrawn": "取下げ", "FilingReturned": "返付", "FilingProcessed": "処理結果",
    "PensionRecordTranscribed": "年金記録の転記", "TranscriptionChecked": "転記の点検", "BasicPensionNumberAssigned": "基礎年金番号",
    "MembershipNotified": "資格記録", "ExemptionDecided": "裁定結果", "IncomeRequested": "所得情報提供依頼", "AssistanceChanged": "生活保護等",
}  # fmt: skip
_MARKS = {"new": "新規", "correction": "訂正", "annulment": "取消"}
_STATES = {
    "pending": "進達待ち", "sealed": "進達済", "accepted": "受理", "returned": "返戻", "voided": "無効", "withdrawn": "取下げ",
}  # fmt: skip


def due_on(kind: RequestKind, received_on: dt.date, *, extended: bool = False) -> dt.date:
    """The last day to decide. The first day is not counted (民法140条)."""
    deadline = DEADLINES[kind]
    return received_on + dt.timedelta(days=deadline.days + (deadline.extension if extended else 0))


def withheld(who: Addressee) -> tuple[str, ...]:
    """What a disclosure leaves out, and why."""
    reasons = (f"世帯員・配偶者の氏名・所得等　{_OTHERS}", f"利用の記録の利用者番号・端末　{_STAFF}")
    return (*reasons, f"住所　{_PROTECTED}") if who.protected else reasons


def register_part(who: Addressee) -> DisclosedPart:
    """What the register says of the person; what names another person of the household is not the person's to be told."""
    record = who.resident or who.outside
    lines = []
    if record is not None:
        event = "ResidentChanged" if who.resident is not None else "NonResidentRecorded"
        told = record.model_dump()
        if told.get("relation") != "householder":
            told["householder_name"] = None
        if told.get("head_of_family_register") != record.name:
            told["head_of_family_register"] = None
        lines = [_line("", label, words) for label, words in items(event, {"record": told})]
    lines += [_line(japanese_day(held.since), "氏名の履歴", held.name) for held in who.names]
    lines.append(_line("", "個人番号", "当方で保管しているものは、個人番号を扱う端末で別に示します。"))
    return DisclosedPart(title="宛名", lines=tuple(lines))


def income_part(held: Iterable[HeldIncome]) -> DisclosedPart:
    """Every income that is held of the person, by tax year."""
    lines = [
        _line(f"{one.assessed.tax_year}年度", label, words, one.fact)
        for one in held
        for label, words in items("TaxAssessed", one.assessed.model_dump())
    ]
    return DisclosedPart(title="所得情報", lines=tuple(lines))


def statement_part(lines: Iterable[ViewLine]) -> DisclosedPart:
    """What we say of the person: status, exemptions, filings, claims."""
    rows = [(row(line), line.event) for line in lines]
    return DisclosedPart(
        title="資格・免除・届出・裁定請求",
        lines=tuple(DisclosedLine(when=r.when, what=r.part, says=r.says, event=event) for r, event in rows),
    )


def event_part(facts: Iterable[Fact]) -> DisclosedPart:
    """Every fact that came about the person and what it says, by the day on which its source recorded it."""
    lines = [
        _line(
            japanese_day(recorded_on(one.recorded_at)),
            _FACTS[one.kind],
            "　".join(f"{label}：{words}" for label, words in items(one.kind, one.data.model_dump())),
            one.id,
        )
        for one in sorted(facts, key=lambda one: (one.recorded_at, one.kind, one.key, one.version))
    ]
    return DisclosedPart(title="記録された事実（履歴）", lines=tuple(lines))


def note_part(notes: Iterable[tuple[dt.date, str]]) -> DisclosedPart:
    """What the counter noted of the person; whether anybody else is named in it, the decision has to look at."""
    return DisclosedPart(title="経過記録", lines=tuple(_line(japanese_day(on), "経過記録", text) for on, text in notes))


def _line(when: str, what: str, says: str, event: str | None = None) -> DisclosedLine:
    return DisclosedLine(when=when, what=what, says=says, event=event)


def recipient_part(lines: Iterable[ViewLine], reported: Iterable[ReportedItem]) -> DisclosedPart:
    """To whom the person's data went, and on what basis."""
    found = [
        DisclosedLine(
            when=row(line).when, what="総合窓口課", says=f"{row(line).says}　住民基本台帳法7条11号", event=line.event
        )
        for line in lines
        if line.part == "insured_status"
    ]
    for item in reported:
        if item.sealed_on is None:
            continue
        title = wording.KINDS.get(item.kind, (item.kind,))[0]
        says = f"{title}（{_MARKS[item.mark]}）　{_STATES[item.state]}　進達番号 {item.batch}　国民年金法12条4項、同法施行令1条の2"
        found.append(DisclosedLine(when=japanese_day(item.sealed_on), what="日本年金機構", says=says))
    return DisclosedPart(title="提供・移転先", lines=tuple(found))


def access_part(accesses: Iterable[AccessShown], *, more: bool) -> DisclosedPart:
    """Who used the person's data, as offices and purposes; which account it was is withheld. `more`: there are older ones than these."""
    lines = [
        _line(
            japanese_day(one.at.astimezone(JST).date()),
            ACTIONS[one.action],
            PURPOSES[one.purpose].title if one.purpose in PURPOSES else one.purpose,
        )
        for one in accesses
    ]
    if more:
        lines.append(_line("", "利用の記録", "これより古い記録があります。期間を定めて別に示します。"))
    return DisclosedPart(title="利用の記録", lines=tuple(lines))
