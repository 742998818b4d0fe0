"""What stands on the paper of each item: which boxes does a form have, and what is in them?

The items are those of the ordinances (国民年金法施行規則 1条の4–11条, 73条の7–78条の6); no form number or drawing of the forms is published, so
the layout is ours. A box whose content nobody told us electronically is printed empty, to be filled in from the paper original. Names
and addresses are the register's on the day of sealing; they are frozen with the batch, unreadable outside transmittal (decision 16).
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from contracts.doors.incomes import CaseAsked, CaseIncomes, IncomeShown
from contracts.doors.registry import Addressee
from contracts.era import japanese_day, japanese_month
from contracts.events.eligibility import FilingReceived, Role
from contracts.events.forms import Form
from contracts.events.income import TaxRecord
from contracts.events.registry import NonResidentRecord, ResidentRecord
from contracts.wording import FILED

from transmittal.due import Content, Kind
from transmittal.record_file import MARKS, Line

TITLES: dict[Kind, tuple[str, str]] = {
    "acquisition": ("国民年金被保険者資格取得報告書", "国民年金法施行規則 第1条の4・第9条第1項"),
    "category_change": ("国民年金被保険者種別変更報告書", "国民年金法施行規則 第6条の2・第9条第1項"),
    "loss": ("国民年金被保険者資格喪失報告書", "国民年金法施行規則 第3条・第9条第1項"),
    "death": ("国民年金被保険者死亡報告書", "国民年金法施行規則 第4条・第9条第1項"),
    "name_change": ("国民年金被保険者氏名変更報告書", "国民年金法施行規則 第7条・第9条第1項"),
    "address_change": ("国民年金被保険者住所変更報告書", "国民年金法施行規則 第8条・第9条第1項"),
    "voluntary_entry": ("国民年金任意加入申出書", "国民年金法施行規則 第2条"),
    "voluntary_withdrawal": ("国民年金任意加入被保険者資格喪失申出書", "国民年金法施行規則 第6条"),
    "maternity": ("国民年金保険料産前産後免除該当届", "国民年金法施行規則 第73条の7"),
    "childcare": ("国民年金保険料育児免除該当届", "国民年金法 第88条の3"),
    "statutory_start": ("国民年金保険料法定免除該当届", "国民年金法施行規則 第75条"),
    "statutory_end": ("国民年金保険料法定免除消滅届", "国民年金法施行規則 第76条"),
    "pay_despite_exemption": ("国民年金保険料免除期間納付申出書", "国民年金法施行規則 第75条の2"),
    "exemption": ("国民年金保険料免除・納付猶予申請書", "国民年金法施行規則 第77条・第77条の3・第77条の5"),
    "student": ("国民年金保険料学生納付特例申請書", "国民年金法施行規則 第77条の4"),
    "exemption_cancellation": ("国民年金保険料免除取消申請書", "国民年金法施行規則 第77条の8"),
    "student_end": ("国民年金保険料学生納付特例不該当届", "国民年金法施行規則 第77条の9"),
    "spouse_change": ("配偶者変更届", "国民年金法施行規則 第77条の7の2"),
    "additional_start": ("国民年金付加保険料納付申出書", "国民年金法施行規則 第78条の3"),
    "additional_stop": ("国民年金付加保険料納付辞退申出書", "国民年金法施行規則 第78条の4"),
    "number_notice_reissue": ("基礎年金番号通知書再交付申請書（回送）", "国民年金法施行規則 第11条"),
    "farmers_pension": ("農業者年金に係る付加保険料の届（回送）", "国民年金法施行規則 第78条の5・第78条の6"),
    "old_age_claim": ("老齢基礎年金裁定請求書　送付票", "国民年金法施行規則 第16条"),
    "disability_claim": ("障害基礎年金裁定請求書　送付票", "国民年金法施行規則 第31条"),
    "survivors_claim": ("遺族基礎年金裁定請求書　送付票", "国民年金法施行規則 第39条"),
    "widows_pension_claim": ("寡婦年金裁定請求書　送付票", "国民年金法施行規則 第60条の2"),
    "death_lump_sum_claim": ("死亡一時金裁定請求書　送付票", "国民年金法施行規則 第61条"),
    "unpaid_pension_claim": ("未支給年金請求書　送付票", "国民年金法施行規則 第25条"),
    "welfare_old_age": ("老齢福祉年金の届　送付票", "老齢福祉年金支給規則"),
    "special_disability_claim": ("特別障害給付金請求書　送付票", "特別障害給付金法施行規則 第1条"),
    "support_benefit_claim": ("年金生活者支援給付金請求書　送付票", "年金生活者支援給付金法施行規則"),
    "recipient": ("受給権者の届　送付票", "国民年金法施行規則"),
}
"""Title and provision of each paper. A claim's own paper travels as it is; ours is its cover with the checklist of its enclosures."""

