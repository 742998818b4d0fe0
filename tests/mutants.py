"""Would a test notice if a rule said something else? `make mutants`, a quarter of an hour on two cores.

A mutant is one rule file with one small change: `<` for `<=`, a number one more, an operand or a member of a table left out,
another article. The tests of tests/eligibility run against it in a process forked from one that has imported everything
but the rules; a mutant on which none fails survives and is listed. Not part of `make check`: it takes too long.

Our own, because half of the law here stands in tables: mutmut 3 changes only what stands inside functions without decorator
(and finds no package below services/), cosmic-ray changes the files in place and starts an interpreter for each mutant.
"""

import argparse
import ast
import contextlib
import copy
import importlib.machinery
import importlib.util
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from types import CodeType, ModuleType

import pytest
import yaml
from hypothesis import Phase, settings

ROOT = Path(__file__).resolve().parents[1]
RULES = ROOT / "services" / "eligibility" / "eligibility" / "rules"
TESTS = ROOT / "tests" / "eligibility"
FIRST = (
    "test_vectors.py", "test_own_cases.py", "test_qualification_date.py", "test_exemption.py", "test_routes_and_papers.py",
    "test_schemes_by_months.py", "test_boundaries.py",
)  # fmt: skip
"""Tables of cases and boundaries. One failing test is enough, so those that are quick and fail often come first."""
LEFT_OUT = ("test_no_law_numbers.py", "test_hundred_thousand.py")
"""One reads the files of the rules, which no mutant touches; the other takes longer than all the rest together."""
WANTED_PERCENT = 90
SECONDS_AT_MOST = 120
"""For one mutant; one that takes longer runs in circles and counts as killed."""

_TWO_LAWS = "two laws are in force when the scheme ends, so the second is the last"
EQUIVALENT = {
    "deferral.age_and_month: ended = step(laws[-1].source, 'fails', 'scheme_ended', 'applicant', end.since)"
    " → ended = step(laws[1].source, 'fails', 'scheme_ended', 'applicant', end.since)": _TWO_LAWS,
    "deferral.age_and_month: return (laws[-1].source, Verdict('fails', (ended,), None, 'applicant'))"
    " → return (laws[1].source, Verdict('fails', (ended,), None, 'applicant'))": _TWO_LAWS,
    "deferral.last_eligible_month: older_below_age, birth_date, parameters) or _last_under(terms.younger_"
    " → older_below_age, birth_date, parameters)": "whoever is 50 before 2016-07 was 30 long before 2005-04",
    "exemption.months_of_change: ends = last_of_cycle(scheme, ends + 1)"
    " → ends = last_of_cycle(scheme, ends + 2)": "any month of the next cycle finds its end",
    "means_test._by_ground: if not person.grounds: → if False:": "only quicker: no ground leads to no step",
}
"""Mutants that say the same as the rule, by name, each with the reason."""


@dataclass(frozen=True)
class Mutant:
    """One rule file with one change."""

    path: Path
    line: int
    function: str
    change: str
    source: str

    @property
    def name(self) -> str:
        """Without the line, which moves."""
        return f"{self.path.stem}.{self.function}: {self.change}"

    def __str__(self) -> str:
        return f"{self.path.name}:{self.line}: {self.change}"


