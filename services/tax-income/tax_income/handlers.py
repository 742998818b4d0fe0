"""tax-income on one screen: which event states which fact, and what follows."""

from collections.abc import Sequence

from chassis.service import Handler, Service
from chassis.transaction import Statement, Transaction
from contracts.envelope import Event, addressee
from contracts.events.income import TaxAssessed
from contracts.vocabulary import Model

from tax_income import store
from tax_income.income import Assessment, incomes


def on_tax_assessed(event: Event[TaxAssessed]) -> Assessment:
    return Assessment(event.id, addressee(event), event.time, event.data)


async def apply(transaction: Transaction, assessments: Sequence[Assessment], touched: Sequence[int]) -> None:
    known = await store.remember_and_recall(transaction, assessments, touched)
    _dispose(transaction, assessments, known)
    await transaction.declare(
        {
            person: [Statement("incomes", str(year.income_year), year) for year in incomes(known[person])]
            for person in touched
        }
    )


def _dispose(transaction: Transaction, assessments: Sequence[Assessment], known: dict[int, list[Assessment]]) -> None:
    """An older version is stale; the same version with the same content under another id is a duplicate."""
    for new in assessments:
        others = [a for a in known[new.addressee] if a.data.tax_year == new.data.tax_year and a.id != new.id]
        if any(other.data == new.data and other.id < new.id for other in others):
            transaction.dispositions[new.id] = "duplicate"
        elif any(other.data.version > new.data.version for other in others):
            transaction.dispositions[new.id] = "stale"


HANDLERS: dict[type[Model], Handler] = {TaxAssessed: on_tax_assessed}

SERVICE = Service(
    name="tax-income",
    package="tax_income",
    topics=("tax-assessments", "calendar"),
    handlers=HANDLERS,
    apply=apply,
)
