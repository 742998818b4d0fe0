"""Given a filing that is followed: does one trace lead from its event to its line of a weekly batch?"""

import json
import re
import uuid
from pathlib import Path

import pytest
from cli import broker, local, traces

from tests.system.conftest import Ward, until

pytestmark = pytest.mark.system
LINE = re.compile(r"transmittal batch \d+ line \d+")


async def test_one_trace_from_the_filing_to_its_line_of_the_batch(
    ward: Ward, town: Path, lines: list[tuple[str, bytes]]
) -> None:
    traces.start()
    try:
        await ward.start()
        filings = [value for topic, value in lines if topic == "filings" and b'"FilingEntered"' in value]
        last_days = [line for line in lines if line[0] == "calendar"][-14:]
        await ward.publish(line for line in lines if line[1] not in filings and line not in last_days)
        await ward.settle()
        identities = []
        async with ward.sender() as sender:
            for value in filings:
                identity, subject = uuid.UUID(json.loads(value)["id"]), json.loads(value)["subject"]
                identities.append(str(identity))
                followed = [("traceparent", f"00-{identity.hex}-{identity.hex[:16]}-01".encode())]
                await sender.send_and_wait(broker.prefix() + "filings", value, key=subject.encode(), headers=followed)
        await ward.settle()
        await ward.publish(last_days)  # a sealing day is among them
        await ward.settle()
        spans = local.home() / "spans.jsonl"

        async def at_its_line() -> list[str]:
            trees = (traces.tree(spans, identity) for identity in identities)
            return next((tree for tree in trees if any(LINE.search(line) for line in tree)), [])

        tree = await until(at_its_line, "a trace leads to a line of the batch")
        names = [line.strip().partition("  +")[0] for line in tree]
        published = next(name for name in names if name.startswith("eligibility publishes to "))
        assert names.index("eligibility FilingEntered") < names.index(published)
        assert any("other sampled events: transmittal seals batch" in name for name in names)
        assert any("other sampled events: eligibility batch" in name for name in names)
        depth = {name: len(line) - len(line.lstrip()) for line, name in zip(tree, names, strict=True)}
        line = next(name for name in names if LINE.search(name))
        before = next(name for name in reversed(names[: names.index(line)]) if name.startswith("transmittal "))
        assert depth["eligibility FilingEntered"] < depth[before] < depth[line]
    finally:
        traces.stop()
