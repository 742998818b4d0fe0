"""The paper of each item: the boxes of the ordinances, whatever stands in them, in the fonts that were named and in no other."""

import datetime as dt
import re
from dataclasses import replace
from typing import Any, get_args

import pytest
from contracts.doors.incomes import CaseAsked, CaseIncomes, IncomeShown
from contracts.doors.registry import Addressee, NameHeld
from contracts.events import forms
from contracts.events.eligibility import FilingReceived, Role, TransitionReason
from contracts.events.forms import Form
from contracts.events.income import TaxRecord
from contracts.events.registry import ResidentRecord
from contracts.vocabulary import Category, Month, Scheme, Voluntary
from transmittal import paper, report_forms, typesetting, weekly
from transmittal.accounts import Batch
from transmittal.attempts import Mark
from transmittal.due import KINDS, Content, Kind
from transmittal.record_file import Line
from transmittal.registers import carry_outs, content_list, media, reception
from transmittal.report_forms import BOXES, LABELS, TITLES, Around, Sheet, sheet

from tests.transmittal.pdfs import fonts_of, pages_of, text_of

DAY = dt.date(2026, 7, 9)
PERSON, SPOUSE = 10000001, 10000002
ADDRESS = "豊島区架空町九丁目９番９号　架空ハイツ南館９０９号室\n（架空様方）"

NAMED: dict[Kind, str] = {
    "acquisition": "name birth_date address sex previous_name acquired_on acquisition_reason id_number",
    "voluntary_entry": "name birth_date address sex previous_name voluntary_ground id_number honseki_prefecture last_address_in_japan"
    " had_public_pension_periods has_gousan_periods has_npo14_periods account_transfer_wish no_transfer_cause",
    "loss": "name birth_date address lost_on loss_reason id_number",
    "voluntary_withdrawal": "name birth_date address id_number",
    "category_change": "name birth_date address sex previous_name changed_on change_reason id_number",
    "death": "name birth_date address died_on id_number",
    "name_change": "old_name new_name changed_on birth_date address id_number",
    "address_change": "name birth_date old_address new_address changed_on id_number",
    "number_notice_reissue": "name birth_date address id_number reason",
    "maternity": "name birth_date address due_date birth_of_child_on multiple id_number",
    "childcare": "name birth_date address child_birth_date relation id_number",
    "statutory_start": "name birth_date address ground ground_on id_number",
    "statutory_end": "name birth_date address end_reason ended_on id_number",
    "pay_despite_exemption": "name birth_date address period id_number",
    "exemption": "name birth_date address id_number period household_head_name spouse_name spouse_birth_date spouse_my_number income_facts"
    " continue_wish",
    "student": "name birth_date address id_number school_name school_address period income_facts",
    "exemption_cancellation": "name birth_date address id_number",
    "student_end": "name birth_date address id_number",
    "spouse_change": "name birth_date address id_number spouse_name spouse_birth_date spouse_my_number changed_on",
    "additional_start": "name birth_date address id_number",
    "additional_stop": "name birth_date address id_number",
    "farmers_pension": "name birth_date address on id_number",
}
"""The items that the ordinance names for each filing (国民年金法施行規則 1条の4–11条, 73条の7–78条の6). The reissue's and the death's number
is a basic pension number; `name_kana` (12条1項) is asked of the filings of 1条の4–11条."""


def person(number: int, name: str = "架空　太郎", **more: Any) -> Addressee:
    record = ResidentRecord(
        name=name, name_kana="カクウ　タロウ", birth_date=dt.date(1990, 4, 1), sex="female", household=5, relation="householder",
        householder_name="架空　花子", residency="resident", address=ADDRESS, previous_address="豊島区架空町一丁目１番１号", **more,
    )  # fmt: skip
    before = NameHeld(name="架空　一子", name_kana="カクウ　イチコ", since=dt.date(1990, 4, 1))
    now = NameHeld(name=name, name_kana="カクウ　タロウ", since=dt.date(2020, 4, 1))
    return Addressee(addressee=number, resident=record, names=(now, before))


def line(kind: Kind, number: int = 1, mark: Mark = "new") -> Line:
    content = Content(
        kind=kind, basic_pension_number="1234567890", filing="F-1", received_on=dt.date(2026, 7, 6), effective_on=dt.date(2026, 7, 1),
        first_month=Month(2026, 7), last_month=Month(2027, 6),
    )  # fmt: skip
    return Line(number, mark, PERSON, "F-1", 1, content)


