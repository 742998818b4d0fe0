"""Does an event contain a My Number (個人番号)?

The guard of publishers (decision 18) and of the decoder: it reads the text of `data`, never ids, hashes, traces or typed amounts.
"""

import json
import re
import unicodedata
from typing import Any

from contracts.my_number import is_my_number

_BETWEEN = r" \-‐‑‒–—―−"
_RUN = re.compile(f"(?<![0-9])[0-9](?:[{_BETWEEN}]?[0-9]){{11}}(?![0-9])")
_NOTEWORTHY = re.compile(f"[0-9][0-9{_BETWEEN}]{{10,}}[0-9]")
"""A cheap first look: everything that the run means, and more."""
_ID = re.compile(r"[0-9a-f]{64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _becomes_digits(code: int) -> bool:
    return any("0" <= sign <= "9" for sign in unicodedata.normalize("NFKC", chr(code)))


_OTHER_DIGITS = re.compile(
    "[\U0001d7ce-\U0001d7ff\U0001f100-\U0001f10a\U0001fbf0-\U0001fbf9"
    + "".join(chr(code) for code in range(0x80, 0x10000) if _becomes_digits(code))
    + "]"
)
"""Every sign that is a digit, or holds one, once folded: full-width ones, superscripts, ① and so on."""


def my_number_in(value: bytes) -> str | None:
    """Path of the first text in this JSON that holds a My Number in any spelling, or None."""
    text = value.decode()
    # Quotes bound every string, so that a run of digits in a string is a run in the whole text; escapes may hide one.
    return my_number_at(json.loads(value), "data") if "\\" in text or may_hold(text) else None


def may_hold(text: str) -> bool:
    """A first look at a text without escapes; False = no My Number is in it."""
    return _NOTEWORTHY.search(text) is not None or _OTHER_DIGITS.search(text) is not None


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
