"""What the law gives a person about the records held of them: until when to decide, what a disclosure shows, what is withheld and why. Pure."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from contracts.doors.inquiry import ViewLine
from contracts.doors.log import AccessShown
from contracts.doors.registry import Addressee
from contracts.doors.rights import DisclosedLine, DisclosedPart, RequestKind
from contracts.doors.transmittal import ReportedItem
from contracts.era import japanese_day
from contracts.purposes import PURPOSES
from contracts.vocabulary import JST

from eligibility import wording
from eligibility.sheet_page import row


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
KINDS: dict[RequestKind, str] = {
    "disclosure": "開示請求", "correction": "訂正請求", "suspension": "利用停止請求", "inquiry": "問合せ",
}  # fmt: skip
OTHERS = "開示請求者以外の個人に関する情報（個人情報保護法78条1項2号）"
STAFF = "事務の適正な遂行に支障を及ぼすおそれがある情報（個人情報保護法78条1項7号）"

_FACTS = {
    "ResidentUpdated": "住民記録", "IncomeAssessed": "所得情報", "FilingEntered": "届書の入力", "FilingChecked": "届書の点検",
    "FilingSendDecided": "進達の決定", "FilingWithdrawn": "取下げ", "FilingReturned": "返付", "FilingProcessed": "処理結果",
    "PensionRecordTranscribed": "年金記録の転記", "TranscriptionChecked": "転記の点検", "BasicPensionNumberAssigned": "基礎年金番号",
    "MembershipNotified": "資格記録", "ExemptionDecided": "裁定結果", "IncomeRequested": "所得情報提供依頼", "AssistanceChanged": "生活保護等",
}  # fmt: skip
_ACTIONS = {
    "register": "登録", "update": "更新", "delete": "削除", "refer": "参照", "print": "印刷", "export": "出力", "login": "ログイン", "refuse": "拒否",
}  # fmt: skip
_MARKS = {"new": "新規", "correction": "訂正", "annulment": "取消"}
_STATES = {
    "pending": "進達待ち", "sealed": "進達済", "accepted": "受理", "returned": "返戻", "voided": "無効", "withdrawn": "取下げ",
}  # fmt: skip


def due_on(kind: RequestKind, received_on: dt.date, *, extended: bool = False) -> dt.date:
    """The last day to decide. The first day is not counted (民法140条)."""
    deadline = DEADLINES[kind]
    return received_on + dt.timedelta(days=deadline.days + (deadline.extension if extended else 0))


def register_part(who: Addressee) -> DisclosedPart:
    """What the register says of the person; who else lives there is not the person's to be told."""
    record = who.resident or who.outside
    lines = []
    if record is not None:
        told = {
            "氏名": record.name, "フリガナ": record.name_kana, "生年月日": japanese_day(record.birth_date) if record.birth_date else "",
            "性別": {"male": "男", "female": "女"}.get(record.sex, "不明"), "住所": record.address or "",
        }  # fmt: skip
        lines = [DisclosedLine(when="", what=what, says=says) for what, says in told.items()]
    for held in who.names:
        lines.append(DisclosedLine(when=japanese_day(held.since), what="氏名の履歴", says=held.name))
    return DisclosedPart(title="宛名", lines=tuple(lines))


def statement_part(lines: Iterable[ViewLine]) -> DisclosedPart:
    """What we say of the person: status, exemptions, filings, claims."""
    rows = [(row(line), line.event) for line in lines]
    return DisclosedPart(
        title="資格・免除・届出・裁定請求",
        lines=tuple(DisclosedLine(when=r.when, what=r.part, says=r.says, event=event) for r, event in rows),
    )


def event_part(rows: Iterable[Mapping[str, Any]]) -> DisclosedPart:
    """Every fact that came about the person, by the day on which its source recorded it."""
    return DisclosedPart(
        title="記録された事実（履歴）",
        lines=tuple(
            DisclosedLine(
                when=japanese_day(one["recorded_at"].astimezone(JST).date()),
                what=_FACTS[one["kind"]],
                says="受信・登録",
                event=str(one["event_id"]),
            )
            for one in rows
        ),
    )


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


def access_part(accesses: Iterable[AccessShown]) -> DisclosedPart:
    """Who used the person's data, as offices and purposes; which account it was is withheld."""
    return DisclosedPart(
        title="利用の記録",
        lines=tuple(
            DisclosedLine(
                when=japanese_day(one.at.astimezone(JST).date()),
                what=_ACTIONS[one.action],
                says=PURPOSES[one.purpose].title if one.purpose in PURPOSES else one.purpose,
            )
            for one in accesses
        ),
    )
