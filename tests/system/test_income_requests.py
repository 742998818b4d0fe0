"""A list of the pension service through the running services: let in, its people found, its incomes wanted, answered row by row."""

import asyncio
import hashlib
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest
from chassis.settings import Settings
from cli.__main__ import app
from cli.services import environment_settings
from contracts.events.income import TaxAssessed, TaxRecord
from contracts.events.notice import BasicPensionNumberAssigned, MembershipNotified
from contracts.events.operations import BusinessDayStarted
from contracts.fixed_file import read
from tax_income.request_layouts import ANSWER, BENEFIT_ANSWER, STATUS
from typer.testing import CliRunner

from tests.events import DAUGHTER, FATHER, HUSBAND, WIFE, change, day, event
from tests.system.conftest import Ward
from tests.tax_income.lists import a_list, row

pytestmark = pytest.mark.system

BASIS, BENEFIT = "国民年金法108条", "年金生活者支援給付金の支給に関する法律39条"
HIS_NUMBER = 9900000001


async def command(*arguments: str, code: int = 0) -> Any:
    result = await asyncio.to_thread(CliRunner().invoke, app, ["income-requests", *arguments])
    assert result.exit_code == code, result.output
    return result


async def told(*arguments: str) -> Any:
    return json.loads((await command(*arguments, "--json")).stdout)


def taxed(name: str, who: int, state: Any, yen: int | None = None, **items: Any) -> tuple[str, bytes]:
    record = TaxRecord(total_income_yen=yen, **items) if yen is not None else None
    data = TaxAssessed(tax_year=2026, version=1, state=state, record=record)
    return "tax-assessments", event(name, who, data, "2026-06-10").encode()


TAXES = [
    taxed("his", HUSBAND, "declared", 640_000, municipal_tax="exempt", public_pension_receipts_yen=900_000),
    taxed("hers", WIFE, "declared", 2_000_000, municipal_tax="income_based"),
    taxed("the daughter's", DAUGHTER, "undeclared"),
    taxed("the father's", FATHER, "other_municipality"),
]


def a_ward() -> list[tuple[str, bytes]]:
    """A couple, a daughter apart, a father; he is insured and has a basic pension number."""
    number = BasicPensionNumberAssigned(version=1, basic_pension_number=str(HIS_NUMBER))
    member = MembershipNotified(version=1, category=1, acquired_on=day("2015-04-01"))
    hers: dict[str, Any] = {"name": "架空 例子", "name_kana": "カクウ レイコ", "sex": "female", "relation": "spouse"}
    apart: dict[str, Any] = {
        "name": "架空 例美",
        "name_kana": "カクウ レイミ",
        "sex": "female",
        "birth_date": day("2000-01-01"),
    }
    father: dict[str, Any] = {"name": "架空 例父", "name_kana": "カクウ レイフ", "birth_date": day("1960-01-01")}
    entries = [
        change("his", HUSBAND, "other", "2015-04-01", version=1),
        change("hers", WIFE, "other", "2015-04-01", version=1, **hers),
        change("apart", DAUGHTER, "other", "2015-04-01", version=1, household=500000003, **apart),
        change("father", FATHER, "other", "2015-04-01", version=1, household=500000004, **father),
    ]
    return [
        ("calendar", event("today", 1, BusinessDayStarted(day=day("2026-06-22"), open=True), "2026-06-22").encode()),
        *((topic, one.encode()) for topic, one in entries),
        ("pension-service-notices", event("number", HUSBAND, number, "2025-04-01").encode()),
        ("pension-service-notices", event("member", HUSBAND, member, "2025-04-01").encode()),
    ]


def answers(own: Settings, number: str, layout: Any) -> list[Any]:
    return list(read(layout, (own.output / f"{number}-answer.dat").read_bytes()).rows)


