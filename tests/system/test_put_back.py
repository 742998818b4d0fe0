"""A database without its end is put back: what Kafka has is read from where it stands, by whoever starts and by whoever still runs."""

import pytest
from audit.verify import verify
from cli.services import environment_settings

from tests.system.conftest import Ward
from tests.system.put_back import kept, put_back

pytestmark = pytest.mark.system


@pytest.mark.parametrize("stopped", [True, False], ids=["stopped", "running"])
async def test_nothing_that_kafka_has_is_passed_over(ward: Ward, lines: list[tuple[str, bytes]], stopped: bool) -> None:
    """Most topics had nothing when the backup was made: of them the database does not even know that they are read."""
    await ward.start()
    await ward.publish(lines[:100])
    await ward.settle()
    ward.stop("audit")
    await kept(ward, ["audit"])
    await ward.start("audit")
    await ward.publish(lines[100:])
    await ward.settle()
    once = await ward.one("audit", "select size from log_head")
    if stopped:
        ward.stop("audit")
    await put_back(ward, ["audit"])
    assert await ward.one("audit", "select size from log_head") < once / 2
    if stopped:
        await ward.start("audit")
    else:  # it notices by the next record of a partition
        await ward.publish(lines)
    await ward.settle()
    assert (await ward.report()).findings == ()
    own = environment_settings(ward.given, "audit")
    log = await verify(own.database, ward.given.kafka, own.key_file, own.prefix, lambda _: None)
    assert log.findings == []
    assert log.leaves >= once
    assert not await ward.rows("audit", "select from ledger_range where disposition = 'missing'")
