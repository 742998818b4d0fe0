"""Two numbers become one person and two again, through all services: what was told under either counts for one, and is given back."""

import json
from typing import Any

import pytest
from cli import settle, verify
from contracts.events.filing import FilingChecked, FilingEntered, FilingSendDecided
from contracts.events.forms import ExemptionApplication
from contracts.events.income import TaxAssessed, TaxRecord
from contracts.events.notice import MembershipNotified
from contracts.events.operations import BusinessDayStarted
from contracts.events.registry import AddresseesMerged, AddresseesSplit, NonResidentRecord, NonResidentRecorded
from contracts.vocabulary import Month

from tests.events import EVIDENCE, FATHER, HUSBAND, change, day, event, event_id
from tests.system.conftest import Ward
from tests.system.test_batch_life import desk, told

pytestmark = pytest.mark.system


async def standing(ward: Ward, who: int) -> list[tuple[str, str]]:
    """(topic, key) of everything that eligibility is saying of a number."""
    async with settle.Watch(ward.given) as watch:
        said = await verify.said_by(watch)
    return sorted((one.topic, one.key) for one in said if one.service == "eligibility" and one.subject == who)


async def outcome(ward: Ward, who: int) -> Any:
    query = "select value from said where subject = $1 and type = 'ExemptionAssessed'"
    return [json.loads(row["value"])["outcome"] for row in await ward.rows("eligibility", query, who)]


def line(topic: str, name: str, who: int, data: Any, recorded: str, **more: Any) -> tuple[str, bytes]:
    return topic, event(name, who, data, recorded, **more).encode()


def an_applicant_under_his_old_number() -> list[tuple[str, bytes]]:
    form = ExemptionApplication(kind="exemption", first_month=Month(2026, 7), last_month=Month(2027, 6))
    entered = FilingEntered(
        filing="R1", revision=1, received_on=day("2026-07-06"), office="honcho", channel="counter", evidence=EVIDENCE,
        entered_by="first", content=form,
    )  # fmt: skip
    checked = FilingChecked(filing="R1", checked_by="second", received_on=day("2026-07-06"), content=form)
    member = MembershipNotified(version=1, category=1, acquired_on=day("2015-04-01"))
    _, left = change("left", HUSBAND, "move_out", "2020-04-01", version=2, residency="moved_out")
    _, came = change("came", FATHER, "move_in", "2026-03-01", version=1, moved_in_from="見本県", household=500000009)
    return [
        ("resident-changes", change("lived", HUSBAND, "other", "2015-04-01", version=1)[1].encode()),
        ("resident-changes", left.encode()),
        ("resident-changes", came.encode()),
        line("pension-service-notices", "member", HUSBAND, member, "2026-04-01"),
        line("filings", "entered", HUSBAND, entered, "2026-07-06"),
        line("filings", "checked", HUSBAND, checked, "2026-07-06"),
        line("calendar", "today", 1, BusinessDayStarted(day=day("2026-08-03"), open=True), "2026-08-03"),
    ]


async def test_one_person_under_two_numbers_and_two_persons_again(ward: Ward) -> None:
    record = TaxRecord(total_income_yen=640_000)
    taxed = TaxAssessed(tax_year=2026, version=1, state="declared", record=record)
    taxes = [line("tax-assessments", "taxed", FATHER, taxed, "2026-06-10")]
    merge = AddresseesMerged(into=FATHER, decided_by="clerk-1", confirmed_by="clerk-2")
    split = AddresseesSplit(decided_by="clerk-1", confirmed_by="clerk-2")

    await ward.start()
    await ward.publish([*an_applicant_under_his_old_number(), *taxes])
    await ward.tax_office_answers(taxes)
    before = await standing(ward, HUSBAND), await standing(ward, FATHER)
    assert ("eligibility-events", "filing/R1") in before[0]
    assert await outcome(ward, HUSBAND) == ["undetermined"]  # his income came under the other number

    await ward.publish([line("resident-changes", "one person", HUSBAND, merge, "2026-08-03")])
    await ward.tax_office_answers(taxes)
    assert await standing(ward, HUSBAND) == []
    assert ("eligibility-events", "filing/R1") in await standing(ward, FATHER)
    assert await outcome(ward, FATHER) == ["pass"]
    book = await ward.rows("eligibility", "select addressee from reception_book")
    assert [row["addressee"] for row in book] == [FATHER]

    await ward.publish(
        [line("resident-changes", "two", HUSBAND, split, "2026-08-03", supersedes=event_id("one person"))]
    )
    await ward.tax_office_answers(taxes)
    assert (await standing(ward, HUSBAND), await standing(ward, FATHER)) == before
    assert (await ward.report()).findings == ()


async def periods_of(ward: Ward, who: int) -> list[str]:
    rows = await ward.rows("eligibility", "select category from insured_period where addressee = $1", who)
    return [row["category"] for row in rows]


