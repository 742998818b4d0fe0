"""所得情報提供依頼: lists are let in whole or refused whole with line and reason; every row is answered, by what is known."""

import datetime as dt
from typing import Any

import pytest
from contracts.events.income import TaxAssessed, TaxRecord
from contracts.fixed_file import END_OF_RECORD, Refused, read, write
from hypothesis import given
from hypothesis import strategies as st
from tax_income.request_layouts import ANSWER, BENEFIT_ANSWER, KINDS, REQUEST, STATUS, Kind, answer_layout
from tax_income.requests import Member, Row, accepted, accounts, answer, status

from tests.tax_income.lists import BASE, MADE, a_list, row

GOOD = a_list("continued_review", "L1", [row(1), row(2, birth_date=dt.date(1991, 1, 1))])


def let_in(content: bytes, number: str = "L1", kind: Kind = "continued_review") -> Any:
    return accepted(read(REQUEST, content), number, kind, "131164")


def findings(content: bytes, **given: Any) -> list[str]:
    with pytest.raises(Refused) as refused:
        let_in(content, **given)
    return [str(finding) for finding in refused.value.findings]


def test_a_good_list_is_what_it_says() -> None:
    request = let_in(GOOD)
    assert (request.number, request.kind, request.income_year, request.base_date) == (
        "L1",
        "continued_review",
        2025,
        BASE,
    )
    first, _ = read(REQUEST, GOOD).rows
    assert first == row(1)


@pytest.mark.parametrize(
    ("kind", "due"),
    [
        ("continued_review", dt.date(2026, 7, 3)),
        ("unpaid_premium", dt.date(2026, 7, 3)),
        ("support_benefit", dt.date(2026, 7, 31)),
    ],
)
def test_each_kind_has_its_day(kind: Kind, due: dt.date) -> None:
    assert let_in(a_list(kind, "L1", [row(1)]), kind=kind).due_on == due


RECORDS = GOOD.split(END_OF_RECORD)[:-1]


def records(*of: bytes) -> bytes:
    return b"".join(one + END_OF_RECORD for one in of)


@pytest.mark.parametrize(
    ("content", "finding"),
    [
        (b"", "file: a file has a header and a trailer"),
        (GOOD[:-2], "line 4: the last record ends with CR LF like every other"),
        (b"\xef\xbb\xbf" + GOOD, "file: no byte order mark"),
        (records(RECORDS[0], RECORDS[1][:-1], *RECORDS[2:]), f"line 2: a record has {REQUEST.length} bytes"),
        (records(RECORDS[0], RECORDS[1][:100] + b"\n" + RECORDS[1][101:], *RECORDS[2:]), "line 2, name: no control characters"),
        (records(RECORDS[0], RECORDS[1][:100] + END_OF_RECORD + RECORDS[1][102:], *RECORDS[2:]), f"line 2: a record has {REQUEST.length} bytes"),
        (records(RECORDS[0], RECORDS[3]), "file: there is at least one data record"),
        (records(*RECORDS[:2], RECORDS[3]), "line 3, rows: the trailer counts the data records"),
        (records(*RECORDS[:3]), "line 3: this record begins with T"),
        (records(RECORDS[0].replace(b"131164", b"131130"), *RECORDS[1:]), "line 1, municipality: lists of 131164 only"),
        (records(RECORDS[0].replace(b"L1", b"L2"), *RECORDS[1:]), "line 1, number: the number that was given with the file"),
        (records(RECORDS[0], RECORDS[1].replace(b"19900510", b"19900532"), *RECORDS[2:]), "line 2, birth_date: a civil date YYYYMMDD, zeros for none"),
        (records(RECORDS[0], RECORDS[1].replace(b"19900510", b"00000000"), *RECORDS[2:]), "line 2, birth_date: a date"),
        (records(RECORDS[0], RECORDS[1][:90] + b"\x81" + b"\x20" + RECORDS[1][92:], *RECORDS[2:]), "line 2, name: characters of cp932"),
        (a_list("continued_review", "L1", [row(1), row(3)]), "line 3, line: numbered from 1 without a gap"),
        (a_list("continued_review", "L1", [row(1), row(2)]), "line 3: the same as line 2"),
        (a_list("continued_review", "L1", [row(1, sex=3)]), "line 2, sex: 1, 2 or 9"),
        (a_list("continued_review", "L1", [row(1, name_kana="")]), "line 2, name_kana: a reading or a name"),
        (a_list("unpaid_premium", "L1", [row(1)]), "line 1, kind: kind 01 (継続免除審査対象者)"),
        ("コード".encode() * 300, "line 1: the last record ends with CR LF like every other"),
    ],
)  # fmt: skip
def test_a_bad_list_is_refused_whole_by_line_field_and_rule(content: bytes, finding: str) -> None:
    assert finding in findings(content)


def test_a_verdict_shows_no_value() -> None:
    bad = a_list("continued_review", "L1", [row(1, sex=3)])
    assert not any("ｶｸｳ" in one or "1990" in one for one in findings(bad))


TEXT = st.text(st.sampled_from("架空見本例一二三区町123 ｶｸｳﾚｲ-"), max_size=12).map(str.strip)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "basic_pension_number": st.integers(0, 9_999_999_999),
            "birth_date": st.none() | st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)),
            "sex": st.sampled_from([1, 2, 9]),
            "name_kana": TEXT,
            "name": TEXT,
            "address": TEXT,
        }
    ),
    min_size=1,
    max_size=5,
)


