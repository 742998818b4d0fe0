"""What does the tax office assess for each resident of 1 January, and what does it correct later?

Three states that are never the same: declared, undeclared, taxed by another municipality. For many without income there
is no record at all.
"""

import datetime as dt
from typing import Literal

from contracts.events.income import DeclarationState, TaxAssessed, TaxRecord

from cli.town.people import Person
from cli.town.ward import Ward

PENSION_DEDUCTION = 1_100_000  # 公的年金等控除 from 65, roughly
_LOW_INCOME = {2024: 480_000, 2025: 480_000, 2026: 580_000}  # a dependant's own income ceiling, by tax year


def assess_everybody(ward: Ward, tax_year: int) -> None:
    """The June assessment (and, on the first day, the last one before)."""
    first_of_january = dt.date(tax_year, 1, 1)
    for person in ward.residents:
        _assess_first(ward, person, tax_year, first_of_january)
    for person in ward.left_since_january:
        if person.residency in ("moved_out", "overseas") and person.changed_on > first_of_january:
            _assess_first(ward, person, tax_year, first_of_january)
    ward.left_since_january.clear()


def _assess_first(ward: Ward, person: Person, tax_year: int, first_of_january: dt.date) -> None:
    if person.birth > dt.date(tax_year - 18, 4, 1) and not person.earnings:
        return
    if person.in_ward_since > first_of_january:
        if not person.from_abroad and ward.chance(0.6):
            assess(ward, person, tax_year, "other_municipality")
        return
    draw = ward.rng.random()
    if person.earnings < 200_000 and draw < (0.3 if person.category == 1 and not person.student else 0.75):
        return
    if draw > (0.9 if person.category == 1 else 0.97):
        state: DeclarationState = "undeclared"
    else:
        state = "declared"
    overtaken = ward.chance(0.012)
    if not overtaken:
        assess(ward, person, tax_year, state)
        return
    # The correction of some days later arrives before the assessment.
    day = ward.open_day(ward.today + dt.timedelta(days=ward.rng.randint(5, 20)))
    assess(ward, person, tax_year, state, not_before=ward.after(day))
    ward.later(day, assess, person, tax_year, "declared")
    ward.happenings["out of order"] += 1


def assess(
    ward: Ward, person: Person, tax_year: int, state: DeclarationState, not_before: dt.datetime | None = None
) -> None:
    """Assess, or assess again under the next version."""
    version = person.tax_versions[tax_year] = person.tax_versions.get(tax_year, 0) + 1
    person.assessments += 1
    assessed = TaxAssessed(
        tax_year=tax_year,
        version=version,
        state=state,
        record=_record(ward, person, tax_year) if state == "declared" else None,
    )
    ward.post.send(person.number, assessed, sequence=person.assessments, not_before=not_before)
    ward.happenings[f"tax: {state}"] += 1
    ward.happenings["tax: assessed again"] += version > 1


def assess_again(ward: Ward) -> None:
    """更正, or a declaration that came late."""
    person = ward.find(lambda one: bool(one.tax_versions), tries=2000)
    if person is not None:
        tax_year = max(person.tax_versions)
        assess(ward, person, tax_year, "declared")
        if ward.chance(0.25):
            ward.in_days(10, 90, assess, person, tax_year, "declared")


