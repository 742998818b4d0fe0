"""Bits flip where data lie: in the audit log, in a backup, in a segment of the broker."""

import asyncio
from pathlib import Path

import pytest
from audit.verify import verify as verify_log
from cli import broker, kafka_broker, local, stack
from cli.services import environment_settings
from contracts.vocabulary import SERVICES

from tests.faults.field import Field
from tests.system.conftest import until

pytestmark = [pytest.mark.system, pytest.mark.long]

FLIPPED = (
    ("leaf", "body", "idx"), ("tile", "hashes", "level, number"), ("checkpoint", "root", "size"), ("record", "box", "idx")
)  # fmt: skip
"""(table, column, its order)."""


@pytest.mark.row("F24", "a bit flips in a leaf, a tile, a checkpoint, a sealed record")
async def test_a_flipped_bit_is_found(field: Field) -> None:
    await field.ward.start()
    async with field.flowing(2):
        pass
    await field.ward.keeps_its_promises(field.town)
    await asyncio.sleep(2)  # signed
    await field.stop()
    own = environment_settings(field.ward.given, "audit")

    async def findings() -> list[str]:
        report = await verify_log(own.database, field.ward.given.kafka, own.key_file, own.prefix, lambda _: None)
        return [str(finding) for finding in report.findings]

    assert await findings() == []
    for table, column, order in FLIPPED:
        await field.ward.rows("audit", f"alter table {table} disable trigger user")
        count = await field.ward.one("audit", f"select count(*) from {table} where length({column}) > 0")
        which = field.rng.randrange(count)
        flip = (
            f"update {table} set {column} = set_bit({column}, ($1 % (8 * length({column})))::int,"
            f" 1 - get_bit({column}, ($1 % (8 * length({column})))::int))"
            f" where ctid = (select ctid from {table} where length({column}) > 0 order by {order} offset $2 limit 1)"
        )
        bit = field.rng.randrange(2**20)
        await field.ward.rows("audit", flip, bit, which)
        assert len(await findings()) > 0, table
        field.fired[f"bit of {table}"] += 1
        await field.ward.rows("audit", flip, bit, which)
    assert await findings() == []


@pytest.mark.row("F33", "a record batch in a segment of the broker is corrupt")
async def test_a_corrupt_batch_in_a_segment(field: Field) -> None:
    await field.ward.start(*(name for name in SERVICES if name != "registry-sync"))
    async with field.flowing(2):
        pass
    await field.stop()
    ends = await field.ward.ends("resident-changes")
    place = max(ends, key=lambda place: ends[place])
    segment = local.home() / f"kafka/data/{broker.prefix()}{place[0]}-{place[1]}/{0:020}.log"
    # Stopped the polite way: after a crash a broker checks its segments, and would cut this one off at the damage.
    await asyncio.to_thread(kafka_broker.stop, stack.read().broker)
    await asyncio.to_thread(_flip, segment, field)
    await asyncio.to_thread(stack.start_broker)
    field.fired["segment"] += 1
    await field.ward.start()

    async def others() -> bool:
        rows = await field.ward.rows("registry-sync", HEADS)
        at = {row["part"]: row["next_offset"] for row in rows}
        return all(at.get(part, 0) == end for (_, part), end in ends.items() if part != place[1] and end)

    await until(others, "every other partition is read to its end")

    async def named() -> bool:
        return (
            f'kokunen_damaged_partition{{partition="{place[1]}",topic="{place[0]}"}} 1.0'
            in await field.ward.metrics("registry-sync")
        )

    await until(named, "an alarm names the partition")
    # What comes now on every other partition is taken at once.
    fresh = [line for line in field.lines if line[0] == "pension-service-notices"]
    await field.ward.publish(fresh)
    await field.takes_again("tax-income", "eligibility")
    at = {row["part"]: row["next_offset"] for row in await field.ward.rows("registry-sync", HEADS)}
    assert at.get(place[1], 0) < ends[place]


HEADS = "select part, next_offset from ledger_head where topic = 'resident-changes'"


def _flip(segment: Path, field: Field) -> None:
    data = bytearray(segment.read_bytes())
    data[field.rng.randrange(len(data) // 2, len(data))] ^= 0xFF
    segment.write_bytes(bytes(data))
