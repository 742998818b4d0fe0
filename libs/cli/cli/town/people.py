"""Who are the people of the town, and how do they belong together?

The truth of the simulation: what is so, not what any office knows. Every name is visibly made up.
"""

import datetime as dt
from dataclasses import dataclass, field

from contracts.vocabulary import Category, Month, Relation, Residency, Sex


@dataclass(slots=True, eq=False)
class Household:
    number: int
    address: str
    members: "list[Person]" = field(default_factory=list)
    changed_on: dt.date = dt.date.min  # last day on which a member came, went or changed: later changes follow it

    @property
    def householder(self) -> "Person | None":
        return next((member for member in self.members if member.relation == "householder"), None)


@dataclass(slots=True, eq=False)
class Person:
    number: int
    name: str
    kana: str
    birth: dt.date
    sex: Sex
    household: Household
    relation: Relation
    changed_on: dt.date  # of the latest register entry: a later change never lies before it
    in_ward_since: dt.date
    nationality: str = "JPN"
    residence_status: str | None = None
    alias: str | None = None
    family_register: str | None = None
    residency: Residency = "resident"
    support_since: dt.date | None = None
    spouse: "Person | None" = None
    spouse_outside: bool = False  # married, the other one never lived in this ward
    spouse_number: int | None = None  # of such a one, if there is one
    widowed: bool = False
    mother: "Person | None" = None
    father: "Person | None" = None
    student: bool = False
    from_abroad: bool = False
    disability: str = "none"
    pension_yen: int = 0  # old-age pension received in a year
    earnings: int = 0  # income of an ordinary year, in yen
    category: Category | None = None
    category_since: dt.date | None = None
    basic_pension_number: str | None = None
    number_told: bool = False
    exempt_until: Month | None = None  # last month of a decided exemption, births apart
    continues: bool = False  # wished for the yearly review (継続審査), and was exempted
    statutory_since: dt.date | None = None  # statutory exemption filed for a ground of that day
    additional: bool = False  # pays 付加保険料
    childcare: bool = False  # 育児免除 filed for or told
    next_birth_from: dt.date = dt.date.min  # no child of hers is born before
    stays: dict[tuple[Category, dt.date], int] = field(
        default_factory=dict
    )  # category, first day -> version last notified
    tax_versions: dict[int, int] = field(default_factory=dict)
    incomes: dict[int, int] = field(default_factory=dict)  # tax year -> declared income
    version: int = 0
    last_id: str = ""
    notices: int = 0  # sequence of the pension service's notices
    assessments: int = 0  # sequence of the tax system's records
    busy_until: dt.date = dt.date.min  # another happening still has a use for this person
    place: int = -1  # in the list of residents

    @property
    def foreign(self) -> bool:
        return self.nationality != "JPN"

    @property
    def married(self) -> bool:
        return self.spouse is not None or self.spouse_outside

    @property
    def alone(self) -> bool:
        return len(self.household.members) == 1

    def age_on(self, day: dt.date) -> int:
        return day.year - self.birth.year - ((day.month, day.day) < (self.birth.month, self.birth.day))


def attained_on(birth: dt.date, age: int) -> dt.date:
    """The day on which an age is attained: the day before the birthday (年齢計算ニ関スル法律)."""
    try:
        birthday = birth.replace(year=birth.year + age)
    except ValueError:  # 29 February in a common year
        birthday = dt.date(birth.year + age, 3, 1)
    return birthday - dt.timedelta(days=1)


def insured_age(person: Person, day: dt.date) -> bool:
    """20 is attained and 60 is not."""
    return attained_on(person.birth, 20) <= day < attained_on(person.birth, 60)


def insured(person: Person) -> bool:
    """Lives here and is in category 1: files with the ward."""
    return person.category == 1 and person.category_since is not None and person.residency == "resident"


def relation_to(head: Person, other: Person) -> Relation:
    """続柄 of a member to the householder, from who is whose spouse, child and parent."""
    if other is head:
        return "householder"
    if other is head.spouse:
        return "spouse"
    parents = [parent for parent in (other.mother, other.father) if parent]
    if head in parents:
        return "child"
    heads_parents = [parent for parent in (head.mother, head.father) if parent]
    if other in heads_parents:
        return "parent"
    if any(parent in heads_parents for parent in parents):
        return "sibling"
    if any(head in (parent.mother, parent.father) for parent in parents):
        return "grandchild"
    if other.spouse and head in (other.spouse.mother, other.spouse.father):
        return "child_spouse"
    return "other"
