"""Who asks for an exemption or a deferral, and what does the pension service decide?

One form covers one yearly cycle (July–June; students April–March) and reaches back 25 months, so that one visit may fill
several. Decisions follow rough bands of income, on purpose not the law: the pension service knows facts that we don't,
and the ward's pre-check is to be compared with it.
"""

import datetime as dt

from contracts.events.forms import ExemptionApplication, FilingContent, Hardship, StudentApplication
from contracts.events.notice import IncomeRequested
from contracts.vocabulary import Month, Scheme

from cli.town import decisions, premiums
from cli.town.desk import file
from cli.town.memberships import assign_number
from cli.town.people import Person
from cli.town.ward import Ward

REACH_MONTHS = 25
_REVIEWED: frozenset[Scheme] = frozenset({"full", "deferral"})
_ALL: tuple[Scheme, ...] = ("full", "deferral", "three_quarter", "half", "quarter")
_STRUCK_OUT: tuple[tuple[Scheme, ...], ...] = (
    ("full",),
    ("full", "deferral"),
    ("full", "three_quarter", "half", "quarter"),
    ("three_quarter", "half", "quarter"),
    ("deferral",),
    ("half", "quarter"),
)
_BANDS: tuple[tuple[int, Scheme], ...] = (
    (670_000, "full"),
    (1_050_000, "three_quarter"),
    (1_500_000, "half"),
    (1_950_000, "quarter"),
)
_STUDENT_BAND = 1_400_000
_SCHOOLS = tuple(f"school-{n:02d}" for n in range(1, 25))


def cycle_start(day: dt.date, starts_in: int) -> Month:
    """First month of the yearly cycle that runs on this day."""
    return Month(day.year if day.month >= starts_in else day.year - 1, starts_in)


def exemption_application(ward: Ward, person: Person | None = None) -> None:
    def asks(one: Person) -> bool:
        if one.category != 1 or one.student or one.category_since is None:
            return False
        if one.spouse_outside:  # two households to keep
            return True
        return ward.chance(0.9 if one.earnings < 1_300_000 else 0.4 if one.earnings < 2_600_000 else 0.08)

    person = person or ward.find(asks, tries=2000)
    if person is None or person.category_since is None or person.residency != "resident":
        return
    received_on = ward.days_ago(0, 3)
    hardships: tuple[Hardship, ...] = ()
    if ward.chance(0.12):
        left = received_on - dt.timedelta(days=ward.rng.randrange(20, 700))
        hardships = (Hardship(ground="unemployed", role="applicant", on=left),)
        ward.happenings["loss of work claimed"] += 1
    cycles = ward.rng.choices((1, 2, 3, 4), (76, 13, 6, 5))[0]
    schemes = ward.rng.choice(_STRUCK_OUT) if ward.chance(0.22) else _ALL
    earliest = max(Month.of(person.category_since), Month.of(received_on) - REACH_MONTHS)
    for back in range(cycles):
        start = cycle_start(received_on, 7) - 12 * back
        if start + 11 < earliest:
            break
        ward.happenings["application for several cycles"] += back > 0
        ward.happenings["scheme struck out"] += schemes != _ALL
        ward.happenings["spouse elsewhere"] += person.spouse_outside or _apart(person)
        content = ExemptionApplication(
            kind="exemption",
            first_month=max(start, earliest),
            last_month=start + 11,
            schemes=schemes,
            spouse=person.spouse.number if person.spouse else person.spouse_number,
            has_spouse=person.married,
            hardships=hardships,
            # Only a full exemption or a deferral, granted for income, is reviewed each year (NPR 77条3項, 77条の5第3項).
            continue_wish=not back and not hardships and not set(schemes).isdisjoint(_REVIEWED) and ward.chance(0.6),
            papers=ward.brought("job_loss_proof") if hardships else (),
            basic_pension_number=person.basic_pension_number,
        )
        file(ward, person, content, received_on, _decide)


def _apart(person: Person) -> bool:
    return person.spouse is not None and person.spouse.household is not person.household


