"""`kokunen takeover`: from the package that was used before (移行): is its extract whole, load it, and say the two the same?"""

from cli.takeover.command import app

__all__ = ["app"]
