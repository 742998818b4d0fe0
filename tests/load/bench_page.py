"""The figures of `make bench` as a page with plots: `.local/bench.html`. Each run is kept, so that the spread between runs is seen."""

import html
import json
import statistics
import time
from collections.abc import Mapping
from pathlib import Path

from cli import local

KEPT = local.REPOSITORY / ".local" / "bench-runs.jsonl"
PAGE = local.REPOSITORY / ".local" / "bench.html"
SHOWN = 10
"""Runs on the page, the latest ones."""

PLOTS: dict[str, tuple[str, dict[str, str], float | None]] = {
    "Events a second, one process of a service": (
        "/s",
        {
            "whole_path_per_s": "registry-sync, whole path",
            "per_message_per_s": "the same step, FastStream's handler per message",
            "quix_per_s": "the same step, Quix Streams, told every 5 s",
            "bare_per_s": "bare loop, nothing kept",
            "eligibility_per_s": "eligibility with determination",
        },
        None,
    ),
    "All services together": ("/s", {"pipeline_per_s": "upstream events"}, 1_000),
    "Rebuilt from the log while the service runs": (
        "/s",
        {f"rebuild_per_s_{name}": name for name in ("registry-sync", "tax-income", "eligibility")},
        5_000,
    ),
    "Whole path over FastStream's handler per message": ("×", {"whole_over_per_message": "ratio"}, 20),
    "Whole path over Quix Streams, and over the bare loop": (
        "×",
        {"whole_over_quix": "Quix Streams", "whole_over_bare": "bare loop"},
        0.5,
    ),
    "From an upstream event to what follows from it, ms": (
        "ms",
        {
            "latency_p50_ms": "registry-sync alone, 1,000/s: median",
            "latency_p99_ms": "registry-sync alone, 1,000/s: 99 of 100",
            "pipeline_p50_ms": "through eligibility, all services, 500/s: median",
            "pipeline_p99_ms": "through eligibility, all services, 500/s: 99 of 100",
        },
        500,
    ),
    "CPU of an event through registry-sync, µs": (
        "µs",
        {
            "whole_path_cpu_us_per_event": "the service",
            "whole_path_postgres_cpu_us_per_event": "PostgreSQL",
            "whole_path_broker_cpu_us_per_event": "the broker",
        },
        None,
    ),
    "While nothing comes, % of a core": (
        "%",
        {
            f"idle_percent_{name}": name
            for name in ("registry-sync", "tax-income", "eligibility", "transmittal", "audit", "postgres", "kafka")
        },
        None,
    ),
    "Peak memory under load, MiB": (
        "MiB",
        {
            f"pipeline_mib_{name}": name
            for name in ("registry-sync", "tax-income", "eligibility", "transmittal", "audit")
        },
        200,
    ),
}
"""Title: (unit, figure → what it is, the line that is asked for)."""
STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem}h2{font-size:1.05rem;margin:1.6rem 0 .3rem}"
    "svg text{font:13px system-ui,sans-serif}table{border-collapse:collapse}td,th{border:1px solid #bbb;padding:.2rem .6rem;text-align:right}"
    "td:first-child,th:first-child{text-align:left}"
)
WIDTH, LABEL, BAR, GAP = 900, 350, 16, 8


def keep(figures: Mapping[str, float]) -> Path:
    """Add this run to those before and write the page; returns where it is."""
    run = {"at": time.strftime("%Y-%m-%d %H:%M"), **{key: round(value, 3) for key, value in figures.items()}}
    with KEPT.open("a") as file:
        file.write(json.dumps(run) + "\n")
    PAGE.write_text(page([json.loads(line) for line in KEPT.read_text().splitlines()][-SHOWN:]), "utf-8")
    return PAGE


def page(runs: list[dict[str, float]]) -> str:
    """The page of these runs: a bar for the median, a stroke from the lowest to the highest; then every figure."""
    parts = [
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>kokunen, measured</title><style>{STYLE}</style>',
        f"<h1>kokunen, measured</h1><p>{len(runs)} runs of <code>make bench</code> on this machine, from {runs[0]['at']} to {runs[-1]['at']}. Bars: "
        "medians; strokes: lowest to highest; dashed: what is asked for. A machine differs from hour to hour: ratios of one run say more than figures.</p>",
    ]
    for title, (unit, named, line) in PLOTS.items():
        shown = {label: sorted(run[key] for run in runs if key in run) for key, label in named.items()}
        if shown := {label: values for label, values in shown.items() if values}:
            parts.append(f"<h2>{html.escape(title)}</h2>{plot(shown, unit, line)}")
    keys = sorted({key for run in runs for key in run} - {"at"})
    rows = "".join(
        f"<tr><td>{html.escape(key)}</td>"
        + "".join(f"<td>{run[key]:,.2f}</td>" if key in run else "<td></td>" for run in runs)
        + "</tr>"
        for key in keys
    )
    head = "".join(f"<th>{run['at']}</th>" for run in runs)
    return "".join([*parts, f"<h2>Every figure</h2><table><tr><th></th>{head}</tr>{rows}</table></html>\n"])


def plot(shown: Mapping[str, list[float]], unit: str, line: float | None) -> str:
    """Horizontal bars as SVG; `shown` holds ascending values by label."""
    most = max(max(values[-1] for values in shown.values()), line or 0) * 1.02
    scale = (WIDTH - LABEL - 110) / most
    height = len(shown) * (BAR + GAP) + GAP
    parts = [f'<svg viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img">']
    for number, (label, values) in enumerate(shown.items()):
        top, middle = GAP + number * (BAR + GAP), statistics.median(values)
        low, high, centre = LABEL + values[0] * scale, LABEL + values[-1] * scale, top + BAR / 2
        digits = 0 if middle >= 100 else 1 if middle >= 10 else 2
        parts += [
            f'<text x="{LABEL - 8}" y="{top + 13}" text-anchor="end">{html.escape(label)}</text>',
            f'<rect x="{LABEL}" y="{top}" width="{middle * scale:.1f}" height="{BAR}" fill="#5b84b1"/>',
            f'<line x1="{low:.1f}" x2="{high:.1f}" y1="{centre}" y2="{centre}" stroke="#222" stroke-width="2"/>',
            f'<text x="{max(high, LABEL + (line or 0) * scale) + 8:.1f}" y="{top + 13}">{middle:,.{digits}f} {html.escape(unit)}</text>',
        ]
    if line is not None:
        x = LABEL + line * scale
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{height}" stroke="#b3261e" stroke-dasharray="4 3"/>')
    return "".join(parts) + "</svg>"
