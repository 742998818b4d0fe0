"""The papers of a batch are made some lines at a time, while the doors answer about others: in order, each with its own person, or not at all."""

import asyncio
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from chassis.calls import CallFailed
from contracts.doors.incomes import CaseIncomes, Incomes, IncomeShown
from contracts.doors.registry import Addressees
from transmittal import store, weekly
from transmittal.record_file import Line

from tests.transmittal.test_paper import line, person


class Doors:
    """The register and tax, slower the earlier they are asked, so that answers come in another order than questions."""

    def __init__(self, silent_after: int | None = None, failing: Exception | None = None) -> None:
        self.asked, self.under_way, self.most, self.silent_after = 0, 0, 0, silent_after
        self.failing = failing or CallFailed("registry-sync", "unreachable")

    def __call__(self, settings: Any, service: str) -> "Doors":
        return self

    async def __aenter__(self) -> "Doors":
        return self

    async def __aexit__(self, *exc: object) -> None:
        assert self.under_way == 0, "a call is broken off and leaves its connection behind"

    async def post(self, path: str, body: Any, answers: Any, access: Any) -> Any:
        self.asked += 1
        number, self.under_way = self.asked, self.under_way + 1
        await asyncio.sleep(0.02 / number)
        self.under_way -= 1
        if self.silent_after is not None and number > self.silent_after:
            raise self.failing
        if path == "/addressees":
            self.most = max(self.most, len(body.addressees))
            return Addressees(addressees=tuple(person(n, f"架空　{n}") for n in body.addressees))
        shown = (IncomeShown(role="applicant", addressee=case.addressee) for case in body.cases)
        return Incomes(
            cases=tuple(CaseIncomes(case=c.case, incomes=(i,)) for c, i in zip(body.cases, shown, strict=True))
        )


def lines(count: int) -> list[Line]:
    usual = line("exemption")
    return [
        replace(usual, line=n, addressee=10_000_000 + n, content=usual.content.model_copy(update={"filing": f"F-{n}"}))
        for n in range(1, count + 1)
    ]


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async def no_forms(transaction: Any, filings: Any) -> dict[str, Any]:
        return {}

    monkeypatch.setattr(store, "forms", no_forms)
    monkeypatch.setattr(weekly, "LINES_AT_ONCE", 3)
    monkeypatch.setattr(weekly, "AT_ONCE", 2)


async def made(monkeypatch: pytest.MonkeyPatch, doors: Doors, count: int) -> Any:
    monkeypatch.setattr(weekly, "Calls", doors)
    return await weekly.sheets_of(SimpleNamespace(settings=None), 1, lines(count))  # type: ignore[arg-type]


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("count", [0, 1, 3, 4, 20])
async def test_each_line_has_its_own_paper_in_order(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    doors = Doors()
    sheets = await made(monkeypatch, doors, count)
    assert [(one.line, one.addressee, one.name, one.filing) for one in sheets] == [
        (n, 10_000_000 + n, f"架空　{10_000_000 + n}", f"F-{n}") for n in range(1, count + 1)
    ]
    assert [one.incomes[0].addressee for one in sheets] == [one.addressee for one in sheets]
    assert doors.most <= 3


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("silent_after", [0, 1, 5, 12])
@pytest.mark.parametrize(
    "failing", [CallFailed("registry-sync", "unreachable"), ValueError("an answer of another shape")]
)
async def test_where_a_door_is_silent_nothing_is_made_and_no_more_is_asked(
    monkeypatch: pytest.MonkeyPatch, silent_after: int, failing: Exception
) -> None:
    doors = Doors(silent_after, failing)
    with pytest.raises(type(failing)):
        await made(monkeypatch, doors, 60)
    assert doors.asked <= silent_after + 6  # those under way end, and nobody asks again