LABELS = {
    "name": "氏名", "name_kana": "フリガナ", "birth_date": "生年月日", "sex": "性別", "address": "住所",
    "id_number": "個人番号又は基礎年金番号", "previous_name": "変更前の氏名", "filed_on": "届出（申出・申請・請求）年月日",
    "acquired_on": "資格取得年月日", "acquisition_reason": "資格取得の理由", "lost_on": "資格喪失年月日", "loss_reason": "資格喪失の理由",
    "changed_on": "変更年月日", "change_reason": "種別変更の理由", "category_before": "変更前の種別", "category_after": "変更後の種別",
    "died_on": "死亡年月日", "old_name": "変更前の氏名", "new_name": "変更後の氏名", "old_address": "変更前の住所", "new_address": "変更後の住所",
    "voluntary_ground": "任意加入の区分", "honseki_prefecture": "本籍地の都道府県（国外）", "last_address_in_japan": "国内の最後の住所（国外）",
    "had_public_pension_periods": "公的年金の加入期間", "has_gousan_periods": "合算対象期間", "has_npo14_periods": "施行令第14条の期間",
    "account_transfer_wish": "口座振替の希望", "no_transfer_cause": "口座振替によらない正当な理由",
    "due_date": "出産予定年月日", "birth_of_child_on": "出産年月日", "multiple": "単胎・多胎の別", "child_birth_date": "子の生年月日",
    "relation": "子との続柄", "care_from": "養育を始めた日", "ground": "該当事由", "ground_on": "該当した年月日",
    "end_reason": "消滅した事由", "ended_on": "消滅した年月日", "period": "期間", "schemes": "申請する区分",
    "household_head_name": "世帯主の氏名", "spouse_name": "配偶者の氏名", "spouse_birth_date": "配偶者の生年月日",
    "spouse_my_number": "配偶者の個人番号", "income_facts": "所得等に関する特例", "continue_wish": "翌年度以降の継続審査の希望",
    "school_name": "在学する学校（コード）", "school_address": "学校の所在地", "reason": "再交付の理由", "on": "該当年月日",
    "papers": "添付書類",
}  # fmt: skip

_BASE = ("id_number", "name_kana", "name", "birth_date", "address")
BOXES: dict[Kind, tuple[str, ...]] = {
    "acquisition": (
        "id_number", "name_kana", "name", "previous_name", "birth_date", "sex", "address", "acquired_on", "acquisition_reason",
    ),
    "category_change": (
        *_BASE, "sex", "previous_name", "changed_on", "change_reason", "category_before", "category_after",
    ),
    "loss": (*_BASE, "lost_on", "loss_reason"),
    "death": (*_BASE, "died_on"),
    "name_change": ("id_number", "name_kana", "old_name", "new_name", "birth_date", "address", "changed_on"),
    "address_change": ("id_number", "name_kana", "name", "birth_date", "old_address", "new_address", "changed_on"),
    "voluntary_entry": (
        *_BASE, "sex", "previous_name", "voluntary_ground", "honseki_prefecture", "last_address_in_japan", "had_public_pension_periods",
        "has_gousan_periods", "has_npo14_periods", "account_transfer_wish", "no_transfer_cause",
    ),
    "voluntary_withdrawal": _BASE,
    "maternity": (*_BASE, "due_date", "birth_of_child_on", "multiple"),
    "childcare": (*_BASE, "child_birth_date", "relation", "care_from"),
    "statutory_start": (*_BASE, "ground", "ground_on"),
    "statutory_end": (*_BASE, "end_reason", "ended_on"),
    "pay_despite_exemption": (*_BASE, "period"),
    "exemption": (
        *_BASE, "period", "schemes", "household_head_name", "spouse_name", "spouse_birth_date", "spouse_my_number", "income_facts",
        "continue_wish",
    ),
    "student": (*_BASE, "period", "school_name", "school_address", "income_facts"),
    "exemption_cancellation": _BASE,
    "student_end": _BASE,
    "spouse_change": (*_BASE, "changed_on", "spouse_name", "spouse_birth_date", "spouse_my_number"),
    "additional_start": _BASE,
    "additional_stop": _BASE,
    "number_notice_reissue": (*_BASE, "reason"),
    "farmers_pension": (*_BASE, "on"),
}  # fmt: skip
"""The boxes of each form, in their order. Reception day, reception number and enclosures stand on every paper; claims have no more."""

