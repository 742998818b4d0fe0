"""The files of 所得情報提供依頼: what the pension service's lists and our answers look like. Data.

The official layouts are published nowhere we could find: these are drafts (案) of our own, `confidence` says so, and none is to be called
official. What is asked and answered follows the assessment's three kinds (Ⅰ1⑦) and NPA 108条.
"""

from typing import NamedTuple

from contracts.doors.income_requests import BASES, IncomeRequestKind
from contracts.fixed_file import Field, Layout
from contracts.vocabulary import Sex
from contracts.wording import INCOME_REQUESTS

Kind = IncomeRequestKind


class RequestKind(NamedTuple):
    """One kind of list: its code in the files, the legal basis that must be stamped, when it is due, and who is asked about."""

    code: int
    japanese: str
    basis: str
    days: int
    """Days to answer, where no date is fixed: a working rule of ours."""
    due: tuple[int, int] | None
    """Month and day by which the answer is due, where a date is fixed."""


_KINDS: tuple[tuple[Kind, int, int, tuple[int, int] | None], ...] = (
    ("continued_review", 1, 14, None),
    ("unpaid_premium", 2, 14, None),
    ("support_benefit", 3, 60, (7, 31)),
)
KINDS: dict[Kind, RequestKind] = {
    kind: RequestKind(code, INCOME_REQUESTS[kind][0], BASES[kind], days, due) for kind, code, days, due in _KINDS
}
"""The support benefit has its own route (国保連合会), base date 1 April, list by 31 May, answer by 31 July (decision 36)."""

STATUS = {
    "declared": 1,
    "undeclared": 2,
    "not_required": 3,
    "other_municipality": 4,
    "not_known": 5,
    "no_match": 8,
    "withheld": 9,
}
"""申告あり・未申告・申告不要・他市区町村課税・情報なし・該当者なし・提供対象外."""
TAX_FLAGS = {"exempt": 0, "per_capita": 1, "income_based": 2}
"""非課税・均等割のみ課税・所得割課税; 9 = not known."""
FLAG_UNKNOWN = 9
MEMBERS = 20
SEXES: dict[int, Sex] = {1: "male", 2: "female", 9: "unknown"}

_HEADER = (
    Field("layout", 12, "code"),
    Field("municipality", 6, "code", "全国地方公共団体コード"),
    Field("kind", 2, "digits"),
    Field("number", 16, "code", "依頼番号"),
    Field("made_on", 8, "date"),
    Field("income_year", 4, "digits"),
    Field("base_date", 8, "date", "基準日"),
)
_TRAILER = (Field("rows", 8, "digits"),)

REQUEST = Layout(
    name="KNR-REQ-0",
    confidence="draft",
    charset="cp932",
    header=_HEADER,
    data=(
        Field("line", 8, "digits"),
        Field("basic_pension_number", 10, "digits", "zeros = not told"),
        Field("birth_date", 8, "date"),
        Field("sex", 1, "digits", "1 男, 2 女, 9 不明"),
        Field("name_kana", 60, "kana"),
        Field("name", 80, "text"),
        Field("address", 160, "text"),
    ),
    trailer=_TRAILER,
)


def _person(prefix: str) -> tuple[Field, ...]:
    """One person's income in an answer."""
    return (
        Field(f"{prefix}_status", 2, "digits"),
        Field(f"{prefix}_total_income", 13, "amount", "合計所得金額"),
        Field(f"{prefix}_loss_carryover", 13, "amount"),
        Field(f"{prefix}_dependants_general", 2, "digits"),
        Field(f"{prefix}_dependants_16_18", 2, "digits"),
        Field(f"{prefix}_dependants_specific", 2, "digits"),
        Field(f"{prefix}_dependants_elderly", 2, "digits"),
        Field(f"{prefix}_spouse_70", 1, "digits", "控除対象配偶者: 0 なし, 1 70歳未満, 2 70歳以上"),
        Field(f"{prefix}_casualty", 13, "amount"),
        Field(f"{prefix}_medical", 13, "amount"),
        Field(f"{prefix}_social_insurance", 13, "amount"),
        Field(f"{prefix}_mutual_aid", 13, "amount"),
        Field(f"{prefix}_spouse_special", 13, "amount"),
        Field(f"{prefix}_specified_relative", 13, "amount"),
        Field(f"{prefix}_disabled", 2, "digits"),
        Field(f"{prefix}_special_disabled", 2, "digits"),
        Field(f"{prefix}_flags", 3, "code", "寡婦・ひとり親・勤労学生, 0 or 1 each"),
    )


_ROW = (
    Field("line", 8, "digits"),
    Field("basic_pension_number", 10, "digits"),
    Field("status", 2, "digits"),
    Field("protected", 1, "digits", "1 = 支援措置"),
)
ANSWER = Layout(
    name="KNR-ANS-0",
    confidence="draft",
    charset="cp932",
    header=_HEADER,
    data=(*_ROW, *_person("own"), *_person("spouse"), *_person("householder")),
    trailer=_TRAILER,
)
BENEFIT_ANSWER = Layout(
    name="KNR-BEN-0",
    confidence="draft",
    charset="cp932",
    header=_HEADER,
    data=(
        *_ROW,
        Field("own_total_income", 13, "amount"),
        Field("own_pension_receipts", 13, "amount", "公的年金収入"),
        Field("own_spouse_70", 1, "digits", "障害・遺族: 70歳以上の同一生計配偶者"),
        Field("own_dependants_elderly", 2, "digits", "障害・遺族"),
        Field("own_dependants_specific", 2, "digits", "障害・遺族"),
        Field("members", 2, "digits", "同一世帯の人数, the person among them"),
        Field(
            "tax_flags", MEMBERS, "code", "one sign a member, the person first: 0 非課税, 1 均等割, 2 所得割, 9 不明"
        ),
    ),
    trailer=_TRAILER,
)


def answer_layout(kind: Kind) -> Layout:
    return BENEFIT_ANSWER if kind == "support_benefit" else ANSWER
