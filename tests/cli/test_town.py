"""Is the made-up town a believable ward, and does it hold everything the services must cope with?"""

import datetime as dt
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest
import typer
from cli.town import rates, town, write_town
from cli.town.names import MARKS, half_width
from cli.town.people import attained_on
from contracts import holidays
from contracts.envelope import Event
from contracts.events.filing import FilingChecked, FilingEntered
from contracts.events.income import TaxAssessed
from contracts.events.notice import (
    BasicPensionNumberAssigned,
    ExemptionDecided,
    FilingProcessed,
    IdentityDataNotified,
    IncomeRequested,
    MembershipNotified,
)
from contracts.events.registry import (
    AddresseesMerged,
    AddresseesSplit,
    NonResidentRecorded,
    ResidentChangeAnnulled,
    ResidentChanged,
    ResidentRecord,
)
from contracts.events.welfare import AssistanceChanged
from contracts.my_number import is_my_number
from contracts.topics import INCOMING
from contracts.vocabulary import Month, Voluntary, months
from typer.testing import CliRunner

from tests.cli.conftest import PERSONS, SEED, Events, Lines, of_type

LOAD = dt.timedelta(hours=8)  # the loads of the first night are over by then


def per_year(count: int) -> float:
    return count / rates.YEARS / PERSONS


def near(value: float, wanted: float, share: float) -> bool:
    return abs(value - wanted) <= wanted * share


def loaded(events: Events) -> list[ResidentRecord]:
    """The register on the first morning."""
    end = dt.datetime.combine(rates.FIRST_DAY, dt.time(), dt.timezone(dt.timedelta(hours=9))) + LOAD
    return [event.data.record for event in of_type(events, ResidentChanged) if event.time < end]


def lived(events: Events, reason: str) -> list[Event[Any]]:
    """Changes with this reason during the two years."""
    return [
        event for event in of_type(events, ResidentChanged) if event.data.reason == reason and event.supersedes is None
    ]


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        write_town(60, seed, tmp_path / name)
    names = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert names == sorted([*(f"{topic.name}.jsonl" for topic in INCOMING), "town.json"])
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    changes = "resident-changes.jsonl"
    assert (tmp_path / "a" / changes).read_bytes() != (tmp_path / "c" / changes).read_bytes()


def test_the_command_writes_the_town(tmp_path: Path) -> None:
    app = typer.Typer()
    app.command()(town)
    result = CliRunner().invoke(app, ["--persons", "1", "--seed", "1", "--out", str(tmp_path / "one")])
    assert result.exit_code == 0, result.output
    assert json.loads((tmp_path / "one" / "town.json").read_text())["persons"] == 1


def test_every_line_decodes_and_the_summary_counts_them(folder: Path, lines: Lines, events: Events) -> None:
    summary = json.loads((folder / "town.json").read_text())
    assert summary["topics"] == {topic: len(of_topic) for topic, of_topic in lines.items()}
    assert (summary["seed"], summary["persons"]) == (SEED, PERSONS)
    assert 12_000 < summary["events"] < 20_000
    assert all(events.values())


def test_the_calendar_has_every_civil_day(events: Events) -> None:
    days = [event.data.day for event in events["calendar"]]
    assert days == [dt.date(2025, 4, 1) + dt.timedelta(days=n) for n in range(730)]
    for event in events["calendar"]:
        assert event.time.isoformat() == f"{event.data.day}T00:00:00+09:00"
        assert event.data.open == holidays.is_open(event.data.day)


def test_households_are_those_of_the_ward(events: Events) -> None:
    """ward-statistics: 1.59 persons a household, about two thirds singles, 10 % foreign, as many men as women."""
    people = loaded(events)
    sizes = Counter(record.household for record in people)
    assert len(people) == PERSONS
    assert near(PERSONS / len(sizes), rates.PERSONS_PER_HOUSEHOLD, 0.05)
    assert near(sum(size == 1 for size in sizes.values()) / len(sizes), 0.66, 0.06)
    assert near(sum(record.nationality != "JPN" for record in people) / PERSONS, rates.FOREIGN_SHARE, 0.25)
    assert near(sum(record.sex == "female" for record in people) / PERSONS, 0.5, 0.06)
    relations = Counter(record.relation for record in people)
    assert {"householder", "spouse", "child", "parent", "sibling"} <= set(relations)


