"""特別障害給付金法施行令10条: a recipient of the benefit counts as in hardship, and nobody else is tested.

Deemed to meet NPA 90条1項4号 and the third item of each paragraph of 90条の2; their provisos on householder and spouse do
not apply, nor does the bar on students. The order says nothing of 納付猶予 and 学生納付特例.
"""

from contracts.vocabulary import Scheme

from eligibility.rules.means_test import Tested, Verdict, step

SCHEMES: frozenset[Scheme] = frozenset({"full", "three_quarter", "half", "quarter"})


def covers(scheme: Scheme, person: Tested) -> bool:
    """The benefit is a fact about the applicant; a spouse or householder who draws it is tested like anyone."""
    return scheme in SCHEMES and person.role == "applicant" and "special_disability_benefit" in person.grounds


DEEMED_TO_MEET = Verdict(
    "holds", (step("特別障害給付金法施行令10条", "holds", "special_disability_benefit", "applicant"),)
)
