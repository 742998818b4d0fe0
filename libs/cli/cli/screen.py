"""How wide is the page? The terminal's own width; 140 columns when the output goes to a file or another program."""

import sys

from rich.console import Console

out = Console() if sys.stdout.isatty() else Console(width=140)
