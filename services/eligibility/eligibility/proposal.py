"""Which application forms should be laid before somebody who asks for an exemption today?

One form for each yearly cycle (NPR 77条1項, 77条の3–77条の5), over the months that are still due: within reach of today's
application, of category 1, and under no exemption yet. In July that can be four forms. Whether a month was paid the ward does not
know (decision 30); the pension service leaves paid months out.
"""

import datetime as dt
from dataclasses import dataclass

from contracts.vocabulary import Month, Scheme, months

from eligibility.premium_months import PremiumMonths
from eligibility.rules.income_year import income_year
from eligibility.rules.parameters import Parameters
from eligibility.rules.reach import reach
from eligibility.timeline import Timeline


@dataclass(frozen=True)
class ProposedForm:
    """One form: its months, and the year whose income is tested."""

    first_month: Month
    last_month: Month
    income_year: int
    months_due: int


def proposed_forms(
    line: Timeline, premium: PremiumMonths, received_on: dt.date, *, student: bool, parameters: Parameters
) -> list[ProposedForm]:
    """The forms to offer, the oldest cycle first."""
    scheme: Scheme = "student" if student else "full"
    within = reach(scheme, received_on, parameters)
    by_year: dict[int, list[Month]] = {}
    for month in months(within.earliest, within.latest):
        if line.category_of(month) == 1 and premium.of(month) == "due":
            by_year.setdefault(income_year(scheme, month), []).append(month)
    return [ProposedForm(due[0], due[-1], year, len(due)) for year, due in sorted(by_year.items())]