WORDS: dict[Any, str] = {
    **FILED,
    # sex, categories, schemes
    "unknown": "", 1: "第1号", 2: "第2号", 3: "第3号",
    "full": "全額免除", "three_quarter": "4分の3免除", "half": "半額免除", "quarter": "4分の1免除", "deferral": "納付猶予", "student": "学生納付特例",
    # memberships and their ends
    "voluntary_20_59": "20歳以上60歳未満（国内）", "voluntary_60_64": "60歳以上65歳未満（国内）", "voluntary_overseas": "国外居住",
    "special_voluntary": "65歳以上70歳未満（特例・国内）", "special_voluntary_overseas": "65歳以上70歳未満（特例・国外）",
    "end_of_class2": "第2号でなくなった", "end_of_class3": "第3号でなくなった", "return_to_japan": "帰国",
}  # fmt: skip
PAPERS = {
    "account_proof": "預金通帳等", "birth_proof": "生年月日の証明", "certificate_of_residence_abroad": "在留証明",
    "child_relation_proof": "子との身分関係の証明", "death_proof": "死亡の証明", "disaster_proof": "被災の証明", "due_date_proof": "出産予定日の証明",
    "end_of_exclusion_proof": "適用除外でなくなった証明", "family_register": "戸籍", "first_visit_proof": "初診日の証明",
    "income_certificate": "所得証明", "income_report": "所得状況届", "job_loss_proof": "離職の証明", "livelihood_proof": "生計同一の証明",
    "medical_certificate": "診断書", "medical_history_statement": "病歴申立書", "multiple_pregnancy_proof": "多胎妊娠の証明",
    "pension_certificate": "年金証書", "pension_number_proof": "基礎年金番号の確認書類", "relation_proof": "続柄の証明",
    "school_course_proof": "修業年限の証明", "spouse_statement": "配偶者に関する申立書", "student_proof": "在学の証明",
    "violence_certificate": "配偶者からの暴力の証明",
}  # fmt: skip


_STATES = {
    "declared": "申告あり",
    "undeclared": "未申告",
    "not_required": "申告不要",
    "other_municipality": "他市区町村課税",
}
WITH_INCOME: dict[Kind, int] = {"exemption": 7, "student": 4}
"""Applications by yearly cycle, and the month in which the cycle begins (NPR 77条, 77条の4)."""


def _yen(name: str) -> Callable[[TaxRecord], str]:
    return lambda record: f"{getattr(record, name):,}円"


def _own_grounds(record: TaxRecord) -> str:
    grade = {"none": "", "ordinary": "障害者", "special": "特別障害者"}[record.self_disability]
    said = ((record.widow, "寡婦"), (record.single_parent, "ひとり親"), (record.working_student, "勤労学生"))
    return "・".join(word for word in (grade, *(word for holds, word in said if holds)) if word)


_AMOUNTS: tuple[tuple[str, Callable[[TaxRecord], str]], ...] = (
    ("合計所得金額", _yen("total_income_yen")),
    ("純損失等の繰越控除", _yen("loss_carryover_yen")),
    ("公的年金等に係る雑所得", _yen("public_pension_income_yen")),
    ("控除対象配偶者", lambda r: {"none": "無", "under_70": "有", "from_70": "有（70歳以上）"}[r.deductible_spouse]),
    (
        "扶養親族（一般・特定・老人・16歳未満）",
        lambda r: f"{r.dependants_general}・{r.dependants_specific}・{r.dependants_elderly}・{r.dependants_under_16}人",
    ),
    ("障害者である扶養親族（普通・特別）", lambda r: f"{r.disabled_dependants}・{r.special_disabled_dependants}人"),
    ("本人", _own_grounds),
    ("雑損控除", _yen("casualty_loss_yen")),
    ("医療費控除", _yen("medical_yen")),
    ("社会保険料控除", _yen("social_insurance_yen")),
    ("小規模企業共済等掛金控除", _yen("small_enterprise_mutual_aid_yen")),
    ("配偶者特別控除", _yen("spouse_special_yen")),
    ("特定親族特別控除", _yen("specified_relative_special_yen")),
)
INCOME_LABELS = ("申告の状況", *(label for label, _ in _AMOUNTS), "根拠")
"""The rows of the incomes; the last one is where they come from (M02)."""


class Income(NamedTuple):
    """One column of the incomes on an application: whose, and the content of each of INCOME_LABELS."""

    role: Role
    who: str
    addressee: int
    values: tuple[str, ...]


