"""The handbooks show the desk as it is: their pictures are drawn by tests, every room is in one of them, every command exists."""

import re
from pathlib import Path

import pytest
import typer.main
from cli.__main__ import app
from console.handlers import SCREENS

ROOT = Path(__file__).parents[1]
PAGES = [
    ROOT / "README.ja.md",
    *(ROOT / "docs" / name for name in ("handbook-clerks.ja.md", "handbook-operators.ja.md", "desk-tour.md")),
]
IMAGES = ROOT / "docs" / "images"
TEXTS = {page: page.read_text("utf-8") for page in PAGES}


def shown() -> set[str]:
    """Names of the pictures that stand on a page."""
    return {Path(place).stem for text in TEXTS.values() for place in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", text)}


def drawn() -> set[str]:
    """Names of the pictures that a test draws."""
    tests = (ROOT / "tests" / "system").glob("test_desk*.py")
    return {name for test in tests for name in re.findall(r'picture\(\w+, "([a-z-]+)"\)', test.read_text("utf-8"))}


def test_every_picture_is_drawn_by_a_test_and_stands_on_a_page() -> None:
    assert shown() == drawn()
    assert {file.stem for file in IMAGES.glob("*.png")} == drawn(), "run `make pictures`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_leads_to_is_there(page: Path) -> None:
    for place in re.findall(r"\]\(([^)#:]+)\)", TEXTS[page]):
        assert (page.parent / place).exists(), f"{page.name} leads to {place}"


def test_every_room_of_the_desk_is_in_a_handbook() -> None:
    both = "".join(text for page, text in TEXTS.items() if page.name.startswith("handbook"))
    assert [one.title for one in SCREENS if one.title and one.title not in both] == []


def commands(text: str) -> set[str]:
    return set(re.findall(r"kokunen ([a-z][a-z-]+)", text))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_of_a_page_exists(page: Path) -> None:
    known = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    assert commands(TEXTS[page]) - known == set()


def test_a_command_that_is_none_would_be_found() -> None:
    assert commands("run `kokunen frobnicate 1`, then kokunen up") == {"frobnicate", "up"}