@given(ROWS)
def test_what_is_written_is_read_back(rows: list[dict[str, Any]]) -> None:
    numbered = [one | {"line": number} for number, one in enumerate(rows, 1)]
    header = {
        "layout": REQUEST.name,
        "municipality": "131164",
        "kind": 1,
        "number": "L1",
        "made_on": MADE,
        "income_year": 2025,
        "base_date": BASE,
    }
    content = write(REQUEST, header, numbered)
    found = read(REQUEST, content)
    assert (dict(found.header), [dict(one) for one in found.rows]) == (header, numbered)
    assert write(REQUEST, found.header, found.rows) == content


def test_what_the_character_set_can_not_hold_is_named_and_nothing_is_written() -> None:
    with pytest.raises(Refused, match=r"line 2, name: cp932 does not have U\+20BB7"):
        a_list("continued_review", "L1", [row(1, name="𠮷野")])
    with pytest.raises(Refused, match="line 2, name: at most 80 bytes"):
        a_list("continued_review", "L1", [row(1, name="架" * 41)])


# ---- what a row comes to ---------------------------------------------------------------------------------------------


def assessed(state: Any, yen: int | None = None, **items: Any) -> TaxAssessed:
    record = TaxRecord(total_income_yen=yen, **items) if yen is not None else None
    return TaxAssessed(tax_year=2026, version=1, state=state, record=record)


def found(own: TaxAssessed | None, *household: Member, **given: Any) -> Row:
    return Row(1, 1234567890, "match", 10000001, own=Member("self", own), household=household, **given)


@pytest.mark.parametrize(
    ("row_", "said"),
    [
        (found(assessed("declared", 1)), "declared"),
        (found(assessed("undeclared")), "undeclared"),
        (found(assessed("not_required")), "not_required"),
        (found(assessed("other_municipality")), "other_municipality"),
        (found(None), "not_known"),
        (found(assessed("declared", 1), inside=False), "withheld"),
        (Row(1, 0, "none"), "no_match"),
        (Row(1, 0, "ambiguous"), "no_match"),
    ],
)
def test_the_states_of_an_answer_are_kept_apart(row_: Row, said: str) -> None:
    assert status(row_) == said
    assert answer("continued_review", row_)["status"] == STATUS[said]


def test_nothing_is_told_of_somebody_outside_or_not_found() -> None:
    wife = Member("spouse", assessed("declared", 5_000_000))
    for untold in (found(assessed("declared", 3_000_000), wife, inside=False), Row(1, 0, "none")):
        values = answer("continued_review", untold)
        assert {values[f"{who}_total_income"] for who in ("own", "spouse", "householder")} == {0}
        benefit = answer("support_benefit", untold)
        assert (benefit["members"], benefit["tax_flags"], benefit["own_total_income"]) == (0, "", 0)


def test_an_answer_has_the_incomes_of_person_spouse_and_householder() -> None:
    own = assessed(
        "declared",
        640_000,
        dependants_general=2,
        dependants_16_18=1,
        deductible_spouse="from_70",
        medical_yen=5,
        widow=True,
    )
    values = answer("continued_review", found(own, Member("householder", assessed("declared", -20)), protected=True))
    assert (values["own_total_income"], values["own_dependants_general"], values["own_dependants_16_18"]) == (
        640_000,
        1,
        1,
    )
    assert (values["own_spouse_70"], values["own_medical"], values["own_flags"], values["protected"]) == (
        2,
        5,
        "100",
        1,
    )
    assert (values["householder_status"], values["householder_total_income"]) == (1, -20)
    assert (values["spouse_status"], values["spouse_total_income"]) == (STATUS["no_match"], 0)
    assert len(write(ANSWER, HEAD, [values]).split(END_OF_RECORD)[1]) == ANSWER.length


HEAD = {
    "layout": "x",
    "municipality": "131164",
    "kind": 1,
    "number": "L1",
    "made_on": MADE,
    "income_year": 2025,
    "base_date": BASE,
}


def test_the_support_benefit_has_the_tax_flag_of_every_member_the_person_first() -> None:
    own = assessed("declared", 300_000, public_pension_receipts_yen=900_000, municipal_tax="exempt")
    others = [
        Member("householder", assessed("declared", 1, municipal_tax="income_based")),
        Member("other", assessed("declared", 1)),
        Member("other", None),
    ]
    values = answer("support_benefit", found(own, *others))
    assert (values["members"], values["tax_flags"], values["own_pension_receipts"]) == (4, "0299", 900_000)
    assert write(BENEFIT_ANSWER, HEAD, [values])


@pytest.mark.parametrize("kind", KINDS)
def test_every_layout_is_a_named_draft(kind: Kind) -> None:
    assert {REQUEST.confidence, answer_layout(kind).confidence} == {"draft"}


def test_every_row_is_answered_unmatched_or_withheld() -> None:
    said: list[Any] = ["declared", "undeclared", "not_known", "no_match", "withheld"]
    counted = accounts(said, 5)
    assert (counted.answered, counted.unmatched, counted.withheld, counted.agree) == (3, 1, 1, True)
    assert not accounts(said[:-1], 5).agree
