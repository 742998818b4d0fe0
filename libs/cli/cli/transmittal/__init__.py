"""`kokunen transmittal`: what goes to the pension service (進達), step by step, and where everything is."""

import typer

from cli.transmittal import batches, deliveries, media, papers

app = typer.Typer(help="To the pension service and back (進達).", no_args_is_help=True)
for part in (batches, papers, media):
    app.add_typer(part.app)
app.add_typer(deliveries.app, name="delivery")
