"""What does a rule decide, step by step? Its functions as a tree that can be read without knowing the language they are written in.

Made from the code itself, so that it can't say anything else: conditions as questions, what follows indented, results after an arrow.
"""

import ast
import re
from collections.abc import Iterator, Sequence

_SAID_SHORTER = (
    (r"\bparameters\.", ""),
    (r"\.newest\.value\b", ""),
    (r"\.at\(\w+\)\.value\b", ""),
    (r"\.at\(\w+\)", ""),
    (r"\bis not None\b", "is known"),
    (r"\bis None\b", "is not known"),
    (r"\bisinstance\((\w+(?:\.\w+)*), ([^()]+)\)", r"\1 is a \2"),
    (r" \| ", " or "),
    (r" == ", " is "),
    (r" != ", " is not "),
    (r" <= ", " ≤ "),
    (r" >= ", " ≥ "),
    (r"\bself\.", ""),
    (r"'([^']*)'", r"\1"),
    (r"\bNone\b", "none"),
)


def trees(source: str) -> list[tuple[str, list[str]]]:
    """Each function that decides something: its name and the lines of its tree."""
    found = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and any(
            isinstance(part, ast.If | ast.IfExp | ast.Match) for part in ast.walk(node)
        ):
            found.append((node.name.lstrip("_"), list(_block(node.body, 0))))
    return found


def _block(body: Sequence[ast.stmt], depth: int) -> Iterator[str]:
    for statement in body:
        yield from _statement(statement, depth)


def _statement(node: ast.stmt, depth: int) -> Iterator[str]:
    indent = "  " * depth
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Assert() | ast.Pass() | ast.ImportFrom():
            return  # docstrings, and what only a type checker needs
        case ast.If():
            yield from _if(node, depth, "if")
        case ast.Return(value=None):
            yield f"{indent}→ nothing"
        case ast.Return(value=ast.IfExp() as choice):
            yield f"{indent}if {_say(choice.test)}: → {_say(choice.body)}"
            yield f"{indent}else: → {_say(choice.orelse)}"
        case ast.Return():
            yield f"{indent}→ {_say(node.value)}"
        case ast.Raise():
            yield f"{indent}→ refused: {_say(node.exc)}"
        case ast.Match():
            for case in node.cases:
                guard = f" and {_say(case.guard)}" if case.guard is not None else ""
                chosen = (
                    "otherwise"
                    if _is_wildcard(case.pattern) and not guard
                    else f"{_say(node.subject)} is {_say(case.pattern)}{guard}"
                )
                yield f"{indent}{chosen}:"
                yield from _block(case.body, depth + 1)
        case ast.For():
            yield f"{indent}for each {_say(node.target)} of {_say(node.iter)}:"
            yield from _block(node.body, depth + 1)
        case ast.Try():
            yield from _block(node.body, depth)
            for handler in node.handlers:
                yield f"{indent}if {_say(handler.type)} instead:"
                yield from _block(handler.body, depth + 1)
        case ast.FunctionDef():
            yield f"{indent}{node.name}:"
            yield from _block(node.body, depth + 1)
        case _:
            yield f"{indent}{_say(node)}"


def _if(node: ast.If, depth: int, word: str) -> Iterator[str]:
    indent = "  " * depth
    yield f"{indent}{word} {_say(node.test)}:"
    yield from _block(node.body, depth + 1)
    if len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
        yield from _if(node.orelse[0], depth, "else if")
    elif node.orelse:
        yield f"{indent}else:"
        yield from _block(node.orelse, depth + 1)


def _is_wildcard(pattern: ast.pattern) -> bool:
    return isinstance(pattern, ast.MatchAs) and pattern.pattern is None


def _say(node: ast.AST | None) -> str:
    text = "nothing" if node is None else " ".join(ast.unparse(node).split())
    for pattern, shorter in _SAID_SHORTER:
        text = re.sub(pattern, shorter, text)
    return text
