"""Which boxes does each form have on the screen, in the order of the paper, and what did the clerk type into them?

The boxes are read off the shapes of the forms (`contracts.events.forms`): a form has an item here, or it has none. What was typed becomes
one of those shapes, or a sentence for each box that does not; nothing is guessed. Pure.
"""

import datetime as dt
import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from contracts.era import read_day, read_month
from contracts.events.filing import Evidence
from contracts.events.forms import BenefitForm, FilingContent, Form, Hardship, Paper, PremiumForm, StatusForm
from contracts.members import LABELS, in_words
from contracts.vocabulary import Channel, Model, Month
from pydantic import TypeAdapter, ValidationError

Kind = Literal["day", "month", "choice", "choices", "flag", "digits", "person", "text", "grounds"]
FORMS: dict[str, type[Form]] = {
    form.model_fields["kind"].annotation.__args__[0]: form
    for forms in (StatusForm, PremiumForm, BenefitForm)
    for form in get_args(forms)
}
GROUPS: tuple[tuple[str, object], ...] = (("資格", StatusForm), ("保険料", PremiumForm), ("給付", BenefitForm))
"""Forms as the counter offers them."""
CONTENT: TypeAdapter[FilingContent] = TypeAdapter(FilingContent)
GROUNDS = 3
"""Rows for grounds other than income (特例の事由): one each for applicant, spouse and householder is what a paper has room for."""
_FIRST, _LAST = ("basic_pension_number", "my_number_receipt"), ("papers",)
_FAMILY: tuple[Paper, ...] = ("family_register", "livelihood_proof", "relation_proof", "death_proof")
_DISABLED: tuple[Paper, ...] = ("medical_certificate", "medical_history_statement", "first_visit_proof")
PAPERS: dict[str, tuple[Paper, ...]] = {
    "acquisition": ("end_of_exclusion_proof", "pension_number_proof"),
    "category_change": ("job_loss_proof", "relation_proof", "pension_number_proof"),
    "loss": ("certificate_of_residence_abroad",),
    "voluntary_entry": ("certificate_of_residence_abroad", "account_proof", "pension_number_proof"),
    "death": ("death_proof", "family_register", "pension_certificate"),
    "name_change": ("family_register", "pension_certificate"),
    "address_change": ("pension_certificate",),
    "maternity": ("due_date_proof", "birth_proof", "multiple_pregnancy_proof"),
    "childcare": ("birth_proof", "child_relation_proof", "family_register"),
    "statutory_start": ("pension_certificate",),
    "exemption": ("job_loss_proof", "disaster_proof", "violence_certificate", "spouse_statement", "income_certificate"),
    "student": ("student_proof", "school_course_proof", "job_loss_proof", "disaster_proof", "income_certificate"),
    "spouse_change": ("family_register", "spouse_statement"),
    "old_age_claim": ("pension_number_proof", *_FAMILY[:2], "income_certificate", "account_proof"),
    "disability_claim": (*_DISABLED, *_FAMILY[:2], "child_relation_proof", "income_certificate", "account_proof"),
    "survivors_claim": (*_FAMILY, "child_relation_proof", "income_certificate", "pension_certificate", "account_proof"),
    "widows_pension_claim": (*_FAMILY, "income_certificate", "pension_certificate", "account_proof"),
    "death_lump_sum_claim": (*_FAMILY, "account_proof"),
    "unpaid_pension_claim": (*_FAMILY, "pension_certificate", "account_proof"),
    "welfare_old_age": ("pension_certificate", "income_report", "disaster_proof"),
    "special_disability_claim": (*_DISABLED, "family_register", "spouse_statement", "student_proof", "account_proof"),
    "support_benefit_claim": ("income_certificate", "pension_certificate", "account_proof"),
    "recipient": ("medical_certificate", "income_report", "disaster_proof", "pension_certificate", "family_register"),
}
"""Papers that are brought with a form as a rule: they stand first. All others may come with any form."""
_PERSONS = frozenset({"spouse", "deceased", "pensioner"})
_CALLED = {
    "spouse": "配偶者の宛名番号",
    "deceased": "死亡した者の宛名番号",
    "pensioner": "受給者の宛名番号",
    "hardships": "所得以外の事由（特例）",
}


@dataclass(frozen=True)
class Box:
    """One item of a form: `name` is the member, `choices` value and word."""

    name: str
    kind: Kind
    label: str
    choices: tuple[tuple[str, str], ...] = ()
    needed: bool = True
    seldom: tuple[tuple[str, str], ...] = ()
    """Choices that are folded away below the others."""


def kinds() -> list[tuple[str, list[str]]]:
    """The kinds of filings, by group."""
    return [(title, [kind for kind, form in FORMS.items() if form in get_args(forms)]) for title, forms in GROUPS]


