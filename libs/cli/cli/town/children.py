"""Who has a child, by birth or adoption, and files for 産前産後免除 or 育児免除?

The pension service decides some of them in so many words (ExemptionDecided), one or the other without a filing that passed
the ward; of the others it only says that it accepts them.
"""

import datetime as dt
from typing import Literal

from contracts.events.forms import ChildcareFiling, MaternityFiling
from contracts.vocabulary import Month

from cli.town import names, register
from cli.town.decisions import decided
from cli.town.desk import file
from cli.town.jobs import becomes_self_employed
from cli.town.people import Person, insured, relation_to
from cli.town.rates import CHILDCARE_FROM
from cli.town.ward import Ward

_NEWBORN = dt.timedelta(days=250)
"""Below this age a child leaves its parents months to be exempt for."""


def maternity_before(ward: Ward, mother: Person, due_on: dt.date, multiple: bool) -> None:
    """産前産後免除 filed before the birth, with the expected day."""
    papers = ward.brought("due_date_proof", *(("multiple_pregnancy_proof",) if multiple else ()))
    _file_maternity(
        ward,
        mother,
        MaternityFiling(
            kind="maternity",
            due_on=due_on,
            multiple=multiple,
            papers=papers,
            basic_pension_number=mother.basic_pension_number,
        ),
    )


def maternity_after(ward: Ward, mother: Person, born_on: dt.date, multiple: bool) -> None:
    """The same filed after the birth, with its day: the ward sees the birth in its own register."""
    _file_maternity(
        ward,
        mother,
        MaternityFiling(
            kind="maternity",
            born_on=born_on,
            multiple=multiple,
            papers=ward.brought("multiple_pregnancy_proof") if multiple else (),
            basic_pension_number=mother.basic_pension_number,
        ),
    )


def _file_maternity(ward: Ward, mother: Person, content: MaternityFiling) -> None:
    if insured(mother):
        ward.happenings["maternity: " + ("after the birth" if content.born_on else "before the birth")] += 1
        ward.happenings["maternity: several children"] += content.multiple
        file(ward, mother, content, ward.today, _decide_maternity)


def _decide_maternity(ward: Ward, mother: Person, filing: str, content: MaternityFiling) -> None:
    day = content.born_on or content.due_on
    assert day is not None
    if ward.seldom("decision: maternity", 0.5):
        birth = Month.of(day)
        decided(ward, mother, filing, birth - (3 if content.multiple else 1), birth + 2, "maternity")


def parent_of_a_newborn(ward: Ward, which: Literal["mother", "father"]) -> tuple[Person, Person] | None:
    """A parent in category 1 and the child. Where no newborn has one, a parent starts a business of his or her own."""

    def parent(child: Person) -> Person | None:
        found = child.mother if which == "mother" else child.father
        if found is None or found.residency != "resident" or found.household is not child.household or found.childcare:
            return None
        return found

    def suits(child: Person, to_be_insured: bool) -> bool:
        if ward.today - child.birth > _NEWBORN:
            return False
        found = parent(child)
        return found is not None and (insured(found) or not to_be_insured)

    child = ward.find(lambda one: suits(one, True), tries=2000) or ward.find(lambda one: suits(one, False), tries=2000)
    found = parent(child) if child is not None else None
    if child is None or found is None or not (insured(found) or becomes_self_employed(ward, found)):
        return None
    return found, child


def childcare(ward: Ward) -> None:
    """育児免除 of a mother or a father."""
    relation: Literal["mother", "father"] = ward.next_of("childcare", ("father", "mother", "father"))
    found = parent_of_a_newborn(ward, relation)
    if found is not None:
        file_childcare(ward, found[0], found[1].birth, relation)


def file_childcare(
    ward: Ward,
    parent: Person,
    born_on: dt.date,
    relation: Literal["mother", "father", "adoptive_parent"],
    care_from: dt.date | None = None,
) -> None:
    if not insured(parent):
        return
    parent.childcare = True
    content = ChildcareFiling(
        kind="childcare",
        child_born_on=born_on,
        relation=relation,
        care_from=care_from,
        papers=ward.brought("child_relation_proof") if relation == "adoptive_parent" else (),
        basic_pension_number=parent.basic_pension_number,
    )
    ward.happenings[f"childcare: {relation}"] += 1
    file(ward, parent, content, ward.today, _decide_childcare)


def _decide_childcare(ward: Ward, parent: Person, filing: str, content: ChildcareFiling) -> None:
    if ward.seldom("decision: childcare", 0.5):
        first = max(Month.of(content.care_from or content.child_born_on), Month.of(CHILDCARE_FROM))
        decided(ward, parent, filing, first, Month.of(content.child_born_on) + 11, "childcare")


def childcare_not_via_us(ward: Ward) -> None:
    """育児免除該当通知書: the pension service knows of the birth, and the mother need not file."""
    found = parent_of_a_newborn(ward, "mother")
    if found is not None:
        mother, child = found
        mother.childcare = True
        birth = Month.of(child.birth)
        first = max(birth + 3, Month.of(CHILDCARE_FROM))
        decided(ward, mother, None, first, birth + 11, "childcare")
        ward.happenings["childcare decided not via us"] += 1


def adopts_a_baby(ward: Ward) -> None:
    """A child below one comes into a family; the adoptive parent files from the day of adoption."""
    parent = ward.find(
        lambda one: (
            insured(one) and not one.foreign and one.relation == "householder" and 25 <= one.age_on(ward.today) <= 50
        ),
        tries=2000,
    )
    if parent is None:
        return
    home = parent.household
    adopted_on = register.possible_day(ward.days_ago(1, 14), home)
    born_on = adopted_on - dt.timedelta(days=ward.rng.randint(40, 200))
    family = names.family_of(parent.name, parent.kana)
    child = ward.new_person(home, born_on, ward.rng.choice(("male", "female")), adopted_on, family=family)
    child.mother, child.father = (parent, parent.spouse) if parent.sex == "female" else (parent.spouse, parent)
    child.relation = relation_to(parent, child)
    child.family_register = parent.family_register
    register.enter(ward, child, "move_in", adopted_on, moved_in_from=names.elsewhere(ward.rng))
    ward.happenings["adopted a baby"] += 1
    ward.in_days(1, 20, file_childcare, parent, born_on, "adoptive_parent", adopted_on)
