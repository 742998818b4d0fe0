"""How are a day, a month, an amount and a citation said in Japanese or in English?"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from contracts.era import japanese_day, japanese_month
from contracts.vocabulary import Month
from contracts.wording import Words

K = TypeVar("K")
LAWS = (("NPR", "国民年金法施行規則"), ("NPO", "国民年金法施行令"), ("NPA", "国民年金法"))
"""Abbreviations of the legal trace. The longer name first: one is the beginning of the others."""


@dataclass(frozen=True)
class Speech:
    """One of the two languages."""

    japanese: bool

    def __call__(self, japanese: str, english: str) -> str:
        return japanese if self.japanese else english

    def of(self, table: Mapping[K, Words], code: K) -> str:
        """A code in words; as it is, if a newer release of another service brought it."""
        return self(*table[code]) if code in table else str(code)

    def named(self, label: Words, *sentences: str) -> str:
        """An indented line with a label."""
        said = ("" if self.japanese else " ").join(sentence for sentence in sentences if sentence)
        return f"  {self(*label)}{self('：', ': ')}{said}"

    def row(self, *parts: str) -> str:
        """Columns of a line that others are indented under."""
        return self("　", "  ").join(part for part in parts if part)

    def day(self, day: dt.date) -> str:
        return japanese_day(day) if self.japanese else f"{day.day} {day:%B %Y}"

    def month(self, month: Month) -> str:
        return japanese_month(month) if self.japanese else f"{month.first_day:%B %Y}"

    def months(self, first: Month, last: Month | None) -> str:
        if last is None:
            return self(f"{self.month(first)}から", f"from {self.month(first)} on")
        if first == last:
            return self.month(first)
        return self(f"{self.month(first)}から{self.month(last)}まで", f"{self.month(first)} to {self.month(last)}")

    def income_of(self, year: int) -> str:
        return self(f"{japanese_month(Month(year, 12)).split('年')[0]}年中の所得", f"income of {year}")

    def yen(self, amount: int) -> str:
        return self(f"{amount:,}円", f"{amount:,} yen")

    def article(self, cited: str) -> str:
        """A citation of the trace: the laws by their names in Japanese, by their abbreviations in English."""
        for short, name in LAWS:
            cited = cited.replace(f"{short} ", name) if self.japanese else cited.replace(name, f"{short} ")
        if self.japanese:
            cited = cited.replace(", ", "、").replace(" (", "（").replace(")", "）")
        return cited

    def in_force(self, since: Month | dt.date | None) -> str:
        if since is None:
            return ""
        start = self.month(since) if isinstance(since, Month) else self.day(since)
        return self(f"（値は{start}から適用）", f" (values in force since {start})")

    def sentence(self, clause: str) -> str:
        return clause + "。" if self.japanese else clause[0].upper() + clause[1:] + "."
