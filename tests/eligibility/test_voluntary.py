"""任意加入 and 特例任意加入: who may join when, what the membership is, and what ends it."""

from dataclasses import replace

import pytest
from contracts.events.forms import VoluntaryEntry, VoluntaryWithdrawal
from contracts.vocabulary import Month, Voluntary
from eligibility.determine import Determination, determine
from eligibility.facts import Filing, Person, Stay
from eligibility.parameter_files import parameters
from eligibility.rules.voluntary import refused_because
from pydantic import ValidationError

from tests.eligibility.test_premium_months import STATUTORY
from tests.eligibility.test_situations import changes, lives
from tests.events import HUSBAND, day, filed

BORN = "1964-05-10"  # 60 attained on 2024-05-09, 65 on 2029-05-09


@pytest.mark.parametrize(
    ("membership", "born", "on", "here", "why"),
    [
        ("voluntary_20_59", BORN, "2024-05-08", True, None),
        ("voluntary_20_59", BORN, "2024-05-09", True, "age_outside"),
        ("voluntary_20_59", "2004-05-10", "2024-05-08", True, "age_outside"),
        ("voluntary_20_59", "2004-05-10", "2024-05-09", True, None),
        ("voluntary_20_59", BORN, "2024-05-08", False, "residence_does_not_fit"),
        ("voluntary_60_64", BORN, "2024-05-08", True, "age_outside"),
        ("voluntary_60_64", BORN, "2024-05-09", True, None),
        ("voluntary_60_64", BORN, "2029-05-08", True, None),
        ("voluntary_60_64", BORN, "2029-05-09", True, "age_outside"),
        ("voluntary_60_64", BORN, "2026-05-09", False, "residence_does_not_fit"),
        ("voluntary_overseas", BORN, "2026-05-09", False, None),
        ("voluntary_overseas", BORN, "2026-05-09", True, "residence_does_not_fit"),
        ("voluntary_overseas", BORN, "2029-05-08", False, None),
        ("voluntary_overseas", BORN, "2029-05-09", False, "age_outside"),
        ("special_voluntary", "1961-05-10", "2026-05-08", True, "age_outside"),
        ("special_voluntary", "1961-05-10", "2026-05-09", True, None),
        ("special_voluntary", "1956-05-10", "2026-05-08", True, None),
        ("special_voluntary", "1956-05-10", "2026-05-09", True, "age_outside"),
        ("special_voluntary_overseas", "1961-05-10", "2026-05-09", False, None),
        ("special_voluntary_overseas", "1961-05-10", "2026-05-09", True, "residence_does_not_fit"),
        # the law of the third cohort: born up to 1 April 1975
        ("special_voluntary", "1975-04-01", "2040-03-31", True, None),
        ("special_voluntary", "1975-04-02", "2040-04-01", True, "born_after_cohort"),
        # before it was promulgated, up to 1 April 1965 (nobody younger was old enough)
        ("special_voluntary", "1955-04-02", "2020-04-01", True, None),
    ],
)
def test_who_may_join(membership: Voluntary, born: str, on: str, here: bool, why: str | None) -> None:
    assert refused_because(membership, day(born), day(on), here, parameters()) == why


def test_account_transfer_is_asked_of_those_in_japan() -> None:
    VoluntaryEntry(kind="voluntary_entry", membership="voluntary_60_64", account_transfer="good_cause")
    VoluntaryEntry(kind="voluntary_entry", membership="special_voluntary", account_transfer="wished")
    VoluntaryEntry(kind="voluntary_entry", membership="voluntary_overseas")
    with pytest.raises(ValidationError, match="account transfer"):
        VoluntaryEntry(kind="voluntary_entry", membership="voluntary_60_64")
    with pytest.raises(ValidationError, match="account transfer"):
        VoluntaryEntry(kind="voluntary_entry", membership="voluntary_overseas", account_transfer="wished")


HERE = Person(HUSBAND, birth_date=day(BORN), spans=(lives("2015-04-01", "householder"),),
              stays=(Stay(1, day("1984-05-09"), None, "n"),))  # fmt: skip
JOINS = filed(
    "R1", "2026-06-10",
    VoluntaryEntry(kind="voluntary_entry", membership="voluntary_60_64", account_transfer="wished"),
)  # fmt: skip


def known(who: Person, *filings: Filing, on: str = "2031-01-01") -> Determination:
    return determine(replace(who, filings=filings), {}, day(on), parameters())


