"""Does it matter in which order records come, how often, and whether all of them come again?"""

from pathlib import Path
from random import Random

import pytest
from cli import broker
from cli.verify import STATEMENTS
from contracts.vocabulary import SERVICES

from tests.system.conftest import Ward

pytestmark = pytest.mark.system

SAID = "select subject, topic, key, sequence, event_id, value from said order by subject, topic, key"


async def test_every_line_twice_in_any_order_equals_the_oracle(
    ward: Ward, town: Path, lines: list[tuple[str, bytes]]
) -> None:
    await ward.start()
    await ward.publish(Random(3).sample(lines * 2, 2 * len(lines)))
    report = await ward.keeps_its_promises(town)
    assert report.counts["accounting"]["registry-sync"]["duplicate"] > 0


async def test_a_full_replay_says_nothing_new(ward: Ward, town: Path, lines: list[tuple[str, bytes]]) -> None:
    await ward.start()
    await ward.publish(lines)
    await ward.keeps_its_promises(town)
    said = {service: await ward.rows(service, SAID) for service in SERVICES}
    ends = await ward.ends(*STATEMENTS)
    ward.stop()
    await ward.forget_offsets(SERVICES)
    async with broker.Broker(ward.given.kafka) as asked:
        assert not any([sum((await asked.committed(service)).values()) for service in SERVICES])
    await ward.start()
    await ward.keeps_its_promises(town)
    assert await ward.ends(*STATEMENTS) == ends
    assert {service: await ward.rows(service, SAID) for service in SERVICES} == said
