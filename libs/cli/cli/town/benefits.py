"""Who claims a benefit (裁定請求), and what do those who receive one file?

Claims at 65, after an illness, after a death. Much of it is the pension office's affair and only passed on. Rates are ours.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Literal

from contracts.events.forms import (
    BasicPension,
    DeathLumpSumClaim,
    DisabilityClaim,
    FilingContent,
    FirstVisitAs,
    OldAgeClaim,
    Paper,
    RecipientFiling,
    SpecialDisabilityBenefitClaim,
    SupportBenefitClaim,
    Survivor,
    SurvivorsClaim,
    UnpaidPensionClaim,
    WelfareOldAgeFiling,
    WidowsPensionClaim,
    YesNoUnknown,
)

from cli.town import premiums
from cli.town.desk import file
from cli.town.people import Person, attained_on, insured
from cli.town.ward import Ward

_KNOWN: tuple[YesNoUnknown, ...] = ("no", "yes", "unknown")
_FAMILY: tuple[Paper, Paper] = ("family_register", "livelihood_proof")
_MEDICAL: tuple[Paper, ...] = ("medical_certificate", "medical_history_statement", "first_visit_proof")
_FIRST_VISITS: tuple[FirstVisitAs, ...] = ("category1", "before_20", "category3", "category2", "age_60_64_in_japan")
_PENSIONS: tuple[BasicPension, ...] = ("old_age", "disability", "survivors", "widow")


# ---- in one's own right ----------------------------------------------------------------------------------------------


def old_age_claim(ward: Ward) -> None:
    """老齢基礎年金: at 65, early from 60, or put off."""
    start: Literal["normal", "early", "deferred"] = ward.next_of(
        "old age claim", ("normal", "early", "deferred", "normal", "normal", "normal")
    )
    low, high = {"normal": (65, 65), "early": (60, 64), "deferred": (66, 74)}[start]
    person = ward.find(lambda one: low <= one.age_on(ward.today) <= high and one.category is None, tries=2000)
    if person is not None:
        claim_old_age(ward, person, start)


def claim_old_age(ward: Ward, person: Person, start: Literal["normal", "early", "deferred"] = "normal") -> None:
    others = ward.next_of("other periods", _KNOWN)
    content = OldAgeClaim(
        kind="old_age_claim",
        other_periods=others,
        start=start,
        papers=(*ward.brought("account_proof"), *(ward.brought("pension_number_proof") if others == "unknown" else ())),
        basic_pension_number=person.basic_pension_number,
    )
    if person.residency == "resident":
        file(ward, person, content, ward.today)


def disability_claim(ward: Ward) -> None:
    """障害基礎年金: where it is granted to somebody in category 1, the statutory exemption follows."""
    person = ward.find(
        lambda one: one.disability != "none" and 20 <= one.age_on(ward.today) < 65 and one.statutory_since is None,
        tries=2000,
    )
    if person is None:
        return
    first_visit_as = ward.next_of("first visit", _FIRST_VISITS)
    earliest = 19 * 365 if first_visit_as == "before_20" else (ward.today - person.birth).days - 550
    basis: Literal["recognition_day", "later_worsening", "combined"] = "recognition_day"
    content = DisabilityClaim(
        kind="disability_claim",
        first_visit_on=person.birth + dt.timedelta(days=max(0, earliest)),
        first_visit_as=first_visit_as,
        basis=ward.next_of("basis", (basis, basis, "later_worsening", "combined")),
        papers=ward.brought(*_MEDICAL),
        basic_pension_number=person.basic_pension_number,
    )
    file(ward, person, content, ward.today, _disability_pension_granted)


def _disability_pension_granted(ward: Ward, person: Person, filing: str, content: DisabilityClaim) -> None:
    if ward.chance(0.7):
        ward.in_days(60, 120, premiums.statutory_start, person, "disability_pension", ward.today)


def special_disability_claim(ward: Ward) -> None:
    """特別障害給付金: of students before 1991 and employees' spouses before 1986 who were not insured."""
    formerly: Literal["student", "spouse"] = ward.next_of("special disability", ("student", "spouse"))
    person = ward.find(lambda one: 60 <= one.age_on(ward.today) < 75, tries=2000)
    if person is not None:
        content = SpecialDisabilityBenefitClaim(
            kind="special_disability_claim",
            formerly=formerly,
            first_visit_on=dt.date(1985, 6, 1) + dt.timedelta(days=ward.rng.randrange(200)),
            papers=ward.brought(*_MEDICAL),
            basic_pension_number=person.basic_pension_number,
        )
        file(ward, person, content, ward.today)


