"""When our own code fails beside consuming, in the work of the day or while measuring: the others have their day, and the service goes on."""

import asyncio
from typing import Any, cast

import pytest
from chassis import run, telemetry
from chassis.later import Later
from chassis.run import Runner


class OnOneResident(Later):
    """Derives for everyone but resident 2."""

    def __init__(self) -> None:
        self.derived: list[int] = []

    async def _in_circle(self, work: Any) -> int:
        return int(await work(None, frozenset()))

    async def _derive(self, transaction: Any, residents: Any, more: Any) -> int:
        if 2 in residents:
            raise ArithmeticError("sabotage")
        self.derived += residents
        return len(residents)


async def test_one_resident_our_code_fails_on_keeps_nobody_else_from_their_day() -> None:
    batches = OnOneResident()
    with pytest.raises(ArithmeticError):
        await batches.look_again([1, 2, 3])
    assert batches.derived == [1, 3]


async def test_a_failing_day_is_an_alarm_and_no_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "IDLE_SECONDS", 0.001)
    runner = Runner(cast(Any, None), cast(Any, None))
    alarms: list[float] = []

    class Day:
        tries = 0

        async def due(self) -> int:
            self.tries += 1
            alarms.append(telemetry.DAY_FAILING._value.get())
            if self.tries <= 2:
                raise ArithmeticError("the holiday table ends")
            runner.stopping.set()
            return 0

    await asyncio.wait_for(runner._due(cast(Any, Day())), 5)
    assert alarms == [0, 1, 1]
    assert telemetry.DAY_FAILING._value.get() == 0


@pytest.mark.parametrize("failure", [ArithmeticError, ConnectionError])
async def test_a_figure_that_can_not_be_had_is_an_alarm_and_no_end(
    failure: type[Exception], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(run, "MEASURE_SECONDS", 0.001)
    runner = Runner(cast(Any, None), cast(Any, None))
    gauge = telemetry.NO_ANSWER.labels("kafka")._value
    gauge.set(0)
    alarms: list[float] = []

    async def measure() -> None:
        alarms.append(gauge.get())
        if len(alarms) <= 2:
            raise failure
        runner.stopping.set()

    await asyncio.wait_for(runner._keep_measuring("kafka", measure, every=1.0), 5)
    assert alarms == [0, 1, 1]
    assert gauge.get() == 0
    assert {one.levelname for one in caplog.records} == {"ERROR" if failure is ArithmeticError else "WARNING"}
