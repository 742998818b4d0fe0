"""How many SQL statements does a batch cost? At most ten, at 10 records as at 500 (decision 12)."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import count as numbers
from typing import Any

import asyncpg
import pytest
from chassis import database, sealing
from chassis.batch import Batches, Record
from cli.catalogue import DECODING
from cli.services import environment_settings
from contracts.envelope import Event
from contracts.events.eligibility import FilingReceived, HintRaised
from contracts.events.filing import FilingEntered
from contracts.events.forms import ExemptionApplication, NameChangeFiling
from contracts.events.income import PersonConcerned, TaxAssessed, TaxRecord
from contracts.events.notice import BasicPensionNumberAssigned, FilingProcessed
from contracts.vocabulary import Month

from tests.events import change, day, event
from tests.system.conftest import Ward

pytestmark = pytest.mark.system

AT_MOST = 10


def as_given(made: Iterable[tuple[str, Event[Any]]]) -> list[Record]:
    """As Kafka gives them: one partition a topic, each offset the one after the last."""
    offsets: dict[str, numbers[int]] = defaultdict(numbers)
    return [Record(topic, 0, next(offsets[topic]), e.subject.encode(), e.encode()) for topic, e in made]


def resident_changes(count: int) -> list[Record]:
    return as_given(change(f"loaded {n}", 10_000_000 + n, "other", "2015-04-01", version=1) for n in range(count))


def applications(count: int) -> list[Record]:
    def content(spouse: int) -> ExemptionApplication:
        return ExemptionApplication(
            kind="exemption", first_month=Month(2026, 7), last_month=Month(2027, 6), has_spouse=True, spouse=spouse
        )

    entered = [
        FilingEntered(
            filing=f"R{n}", revision=1, received_on=day("2026-07-06"), office="main", channel="counter",
            entered_by="first", content=content(20_000_000 + n),
        )
        for n in range(count)
    ]  # fmt: skip
    return as_given(
        ("filings", event(f"filed {n}", 10_000_000 + n, data, "2026-07-06")) for n, data in enumerate(entered)
    )


def concerned_and_assessed(count: int) -> list[Record]:
    """Everybody assessed; half of them concerned, half of these not let in before: what is new, and what is not let in."""
    made = []
    for n in range(count // 2):
        who = 10_000_000 + n
        record = TaxRecord(total_income_yen=n, life_insurance_yen=n)  # type: ignore[arg-type]
        taxed = TaxAssessed(tax_year=2026, version=1, state="declared", record=record)
        said = PersonConcerned(grounds=("insured",), spouses=(who + 1,) if n % 2 else ())
        made += [
            ("tax-assessments", event(f"taxed {n}", who, taxed, "2026-06-10")),
            ("persons-concerned", event(f"concerned {n}", who + count * (n % 4 == 0), said, "2026-06-10", sequence=1)),
        ]
    return as_given(made)


def everything_that_transmittal_hears(count: int) -> list[Record]:
    """Filings with their lines of the reception book, forms, steps, hints, numbers and answers, in one batch."""
    made = []
    for n in range(count // 5):
        who, filing = 10_000_000 + n, f"R{n}"
        content = NameChangeFiling(kind="name_change", changed_on=day("2026-07-01"), identity_data_held="no")
        line = FilingReceived(
            filing=filing, received_on=day("2026-07-06"), office="main", channel="counter", state="accepted", route="report",
            kind="name_change", send_decided_on=day("2026-07-06"),
        )  # fmt: skip
        entered = FilingEntered(
            filing=filing, revision=1, received_on=day("2026-07-06"), office="main", channel="counter", entered_by="first", content=content,
        )  # fmt: skip
        hint = HintRaised(hint="acquisition_filing_due", person=who, on=day("2026-07-01"), article="NPA 12条1項")
        number = BasicPensionNumberAssigned(version=1, basic_pension_number=f"{n + 1:010d}")
        answer = FilingProcessed(filing=filing, result="accepted", processed_on=day("2026-07-20"))
        made += [
            ("eligibility-events", event(f"line {n}", who, line, "2026-07-06", sequence=1)),
            ("filings", event(f"form {n}", who, entered, "2026-07-06")),
            ("eligibility-events", event(f"hint {n}", who, hint, "2026-07-06", sequence=2)),
            ("pension-service-notices", event(f"number {n}", who, number, "2026-07-06")),
            ("pension-service-notices", event(f"answer {n}", who, answer, "2026-07-20")),
        ]
    return as_given(made)


MADE = [
    ("registry-sync", resident_changes),
    ("tax-income", concerned_and_assessed),
    ("eligibility", applications),
    ("transmittal", everything_that_transmittal_hears),
]


@pytest.mark.parametrize("count", [10, 500])
@pytest.mark.parametrize(("service", "made"), MADE)
async def test_a_batch_costs_at_most_ten_statements(
    ward: Ward, service: str, made: Callable[[int], list[Record]], count: int
) -> None:
    given = environment_settings(ward.given, service)
    pool: asyncpg.Pool = await database.connect(given.database, connections=2)
    try:
        await database.migrate(pool, DECODING[service].package, lambda: sealing.create(given.key_file))
        batches = Batches(DECODING[service], given, pool, sealing.load(given.key_file))
        await batches.process(made(count))
        assert 0 < batches.last_statements <= AT_MOST
        assert await pool.fetchval("select count(*) from inbox") == count
    finally:
        await pool.close()


_READ = """
select coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::bigint from pg_stat_user_tables
"""


@pytest.mark.parametrize(("service", "made"), MADE)
async def test_a_batch_reads_its_own_residents_and_not_the_whole_ward(
    ward: Ward, service: str, made: Callable[[int], list[Record]]
) -> None:
    """Also right after the first load, when PostgreSQL has not yet counted its tables."""
    given = environment_settings(ward.given, service)
    pool: asyncpg.Pool = await database.connect(given.database, connections=1)
    try:
        await database.migrate(pool, DECODING[service].package, lambda: sealing.create(given.key_file))
        batches = Batches(DECODING[service], given, pool, sealing.load(given.key_file))
        records = made(3_010)
        for start in range(0, 3_000, 500):
            await batches.process(records[start : start + 500])

        async def read() -> int:
            await pool.execute("select pg_stat_force_next_flush()")
            count: int = await pool.fetchval(_READ)
            return count

        before = await read()
        await batches.process(records[3_000:])
        assert await read() - before < 1_000
    finally:
        await pool.close()