def one(kind: Kind, form: Form | None = None, **of: Any) -> Sheet:
    people = {PERSON: of.get("who", person(PERSON)), SPOUSE: person(SPOUSE, "架空　配子")}
    return sheet(line(kind), Around(people, {} if form is None else {"F-1": form}, of.get("incomes", {})))


def batch() -> Batch:
    return Batch(3, "131164", DAY, 1, b"", "0" * 64, {}, 0, "0" * 64)


def printed(*sheets: Sheet) -> bytes:
    shown = [paper.drawable(one, batch(), "豊島区") for one in sheets]
    return typesetting.pdf("forms", {"title": "進達帳票", "municipality": "豊島区", "sheets": shown}, DAY)


@pytest.mark.parametrize("kind", NAMED)
def test_every_item_that_the_ordinance_names_has_a_box(kind: Kind) -> None:
    assert set(NAMED[kind].split()) <= set(BOXES[kind])
    assert set(BOXES[kind]) <= LABELS.keys()


def test_every_kind_has_a_paper_with_title_and_provision() -> None:
    assert set(TITLES) == set(KINDS)
    assert all(title and basis for title, basis in TITLES.values())
    assert set(BOXES) == set(NAMED)


def test_filings_of_the_insured_status_hold_the_reading_of_the_name() -> None:
    for kind in ("acquisition", "voluntary_entry", "loss", "category_change", "name_change", "address_change", "death"):
        assert "name_kana" in BOXES[kind]


def test_no_code_is_printed_where_a_word_belongs() -> None:
    codes = {
        code
        for name in ("AcquisitionFiling", "CategoryChangeFiling", "LossFiling", "NumberNoticeReissue")
        for code in get_args(getattr(forms, name).model_fields["reason"].annotation)
    }
    codes |= {*get_args(Scheme), *get_args(Voluntary), *get_args(Category)}
    codes |= set(get_args(forms.StatutoryExemptionStart.model_fields["ground"].annotation))
    codes |= set(get_args(forms.Hardship.model_fields["ground"].annotation))
    codes |= set(get_args(forms.ChildcareFiling.model_fields["relation"].annotation))
    told = {
        code for code in get_args(TransitionReason) if code in ("end_of_class2", "end_of_class3", "return_to_japan")
    }
    assert codes | told <= report_forms.WORDS.keys()
    assert set(get_args(forms.Paper)) == report_forms.PAPERS.keys()


def test_an_application_says_period_schemes_spouse_and_grounds() -> None:
    ground = forms.Hardship(ground="unemployed", role="spouse", on=dt.date(2026, 5, 1))
    form = forms.ExemptionApplication(
        kind="exemption", first_month=Month(2026, 7), last_month=Month(2027, 6), spouse=SPOUSE, has_spouse=True, hardships=(ground,),
        continue_wish=True, papers=("job_loss_proof",),
    )  # fmt: skip
    boxes = dict(one("exemption", form).boxes)
    assert boxes["期間"] == "令和8年7月から令和9年6月"
    assert boxes["申請する区分"] == "全額免除・納付猶予・4分の3免除・半額免除・4分の1免除"
    assert (boxes["世帯主の氏名"], boxes["配偶者の氏名"], boxes["配偶者の生年月日"]) == (
        "架空　花子",
        "架空　配子",
        "平成2年4月1日",
    )
    assert boxes["所得等に関する特例"] == "配偶者　失業・事業の廃止（令和8年5月1日）"
    assert (boxes["翌年度以降の継続審査の希望"], boxes["添付書類"]) == ("有", "離職の証明")
    assert boxes["配偶者の個人番号"] == ""  # nobody told it electronically: the paper original does


def test_an_application_asks_for_the_incomes_of_its_cycle() -> None:
    form = forms.ExemptionApplication(
        kind="exemption", first_month=Month(2026, 7), last_month=Month(2027, 6), spouse=SPOUSE, has_spouse=True
    )
    lines = [line("exemption"), line("loss", 2)]
    assert report_forms.cases_of(lines, {"F-1": form}) == [
        CaseAsked(case="F-1", addressee=PERSON, spouse=SPOUSE, tax_year=2026, on=dt.date(2026, 7, 6))
    ]
    june = line("exemption").content.model_copy(update={"first_month": Month(2026, 6)})
    student = line("student").content.model_copy(update={"first_month": Month(2026, 3)})
    of_the_year_before = [replace(line("exemption"), content=june), replace(line("student"), content=student)]
    for one_line, household in zip(of_the_year_before, (True, False), strict=True):
        (asked,) = report_forms.cases_of([one_line], {})
        assert (asked.tax_year, asked.household) == (2025, household)


