"""eligibility on one screen: which event states which fact, and what follows."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
from chassis import operations
from chassis.service import Handler, Service
from chassis.transaction import Statement, Transaction
from contracts.envelope import Event, addressee
from contracts.events.filing import FilingChecked, FilingEntered, FilingReturned, FilingSendDecided, FilingWithdrawn
from contracts.events.income import IncomeAssessed
from contracts.events.notice import (
    BasicPensionNumberAssigned,
    ExemptionDecided,
    FilingProcessed,
    IncomeRequested,
    MembershipNotified,
)
from contracts.events.registry import ResidentUpdated
from contracts.events.terminal import PensionRecordTranscribed, TranscriptionChecked
from contracts.events.welfare import AssistanceChanged
from contracts.vocabulary import Model
from prometheus_client import Gauge

from eligibility import doors, rights_desk, store
from eligibility.determine import determine
from eligibility.difference import sayings
from eligibility.facts import Fact, circles_of, persons_of, uses_others
from eligibility.parameter_files import law_sha256, parameters


def on_latest(event: Event[ResidentUpdated] | Event[IncomeAssessed]) -> Fact:
    """Events that carry a whole state: the newest of a source counts, by its dense sequence."""
    year = getattr(event.data, "income_year", "")
    return _fact(event, str(year), event.sequence or 0)


def on_statement(event: Event[Any]) -> Fact:
    """Events that state one thing once; each is a fact of its own."""
    return _fact(event, event.id, 0)


def _fact(event: Event[Any], key: str, version: int) -> Fact:
    return Fact(event.id, addressee(event), event.type, key, version, event.time, event.data)


async def apply(transaction: Transaction, new: Sequence[Fact], touched: Sequence[int]) -> None:
    known, ends = await store.remember_and_recall(transaction, new)
    persons = persons_of({resident: known[resident] for resident in transaction.residents if resident in known})
    looking = (number for number, who in persons.items() if uses_others(who))
    concerned = sorted({*touched, *ends, *looking} & persons.keys())
    day = transaction.business_day or dt.date.min
    circles = circles_of(persons.values())
    determinations = {
        number: determine(
            persons[number], {mate: persons[mate] for mate in circles[number] if mate in persons}, day, parameters()
        )
        for number in concerned
    }
    await store.save(transaction, determinations)
    await transaction.declare(
        {
            n: [Statement(*said) for said in sayings(determination, persons[n], parameters())]
            for n, determination in determinations.items()
        }
    )


async def due(transaction: Transaction, day: dt.date) -> Sequence[int]:
    return [row["addressee"] for row in await transaction.fetch(store.QUERIES["due"], day)]


async def daily(transaction: Transaction) -> int:
    """After a release with other parameters, everybody is determined again, in the chunks of the day's work."""
    ours = law_sha256()
    if (await transaction.fetch(store.QUERIES["law"], ours))[0]["sha256"] == ours:
        return 0
    await transaction.fetch(store.QUERIES["new_law"], ours, transaction.business_day)
    return 1


DECISIONS = Gauge(
    "kokunen_decisions", "Decisions of the pension service beside our pre-check", ["scheme", "beside_ours"]
)


async def measure(pool: asyncpg.Pool) -> None:
    """How often the pension service decided as our pre-check said (参考判定と裁定結果), and what is overdue."""
    await rights_desk.measure(pool)
    for row in await pool.fetch(store.QUERIES["agreement"]):
        for beside_ours in ("agrees", "disagrees", "not_compared"):
            DECISIONS.labels(row["scheme"] or "refused", beside_ours).set(row[beside_ours])


HANDLERS: Mapping[type[Model], Handler] = {
    ResidentUpdated: on_latest,
    IncomeAssessed: on_latest,
    FilingEntered: on_statement,
    FilingChecked: on_statement,
    FilingSendDecided: on_statement,
    FilingWithdrawn: on_statement,
    FilingReturned: on_statement,
    FilingProcessed: on_statement,
    PensionRecordTranscribed: on_statement,
    TranscriptionChecked: on_statement,
    BasicPensionNumberAssigned: on_statement,
    MembershipNotified: on_statement,
    ExemptionDecided: on_statement,
    IncomeRequested: on_statement,
    AssistanceChanged: on_statement,
}

SERVICE = Service(
    name="eligibility",
    package="eligibility",
    topics=(
        "residents",
        "incomes",
        "filings",
        "welfare-changes",
        "pension-service-notices",
        "calendar",
        "accounts",
        "erasures",
    ),
    handlers=HANDLERS,
    apply=apply,
    erase=store.erase,
    projections={"party": "applicant"}
    | dict.fromkeys(("fact", "member", "pension_number", "insured_period", "reception_book", "due"), "addressee"),
    due=due,
    daily=daily,
    measure=measure,
    circle="circle",
    circle_of=store.circle_of,
    doors=(*doors.DOORS, *operations.DOORS),
    rights={**doors.RIGHTS, **operations.RIGHTS},
)
