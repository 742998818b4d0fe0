"""What goes through a door comes out as it went in: a member that is null is left out on the way, and so must be one that may be left out."""

import inspect
from importlib import import_module
from pkgutil import iter_modules
from types import NoneType
from typing import get_args

import contracts.doors
import pytest
from contracts.vocabulary import Model

MODELS = sorted(
    {
        shape
        for module in iter_modules(contracts.doors.__path__)
        for _, shape in inspect.getmembers(import_module(f"contracts.doors.{module.name}"), inspect.isclass)
        if issubclass(shape, Model) and shape.__module__.startswith("contracts.doors")
    },
    key=lambda shape: shape.__name__,
)


def must_be_there(shape: type[Model]) -> list[str]:
    """Members that may be null and may not be left out."""
    return [
        name
        for name, field in shape.model_fields.items()
        if NoneType in get_args(field.annotation) and field.is_required()
    ]


@pytest.mark.parametrize("shape", MODELS, ids=lambda shape: shape.__name__)
def test_what_may_be_null_may_be_left_out(shape: type[Model]) -> None:
    assert must_be_there(shape) == []


def test_one_that_may_not_would_be_found() -> None:
    class Answer(Model):
        day: int | None

    assert must_be_there(Answer) == ["day"]
