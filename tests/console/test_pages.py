"""What every page of the desk must be: translated whole, reachable for whom the doors are open, without anything from elsewhere."""

import re
from collections.abc import Iterator
from importlib import import_module
from importlib.resources import files
from pkgutil import iter_modules

import console.screens
import pytest
from cli.catalogue import EVERY
from console.english import ENGLISH
from console.forms import GROUPS
from console.handlers import SCREENS, offices
from console.screens.transmittal import STEPS
from console.web import HEADERS, _own_path, static_path, templates
from contracts.members import LABELS
from contracts.purposes import PURPOSES

TEMPLATES = sorted(one.name for one in (files("console") / "templates").iterdir() if one.name.endswith(".html"))
SAID = re.compile(r"""\bt\(\s*(?:"([^"]+)"|'([^']+)')""")


def source(name: str) -> str:
    return (files("console") / "templates" / name).read_text("utf-8")


def said(text: str) -> Iterator[str]:
    for first, second in SAID.findall(text):
        yield first or second


def words_of_screens() -> set[str]:
    """Words of the tables that the screens keep of codes: code → word."""
    modules = (import_module(f"console.screens.{one.name}") for one in iter_modules(console.screens.__path__))
    tables = (
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, dict) and value is not LABELS
    )
    words = {word for table in tables for word in table.values() if isinstance(word, str)}
    return {word for word in words if re.search("[ぁ-んァ-ヶ一-龠]", word)}


def test_every_sentence_of_every_page_has_its_english_and_no_english_is_of_a_sentence_gone() -> None:
    used = {one for name in TEMPLATES for one in said(source(name))} | {one.title for one in SCREENS if one.title}
    used |= {title for title, _ in GROUPS} | {name for name, _, _ in STEPS} | words_of_screens()
    assert used - ENGLISH.keys() == set()
    assert ENGLISH.keys() - used == set()


def test_a_sentence_without_english_would_be_found() -> None:
    assert list(said('{{ t("新しい文") }} {{ t(\'別の文\', day=1) }} {{ label("x") }}')) == ["新しい文", "別の文"]


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_page_says_anything_in_japanese_past_the_translation(name: str) -> None:
    """Japanese outside of `t(…)` would stay Japanese for whoever reads English. Punctuation between two values may stay."""
    text = re.sub(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", "", source(name), flags=re.DOTALL)
    assert re.findall(r"[ぁ-んァ-ヶ一-龠]+", text) == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_page_has_a_script_or_a_style_of_its_own_or_anything_from_elsewhere(name: str) -> None:
    text = source(name)
    assert not re.search(r"<script(?![^>]*\ssrc=)|\sstyle=|<style|\son[a-z]+=|javascript:|https?://|\|\s*safe", text)
    assert templates().get_template(name)


@pytest.mark.parametrize("asset", ["desk.css", "desk.js", "icon.svg"])
def test_no_file_of_the_desk_names_another_site(asset: str) -> None:
    text = (files("console") / "static" / asset).read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
    assert "//" not in re.sub(r"/\*.*?\*/|^\s*// .*$", "", text, flags=re.DOTALL | re.MULTILINE).replace("https:", "")
    assert "url(" not in text
    assert static_path(asset).startswith(f"/static/{asset}?")


def test_whoever_may_open_a_page_has_the_right_that_its_doors_ask_for() -> None:
    for screen in SCREENS:
        holders = {
            role for service in EVERY.values() for role, rights in service.rights.items() if screen.right in rights
        }
        assert screen.roles <= holders, f"{screen.path}: {sorted(screen.roles - holders)} could only be refused"
        assert any(screen.right in purpose.rights for purpose in PURPOSES.values())


def test_every_page_names_whom_it_is_about_in_one_sealed_part_of_its_address() -> None:
    for screen in SCREENS:
        assert set(re.findall(r"\{(\w+)\}", screen.path)) <= {"who", "what", "kind", "number"}, (
            "a batch has a number, and is nobody"
        )
        assert re.fullmatch(r"/[a-z/-]*(\{\w+\}(/\{kind\}|/[a-z-]+)?)?", screen.path)


def test_nothing_may_be_framed_cached_or_loaded_from_elsewhere() -> None:
    policy = HEADERS["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert HEADERS["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["//evil.example", "https://evil.example/", "\\\\evil.example", "/\\evil.example", "evil", ""]
)
def test_no_address_leads_to_another_site(path: str) -> None:
    assert _own_path(path) == "/"
    assert _own_path("/book") == "/book"


def test_offices_are_named_by_code_and_name() -> None:
    assert offices("honcho=本庁舎,east=東部区民事務所") == {"honcho": "本庁舎", "east": "東部区民事務所"}
    with pytest.raises(Exception, match="KOKUNEN_OFFICES"):
        offices("honcho")
