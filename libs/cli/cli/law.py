"""`kokunen law`: the rules and values as pages that a lawyer can read, made from the code, and the list of what is doubtful."""

import ast
import importlib
import inspect
import json
import pkgutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import eligibility.rules
import typer
from contracts import wording
from contracts.vocabulary import Month
from eligibility import cases
from eligibility.parameter_files import load_parameters
from eligibility.rules.parameters import Dated, every_value
from eligibility.transitions import MODEL, Status

from cli import law_check, law_tree
from cli.cases import read_cases
from cli.local import REPOSITORY

PAGES = REPOSITORY / "docs" / "law"
CASES = REPOSITORY / "tests" / "eligibility" / "vectors-open.json"
OWN_CASES = REPOSITORY / "tests" / "eligibility" / "cases"
MOST_CASES = 12
"""A page shows every published case, and our own up to so many in all: a page is read, a file is run."""
_SURE = "statute"
app = typer.Typer(no_args_is_help=True)


@app.callback()
def _group() -> None:
    """The law as pages."""


@app.command()
def pages() -> None:
    """Write docs/law anew from the rules, the parameter files and the worked cases."""
    PAGES.mkdir(parents=True, exist_ok=True)
    written = render()
    for old in PAGES.glob("*.md"):
        if old.name not in written:
            old.unlink()
    for name, text in written.items():
        (PAGES / name).write_text(text, encoding="utf-8")
    print(f"{len(written)} pages in {PAGES}")


@app.command(name="check")
def check_command(
    folder: Annotated[Path, typer.Argument(help="Texts of the laws from e-Gov, in Markdown, named by law id.")],
) -> None:
    """Resolve every citation in code and parameters against the texts of the laws. Exit status 0 only when all are there."""
    looked_at, findings = law_check.check(folder)
    if not looked_at:
        raise typer.BadParameter(f"{folder} holds none of {', '.join(name for name, _ in law_check.LAWS.values())}.md")
    for finding in findings:
        print(f"{finding.file}: {finding.citation}: {finding.text}")
    print(f"{looked_at} citations looked at, {len(findings)} to look into")
    if findings:
        raise typer.Exit(1)


def render() -> dict[str, str]:
    """File name → text of every page."""
    known = every_value(load_parameters())
    worked = _worked_cases()
    titles = {rule: _title(rule) for rule in _rules()}
    found = {f"{rule}.md": _page(rule, known, worked.get(rule, [])) for rule in titles}
    whole = {"doubtful.md": _doubtful(known), "transitions.md": _transitions(), "README.md": _index(titles)}
    return {**found, **whole}


def _rules() -> list[str]:
    return sorted(
        entry.name for entry in pkgutil.iter_modules(eligibility.rules.__path__) if entry.name != "parameters"
    )


def _document(rule: str) -> str:
    return inspect.cleandoc(importlib.import_module(f"eligibility.rules.{rule}").__doc__ or "")


def _title(rule: str) -> str:
    return " ".join(_document(rule).split("\n\n")[0].split())


def _page(rule: str, known: list[Dated[Any]], worked: list[Mapping[str, Any]]) -> str:
    _, _, more = _document(rule).partition("\n\n")
    text = f"# {_title(rule)}\n\n`rules/{rule}.py`, written by `kokunen law pages`; not an official text.\n"
    if more:
        text += f"\n{more}\n"
    decided = law_tree.trees(inspect.getsource(importlib.import_module(f"eligibility.rules.{rule}")))
    if decided:
        blocks = [f"{name}\n" + "".join(f"  {line}\n" for line in lines) for name, lines in decided]
        text += "\n## How it decides\n\n```text\n" + "\n".join(blocks) + "```\n"
    subjects = _subjects(rule, set())
    own = [entry for entry in known if entry.name.partition(".")[0] in subjects]
    if own:
        text += "\n## Values\n\n" + _values(own)
    ours = _own_cases(rule)
    shown = [*worked, *ours[: max(0, MOST_CASES - len(worked))]]
    if shown:
        text += "\n## Worked cases\n\n" + _table(
            ("case", "given", "expected", "source", "confidence"),
            [
                (f"{case['id']}: {case['title']}", _json(case["input"]), _json(case["expected"]), case["source"],
                 case["confidence"])
                for case in shown
            ],
        )  # fmt: skip
    left = len(worked) + len(ours) - len(shown)
    if left:
        text += f"\n{left} more in `tests/eligibility/cases/{rule}.yaml`.\n"
    return text


