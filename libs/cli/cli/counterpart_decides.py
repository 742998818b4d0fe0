"""What does the stand-in for the pension service decide on an application, by its own reading of the law?

It has the paper (what the form says), the register's entries and the incomes, each from where they come from and not from us, and rule code
of its own: where it and our pre-check differ, one of the two is wrong, or it did so on purpose. What is not plain (other grounds than
income, a household that changed, an income nobody declared) it leaves open. Nothing is imported from the services or their contracts.
"""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SCHEMES = {"full": 1, "three_quarter": 2, "half": 3, "quarter": 4, "deferral": 5, "student": 6}
REFUSED = 0
LINES = {"three_quarter": 880_000, "half": 1_280_000, "quarter": 1_680_000, "student": 1_280_000}
FLAT_LINE = 1_350_000
FROM = "2021-07"
"""The amounts here hold for months from then on; an earlier one is left open."""
_SPECIFIED_RELATIVE_FROM = {"student": "2027-04"}
_TAKEN_OFF = (
    "loss_carryover",
    "casualty_loss",
    "medical",
    "social_insurance",
    "small_enterprise_mutual_aid",
    "spouse_special",
    "cattle_sale",
)


@dataclass
class Known:
    """What it knows without us."""

    forms: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    """By reception number: whose, and what the paper says."""
    incomes: dict[tuple[int, int], dict[str, Any]] = field(default_factory=dict)
    """The newest assessment of a person and tax year."""
    entries: dict[int, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    """Changes of the register by person, in the order they were told."""
    puzzling: set[int] = field(default_factory=set)
    """Of whom the register said something that this stand-in does not understand."""


def known(folder: Path) -> Known:
    """Everything in a town folder: papers, assessments, register."""
    found = Known()
    for event in _events(folder / "filings.jsonl"):
        if event["type"] == "FilingChecked":  # as the second person found the paper to say
            found.forms[event["data"]["filing"]] = int(event["subject"]), event["data"]["content"]
    for event in _events(folder / "tax-assessments.jsonl"):
        place, told = (int(event["subject"]), event["data"]["tax_year"]), event["data"]
        if place not in found.incomes or found.incomes[place]["version"] <= told["version"]:
            found.incomes[place] = told
    for event in _events(folder / "resident-changes.jsonl"):
        if event["type"] == "ResidentChanged":
            found.entries[int(event["subject"])].append(event["data"])
        else:  # annulled, merged, outside: not plain
            found.puzzling.add(int(event["subject"]))
    return found


def _events(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            try:
                event = json.loads(line)
            except ValueError:
                continue  # the town sends broken lines on purpose
            if (
                isinstance(event, dict)
                and {"type", "subject", "data"} <= event.keys()
                and str(event["subject"]).isdigit()
            ):
                yield event


def decided(given: Known, filing: str) -> int | None:
    """The scheme granted, `REFUSED`, or None = left open. One answer for all months of the form, or none."""
    if filing not in given.forms:
        return None
    applicant, form = given.forms[filing]
    if form["kind"] not in ("exemption", "student") or form.get("hardships") or form["first_month"] < FROM:
        return None
    if applicant in given.puzzling:
        return None
    student = form["kind"] == "student"
    first = dt.date.fromisoformat(form["first_month"] + "-01")
    year = first.year if first.month >= (4 if student else 7) else first.year - 1
    people = {"applicant": applicant}
    if not student:
        head = _head(given, applicant, first, form["last_month"])
        if head is None or (form.get("has_spouse") and form.get("spouse") is None):
            return None
        if form.get("has_spouse"):
            people["spouse"] = form["spouse"]
        if head not in people.values():
            people["householder"] = head
    records = {role: r for role, who in people.items() if (r := given.incomes.get((who, year), {}).get("record"))}
    if records.keys() != people.keys():
        return None
    for scheme in ("student",) if student else form["schemes"]:
        last = form["last_month"]
        if scheme == "deferral":
            below_50 = _below_50(given, applicant, form)
            if below_50 is None:
                return None
            if not below_50:
                continue
        tested = [record for role, record in records.items() if scheme != "deferral" or role != "householder"]
        if all(_passes(scheme, record, form["first_month"], last) for record in tested):
            return SCHEMES[scheme]
    return REFUSED


def _passes(scheme: str, record: Mapping[str, Any], first: str, last: str) -> bool:
    income = record["total_income_yen"]
    if (record["self_disability"] != "none" or record["widow"] or record["single_parent"]) and income <= FLAT_LINE:
        return True
    spouse, general = record["deductible_spouse"], record["dependants_general"]
    teens, specific = record.get("dependants_16_18") or 0, record["dependants_specific"]
    elderly, small = record["dependants_elderly"], record["dependants_under_16"]
    if scheme in ("full", "deferral"):
        heads = (spouse != "none") + general + specific + elderly + small
        return bool(income <= 350_000 * (heads + 1) + 320_000)
    line = LINES[scheme]
    line += 380_000 * ((spouse == "under_70") + (general - teens) + small)
    line += 480_000 * ((spouse == "from_70") + elderly) + 630_000 * (specific + teens)
    counted = income - sum(record[f"{name}_yen"] for name in _TAKEN_OFF)
    counted -= 270_000 * (record["disabled_dependants"] + (record["self_disability"] == "ordinary"))
    counted -= 400_000 * (record["special_disabled_dependants"] + (record["self_disability"] == "special"))
    counted -= 270_000 * (record["widow"] + record["working_student"]) + 350_000 * record["single_parent"]
    if first >= _SPECIFIED_RELATIVE_FROM.get(scheme, "2026-07"):
        counted -= record["specified_relative_special_yen"]
    return bool(counted <= line)


def _below_50(given: Known, applicant: int, form: Mapping[str, Any]) -> bool | None:
    """Through all months, through none, or (None) in between. Fifty is attained on the day before the birthday."""
    born = dt.date.fromisoformat(given.entries[applicant][-1]["record"]["birth_date"])
    attained = dt.date(born.year + 50, born.month, min(born.day, 28)) - dt.timedelta(days=1)
    month = f"{attained:%Y-%m}"
    if form["last_month"] < month:
        return True
    return False if form["first_month"] >= month else None


def _head(given: Known, applicant: int, first: dt.date, last: str) -> int | None:
    """The householder of the applicant's household through these months; None where anything in it changed then, or is not plain."""
    since, until = (first - dt.timedelta(days=31)).isoformat(), last + "-99"
    before = {who: entry for who, entries in given.entries.items() if (entry := _last_before(entries, since))}
    if applicant not in before:
        return None
    household = before[applicant]["record"]["household"]
    heads = []
    for who, entries in given.entries.items():
        if who != applicant and all(entry["record"]["household"] != household for entry in entries):
            continue
        if who in given.puzzling or any(since <= entry["changed_on"] <= until for entry in entries):
            return None
        record = before[who]["record"] if who in before else None
        if record and (record["household"], record["relation"], record["residency"]) == (
            household,
            "householder",
            "resident",
        ):
            heads.append(who)
    return heads[0] if len(heads) == 1 and before[applicant]["record"]["residency"] == "resident" else None


def _last_before(entries: Sequence[dict[str, Any]], day: str) -> dict[str, Any] | None:
    return max((one for one in entries if one["changed_on"] < day), key=lambda one: one["changed_on"], default=None)