def mutants(path: Path) -> Iterator[Mutant]:
    """Every mutant of one file, in the order of its lines."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    original = ast.unparse(tree)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    line, seen = 0, {original}
    for parent, member, number in list(_places(tree)):
        node = getattr(parent, member) if number is None else getattr(parent, member)[number]
        line = getattr(node, "lineno", line)  # a comprehension has none of its own
        for other in _others(parent, node):
            _put(parent, member, number, other)
            source = ast.unparse(ast.fix_missing_locations(tree))
            _put(parent, member, number, node)
            if source in seen:
                continue
            seen.add(source)
            inside = [f.name for f in functions if f.lineno <= line <= (f.end_lineno or 0)]
            yield Mutant(path, line, inside[-1] if inside else "", _difference(original, source), source)


_Place = tuple[ast.AST, str, int | None]
_SPEAKING = ast.expr | ast.stmt | ast.comprehension | ast.keyword | ast.ExceptHandler | ast.arguments
_NOT_SAID_BY_VALUES = {"annotation", "returns", "decorator_list", "bases", "targets", "target", "format_spec"}


def _places(node: ast.AST) -> Iterator[_Place]:
    """Where the expressions and statements stand that say something: no types, imports, docstrings or invariants."""
    for member, value in ast.iter_fields(node):
        if member in _NOT_SAID_BY_VALUES:
            continue
        for number, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, _SPEAKING) and not _says_nothing(child):
                yield node, member, number
                yield from _places(child)


def _says_nothing(node: ast.AST) -> bool:
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Assert() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Assign(targets=[ast.Name(id="__all__")]) | ast.Assign(value=ast.Subscript(value=ast.Name())):
            return True  # an alias of a type is no rule
        case ast.Assign(value=ast.Call(func=ast.Name(id="TypeVar"))):
            return True
    return False


def _put(parent: ast.AST, member: str, number: int | None, node: ast.AST) -> None:
    if number is None:
        setattr(parent, member, node)
    else:
        getattr(parent, member)[number] = node


_COMPARISON: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
_OPERATION: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Div: ast.Mult,
    ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip
_FUNCTION = {"min": "max", "max": "min", "any": "all", "all": "any"}


def _others(parent: ast.AST, node: ast.AST) -> Iterator[ast.AST]:
    """What may stand in the place of a node."""
    match node:
        case ast.Constant(value=bool(flag)):
            yield ast.Constant(not flag)
        case ast.Constant(value=int(number)):
            yield from (ast.Constant(number + 1), ast.Constant(number - 1))
        case ast.Constant(value=str(text)):
            yield ast.Constant(text + "?")
        case ast.Compare(ops=ops):
            for place, operator in enumerate(ops):
                yield _with(node, "ops", [*ops[:place], _COMPARISON[type(operator)](), *ops[place + 1 :]])
        case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in _OPERATION:
            yield _with(node, "op", _OPERATION[type(op)]())
        case ast.BoolOp(op=op, values=values):
            yield _with(node, "op", ast.Or() if isinstance(op, ast.And) else ast.And())
            yield from _one_less(node, "values")
        case ast.UnaryOp(operand=operand):
            yield operand
        case ast.IfExp(body=body, orelse=orelse):
            yield from (body, orelse)
        case ast.Call(func=ast.Name(id=name)) if name in _FUNCTION:
            yield _with(node, "func", ast.Name(_FUNCTION[name]))
        case ast.Subscript(value=whole, slice=ast.Slice()):
            yield whole
        case ast.comprehension(ifs=[_, *_]):
            yield from _one_less(node, "ifs")
        case ast.List(elts=[_, _, *_]) | ast.Set(elts=[_, _, *_]):
            yield from _one_less(node, "elts")
        case ast.Tuple(elts=[_, _, *_]) if not isinstance(parent, ast.Return | ast.Assign):
            yield from _one_less(node, "elts")
        case ast.Dict(keys=keys, values=values):
            for place in range(len(keys)):
                less = _with(node, "keys", keys[:place] + keys[place + 1 :])
                yield _with(less, "values", values[:place] + values[place + 1 :])
    match node:
        case ast.If(test=test) | ast.While(test=test) if not isinstance(test, ast.Constant):
            yield _with(node, "test", ast.Constant(False))
            if isinstance(node, ast.If):
                yield _with(node, "test", ast.Constant(True))
        case ast.For():
            yield _with(node, "iter", ast.Tuple([], ast.Load()))
        case ast.Return(value=ast.expr() as value) if not (isinstance(value, ast.Constant) and value.value is None):
            yield ast.Return(ast.Constant(None))
        case ast.AugAssign() | ast.Raise() | ast.Expr():
            yield ast.Pass()


def _with(node: ast.AST, member: str, value: object) -> ast.AST:
    changed = copy.copy(node)
    setattr(changed, member, value)
    return changed


def _one_less(node: ast.AST, member: str) -> Iterator[ast.AST]:
    members = getattr(node, member)
    for number in range(len(members)):
        yield _with(node, member, members[:number] + members[number + 1 :])


def _difference(original: str, changed: str) -> str:
    """The line that differs, or of a long line the part around the difference."""
    olds, news = original.splitlines(), changed.splitlines()
    old, new = next((old, new) for old, new in zip_longest(olds, news, fillvalue="") if old != new)
    same = next(n for n, (one, other) in enumerate(zip_longest(old, new)) if one != other)
    begin, end = max(0, same - 40), max(len(old), len(new)) if len(old) < 100 else same + 30
    return f"{old[begin:end].strip()} → {new[begin:end].strip()}"


class _Instead:
    """Imports the mutant instead of its rule."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant
        self.module = f"eligibility.rules.{mutant.path.stem}"

    def find_spec(
        self, name: str, path: object, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name != self.module:
            return None
        place = str(self.mutant.path)
        return importlib.util.spec_from_file_location(name, place, loader=_Loader(name, place, self.mutant.source))


class _Loader(importlib.machinery.SourceFileLoader):
    def __init__(self, name: str, place: str, source: str) -> None:
        super().__init__(name, place)
        self.source = source

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.source, self.path, "exec")