async def test_a_list_is_let_in_matched_and_answered_row_by_row(ward: Ward, tmp_path: Path) -> None:
    await ward.start()
    await ward.publish([*a_ward(), *TAXES])
    await ward.tax_office_answers(TAXES)
    own = environment_settings(ward.given, "tax-income")
    content = a_list(
        "unpaid_premium",
        "U2026-1",
        [
            row(1, basic_pension_number=HIS_NUMBER, address="架空区別町9-9-9"),  # moved, but the number is his
            row(2, name_kana="ｶｸｳ ﾚｲﾐ", sex=2, birth_date=day("2000-01-01")),
            row(3, name_kana="ｶｸｳ ﾚｲﾌ", birth_date=day("1960-01-01"), address="架空区別町9-9-9"),  # nearly the father
            row(4, name_kana="ｶｸｳ ﾀﾞﾚｶ"),  # nobody
        ],
    )
    file = tmp_path / "list.dat"
    file.write_bytes(content)
    given = ("import", str(file), "--number", "U2026-1", "--kind", "unpaid_premium", "--basis", BASIS)

    # refused without the right basis, and whole
    refused = await command(*given[:-1], "国民年金法3条", code=1)
    assert "basis" in refused.output
    assert await ward.one("tax-income", "select count(*) from request") == 0
    assert (
        await ward.one("tax-income", "select findings[1] from request_refused")
        == f"file, basis: the legal basis of this kind: {BASIS}"
    )

    await command(*given)
    assert "let in before" in (await command(*given, code=1)).output
    (listed,) = await told("list")
    assert (listed["rows"], listed["matched"], listed["ambiguous"], listed["nobody"]) == (4, 2, 1, 1)
    # what the pension service asks about somebody is a notice, and the incomes are wanted
    await ward.tax_office_answers(TAXES)
    asked = "select count(*) from fact where kind = 'IncomeRequested'"
    assert await ward.one("eligibility", asked) == 1  # the daughter: of him everything is known

    # a person settles who nearly fits, another confirms
    nearly, nobody = await told("unmatched", "U2026-1")
    assert (nearly["candidates"], nearly["evidence"]["address"], nobody["candidates"]) == ([FATHER], "differs", [])
    await command("settle", "U2026-1", "3", "--addressee", str(FATHER), "--account", "clerk-1")
    assert (
        "別の人が確認します"
        in (await command("settle", "U2026-1", "3", "--addressee", str(FATHER), "--account", "clerk-1", code=1)).output
    )
    await command("settle", "U2026-1", "3", "--addressee", str(FATHER), "--account", "clerk-2")
    await ward.tax_office_answers(TAXES)

    counted = await told("answer", "U2026-1")
    assert {name: counted[name] for name in ("rows", "answered", "unmatched", "withheld")} == {
        "rows": 4, "answered": 3, "unmatched": 1, "withheld": 0,
    }  # fmt: skip
    found = answers(own, "U2026-1", ANSWER)
    assert [one["status"] for one in found] == [
        STATUS[s] for s in ("declared", "undeclared", "other_municipality", "no_match")
    ]
    assert (found[0]["own_total_income"], found[0]["spouse_total_income"], found[0]["basic_pension_number"]) == (
        640_000,
        2_000_000,
        HIS_NUMBER,
    )
    await ward.tax_office_answers(TAXES)
    assert [(r["status"]) for r in await ward.rows("tax-income", "select status from request_row order by line")] == [
        "declared", "undeclared", "other_municipality", "no_match",
    ]  # fmt: skip
    # written again it is the same, and nothing is said twice
    before = await ward.ends("income-answers")
    sha = await ward.one("tax-income", "select answer_sha256 from request")
    assert sha == hashlib.sha256((own.output / "U2026-1-answer.dat").read_bytes()).hexdigest()
    await command("answer", "U2026-1")
    await ward.tax_office_answers(TAXES)
    assert await ward.one("tax-income", "select answer_sha256 from request") == sha
    assert await ward.ends("income-answers") == before
    assert sum(before.values()) == 3
    # the rows lie sealed: no name in any column
    boxes = await ward.rows("tax-income", "select box, candidates::text, evidence::text from request_row")
    assert not any("ｶｸｳ".encode() in one["box"] or "ｶｸｳ".encode("cp932") in one["box"] for one in boxes)
    assert (await ward.report()).findings == ()