@cache
def boxes(kind: str) -> tuple[Box, ...]:
    """The items of a form: the person's number first, the papers last."""
    members = [name for name in FORMS[kind].model_fields if name not in ("kind", *_FIRST, *_LAST)]
    return tuple(_box(FORMS[kind], name) for name in (*_FIRST, *members, *_LAST))


def _box(form: type[Model], name: str) -> Box:
    info = form.model_fields[name]
    inner = _without_none(info.annotation)
    label = _CALLED.get(name) or LABELS[name]
    needed = info.is_required()
    if name == "hardships":
        return Box(name, "grounds", label, needed=False)
    if name in _PERSONS:
        return Box(name, "person", label, needed=needed)
    if name == "basic_pension_number":
        return Box(name, "digits", label, needed=False)
    if inner is bool:
        return Box(name, "flag", label, needed=False)
    if inner is dt.date:
        return Box(name, "day", label, needed=needed)
    if inner is Month:
        return Box(name, "month", label, needed=needed)
    if get_origin(inner) is tuple:
        choices = _choices(name, get_args(inner)[0])
        if name == "schemes":  # a student applies with a form of its own
            choices = tuple(one for one in choices if one[0] != "student")
        if name == "papers":
            usual = PAPERS.get(get_args(form.model_fields["kind"].annotation)[0], ())
            words, rest = dict(choices), tuple(one for one in choices if one[0] not in usual)
            return Box(name, "choices", label, tuple((one, words[one]) for one in usual), needed=False, seldom=rest)
        return Box(name, "choices", label, choices, needed=False)
    if get_origin(inner) is Literal:
        return Box(name, "choice", label, _choices(name, inner), needed=needed)
    return Box(name, "text", label, needed=needed)


def _choices(name: str, literal: Any) -> tuple[tuple[str, str], ...]:
    return tuple((str(value), in_words(name, value)) for value in get_args(literal))


def _without_none(annotation: Any) -> Any:
    """What a member holds where it holds something."""
    args = [one for one in get_args(annotation) if one is not NoneType]
    inner = args[0] if NoneType in get_args(annotation) else annotation
    return get_args(inner)[0] if hasattr(inner, "__metadata__") else inner


CHANNELS = tuple((value, in_words("channel", value)) for value in get_args(Channel))
EVIDENCE: tuple[Box, ...] = tuple(_box(Evidence, name) for name in Evidence.model_fields)
"""本人確認: who filed, how number and person were checked, by what right."""
GROUND_BOXES: tuple[Box, ...] = tuple(_box(Hardship, name) for name in Hardship.model_fields)


@dataclass(frozen=True)
class Typed:
    """What was typed: the content of the form, or a sentence for each box that is not as it should be ("" = the form as a whole)."""

    content: FilingContent | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


def read(kind: str, given: Mapping[str, Sequence[str]]) -> Typed:
    """The content of a form out of its boxes; `given` has the texts typed into each."""
    values, errors = _values(boxes(kind), given)
    if errors:
        return Typed(errors=errors)
    try:
        content = CONTENT.validate_json(json.dumps({"kind": kind, **values}))
    except ValidationError as error:
        return Typed(errors=dict(_sentences(error)))
    return Typed(content)


def read_evidence(given: Mapping[str, Sequence[str]]) -> tuple[Evidence | None, dict[str, str]]:
    """本人確認 out of its boxes; None where nothing was filled in, for it may be added later."""
    values, errors = _values(EVIDENCE, given)
    if errors or not values:
        return None, errors
    try:
        return Evidence.model_validate_json(json.dumps(values)), {}
    except ValidationError as error:
        return None, dict(_sentences(error))


def _values(of: Sequence[Box], given: Mapping[str, Sequence[str]]) -> tuple[dict[str, Any], dict[str, str]]:
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for box in of:
        try:
            value = _grounds(given) if box.kind == "grounds" else _value(box, given.get(box.name, ()))
        except ValueError as error:
            errors[box.name] = str(error)
            continue
        if value is not None:
            values[box.name] = value
    return values, errors


def _value(box: Box, texts: Sequence[str]) -> Any:
    """The value of a box as JSON has it; None where nothing was typed. ValueError, in a sentence, where it can't be read."""
    filled = [text.strip() for text in texts if text.strip()]
    if box.kind == "flag":
        return bool(filled)
    if box.kind == "choices":
        return filled
    if not filled:
        return None
    text = filled[0]
    match box.kind:
        case "day":
            return read_day(text).isoformat()
        case "month":
            return str(read_month(text))
        case "digits":
            return _digits(text)
        case "person":
            return int(_digits(text))
        case _:
            return unicodedata.normalize("NFKC", text)


def _digits(text: str) -> str:
    plain = "".join(unicodedata.normalize("NFKC", text).replace("-", "").split())
    if not (plain.isascii() and plain.isdigit()):
        raise ValueError("数字で入力してください。")
    return plain


