"""Where does text break in a box, and how high are the rows? Tables on paper are a few texts over ruled lines, a text for each column.

A typst cell for every entry costs four times as much, and a large batch has a million of them. So lines are broken here, by the widths of
the font's own drawings, and the template (`templates/ruled.typ`) only puts them where they belong.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

Widths = Mapping[str, float]
"""How wide each character is drawn, in em; one that is not here is taken for one em wide."""


class Ruled(NamedTuple):
    """A table: the text of each column, line by line, and of how many lines each row is."""

    columns: Sequence[str]
    heights: Sequence[int]

    def data(self) -> dict[str, Any]:
        """What the template takes."""
        return self._asdict()


def ruled(rows: Iterable[Sequence[str]], room: Sequence[float], widths: Widths) -> Ruled:
    """Rows of texts, broken to columns of so many em each."""
    columns: list[list[str]] = [[] for _ in room]
    heights = []
    for row in rows:
        cells = [broken(text, width, widths) for text, width in zip(row, room, strict=True)]
        height = max(map(len, cells))
        heights.append(height)
        for column, lines in zip(columns, cells, strict=True):
            column += lines
            column += [""] * (height - len(lines))
    return Ruled(["\n".join(column) for column in columns], heights)


def in_pages(
    rows: Sequence[Sequence[str]], room: Sequence[float], widths: Widths, first: int, further: int
) -> Iterator[Ruled]:
    """The same on pages of so many lines; a row stays together. There is always a first page."""
    page: list[Sequence[str]] = []
    left = first
    for row in rows:
        height = max(len(broken(text, width, widths)) for text, width in zip(row, room, strict=True))
        if height > left and page:
            yield ruled(page, room, widths)
            page, left = [], further
        page.append(row)
        left -= height
    yield ruled(page, room, widths)


def broken(text: str, room: float, widths: Widths) -> list[str]:
    """The lines of a text, none wider than `room` em where a character fits at all; never fewer than one."""
    if len(text) <= room and "\n" not in text:  # no character is wider than one em
        return [text]
    lines = []
    for part in text.splitlines() or [""]:
        line, length = "", 0.0
        for character in part:
            more = widths.get(character, 1.0)
            if length + more > room and line and more:
                lines.append(line)
                line, length = "", 0.0
            line += character
            length += more
        lines.append(line)
    return lines
