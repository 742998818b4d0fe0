"""`kokunen law check FOLDER`: does every provision cited in code and parameters exist in these texts, and is it still as reviewed?

The folder holds the National Pension Act, its enforcement order and its ordinance as published by e-Gov, in Markdown, one file a
law named by its e-Gov law id, with `last_updated` in its head. Citations of other laws are counted, not checked.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from eligibility.parameter_files import FOLDER, load_parameters
from eligibility.rules.parameters import every_value

from cli.local import REPOSITORY

LAWS = {
    "NPA": ("334AC0000000141", "国民年金法"),
    "NPO": ("334CO0000000184", "国民年金法施行令"),
    "NPR": ("335M50000100012", "国民年金法施行規則"),
}
_ARTICLE = r"(附則)?(\d+)条((?:の\d+)*)(?:第?(\d+)項)?(?:第?(\d+)号)?"
_LIST = re.compile(
    rf"(?<!旧)(?:(NPA|NPO|NPR) |(国民年金法(?:施行令|施行規則)?))({_ARTICLE}(?:(?:, |・|–| and ){_ARTICLE})*)"
)
_ONE = re.compile(_ARTICLE)
_SUPPLEMENT = re.compile(r"^## 附則", re.MULTILINE)
_HEAD = re.compile(r"^\*\*第([一二三四五六七八九十百]+)条((?:の[一二三四五六七八九十]+)*)", re.MULTILINE)
_PARAGRAPH = re.compile(r"^\*\*([０-９]+)\*\*", re.MULTILINE)
_UPDATED = re.compile(r'^last_updated: "(\d{4}-\d{2}-\d{2})"', re.MULTILINE)


@dataclass(frozen=True, order=True)
class Citation:
    """One provision, and the file that cites it."""

    law: str
    supplement: bool
    article: str
    paragraph: int | None
    item: int | None
    file: str

    def __str__(self) -> str:
        text = f"{self.law} {'附則' if self.supplement else ''}{self.article}"
        text += f"第{self.paragraph}項" if self.paragraph else ""
        return text + (f"第{self.item}号" if self.item else "")


@dataclass(frozen=True)
class Finding:
    citation: str
    file: str
    text: str


def citations(root: Path) -> list[Citation]:
    """Every citation of the three laws in our code and parameter files."""
    found: set[Citation] = set()
    for folder in ("services", "libs/contracts"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".py", ".yaml") and ".venv" not in path.parts:
                found |= set(cited_in(path.read_text("utf-8"), str(path.relative_to(root))))
    return sorted(found, key=str)


def cited_in(text: str, file: str) -> Iterator[Citation]:
    """The citations of one text. Laws are abbreviated NPA, NPO, NPR or written out; 旧 before one = as it read once."""
    names = {name: short for short, (_, name) in LAWS.items()}
    for listed in _LIST.finditer(text):
        law = listed[1] or names[listed[2]]
        for one in _ONE.finditer(listed[3]):
            supplement, number, branch, paragraph, item = one.groups()
            yield Citation(
                law, bool(supplement), f"{number}条{branch}", int(paragraph) if paragraph else None,
                int(item) if item else None, file,
            )  # fmt: skip


class Statute:
    """The articles of one law's text."""

    def __init__(self, text: str) -> None:
        updated = _UPDATED.search(text)
        self.updated = dt.date.fromisoformat(updated[1]) if updated else None
        main, *supplements = _SUPPLEMENT.split(text)
        self.articles = {False: _articles(main), True: _articles(supplements[0] if supplements else "")}

    def lacks(self, cited: Citation) -> str | None:
        """What of a citation is not there."""
        body = self.articles[cited.supplement].get(cited.article)
        if body is None:
            return "there is no such article"
        marks = list(_PARAGRAPH.finditer(body))
        if cited.paragraph is not None and cited.paragraph > 1 + len(marks):
            return f"the article has {1 + len(marks)} paragraphs"
        first = 0 if (cited.paragraph or 1) == 1 else marks[cited.paragraph - 2].start()  # type: ignore[operator]
        last = (
            len(body) if cited.paragraph is None or cited.paragraph > len(marks) else marks[cited.paragraph - 1].start()
        )
        if cited.item is not None and not re.search(rf"^- {_kanji(cited.item)}　", body[first:last], re.MULTILINE):
            return "there is no such item"
        return None


def _articles(text: str) -> dict[str, str]:
    heads = list(_HEAD.finditer(text))
    ends = [*(head.start() for head in heads[1:]), len(text)][: len(heads)]
    return {
        f"{_number(head[1])}条" + "".join(f"の{_number(n)}" for n in head[2].split("の")[1:]): text[head.start() : end]
        for head, end in zip(heads, ends, strict=True)
    }


_DIGITS = "〇一二三四五六七八九"


def _number(text: str) -> int:
    """Kanji numeral below one thousand."""
    total = digit = 0
    for char in text:
        if char in "十百":
            total += (digit or 1) * (10 if char == "十" else 100)
            digit = 0
        else:
            digit = _DIGITS.index(char)
    return total + digit


def _kanji(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十") + (_DIGITS[ones] if ones else "")


def check(folder: Path) -> tuple[int, list[Finding]]:
    """Number of citations looked at, and what must be looked into: provisions that are not there, values reviewed before
    their law changed."""
    statutes = {
        short: Statute((folder / f"{identity}.md").read_text("utf-8"))
        for short, (identity, _) in LAWS.items()
        if (folder / f"{identity}.md").exists()
    }
    looked_at = [cited for cited in citations(REPOSITORY) if cited.law in statutes]
    findings = [
        Finding(str(cited), cited.file, lacking)
        for cited in looked_at
        if (lacking := statutes[cited.law].lacks(cited)) is not None
    ]
    for value in every_value(load_parameters()):
        for law in sorted(
            {cited.law for v in value.history for cited in cited_in(v.source, value.name)} & statutes.keys()
        ):
            updated = statutes[law].updated
            if updated is not None and updated > value.reviewed:
                file = str((FOLDER / f"{value.name.partition('.')[0]}.yaml").relative_to(REPOSITORY))
                findings.append(Finding(value.name, file, f"{law} changed on {updated}, reviewed on {value.reviewed}"))
    return len(looked_at), findings
