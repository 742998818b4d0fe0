"""Every change of status that we derive is one that the law knows; what it does not know is found."""

import itertools
from typing import Any, get_args

import pytest
from contracts.events.eligibility import TransitionReason
from contracts.vocabulary import Category
from eligibility.transitions import MODEL, Edge, conforms, diagram, edge


def test_every_reason_is_in_the_model() -> None:
    assert set(MODEL) == set(get_args(TransitionReason))
    assert all(allowed.article for allowed in MODEL.values())


def test_nothing_becomes_what_it_is() -> None:
    for reason, status in itertools.product(get_args(TransitionReason), (None, *get_args(Category))):
        assert not conforms(Edge(status, status, reason))


@pytest.mark.parametrize(
    ("before", "after", "reason", "known"),
    [
        (None, 1, "age20", True),
        (1, None, "age60", True),
        (2, None, "age60", False),  # category 2 has no age
        (3, None, "departure_overseas", False),
        ("voluntary_overseas", 1, "entry_from_abroad", True),
        ("voluntary_20_59", 1, "entry_from_abroad", False),
        ("special_voluntary", None, "age65", False),
        (None, 2, "age20", False),
        (None, None, "death", False),
    ],
)
def test_what_the_law_knows(before: Any, after: Any, reason: Any, known: bool) -> None:
    assert conforms(Edge(before, after, reason)) is known


def test_an_event_is_an_edge() -> None:
    assert edge("InsuredStatusAcquired", {"category": 1, "reason": "age20"}) == Edge(None, 1, "age20")
    assert edge("CategoryChanged", {"previous": 1, "category": 2, "reason": "to_class2"}) == Edge(1, 2, "to_class2")
    assert edge("InsuredStatusLost", {"category": 2, "reason": "death"}) == Edge(2, None, "death")
    with pytest.raises(KeyError):
        edge("HintRaised", {})


def test_the_diagram_marks_what_is_not_known() -> None:
    drawn = diagram({Edge(None, 1, "age20"): 1_200, Edge(3, None, "departure_overseas"): 1})
    assert drawn.startswith("stateDiagram-v2\n")
    assert "none --> class1: age20 1,200\n" in drawn
    assert "class3 --> none: departure_overseas 1（要確認）\n" in drawn
    assert "class1: 第1号被保険者" in drawn
