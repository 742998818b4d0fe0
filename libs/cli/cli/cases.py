"""`kokunen cases FILE…`: do the worked cases come out as expected?

Prints each case that fails with what was expected and what came out; the last line is `N passed, M failed`. Exit status
0 only when at least one case ran and all passed.

A file is JSON or, by its name, YAML: an object with a list `cases`. What its cases share may stand once, in `each`; a case
that says it again says it for itself.
"""

import json
from collections.abc import Hashable
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
import yaml
from eligibility.cases import KINDS, OWN_KINDS, CaseResult, run_case
from eligibility.parameter_files import load_parameters


def cases(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="worked cases, JSON or YAML")],
    kind: Annotated[list[str] | None, typer.Option(metavar="KIND", help="only this kind; may be repeated")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object instead of lines")] = False,
) -> None:
    """Run worked cases and say which fail."""
    wanted, known = set(kind or ()), set(KINDS) | set(OWN_KINDS)
    for unknown in sorted(wanted - known):
        _refuse(f"unknown kind {unknown!r}; known are {', '.join(sorted(known))}")
    parameters = load_parameters()
    try:
        chosen = [case for path in files for case in read_cases(path) if not wanted or case.get("kind") in wanted]
    except (OSError, ValueError) as error:
        _refuse(str(error))
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


def read_cases(path: Path) -> list[dict[str, Any]]:
    """The cases of one file, each with what `each` says for all. ValueError, naming the file, where it has another shape."""
    try:
        text = path.read_text(encoding="utf-8")
        content = _PlainLoader(text).get_single_data() if path.suffix in (".yaml", ".yml") else json.loads(text)
    except (ValueError, yaml.YAMLError) as error:
        raise ValueError(f"{path}: {error}") from None
    whole = content if isinstance(content, dict) else {}
    found, shared = whole.get("cases"), whole.get("each", {})
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in (shared, *found)):
        raise ValueError(f"{path}: must hold an object with a list `cases` of objects")
    return [{**shared, **case} for case in found]


class _PlainLoader(yaml.SafeLoader):
    """YAML as JSON would say it: a day stays the text that was written, and a key given twice is refused."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(None, None, f"key {key!r} given twice", node.start_mark)
        return super().construct_mapping(node, deep)


_PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


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
