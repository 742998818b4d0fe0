"""`kokunen assessment`: does the code do what the ward's 特定個人情報保護評価書 says, and nothing else? What goes beyond it, as its table of changes
(変更箇所); and of each measure of its chapter Ⅲ the control, the tests that show it, and how they last ended."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Self, get_args

import typer
import yaml
from audit.store import QUERIES as AUDIT
from contracts.events.eligibility import InsuredStatusPublished
from contracts.events.forms import FilingContent
from contracts.events.income import BEYOND_THE_ASSESSMENT
from contracts.topics import INCOMING
from contracts.vocabulary import Channel, Model
from pydantic import Field, TypeAdapter, model_validator
from rich.table import Table
from transmittal.record_file import LAYOUT

from cli import local
from cli.catalogue import EVERY
from cli.screen import out
from cli.settle import Watch
from cli.stack import read

app = typer.Typer(help="The code held against the ward's 特定個人情報保護評価書.", no_args_is_help=True)

Part = Literal["filings", "sources", "channels", "status", "report", "incomes", "rights"]
PARTS: dict[Part, str] = {
    "filings": "届書・申請書の種類",
    "sources": "入手する情報",
    "channels": "届出の方法",
    "status": "総合窓口課へ移転する項目",
    "report": "日本年金機構へ提供する項目",
    "incomes": "別添１にない所得の項目",
    "rights": "操作",
}
"""What of the code the assessment speaks of."""
Kind = Literal["enforced", "assisted", "outside"]
KINDS: dict[Kind, str] = {
    "enforced": "システムが強制",
    "assisted": "システムが記録・補助",
    "outside": "システムの外",
}
RESULTS = "test-results.json"
"""How each test last ended, written by the tests."""

Names = Annotated[tuple[str, ...], Field(strict=False)]


class _Covers(Model):
    place: str
    filings: Names = ()
    sources: Names = ()
    channels: Names = ()
    status: Names = ()
    report: Names = ()
    incomes: Names = ()
    rights: Names = ()


class Entry(_Covers):
    """What the assessment says, and what of the code that covers."""

    says: str


class Change(_Covers):
    """What the code does beyond it: a line of 変更箇所."""

    before: str
    after: str
    why: str
    when: Literal["事前", "事後"]


class Measure(Model):
    """A measure of chapter Ⅲ; what the software enforces or assists has a control and tests."""

    place: str
    measure: str
    kind: Kind
    control: str | None = None
    tests: Names = ()

    @model_validator(mode="after")
    def _shown(self) -> Self:
        if (self.kind != "outside") != bool(self.control and self.tests):
            raise ValueError(f"{self.place}: a control and tests, or outside of the software")
        return self


class Assessment(Model):
    """The assessment, as far as a program can hold itself against it."""

    entries: Annotated[tuple[Entry, ...], Field(strict=False)]
    changes: Annotated[tuple[Change, ...], Field(strict=False)]
    measures: Annotated[tuple[Measure, ...], Field(strict=False)]


class Drift(NamedTuple):
    """Code and assessment say different things."""

    part: Part
    name: str
    what: Literal["beyond", "missing", "twice"]
    """beyond: the code has it and nothing covers it · missing: it is covered and not in the code · twice: covered by two."""

    def __str__(self) -> str:
        words = {"beyond": "評価書にない", "missing": "プログラムにない", "twice": "二度書かれている"}
        return f"{PARTS[self.part]}「{self.name}」: {words[self.what]}"


def assessment() -> Assessment:
    """What is written in `assessment.yaml`."""
    return Assessment.model_validate(yaml.safe_load((Path(__file__).parent / "assessment.yaml").read_text("utf-8")))


def observed() -> dict[Part, frozenset[str]]:
    """What the code does, read off its own contracts, doors and layouts."""
    forms = TypeAdapter(FilingContent).json_schema()["discriminator"]["mapping"]
    return {
        "filings": frozenset(forms),
        "sources": frozenset(topic.name for topic in INCOMING) - {"calendar"},
        "channels": frozenset(get_args(Channel)),
        "status": frozenset(InsuredStatusPublished.model_fields),
        "report": frozenset(field.name for field in LAYOUT.data),
        "incomes": frozenset(BEYOND_THE_ASSESSMENT),
        "rights": frozenset(door.right for service in EVERY.values() for door in service.doors),
    }


def drift(written: Assessment, code: Mapping[Part, frozenset[str]]) -> list[Drift]:
    """Where the two differ, in the order of their parts."""
    found = []
    for part in PARTS:
        covered = [name for one in (*written.entries, *written.changes) for name in getattr(one, part)]
        found += [Drift(part, name, "beyond") for name in sorted(code[part] - set(covered))]
        found += [Drift(part, name, "missing") for name in sorted(set(covered) - code[part])]
        found += [Drift(part, name, "twice") for name in sorted({n for n in covered if covered.count(n) > 1})]
    return found


def page() -> str:
    """docs/assessment.md: the table of changes and the matrix of controls."""
    return "\n".join(_lines(assessment())) + "\n"


def _lines(written: Assessment) -> Iterator[str]:
    yield from (
        "# The ward's assessment, held against the code",
        "",
        "Made from `libs/cli/cli/assessment.yaml` by `make docs`. `kokunen assessment changes` compares it with the running code's contracts, doors",
        "and layouts, and fails where either has what the other has not; `kokunen assessment controls` adds how each test last ended.",
        "",
        "## What goes beyond it (変更箇所の案)",
        "",
        "A draft for the ward; nothing of it is filed.",
        "",
        "| 項目 | 変更前の記載 | 変更後の記載 | 提出時期 | 提出時期に係る説明 |",
        "|---|---|---|---|---|",
    )
    for one in written.changes:
        yield f"| {one.place} | {one.before} | {one.after} | {one.when} | {one.why} |"
    yield from (
        "",
        "## What it says, and what of the code that covers",
        "",
        "| 項目 | 記載 | Covers |",
        "|---|---|---|",
    )
    for entry in written.entries:
        covers = " · ".join(f"{part}: {', '.join(names)}" for part in PARTS if (names := getattr(entry, part)))
        yield f"| {entry.place} | {entry.says} | {covers} |"
    yield from (
        "",
        "## Measures and their controls",
        "",
        "| 項目 | 措置 | 区分 | Control | Shown by |",
        "|---|---|---|---|---|",
    )
    for each in written.measures:
        shown = "<br>".join(f"`{test}`" for test in each.tests)
        yield f"| {each.place} | {each.measure} | {KINDS[each.kind]} | {each.control or ''} | {shown} |"


@app.command()
def changes() -> None:
    """The table of changes (変更箇所); status 1 where the code does what nothing covers."""
    written = assessment()
    table = Table("項目", "変更前の記載", "変更後の記載", "提出時期", "説明", title="変更箇所（案）")
    for one in written.changes:
        table.add_row(one.place, one.before, one.after, one.when, one.why)
    found = drift(written, observed())
    for each in found:
        table.add_row("（未記載）", "", str(each), "", "", style="red")
    out.print(table)
    if found:
        raise typer.Exit(1)


@app.command()
def controls(
    results: Annotated[Path | None, typer.Option(help="Results of the tests; those of the last runs here.")] = None,
) -> None:
    """Each measure of chapter Ⅲ with its control and how its tests last ended; status 1 where one failed or never ran."""
    last = _results(results or local.REPOSITORY / ".local" / RESULTS)
    table = Table("項目", "措置", "区分", "試験", "結果", title="リスク対策と統制")
    good = True
    for one in assessment().measures:
        ended = [last.get(test, ("never", "")) for test in one.tests]
        good = good and all(outcome == "passed" for outcome, _ in ended)
        shown = "\n".join(f"{_WORDS.get(outcome, outcome)} {at[:16]}" for outcome, at in ended)
        table.add_row(one.place, one.measure, KINDS[one.kind], "\n".join(_name(test) for test in one.tests), shown)
    out.print(table)
    if not good:
        raise typer.Exit(1)


_WORDS = {"passed": "合格", "failed": "不合格", "never": "未実行", "skipped": "未実行"}


def _name(test: str) -> str:
    return test.partition("::")[2]


def _results(path: Path) -> dict[str, tuple[str, str]]:
    """How each test last ended, and when."""
    if not path.exists():
        return {}
    given: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return {test: (one["outcome"], one["at"]) for test, one in given.items()}


PERSONS = ((1_000, "1,000人未満"), (10_000, "1,000人以上1万人未満"), (100_000, "1万人以上10万人未満"), (300_000, "10万人以上30万人未満"))  # fmt: skip
"""Ⅰ③ 対象人数: classes, each up to a number; above the last it is 30万人以上."""
STATED_PERSONS, STATED_USERS = "10万人以上30万人未満", "50人以上100人未満"
USERS = ((10, "10人未満"), (50, "10人以上50人未満"), (100, "50人以上100人未満"), (500, "100人以上500人未満"), (1_000, "500人以上1,000人未満"))  # fmt: skip
"""Ⅱ3④ 使用者数."""


def class_of(count: int, classes: tuple[tuple[int, str], ...], above: str) -> str:
    """The class of a count."""
    return next((words for limit, words in classes if count < limit), above)


@app.command()
def counts() -> None:
    """Persons and users beside the classes that the assessment states (しきい値); status 1 where a class is another now."""
    persons, users = asyncio.run(_counts())
    rows = (
        ("Ⅰ③ 対象人数", persons, STATED_PERSONS, class_of(persons, PERSONS, "30万人以上")),
        ("Ⅱ3④ 使用者数", users, STATED_USERS, class_of(users, USERS, "1,000人以上")),
    )
    table = Table("項目", "人数", "評価書の区分", "現在の区分", title="しきい値")
    for place, count, stated, now in rows:
        table.add_row(place, f"{count:,}", stated, now, style="" if stated == now else "red")
    out.print(table)
    if any(stated != now for _, _, stated, now in rows):
        raise typer.Exit(1)


async def _counts() -> tuple[int, int]:
    async with Watch(read()) as watch:
        persons = await watch.databases["tax-income"].fetchval("select count(*) from concerned where data is not null")
        users = len(await watch.databases["audit"].fetch(AUDIT["inventory"]))
    return persons, users
