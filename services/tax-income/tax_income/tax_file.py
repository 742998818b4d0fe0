"""May a whole file of assessments be published? What only the whole shows: nothing in it, one row over and over, thousands of yen.

Pure. Each record is judged by the decoder as it comes; a file of them can be wrong although every record is right.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from contracts.decoder import Refusal, decode
from contracts.events.income import TaxAssessed

THOUSAND = (700, 1_400)
"""A person's income of one year is to the next as 700 to 1,400 times only if one of them is in thousands of yen."""
SUSPECT_SHARE = 0.3
FEWEST_COMPARED = 30
"""Below so many persons a share says nothing."""
SMALL_YEN = 20_000
"""Amounts of whole yen that are mostly smaller than this, and not zero, are no incomes of a ward."""
SHOWN = 20


@dataclass
class Verdict:
    """What is wrong with a file, by line; empty = it may be published. No value is told."""

    records: int = 0
    findings: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return not self.findings


def judge(lines: Iterable[bytes], municipality: str, held: Mapping[tuple[int, int], int]) -> Verdict:
    """Judge a file. `held` is (addressee, tax year) → total income of what is held of the years before.

    Records that the decoder refuses are no reason against the file: each is set aside for itself.
    """
    verdict = Verdict()
    seen: dict[tuple[int, int, int], int] = {}
    contents: set[str] = set()
    compared = thousandth = amounts = small = 0
    for number, line in enumerate(lines, 1):
        verdict.records = number
        try:
            event = decode("tax-assessments", line)
        except Refusal:
            continue
        data: TaxAssessed = event.data
        if event.municipality != municipality:
            verdict.findings.append(f"line {number}, municipality: assessments of {municipality} only")
        person = int(event.subject)
        place = person, data.tax_year, data.version
        if (first := seen.setdefault(place, number)) != number:
            verdict.findings.append(f"line {number}: the same person, year and version as line {first}")
        contents.add(data.model_dump_json())
        if data.record is not None and data.record.total_income_yen > 0:
            amounts += 1
            small += data.record.total_income_yen < SMALL_YEN
            before = held.get((person, data.tax_year - 1), 0)
            if before > 0:
                compared += 1
                low, high = THOUSAND
                thousandth += low <= before / data.record.total_income_yen <= high
    if not seen:
        verdict.findings.append("the file holds no assessment")
    elif len(seen) >= FEWEST_COMPARED and len(contents) == 1:
        verdict.findings.append("every assessment of the file says the same")
    if compared >= FEWEST_COMPARED and thousandth / compared > SUSPECT_SHARE:
        verdict.findings.append("amounts seem to be in thousands of yen: many are a thousandth of the year before")
    elif compared < FEWEST_COMPARED <= amounts and small / amounts > 1 - SUSPECT_SHARE:
        verdict.findings.append(f"amounts seem to be in thousands of yen: most are below {SMALL_YEN:,} yen")
    del verdict.findings[SHOWN:]
    return verdict