_OPTIONS = [
    *("-p", "no:cacheprovider"),
    *(
        "-o",
        "python_files=test_*.py",
    ),  # by default pytest takes means_test.py for a test and imports it past `_Instead`
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),  # hypothesis is imported already; ours are rewritten
]


def _pytest(files: Sequence[str], *more: str) -> int:
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
        return pytest.main(["-x", f"--rootdir={ROOT}", *_OPTIONS, *more, *files])


def _first_and_other_tests() -> tuple[list[str], list[str]]:
    found = sorted(path for path in TESTS.glob("test_*.py") if path.name not in LEFT_OUT)
    first = [TESTS / name for name in FIRST if TESTS / name in found]
    return [str(path) for path in first], [str(path) for path in found if path not in first]


def _import_everything_but_the_rules() -> None:
    """Collect once, then forget our own modules again: a mutant imports only those anew."""
    yaml.SafeLoader = yaml.CSafeLoader  # type: ignore[assignment, misc]  # half of the time went into reading the parameter files
    first, others = _first_and_other_tests()
    _pytest([*first, *others], "--collect-only")
    ours = tuple(str(ROOT / folder) for folder in ("services", "tests", "libs/cli", "libs/chassis"))
    for name, module in list(sys.modules.items()):
        # prometheus_client as well: it refuses a metric that it has already.
        again = name.startswith("prometheus_client") or str(getattr(module, "__file__", None)).startswith(ours)
        if again and name != "__main__":
            del sys.modules[name]


def _start(mutant: Mutant | None) -> int:
    """Run the tests against a mutant (None: against the rules as they are) in a process of its own; its id."""
    process = os.fork()
    if process:
        return process
    signal.alarm(SECONDS_AT_MOST)
    if mutant is not None:
        sys.meta_path.insert(0, _Instead(mutant))
    code = 1
    try:
        first, others = _first_and_other_tests()
        code = int(_pytest(first) or _pytest(others))
    finally:
        os._exit(code)
    raise AssertionError


def survivors(found: Sequence[Mutant], workers: int) -> list[Mutant]:
    """Those on which no test failed."""
    waiting, running, survived = list(reversed(found)), dict[int, Mutant](), list[Mutant]()
    while waiting or running:
        while waiting and len(running) < workers:
            mutant = waiting.pop()
            running[_start(mutant)] = mutant
        process, status = os.wait()
        mutant = running.pop(process)
        if status == 0:
            survived.append(mutant)
            print(f"survives  {mutant}", flush=True)
        if len(waiting) % 100 == 0:
            print(f"{len(found) - len(waiting)} of {len(found)}", file=sys.stderr, flush=True)
    return survived


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rules", nargs="*", help="names of rules (means_test, age …); all when none is named")
    parser.add_argument("--list", action="store_true", help="only list the mutants")
    arguments = parser.parse_args()
    paths = [path for path in sorted(RULES.glob("*.py")) if not arguments.rules or path.stem in arguments.rules]
    found = [mutant for path in paths for mutant in mutants(path)]
    if arguments.list:
        print(*found, sep="\n")
        return 0
    os.chdir(ROOT)
    # The same examples for every mutant, kept nowhere, and no search for a smaller one that fails as well.
    settings.register_profile(
        "mutants", derandomize=True, database=None, deadline=None, phases=[Phase.explicit, Phase.generate]
    )
    settings.load_profile("mutants")
    _import_everything_but_the_rules()
    began = time.monotonic()
    if os.waitpid(_start(None), 0)[1]:
        print("The tests fail on the rules as they are: first mend that (`make check` says which).")
        return 2
    print(f"{len(found)} mutants, the tests take {time.monotonic() - began:.1f} s on the rules as they are", flush=True)
    survived = survivors(found, os.cpu_count() or 1)
    return report(found, survived, time.monotonic() - began)


def report(found: Sequence[Mutant], survived: Sequence[Mutant], seconds: float) -> int:
    """The survivors and the share of the killed; those that are known to say the same count as survivors, too."""
    known = [mutant for mutant in survived if mutant.name in EQUIVALENT]
    print("\nSurvivors")
    for mutant in sorted(survived, key=lambda mutant: (mutant.path, mutant.line)):
        print(f"  {mutant}" + (f"  (the same: {EQUIVALENT[mutant.name]})" if mutant in known else ""))
    killed = len(found) - len(survived)
    share = 100 * killed / len(found)
    print(f"\n{killed} of {len(found)} mutants killed, {share:.1f} % (wanted: {WANTED_PERCENT} %), in {seconds:.0f} s")
    print(f"{len(survived)} survive, {len(known)} of them because they say the same")
    return 0 if share >= WANTED_PERCENT else 1


if __name__ == "__main__":
    sys.exit(main())