def support_benefit_claim(ward: Ward) -> None:
    """年金生活者支援給付金 of those with a small pension."""
    pension: Literal["old_age", "disability", "survivors"] = ward.next_of(
        "support benefit", ("old_age", "disability", "old_age", "survivors")
    )
    person = ward.find(lambda one: _receives(ward, one, pension), tries=2000)
    if person is not None:
        content = SupportBenefitClaim(
            kind="support_benefit_claim",
            pension=pension,
            tied_to_municipal_pension=ward.next_of("tied", _KNOWN),
            basic_pension_number=person.basic_pension_number,
        )
        file(ward, person, content, ward.today)


def _receives(ward: Ward, one: Person, pension: BasicPension) -> bool:
    age = one.age_on(ward.today)
    if pension == "old_age":
        return age >= 65
    if pension == "disability":
        return one.disability != "none" and age >= 20
    return one.sex == "female" and age >= 40 and not one.married


# ---- after a death ---------------------------------------------------------------------------------------------------


def after_a_death(ward: Ward, deceased: Person, mates: Sequence[Person], died_on: dt.date) -> None:
    """The family in the household claims what there may be; some never do."""
    if not mates or not ward.chance(0.7):
        return
    spouse = deceased.spouse if deceased.spouse in mates else None
    child = next((one for one in mates if deceased in (one.mother, one.father) and one.age_on(died_on) < 18), None)
    age = deceased.age_on(died_on)
    claims: list[tuple[Person, FilingContent]] = []
    if child is not None and age < 65:
        claims.append((spouse or child, _survivors_claim(ward, deceased, "spouse" if spouse else "child", died_on)))
    elif spouse is not None and age < 68 and spouse.sex == "female" and spouse.age_on(died_on) < 65:
        claims.append((spouse, _widows_claim(ward, deceased.number, died_on)))
    elif age < 65:
        claimant = spouse or mates[0]
        claims.append((claimant, _lump_sum_claim(ward, deceased.number, died_on, relation(claimant, deceased))))
    if age >= 65:
        claimant = spouse or max(mates, key=lambda one: (one.age_on(died_on), one.number))
        pension: BasicPension = "old_age" if deceased.disability == "none" else "disability"
        if claimant.age_on(died_on) >= 18:
            claim = _unpaid_claim(ward, deceased.number, died_on, relation(claimant, deceased), pension)
            claims.append((claimant, claim))
        if pension == "disability":
            claims.append((deceased, _recipient(ward, "death", "disability")))
    for claimant, content in claims:
        ward.in_days(7, 60, _claim, claimant, content)


def _claim(ward: Ward, claimant: Person, content: FilingContent) -> None:
    if claimant.residency == "resident" or content.kind == "recipient":
        file(ward, claimant, content, ward.today)


def relation(claimant: Person, deceased: Person) -> Survivor:
    """What the claimant is to the deceased."""
    if claimant is deceased.spouse:
        return "spouse"
    if deceased in (claimant.mother, claimant.father):
        return "child"
    if claimant in (deceased.mother, deceased.father):
        return "parent"
    shared = {deceased.mother, deceased.father} & {claimant.mother, claimant.father} - {None}
    return "sibling" if shared else "other_relative"


def claim_after_a_death_elsewhere(ward: Ward) -> None:
    """The deceased never lived in this ward, so that the form names no addressee number."""
    died_on = ward.days_ago(10, 200)
    kind = ward.next_of("claim after a death elsewhere", ("survivors", "widow", "lump sum", "unpaid", "unpaid"))
    low, high = {"survivors": (25, 50), "widow": (45, 63), "lump sum": (30, 70), "unpaid": (30, 75)}[kind]
    person = ward.find(
        lambda one: (
            low <= one.age_on(ward.today) <= high and not one.married and (kind != "widow" or one.sex == "female")
        ),
        tries=2000,
    )
    if person is None:
        return
    content: FilingContent
    if kind == "survivors":
        content = _survivors_claim(ward, None, "spouse", died_on)
    elif kind == "widow":
        content = _widows_claim(ward, None, died_on)
    elif kind == "lump sum":
        content = _lump_sum_claim(ward, None, died_on, ward.next_of("heir", ("spouse", "child", "parent", "sibling")))
    else:
        content = _unpaid_claim(ward, None, died_on, "child", ward.next_of("unpaid pension", _PENSIONS))
    file(ward, person, content, ward.today)