async def test_a_number_outside_the_register_is_merged_and_given_back_without_a_word_about_the_other(
    ward: Ward,
) -> None:
    """The register has nothing new to say of the number that stays: what eligibility says of it changes all the same."""
    who = NonResidentRecord(
        name="見本　父", name_kana="ミホン　チチ", birth_date=day("1960-05-01"), sex="male", address="見本県見本市1-1"
    )
    member = MembershipNotified(version=1, category=2, acquired_on=day("2015-04-01"))
    lost = [line for line in an_applicant_under_his_old_number() if json.loads(line[1])["type"].startswith("Filing")]
    merge = AddresseesMerged(into=FATHER, decided_by="clerk-1", confirmed_by="clerk-2")
    split = AddresseesSplit(decided_by="clerk-1", confirmed_by="clerk-2")
    _, lived = change("lived", FATHER, "other", "2015-04-01", version=1)
    await ward.start()
    await ward.publish(
        [
            ("resident-changes", lived.encode()),
            line("resident-changes", "outside", HUSBAND, NonResidentRecorded(changed_on=day("2026-07-01"), version=1, record=who), "2026-07-01"),
            line("pension-service-notices", "member", FATHER, member, "2026-04-01"),
            *lost,
            line("calendar", "today", 1, BusinessDayStarted(day=day("2026-08-03"), open=True), "2026-08-03"),
        ]
    )  # fmt: skip
    await ward.settle()
    before = await standing(ward, HUSBAND), await standing(ward, FATHER)
    assert ("eligibility-events", "filing/R1") in before[0]
    assert await periods_of(ward, FATHER) == ["2"]
    updates = await ward.ends("residents")

    await ward.publish([line("resident-changes", "one person", HUSBAND, merge, "2026-08-03")])
    await ward.settle()
    assert (
        sum((await ward.ends("residents")).values()) == sum(updates.values()) + 1
    )  # of the number that goes, and of no other
    assert await standing(ward, HUSBAND) == []
    assert await standing(ward, FATHER) == sorted({*before[0], *before[1]})
    assert await periods_of(ward, FATHER) == ["2"]
    assert await books(ward) == {FATHER}

    await ward.publish(
        [line("resident-changes", "two", HUSBAND, split, "2026-08-03", supersedes=event_id("one person"))]
    )
    await ward.settle()
    assert (await standing(ward, HUSBAND), await standing(ward, FATHER)) == before
    assert await periods_of(ward, FATHER) == ["2"]
    assert (await ward.report()).findings == ()
    assert await books(ward) == {HUSBAND}
    assert await ward.rows("transmittal", "select * from set_aside") == []


async def books(ward: Ward) -> set[int]:
    """Under which number transmittal has the filing."""
    return {
        row["addressee"]
        for row in await ward.rows("transmittal", "select addressee from reception where not withdrawn")
    }


async def test_what_was_sent_under_a_number_that_is_merged_is_neither_sent_again_nor_taken_back(ward: Ward) -> None:
    merge = AddresseesMerged(into=FATHER, decided_by="clerk-1", confirmed_by="clerk-2")
    split = AddresseesSplit(decided_by="clerk-1", confirmed_by="clerk-2")

    def decided(filing: str, recorded: str) -> tuple[str, bytes]:
        to_send = FilingSendDecided(filing=filing, decided_by="third", office="honcho", decided_on=day(recorded))
        return line("filings", f"{filing} decided", HUSBAND, to_send, recorded)

    form = ExemptionApplication(kind="exemption", first_month=Month(2025, 7), last_month=Month(2026, 6))
    later = [
        line("filings", "entered later", HUSBAND, FilingEntered(
            filing="R2", revision=1, received_on=day("2026-07-31"), office="honcho", channel="counter", evidence=EVIDENCE,
            entered_by="first", content=form,
        ), "2026-07-31"),
        line("filings", "checked later", HUSBAND, FilingChecked(
            filing="R2", checked_by="second", received_on=day("2026-07-31"), content=form,
        ), "2026-07-31"),
        decided("R2", "2026-07-31"),
    ]  # fmt: skip
    await ward.start()
    await ward.publish([*an_applicant_under_his_old_number(), decided("R1", "2026-07-06")])
    await ward.settle()
    assert "封緘しました" in await desk("seal")
    await ward.publish(later)
    await ward.settle()
    assert await pending() == [(HUSBAND, "R2")]

    await ward.publish([line("resident-changes", "one person", HUSBAND, merge, "2026-08-03")])
    await ward.settle()
    assert await pending() == [(FATHER, "R2")]  # what was not sent yet goes under the number that stays
    assert (await ward.report()).findings == ()

    await ward.publish(
        [line("resident-changes", "two", HUSBAND, split, "2026-08-03", supersedes=event_id("one person"))]
    )
    await ward.settle()
    assert await pending() == [(HUSBAND, "R2")]
    # a second attempt may have stood open between the two words of the merge (one partition each); sealed again, one went
    assert "封緘しました" in await desk("seal")
    sealed = await ward.rows(
        "transmittal", "select addressee, mark from attempt where item = 'R1' and batch is not null"
    )
    assert [tuple(one) for one in sealed] == [(HUSBAND, "new")]
    assert (await ward.report()).findings == ()


async def pending() -> list[tuple[int, str]]:
    return sorted((one["addressee"], one["item"]) for one in await told("due") if one["state"] == "pending")
