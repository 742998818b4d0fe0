"""Does an event contain a My Number (個人番号)?

The guard of publishers (decision 18) and of the decoder: it reads the text of `data`, never ids, hashes, traces or typed amounts.
"""

import json
import re
import unicodedata
from typing import Any

from contracts.my_number import is_my_number
from contracts.signs import twelve_digits, unusual

_BETWEEN = r" \-‐‑‒–—―−"
_RUN = re.compile(f"(?<![0-9])[0-9](?:[{_BETWEEN}]?[0-9]){{11}}(?![0-9])")
_ID = re.compile(r"[0-9a-f]{64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def my_number_in(value: bytes) -> str | None:
    """Path of the first text in this JSON that holds a My Number in any spelling, or None."""
    # Quotes bound every string, so that a run of digits in a string is a run in the whole text; escapes may hide one.
    suspect = b"\\" in value or twelve_digits(value) or unusual(value)
    return my_number_at(json.loads(value), "data") if suspect else None


def has_twelve_digits(text: str) -> bool:
    """Whether somebody typed twelve digits in a row, in any spelling: it could be a My Number with a slip of the pen."""
    return _RUN.search(unicodedata.normalize("NFKC", text)) is not None


def my_number_at(data: Any, path: str) -> str | None:
    """Path of the first string in this value that holds one."""
    if isinstance(data, str):
        text = unicodedata.normalize("NFKC", data)
        if _ID.fullmatch(text):
            return None
        runs = (re.sub("[^0-9]", "", run) for run in _RUN.findall(text))
        return path if any(is_my_number(run) for run in runs) else None
    members = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list | tuple) else ()
    for name, member in members:
        found = my_number_at(member, f"{path}.{name}")
        if found is not None:
            return found
    return None
