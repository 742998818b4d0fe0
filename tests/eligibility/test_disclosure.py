"""Every member of every fact has its words in a disclosure, or is named as somebody else's, as staff's, or as none of the person."""

import typing
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from contracts.events.forms import ExemptionApplication
from contracts.events.income import TaxAssessed, TaxRecord
from contracts.events.notice import MembershipNotified
from contracts.events.registry import NonResidentRecord, ResidentRecord
from contracts.members import LABELS, TEXTS, in_words
from contracts.vocabulary import Month
from eligibility import disclosure
from eligibility.disclosure import INNER, OTHERS, STAFF, items
from eligibility.facts import KINDS
from pydantic import BaseModel

from tests.events import day

SHOWN: tuple[type[BaseModel], ...] = (*KINDS.values(), ResidentRecord, NonResidentRecord, TaxAssessed)


def models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in typing.get_args(annotation):
        yield from models(argument)


def members(model: type[BaseModel]) -> Iterator[tuple[str, Any]]:
    """Name and type of everything in a model that holds no more members, at any depth."""
    for name, field in model.model_fields.items():
        within = list(models(field.annotation))
        for one in within:
            yield from members(one)
        if not within:
            yield name, field.annotation


def codes(annotation: Any) -> Iterator[Any]:
    if typing.get_origin(annotation) is typing.Literal:
        yield from typing.get_args(annotation)
    else:
        for argument in typing.get_args(annotation):
            yield from codes(argument)


@pytest.mark.parametrize("model", SHOWN, ids=lambda model: model.__name__)
def test_every_member_is_called_something_or_withheld_by_name(model: type[BaseModel]) -> None:
    for name, annotation in members(model):
        places = [name in place for place in (LABELS, OTHERS, STAFF, INNER)]
        assert sum(places) == 1, name
        if name in LABELS and name not in TEXTS:
            for code in codes(annotation):
                assert in_words(name, code) != code, name


def test_a_new_member_would_be_found() -> None:
    class Told(BaseModel):
        shoe_size: int

    ((name, _),) = members(Told)
    assert not any(name in place for place in (LABELS, OTHERS, STAFF, INNER))
    with pytest.raises(KeyError):
        dict(items("Told", {"shoe_size": 27}))


def test_labels_are_those_of_somebody() -> None:
    known = {name for model in SHOWN for name, _ in members(model)}
    assert set(LABELS) | OTHERS | STAFF | INNER <= known


def test_what_is_told_reads_as_the_counter_speaks() -> None:
    told = MembershipNotified(version=3, category=1, acquired_on=day("2010-04-01"))
    assert dict(items("MembershipNotified", told.model_dump())) == {
        "被保険者種別": "第1号被保険者", "資格取得日": "平成22年4月1日", "取消し": "いいえ",
    }  # fmt: skip
    taxed = TaxAssessed(tax_year=2026, version=1, state="declared", record=TaxRecord(total_income_yen=543_210))
    lines = dict(items("TaxAssessed", taxed.model_dump()))
    assert lines["合計所得金額"] == "543,210円"
    assert lines["申告の状況"] == "申告あり"


def test_a_name_that_is_a_code_stays_a_name() -> None:
    assert in_words("name", "death") == "death"


def test_what_concerns_somebody_else_is_left_out() -> None:
    form: Mapping[str, Any] = {
        "kind": "exemption", "first_month": Month(2026, 7), "last_month": Month(2027, 6), "has_spouse": True, "spouse": 10000002,
        "hardships": [{"role": "spouse", "ground": "unemployed", "on": "2026-05-01"}, {"role": "applicant", "ground": "disaster", "on": "2026-05-02"}],
    }  # fmt: skip
    content = ExemptionApplication.model_validate(form, strict=False).model_dump()
    lines = list(
        items("FilingEntered", {"received_on": day("2026-07-07"), "content": content, "entered_by": "clerk-1"})
    )
    said = " ".join(f"{label} {words}" for label, words in lines)
    assert "災害" in said
    assert "受付年月日 令和8年7月7日" in said
    assert "失業" not in said
    assert "10000002" not in said
    assert "clerk-1" not in said
    assert disclosure.OTHERS.isdisjoint(LABELS)
