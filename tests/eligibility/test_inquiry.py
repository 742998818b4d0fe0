"""What a purpose opens of a person's sheet, and of whom else."""

import datetime as dt
from typing import Any, get_args

import pytest
from contracts.doors.inquiry import Part, ViewLine
from contracts.doors.registry import HouseholdMember
from eligibility.inquiry import SIGHTS, benefit_base_date, beside, holds, part_of, tax_year_of, visible

HEAD, PARTNER, SON, GRANNY = 1, 2, 3, 4
FAMILY = (
    HouseholdMember(addressee=HEAD, relation="householder"),
    HouseholdMember(addressee=PARTNER, relation="spouse"),
    HouseholdMember(addressee=SON, relation="child"),
    HouseholdMember(addressee=GRANNY, relation="parent"),
)


def line(part: Part, key: str = "k", **data: Any) -> ViewLine:
    return ViewLine(part=part, key=key, type="T", data=data)


@pytest.mark.parametrize(
    ("topic", "key", "part"),
    [
        ("eligibility-events", "2026-07-01/0-1", "status"),
        ("eligibility-events", "filing/F-1", "filing"),
        ("eligibility-events", "additional/2026-07", "additional"),
        ("eligibility-events", "hint/loss_filing_due/1/2026-07-01", "hint"),
        ("claim-events", "filing/F-2", "claim"),
        ("exemption-events", "F-1/2026-07", "exemption"),
        ("exemption-events", "review/R-1/2026-07", "review"),
        ("exemption-events", "decision/D-1", "decision"),
        ("exemption-events", "months/2026-07", "months"),
        ("insured-status", "status", "insured_status"),
        ("persons-concerned", "concerned", None),
    ],
)
def test_each_statement_has_its_part_of_the_sheet(topic: str, key: str, part: Part | None) -> None:
    assert part_of(topic, key) == part


def test_a_purpose_opens_its_parts_in_their_order_and_nothing_else() -> None:
    every = [line(part) for part in reversed(get_args(Part))]
    for purpose, sight in SIGHTS.items():
        shown = [one.part for one in visible(every, sight, None)]
        assert shown == [part for part in get_args(Part) if part in sight.parts], purpose
    assert "months" not in SIGHTS["status"].parts
    assert "claim" not in SIGHTS["exemption"].parts


@pytest.mark.parametrize(
    ("data", "on", "held"),
    [
        ({"first_month": "2026-07", "last_month": "2027-06"}, "2026-06-30", False),
        ({"first_month": "2026-07", "last_month": "2027-06"}, "2026-07-01", True),
        ({"first_month": "2026-07", "last_month": "2027-06"}, "2027-06-30", True),
        ({"first_month": "2026-07", "last_month": "2027-06"}, "2027-07-01", False),
        ({"first_month": "2026-07"}, "2036-07-01", True),
        ({"effective_on": "2026-07-02"}, "2026-07-01", False),
        ({"effective_on": "2026-07-02"}, "2026-07-02", True),
        ({"received_on": "2026-07-02"}, "2026-07-01", False),
        ({"state": "waiting"}, "2026-07-01", True),
    ],
)
def test_on_a_day_there_is_what_held_in_its_month_or_had_happened(data: dict[str, Any], on: str, held: bool) -> None:
    assert holds(data, dt.date.fromisoformat(on)) is held


@pytest.mark.parametrize(
    ("person", "purpose", "seen"),
    [
        (HEAD, "exemption", {PARTNER: "spouse"}),
        (PARTNER, "exemption", {HEAD: "spouse"}),  # householder and spouse at once: seen once
        (SON, "exemption", {HEAD: "householder"}),  # the householder's spouse is not the son's affair
        (GRANNY, "exemption", {HEAD: "householder"}),
        (HEAD, "claim", {PARTNER: "spouse", SON: "child"}),
        (PARTNER, "claim", {HEAD: "spouse", SON: "child"}),
        (SON, "claim", {}),
        (HEAD, "status", {}),
        (HEAD, "disclosure", {}),
        (99, "exemption", {HEAD: "householder"}),
    ],
)
def test_who_is_visible_depends_on_the_case(person: int, purpose: str, seen: dict[int, str]) -> None:
    members = FAMILY if person != 99 else (*FAMILY, HouseholdMember(addressee=99, relation="other"))
    assert beside(person, members, SIGHTS[purpose].beside) == seen


def test_somebody_who_lives_nowhere_here_has_nobody_beside() -> None:
    assert beside(HEAD, (), SIGHTS["exemption"].beside) == {}


@pytest.mark.parametrize(("day", "year"), [("2026-06-30", 2025), ("2026-07-01", 2026), ("2026-12-31", 2026)])
def test_the_tax_year_is_that_of_the_cycle(day: str, year: int) -> None:
    assert tax_year_of(dt.date.fromisoformat(day)) == year


def test_the_support_benefit_sees_every_member_of_the_household_and_no_income() -> None:
    sight = SIGHTS["support-benefit"]
    assert beside(SON, FAMILY, sight.beside) == {HEAD: "member", PARTNER: "member", GRANNY: "member"}
    assert sight.tax
    assert not sight.incomes


@pytest.mark.parametrize(
    ("day", "base"), [("2026-03-31", "2025-04-01"), ("2026-04-01", "2026-04-01"), ("2026-12-31", "2026-04-01")]
)
def test_its_household_is_that_of_the_first_of_april(day: str, base: str) -> None:
    assert benefit_base_date(dt.date.fromisoformat(day)) == dt.date.fromisoformat(base)