def test_categories_are_those_of_the_ward(events: Events) -> None:
    """Of the 20–59s about one in six is category 1, one in seventeen category 3 (rates); the others are category 2."""
    births = {
        int(event.subject): event.data.record.birth_date
        for event in of_type(events, ResidentChanged)
        if event.data.version == 1
    }
    present: Counter[int] = Counter()
    for event in of_type(events, MembershipNotified):
        birth = births[int(event.subject)]
        of_age = attained_on(birth, 20) <= rates.FIRST_DAY < attained_on(birth, 60)
        if of_age and event.time.date() == rates.FIRST_DAY and event.data.lost_on is None:
            present[event.data.category] += 1
    assert 0.14 < present[1] / present.total() < 0.19
    assert near(present[3] / present.total(), rates.CATEGORY_3_SHARE, 0.3)
    assert {int(event.subject) for event in of_type(events, BasicPensionNumberAssigned)} >= {
        int(event.subject) for event in of_type(events, MembershipNotified)
    }


def test_moves_births_and_deaths_have_the_rates_of_the_ward(events: Events) -> None:
    """ward-statistics, for 290,000: 25,000–30,000 moves in and as many out, 2,000 births, 2,700 deaths a year."""
    arrivals = len(lived(events, "move_in")) + len(lived(events, "move_in_overseas"))
    departures = len(lived(events, "move_out")) + len(lived(events, "move_out_overseas"))
    assert near(per_year(arrivals), rates.MOVES_IN, 0.2)
    assert near(per_year(departures), rates.MOVES_OUT, 0.2)
    assert near(per_year(len(lived(events, "birth"))), rates.BIRTHS, 0.1)
    assert near(per_year(len(lived(events, "death"))), rates.DEATHS, 0.2)
    by_month = Counter(event.time.month for event in lived(events, "move_in"))
    assert (by_month[3] + by_month[4]) / by_month.total() > 0.3  # peak in March and April; a sixth would be even


def test_applications_have_the_rates_and_the_peaks_of_the_ward(events: Events) -> None:
    """ward-statistics: 8,000–10,000 exemption, 2,500–3,500 student applications a year; peaks in July and April."""
    first = [event.data for event in of_type(events, FilingEntered) if event.data.revision == 1]
    exemptions = [filing for filing in first if filing.content.kind == "exemption"]
    students = [filing for filing in first if filing.content.kind == "student"]
    assert near(per_year(len(exemptions)), rates.EXEMPTION_APPLICATIONS, 0.25)
    assert near(per_year(len(students)), rates.STUDENT_APPLICATIONS, 0.35)
    assert Counter(filing.received_on.month for filing in exemptions).most_common(1)[0][0] == 7
    assert Counter(filing.received_on.month for filing in students).most_common(1)[0][0] == 4
    assert near(per_year(len(of_type(events, IncomeRequested))), rates.INCOME_REQUESTS, 0.15)


def test_tax_is_assessed_each_june_with_all_three_states(events: Events) -> None:
    """ward-statistics: 180,000–200,000 records each June in a ward of 290,000; we keep some more for those idle."""
    by_year: dict[int, set[str]] = defaultdict(set)
    for event in of_type(events, TaxAssessed):
        by_year[event.data.tax_year].add(event.subject)
    assert set(by_year) == {2024, 2025, 2026}
    assert all(0.6 < len(subjects) / PERSONS < 0.8 for subjects in by_year.values())
    assert {event.data.state for event in of_type(events, TaxAssessed)} == {
        "declared",
        "undeclared",
        "other_municipality",
    }
    records = [event.data.record for event in of_type(events, TaxAssessed) if event.data.record]
    for item in ("loss_carryover_yen", "dependants_16_18", "dependants_specific", "widow", "single_parent"):
        assert any(getattr(record, item) for record in records), item
    assert any(record.total_income_yen == 0 for record in records)
    assert any(record.self_disability == "special" for record in records)
    again = {event.subject for event in of_type(events, TaxAssessed) if event.data.version > 1}
    assert near(per_year(len(again)), 0.035, 0.5)
    assert any(event.data.version == 3 for event in of_type(events, TaxAssessed))


def changes(events: Events, *reasons: str) -> bool:
    return all(lived(events, reason) for reason in reasons)


def differs(events: Events, item: str) -> bool:
    """Somebody's entry changed in this item from one version to a later one."""
    values: dict[str, set[Any]] = defaultdict(set)
    for event in of_type(events, ResidentChanged):
        values[event.subject].add(getattr(event.data.record, item))
    return any(len(of_person) > 1 for of_person in values.values())


