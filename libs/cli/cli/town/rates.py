"""How often does what happen in a ward?

Rates per resident and year unless said otherwise. "stats" = the page ward-statistics.md, for a ward of
290,000; "ours" = no figure was published, we chose one that gives a plausible town.
"""

import datetime as dt

FIRST_DAY = dt.date(2025, 4, 1)
LAST_DAY = dt.date(2027, 3, 31)
YEARS = 2
CHILDCARE_FROM = dt.date(2026, 10, 1)
"""育児免除 can be filed for from this day."""
WARD = 290_000

MOVES_IN = 27_500 / WARD  # stats: 25,000–30,000 a year
MOVES_OUT = 26_500 / WARD  # stats: as many out
FROM_OVERSEAS = 0.22  # ours: share of arrivals, after +18.5 % foreign residents in a year (stats)
TO_OVERSEAS = 0.14  # ours
MOVES_WITHIN = 0.035  # ours
BIRTHS = 2_000 / WARD  # stats
DEATHS = 2_700 / WARD  # stats
MARRIAGES = 0.006  # ours, couples
DIVORCES = 0.0018  # ours, couples

FOREIGN_SHARE = 0.10  # stats: 28,898 of 288,806
PERSONS_PER_HOUSEHOLD = 1.59  # stats

EXEMPTION_APPLICATIONS = 9_000 / WARD  # stats: 8,000–10,000 a year, peak in July
STUDENT_APPLICATIONS = 3_000 / WARD  # stats: 2,500–3,500, peaks in April and after the 20th birthday
INCOME_REQUESTS = 20_000 / WARD  # stats: rows a year

# Forms at the counter besides applications; no counts are published (all ours).
BIRTHS_OF_INSURED = 0.12 * BIRTHS
LATE_DEATHS_OF_INSURED = 0.00025
STATUTORY_BY_DISABILITY = 0.0006
ADDITIONAL_PREMIUM = 0.0025
VOLUNTARY_ENTRIES = 0.0012  # stats: 190,000 voluntary members of 14.3 million
BENEFIT_CLAIMS = 0.0025
RECIPIENTS_FILINGS = 0.003
MISTAKEN_FILINGS = 0.01

CATEGORY_1_SHARE = 0.165  # of ages 20–59; stats: 40,000–60,000 in a ward of 290,000
CATEGORY_3_SHARE = 0.06  # ours: fewer than the national 11 %, two thirds of the households being singles

# How the year goes: weight of each month.
EVEN = dict.fromkeys(range(1, 13), 1.0)
MOVING_SEASON = {**EVEN, 3: 3.2, 4: 2.6, 2: 1.1, 9: 1.2, 10: 1.2}  # stats: peak in March and April
JULY_PEAK = {**EVEN, 7: 8.0, 8: 2.5, 6: 0.6}  # stats: applications peak in July
APRIL_PEAK = {**EVEN, 4: 9.0, 5: 3.0, 2: 0.3, 3: 0.3}
JOB_CHANGES = {**EVEN, 4: 3.0, 3: 1.5, 10: 1.5}
