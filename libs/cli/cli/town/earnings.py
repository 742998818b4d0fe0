"""What does a person earn in an ordinary year?

合計所得金額 (after the salary deduction), by way of life. The shares are ours: they make all schemes, refusals and unknowns
occur among applicants.
"""

from math import log
from random import Random

from cli.town.people import Person
from cli.town.ward import Ward


def ordinary_year(ward: Ward, person: Person) -> int:
    """Income without the public pension."""
    rng, age = ward.rng, person.age_on(ward.today)
    if age < 16:
        return 0
    if person.student:
        return 0 if rng.random() < 0.6 else rng.randrange(50_000, 1_000_000, 1000)
    if person.category == 2:
        return _salary(rng, 2_900_000)
    if person.category == 3 or age >= 70:
        return 0 if rng.random() < 0.7 else rng.randrange(30_000, 480_000, 1000)
    return _self_employed(rng)


def _salary(rng: Random, median: int) -> int:
    return min(40_000_000, int(rng.lognormvariate(log(median), 0.55)))


def _self_employed(rng: Random) -> int:
    draw = rng.random()
    if draw < 0.28:
        return 0
    for upper, low, high in ((0.50, 50_000, 670_000), (0.74, 600_000, 1_500_000), (0.90, 1_400_000, 3_200_000)):
        if draw < upper:
            return rng.randrange(low, high, 1000)
    return _salary(rng, 4_200_000)
