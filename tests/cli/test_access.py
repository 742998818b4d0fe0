"""Does every command that shows a person know who asks, from where, what for, in which case?"""

from typing import Annotated

import typer
from chassis.transaction import Access
from cli.access import asks
from typer.testing import CliRunner

app = typer.Typer()
seen: list[object] = []


@app.command()
@asks
def look(access: Access, number: int, again: Annotated[bool, typer.Option("--again")] = False) -> None:
    """Look at a number."""
    seen[:] = [access, number, again]


def test_the_four_options_make_the_access() -> None:
    options = ["--account", "clerk-1", "--terminal", "window-1", "--purpose", "inquiry", "--case", "F-1"]
    assert CliRunner().invoke(app, ["7", "--again", *options]).exit_code == 0
    assert seen == [Access("clerk-1", "window-1", "inquiry", "F-1"), 7, True]


def test_the_environment_says_what_the_options_do_not() -> None:
    told = CliRunner().invoke(app, ["7", "--account", "clerk-1"], env={"KOKUNEN_CASE": "F-2"})
    assert told.exit_code == 0
    assert seen == [Access("clerk-1", "dev-terminal", "status", "F-2"), 7, False]


def test_an_option_that_no_access_has_is_refused() -> None:
    assert CliRunner().invoke(app, ["7", "--colour", "red"]).exit_code == 2