def test_the_office_s_print_has_all_incomes_and_the_applicant_s_only_its_own() -> None:
    declared = IncomeShown(
        role="applicant", addressee=PERSON, state="declared", fact="511e6ade-0000-0000-0000-000000000000", recorded_on=dt.date(2026, 6, 1),
        record=TaxRecord(total_income_yen=1234567, dependants_general=2, self_disability="special", single_parent=True),
    )  # fmt: skip
    others = (
        IncomeShown(role="spouse", addressee=SPOUSE, state="undeclared"),
        IncomeShown(role="householder", addressee=SPOUSE + 1),
    )
    told = {"F-1": CaseIncomes(case="F-1", incomes=(declared, *others))}
    office = one("exemption", incomes=told)
    text = text_of(printed(office))
    for said in (
        "1,234,567円",
        "2・0・0・0人",
        "特別障害者・ひとり親",
        "税情報 511e6ade",
        "令和8年6月1日現在",
        "未申告",
        "情報なし",
    ):
        assert said in text
    own = report_forms.for_applicant(office)
    text = text_of(printed(own))
    assert "1,234,567円" in text
    assert "未申告" not in text
    assert "情報なし" not in text
    assert report_forms.everybody_on(office) == {PERSON, SPOUSE, SPOUSE + 1}
    assert report_forms.everybody_on(own) == {PERSON}


def test_the_fullest_application_is_one_page() -> None:
    grounds = tuple(
        forms.Hardship(ground="disaster", role=role, on=dt.date(2026, 5, 1))
        for role in ("applicant", "spouse", "householder")
    )
    form = forms.ExemptionApplication(
        kind="exemption", first_month=Month(2026, 7), last_month=Month(2027, 6), spouse=SPOUSE, has_spouse=True, hardships=grounds,
        papers=("job_loss_proof", "disaster_proof", "spouse_statement", "income_certificate", "pension_number_proof"),
    )  # fmt: skip
    who = person(PERSON, "架" * 60).model_copy(update={"protected": True})
    assert who.resident is not None
    long = who.model_copy(update={"resident": who.resident.model_copy(update={"address": "豊島区架空町\n" * 4})})
    shown = tuple(
        IncomeShown(
            role=role,
            addressee=n,
            state="declared",
            record=TaxRecord(total_income_yen=99_999_999),
            fact="5" * 36,
            recorded_on=DAY,
        )
        for n, role in enumerate(get_args(Role), SPOUSE)
    )
    made = one("exemption", form, who=long, incomes={"F-1": CaseIncomes(case="F-1", incomes=shown)})
    assert pages_of(printed(made)) == 1


def test_frozen_sheets_come_back_as_they_were() -> None:
    told = {"F-1": CaseIncomes(case="F-1", incomes=(IncomeShown(role="applicant", addressee=PERSON),))}
    sheets = [one("exemption", incomes=told), one("loss")]
    back = weekly.thawed(weekly.frozen(sheets))
    assert weekly.frozen(back) == weekly.frozen(sheets)
    assert [income.role for income in back[0].incomes] == ["applicant"]


def test_the_name_before_stands_beside_the_name_now() -> None:
    boxes = dict(one("name_change").boxes)
    assert (boxes["変更前の氏名"], boxes["変更後の氏名"]) == ("架空　一子", "架空　太郎")
    assert dict(one("address_change").boxes)["変更前の住所"] == "豊島区架空町一丁目１番１号"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("name", "stands_for"),
    [
        ("", ""),
        ("架" * 60, ""),
        ("𠮷田　邊\U000e0104子", ""),
        ("\U0001f600子", "U+1F600"),
    ],
    ids=["blank", "sixty characters", "variation selector and U+20BB7", "no drawing"],
)
def test_whatever_the_name_the_paper_holds_it_on_one_page(kind: Kind, name: str, stands_for: str) -> None:
    of_blank = Addressee(addressee=PERSON) if not name else person(PERSON, name)
    made = one(kind, who=of_blank)
    shown = paper.drawable(made, batch(), "豊島区")
    assert stands_for in shown["note"]
    assert bool(stands_for) == ("〓" in str(shown["boxes"]))
    pdf = printed(made)
    assert pages_of(pdf) == 1
    assert fonts_of(pdf) <= set(typesetting.FONTS)
    text = re.sub(r"\s", "", text_of(pdf))
    assert TITLES[kind][0].replace("　", "") in text
    if not stands_for:
        assert name.replace("　", "").replace("\U000e0104", "") in text.replace("\U000e0104", "")


