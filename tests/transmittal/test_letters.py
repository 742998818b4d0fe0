"""Letters to people: about a filing, or one they have still to make; where they go, and what they never show."""

import datetime as dt
from typing import Any

import pytest
from contracts.doors.incomes import CaseIncomes, IncomeShown
from contracts.doors.registry import Addressee
from contracts.events.eligibility import FilingReceived
from contracts.events.income import TaxRecord
from transmittal import paper
from transmittal.letters import (
    REMINDED,
    Letter,
    MailTo,
    NotForThis,
    Unmade,
    income_statements,
    letter,
    reachable,
    reminder,
)

from tests.transmittal.pdfs import text_of
from tests.transmittal.test_paper import ADDRESS, DAY, PERSON, SPOUSE, person


def posted(*written: Letter) -> bytes:
    """These letters as one document."""
    ((_, document),) = paper.letters(written, "letters", "豊島区", DAY)
    return document


def received(**given: Any) -> FilingReceived:
    fields: dict[str, Any] = {
        "filing": "F-1", "received_on": dt.date(2026, 7, 6), "office": "honcho", "channel": "counter", "state": "accepted", "route": "send",
        "kind": "student",
    }  # fmt: skip
    return FilingReceived(**fields | given)


def test_a_receipt_goes_to_the_residence_or_where_the_clerk_says() -> None:
    lacking = received(missing_papers=("student_proof",))
    at_home = letter("receipt", lacking, None, person(PERSON))
    assert (at_home.name, at_home.address, at_home.no_window) == ("架空　太郎", ADDRESS, "")
    text = text_of(posted(at_home))
    for said in ("受付控", "架空　太郎　様", "F-1", "令和8年7月6日", "国民年金保険料学生納付特例申請書", "在学の証明"):
        assert said in text
    elsewhere = letter("receipt", lacking, None, person(PERSON), MailTo("架空　代理", "架空市架空町１－１"))
    assert (elsewhere.name, elsewhere.address) == ("架空　代理", "架空市架空町１－１")


def test_a_protected_person_s_letter_shows_no_address_wherever_it_goes() -> None:
    protected = person(PERSON).model_copy(update={"protected": True})
    for mail_to in (None, MailTo("架空　代理", "架空市架空町１－１")):
        written = letter("receipt", received(), None, protected, mail_to)
        text = text_of(posted(written))
        assert "窓付き封筒は使用できません" in text
        assert ADDRESS.splitlines()[0] not in text
        assert "架空市" not in text


def test_a_letter_names_what_its_font_can_not_draw() -> None:
    written = letter("receipt", received(), None, person(PERSON, "\U0001f600子"))
    assert "〓は U+1F600" in text_of(posted(written))


def test_a_letter_to_nobody_that_the_register_knows_is_not_written() -> None:
    unknown = person(PERSON).model_copy(update={"resident": None})
    with pytest.raises(NotForThis, match="氏名・住所がありません"):
        letter("receipt", received(), None, unknown)
    assert letter("receipt", received(), None, unknown, MailTo("架空　代理", "架空市架空町１－１")).name == "架空　代理"


def test_a_letter_with_nothing_to_say_is_not_written() -> None:
    with pytest.raises(NotForThis, match="不足はありません"):
        letter("missing-papers", received(), None, person(PERSON))
    with pytest.raises(NotForThis, match="返戻されていません"):
        letter("returned", received(), None, person(PERSON))
    assert ("返戻の理由（コード）", "wrong-period") in letter(
        "returned", received(), "wrong-period", person(PERSON)
    ).rows
    assert ("不足している書類", "在学の証明") in letter(
        "missing-papers", received(missing_papers=("student_proof",)), None, person(PERSON)
    ).rows


def test_whoever_did_not_declare_an_income_gets_a_form_to_state_it_on() -> None:
    told = CaseIncomes(
        case="F-1",
        incomes=(
            IncomeShown(role="applicant", addressee=PERSON, state="undeclared"),
            IncomeShown(role="spouse", addressee=SPOUSE, state="declared", record=TaxRecord(total_income_yen=0)),
            IncomeShown(role="householder", addressee=10000003),
        ),
    )
    people = {
        n: person(n, name) for n, name in ((PERSON, "架空　太郎"), (SPOUSE, "架空　花子"), (10000003, "架空　父"))
    }
    mine, father = income_statements(received(kind="exemption"), told, 2026, people)
    assert (mine.name, father.name) == ("架空　太郎", "架空　父")
    assert ("所得の年", "令和7年分") in mine.rows
    assert ("申請における立場", "世帯主") in father.rows
    text = text_of(posted(mine, father))
    assert text.count("所得の申立書") == 2
    assert text.count("署名") >= 2
    # one whom the register does not know holds nobody back: the form leaves room for name and address
    mine, unknown = income_statements(
        received(kind="exemption"), told, 2026, people | {10000003: Addressee(addressee=10000003)}
    )
    assert (mine.name, unknown.name, unknown.address) == ("架空　太郎", "", "")
    assert ("申請における立場", "世帯主") in unknown.rows
    known = told.model_copy(update={"incomes": told.incomes[1:2]})
    with pytest.raises(NotForThis, match="申告がない方はいません"):
        income_statements(received(kind="exemption"), known, 2026, people)


def test_a_reminder_names_every_filing_with_its_day() -> None:
    filings = [Unmade(hint, dt.date(2026, 4, 1), None) for hint in REMINDED]
    filings[0] = filings[0]._replace(due_on=dt.date(2026, 4, 15))
    written = reminder(person(PERSON), filings)
    text = text_of(posted(written)).replace("\r\n", "")
    assert all(words.replace("\n", "") in text for words in REMINDED.values())
    assert "令和8年4月1日から（届出期限　令和8年4月15日）" in text
    assert reachable(person(PERSON))
    nowhere = person(PERSON).model_copy(update={"resident": None})
    assert not reachable(nowhere)
    assert not reachable(nowhere.model_copy(update={"protected": True}))
    without = person(PERSON).resident
    assert without is not None
    no_address = person(PERSON).model_copy(update={"resident": without.model_copy(update={"address": None})})
    assert not reachable(no_address)
    assert reachable(no_address.model_copy(update={"protected": True}))
