"""Who lives in the ward on the first day?

Households are drawn by shape until the wanted number of persons is reached. The shares give what
ward-statistics.md reports: 1.59 persons a household, two thirds singles, a tenth foreign residents.
"""

import datetime as dt
from collections.abc import Callable, Iterator

from contracts.vocabulary import Relation, Sex

from cli.town import earnings, names
from cli.town.memberships import first_membership
from cli.town.people import Household, Person
from cli.town.rates import FIRST_DAY
from cli.town.ward import Ward

_SHAPES: dict[str, float] = {
    "single young": 32.5,
    "single middle": 17.0,
    "single old": 15.0,
    "couple young": 4.5,
    "couple middle": 3.5,
    "couple old": 6.5,
    "couple, one child": 6.0,
    "couple, two children": 5.1,
    "couple, three children": 0.6,
    "single parent, one child": 2.6,
    "single parent, two children": 0.9,
    "parent with grown child": 2.4,
    "couple with grown child": 2.0,
    "siblings": 2.2,
    "three generations": 0.7,
}
_FOREIGN = {"single young": 0.23, "single middle": 0.08, "single old": 0.02, "couple old": 0.02}
_FOREIGN_ELSE = 0.08
_NATIONALITIES = (
    ("CHN",) * 45
    + ("VNM",) * 12
    + ("NPL",) * 11
    + ("KOR",) * 9
    + ("MMR",) * 8
    + (("TWN",) * 6 + ("PHL",) * 4 + ("USA",) * 3 + ("BGD", "GBR"))
)
_WORK_STATUSES = ("技術・人文知識・国際業務", "永住者", "家族滞在", "特定技能", "定住者", "日本人の配偶者等")
_STAY_PRESENTLY = 7.0
"""Mean years at the present address: one in ten moves each year (stats)."""


def people(ward: Ward, persons: int) -> Iterator[Household]:
    """Households until there are so many persons; the last shape is cut to fit."""
    shapes, weights = list(_SHAPES), list(_SHAPES.values())
    apart: Person | None = None
    while len(ward.residents) < persons:
        shape = ward.rng.choices(shapes, weights)[0]
        if persons - len(ward.residents) < 5:
            shape = "single young"
        home = household(ward, shape, None, from_abroad=ward.chance(0.02))
        if shape == "single middle" and not home.members[0].married and ward.chance(0.06):
            apart = _married_apart(home.members[0], apart)
        yield home


def _married_apart(person: Person, waiting: Person | None) -> Person | None:
    """Join two singles as spouses who live in two households of the ward; who still waits for the other one."""
    if waiting is None or waiting.sex == person.sex:
        return person
    person.spouse, waiting.spouse = waiting, person
    return None


