"""Who would be decided differently, and who may know? A draft is rehearsed without a trace, and let in by two people."""

import asyncio
import datetime as dt
import json
import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from cli import oracle, what_if
from cli.__main__ import app
from cli.parameters import NotActivated, activate
from cli.town import write_town
from cli.what_if import Comparison, NamesRefused, counts
from contracts.events.filing import FilingChecked, FilingEntered
from contracts.events.forms import AcquisitionFiling, ExemptionApplication, Form, StudentApplication
from contracts.events.income import AssessedIncome, Deductions, TaxAssessed, TaxRecord
from contracts.events.notice import ExemptionDecided, MembershipNotified
from contracts.events.registry import ResidentSpan
from contracts.vocabulary import Month
from eligibility.facts import Income, Person, Stay
from eligibility.parameter_files import FOLDER, load_draft, load_parameters, with_draft
from typer.testing import CliRunner

from tests.events import EVIDENCE, change, day, event, filed

NOW = load_parameters()
TODAY = day("2027-03-31")
DRAFT = """
exemption_income_limits:
  per_head_base:
    values:
      - from: 2026-07
        value: 350_000
        source: made up for a test
        confidence: derived
"""
"""The line of 全額免除 for somebody alone rises from 670,000 to 700,000 yen."""


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    path = tmp_path / "next-year.yaml"
    path.write_text(DRAFT, "utf-8")
    return path


BETWEEN = 99999901
"""The one in a town who certainly lies between the two lines."""


def who_lies_between(yen: int = 680_000) -> list[tuple[str, bytes]]:
    """Records of a resident with this income in 2025, who applied in July 2026: entered, and checked by another person."""
    filing: dict[str, Any] = {"filing": "R-between", "received_on": day("2026-07-06"), "content": applies()}
    record = TaxRecord(total_income_yen=yen)
    events = [
        change("between lives here", BETWEEN, "other", "2015-04-01", version=1, household=999999901),
        ("pension-service-notices", event("between is insured", BETWEEN, MembershipNotified(
            version=1, category=1, acquired_on=day("2015-04-01")), "2025-04-01")),
        ("tax-assessments", event("between earns", BETWEEN, TaxAssessed(
            tax_year=2026, version=1, state="declared", record=record), "2026-06-10")),
        ("filings", event("between applies", BETWEEN, FilingEntered(
            revision=1, office="main", channel="counter", entered_by="first", evidence=EVIDENCE, **filing), "2026-07-06")),
        ("filings", event("between is checked", BETWEEN, FilingChecked(checked_by="second", **filing), "2026-07-06")),
    ]  # fmt: skip
    return [(topic, said.encode()) for topic, said in events]


def add_to_town(folder: Path, records: Iterable[tuple[str, bytes]]) -> None:
    for topic, value in records:
        with (folder / f"{topic}.jsonl").open("ab") as file:
            file.write(value + b"\n")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town")
    write_town(30, 5, folder)
    add_to_town(folder, who_lies_between())
    return folder


def applies(first: str = "2026-07", last: str = "2027-06") -> ExemptionApplication:
    return ExemptionApplication(kind="exemption", first_month=Month.parse(first), last_month=Month.parse(last))


def someone(number: int, yen: int, content: Form, received: str = "2026-07-06", **given: Any) -> Person:
    """Alone in a household, category 1, with this income in 2025 and one filing."""
    span = ResidentSpan(
        valid_from=day("2015-04-01"), valid_to=None, known_from=dt.datetime(2025, 4, 1, tzinfo=dt.UTC), reason="other",
        residency="resident", household=number, relation="householder", filed_on=day("2015-04-01"), fact="r",
    )  # fmt: skip
    income = Income("declared", AssessedIncome(total_income_yen=yen, deductions=Deductions()), "t")
    return Person(
        number, birth_date=day("1990-05-10"), spans=(span,), incomes={2024: income, 2025: income},
        stays=(Stay(1, day("2015-04-01"), None, "n"),), filings=(filed(f"R{number}", received, content),), **given,  # type: ignore[arg-type]
    )  # fmt: skip


