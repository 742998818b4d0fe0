"""What do the lines of a person's sheet (照会票) say, in the words of the counter, and what do they look like over time?

Pure: the answer of the inquiry's door becomes rows, spans and moments, for a page to show.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from contracts import wording
from contracts.doors.inquiry import Part, View, ViewLine
from contracts.era import japanese_day, japanese_month
from contracts.vocabulary import Month

PARTS: dict[Part, str] = {
    "status": "資格",
    "insured_status": "資格（総合窓口課へ）",
    "additional": "付加保険料",
    "filing": "届出",
    "claim": "裁定請求",
    "exemption": "参考判定",
    "review": "参考判定（継続審査）",
    "decision": "裁定結果",
    "months": "免除等",
    "hint": "お知らせ",
}
_LEFT, _RIGHT = 90, 1090
"""Where the lanes begin and end."""
_NARROW = 60
"""A bar narrower than this has no room for words; they stand in its title."""


@dataclass(frozen=True)
class Span:
    """Something that lasts, from a day to the day after its last; None = it goes on."""

    first: dt.date
    ends: dt.date | None
    text: str
    expected: bool = False


@dataclass(frozen=True)
class Row:
    when: str
    part: str
    says: str
    event: str


@dataclass(frozen=True)
class Drawing:
    """Lanes of spans and moments on the width of a page."""

    height: int
    ticks: list[dict[str, Any]]
    lanes: list[dict[str, Any]]


def drawn(lines: Sequence[ViewLine], day: dt.date) -> Drawing:
    """What lasts and what happened, by lane, with the years above them; up to `day` at least."""
    lanes, dots = spans(lines), moments(lines)
    known = {**lanes, **dots}
    days = [d for each in lanes.values() for one in each for d in (one.first, one.ends) if d is not None]
    days += [on for each in dots.values() for on, _ in each]
    scale = _Scale(min(days, default=day), max([*days, day]))
    found = [part for part in PARTS if part in known]
    return Drawing(
        height=30 + 30 * len(found),
        ticks=[{"x": scale.x(on), "text": text} for on, text in scale.years()],
        lanes=[
            {
                "label": PARTS[part],
                "bars": [scale.bar(span) for span in lanes.get(part, ())],
                "dots": [{"x": scale.x(on), "text": text} for on, text in dots.get(part, ())],
            }
            for part in found
        ],
    )


def reading_in_words(view: View) -> str:
    """Which past the page shows."""
    day = japanese_day(view.day)
    if view.reading.startswith("as received"):
        return f"{day}に当方が伝えていたこと"
    if view.reading.startswith("as recorded"):
        return f"{day}までに記録された事実による"
    return f"{day}現在知られている事実による"


# ---- lines in words --------------------------------------------------------------------------------------------------


def row(line: ViewLine) -> Row:
    """A line of the table."""
    return Row(when(line.data), PARTS[line.part], says(line), line.event or "この照会のために計算")


def when(data: dict[str, Any]) -> str:
    """The day or the months that a line is about."""
    if (first := data.get("first_month")) is not None:
        last = data.get("last_month")
        ends = japanese_month(Month.parse(last)) if last is not None else ""
        return f"{japanese_month(Month.parse(first))}から{ends}"
    day = next(
        (data[name] for name in ("effective_on", "received_on", "decided_on", "acquired_on", "on") if data.get(name)),
        None,
    )
    return japanese_day(dt.date.fromisoformat(day)) if day is not None else ""


def says(line: ViewLine) -> str:
    """What a line says, in the words of the counter."""
    data = line.data
    match line.part:
        case "status":
            before, after = _categories(line)
            reason, sure = wording.TRANSITIONS[data["reason"]][0], wording.CERTAINTIES[data["certainty"]][0]
            return f"{before} → {after}（{sure}）　{reason}"
        case "insured_status":
            lost = f"、{_day(data['lost_on'])}喪失" if data.get("lost_on") else ""
            return (
                f"第1号被保険者　{'資格あり' if data['insured'] else '資格なし'}、{_day(data['acquired_on'])}取得{lost}"
            )
        case "filing" | "claim":
            reasons = "".join(wording.REASONS[code][0] for code in data.get("reasons", ()) if code in wording.REASONS)
            return f"{wording.KINDS[data['kind']][0]}（受付番号 {data['filing']}）　{wording.STATES[data['state']][0]}　{reasons}"
        case "exemption" | "review":
            scheme = f"{wording.EXEMPTIONS[data['scheme']][0]}　" if data.get("scheme") else ""
            return f"{scheme}{wording.OUTCOMES[data['outcome']][0]}（受付番号 {data['filing']}）"
        case "decision":
            decided = wording.EXEMPTIONS[data["scheme"]][0] if data.get("scheme") else "却下"
            return f"{decided}　{wording.AGREEMENTS[data.get('agrees')][0]}"
        case "months":
            basis = {"filing": "届出による", "decision": "裁定による"}[data["basis"]]
            return f"{wording.EXEMPTIONS[data['exemption']][0]}（{basis}）"
        case "additional":
            return f"付加保険料（受付番号 {data['filing']}）"
        case "hint":
            return wording.HINTS[data["hint"]][0]


def _categories(line: ViewLine) -> tuple[str, str]:
    """Before and after, in words."""
    category = wording.CATEGORIES[line.data["category"]][0]
    nobody = wording.CATEGORIES[None][0]
    match line.type:
        case "InsuredStatusLost":
            return category, nobody
        case "CategoryChanged":
            return wording.CATEGORIES[line.data["previous"]][0], category
        case _:
            return nobody, category


def _day(text: str) -> str:
    return japanese_day(dt.date.fromisoformat(text))


# ---- over time -------------------------------------------------------------------------------------------------------


def spans(lines: Iterable[ViewLine]) -> dict[Part, list[Span]]:
    """What lasts, by lane: insured periods between two changes of the status, exempt months, additional premium."""
    lines = list(lines)
    found: dict[Part, list[Span]] = {}
    changes = sorted((line for line in lines if line.part == "status"), key=lambda line: line.data["effective_on"])
    periods = []
    for change, following in pairwise([*changes, None]):
        assert change is not None
        if change.type != "InsuredStatusLost":
            first = dt.date.fromisoformat(change.data["effective_on"])
            ends = None if following is None else dt.date.fromisoformat(following.data["effective_on"])
            words = wording.CATEGORIES[change.data["category"]][0]
            periods.append(Span(first, ends, words, expected=change.data["certainty"] == "expected"))
    if periods:
        found["status"] = periods
    for line in lines:
        if line.part in ("months", "additional"):
            first_month, last = Month.parse(line.data["first_month"]), line.data.get("last_month")
            ends = None if last is None else (Month.parse(last) + 1).first_day
            found.setdefault(line.part, []).append(Span(first_month.first_day, ends, says(line)))
    return found


def moments(lines: Iterable[ViewLine]) -> dict[Part, list[tuple[dt.date, str]]]:
    """What happened on a day, by lane: filings, claims, decisions, hints."""
    found: dict[Part, list[tuple[dt.date, str]]] = {}
    for line in lines:
        name = {"filing": "received_on", "claim": "received_on", "decision": "decided_on", "hint": "on"}.get(line.part)
        if name is not None:
            found.setdefault(line.part, []).append((dt.date.fromisoformat(line.data[name]), says(line)))
    return found


class _Scale:
    """Days on the width of the page."""

    def __init__(self, first: dt.date, last: dt.date) -> None:
        self.first, self.days = first, max((last - first).days, 1)

    def x(self, day: dt.date) -> float:
        return round(_LEFT + (_RIGHT - _LEFT) * (day - self.first).days / self.days, 1)

    def years(self) -> Iterator[tuple[dt.date, str]]:
        """Where years begin, at most twenty of them."""
        years = range(self.first.year + 1, self.first.year + self.days // 365 + 2)
        for year in years[:: len(years) // 20 + 1]:
            day = dt.date(year, 1, 1)
            if (day - self.first).days <= self.days:
                yield day, str(year)

    def bar(self, span: Span) -> dict[str, Any]:
        x = self.x(span.first)
        width = round(max((self.x(span.ends) if span.ends is not None else _RIGHT) - x, 2), 1)
        ends = f"{japanese_day(span.ends)}まで（当日を含まない）" if span.ends is not None else "継続"
        text = f"{span.text}　{japanese_day(span.first)}から　{ends}"
        return {
            "x": x,
            "width": width,
            "text": text,
            "short": span.text if width >= _NARROW else "",
            "expected": span.expected,
        }
