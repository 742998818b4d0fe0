"""Does it matter in which order records come, how often, and whether all of them come again?"""

import datetime as dt
import uuid
from pathlib import Path
from random import Random

import pytest
from cli import broker, oracle, rewind
from cli.verify import STATEMENTS
from contracts.decoder import Refusal, decode
from contracts.events.income import TaxAssessed
from contracts.events.registry import NonResidentRecorded, ResidentChangeAnnulled, ResidentChanged
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
    await rewind.rewind(ward.given, SERVICES)
    async with broker.Broker(ward.given.kafka) as asked:
        assert not any([sum((await asked.committed(service)).values()) for service in SERVICES])
    await ward.start()
    await ward.keeps_its_promises(town)
    assert await ward.ends(*STATEMENTS) == ends
    assert {service: await ward.rows(service, SAID) for service in SERVICES} == said


RELOADED = (ResidentChanged, ResidentChangeAnnulled, NonResidentRecorded, TaxAssessed)


def told_anew(lines: list[tuple[str, bytes]], seconds: int) -> list[tuple[str, bytes]]:
    """What counts of the register and of the tax system, told once more: a little later, and under other ids.

    A merge of numbers is no entry of the register but a decision of two people: told under another id, it is another one.
    """
    topics = {decode(topic, value).id: topic for topic, value in lines if not refused(topic, value)}
    return [
        (
            topics[event.id],
            event.model_copy(
                update={
                    "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{event.id}|{seconds}")),
                    "time": event.time + dt.timedelta(seconds=seconds),
                }
            ).encode(),
        )
        for event in oracle.accepted(lines, "131164")
        if isinstance(event.data, RELOADED)
    ]


def refused(topic: str, value: bytes) -> bool:
    try:
        decode(topic, value)
    except Refusal:
        return True
    return False


async def test_a_full_reload_under_other_ids_while_changes_come_says_nothing_new(
    ward: Ward, town: Path, lines: list[tuple[str, bytes]]
) -> None:
    await ward.start()
    first, second = lines[: len(lines) // 2], lines[len(lines) // 2 :]
    await ward.publish(first)
    again = told_anew(first, 1)
    assert len(again) > 100
    await ward.publish(Random(5).sample([*again, *second], len(again) + len(second)))
    report = await ward.keeps_its_promises(town)
    for service in ("registry-sync", "tax-income"):
        assert report.counts["accounting"][service]["duplicate"] > 0
    # Once more when all is at rest: nobody says anything.
    ends = await ward.ends(*STATEMENTS)
    await ward.publish(told_anew(lines, 2))
    await ward.keeps_its_promises(town)
    assert await ward.ends(*STATEMENTS) == ends