def _grounds(given: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """Rows of grounds: `ground`, `role` and `on` of each row."""
    rows = []
    for number in range(GROUNDS):
        row = {}
        for box in GROUND_BOXES:
            value = _value(box, given.get(f"{box.name}-{number}", ()))
            if value is not None:
                row[box.name] = value
        if "ground" in row:
            rows.append(row)
    return rows


def defaults(kind: str) -> dict[str, list[str]]:
    """What is ticked on an empty form: all schemes of an application, of which the most favourable one is granted."""
    fields = FORMS[kind].model_fields
    return {
        box.name: list(fields[box.name].default)
        for box in boxes(kind)
        if box.kind == "choices" and fields[box.name].default
    }


def filled(kind: str, content: FilingContent) -> dict[str, list[str]]:
    """The texts that stand in the boxes of an entered form: `read` gives the same content back."""
    data = content.model_dump(mode="json", exclude_none=True)
    found: dict[str, list[str]] = {}
    for box in boxes(kind):
        value = data.get(box.name)
        if box.kind == "grounds":
            for number, row in enumerate(value or ()):
                found |= {f"{name}-{number}": [str(one)] for name, one in row.items()}
        elif box.kind == "flag":
            found[box.name] = ["on"] if value else []
        elif value is not None:
            found[box.name] = [str(one) for one in value] if isinstance(value, list) else [str(value)]
    return found


def filled_evidence(evidence: Evidence | None) -> dict[str, list[str]]:
    """The texts in the boxes of 本人確認."""
    data = evidence.model_dump(exclude_none=True) if evidence is not None else {}
    return {name: [value] for name, value in data.items()}


def evidence_words(evidence: Evidence | None) -> list[tuple[str, str]]:
    """Label and words of 本人確認."""
    return list(_words(EVIDENCE, evidence.model_dump(exclude_none=True))) if evidence is not None else []


def words(content: FilingContent) -> list[tuple[str, str]]:
    """Label and words of everything a form says, in the order of its boxes."""
    return list(_words(boxes(content.kind), content.model_dump(exclude_none=True)))


def _words(of: Sequence[Box], data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for box in of:
        value = data.get(box.name)
        if value in (None, (), False):
            continue
        if box.kind == "grounds":
            for row in value:
                yield box.label, "　".join(text for _, text in _words(GROUND_BOXES, row))
        elif isinstance(value, tuple):
            yield box.label, "、".join(in_words(box.name, one) for one in value)
        else:
            yield box.label, in_words(box.name, value)


def differences(one: FilingContent, other: FilingContent) -> frozenset[str]:
    """Labels of the boxes in which two readings of one paper differ."""
    first, second = (_by_label(content) for content in (one, other))
    return frozenset(label for label in first.keys() | second.keys() if first.get(label) != second.get(label))


def _by_label(content: FilingContent) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for label, text in words(content):
        found.setdefault(label, []).append(text)
    return found


def label_of(kind: str, name: str) -> str:
    """What a box of a reception is called; "" for the form as a whole."""
    known = {box.name: box.label for box in (*boxes(kind), *EVIDENCE)}
    return known.get(name) or LABELS.get(name, "")


ERRORS: dict[str, str] = {
    "missing": "入力してください。",
    "literal_error": "選択肢から選んでください。",
    "string_pattern_mismatch": "形式が違います。",
    "too_long": "多すぎます。",
    "too_short": "一つ以上選んでください。",
    "greater_than_equal": "小さすぎます。",
    "less_than": "大きすぎます。",
    "date_range": "明治より前か、遠すぎる日付です。",
    "addressee_length": "宛名番号は12桁ではありません（個人番号は入力できません）。",
    "account_transfer": "口座振替の希望は、国内の任意加入でだけ、必ず選びます。",
    "one_day": "出産予定日か出生年月日の、どちらか一方を入力してください。",
    "care_from": "養育を始めた日は、養親だけが、子の生年月日以後の日を入力します。",
    "month_order": "終期が始期より前になっています。",
    "one_cycle": "一枚の申請書は一つの年度（免除・猶予は7月から翌年6月、学生納付特例は4月から翌年3月）の月だけです。",
    "scheme": "学生は、学生納付特例申請で受け付けてください。",
    "spouse": "配偶者の宛名番号を入れるときは、配偶者の有無も選んでください。",
    "hardship_on": "失業と災害には日付を入れ、ほかの事由には入れません。",
    "hardship_role": "その事由は、その人については申し出られません。",
}
"""By the kind of mistake (`pydantic`'s, or the form's own): what to do about it."""


def _sentences(error: ValidationError) -> Iterator[tuple[str, str]]:
    for one in error.errors(include_url=False, include_context=False, include_input=False):
        # A form is one of many: its own kind stands first in the place.
        place = [part for part in one["loc"] if part not in FORMS]
        name = str(place[0]) if place else ""
        yield name, ERRORS.get(one["type"], "入力の内容を確かめてください。")