ROWS: dict[str, Callable[[Events], bool]] = {
    "転入": lambda events: (
        changes(events, "move_in")
        and {event.data.record.pension_note is None for event in lived(events, "move_in")} == {True, False}
    ),
    "転居": lambda events: changes(events, "move_within"),
    "転出": lambda events: changes(events, "move_out"),
    "国外転出": lambda events: (
        {event.data.record.pension_note is None for event in lived(events, "move_out_overseas")} == {True, False}
    ),
    "国外転入": lambda events: (
        {event.data.record.pension_note is None for event in lived(events, "move_in_overseas")} == {True, False}
    ),
    "死亡": lambda events: changes(events, "death"),
    "出生": lambda events: changes(events, "birth"),
    "世帯変更": lambda events: changes(events, "household_change") and differs(events, "household"),
    "世帯主変更・続柄変更": lambda events: differs(events, "relation"),
    "氏名変更": lambda events: changes(events, "name_change") and differs(events, "name"),
    "外国人 (入管庁の通知)": lambda events: any(
        event.data.record.nationality != "JPN" and event.data.version > 1
        for event in [*lived(events, "other"), *lived(events, "name_change")]
    ),
    "職権消除": lambda events: changes(events, "ex_officio_removal"),
    "職権記載": lambda events: changes(events, "ex_officio_entry"),
    "修正": lambda events: any(event.supersedes for event in of_type(events, ResidentChanged)),
    "回復": lambda events: changes(events, "ex_officio_restoration"),
    "取消": lambda events: bool(of_type(events, ResidentChangeAnnulled)),
    "国籍取得・喪失": lambda events: differs(events, "nationality"),
    "在留資格変更": lambda events: differs(events, "residence_status"),
    "支援措置": lambda events: differs(events, "processing_stops"),
    "住登外者": lambda events: any(event.data.version > 1 for event in of_type(events, NonResidentRecorded)),
    "名寄せ": lambda events: bool(of_type(events, AddresseesMerged)),
    "名寄せの取消": lambda events: any(event.supersedes for event in of_type(events, AddresseesSplit)),
    "本人確認情報": lambda events: (
        {e.data.held for e in of_type(events, IdentityDataNotified)} == {"yes", "no", "unknown"}
    ),
    "住所地にいない配偶者": lambda events: any(
        event.data.content.kind == "exemption"
        and event.data.content.spouse in {int(e.subject) for e in of_type(events, NonResidentRecorded)}
        for event in of_type(events, FilingEntered)
    ),
}
NOT_EXPRESSIBLE = {"短期滞在者等": "a person without 住民票 has no entry in the register; handled on paper"}


@pytest.mark.parametrize("row", ROWS)
def test_every_reaction_to_the_register_has_its_change(events: Events, row: str) -> None:
    """national-pension-rules 1.7, row by row; what the contract can't express is named in NOT_EXPRESSIBLE."""
    assert ROWS[row](events)


def test_the_pension_service_decides_in_every_way(events: Events) -> None:
    decisions = [event.data for event in of_type(events, ExemptionDecided)]
    schemes = {decision.scheme for decision in decisions}
    applied_for = {"full", "three_quarter", "half", "quarter", "deferral", "student"}
    assert schemes == applied_for | {"maternity", "childcare", "statutory", None}
    assert any(decision.filing is None and decision.scheme in applied_for for decision in decisions)
    assert any(decision.filing is None and decision.scheme == "childcare" for decision in decisions)
    filed = {event.data.filing for event in of_type(events, FilingEntered)}
    assert {decision.filing for decision in decisions} <= filed | {None}
    assert {event.data.result for event in of_type(events, FilingProcessed)} == {"accepted", "returned"}
    notices = [event.data for event in of_type(events, MembershipNotified)]
    assert any(notice.cancelled and notice.category == 1 for notice in notices)
    assert {notice.category for notice in notices if notice.version > 1 and notice.lost_on} >= {1, 2, 3}
    assert not {notice.category for notice in notices}.isdisjoint(get_args(Voluntary))
    assert any(event.data.valid_to for event in of_type(events, AssistanceChanged))


def test_sequences_are_dense_where_the_source_has_one(events: Events) -> None:
    sequences: dict[tuple[str, str], list[int]] = defaultdict(list)
    for event in (event for topic in events.values() for event in topic if event.sequence):
        sequences[event.source, event.subject].append(event.sequence or 0)
    assert {source for source, _ in sequences} == {"toshima/register", "toshima/tax", "jps/notices"}
    for numbers in sequences.values():
        assert sorted(numbers) == list(range(1, len(numbers) + 1))


