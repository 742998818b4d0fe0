"""Text breaks where a box ends, by the widths of the drawings; the lines of a row stay together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transmittal.paper import widths
from transmittal.ruled import broken, in_pages, ruled

TEXTS = st.text(st.sampled_from("架空太郎Abg9 ー、\n\U000e0104が"), max_size=40)
ROOM = st.floats(1, 12)


def width(line: str) -> float:
    return sum(widths().get(character, 1.0) for character in line)


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        ("", 5, [""]),
        ("架空太郎子", 5, ["架空太郎子"]),
        ("架空太郎子", 4.9, ["架空太郎", "子"]),
        ("架\n空", 5, ["架", "空"]),
        ("架\n\n空", 5, ["架", "", "空"]),
        ("邊\U000e0104邊\U000e0104", 1, ["邊\U000e0104", "邊\U000e0104"]),
        ("架空", 0.5, ["架", "空"]),
    ],
)
def test_a_text_breaks_where_the_next_character_has_no_room(text: str, room: float, lines: list[str]) -> None:
    assert broken(text, room, widths()) == lines


@given(TEXTS, ROOM)
def test_no_line_is_too_wide_and_no_character_is_lost(text: str, room: float) -> None:
    lines = broken(text, room, widths())
    assert all(width(line) <= room + 1e-9 for line in lines)
    assert "".join(lines) == text.replace("\n", "")
    assert not any(line.startswith("\U000e0104") for line in lines[1:] if "\n" not in text and text[0] != "\U000e0104")


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=12), ROOM, st.integers(1, 9), st.integers(4, 20))
def test_pages_hold_every_row_whole_and_in_order(
    rows: list[tuple[str, str]], room: float, first: int, further: int
) -> None:
    every = ruled(rows, (room, room), widths())
    assert all(column.count("\n") + 1 == sum(every.heights) for column in every.columns if every.heights)
    pages = list(in_pages(rows, (room, room), widths(), first, further))
    assert [height for page in pages for height in page.heights] == list(every.heights)
    for column in (0, 1):
        assert "\n".join(page.columns[column] for page in pages if page.heights) == every.columns[column]
    for page, lines in zip(pages, (first, *[further] * len(pages)), strict=False):
        assert (
            sum(page.heights) <= lines or len(page.heights) == 1
        )  # a row that is higher than a page has one of its own