def _survivors_claim(
    ward: Ward, deceased: Person | None, relation: Literal["spouse", "child"], died_on: dt.date
) -> SurvivorsClaim:
    deceased_as: Literal["category1", "formerly_60_64", "old_age_25_years", "other"] = "other"
    if deceased is None or insured(deceased):
        deceased_as = "category1"
    elif deceased.age_on(died_on) >= 60:
        deceased_as = "formerly_60_64"
    return SurvivorsClaim(
        kind="survivors_claim",
        deceased=deceased.number if deceased else None,
        died_on=died_on,
        deceased_as=deceased_as,
        relation=relation,
        papers=ward.brought(*_FAMILY),
    )


def _widows_claim(ward: Ward, deceased: int | None, died_on: dt.date) -> WidowsPensionClaim:
    return WidowsPensionClaim(
        kind="widows_pension_claim",
        deceased=deceased,
        died_on=died_on,
        married_on=died_on - dt.timedelta(days=ward.rng.randrange(11 * 365, 25 * 365)),
        papers=ward.brought(*_FAMILY),
    )


def _lump_sum_claim(ward: Ward, deceased: int | None, died_on: dt.date, relation: Survivor) -> DeathLumpSumClaim:
    return DeathLumpSumClaim(
        kind="death_lump_sum_claim",
        deceased=deceased,
        died_on=died_on,
        relation=relation,
        papers=ward.brought(*_FAMILY, "account_proof"),
    )


def _unpaid_claim(
    ward: Ward, pensioner: int | None, died_on: dt.date, relation: Survivor, pension: BasicPension
) -> UnpaidPensionClaim:
    return UnpaidPensionClaim(
        kind="unpaid_pension_claim",
        pensioner=pensioner,
        died_on=died_on,
        relation=relation,
        pension=pension,
        first_visit_as=_first_visit(ward, pension),
        papers=ward.brought(*_FAMILY, "pension_certificate"),
    )


def _first_visit(ward: Ward, pension: BasicPension) -> FirstVisitAs | None:
    return ward.next_of("first visit", _FIRST_VISITS) if pension == "disability" else None


# ---- those who receive one -------------------------------------------------------------------------------------------

About = Literal[
    "amount_revision", "income_report", "current_state", "choice", "whereabouts", "name", "address", "death"
]
_FILED_BY_RECIPIENTS: tuple[tuple[About, BasicPension], ...] = (
    ("income_report", "disability"),
    ("current_state", "disability"),
    ("amount_revision", "disability"),
    ("address", "old_age"),
    ("name", "survivors"),
    ("choice", "widow"),
    ("whereabouts", "survivors"),
)
"""What, and of which pension; a death is told when somebody dies."""
_BY_ABOUT: dict[About, tuple[Paper, ...]] = {
    "amount_revision": ("medical_certificate",),
    "income_report": ("income_report",),
}


def recipient(ward: Ward) -> None:
    about, pension = ward.next_of("recipient", _FILED_BY_RECIPIENTS)
    person = ward.find(lambda one: _receives(ward, one, pension), tries=2000)
    if person is not None:
        file(ward, person, _recipient(ward, about, pension), ward.today)


def _recipient(ward: Ward, about: About, pension: BasicPension) -> RecipientFiling:
    return RecipientFiling(
        kind="recipient",
        about=about,
        pension=pension,
        first_visit_as=_first_visit(ward, pension),
        papers=ward.brought(*_BY_ABOUT.get(about, ())),
    )


def welfare_old_age(ward: Ward) -> None:
    """老齢福祉年金: hardly anybody is left who draws it."""
    person = ward.find(lambda one: one.age_on(ward.today) >= 85, tries=4000)
    if person is not None:
        abouts: tuple[Literal["address", "yearly_income", "disaster_relief"], ...] = (
            "address",
            "yearly_income",
            "disaster_relief",
        )
        about = ward.next_of("welfare old age", abouts)
        content = WelfareOldAgeFiling(
            kind="welfare_old_age",
            certificate=f"WOA-{person.number % 10_000:04d}",
            about=about,
            papers=ward.brought("disaster_proof") if about == "disaster_relief" else (),
            basic_pension_number=person.basic_pension_number,
        )
        file(ward, person, content, ward.today)


def may_claim_at_65(ward: Ward, person: Person) -> None:
    """Those who were only ever in category 1 come to the ward, the others go to the pension office."""
    if person.category != 2 and ward.seldom("filing: old_age_claim", 0.4):
        ward.later(attained_on(person.birth, 65) + dt.timedelta(days=ward.rng.randint(1, 90)), claim_old_age, person)