class Sheet(NamedTuple):
    """One paper, ready to print: boxes as (label, content); an empty content is an empty box."""

    line: int
    addressee: int
    kind: Kind
    title: str
    basis: str
    mark: str
    filing: str
    received_on: str
    protected: bool
    name: str
    pension_number: str
    receipt: str
    """The vault's, where the form has a My Number and no basic pension number; the number itself is fetched for printing (decision 17)."""
    boxes: tuple[tuple[str, str], ...]
    incomes: tuple[Income, ...] = ()
    """Only on the office's print: the applicant's own shows the applicant's income alone (decision 35)."""


def erased(sheet: Sheet) -> Sheet:
    """What is left of the paper of somebody who was erased: its place."""
    return Sheet(
        sheet.line, 0, sheet.kind, sheet.title, sheet.basis, sheet.mark, "", "", False, "（消去済み）", "", "", ()
    )


@dataclass(frozen=True)
class Around:
    """What is known of the items' people and papers beyond the record: the register's and tax's answers, and what the forms say."""

    people: Mapping[int, Addressee]
    forms: Mapping[str, Form]
    incomes: Mapping[str, CaseIncomes]


def people_of(lines: Iterable[Line], forms: Mapping[str, Form]) -> list[int]:
    """Everybody who stands on the papers of these lines."""
    numbers = set()
    for line in lines:
        numbers.add(line.addressee)
        spouse = getattr(forms.get(line.content.filing or ""), "spouse", None)
        if spouse is not None:
            numbers.add(spouse)
    return sorted(numbers)


def cases_of(lines: Iterable[Line], forms: Mapping[str, Form]) -> list[CaseAsked]:
    """The applications among these lines on which incomes are printed."""
    found = (case_of(line.addressee, line.content, forms.get(line.content.filing or "")) for line in lines)
    return list({case.case: case for case in found if case is not None}.values())


def case_of(applicant: int, said: Content | FilingReceived, form: Form | None) -> CaseAsked | None:
    """An application as tax-income is asked about it, of the tax year that its yearly cycle rests on. None for other filings."""
    starts_in, first = WITH_INCOME.get(said.kind), said.first_month
    if said.filing is None or first is None or starts_in is None:
        return None
    return CaseAsked(
        case=said.filing,
        addressee=applicant,
        spouse=getattr(form, "spouse", None),
        tax_year=first.year if first.month >= starts_in else first.year - 1,
        on=said.received_on,
        household=said.kind == "exemption",
    )


def sheet(line: Line, around: Around) -> Sheet:
    """The paper of one line."""
    content = line.content
    form = around.forms.get(content.filing or "")
    person = around.people[line.addressee]
    title, basis = TITLES[content.kind]
    values = _Values(line, form, person, around.people)
    boxes = [(LABELS[item], values(item)) for item in (*BOXES.get(content.kind, _BASE), "papers")]
    told = around.incomes.get(content.filing or "")
    incomes = () if told is None else tuple(_income(one) for one in told.incomes)
    return Sheet(
        line.line,
        line.addressee,
        content.kind,
        title,
        basis,
        MARKS[line.mark],
        content.filing or "",
        japanese_day(content.received_on),
        person.protected,
        called(person),
        _pension_number(content.basic_pension_number),
        "" if form is None or content.basic_pension_number is not None else form.my_number_receipt or "",
        tuple(boxes),
        incomes,
    )


def _income(one: IncomeShown) -> Income:
    record = one.record
    stated = "情報なし" if one.state is None else _STATES[one.state]
    source = (
        ""
        if one.fact is None or one.recorded_on is None
        else f"税情報 {one.fact[:8]}\n{japanese_day(one.recorded_on)}現在"
    )
    amounts = ("",) * len(_AMOUNTS) if record is None else tuple(read(record) for _, read in _AMOUNTS)
    return Income(one.role, WORDS[one.role], one.addressee, (stated, *amounts, source))


def with_number(sheet: Sheet, my_number: str) -> Sheet:
    """The sheet with the My Number in its box. Only for what is printed there and then: it is kept nowhere."""
    shown = " ".join(my_number[start : start + 4] for start in range(0, 12, 4))
    boxes = tuple((label, shown if label == LABELS["id_number"] else content) for label, content in sheet.boxes)
    return sheet._replace(boxes=boxes)


def for_applicant(sheet: Sheet) -> Sheet:
    """The applicant's own print: without the income of spouse and householder."""
    return sheet._replace(incomes=tuple(one for one in sheet.incomes if one.role == "applicant"))


