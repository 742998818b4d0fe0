"""Lists of the pension service, made up for the tests."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from contracts.fixed_file import write
from tax_income.request_layouts import KINDS, REQUEST, Kind

MADE, BASE = dt.date(2026, 6, 19), dt.date(2026, 4, 1)


def row(line: int, **given: Any) -> dict[str, Any]:
    """架空 例一 as the pension service writes him, unless told otherwise."""
    return {
        "line": line,
        "basic_pension_number": 0,
        "birth_date": dt.date(1990, 5, 10),
        "sex": 1,
        "name_kana": "ｶｸｳ ﾚｲｲﾁ",
        "name": "",
        "address": "架空区見本町1-1-1",
        **given,
    }


def a_list(kind: Kind, number: str, rows: Iterable[dict[str, Any]], **header: Any) -> bytes:
    head = {
        "layout": REQUEST.name,
        "municipality": "131164",
        "kind": KINDS[kind].code,
        "number": number,
        "made_on": MADE,
        "income_year": 2025,
        "base_date": BASE,
    }
    return write(REQUEST, head | header, rows)
