"""Has every code words in both languages? A code without words would reach the reader bare.

The codes of a closed list come from its type; the others are searched for in the code that gives them.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import eligibility.rules
import pytest
import registry_sync.merging
import registry_sync.residence
import tax_income.income
from chassis import batch
from contracts import decoder, signs, wording
from contracts.events import eligibility as events
from contracts.events.forms import Paper
from contracts.events.notice import FilingProcessed
from contracts.events.registry import ChangeReason
from contracts.events.welfare import AssistanceChanged
from contracts.vocabulary import Category, Certainty, Exemption, Scheme
from eligibility import facts, household, pre_check, premium_months, reception, timeline
from eligibility.rules import means_test, voluntary

RULES = sorted(Path(eligibility.rules.__file__).parent.glob("*.py"))


def source(module: ModuleType) -> ast.Module:
    assert module.__file__
    return ast.parse(Path(module.__file__).read_text("utf-8"))


def function(module: ModuleType, name: str) -> ast.FunctionDef:
    return next(node for node in ast.walk(source(module)) if isinstance(node, ast.FunctionDef) and node.name == name)


def texts(*nodes: ast.AST | None) -> set[str]:
    """Every text that stands in a piece of code."""
    constants = (part for node in nodes if node is not None for part in ast.walk(node))
    return {part.value for part in constants if isinstance(part, ast.Constant) and isinstance(part.value, str)}


def calls(tree: ast.AST, *names: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in names:
            yield node


def returned(module: ModuleType, name: str) -> set[str]:
    return {
        text for node in ast.walk(function(module, name)) if isinstance(node, ast.Return) for text in texts(node.value)
    }


def reasons_of_steps() -> set[str]:
    """The reason is the third thing given to `step`, and the second one given to `_meets`, which calls it."""
    found: set[str] = set()
    for tree in (*(ast.parse(path.read_text("utf-8")) for path in RULES), source(pre_check)):
        found |= texts(*(call.args[2] for call in calls(tree, "step")))
        found |= texts(*(call.args[1] for call in calls(tree, "_meets")))
    return found


def reasons_of_the_counter() -> set[str]:
    found = {code for code, _ in reception._WAITS} | set(reception._ACTS_ON.values())
    for module, name in ((reception, "_refused"), (reception, "_by_status"), (voluntary, "refused_because")):
        found |= returned(module, name)
    waits = (node for node in ast.walk(function(facts, "_as_entered")) if isinstance(node, ast.Assign))
    return found | {
        text for node in waits if getattr(node.targets[0], "id", "") == "waits" for text in texts(node.value)
    }


def reasons_of_records() -> set[str]:
    """The reason is the first thing given to `Refusal`; those of the signs of a text stand in a table."""
    given = [call.args[0] for module in (decoder, batch) for call in calls(source(module), "Refusal")]
    assert len(given) > 20
    return texts(*given) | {reason for _, reason, _, _ in signs.TEXT_RULES}


def doubts() -> set[str]:
    """What is put among doubts, what leaves a month to a person, and what an article not seen leaves open."""
    found = returned(household, "head_of_household") | {premium_months._CHILDCARE_UNCONFIRMED}
    for module in (pre_check, facts, registry_sync.residence, registry_sync.merging, tax_income.income):
        tree = source(module)
        found |= texts(
            *(call.args[0] for call in calls(tree, "add", "append") if isinstance(call.args[0], ast.Constant))
        )
        found |= texts(*(call.args[1] for call in calls(tree, "_for_a_person")))
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword) and node.arg == "doubtful":
                found |= texts(node.value)
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "problem":
                found |= {text for part in ast.walk(node.value) if isinstance(part, ast.BoolOp) for text in texts(part)}
    return found


def of_member(model: Any, name: str) -> tuple[Any, ...]:
    return get_args(model.model_fields[name].annotation)


TABLES: dict[str, tuple[set[Any], dict[Any, wording.Words]]] = {
    "transition reasons": (set(get_args(events.TransitionReason)), wording.TRANSITIONS),
    "bases": (set(get_args(timeline.Basis)), wording.BASES),
    "certainty": (set(get_args(Certainty)), wording.CERTAINTIES),
    "categories": ({None, *get_args(Category)}, wording.CATEGORIES),
    "outcomes": (set(get_args(events.Outcome)), wording.OUTCOMES),
    "results of a step": (set(get_args(means_test.Result)), wording.FINDINGS),
    "roles": (set(get_args(events.Role)), wording.ROLES),
    "missing incomes": (set(get_args(events.Missing)), wording.MISSING),
    "hints": (set(get_args(events.HintCode)), wording.HINTS),
    "exemptions": ({*get_args(Exemption), *get_args(Scheme)}, wording.EXEMPTIONS),
    "kinds": ({*get_args(events.FilingKind), *get_args(events.ClaimKind)}, wording.KINDS),
    "papers": (set(get_args(Paper)), wording.PAPERS),
    "states": (set(of_member(events.FilingReceived, "state")), wording.STATES),
    "results": (set(of_member(FilingProcessed, "result")), wording.RESULTS),
    "register changes": (set(get_args(ChangeReason)), wording.REGISTER_CHANGES),
    "public assistance": (set(of_member(AssistanceChanged, "assistance")), wording.ASSISTANCE),
    "agreement": ({True, False, None}, wording.AGREEMENTS),
    "reasons of steps": (reasons_of_steps(), wording.STEPS),
    "reasons of the counter": (reasons_of_the_counter(), wording.REASONS),
    "doubts": (doubts(), wording.DOUBTS),
    "reasons of records": (reasons_of_records(), wording.SET_ASIDE),
}


@pytest.mark.parametrize("name", TABLES)
def test_every_code_has_words_and_no_words_are_left_over(name: str) -> None:
    codes, table = TABLES[name]
    assert set(table) == codes
    for japanese, english in table.values():
        assert japanese
        assert english
        assert not japanese.isascii()
        assert english.isascii() or "条" in english  # a citation stays as it is


@pytest.mark.parametrize(
    "table", [wording.TRANSITIONS, wording.STEPS, wording.DOUBTS, wording.MISSING, wording.HINTS, wording.REASONS]
)
def test_what_is_said_as_a_sentence_is_one(table: dict[Any, wording.Words]) -> None:
    for japanese, english in table.values():
        assert japanese.endswith("。")
        assert english.endswith(".")
        assert not english[0].islower()


def test_the_searches_find_what_they_should() -> None:
    assert {"income_within_limit", "age_limit_reached", "outside_reach", "disaster"} <= reasons_of_steps()
    assert {"second_person", "evidence_missing", "born_after_cohort", "not_insured"} <= reasons_of_the_counter()
    assert {"householder_missing", "spouse_not_declared", "version_used_twice", "no_approval_known"} <= doubts()
