"""`kokunen parameters`: what would a draft of further values change, from when, and how do two people let it in?

The numbers of the law are code: reviewed, tested, released. Activating writes a draft's values, with the two accounts, into the
parameter files of this checkout and nothing else; they are in force where a release with these files runs, from their own months on.
"""

import datetime as dt
import hashlib
import json
import shutil
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer
from contracts.vocabulary import JST, Month
from eligibility.parameter_files import (
    FOLDER,
    Activation,
    Draft,
    ParameterFileError,
    appended,
    is_code,
    load_draft,
    load_parameters,
    with_draft,
)
from eligibility.rules.parameters import Parameters, every_value
from rich.markup import escape
from rich.table import Table

from cli.access import ACCOUNT, Account
from cli.screen import out

app = typer.Typer(no_args_is_help=True)

DraftFile = Annotated[
    Path, typer.Argument(metavar="DRAFT", help="Further values in YAML.", exists=True, dir_okay=False)
]
Folder = Annotated[Path, typer.Option(help="The parameter files.", exists=True, file_okay=False)]


class NotActivated(Exception):
    """A draft does not come in; one sentence says why. Nothing was written."""


class Change(NamedTuple):
    """One value of a draft beside the one it follows."""

    name: str
    unit: str
    since: Month
    before: Any
    after: Any
    source: str
    confidence: str

    def as_json(self) -> dict[str, Any]:
        """The change as JSON holds it."""
        return {name: str(v) if isinstance(v, Month | dt.date) else v for name, v in self._asdict().items()}


def changes(parameters: Parameters, draft: Draft) -> list[Change]:
    """What a draft changes, and from when."""
    return [
        Change(known.name, known.unit, later.since, earlier.value, later.value, later.source, later.confidence)
        for known in every_value(with_draft(parameters, draft))
        for earlier, later in pairwise(known.history)
        if later in draft.get(known.name, ())
    ]


def table(changed: list[Change]) -> Table:
    """The changes as lines to read."""
    shown = Table("value", "from", "before", "after", "unit", "confidence", "source", title="What the draft changes")
    for one in changed:
        values = (_shown(one.before), _shown(one.after))
        shown.add_row(one.name, str(one.since), *values, one.unit, one.confidence, escape(one.source))
    return shown


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return "; ".join(f"{start}: {amount:,}" for start, amount in value)
    return str(value) if isinstance(value, bool | Month | dt.date) else f"{value:,}"


@app.command()
def check(draft: DraftFile, folder: Folder = FOLDER, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Whether a draft can come in, what it changes and from when. Exit status 0 only when it can be read and follows on."""
    changed = changes(load_parameters(folder), load_draft(draft))
    if as_json:
        print(json.dumps([one.as_json() for one in changed], ensure_ascii=False))
    else:
        out.print(table(changed))


@app.command(name="activate")
def activate_command(draft: DraftFile, account: Account = ACCOUNT, folder: Folder = FOLDER) -> None:
    """Let a draft into the parameter files: one account asks, a second one confirms with the same command."""
    written = activate(draft, account, dt.datetime.now(JST).date(), folder)
    if not written:
        print(f"{account} asks to activate {draft.name}. Another account must confirm it with the same command.")
        return
    print(
        f"Written: {', '.join(file.name for file in written)}. Now `make docs`, `make check`, and release it like code."
    )


def activate(path: Path, account: str, today: dt.date, folder: Path) -> list[Path]:
    """The files written once a second account confirms; none while one account has asked.

    Who confirms, confirms what was asked: the request holds the draft's hash, and a changed draft must be asked for anew.
    """
    draft = load_draft(path)
    rehearsed = with_draft(load_parameters(folder), draft)
    if not is_code(account):
        raise NotActivated("An account is up to 64 of A-Z, a-z, 0-9, _ . -")
    for name, values in draft.items():
        if values[0].since < Month.of(today):
            raise NotActivated(
                f"{name} would hold from {values[0].since}, before the current month: decisions that were sent rest on what held then. "
                "A value that was wrong is corrected in its parameter file, with a review of its own."
            )
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    request = path.with_name(f"{path.name}.asked")
    asked_for, _, asked_by = request.read_text("utf-8").strip().partition(" ") if request.exists() else ("", "", "")
    if asked_for != digest:
        request.write_text(f"{digest} {account}\n", "utf-8")
        return []
    if asked_by == account:
        raise NotActivated(f"{account} asked for this activation; another person must confirm it.")
    texts = _texts(draft, Activation(today, asked_by, account), folder)
    if not _loads_as(rehearsed, texts, folder):
        raise NotActivated(f"{', '.join(texts)} can't be continued by adding lines: write the values in by hand.")
    _write(texts, folder)
    request.unlink()
    return [folder / name for name in texts]


def _texts(draft: Draft, activation: Activation, folder: Path) -> dict[str, str]:
    """File name → its text with the draft's values."""
    texts: dict[str, str] = {}
    for name, values in draft.items():
        subject, _, key = name.partition(".")
        file = f"{subject}.yaml"
        text = texts[file] if file in texts else (folder / file).read_text("utf-8")
        texts[file] = appended(text, key, values, activation)
    return texts


def _loads_as(rehearsed: Parameters, texts: dict[str, str], folder: Path) -> bool:
    """Tried on a copy: the strict loader reads the texts as what was rehearsed."""
    with tempfile.TemporaryDirectory() as copied:
        copy = Path(shutil.copytree(folder, Path(copied) / folder.name))
        _write(texts, copy)
        try:
            return load_parameters(copy) == rehearsed
        except ParameterFileError:
            return False


def _write(texts: dict[str, str], folder: Path) -> None:
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