def _transitions() -> str:
    """Which changes of the insured status there can be."""
    text = (
        "# Which changes of the insured status can there be?\n\n"
        "`transitions.py`, written by `kokunen law pages`; not an official text. `kokunen transitions` holds what was said against it.\n\n"
    )
    rows = [
        (wording.TRANSITIONS[reason][0], _statuses(allowed.before), _statuses(allowed.after), allowed.article)
        for reason, allowed in MODEL.items()
    ]
    return text + _table(("why", "from", "to", "provision"), rows)


def _statuses(known: Collection[Status]) -> str:
    if len(known) > len(wording.CATEGORIES) // 2:
        left_out = [words[0] for status, words in wording.CATEGORIES.items() if status not in known]
        return "どの区分からも" if not left_out else f"{'・'.join(left_out)} のほか"
    return "・".join(words[0] for status, words in wording.CATEGORIES.items() if status in known)


def _subjects(rule: str, seen: set[str]) -> set[str]:
    """Parameter files that a rule reads, itself or through the rules it uses."""
    seen.add(rule)
    tree = ast.parse((Path(eligibility.rules.__path__[0]) / f"{rule}.py").read_text("utf-8"))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "parameters":
            found.add(node.attr)
        used = []
        if isinstance(node, ast.ImportFrom) and node.module == "eligibility.rules":
            used = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("eligibility.rules."):
            used = [str(node.module).rpartition(".")[2]]
        for other in used:
            if other not in seen and other != "parameters":
                found |= _subjects(other, seen)
    return found


def _worked_cases() -> dict[str, list[Mapping[str, Any]]]:
    """Rule → the worked cases whose answer comes from it: the rule functions that the case's kind calls."""
    home = {
        name: value.__module__.rpartition(".")[2]
        for name, value in vars(cases).items()
        if inspect.isfunction(value) and value.__module__.startswith("eligibility.rules.")
    }
    found: dict[str, list[Mapping[str, Any]]] = {}
    for case in json.loads(CASES.read_text("utf-8"))["cases"]:
        called = cases.KINDS[case["kind"]].__code__.co_names
        for rule in sorted({home[name] for name in called if name in home}):
            found.setdefault(rule, []).append(case)
    return found


def _own_cases(rule: str) -> list[dict[str, Any]]:
    path = OWN_CASES / f"{rule}.yaml"
    return read_cases(path) if path.exists() else []


def _values(known: list[Dated[Any]]) -> str:
    return _table(
        ("value", "from", "", "unit", "source", "confidence", "reviewed"),
        [(f"`{entry.name}` {entry.description}", *row, str(entry.reviewed)) for entry in known for row in _rows(entry)],
    )


def _rows(entry: Dated[Any]) -> Iterator[tuple[str, str, str, str, str]]:
    for value in entry.history:
        yield str(value.since), _shown(value.value), entry.unit, value.source, value.confidence


def _shown(value: Any) -> str:
    if isinstance(value, Month | bool | date):
        return str(value)
    if isinstance(value, tuple):
        return "; ".join(f"{start}: {amount:,}" for start, amount in value)
    return f"{value:,}"


def _doubtful(known: list[Dated[Any]]) -> str:
    doubtful = [
        (f"`{entry.name}` {entry.description}", str(v.since), _shown(v.value), v.source, v.confidence)
        for entry in known
        for v in entry.history
        if v.confidence != _SURE
    ]
    return (
        "# Values that were not read in the statute\n\n"
        "Published by an office, second-hand, derived or from memory: ask before relying on one. Written by `kokunen law pages`.\n\n"
        + _table(("value", "from", "", "source", "confidence"), doubtful)
    )


def _index(titles: Mapping[str, str]) -> str:
    lines = [f"- [{title}]({rule}.md)" for rule, title in titles.items()]
    return (
        "# The law in kokunen, rule by rule\n\n"
        "One page a rule: what it answers, its article, its values by date, worked cases. Made from the code by `make docs`;\n"
        "a test fails when a page is stale. What is doubtful is listed on [one page](doubtful.md); which changes\n"
        "of the insured status there can be, on [another](transitions.md).\n\n" + "\n".join(lines) + "\n"
    )


def _json(value: Any) -> str:
    return f"`{json.dumps(value, ensure_ascii=False)}`"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows]
    return "\n".join(lines) + "\n"
