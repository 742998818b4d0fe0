"""Of whom may the ward hold data because of this person, and whose incomes do the person's cases use?

対象となる本人の範囲 (assessment Ⅱ2③): insured persons, applicants and recipients, with their householder, spouse and children. Which
members of a household these are, tax-income reads from the register; here stands why, and which income years.
"""

from collections.abc import Iterable
from typing import Literal, get_args

from contracts.events.eligibility import ClaimKind
from contracts.events.forms import ExemptionApplication, FilingContent, StudentApplication
from contracts.events.income import PersonConcerned, WantedIncome
from contracts.vocabulary import Date

from eligibility.facts import Filing, Person, named_spouse
from eligibility.rules.income_year import income_year
from eligibility.timeline import Timeline

Grounds = tuple[Literal["insured", "applicant", "recipient"], ...]


def person_concerned(person: Person, line: Timeline) -> PersonConcerned | None:
    """Why the person is concerned; None = the ward has nothing to hold because of this person.

    Whom the register alone lets us expect in category 1 is not: most residents between 20 and 59 are in category 2 (decision 25). A
    filing counts from its reception, also while it waits for the second person: the form shows the incomes. Whom the pension service asks
    about (所得情報提供依頼) it names as applicant, payer or recipient.
    """
    if person.merged_into is not None:
        return None
    filed = [filing for filing in person.filings if filing.ended is None]
    applications = [filing for filing in filed if isinstance(filing.content, ExemptionApplication | StudentApplication)]
    insured = any(segment.category == 1 or isinstance(segment.category, str) for segment in line.confirmed)
    purposes = {asked.purpose for asked in person.asked_about}
    recipient = "support_benefit" in purposes or any(filing.content.kind in get_args(ClaimKind) for filing in filed)
    grounds: Grounds = (
        *(("insured",) if insured else ()),
        *(("applicant",) if applications or purposes & {"continued_review", "unpaid_premium"} else ()),
        *(("recipient",) if recipient else ()),
    )
    if not grounds:
        return None
    return PersonConcerned(
        grounds=grounds,
        spouses=tuple(sorted({spouse for filing in filed if (spouse := named_spouse(filing.content))})),
        wanted=_wanted(person, applications),
    )


def _wanted(person: Person, applications: Iterable[Filing]) -> tuple[WantedIncome, ...]:
    """Each income year once, from the first day on which a case asked for it. A form lies within one cycle: one year."""
    asked = [(one.income_year, one.on) for one in person.asked_about]
    asked += [(_year_of(filing.content), filing.received_on) for filing in applications]
    first: dict[int, Date] = {}
    for year, on in asked:
        first[year] = min(first.get(year, on), on)
    return tuple(WantedIncome(income_year=year, asked_on=on) for year, on in sorted(first.items()))


def _year_of(content: FilingContent) -> int:
    assert isinstance(content, ExemptionApplication | StudentApplication)
    return income_year(
        "student" if isinstance(content, StudentApplication) else content.schemes[0], content.first_month
    )
