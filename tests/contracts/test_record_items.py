"""別添１ of the assessment, item by item: each has a field that brings it, a column that keeps it, and labels; or a reason why not."""

import re
import typing
from pathlib import Path
from typing import Any

import pytest
from contracts.doors import registry
from contracts.events.income import BEYOND_THE_ASSESSMENT, TaxRecord
from contracts.record_items import RecordItem, page, record_items
from contracts.topics import EVENT_TYPES
from pydantic import BaseModel

ROOT = Path(__file__).parents[2]
ASSESSMENT = Path(__file__).with_name("assessment_annex1.txt").read_text("utf-8")


def asked_for(text: str) -> list[tuple[str, str]]:
    """(group, item) of every item that the assessment's own text names."""
    found, group = [], ""
    for line in text.splitlines():
        if heading := re.fullmatch("＜(.+)＞", line.strip()):
            group = heading[1]
        elif group and line.strip():
            found += [(group, item) for item in line.split()]
    return found


def models_in(annotation: Any) -> list[type[BaseModel]]:
    """The shapes that a field may have."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in typing.get_args(annotation) for model in models_in(part)]


def resolves(field: str) -> bool:
    """Whether an event (or door) has this field. A form is chosen by its kind: `FilingEntered.content.student.school`."""
    name, *path = field.split(".")
    shape: type[BaseModel] | None = EVENT_TYPES.get(name) or getattr(registry, name, None)
    if shape is None:
        return False
    if path == ["subject"]:
        return name in EVENT_TYPES
    shapes = [shape]
    for position, member in enumerate(path):
        by_kind = [
            s
            for s in shapes
            if member in typing.get_args(s.model_fields.get("kind", None) and s.model_fields["kind"].annotation)
        ]
        if position and path[position - 1] == "content":
            shapes = by_kind
            if not shapes:
                return False
            continue
        having = [s for s in shapes if member in s.model_fields]
        if not having:
            return False
        shapes = [model for s in having for model in models_in(s.model_fields[member].annotation)]
    return True


def columns() -> set[str]:
    """`service.table.column` of every column that the migrations make; the chassis' tables are in every service."""
    found = set()
    for service in sorted((ROOT / "services").iterdir()):
        package = service.name.replace("-", "_")
        for folder in (service / package / "migrations", ROOT / "libs/chassis/chassis/migrations"):
            for file in sorted(folder.glob("*.sql")):
                sql = re.sub("--[^\n]*", "", file.read_text("utf-8"))
                for table, body in re.findall(r"create table (\w+) \((.*?)\n\);", sql, re.DOTALL):
                    found |= {
                        f"{service.name}.{table}.{column}"
                        for column in re.findall(r"^\s*(\w+)\s+\w", body, re.MULTILINE)
                    }
                for table, rest in re.findall(r"alter table (\w+)((?:[^;])*);", sql):
                    found |= {f"{service.name}.{table}.{column}" for column in re.findall(r"add column (\w+)", rest)}
    return found


ITEMS = record_items()


def test_the_assessment_s_own_text_has_85_items_in_ten_groups_and_every_one_has_its_row() -> None:
    asked = asked_for(ASSESSMENT)
    assert (len(asked), len({group for group, _ in asked})) == (85, 10)
    assert [(item.group, item.item) for item in ITEMS] == asked


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: f"{item.group}-{item.item}")
def test_an_item_has_field_column_and_labels_or_a_reason(item: RecordItem) -> None:
    assert item.inquiry_label
    assert item.disclosure_label
    assert item.english
    if item.gap:
        assert (item.fields, item.column) == ("", "")
        assert "paper" in item.gap, "where is it instead?"
        return
    assert item.fields.split()
    assert [field for field in item.fields.split() if not resolves(field)] == []
    assert item.column in columns()


def test_the_gaps_are_these_and_no_others() -> None:
    assert [item.item for item in ITEMS if item.gap] == ["電話番号", "診断書情報"]


@pytest.mark.parametrize(
    "wrong",
    [
        "ResidentChanged.record.nmae",
        "Nothing.record.name",
        "FilingEntered.content.student.pupil",
        "FilingEntered.content.pupil.school",
        "NumberEntry.subject",
    ],
)
def test_the_check_sees_a_field_that_is_none(wrong: str) -> None:
    assert not resolves(wrong)
    assert resolves("FilingEntered.content.student.school")


def test_the_check_sees_an_item_that_lacks_its_row() -> None:
    more = ASSESSMENT.replace("通称", "通称　新項目")
    assert [(item.group, item.item) for item in ITEMS] != asked_for(more)
    assert "registry-sync.change.nothing" not in columns()


def test_every_listed_item_of_the_tax_record_is_of_the_assessment_or_named_as_beyond_it() -> None:
    listed = {
        field.rsplit(".", 1)[1]
        for item in ITEMS
        for field in item.fields.split()
        if field.startswith("TaxAssessed.record.")
    }
    assert set(TaxRecord.model_fields) == listed | set(BEYOND_THE_ASSESSMENT)


def test_the_page_is_what_the_list_says() -> None:
    """Wrong here: run `make docs` and read the difference."""
    assert (ROOT / "docs/record-items.md").read_text("utf-8") == page()
