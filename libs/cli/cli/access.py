"""Who asks, from which terminal, what for? The options of every command that shows a person (decision 22)."""

from typing import Annotated

import typer

Account = Annotated[str, typer.Option(envvar="KOKUNEN_ACCOUNT", help="Who asks.")]
Terminal = Annotated[str, typer.Option(envvar="KOKUNEN_TERMINAL", help="From which terminal.")]
Purpose = Annotated[str, typer.Option(envvar="KOKUNEN_PURPOSE", help="What for.")]
Case = Annotated[str, typer.Option(envvar="KOKUNEN_CASE", help="In which case.")]

ACCOUNT, TERMINAL, PURPOSE, CASE = "dev-clerk", "dev-terminal", "dev-inquiry", "dev-case"
"""Development accounts."""
