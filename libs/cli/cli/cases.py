"""`kokunen cases FILE…`: do the worked cases come out as expected?

Prints each case that fails with what was expected and what came out; the last line is `N passed, M failed`. Exit status
0 only when at least one case ran and all passed.
"""

import json
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from eligibility.cases import KINDS, CaseResult, run_case
from eligibility.parameter_files import load_parameters


def cases(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="worked cases, format of vectors-open.json")],
    kind: Annotated[list[str] | None, typer.Option(metavar="KIND", help="only this kind; may be repeated")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object instead of lines")] = False,
) -> None:
    """Run worked cases and say which fail."""
    wanted = set(kind or ())
    for unknown in sorted(wanted - set(KINDS)):
        _refuse(f"unknown kind {unknown!r}; known are {', '.join(sorted(KINDS))}")
    parameters = load_parameters()
    chosen = [case for path in files for case in _read(path) if not wanted or case.get("kind") in wanted]
    if not chosen:
        _refuse("no case to run")
    results = [run_case(case, parameters) for case in chosen]
    failed = [result for result in results if not result.passed]
    passed = len(results) - len(failed)
    if as_json:
        failures = [_as_dict(result) for result in failed]
        typer.echo(json.dumps({"passed": passed, "failed": len(failed), "failures": failures}, ensure_ascii=False))
    else:
        for result in failed:
            typer.echo(f"FAILED {result.id} ({result.kind}): {result.title}")
            typer.echo(f"  expected {_text(result.expected)}")
            typer.echo(f"  got      {_text(result.got)}")
        typer.echo(f"{passed} passed, {len(failed)} failed")
    if failed:
        raise typer.Exit(1)


def _read(path: Path) -> list[dict[str, Any]]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        _refuse(f"{path}: {error}")
    found = content.get("cases") if isinstance(content, dict) else None
    if not isinstance(found, list) or not all(isinstance(case, dict) for case in found):
        _refuse(f"{path}: must hold an object with a list `cases` of objects")
    return found


def _refuse(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(2)


def _as_dict(result: CaseResult) -> dict[str, Any]:
    return {
        "id": result.id,
        "kind": result.kind,
        "title": result.title,
        "expected": result.expected,
        "got": result.got,
    }


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