def test_every_household_has_one_householder_at_each_month_end(events: Events) -> None:
    """A naive fold: what is neither annulled nor superseded, by change date and version."""
    register = of_type(events, ResidentChanged)
    gone = {event.supersedes for event in events["resident-changes"] if event.supersedes}
    entries: dict[str, list[ResidentChanged]] = defaultdict(list)
    for event in sorted(register, key=lambda event: (event.data.changed_on, event.data.version)):
        if event.id not in gone:
            entries[event.subject].append(event.data)
    for month in months(Month(2025, 4), Month(2027, 3)):
        householders: dict[int, int] = defaultdict(int)
        for of_person in entries.values():
            known = [entry for entry in of_person if entry.changed_on <= month.last_day]
            if known and known[-1].record.residency == "resident":
                record = known[-1].record
                householders[record.household] += record.relation == "householder"
        wrong = {number: count for number, count in householders.items() if count != 1}
        assert not wrong, month


def test_some_lines_come_late_twice_or_out_of_order(lines: Lines, events: Events) -> None:
    everything = [line for topic, of_topic in lines.items() if topic != "calendar" for line in of_topic]
    twice = len(everything) - len(set(everything))
    assert 0.005 < twice / len(everything) < 0.02
    late = sum(_older_than_a_day(events[topic]) for topic in lines if topic != "calendar")
    assert 0.01 < late / len(everything) < 0.05
    seen: set[str] = set()
    early = Counter[type]()
    for event in events["resident-changes"]:
        seen.add(event.id)
        if event.supersedes and event.supersedes not in seen:
            early[type(event.data)] += 1
    assert early[ResidentChanged]
    assert early[ResidentChangeAnnulled]
    assert _second_version_first(events, TaxAssessed, lambda data: (data.tax_year,))
    assert _second_version_first(events, MembershipNotified, lambda data: (data.category, data.acquired_on))
    entered: set[str] = set()
    checked_first = 0
    for event in events["filings"]:
        if isinstance(event.data, FilingEntered):
            entered.add(event.data.filing)
        checked_first += isinstance(event.data, FilingChecked) and event.data.filing not in entered
    assert checked_first


def _older_than_a_day(in_order: list[Event[Any]]) -> int:
    newest, late = in_order[0].time, 0
    for event in in_order:
        late += newest - event.time > dt.timedelta(days=1)
        newest = max(newest, event.time)
    return late


def _second_version_first(events: Events, shape: type, key: Callable[[Any], tuple[Any, ...]]) -> bool:
    seen: set[tuple[Any, ...]] = set()
    for event in of_type(events, shape):
        stay = (event.subject, *key(event.data))
        if event.data.version > 1 and (*stay, event.data.version - 1) not in seen:
            return True
        seen.add((*stay, event.data.version))
    return False


def test_some_changes_are_recorded_over_400_days_after_the_fact(events: Events) -> None:
    late = [
        event
        for event in of_type(events, ResidentChanged)
        if event.data.version > 1 and (event.time.date() - event.data.changed_on).days > 400
    ]
    assert late


def test_nothing_is_recorded_after_the_day_it_is_delivered(events: Events) -> None:
    """Publishing follows the running maximum of `time`; the last day bounds it, and a change is never in the future."""
    for topic in events.values():
        assert max(event.time.date() for event in topic) <= rates.LAST_DAY
    for event in of_type(events, ResidentChanged):
        assert event.data.record.birth_date <= event.data.changed_on <= event.time.date()
        assert event.data.changed_on <= event.data.filed_on <= event.time.date()


def test_nothing_looks_like_a_my_number(lines: Lines) -> None:
    for of_topic in lines.values():
        for line in of_topic:
            for window in re.findall(r"(?=([0-9]{12}))", line.decode()):
                assert not is_my_number(window)


def test_every_name_is_visibly_made_up(events: Events) -> None:
    names = {
        name
        for event in of_type(events, ResidentChanged)
        for name in (
            event.data.record.name,
            event.data.record.alias,
            event.data.record.head_of_family_register,
        )
        if name
    }
    assert all(any(mark in name for mark in MARKS) for name in names)
    for hard in ("髙", "𠮷", "﨑", "\U000e0100"):
        assert any(hard in name for name in names), hard
    kana = {event.data.record.name_kana for event in of_type(events, ResidentChanged)}
    assert any("\uff66" <= name[0] <= "\uff9f" for name in kana)


def test_half_width_kana_keep_the_voiced_mark_apart() -> None:
    assert half_width("カメイ　レイジ") == "ｶﾒｲ ﾚｲｼﾞ"