def everybody_on(sheet: Sheet) -> set[int]:
    """Of whom something stands on a paper that is looked at."""
    return {sheet.addressee, *(one.addressee for one in sheet.incomes)} - {0}


class _Values:
    """The content of each box of one paper, as text."""

    def __init__(self, line: Line, form: Form | None, person: Addressee, people: Mapping[int, Addressee]) -> None:
        self.line, self.form, self.person = line, form, person
        self.record = record_of(person)
        self.spouse = people.get(getattr(form, "spouse", None) or 0)

    def __call__(self, item: str) -> str:
        of = _OF.get(item)
        return of(self) if of is not None else _word(getattr(self.form, item, None))


def _own(name: str) -> Callable[[_Values], str]:
    return lambda v: _word(getattr(v.record, name, None))


def _said(name: str) -> Callable[[_Values], str]:
    return lambda v: _word(getattr(v.form, name, None))


def _effective(v: _Values) -> str:
    return _word(v.line.content.effective_on)


def _told_reason(v: _Values) -> str:
    """The form's own reason, else that of the step it led to."""
    return _word(getattr(v.form, "reason", None) or v.line.content.reason)


_OF: dict[str, Callable[[_Values], str]] = {
    "id_number": lambda v: _pension_number(v.line.content.basic_pension_number),
    "name": lambda v: called(v.person),
    "new_name": lambda v: called(v.person),
    "name_kana": _own("name_kana"),
    "birth_date": _own("birth_date"),
    "sex": _own("sex"),
    "address": _own("address"),
    "new_address": _own("address"),
    "old_address": _own("previous_address"),
    "previous_name": lambda v: _former_name(v.person),
    "old_name": lambda v: _former_name(v.person),
    "household_head_name": _own("householder_name"),
    "acquired_on": _effective,
    "lost_on": _effective,
    "changed_on": lambda v: _said("changed_on")(v) or _effective(v),
    "acquisition_reason": _told_reason,
    "loss_reason": _told_reason,
    "change_reason": _told_reason,
    "category_before": lambda v: _word(v.line.content.before),
    "category_after": lambda v: _word(v.line.content.after),
    "voluntary_ground": _said("membership"),
    "account_transfer_wish": _said("account_transfer"),
    "due_date": _said("due_on"),
    "birth_of_child_on": _said("born_on"),
    "multiple": lambda v: "" if v.form is None else "多胎" if getattr(v.form, "multiple", False) else "単胎",
    "child_birth_date": _said("child_born_on"),
    "ground_on": _said("arose_on"),
    "end_reason": _said("ground"),
    "period": lambda v: _period(v.line),
    "schemes": lambda v: "・".join(_word(s) for s in getattr(v.form, "schemes", ())),
    "spouse_name": lambda v: "" if v.spouse is None else called(v.spouse),
    "spouse_birth_date": lambda v: "" if v.spouse is None else _word(getattr(record_of(v.spouse), "birth_date", None)),
    "income_facts": lambda v: "\n".join(_hardship(h) for h in getattr(v.form, "hardships", ())),
    "continue_wish": lambda v: "" if v.form is None else "有" if getattr(v.form, "continue_wish", False) else "無",
    "school_name": _said("school"),
    "papers": lambda v: "・".join(PAPERS[p] for p in getattr(v.form, "papers", ())),
}
"""Where a box's content comes from; an item that is not here is the form's field of that name, or nobody told us and it stays empty."""


def record_of(person: Addressee) -> ResidentRecord | NonResidentRecord | None:
    """What the register says of somebody, inside it or outside; None = nothing."""
    return person.resident or person.outside


def called(person: Addressee) -> str:
    """Name, and the alias (通称) where there is one."""
    record = record_of(person)
    if record is None:
        return ""
    return f"{record.name}（通称 {record.alias}）" if record.alias else record.name


def _former_name(person: Addressee) -> str:
    held = sorted(person.names, key=lambda n: n.since)
    return held[-2].name if len(held) > 1 else ""


def _hardship(hardship: Any) -> str:
    on = f"（{japanese_day(hardship.on)}）" if hardship.on else ""
    return f"{WORDS[hardship.role]}　{WORDS[hardship.ground]}{on}"


def _period(line: Line) -> str:
    first, last = line.content.first_month, line.content.last_month
    if first is None:
        return ""
    return f"{japanese_month(first)}から{japanese_month(last) if last is not None else ''}"


def _pension_number(number: str | None) -> str:
    return "" if number is None else f"{number[:4]}－{number[4:]}"


def _word(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.date):
        return japanese_day(value)
    return WORDS.get(value, str(value))