async def test_the_support_benefit_tells_the_tax_flag_of_everybody_at_home(ward: Ward, tmp_path: Path) -> None:
    await ward.start()
    await ward.publish([*a_ward(), *TAXES])
    await ward.tax_office_answers(TAXES)
    file = tmp_path / "list.dat"
    file.write_bytes(a_list("support_benefit", "B2026-1", [row(1)]))
    await command("import", str(file), "--number", "B2026-1", "--kind", "support_benefit", "--basis", BENEFIT)
    await ward.tax_office_answers(TAXES)
    await command("answer", "B2026-1")
    (found,) = answers(environment_settings(ward.given, "tax-income"), "B2026-1", BENEFIT_ANSWER)
    assert (found["status"], found["members"], found["tax_flags"]) == (1, 2, "02")
    assert (found["own_total_income"], found["own_pension_receipts"]) == (640_000, 900_000)


async def test_a_bad_list_leaves_nothing_behind(ward: Ward, tmp_path: Path) -> None:
    await ward.start("registry-sync", "tax-income")
    file = tmp_path / "list.dat"
    file.write_bytes(a_list("continued_review", "R1", [row(1), row(2)]))
    refused = await command(
        "import", str(file), "--number", "R1", "--kind", "continued_review", "--basis", BASIS, code=1
    )
    assert "line 3: the same as line 2" in refused.output
    assert await ward.one("tax-income", "select count(*) from request_row") == 0
    assert await ward.one("tax-income", "select count(*) from request_refused") == 1


KILLS = [
    ("import", "before_commit"),  # the list is not in
    ("import", "after_commit"),  # it is, and nobody was looked for
    ("import", "before_commit:2"),  # they were found, and it is not known
    ("import", "after_commit:2"),
    ("answer", "rename"),  # the file is not there yet
    ("answer", "before_commit"),  # it is, and it is not known
    ("answer", "after_commit"),
]


@pytest.mark.long
async def test_a_command_killed_anywhere_is_given_again_and_nothing_is_lost_or_doubled(
    ward: Ward, tmp_path: Path
) -> None:
    await ward.start()
    await ward.publish([*a_ward(), *TAXES])
    await ward.tax_office_answers(TAXES)
    own = environment_settings(ward.given, "tax-income")
    file = tmp_path / "list.dat"
    asked = [row(1), row(2, name_kana="ｶｸｳ ﾚｲﾐ", sex=2, birth_date=day("2000-01-01"))]
    found = []
    for number, (killed_command, fault) in enumerate(KILLS):
        name = f"K-{number}"
        file.write_bytes(a_list("continued_review", name, asked))
        given = (str(file), "--number", name, "--kind", "continued_review", "--basis", BASIS)
        if killed_command == "import":
            await killed(fault, "import", *given)
            if name in [request["number"] for request in await told("list")]:
                assert "let in before" in (await command("import", *given, code=1)).output
                await command("match", name)
            else:
                await command("import", *given)
        else:
            await command("import", *given)
            await ward.tax_office_answers(TAXES)
            await killed(fault, "answer", name)
        await ward.tax_office_answers(TAXES)
        assert (await told("answer", name))["answered"] == 2
        found.append(answers(own, name, ANSWER))
    assert all(one == found[0] for one in found)
    await ward.tax_office_answers(TAXES)
    requested = "select count(*) from fact where kind = 'IncomeRequested'"
    assert await ward.one("eligibility", requested) == 2 * len(KILLS)
    assert sum((await ward.ends("income-answers")).values()) == 2 * len(KILLS)
    assert not list(own.output.glob(".*.part"))
    assert (await ward.report()).findings == ()


async def killed(fault: str, *arguments: str) -> None:
    """The command ends itself at this point, and nowhere else."""
    kokunen = Path(sys.executable).parent / "kokunen"
    process = await asyncio.create_subprocess_exec(
        kokunen, "income-requests", *arguments, env=os.environ | {"KOKUNEN_FAULT": fault}
    )
    assert await process.wait() == -signal.SIGKILL
