"""`kokunen town`: which synthetic ward shall be written, and where?"""

from pathlib import Path
from typing import Annotated

import typer

from cli.town.life import write_town


def town(
    persons: Annotated[int, typer.Option(min=1, help="residents on the first day")],
    seed: Annotated[int, typer.Option(help="the same seed gives the same bytes")],
    out: Annotated[Path, typer.Option(file_okay=False, help="folder for one JSONL file per incoming topic")],
) -> None:
    """Write a synthetic ward: two years of events, one JSONL file per incoming topic."""
    write_town(persons, seed, out)
    typer.echo(f"{out}: a town of {persons} residents, see town.json", err=True)