def test_it_begins_on_the_day_of_reception_and_ends_at_65() -> None:
    found = known(HERE, JOINS)
    assert changes(found) == [
        ("1984-05-09", None, 1, "confirmed"),
        ("2024-05-09", 1, None, "confirmed"),
        ("2026-06-10", None, "voluntary_60_64", "confirmed"),
        ("2029-05-09", "voluntary_60_64", None, "confirmed"),
    ]
    assert found.timeline.category_of(Month(2026, 6)) == "voluntary_60_64"
    assert {one.hint for one in found.hints} == {"special_voluntary_possible"}


def test_the_resident_register_is_told_of_category_1_only() -> None:
    status = known(HERE, JOINS).insured_status
    assert status is not None
    assert (status.category, status.lost_on) == (1, day("2024-05-09"))


def test_a_withdrawal_ends_it_on_its_day() -> None:
    leaves = filed("R2", "2027-03-31", VoluntaryWithdrawal(kind="voluntary_withdrawal"))
    assert changes(known(HERE, JOINS, leaves))[-1] == ("2027-03-31", "voluntary_60_64", None, "confirmed")


def test_no_exemption_reaches_a_voluntary_month() -> None:
    found = known(HERE, JOINS, replace(STATUTORY, number="R3"))
    assert found.premium.exempt == ()
    assert [one.state for one in found.receptions] == ["accepted", "refused"]


def test_a_member_abroad_who_returns_at_20_to_59_changes_without_a_gap() -> None:
    abroad = lives("2020-01-01", "householder").model_copy(
        update={"residency": "overseas", "reason": "move_out_overseas"}
    )
    back = lives("2026-07-10", "householder").model_copy(update={"reason": "move_in_overseas"})
    away = abroad.model_copy(update={"valid_to": day("2026-07-10")})
    who = Person(
        HUSBAND, birth_date=day("1990-05-10"), spans=(away, back),
        stays=(Stay("voluntary_overseas", day("2020-02-01"), None, "n"),),
    )  # fmt: skip
    assert changes(known(who))[-1][:3] == ("2026-07-10", "voluntary_overseas", 1)


def test_one_who_returns_at_60_loses_it_on_the_day_after() -> None:
    abroad = lives("2020-01-01", "householder").model_copy(
        update={"residency": "overseas", "reason": "move_out_overseas"}
    )
    back = lives("2026-07-10", "householder").model_copy(update={"reason": "move_in_overseas"})
    who = Person(
        HUSBAND, birth_date=day(BORN), spans=(abroad.model_copy(update={"valid_to": day("2026-07-10")}), back),
        stays=(Stay("voluntary_overseas", day("2024-06-01"), None, "n"),),
    )  # fmt: skip
    assert changes(known(who, on="2026-08-01"))[-1] == ("2026-07-11", "voluntary_overseas", None, "expected")


def test_a_member_in_japan_who_leaves_loses_it_on_the_day_after() -> None:
    away = lives("2027-07-10", "householder").model_copy(
        update={"residency": "overseas", "reason": "move_out_overseas"}
    )
    here = lives("2015-04-01", "householder").model_copy(update={"valid_to": day("2027-07-10")})
    found = known(replace(HERE, spans=(here, away)), JOINS, on="2027-08-01")
    assert changes(found)[-1][:3] == ("2027-07-11", "voluntary_60_64", None)
    assert "voluntary_overseas_possible" in {one.hint for one in found.hints}


def test_joining_an_employer_changes_it_without_a_loss() -> None:
    employed = replace(HERE, stays=(*HERE.stays, Stay(2, day("2027-04-01"), None, "m")))
    assert changes(known(employed, JOINS))[-1][:3] == ("2027-04-01", "voluntary_60_64", 2)


def test_death_ends_it_on_the_day_after() -> None:
    died = lives("2027-07-10", "householder").model_copy(update={"residency": "deceased", "reason": "death"})
    here = lives("2015-04-01", "householder").model_copy(update={"valid_to": day("2027-07-10")})
    assert changes(known(replace(HERE, spans=(here, died)), JOINS))[-1][:3] == ("2027-07-11", "voluntary_60_64", None)


def test_a_special_member_until_70() -> None:
    joins = VoluntaryEntry(kind="voluntary_entry", membership="special_voluntary", account_transfer="wished")
    who = replace(HERE, birth_date=day("1960-05-10"))
    assert changes(known(who, filed("R1", "2026-06-10", joins)))[-2:] == [
        ("2026-06-10", None, "special_voluntary", "confirmed"),
        ("2030-05-09", "special_voluntary", None, "confirmed"),
    ]
