"""What the ward's register of accounts and terminals leaves of a right: the first rule that forbids it, by name."""

import datetime as dt
from typing import Any

import pytest
from chassis.accounts import roles_of, why_not
from contracts.events.operations import AccountSet, Emergency, TerminalClass
from contracts.purposes import ONLY_AT, WRITE_ONLY
from pydantic import ValidationError

NOW = dt.datetime(2026, 9, 1, 9, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
LOOK = "addressees.look"


def account(**given: Any) -> AccountSet:
    usual = {
        "version": 1, "kind": "employee", "roles": ("clerk",), "valid_from": NOW - HOUR, "valid_until": NOW + HOUR,
        "proposed_by": "a", "approved_by": "b",
    }  # fmt: skip
    return AccountSet(**usual | given)


def rule(
    who: AccountSet | None,
    right: str = LOOK,
    terminal: TerminalClass | None = "office",
    case: str = "case-1",
    now: dt.datetime = NOW,
    training_days: int | None = None,
) -> str | None:
    found = why_not(who, terminal, right, case, now, training_days)
    return None if found is None else found[0]


def test_who_is_registered_in_use_and_at_a_terminal_may() -> None:
    assert rule(account()) is None


def test_deny_by_default() -> None:
    assert rule(None) == "account_unknown"
    assert rule(account(), terminal=None) == "terminal_unknown"


@pytest.mark.parametrize("why", ["dormant", "left", "incident", "other"])
def test_a_suspended_account_may_nothing(why: str) -> None:
    assert rule(account(suspended=why)) == "account_suspended"


def test_validity_ends_by_the_server_s_clock() -> None:
    who, second = account(), dt.timedelta(microseconds=1)
    assert rule(who, now=who.valid_from - second) == "account_expired"
    assert rule(who, now=who.valid_from) is None
    assert rule(who, now=who.valid_until - second) is None
    assert rule(who, now=who.valid_until) == "account_expired"


def test_a_terminal_is_for_whom_and_for_what_it_is() -> None:
    assert rule(account(), terminal="branch") == "terminal_not_for_account"
    anywhere = account(terminals=("office", "branch", "number", "media"))
    for right, needed in ONLY_AT.items():
        assert rule(anywhere, right, needed) is None
        assert rule(anywhere, right, "office") == "terminal_not_for_this"


def test_a_contractor_enters_and_reads_nothing_back() -> None:
    helper = account(kind="contractor", contract="C-1", approval="A-1", terminals=("office", "number"))
    for right in WRITE_ONLY:
        assert rule(helper, right, "number") is None
    for right in (LOOK, "my-numbers.show", "inquiry.look", "transmittal.check"):
        assert rule(helper, right, "number") == "entry_only"


def test_a_contractor_s_account_names_contract_and_approval() -> None:
    for given in ({}, {"contract": "C-1"}, {"approval": "A-1"}):
        with pytest.raises(ValidationError, match="contract and approval"):
            account(kind="contractor", **given)


@pytest.mark.parametrize("case", ["case-1", "WO-", "wo-1", "XWO-1"])
def test_operators_work_under_a_work_order(case: str) -> None:
    operator = account(kind="operator")
    assert rule(operator, case=case) == "work_order_missing"
    assert rule(operator, case="WO-2026-0012") is None


def test_a_role_counts_when_provider_and_register_both_give_it() -> None:
    who = account(roles=("clerk", "auditor"))
    assert roles_of(("clerk", "section-head"), who, NOW) == {"clerk"}
    assert roles_of((), who, NOW) == frozenset()


def test_an_emergency_role_lasts_for_its_hours_and_no_longer() -> None:
    until = NOW + 4 * HOUR
    who = account(emergency=Emergency(role="section-head", until=until, reason="INC-1"))
    assert roles_of(("clerk",), who, until - dt.timedelta(microseconds=1)) == {"clerk", "section-head"}
    assert roles_of(("clerk",), who, until) == {"clerk"}


def test_one_person_alone_sets_nothing() -> None:
    with pytest.raises(ValidationError, match="two people"):
        account(proposed_by="a", approved_by="a")


def test_training_lapses_where_it_is_asked_for() -> None:
    today = dt.date(2026, 9, 1)
    trained, late = (
        account(trained_on=today - dt.timedelta(days=365)),
        account(trained_on=today - dt.timedelta(days=366)),
    )
    assert [rule(who) for who in (trained, late, account())] == [None, None, None]
    assert rule(trained, training_days=365) is None
    assert rule(late, training_days=365) == "training_lapsed"
    assert rule(account(), training_days=365) == "training_lapsed"