def _record(ward: Ward, person: Person, tax_year: int) -> TaxRecord:
    rng, day = ward.rng, dt.date(tax_year - 1, 12, 31)
    age = person.age_on(day)
    earned = int(person.earnings * rng.uniform(0.8, 1.2)) // 1000 * 1000
    receipts = person.pension_yen if age >= 65 else 0
    pension = max(0, receipts - PENSION_DEDUCTION)
    total = earned + pension
    person.incomes[tax_year] = total
    self_employed = person.category == 1 and earned > 300_000
    working = earned > 0
    dependants = _dependants(person, tax_year, day)
    children = dependants["dependants_under_16"] + dependants["dependants_general"] + dependants["dependants_specific"]
    return TaxRecord(
        total_income_yen=total,
        loss_carryover_yen=rng.randrange(100_000, 1_500_000, 1000) if self_employed and rng.random() < 0.08 else 0,
        public_pension_receipts_yen=receipts,
        public_pension_income_yen=pension,
        casualty_loss_yen=rng.randrange(50_000, 600_000, 100) if rng.random() < 0.002 else 0,
        medical_yen=rng.randrange(5_000, 400_000, 10) if working and rng.random() < 0.08 else 0,
        social_insurance_yen=int(total * rng.uniform(0.1, 0.2)) if total > 300_000 else 0,
        small_enterprise_mutual_aid_yen=rng.randrange(12, 84) * 10_000 if working and rng.random() < 0.06 else 0,
        spouse_special_yen=_spouse_special(person, tax_year),
        specified_relative_special_yen=_specified_relative_special(person, tax_year, day),
        cattle_sale_yen=rng.randrange(100_000, 900_000, 1000) if self_employed and rng.random() < 0.002 else 0,
        deductible_spouse=_deductible_spouse(person, tax_year, day),
        self_disability=person.disability,  # type: ignore[arg-type]
        widow=person.widowed and person.sex == "female" and not person.married and total <= 5_000_000,
        single_parent=not person.married and not person.widowed and children > 0 and total <= 5_000_000,
        working_student=person.student and 0 < earned <= 750_000,
        municipal_tax="income_based" if total > 1_000_000 else "per_capita" if total > 450_000 else "exempt",
        **dependants,
    )


def _supports(person: Person) -> bool:
    """Of a couple in one household the one with the larger income has the dependants; else the householder."""
    spouse = person.spouse
    if spouse is not None and spouse.household is person.household:
        return (person.earnings, person.number) > (spouse.earnings, spouse.number)
    return person.relation == "householder"


def _dependants(person: Person, tax_year: int, day: dt.date) -> dict[str, int]:
    counts = dict.fromkeys(
        (
            "dependants_general",
            "dependants_16_18",
            "dependants_specific",
            "dependants_elderly",
            "dependants_under_16",
            "disabled_dependants",
            "special_disabled_dependants",
        ),
        0,
    )
    if not _supports(person) or person.earnings <= _LOW_INCOME[tax_year]:
        return counts
    for member in person.household.members:
        if member is person or member is person.spouse or member.birth > day:
            continue
        if member.earnings + max(0, member.pension_yen - PENSION_DEDUCTION) > _LOW_INCOME[tax_year]:
            continue
        age = member.age_on(day)
        if age < 16:
            counts["dependants_under_16"] += 1
        elif 19 <= age <= 22:
            counts["dependants_specific"] += 1
        elif age >= 70:
            counts["dependants_elderly"] += 1
        else:
            counts["dependants_general"] += 1
            counts["dependants_16_18"] += age <= 18
        counts["disabled_dependants"] += member.disability == "ordinary"
        counts["special_disabled_dependants"] += member.disability == "special"
    return counts


def _deductible_spouse(person: Person, tax_year: int, day: dt.date) -> Literal["none", "under_70", "from_70"]:
    spouse = person.spouse
    if spouse is None or not _supports(person) or spouse.earnings > _LOW_INCOME[tax_year]:
        return "none"
    return "from_70" if spouse.age_on(day) >= 70 else "under_70"


def _spouse_special(person: Person, tax_year: int) -> int:
    spouse = person.spouse
    if spouse is None or not _supports(person) or not _LOW_INCOME[tax_year] < spouse.earnings <= 1_330_000:
        return 0
    return max(30_000, 330_000 - (spouse.earnings - _LOW_INCOME[tax_year]) // 100_000 * 40_000)


def _specified_relative_special(person: Person, tax_year: int, day: dt.date) -> int:
    """特定親族特別控除, new for the income of 2025 (tax year 2026)."""
    if tax_year < 2026 or not _supports(person):
        return 0
    return 450_000 * sum(
        19 <= member.age_on(day) <= 22 and 580_000 < member.earnings <= 1_230_000
        for member in person.household.members
        if member is not person and member is not person.spouse
    )