def test_a_protected_person_is_marked() -> None:
    marked = one("loss", who=person(PERSON).model_copy(update={"protected": True}))
    assert "支援措置対象者" in text_of(printed(marked))
    assert "支援措置対象者" not in text_of(printed(one("loss")))


def test_many_papers_come_in_order_some_hundreds_a_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper, "AT_ONCE", 2)
    monkeypatch.setattr(paper, "ROWS_AT_ONCE", 3)
    around = Around({PERSON: person(PERSON)}, {}, {})
    sheets = [sheet(line("student", n), around) for n in range(1, 6)]
    made = dict(paper.papers(sheets, batch(), "豊島区"))
    assert list(made) == [
        f"batch-0003-{name}.pdf" for name in ("list-001", "list-002", "forms-001", "forms-002", "forms-003")
    ]
    found = [re.findall(r"第3号\s(\d)", text_of(pdf)) for name, pdf in made.items() if "forms" in name]
    assert [[int(n) for n in numbers] for numbers in found] == [[1, 2], [3, 4], [5]]
    assert dict(paper.papers(sheets, batch(), "豊島区")) == made  # the same bytes


def test_the_list_of_contents_names_each_item_and_counts() -> None:
    sheets = [one("loss"), one("student"), one("student")]
    page = content_list(3, sheets)
    assert page.notes[0] == "進達番号　第3号　　合計　3件　3枚"
    assert page.notes[2] == "国民年金保険料学生納付特例申請書　2件　2枚"
    assert page.rows[0][1:] == [
        "国民年金被保険者資格喪失報告書", "新規", "1234－567890", "架空　太郎", "F-1", "令和8年7月6日", "1",
    ]  # fmt: skip
    text = text_of(paper.register(page, "豊島区", DAY))
    assert "送付内容内訳書" in text
    without = content_list(3, [one("loss", who=person(PERSON, "\U0001f600子"))])
    assert "〓は U+1F600" in text_of(paper.register(without, "豊島区", DAY))
    assert "架空　太郎" in text


def test_registers_print_with_rows_and_without() -> None:
    received = FilingReceived(
        filing="F-1",
        received_on=dt.date(2026, 7, 6),
        office="honcho",
        channel="counter",
        state="accepted",
        route="report",
        kind="loss",
    )
    rows = {
        reception: {
            "line": received.model_dump_json(), "addressee": PERSON, "attempt": "sealed", "batch": 3,
            "dispatched_at": dt.datetime(2026, 7, 10, tzinfo=dt.UTC),
        },
        carry_outs: {
            "carry_out": 1, "batch": 3, "number": 2, "medium": "disc-1", "destination": "pension-office", "carrier": "clerk-3",
            "permitted_by": "head", "permitted_at": dt.datetime(2026, 7, 9, 15, tzinfo=dt.UTC), "bag": "B-1", "bag_seal": "77",
            "confirmed_by": "clerk-3", "dispatched_by": "clerk-4", "dispatched_at": None, "voided_at": None,
        },
        media: {
            "code": "disc-1", "serial": "S1", "kind": "optical_disc", "place": "locker-1", "valid_until": dt.datetime(2027, 1, 1, tzinfo=dt.UTC),
            "batch": 3, "out_at": None, "destination": None, "due_back": None, "in_at": None, "disposed_at": None, "disposal": None,
            "certificate": None,
        },
    }  # fmt: skip
    for make, row in rows.items():
        for given in ([], [row]):
            page = make(given)
            assert all(len(cells) == len(page.columns) for cells in page.rows)
            assert (
                sum(8.5 * column.width + 2 * 2.84 for column in page.columns) <= 273 * 2.84
            )  # points: it fits on the page
            text = text_of(paper.register(page, "豊島区", DAY))
            assert page.title in text
            assert ("該当するものはありません" in text) == (not given)