def student_application(ward: Ward, person: Person | None = None) -> None:
    person = person or ward.find(lambda one: one.student and one.category == 1, tries=2000)
    if person is None or person.category_since is None or person.residency != "resident":
        return
    received_on = ward.days_ago(0, 3)
    start = cycle_start(received_on, 4)
    earliest = max(Month.of(person.category_since), Month.of(received_on) - REACH_MONTHS)
    for back in range(2 if ward.chance(0.15) else 1):
        if start - 12 * back + 11 >= earliest:
            content = StudentApplication(
                kind="student",
                first_month=max(start - 12 * back, earliest),
                last_month=start - 12 * back + 11,
                school=_SCHOOLS[person.number % len(_SCHOOLS)],
                papers=ward.brought("student_proof"),
                basic_pension_number=person.basic_pension_number,
            )
            file(ward, person, content, received_on, _decide)


def _decide(ward: Ward, person: Person, filing: str, content: FilingContent) -> None:
    if not isinstance(content, ExemptionApplication | StudentApplication):
        return
    scheme = _granted(ward, person, content)
    decision = decisions.decided(ward, person, filing, content.first_month, content.last_month, scheme)
    if scheme is not None:
        premiums.after_grant(ward, person, content, scheme)
    if ward.chance(0.04):
        ward.in_days(20, 90, _decided_again, person, filing, content, decision)


def _granted(ward: Ward, person: Person, content: ExemptionApplication | StudentApplication) -> Scheme | None:
    if ward.chance(0.03):
        return None  # for a reason that the ward does not learn
    year = content.first_month.year - (content.first_month.month < (4 if content.kind == "student" else 7))
    own = _income(person, year)
    if isinstance(content, StudentApplication):
        return "student" if own <= _STUDENT_BAND else None
    couple = max(own, _income(person.spouse, year))
    tested = max(couple, _income(person.household.householder, year))
    for limit, scheme in _BANDS:
        if tested <= limit and scheme in content.schemes:
            return scheme
    young = person.age_on(content.first_month.first_day) < 50
    return "deferral" if young and couple <= _BANDS[0][0] and "deferral" in content.schemes else None


def _income(person: Person | None, tax_year: int) -> int:
    return 0 if person is None else person.incomes.get(tax_year, person.earnings)


def _decided_again(
    ward: Ward,
    person: Person,
    filing: str,
    content: ExemptionApplication | StudentApplication,
    decision: str,
) -> None:
    scheme = _granted(ward, person, content)
    decisions.tell(ward, person, decision, 2, filing, content.first_month, content.last_month, scheme)


def decided_not_via_us(ward: Ward) -> None:
    """A continued review: decided by the pension service for a member who never came to the counter (decision 38)."""
    person = ward.find(
        lambda one: one.category == 1 and not one.student and one.earnings < 900_000 and one.number_told, tries=2000
    )
    if person is not None and person.category_since is not None:
        start = cycle_start(ward.today, 7)
        first = max(start, Month.of(person.category_since))
        scheme: Scheme = "deferral" if person.age_on(ward.today) < 49 and ward.chance(0.3) else "full"
        decisions.decided(ward, person, None, first, start + 11, scheme)
        ward.happenings["decision not via us"] += 1
        premiums.reviewed(ward, person)


def income_request(ward: Ward) -> None:
    """One row of a list: pensioners in May (給付金), continued reviews in summer, unpaid premiums else."""
    month = ward.today.month
    if month == 5:
        person = ward.find(lambda one: one.age_on(ward.today) >= 65, tries=2000)
        purpose = "support_benefit"
    else:
        person = ward.find(lambda one: one.category == 1 and one.number_told, tries=2000)
        purpose = "continued_review" if month in (7, 8) else "unpaid_premium"
    if ward.gone_elsewhere and ward.chance(0.03):  # the list is older than the move
        person = ward.rng.choice(ward.gone_elsewhere)
    if person is None:
        return
    assign_number(ward, person)
    person.notices += 1
    request = IncomeRequested(
        request=f"IR-{ward.today:%Y-%m}-{purpose}",
        income_year=cycle_start(ward.today, 5).year - 1,
        purpose=purpose,  # type: ignore[arg-type]
    )
    ward.post.send(person.number, request, sequence=person.notices)
    ward.happenings[f"income request: {purpose}"] += 1
