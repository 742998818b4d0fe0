"""What the fault matrix showed so far: a table, and a page beside the results."""

import html
import statistics
import sys
from collections import Counter, defaultdict
from typing import Any

from cli.screen import out
from rich.table import Table

from tests.faults.conftest import RESULTS, results, sources

HEAD = ("row", "what happens", "seeds", "passed", "the fault struck", "takes records again: median, p95, limit (s)")
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Faults survived</title>
<style>body{{font:15px/1.5 system-ui,sans-serif;margin:2rem;max-width:70rem}}table{{border-collapse:collapse}}
td,th{{border:1px solid #bbb;padding:.3rem .6rem;text-align:left;vertical-align:top}}.bad{{background:#fdd}}</style>
<h1>Faults survived</h1><p>{told}</p><table><tr>{head}</tr>{rows}</table></html>
"""


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def lines(kept: list[dict[str, Any]]) -> list[tuple[tuple[str, ...], bool]]:
    """A line for each fault, and whether everything about it is as it should be."""
    faults: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for result in kept:
        faults[result["row"], result["fault"]].append(result)
    shown = []
    for (row, fault), its in sorted(faults.items()):
        passed = sum(result["passed"] for result in its)
        fired: Counter[str] = Counter()
        for result in its:
            fired.update(result["fired"])
        waits = [wait for result in its for wait in result["waits"]]
        limit = its[0]["within"]
        recovery, late = "", False
        if waits:
            p95 = percentile(waits, 0.95)
            late = limit is not None and p95 > limit
            recovery = f"{statistics.median(waits):.1f}, {p95:.1f}" + (f", {limit}" if limit else "")
        struck = ", ".join(f"{name} {count:,}" for name, count in fired.most_common(5))
        cells = (row, fault, str(len(its)), str(passed), struck, recovery)
        shown.append((cells, passed == len(its) and not late))
    return shown


def main() -> int:
    kept = results()
    if not kept:
        sys.exit("There are no results of these sources yet: `make faults` makes some.")
    shown = lines(kept)
    seeds, broken = len(kept), sum(not result["passed"] for result in kept)
    told = f"{seeds:,} seeds of {len(shown)} faults, {broken} failed; " + ", ".join(
        f"{part} {digest}" for part, digest in sources().items()
    )
    table = Table(*HEAD, title=told)
    for cells, good in shown:
        table.add_row(*cells, style=None if good else "red")
    out.print(table)
    page = RESULTS.with_name("report.html")
    rows = "".join(
        f"<tr{'' if good else ' class=bad'}>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells) + "</tr>"
        for cells, good in shown
    )
    head = "".join(f"<th>{html.escape(name)}</th>" for name in HEAD)
    page.write_text(PAGE.format(told=html.escape(told), head=head, rows=rows), "utf-8")
    out.print(f"The page: {page}")
    return 0 if all(good for _, good in shown) else 1


if __name__ == "__main__":
    sys.exit(main())