def household(
    ward: Ward, shape: str, since: dt.date | None, foreign: bool | None = None, from_abroad: bool = False
) -> Household:
    """A household of this shape, resident since then (drawn when it already lives here)."""
    rng = ward.rng
    if foreign is None:
        foreign = rng.random() < _FOREIGN.get(shape, _FOREIGN_ELSE)
    family = None if foreign else names.surname(rng)
    home = ward.new_household()
    here = since or _some_years_ago(ward, foreign)
    sex: Sex = "male" if rng.random() < 0.5 else "female"

    def member(age: int, sex: Sex, relation: Relation = "householder") -> Person:
        birth = FIRST_DAY if since is None else ward.today
        birth = birth - dt.timedelta(days=age * 365 + age // 4 + rng.randrange(1, 364))
        person = ward.new_person(home, birth, sex, max(here, birth), family=family, relation=relation)
        if foreign:
            _describe_foreigner(ward, person)
        else:
            person.family_register = home.members[0].name
        person.from_abroad = from_abroad or (foreign and since is None)
        return person

    kind, _, rest = shape.partition(" ")
    if kind == "single" and not rest.startswith("parent"):
        head = member(_single_age(ward, rest), sex)
        head.spouse_outside = rng.random() < (0.09 if head.age_on(ward.today) > 27 else 0)
    elif shape == "siblings":
        member(age := rng.randint(22, 60), sex)
        member(max(18, age - rng.randint(1, 6)), _any_sex(ward), "sibling")
    elif shape == "parent with grown child":
        head = member(rng.randint(55, 85), sex)
        _child(ward, member(max(20, head.age_on(ward.today) - rng.randint(24, 36)), _any_sex(ward), "child"), head)
        head.widowed = head.sex == "female" and rng.random() < 0.7
    else:
        _family(ward, shape, member, sex)
    for person in home.members:
        _live(ward, person)
    for person in home.members:
        first_membership(ward, person)
        person.earnings = earnings.ordinary_year(ward, person)
    return home


def _family(ward: Ward, shape: str, member: Callable[..., Person], sex: Sex) -> None:
    rng = ward.rng
    old = shape in ("couple old", "couple with grown child")
    ages = {"couple young": (23, 38), "couple middle": (39, 62), "three generations": (34, 48)}
    low, high = (58, 88) if old else ages.get(shape, (28, 50))
    age = rng.randint(low, high)
    head = member(age, "male" if shape.startswith(("couple", "three")) and rng.random() < 0.9 else sex)
    partner = None
    if not shape.startswith("single parent"):
        other_sex: Sex = "female" if head.sex == "male" else "male"
        partner = member(max(20, age + rng.randint(-5, 3)), other_sex, "spouse")
        head.spouse, partner.spouse = partner, head
    elif head.sex == "female" and rng.random() < 0.15:
        head.widowed = True
    younger = partner if partner and partner.birth > head.birth else head
    children = {"one": 1, "two": 2, "three": 3}.get(shape.split(", ")[-1].split(" ")[0], 0)
    if shape == "couple with grown child":
        grown = max(18, younger.age_on(ward.today) - rng.randint(25, 35))
        _child(ward, member(grown, _any_sex(ward), "child"), head, partner)
    if shape == "three generations":
        children = 2
        parent = member(age + rng.randint(24, 34), _any_sex(ward), "parent")
        if parent.sex == "female":
            head.mother = parent
        else:
            head.father = parent
    for _ in range(children):
        oldest = max(0, min(22, younger.age_on(ward.today) - 21))
        _child(ward, member(rng.randint(0, oldest), _any_sex(ward), "child"), head, partner)


def _child(ward: Ward, child: Person, head: Person, partner: Person | None = None) -> None:
    for parent in (head, partner):
        if parent is not None and parent.sex == "female":
            child.mother = parent
        elif parent is not None:
            child.father = parent
    child.family_register = head.family_register


def _live(ward: Ward, person: Person) -> None:
    """What the offices will ask about: school, disability, pension."""
    rng, age = ward.rng, person.age_on(ward.today)
    if person.foreign:
        person.student = person.residence_status == "留学"
    elif 18 <= age <= 22:
        person.student = rng.random() < 0.6
    draw = rng.random()
    person.disability = "special" if draw < 0.012 else "ordinary" if draw < 0.045 else "none"
    if age >= 62:
        person.pension_yen = max(0, int(rng.gauss(1_450_000, 650_000)))


def _single_age(ward: Ward, rest: str) -> int:
    rng = ward.rng
    if rest == "young":
        return 18 + int(22 * rng.betavariate(1.7, 1.8))
    return rng.randint(40, 64) if rest == "middle" else min(99, 65 + int(rng.expovariate(1 / 11)))


def _any_sex(ward: Ward) -> Sex:
    return "male" if ward.rng.random() < 0.5 else "female"


def _some_years_ago(ward: Ward, foreign: bool) -> dt.date:
    mean = _STAY_PRESENTLY / 2 if foreign else _STAY_PRESENTLY
    days = min(30 * 365, int(ward.rng.expovariate(1 / (mean * 365))))
    return FIRST_DAY - dt.timedelta(days=1 + days)


def _describe_foreigner(ward: Ward, person: Person) -> None:
    rng, age = ward.rng, person.age_on(ward.today)
    family = person.household.members[0]
    person.nationality = rng.choice(_NATIONALITIES) if family is person else family.nationality
    if 18 <= age <= 29 and family is person and rng.random() < 0.45:
        person.residence_status = "留学"
    else:
        person.residence_status = rng.choice(_WORK_STATUSES) if age >= 18 else "家族滞在"
    if rng.random() < 0.15:
        person.alias = names.japanese_name(rng, names.surname(rng), person.sex)[0]
