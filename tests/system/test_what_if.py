"""A draft rehearsed on the live state: counts to anybody, numbers after an access record each, and nothing else written."""

import json
import shutil
from pathlib import Path

import pytest
from chassis.transaction import Access
from cli import what_if
from eligibility.parameter_files import load_draft, parameters, with_draft

from tests.cli.test_what_if import BETWEEN, DRAFT, add_to_town, who_lies_between
from tests.system.conftest import Ward

pytestmark = pytest.mark.system

ACCESS = Access("clerk-1", "terminal-1", "law-change", "T-42")


async def test_live_data_gives_counts_and_names_only_with_a_record(
    ward: Ward, town: Path, lines: list[tuple[str, bytes]], tmp_path: Path
) -> None:
    draft = tmp_path / "next-year.yaml"
    draft.write_text(DRAFT, "utf-8")
    now, then = parameters(), with_draft(parameters(), load_draft(draft))
    await ward.start()
    everything = [*lines, *who_lies_between()]
    await ward.publish(everything)
    await ward.tax_office_answers(everything)
    ward.stop()
    here = Path(shutil.copytree(town, tmp_path / "town"))
    add_to_town(here, who_lies_between())
    before = await ward.one("eligibility", "select count(*) from outbox")
    said = await ward.rows("eligibility", "select * from said order by subject, topic, key")

    answer = await what_if.live(ward.given, now, then, None, print)
    rehearsed = what_if.of_town(here, now, then, print)
    assert answer == what_if.counts(rehearsed)
    assert BETWEEN in rehearsed.numbers
    assert await ward.one("eligibility", "select count(*) from outbox") == before

    answer = await what_if.live(ward.given, now, then, ACCESS, print)
    assert answer == what_if.counts(rehearsed) | {"names": rehearsed.numbers}
    (record,) = await ward.rows(
        "eligibility", "select key, convert_from(value, 'UTF8')::json -> 'data' as data from outbox"
    )
    named = json.loads(record["data"])
    assert (named["subjects"] or [int(record["key"])]) == rehearsed.numbers
    assert named["count"] == len(rehearsed.numbers)
    assert await ward.rows("eligibility", "select * from said order by subject, topic, key") == said