def compared(*persons: Person, draft: Path, on: dt.date = TODAY) -> Comparison:
    found = Comparison(NOW, with_draft(NOW, load_draft(draft)), on)
    for who in persons:
        found.add(who, {who.addressee: who})
    return found


def moves(found: Comparison) -> list[tuple[str, str, str, int]]:
    return [(row["what"], row["before"], row["after"], row["months"]) for row in counts(found)["moves"]]


@pytest.mark.parametrize(
    ("yen", "differs"), [(670_000, False), (670_001, True), (700_000, True), (700_001, False), (5_000_000, False)]
)
def test_who_lies_between_the_lines_differs_and_nobody_else(yen: int, differs: bool, draft: Path) -> None:
    found = compared(someone(10000001, yen, applies()), draft=draft)
    assert found.numbers == ([10000001] if differs else [])
    assert moves(found) == ([("applications", "three_quarter", "full", 12)] if differs else [])
    assert dict(found.differ) == ({"ExemptionAssessed": {10000001}} if differs else {})


def test_only_the_months_from_the_first_one_of_the_draft_differ(draft: Path) -> None:
    draft.write_text(DRAFT.replace("2026-07", "2027-01"), "utf-8")
    found = compared(someone(10000001, 670_001, applies()), draft=draft)
    assert moves(found) == [("applications", "three_quarter", "full", 6)]
    assert {(row["answer"], row["before"], row["after"]) for row in counts(found)["months"]} == {
        ("three_quarter", 12, 6),
        ("full", 0, 6),
    }


def test_a_line_cut_in_two_by_the_date_of_a_value_is_no_difference(draft: Path) -> None:
    """The trace names another first month, so the answer comes in two lines: it is the same answer."""
    draft.write_text(DRAFT.replace("2026-07", "2027-01"), "utf-8")
    assert compared(someone(10000001, 0, applies()), draft=draft).numbers == []


def test_students_and_decided_months_are_not_touched_by_the_line_of_full_exemption(draft: Path) -> None:
    student = someone(10000001, 670_001, StudentApplication(
        kind="student", first_month=Month(2026, 4), last_month=Month(2027, 3), school="example-university"
    ), "2026-04-06")  # fmt: skip
    decided = ExemptionDecided(
        version=1, decision="D1", filing=None, decided_on=day("2025-09-01"), first_month=Month(2025, 7),
        last_month=Month(2026, 6), scheme="full",
    )  # fmt: skip
    exempt = someone(10000002, 5_000_000, applies("2025-07", "2026-06"), "2025-07-07", decisions=(decided,))
    found = compared(student, exempt, draft=draft)
    assert found.numbers == []
    assert ("exempt months", "full", 12, 12) in {tuple(row.values()) for row in counts(found)["months"]}


def test_a_filing_whose_last_day_moves_is_a_difference_though_no_month_is(draft: Path) -> None:
    """Not only schemes: whatever would be said otherwise counts, under its own name."""
    draft.write_text("filing: {days: {values: [{from: 2026-06, value: 30, source: made up, confidence: memory}]}}\n")
    acquisition = AcquisitionFiling(kind="acquisition", fact_on=day("2026-07-01"), reason="entry_from_abroad")
    found = compared(someone(10000001, 0, acquisition), draft=draft)
    assert moves(found) == []
    assert dict(found.differ) == {"FilingReceived": {10000001}}


def test_counts_hold_nobodys_number(draft: Path) -> None:
    numbers = (912345678901234, 912345678901235)
    found = compared(*(someone(number, 670_001, applies()) for number in numbers), draft=draft)
    assert found.numbers == list(numbers)
    answer = json.dumps(counts(found))
    assert json.loads(answer)["persons_who_differ"] == 2
    assert all(str(number) not in answer for number in numbers)


