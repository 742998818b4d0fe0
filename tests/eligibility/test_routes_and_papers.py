"""Whose affair is a paper (NPA 12条4項, NPO 1条の2), and what must come with it?"""

import json
from typing import Any, get_args

import pytest
from contracts.events import forms
from contracts.events.forms import BenefitForm, FilingContent, Form, PremiumForm, StatusForm
from eligibility.rules.papers import missing_papers
from eligibility.rules.route import route
from pydantic import TypeAdapter

READ: TypeAdapter[Form] = TypeAdapter(FilingContent)
DAY, MONTHS = "2026-10-14", {"first_month": "2026-07", "last_month": "2027-06"}
DIED = {"died_on": DAY}

# form, way, provision
ROUTES: list[tuple[dict[str, Any], str, str]] = [
    ({"kind": "acquisition", "reason": "other", "fact_on": DAY}, "report", "NPR 9条1項"),
    ({"kind": "category_change", "reason": "divorce", "fact_on": DAY}, "report", "NPR 9条1項"),
    ({"kind": "loss", "reason": "exclusion", "fact_on": DAY}, "report", "NPR 9条1項"),
    ({"kind": "death", **DIED}, "report", "NPA 105条4項"),
    ({"kind": "name_change", "changed_on": DAY, "identity_data_held": "no"}, "report", "NPR 7条1項"),
    ({"kind": "name_change", "changed_on": DAY, "identity_data_held": "yes"}, "keep", "NPR 7条1項"),
    ({"kind": "address_change", "changed_on": DAY, "identity_data_held": "unknown"}, "report", "NPR 8条1項"),
    ({"kind": "address_change", "changed_on": DAY, "identity_data_held": "yes"}, "keep", "NPR 8条1項"),
    ({"kind": "number_notice_reissue", "reason": "lost"}, "forward", "NPR 11条"),
    ({"kind": "voluntary_entry", "membership": "voluntary_overseas"}, "send", "1号"),
    ({"kind": "voluntary_withdrawal"}, "send", "1号"),
    ({"kind": "maternity", "due_on": DAY}, "send", "10号"),
    ({"kind": "childcare", "child_born_on": DAY, "relation": "father"}, "send", "10号"),
    ({"kind": "statutory_start", "ground": "sanatorium", "arose_on": DAY}, "send", "10号"),
    ({"kind": "statutory_end", "ground": "sanatorium", "ended_on": DAY}, "send", "10号"),
    ({"kind": "pay_despite_exemption", "first_month": "2026-07"}, "send", "8号"),
    ({"kind": "exemption", **MONTHS}, "send", "9号"),
    ({"kind": "student", "first_month": "2026-04", "last_month": "2027-03", "school": "s"}, "send", "9号"),
    ({"kind": "exemption_cancellation"}, "send", "9号"),
    ({"kind": "student_end"}, "send", "10号"),
    ({"kind": "spouse_change", "changed_on": DAY, "has_spouse": False}, "send", "10号"),
    ({"kind": "additional_start"}, "send", "7号"),
    ({"kind": "additional_stop"}, "send", "7号"),
    ({"kind": "farmers_pension", "event": "joined", "on": DAY}, "forward", "78条の5"),
    # old age: only who was never anything but category 1
    ({"kind": "old_age_claim", "other_periods": "no"}, "send", "3号イ"),
    ({"kind": "old_age_claim", "other_periods": "yes"}, "forward", "3号イ"),
    ({"kind": "old_age_claim", "other_periods": "unknown"}, "forward", "3号イ"),
    # disability: by what the person was on the day of the first visit
    *[
        ({"kind": "disability_claim", "first_visit_on": DAY, "first_visit_as": visit}, way, "3号ハ")
        for visit, way in [
            ("category1", "send"), ("age_60_64_in_japan", "send"), ("before_20", "send"), ("category2", "forward"),
            ("category3", "forward"),
        ]
    ],
    *[
        ({"kind": "survivors_claim", **DIED, "deceased_as": status, "relation": "spouse"}, way, "3号ニ")
        for status, way in [
            ("category1", "send"), ("formerly_60_64", "forward"), ("old_age_25_years", "forward"), ("other", "forward"),
        ]
    ],
    ({"kind": "widows_pension_claim", **DIED, "married_on": "1996-11-22"}, "send", "3号ホ"),
    ({"kind": "death_lump_sum_claim", **DIED, "relation": "spouse"}, "send", "3号ヘ"),
    # unpaid pension: never of an old-age pension; of a disability pension also with a first visit as category 3
    ({"kind": "unpaid_pension_claim", **DIED, "relation": "child", "pension": "old_age"}, "forward", "4号"),
    ({"kind": "unpaid_pension_claim", **DIED, "relation": "child", "pension": "survivors"}, "send", "4号"),
    ({"kind": "unpaid_pension_claim", **DIED, "relation": "child", "pension": "widow"}, "send", "4号"),
    ({"kind": "unpaid_pension_claim", **DIED, "relation": "child", "pension": "disability"}, "forward", "4号"),
    *[
        ({"kind": "unpaid_pension_claim", **DIED, "relation": "child", "pension": "disability", "first_visit_as": visit},
         way, "4号")
        for visit, way in [("category1", "send"), ("category3", "send"), ("category2", "forward")]
    ],
    # papers of pensioners
    ({"kind": "recipient", "about": "amount_revision", "pension": "disability", "first_visit_as": "before_20"}, "send", "6号"),
    ({"kind": "recipient", "about": "amount_revision", "pension": "survivors"}, "forward", "6号"),
    ({"kind": "recipient", "about": "income_report", "pension": "disability", "first_visit_as": "before_20"}, "send", "10号"),
    ({"kind": "recipient", "about": "choice", "pension": "widow"}, "send", "5号"),
    ({"kind": "recipient", "about": "whereabouts", "pension": "survivors"}, "send", "5号"),
    ({"kind": "recipient", "about": "death", "pension": "old_age"}, "forward", "10号"),
    ({"kind": "welfare_old_age", "certificate": "X1", "about": "claim"}, "send", "老齢福祉年金"),
    ({"kind": "welfare_old_age", "certificate": "X1", "about": "yearly_income"}, "forward", "老齢福祉年金"),
    ({"kind": "special_disability_claim", "formerly": "student", "first_visit_on": "1990-02-01"}, "send", "6条3項"),
    ({"kind": "support_benefit_claim", "pension": "old_age", "tied_to_municipal_pension": "yes"}, "send", "15条1項"),
    ({"kind": "support_benefit_claim", "pension": "old_age", "tied_to_municipal_pension": "no"}, "forward", "15条1項"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("form", "way", "provision"), ROUTES, ids=lambda value: value if isinstance(value, str) else None
)
def test_the_way_of_a_paper(form: dict[str, Any], way: str, provision: str) -> None:
    found = route(_read(form))
    assert found.way == way
    assert provision in found.article


def test_every_form_has_a_way() -> None:
    kinds = {get_args(form.model_fields["kind"].annotation)[0] for union in (StatusForm, PremiumForm, BenefitForm)
             for form in get_args(union)}  # fmt: skip
    assert {form["kind"] for form, _, _ in ROUTES} == kinds


@pytest.mark.parametrize(
    ("form", "papers"),
    [
        ({"kind": "student", "first_month": "2026-04", "last_month": "2027-03", "school": "s"}, ("student_proof",)),
        ({"kind": "disability_claim", "first_visit_on": DAY, "first_visit_as": "category1"},
         ("medical_certificate", "medical_history_statement", "first_visit_proof")),
        ({"kind": "acquisition", "reason": "end_of_exclusion", "fact_on": DAY}, ("end_of_exclusion_proof",)),
        ({"kind": "acquisition", "reason": "other", "fact_on": DAY}, ()),
        ({"kind": "maternity", "due_on": DAY}, ("due_date_proof",)),
        ({"kind": "maternity", "due_on": DAY, "multiple": True}, ("due_date_proof", "multiple_pregnancy_proof")),
        ({"kind": "maternity", "born_on": DAY}, ()),  # the register shows the birth
        ({"kind": "voluntary_entry", "membership": "voluntary_overseas"}, ("certificate_of_residence_abroad",)),
        ({"kind": "voluntary_entry", "membership": "special_voluntary", "account_transfer": "wished"}, ()),
        ({"kind": "exemption", **MONTHS}, ()),
        ({"kind": "exemption", **MONTHS, "has_spouse": True, "hardships": [
            {"ground": "unemployed", "role": "applicant", "on": DAY}, {"ground": "dv_excluded", "role": "spouse"},
            {"ground": "other_public_assistance", "role": "applicant"}]}, ("job_loss_proof", "violence_certificate")),
        ({"kind": "recipient", "about": "amount_revision", "pension": "disability"}, ("medical_certificate",)),
        ({"kind": "recipient", "about": "name", "pension": "disability"}, ()),
        ({"kind": "welfare_old_age", "certificate": "X1", "about": "disaster_relief"}, ("disaster_proof",)),
        ({"kind": "old_age_claim", "other_periods": "unknown"}, ("pension_number_proof",)),
        ({"kind": "old_age_claim", "other_periods": "no"}, ()),
    ],
)  # fmt: skip
def test_what_must_come_with_a_form(form: dict[str, Any], papers: tuple[str, ...]) -> None:
    assert missing_papers(_read(form)) == papers
    assert missing_papers(_read({**form, "papers": list(papers)})) == ()
    if papers:
        assert missing_papers(_read({**form, "papers": list(papers[1:])})) == papers[:1]


def _read(form: dict[str, Any]) -> Any:
    return READ.validate_json(json.dumps(form))


def test_a_form_holds_its_items_and_no_others() -> None:
    with pytest.raises(ValueError, match="Extra inputs"):
        _read({"kind": "additional_start", "name": "架空 例一"})
    for union in (StatusForm, PremiumForm, BenefitForm):
        for form in get_args(union):
            assert not {"name", "address", "my_number", "bank", "disease_name"} & set(form.model_fields)
    assert forms.Form.model_config["extra"] == "forbid"
