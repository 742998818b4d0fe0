"""An access record as security tools read it: one line, nobody named."""

import datetime as dt
from typing import get_args

import pytest
from audit.cef import SEVERITY, line
from contracts.doors.log import AccessShown
from contracts.events.operations import Action

ONE = AccessShown(
    index=42, at=dt.datetime(2026, 11, 28, 9, tzinfo=dt.UTC), service="eligibility", counter=7, account="clerk-1", terminal="counter-1",
    purpose="inquiry", case="case-1", action="refer", what="explain", fields=("status", "income"), persons=1, result="answered",
)  # fmt: skip


def test_a_line_holds_who_where_what_for_and_the_leaf() -> None:
    assert line(ONE) == (
        "CEF:0|kokunen|eligibility|1|explain|refer|3|rt=1795856400000 suser=clerk-1 shost=counter-1 cs1Label=purpose cs1=inquiry"
        " cs2Label=case cs2=case-1 cs3Label=fields cs3=status,income cnt=1 outcome=answered cn1Label=counter cn1=7 externalId=42"
    )


@pytest.mark.parametrize("action", get_args(Action))
def test_every_action_has_a_severity(action: Action) -> None:
    assert f"|{action}|{SEVERITY[action]}|" in line(ONE.model_copy(update={"action": action}))