def test_a_resident_on_whom_our_code_fails_does_not_hide_the_others(
    draft: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    determine = what_if.determine

    def failing(who: Person, *rest: Any) -> Any:
        if who.addressee == 10000001:
            raise ZeroDivisionError
        return determine(who, *rest)

    monkeypatch.setattr(what_if, "determine", failing)
    found = compared(someone(10000001, 0, applies()), someone(10000002, 670_001, applies()), draft=draft)
    assert (found.numbers, counts(found)["not_determined"]) == ([10000002], {"ZeroDivisionError": 1})


@pytest.mark.parametrize("missing", ["account", "purpose", "case"])
def test_on_live_data_no_number_without_account_purpose_and_case(
    missing: str, draft: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused before anything is read; a development account is not assumed."""
    for name in ("ACCOUNT", "PURPOSE", "CASE"):
        monkeypatch.delenv(f"KOKUNEN_{name}", raising=False)
    monkeypatch.setattr(what_if.stack, "read", lambda: pytest.fail("the live state was asked"))
    given = {"account": "clerk-1", "purpose": "law-change", "case": "T-42"}
    options = [word for name, text in given.items() if name != missing for word in (f"--{name}", text)]
    result = CliRunner().invoke(app, ["what-if", "--parameters", str(draft), "--names", *options])
    assert isinstance(result.exception, NamesRefused)
    assert f"--{missing}" in str(result.exception)
    assert result.output == ""


def test_a_crowd_is_not_named(draft: Path) -> None:
    with pytest.raises(NamesRefused, match="1,001 persons differ"):
        asyncio.run(what_if._record(None, None, list(range(1, 1_002)), None))  # type: ignore[arg-type]


def rehearsed(draft: Path, town: Path, *options: str) -> dict[str, Any]:
    result = CliRunner().invoke(app, ["what-if", "--parameters", str(draft), "--town", str(town), "--json", *options])
    assert result.exit_code == 0, result.output
    answer: dict[str, Any] = json.loads(result.output)
    return answer


def test_a_town_is_rehearsed_and_nothing_is_written(draft: Path, town: Path) -> None:
    files = {path: path.read_bytes() for path in town.iterdir()}
    answer = rehearsed(draft, town, "--names")
    assert answer["changes"][0]["before"] == 320_000
    assert answer["day"] == "2027-03-31"
    assert answer["persons"] > 30
    assert BETWEEN in answer["names"]
    assert len(answer["names"]) == answer["persons_who_differ"] < answer["persons"]
    assert all(move["what"] == "applications" and move["after"] == "full" for move in answer["moves"])
    assert {path: path.read_bytes() for path in town.iterdir()} == files
    assert load_parameters() == NOW
    assert "names" not in rehearsed(draft, town)


def test_what_is_said_to_be_so_now_is_what_the_oracle_says(draft: Path, town: Path) -> None:
    found = what_if.of_town(town, NOW, with_draft(NOW, load_draft(draft)), lambda text: None)
    before: Counter[str] = Counter()
    for one in oracle.fold(oracle.accepted(oracle.records(town), "131164")).said:
        if one.type == "ExemptionAssessed" and one.value["kind"] != "review":
            length = Month.parse(one.value["last_month"]) - Month.parse(one.value["first_month"]) + 1
            before[one.value.get("scheme") or one.value["outcome"]] += int(length)
    rows = counts(found)["months"]
    assert {row["answer"]: row["before"] for row in rows if row["what"] == "applications" and row["before"]} == before


def test_a_draft_that_is_still_to_come_is_rehearsed_as_if_it_had_held(draft: Path, town: Path) -> None:
    draft.write_text(DRAFT.replace("2026-07", "2030-07"), "utf-8")
    assert rehearsed(draft, town)["moves"] == []
    assert rehearsed(draft, town, "--since", "2026-07")["moves"] != []
    told = CliRunner().invoke(app, ["what-if", "--parameters", str(draft), "--town", str(town)]).output
    assert "Rehearse with --since" in told


def test_a_folder_without_a_town_is_named(draft: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["what-if", "--parameters", str(draft), "--town", str(tmp_path)])
    assert result.exit_code == 2
    assert "holds no town" in result.output


def test_check_says_what_changes_and_from_when(draft: Path) -> None:
    result = CliRunner().invoke(app, ["parameters", "check", str(draft), "--json"])
    assert json.loads(result.output) == [
        {
            "name": "exemption_income_limits.per_head_base",
            "unit": "yen",
            "since": "2026-07",
            "before": 320_000,
            "after": 350_000,
            "source": "made up for a test",
            "confidence": "derived",
        }
    ]
    assert "per_head_base" in CliRunner().invoke(app, ["parameters", "check", str(draft)]).output


class Desk:
    """A draft from 2027-07 and a copy of the parameter files, on a day in November 2026."""

    def __init__(self, draft: Path, folder: Path) -> None:
        self.draft, self.folder = draft, Path(shutil.copytree(FOLDER, folder / "parameters"))
        self.draft.write_text(DRAFT.replace("2026-07", "2027-07"), "utf-8")

    def activate(self, account: str, today: str = "2026-11-25") -> list[str]:
        return [file.name for file in activate(self.draft, account, day(today), self.folder)]

    @property
    def untouched(self) -> bool:
        return all((self.folder / path.name).read_bytes() == path.read_bytes() for path in FOLDER.iterdir())


@pytest.fixture
def desk(draft: Path, tmp_path: Path) -> Desk:
    return Desk(draft, tmp_path)


def test_two_people_let_a_draft_in(desk: Desk) -> None:
    assert desk.activate("chief-1") == []
    assert desk.untouched
    assert desk.activate("chief-2") == ["exemption_income_limits.yaml"]
    assert load_parameters(desk.folder) == with_draft(NOW, load_draft(desk.draft))
    text = (desk.folder / "exemption_income_limits.yaml").read_text("utf-8")
    assert "      activated: {day: 2026-11-25, by: chief-1, confirmed_by: chief-2}\n" in text
    with pytest.raises(ValueError, match="come after the newest one, which is from 2027-07"):
        desk.activate("chief-1")


def test_one_person_alone_does_not(desk: Desk) -> None:
    desk.activate("chief-1")
    with pytest.raises(NotActivated, match="chief-1 asked for this activation; another person must confirm it"):
        desk.activate("chief-1")
    assert desk.untouched


def test_a_draft_that_was_changed_meanwhile_is_asked_for_anew(desk: Desk) -> None:
    desk.activate("chief-1")
    desk.draft.write_text(desk.draft.read_text("utf-8").replace("350_000", "360_000"), "utf-8")
    assert desk.activate("chief-2") == []
    assert desk.untouched
    assert desk.activate("chief-1") == ["exemption_income_limits.yaml"]


@pytest.mark.parametrize(("today", "comes_in"), [("2027-07-31", True), ("2027-08-01", False)])
def test_a_draft_is_not_let_in_after_its_first_month(today: str, comes_in: bool, desk: Desk) -> None:
    if comes_in:
        assert desk.activate("chief-1", today) == []
    else:
        with pytest.raises(NotActivated, match="per_head_base would hold from 2027-07, before the current month"):
            desk.activate("chief-1", today)


def test_an_account_is_one_that_events_can_name(desk: Desk) -> None:
    with pytest.raises(NotActivated, match="An account is"):
        desk.activate("the chief")


def test_a_file_that_cannot_be_continued_by_adding_lines_is_left_alone(desk: Desk) -> None:
    """A list in brackets takes no further lines: the rehearsal on a copy sees it."""
    file = desk.folder / "exemption_income_limits.yaml"
    start, value, rest = file.read_text("utf-8").partition("    - from: 2021-07\n      value: 320_000\n")
    start = start[: start.rindex("  values:")]
    value = "  values: [{from: 2005-04, value: 220_000, source: NPO, confidence: statute}]\n"
    file.write_text(start + value + rest[rest.index("\nthree_quarter:") :], "utf-8")
    text = file.read_text("utf-8")
    desk.activate("chief-1")
    with pytest.raises(NotActivated, match=r"exemption_income_limits\.yaml can't be continued by adding lines"):
        desk.activate("chief-2")
    assert file.read_text("utf-8") == text


def test_the_command_asks_and_confirms(desk: Desk) -> None:
    def command(account: str) -> str:
        result = CliRunner().invoke(
            app, ["parameters", "activate", str(desk.draft), "--account", account, "--folder", str(desk.folder)]
        )
        assert result.exit_code == 0, result.output
        return result.output

    desk.draft.write_text(DRAFT.replace("2026-07", "2099-07"), "utf-8")  # the command reads the clock
    assert "Another account must confirm it" in command("chief-1")
    assert "Written: exemption_income_limits.yaml" in command("chief-2")
