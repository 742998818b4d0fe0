"""How many person-years does one core assess in a second, without Kafka and PostgreSQL?

A person-year is one application over the twelve months of a July cycle, every scheme of the default order, with applicant,
spouse and householder. Once through the rules alone, once through the whole determination with timeline, lookup of the
household and trace. Incomes, dependants, deductions and ages are drawn from a seed.
"""

import datetime as dt
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from contracts.events.forms import ExemptionApplication
from contracts.events.income import AssessedIncome, Deductions, Dependants
from contracts.events.registry import ResidentSpan
from contracts.vocabulary import Month, Relation, Scheme, months
from eligibility.determine import determine
from eligibility.facts import Filing, Income, Person, Stay
from eligibility.parameter_files import load_parameters
from eligibility.rules.exemption import DEFAULT_ORDER, Tested, Verdict, assess, months_of_change
from eligibility.rules.income_year import income_year

from tests.events import filed

FIRST, LAST = Month(2026, 7), Month(2027, 6)
APPLIED_ON, DAY = dt.date(2026, 8, 3), dt.date(2026, 11, 24)
LIVED_HERE_SINCE = dt.date(2015, 4, 1)
HOUSEHOLDS, ROUNDS, SEED = 1000, 9, 1


@dataclass(frozen=True)
class Household:
    """One application (`applicant.filings`) and the three whom the law tests."""

    applicant: Person
    spouse: Person
    householder: Person

    @property
    def everyone(self) -> dict[int, Person]:
        return {who.addressee: who for who in (self.applicant, self.spouse, self.householder)}


def households(number: int, seed: int) -> list[Household]:
    """Made-up households: half of the incomes below the limits, every second person without dependants."""
    drawn = random.Random(seed)
    return [_household(drawn, 1000 + 3 * place) for place in range(number)]


def _household(drawn: random.Random, first: int) -> Household:
    application = ExemptionApplication(
        kind="exemption", first_month=FIRST, last_month=LAST, schemes=DEFAULT_ORDER, has_spouse=True, spouse=first + 1
    )
    filing = filed("R1", APPLIED_ON.isoformat(), application)

    def someone(addressee: int, relation: Relation, *filings: Filing) -> Person:
        span = ResidentSpan(
            valid_from=LIVED_HERE_SINCE,
            known_from=dt.datetime(2015, 4, 1, tzinfo=dt.UTC),
            reason="move_in",
            residency="resident",
            household=first,
            relation=relation,
            filed_on=LIVED_HERE_SINCE,
            fact="r",
        )
        return Person(
            addressee,
            birth_date=dt.date(drawn.randint(1968, 2005), drawn.randint(1, 12), drawn.randint(1, 28)),
            spans=(span,),
            incomes={income_year("full", FIRST): Income("declared", _income(drawn), "t")},
            stays=(Stay(1, LIVED_HERE_SINCE, None, "n"),),
            filings=filings,
        )

    return Household(
        someone(first, "child", filing), someone(first + 1, "child_spouse"), someone(first + 2, "householder")
    )


def _income(drawn: random.Random) -> AssessedIncome:
    return AssessedIncome(
        total_income_yen=drawn.choice((0, drawn.randrange(1_000_000), drawn.randrange(4_000_000))),
        dependants=Dependants(
            general=drawn.choice((0, 0, 0, 1)),
            age_16_18=drawn.choice((0, 0, 0, 1)),
            under_16=drawn.choice((0, 0, 1, 2)),
        ),
        deductions=Deductions(
            social_insurance=drawn.randrange(400_000),
            medical=drawn.choice((0, 0, 0, 100_000)),
            disabled_count=drawn.choice((0,) * 19 + (1,)),
        ),
        local_tax_disabled=drawn.random() < 0.05,
        local_tax_single_parent=drawn.random() < 0.05,
    )


def measure() -> dict[str, float]:
    """Person-years a second, medians of some rounds over the same households."""
    parameters = load_parameters()
    drawn = households(HOUSEHOLDS, SEED)
    year = income_year("full", FIRST)
    tested = [
        (
            _born(household.applicant),
            Tested("applicant", household.applicant.incomes[year].income),
            Tested("spouse", household.spouse.incomes[year].income),
            Tested("householder", household.householder.incomes[year].income),
        )
        for household in drawn
    ]
    given = [(household.applicant, household.everyone) for household in drawn]
    for applicant, everyone in given:
        answered = determine(applicant, everyone, DAY, parameters).assessments["R1"]
        if [result.month for result in answered] != months(FIRST, LAST):
            raise RuntimeError(f"{applicant.addressee} is not assessed for twelve months")

    def by_the_rules() -> None:
        for birth_date, applicant, spouse, householder in tested:
            changes = months_of_change(DEFAULT_ORDER, FIRST, LAST, birth_date, parameters)
            verdicts: dict[Scheme, Verdict] = {}
            answer = {}
            for month in months(FIRST, LAST):
                if month == FIRST or month in changes:
                    verdicts = {
                        scheme: assess(scheme, month, birth_date, applicant, spouse, householder, parameters)
                        for scheme in DEFAULT_ORDER
                    }
                answer[month] = verdicts

    def by_determination() -> None:
        for applicant, everyone in given:
            determine(applicant, everyone, DAY, parameters)

    return {"person_years_rules_per_s": _rate(by_the_rules), "person_years_determine_per_s": _rate(by_determination)}


def _born(person: Person) -> dt.date:
    assert person.birth_date is not None
    return person.birth_date


def _rate(assess_all: Callable[[], None]) -> float:
    assess_all()  # the first round fills caches
    rates: Sequence[float] = [_once(assess_all) for _ in range(ROUNDS)]
    return statistics.median(rates)


def _once(assess_all: Callable[[], None]) -> float:
    began = time.perf_counter()
    assess_all()
    return HOUSEHOLDS / (time.perf_counter() - began)


if __name__ == "__main__":
    for name, rate in measure().items():
        print(f"{name:32}{rate:10,.0f}")
