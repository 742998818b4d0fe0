"""One document in one process: data into a typst template, out comes PDF/A with the two fonts that are named and no other.

The data goes to typst as JSON, never into the markup. The same data on the same day gives the same bytes. This module imports little: it
is what a process begins with that makes a few hundred papers and ends, because typst keeps what it has laid out.
"""

import datetime as dt
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any, Literal

import typst

FONTS = {"IPAexGothic": "fonts-ipaexfont-gothic", "IPAmjMincho": "fonts-ipamj-mincho"}
"""The font of what is printed on a form and the one of what is filled in, with the Debian packages. The second draws the characters of
the resident registers (文字情報基盤), ideographic variation sequences among them."""
FILLED_IN = "IPAmjMincho"
TEMPLATES = Path(__file__).parent / "templates"
Template = Literal["cover_sheet", "forms", "register", "letter", "labels"]
STANDARD: Literal["a-2u"] = "a-2u"
"""PDF/A-2u (ISO 19005-2): fonts embedded, every character also readable as text; a character without a drawing is an error."""
_JST = dt.timezone(dt.timedelta(hours=9))


class FontMissing(OSError):
    """The machine has no font for paper: a broken environment, not a broken batch."""

    def __init__(self, font: str) -> None:
        super().__init__(
            f"paper needs the font {font}; install the Debian package {FONTS[font]} "
            f"(apt-get install {FONTS[font]}), no other font takes its place."
        )


@cache
def fonts() -> typst.Fonts:
    """The machine's fonts, ours among them; else `FontMissing`."""
    found = typst.Fonts(include_system_fonts=True, include_embedded_fonts=False)
    for font in FONTS:
        if font not in found.families():
            raise FontMissing(font)
    return found


def pdf(template: Template, data: Any, day: dt.date) -> bytes:
    """One document; `day` is the day it bears."""
    compiled = typst.compile(
        str(TEMPLATES / f"{template}.typ"),
        font_paths=fonts(),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False), "fonts": json.dumps(list(FONTS))},
        format="pdf",
        pdf_standards=STANDARD,
        pdf_tags=False,
        timestamp=dt.datetime.combine(day, dt.time(), _JST),
    )
    assert isinstance(compiled, bytes)
    return compiled


def pdf_beside(template: Template, data: Any, day: dt.date) -> bytes:
    """The same, made by a process that ends with it: its memory is given back."""
    order = json.dumps([template, data, day.isoformat()], ensure_ascii=False).encode()
    # One thread: whoever makes many documents has a process on each core, and typst's own threads would wait for one another.
    surroundings = os.environ | {"RAYON_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-m", __name__], input=order, stdout=subprocess.PIPE, env=surroundings, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"typesetting {template} ended with status {done.returncode}")
    return done.stdout


if __name__ == "__main__":
    named, given, on = json.loads(sys.stdin.buffer.read())
    sys.stdout.buffer.write(pdf(named, given, dt.date.fromisoformat(on)))
