"""Does the desk ask of each form what the form has, read what a clerk types as it is meant, and say what is wrong with the rest?"""

from typing import Any, get_args

import pytest
from cli.town import write_town
from console import forms
from contracts.decoder import decode
from contracts.events.filing import FilingEntered
from contracts.events.forms import Paper
from contracts.purposes import PURPOSE_OF
from eligibility.rules.papers import missing_papers


@pytest.fixture(scope="module")
def entered(tmp_path_factory: pytest.TempPathFactory) -> list[FilingEntered]:
    """Every filing of a made-up town: each kind is among them."""
    folder = tmp_path_factory.mktemp("town")
    write_town(60, 1, folder)
    lines = (folder / "filings.jsonl").read_bytes().splitlines()
    return [data for line in lines if isinstance(data := _data(line), FilingEntered)]


def _data(line: bytes) -> Any:
    return decode("filings", line).data


def test_every_form_of_the_contracts_can_be_received() -> None:
    offered = [kind for _, group in forms.kinds() for kind in group]
    assert sorted(offered) == sorted(PURPOSE_OF)
    assert len(offered) == len(set(offered)) == 32


@pytest.mark.parametrize("kind", forms.FORMS)
def test_a_form_has_a_box_for_each_of_its_items_and_no_other(kind: str) -> None:
    names = [box.name for box in forms.boxes(kind)]
    assert sorted([*names, "kind"]) == sorted(forms.FORMS[kind].model_fields)
    assert names[0] == "basic_pension_number", "the person's number stands first, as on the paper"
    assert names[-1] == "papers"
    for box in forms.boxes(kind):
        assert box.label
        assert box.label != box.name
        assert bool(box.choices or box.seldom) == (box.kind in ("choice", "choices"))
        assert all(word != value for value, word in box.choices), "a code is never shown to a clerk"


def test_any_paper_may_come_with_any_form_and_those_that_must_come_stand_first(entered: list[FilingEntered]) -> None:
    for kind in forms.FORMS:
        papers = forms.boxes(kind)[-1]
        assert sorted(code for code, _ in (*papers.choices, *papers.seldom)) == sorted(get_args(Paper))
    needed = set()
    for one in entered:
        bare = one.content.model_copy(update={"papers": ()})
        first = {code for code, _ in forms.boxes(bare.kind)[-1].choices}
        assert set(missing_papers(bare)) <= first, bare.kind
        needed |= {bare.kind} if missing_papers(bare) else set()
    assert len(needed) > 8


def test_what_stands_in_the_boxes_is_read_as_it_was_entered(entered: list[FilingEntered]) -> None:
    assert {one.content.kind for one in entered} == set(PURPOSE_OF)
    for one in entered:
        kind = one.content.kind
        assert forms.read(kind, forms.filled(kind, one.content)).content == one.content
        evidence, wrong = forms.read_evidence(forms.filled_evidence(one.evidence))
        assert (evidence, wrong) == (one.evidence, {})


def test_what_a_form_says_is_in_words(entered: list[FilingEntered]) -> None:
    for one in entered:
        said = forms.words(one.content)
        given = one.content.model_dump(exclude_none=True, exclude_defaults=True, exclude={"kind"})
        assert len({label for label, _ in said}) >= len(given)
        assert all("_" not in text for _, text in said), said


def test_two_readings_differ_in_the_boxes_in_which_they_differ(entered: list[FilingEntered]) -> None:
    maternity = next(one.content for one in entered if one.content.kind == "maternity")
    assert forms.differences(maternity, maternity) == frozenset()
    other = maternity.model_copy(update={"multiple": not maternity.multiple})
    assert forms.differences(maternity, other) == {"多胎"}
    assert forms.differences(other, maternity) == {"多胎"}


MONTHS = {"first_month": ["R8.7"], "last_month": ["令和9年6月"], "schemes": ["full", "deferral"]}
GROUND = {"ground-0": ["unemployed"], "role-0": ["applicant"], "on-0": ["R8.5.1"]}


def read(kind: str, **typed: list[str]) -> forms.Typed:
    return forms.read(kind, typed)


