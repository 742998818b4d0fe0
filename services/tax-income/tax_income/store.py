"""SQL in, assessments out."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import asyncpg
from chassis import database
from chassis.transaction import Transaction, to_json
from contracts.events.income import TaxAssessed

from tax_income.income import Assessment

QUERIES = database.queries("tax_income")


async def remember_and_recall(
    transaction: Transaction, assessments: Sequence[Assessment], persons: Sequence[int]
) -> dict[int, list[Assessment]]:
    """Keep new assessments and answer with every assessment of these persons."""
    rows: list[tuple[Any, ...]] = [
        (a.id, a.addressee, a.data.tax_year, a.data.version, a.recorded_at, to_json(a.data)) for a in assessments
    ]
    given = {assessment.id: assessment for assessment in assessments}  # not decoded a second time
    known: dict[int, list[Assessment]] = defaultdict(list)
    for row in await transaction.fetch(QUERIES["remember_and_recall"], *database.columns(rows, 6), persons):
        known[row["addressee"]].append(given.get(str(row["event_id"])) or _assessment(row))
    return known


def _assessment(row: asyncpg.Record) -> Assessment:
    data = TaxAssessed.model_validate_json(row["data"])
    return Assessment(str(row["event_id"]), row["addressee"], row["recorded_at"], data)
