"""What does the cover sheet (送付書) of a batch say? One page in Japanese that two people sign and the pension service compares."""

import datetime as dt
import hashlib
from typing import Any

from contracts.era import japanese_day

from transmittal import record_file, typesetting
from transmittal.accounts import Batch
from transmittal.attempts import Mark
from transmittal.due import BY_STEP, KINDS, Kind

_MARKS: tuple[Mark, ...] = ("new", "correction", "annulment")
_WORDS: dict[Kind, tuple[str, str]] = {
    "acquisition": ("資格取得", "国民年金法施行規則 第9条第1項"),
    "category_change": ("種別変更", "国民年金法施行規則 第9条第1項"),
    "loss": ("資格喪失", "国民年金法施行規則 第9条第1項"),
    "death": ("死亡届", "国民年金法施行規則 第9条第1項"),
    "name_change": ("氏名変更", "国民年金法施行規則 第9条第1項"),
    "address_change": ("住所変更", "国民年金法施行規則 第9条第1項"),
    "voluntary_entry": ("任意加入申出", "国民年金法施行令 第1条の2第1号"),
    "voluntary_withdrawal": ("任意加入資格喪失申出", "国民年金法施行令 第1条の2第1号"),
    "maternity": ("産前産後免除該当届", "国民年金法施行令 第1条の2第10号"),
    "childcare": ("育児免除該当届", "国民年金法施行令 第1条の2第10号"),
    "statutory_start": ("法定免除該当届", "国民年金法施行令 第1条の2第10号"),
    "statutory_end": ("法定免除消滅届", "国民年金法施行令 第1条の2第10号"),
    "pay_despite_exemption": ("免除期間納付申出", "国民年金法施行令 第1条の2第8号"),
    "exemption": ("免除・納付猶予申請", "国民年金法施行令 第1条の2第9号"),
    "student": ("学生納付特例申請", "国民年金法施行令 第1条の2第9号"),
    "exemption_cancellation": ("免除取消申請", "国民年金法施行令 第1条の2第9号"),
    "student_end": ("学生納付特例不該当届", "国民年金法施行令 第1条の2第10号"),
    "spouse_change": ("配偶者変更届", "国民年金法施行令 第1条の2第10号"),
    "additional_start": ("付加保険料納付申出", "国民年金法施行令 第1条の2第7号"),
    "additional_stop": ("付加保険料納付辞退申出", "国民年金法施行令 第1条の2第7号"),
    "old_age_claim": ("老齢基礎年金裁定請求", "国民年金法施行令 第1条の2第3号"),
    "disability_claim": ("障害基礎年金裁定請求", "国民年金法施行令 第1条の2第3号"),
    "survivors_claim": ("遺族基礎年金裁定請求", "国民年金法施行令 第1条の2第3号"),
    "widows_pension_claim": ("寡婦年金裁定請求", "国民年金法施行令 第1条の2第3号"),
    "death_lump_sum_claim": ("死亡一時金裁定請求", "国民年金法施行令 第1条の2第3号"),
    "unpaid_pension_claim": ("未支給年金請求", "国民年金法施行令 第1条の2第4号"),
    "welfare_old_age": ("老齢福祉年金の届", "老齢福祉年金支給規則"),
    "special_disability_claim": ("特別障害給付金請求", "特別障害給付金法 第6条第3項"),
    "support_benefit_claim": ("年金生活者支援給付金請求", "同給付金法施行令 第15条第1項"),
    "recipient": ("受給者の届", "国民年金法施行令 第1条の2第10号"),
    "number_notice_reissue": ("基礎年金番号通知書再交付申請", "国民年金法施行規則 第11条（回送）"),
    "farmers_pension": ("農業者年金に係る付加の届", "国民年金法施行規則 第78条の5・6（回送）"),
}
_ALWAYS_SHOWN: tuple[Kind, ...] = (*BY_STEP, "exemption", "student")
"""Shown also when there is none; of the other kinds only what the batch holds."""


def pdf(batch: Batch, issue: int, record: bytes, municipality: str) -> bytes:
    """The cover sheet of a batch whose record file is `record`; the municipality by its name."""
    return typesetting.pdf("cover_sheet", sheet(batch, issue, record, municipality), batch.sealed_on)


def sheet(batch: Batch, issue: int, record: bytes, municipality: str) -> dict[str, Any]:
    """What the page shows, ready to print."""
    counted = {kind: [batch.counts.get(record_file.place(kind, mark), 0) for mark in _MARKS] for kind in KINDS}
    rows = [[*_WORDS[kind], *_summed(counted[kind])] for kind in KINDS if kind in _ALWAYS_SHOWN or any(counted[kind])]
    totals = _summed([sum(column) for column in zip(*counted.values(), strict=True)])
    return {
        "number": batch.number,
        "again": issue > 1,
        "municipality": municipality,
        "code": batch.municipality,
        "sealed_on": f"{japanese_day(batch.sealed_on)}（{_western(batch.sealed_on)}）",
        "rows": rows,
        "totals": totals,
        "marks": [record_file.MARKS[mark] for mark in _MARKS],
        "file": f"batch-{batch.number:04d}.dat",
        "layout": record_file.LAYOUT.name,
        "content_sha256": _groups(batch.content_sha256),
        "log_size": f"{batch.log_size:,}",
        "log_root": _groups(batch.log_root),
        "file_sha256": _groups(hashlib.sha256(record).hexdigest()),
    }


def _western(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _summed(by_mark: list[int]) -> list[str]:
    return [f"{count:,}" for count in (*by_mark, sum(by_mark))]


def _groups(digest: str) -> list[str]:
    return [digest[start : start + 8] for start in range(0, len(digest), 8)]
