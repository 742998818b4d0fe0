"""tax-income on one screen: which event states which fact, and what follows."""

from collections.abc import Sequence

import asyncpg
from chassis import operations
from chassis.service import Handler, Service
from chassis.transaction import Statement, Transaction
from contracts.envelope import Event, addressee
from contracts.events.income import IncomesWanted, PersonConcerned, TaxAssessed
from contracts.events.notice import BasicPensionNumberAssigned
from contracts.events.registry import ResidentUpdated
from contracts.vocabulary import Model
from prometheus_client import Gauge

from tax_income import doors, store
from tax_income.income import Assessment, as_listed, incomes, told_once
from tax_income.scope import News, Numbered, Scope, needs, scopes

Fact = Assessment | News | Numbered


def on_tax_assessed(event: Event[TaxAssessed]) -> Assessment:
    return as_listed(Assessment(event.id, addressee(event), event.time, event.data))


def on_news(event: Event[ResidentUpdated] | Event[PersonConcerned]) -> News:
    return News(event.id, addressee(event), event.sequence or 0, event.data)


def on_number(event: Event[BasicPensionNumberAssigned]) -> Numbered:
    return Numbered(event.id, addressee(event), event.data.basic_pension_number)


async def apply(transaction: Transaction, facts: Sequence[Fact], touched: Sequence[int]) -> None:
    persons = transaction.residents
    news = [fact for fact in facts if isinstance(fact, News)]
    numbers = [fact for fact in facts if isinstance(fact, Numbered)]
    members = await store.learn(transaction, news, numbers, persons)
    inside = scopes(persons, members)
    assessments = [fact for fact in facts if isinstance(fact, Assessment)]
    known = await store.assess(transaction, assessments, inside)
    _dispose(transaction, assessments, known)
    await transaction.declare({person: _said(inside[person], known.get(person, ())) for person in persons})


def _said(scope: Scope, assessments: Sequence[Assessment]) -> list[Statement]:
    if not scope.inside:
        return []
    years = {year.income_year: year for year in incomes(assessments)}
    return [
        Statement("income-needs", "incomes", IncomesWanted()),
        *(Statement("incomes", str(year), income) for year, income in years.items()),
        *(Statement("income-needs", str(need.income_year), need) for need in needs(scope, years)),
    ]


NEEDS = Gauge("kokunen_income_needs", "Incomes that a case uses and nobody told", ["owner", "overdue"])


async def measure(pool: asyncpg.Pool) -> None:
    """How many incomes are missing, who can tell them, and whether their day has passed."""
    counts = {(row["owner"], row["overdue"]): row["needs"] for row in await pool.fetch(store.QUERIES["needs"])}
    for owner in ("tax_system", "other_municipality", "person"):
        for overdue in (False, True):
            NEEDS.labels(owner, str(overdue).lower()).set(counts.get((owner, overdue), 0))


def _dispose(transaction: Transaction, assessments: Sequence[Assessment], known: dict[int, list[Assessment]]) -> None:
    """An older version is stale; the same version with the same content under another id is a duplicate."""
    for new in assessments:
        years = [one for one in known.get(new.addressee, ()) if one.data.tax_year == new.data.tax_year]
        if any(one.data.version > new.data.version for one in years):
            transaction.dispositions[new.id] = "stale"
        elif years and all(one.id != new.id for one in told_once(years)):
            transaction.dispositions[new.id] = "duplicate"


HANDLERS: dict[type[Model], Handler] = {
    TaxAssessed: on_tax_assessed,
    ResidentUpdated: on_news,
    PersonConcerned: on_news,
    BasicPensionNumberAssigned: on_number,
}

SERVICE = Service(
    name="tax-income",
    package="tax_income",
    topics=(
        "tax-assessments",
        "residents",
        "persons-concerned",
        "pension-service-notices",
        "calendar",
        "accounts",
        "erasures",
    ),
    handlers=HANDLERS,
    apply=apply,
    erase=store.erase,
    projections=dict.fromkeys(
        ("assessment", "resident", "member", "concerned", "named_spouse", "pension_number"), "addressee"
    ),
    rebuilt_first=("residents", "persons-concerned"),
    measure=measure,
    doors=(*doors.DOORS, *operations.DOORS),
    rights={**doors.RIGHTS, **operations.RIGHTS},
    circle="circle",
    circle_of=store.circle_of,
)
