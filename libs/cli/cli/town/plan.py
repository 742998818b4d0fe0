"""How many of each happening fall on which day?

The number over two years follows from rate and size, with a minimum so that a small town has one of everything; the days
are drawn by the month's weight. Then a day's happenings are known before it begins.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from contracts.holidays import is_open

from cli.town import (
    addressees,
    benefits,
    children,
    exemptions,
    families,
    jobs,
    memberships,
    mistakes,
    moves,
    office,
    premiums,
    rates,
    status,
    tax,
    welfare,
)
from cli.town.ward import Ward


@dataclass(frozen=True)
class Kind:
    happens: Callable[[Ward], None]
    rate: float
    months: dict[int, float]
    at_least: int = 3
    since: dt.date = rates.FIRST_DAY
    until: dt.date = rates.LAST_DAY


_ARRIVALS = rates.MOVES_IN / moves.PERSONS_PER_ARRIVAL
_DEPARTURES = rates.MOVES_OUT / moves.PERSONS_PER_DEPARTURE

KINDS = (
    Kind(moves.move_in, _ARRIVALS * (1 - rates.FROM_OVERSEAS), rates.MOVING_SEASON),
    Kind(moves.move_in_overseas, _ARRIVALS * rates.FROM_OVERSEAS, rates.MOVING_SEASON),
    Kind(moves.move_out, _DEPARTURES * (1 - rates.TO_OVERSEAS), rates.MOVING_SEASON),
    Kind(moves.move_out_overseas, _DEPARTURES * rates.TO_OVERSEAS, rates.MOVING_SEASON),
    Kind(moves.found_gone_long_ago, 0.0005, rates.EVEN),
    Kind(moves.move_within, rates.MOVES_WITHIN / moves.PERSONS_PER_MOVE_WITHIN, rates.MOVING_SEASON),
    Kind(families.birth, rates.BIRTHS - rates.BIRTHS_OF_INSURED, rates.EVEN),
    Kind(families.expected_birth, rates.BIRTHS_OF_INSURED, rates.EVEN, 4),
    Kind(families.death, rates.DEATHS - rates.LATE_DEATHS_OF_INSURED, rates.EVEN),
    Kind(families.death_of_insured, rates.LATE_DEATHS_OF_INSURED, rates.EVEN, 2),
    Kind(families.marriage, rates.MARRIAGES, rates.EVEN),
    Kind(families.divorce, rates.DIVORCES, rates.EVEN),
    Kind(families.live_apart, 0.0006, rates.EVEN),
    Kind(families.separate_household, 0.0015, rates.EVEN, 5),
    Kind(families.other_householder, 0.0008, rates.EVEN),
    Kind(office.remove, 0.0015, rates.EVEN, 5),
    Kind(office.enter_ex_officio, 0.0003, rates.EVEN),
    Kind(office.immigration_notice, 0.008, rates.EVEN, 8),
    Kind(office.naturalise, 0.0003, rates.EVEN),
    Kind(office.lose_nationality, 0.0001, rates.EVEN),
    Kind(office.adoption, 0.0005, rates.EVEN),
    Kind(office.protect, 0.0004, rates.EVEN),
    Kind(office.annulled_change, 0.002, rates.EVEN, 5),
    Kind(office.corrected_birth_date, 0.001, rates.EVEN, 7),
    Kind(office.corrected_move_date, 0.001, rates.EVEN, 7),
    Kind(addressees.spouse_elsewhere, 0.0006, rates.EVEN, 3),
    Kind(addressees.has_two_numbers, 0.0004, rates.EVEN, 3),
    Kind(addressees.merged_by_mistake, 0.0001, rates.EVEN, 2),
    Kind(addressees.identity_data, 0.01, rates.EVEN, 6),
    Kind(jobs.start_job, 0.028, rates.JOB_CHANGES),
    Kind(jobs.end_job, 0.055, rates.JOB_CHANGES),
    Kind(jobs.dependency_ends, 0.0025, rates.EVEN),
    Kind(memberships.told_wrongly, 0.0015, rates.EVEN, 6),
    Kind(memberships.corrected_end, 0.001, rates.EVEN),
    Kind(exemptions.exemption_application, rates.EXEMPTION_APPLICATIONS / 1.3, rates.JULY_PEAK, 12),
    Kind(exemptions.student_application, rates.STUDENT_APPLICATIONS * 0.7, rates.APRIL_PEAK),
    Kind(exemptions.decided_not_via_us, 0.006, rates.JULY_PEAK),
    Kind(exemptions.income_request, rates.INCOME_REQUESTS, {**rates.EVEN, 5: 6.0, 7: 9.0, 8: 3.0, 10: 3.0}),
    Kind(children.childcare, 0.001, rates.EVEN, 5, since=rates.CHILDCARE_FROM),
    Kind(children.childcare_not_via_us, 0.0002, rates.EVEN, 1, since=dt.date(2026, 10, 15)),
    Kind(children.adopts_a_baby, 0.00002, rates.EVEN, 1, since=rates.CHILDCARE_FROM),
    Kind(premiums.disability_pension, rates.STATUTORY_BY_DISABILITY, rates.EVEN, 4),
    Kind(premiums.additional_start, rates.ADDITIONAL_PREMIUM, rates.EVEN),
    Kind(premiums.farmers_pension, 0.00003, rates.EVEN, 2),
    # Whoever leaves the country first needs some weeks to file.
    Kind(status.voluntary_entry, rates.VOLUNTARY_ENTRIES, rates.EVEN, 5, until=rates.LAST_DAY - dt.timedelta(days=40)),
    Kind(status.changes_name, 0.0004, rates.EVEN, 2),
    Kind(status.changes_address, 0.0008, rates.MOVING_SEASON, 2),
    Kind(status.new_number_notice, 0.0025, rates.EVEN, 2),
    Kind(benefits.old_age_claim, rates.BENEFIT_CLAIMS / 3, rates.EVEN),
    Kind(benefits.disability_claim, rates.BENEFIT_CLAIMS / 3, rates.EVEN, 2),
    Kind(benefits.claim_after_a_death_elsewhere, rates.BENEFIT_CLAIMS / 3, rates.EVEN, 4),
    Kind(benefits.support_benefit_claim, rates.BENEFIT_CLAIMS / 3, {**rates.EVEN, 10: 4.0}, 2),
    Kind(benefits.special_disability_claim, 0.00002, rates.EVEN, 1),
    Kind(benefits.recipient, rates.RECIPIENTS_FILINGS, {**rates.EVEN, 7: 6.0}, 4),
    Kind(benefits.welfare_old_age, 0.00002, rates.EVEN, 1),
    Kind(mistakes.mistake, rates.MISTAKEN_FILINGS, rates.EVEN, len(mistakes.MISTAKES)),
    Kind(
        mistakes.childcare_too_early,
        0.0002,
        rates.EVEN,
        2,
        since=dt.date(2026, 7, 1),
        until=rates.CHILDCARE_FROM - dt.timedelta(days=1),
    ),
    Kind(tax.assess_again, 0.03, rates.EVEN),
    Kind(welfare.assistance_begins, 0.002, rates.EVEN),
)

Plan = dict[dt.date, list[Callable[[Ward], None]]]


def draw(rng: Random, persons: int) -> Plan:
    days = [rates.FIRST_DAY + dt.timedelta(days=n) for n in range((rates.LAST_DAY - rates.FIRST_DAY).days + 1)]
    open_days = [day for day in days if is_open(day)]
    plan: Plan = {}
    for kind in KINDS:
        possible = [day for day in open_days if kind.since <= day <= kind.until]
        weights = [kind.months[day.month] for day in possible]
        total = max(kind.at_least, round(kind.rate * persons * rates.YEARS))
        for day in rng.choices(possible, weights, k=total):
            plan.setdefault(day, []).append(kind.happens)
    for day in sorted(plan):
        rng.shuffle(plan[day])
    return plan
