"""What did a person earn in an income year, in the terms of the exemption rules, as recorded on any day?

Pure. Declared, undeclared (未申告) and assessed elsewhere (他市区町村) are three different states; none is an income of zero.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from contracts.events.income import (
    AssessedIncome,
    Deductions,
    Dependants,
    IncomeAssessed,
    IncomeVersion,
    TaxAssessed,
    TaxRecord,
)


@dataclass(frozen=True)
class Assessment:
    """One version of one person's resident-tax assessment."""

    id: str
    addressee: int
    recorded_at: dt.datetime
    data: TaxAssessed
    unlisted: tuple[str, ...] = ()
    """Items that came with it and are not on the list of 別添１: dropped, counted by name."""


def as_listed(assessment: Assessment) -> Assessment:
    """The assessment with the items of the list and no others (capability Z05)."""
    record = assessment.data.record
    if record is None or not record.unlisted:
        return assessment
    data = assessment.data.model_copy(update={"record": record.listed()})
    return replace(assessment, data=data, unlisted=record.unlisted)


def incomes(assessments: Iterable[Assessment]) -> list[IncomeAssessed]:
    """Every income year of one person with all its versions, oldest year first. The higher version wins at any time."""
    by_year: dict[int, list[Assessment]] = {}
    for assessment in assessments:
        by_year.setdefault(assessment.data.tax_year, []).append(assessment)
    return [_income(year - 1, by_year[year]) for year in sorted(by_year)]


def told_once(assessments: Iterable[Assessment]) -> list[Assessment]:
    """Oldest first, each content once: a year that is loaded anew tells everything again under other ids."""
    kept: list[Assessment] = []
    for one in sorted(assessments, key=lambda a: (a.recorded_at, a.data.version, a.id)):
        if all(other.data != one.data for other in kept):
            kept.append(one)
    return kept


def _income(income_year: int, assessments: Sequence[Assessment]) -> IncomeAssessed:
    ordered = told_once(assessments)
    versions: list[IncomeVersion] = []
    for position, moment in enumerate(moments := sorted({a.recorded_at for a in ordered})):
        best = max((a for a in ordered if a.recorded_at <= moment), key=lambda a: (a.data.version, a.id))
        if versions and versions[-1].fact == best.id:
            continue
        if versions:
            versions[-1] = versions[-1].model_copy(update={"known_to": moments[position].astimezone(dt.UTC)})
        versions.append(
            IncomeVersion(
                known_from=moment.astimezone(dt.UTC),
                version=best.data.version,
                state=best.data.state,
                income=assessed(best.data.record) if best.data.record else None,
                fact=best.id,
            )
        )
    current = max(ordered, key=lambda a: (a.data.version, a.id))
    return IncomeAssessed(income_year=income_year, versions=tuple(versions), needs_person=_doubts(ordered, current))


def _doubts(assessments: Sequence[Assessment], current: Assessment) -> tuple[str, ...]:
    found = set()
    same = [a for a in assessments if a.data.version == current.data.version]
    if any(a.data != current.data for a in same):
        found.add("version_used_twice")
    record = current.data.record
    if record is not None and record.dependants_general and record.dependants_16_18 is None:
        found.add("dependants_16_18_unknown")
    return tuple(sorted(found))


def assessed(record: TaxRecord) -> AssessedIncome:
    """The rules' terms for the items of 別添１ 所得情報 (NPO 6条の7–6条の12)."""
    aged_16_18 = record.dependants_16_18 or 0
    return AssessedIncome(
        total_income_yen=record.total_income_yen,
        dependants=Dependants(
            same_livelihood_spouse=int(record.deductible_spouse == "under_70"),
            same_livelihood_spouse_70plus=int(record.deductible_spouse == "from_70"),
            general=record.dependants_general - aged_16_18,
            age_16_18=aged_16_18,
            specific_19_22=record.dependants_specific,
            elderly_70plus=record.dependants_elderly,
            under_16=record.dependants_under_16,
        ),
        deductions=Deductions(
            casualty_loss=record.casualty_loss_yen,
            medical=record.medical_yen,
            social_insurance=record.social_insurance_yen,
            small_enterprise_mutual_aid=record.small_enterprise_mutual_aid_yen,
            spouse_special=record.spouse_special_yen,
            specified_relative_special=record.specified_relative_special_yen,
            cattle_sale=record.cattle_sale_yen,
            loss_carryover=record.loss_carryover_yen,
            disabled_count=record.disabled_dependants + int(record.self_disability == "ordinary"),
            special_disabled_count=record.special_disabled_dependants + int(record.self_disability == "special"),
            widow=record.widow,
            single_parent=record.single_parent,
            working_student=record.working_student,
        ),
        local_tax_disabled=record.self_disability != "none",
        local_tax_widow=record.widow,
        local_tax_single_parent=record.single_parent,
    )
