"""What does the ward's file about a person hold? The assessment's 別添１ as data: ten groups, 85 items (capability R11).

`record_items.csv` says of each item where it comes in (event and field), where it is kept (service, table, column), and what it is called
at an inquiry and in a disclosure; or, where it is not held yet, why.
"""

import csv
from importlib.resources import files
from typing import NamedTuple

from contracts.events.income import BEYOND_THE_ASSESSMENT


class RecordItem(NamedTuple):
    """One item of 別添１, by the words of the assessment."""

    group: str
    item: str
    fields: str
    """`EventType.path` of each field that carries it, separated by spaces; `subject` is the event's own."""
    column: str
    """`service.table.column`."""
    inquiry_label: str
    disclosure_label: str
    english: str
    gap: str
    """Why it is not held, and which issue brings it; empty where it is."""


def record_items() -> tuple[RecordItem, ...]:
    """Every item, in the assessment's order."""
    text = (files("contracts") / "record_items.csv").read_text("utf-8")
    return tuple(RecordItem(**row) for row in csv.DictReader(text.splitlines()))


def page() -> str:
    """docs/record-items.md: the list for people, with what goes beyond 別添１ (a draft of 変更箇所)."""
    lines = [
        "# What the file about a person holds",
        "",
        "Made from `libs/contracts/contracts/record_items.csv` by `make docs`: the items of 別添１ of the ward's 特定個人情報保護評価書, where",
        "each comes in, where it is kept, and what it is called.",
    ]
    group = ""
    for item in record_items():
        if item.group != group:
            group = item.group
            lines += [
                "",
                f"## {group}",
                "",
                "| Item | Comes in by | Kept in | At an inquiry | In a disclosure |",
                "|---|---|---|---|---|",
            ]
        where = (f"`{item.column}`", " ".join(f"`{field}`" for field in item.fields.split()))
        held = f"{where[1]} | {where[0]}" if not item.gap else f"*not held*: {item.gap} |"
        lines.append(f"| {item.item} ({item.english}) | {held} | {item.inquiry_label} | {item.disclosure_label} |")
    lines += [
        "",
        "## Beyond 別添１ (変更箇所の案)",
        "",
        "Items that the rules or the pension service's lists need and 別添１ does not name. They are optional until the assessment is amended.",
        "",
        *(f"- `TaxAssessed.record.{name}`" for name in BEYOND_THE_ASSESSMENT),
    ]
    return "\n".join(lines) + "\n"