def test_days_and_months_may_be_typed_by_era_and_numbers_in_any_width() -> None:
    content: Any = read("exemption", **MONTHS, basic_pension_number=["１２３４－５６７８９０"]).content
    assert (str(content.first_month), str(content.last_month)) == ("2026-07", "2027-06")
    assert content.basic_pension_number == "1234567890"


def test_grounds_are_rows_of_which_the_empty_ones_count_nothing() -> None:
    content: Any = read("exemption", **MONTHS, **GROUND).content
    assert [(one.ground, one.role, str(one.on)) for one in content.hardships] == [
        ("unemployed", "applicant", "2026-05-01")
    ]


@pytest.mark.parametrize(
    ("kind", "typed", "wrong"),
    [
        ("loss", {}, {"reason": "入力", "fact_on": "入力"}),
        ("loss", {"reason": ["departure_overseas"], "fact_on": ["R8.13.1"]}, {"fact_on": "ない日付"}),
        ("loss", {"reason": ["holiday"], "fact_on": ["R8.1.1"]}, {"reason": "選択肢"}),
        ("loss", {"reason": ["other"], "fact_on": ["R8.1.1"], "basic_pension_number": ["12"]}, {"basic_pension_number": "形式"}),
        ("loss", {"reason": ["other"], "fact_on": ["R8.1.1"], "basic_pension_number": ["abc"]}, {"basic_pension_number": "数字"}),
        ("exemption", MONTHS | {"last_month": ["R9.7"]}, {"": "一つの年度"}),
        ("exemption", MONTHS | {"last_month": ["R8.6"]}, {"": "始期より前"}),
        ("exemption", MONTHS | {"schemes": []}, {"schemes": "一つ以上"}),
        ("exemption", MONTHS | {"schemes": ["student"]}, {"": "学生"}),
        ("exemption", MONTHS | {"spouse": ["10000002"]}, {"": "配偶者の有無"}),
        ("exemption", MONTHS | {"spouse": ["123456789012"], "has_spouse": ["on"]}, {"spouse": "12桁"}),
        ("exemption", MONTHS | GROUND | {"on-0": [""]}, {"hardships": "日付"}),
        ("exemption", MONTHS | GROUND | {"role-0": [""]}, {"hardships": "入力"}),
        ("maternity", {}, {"": "どちらか一方"}),
        ("maternity", {"due_on": ["R8.7.1"], "born_on": ["R8.7.1"]}, {"": "どちらか一方"}),
        ("childcare", {"child_born_on": ["R8.10.5"], "relation": ["adoptive_parent"]}, {"": "養親"}),
        ("voluntary_entry", {"membership": ["voluntary_60_64"]}, {"": "口座振替"}),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_box(kind: str, typed: dict[str, list[str]], wrong: dict[str, str]) -> None:
    found = forms.read(kind, typed)
    assert found.content is None
    assert found.errors.keys() == wrong.keys()
    for name, part in wrong.items():
        assert part in found.errors[name]
        assert not name or forms.label_of(kind, name)


def test_no_sentence_about_a_mistake_repeats_what_was_typed() -> None:
    typed = {
        name: ["架空太郎"] for name in ("reason", "fact_on", "basic_pension_number", "papers", "my_number_receipt")
    }
    assert all("架空" not in sentence for sentence in forms.read("loss", typed).errors.values())


def test_evidence_may_be_added_later_but_not_half() -> None:
    assert forms.read_evidence({}) == (None, {})
    evidence, wrong = forms.read_evidence({"filed_by": ["self"]})
    assert evidence is None
    assert wrong.keys() == {"number_check", "identity_check"}


def test_an_empty_application_asks_for_all_schemes_but_the_students() -> None:
    assert forms.defaults("exemption") == {"schemes": ["full", "deferral", "three_quarter", "half", "quarter"]}
    assert forms.defaults("loss") == {}
    schemes = next(box for box in forms.boxes("exemption") if box.name == "schemes")
    assert [value for value, _ in schemes.choices] == ["full", "three_quarter", "half", "quarter", "deferral"]
