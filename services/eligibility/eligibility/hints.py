"""What should a clerk look at, or tell somebody? Proposals from the register, the welfare office and the calendar; never a change.

A hint is said of the person whose fact raised it and names whom it concerns. It is taken back when a filing or a notice has dealt
with it. Months and rights that only the pension service can know are left to it.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from contracts.events.eligibility import HintCode, HintRaised
from contracts.events.forms import (
    ChildcareFiling,
    DeathFiling,
    DeathLumpSumClaim,
    ExemptionApplication,
    Form,
    MaternityFiling,
    StatutoryExemptionEnd,
    StatutoryExemptionStart,
    StudentApplication,
    SurvivorsClaim,
    UnpaidPensionClaim,
    WidowsPensionClaim,
)
from contracts.events.registry import ResidentSpan
from contracts.holidays import next_open
from contracts.vocabulary import Month, months

from eligibility.facts import Filing, Person, of_form, raises_hints_about_others
from eligibility.household import span_on
from eligibility.premium_months import PremiumMonths, livelihood_aid
from eligibility.reception import Reception, first_look
from eligibility.rules.age import attained_on
from eligibility.rules.childcare import childcare_months
from eligibility.rules.filing_deadline import deadline
from eligibility.rules.maternity import Months, maternity_months
from eligibility.rules.parameters import Parameters
from eligibility.timeline import Timeline, timeline


@dataclass(frozen=True)
class Hint:
    """One hint. `person` is whom it concerns, `on` the day of the fact that raised it."""

    hint: HintCode
    person: int
    on: dt.date
    article: str
    facts: tuple[str, ...] = ()
    due_on: dt.date | None = None

    @property
    def event(self) -> HintRaised:
        return HintRaised(
            hint=self.hint, person=self.person, on=self.on, due_on=self.due_on, article=self.article, facts=self.facts
        )


def hints(
    person: Person,
    others: Mapping[int, Person],
    receptions: Sequence[Reception],
    line: Timeline,
    premium: PremiumMonths,
    day: dt.date,
    parameters: Parameters,
) -> tuple[Hint, ...]:
    """Every hint that is open on this day, by what raised it; those whose day is still to come included."""
    found = [
        *_filings_to_make(person, line, day, parameters),
        *_statutory(person, receptions, line, premium, day, parameters),
        *_of_the_register(person, line, parameters),
    ]
    if raises_hints_about_others(person):
        found += [*_after_a_death(person, others, line, parameters), *_after_a_birth(person, others, parameters)]
    one_each: dict[tuple[dt.date, str, int], Hint] = {}
    for hint in sorted(found, key=lambda h: (h.on, h.hint, h.person, h.facts)):
        place = hint.on, hint.hint, hint.person
        known = one_each.get(place)
        # Two grants of one day are two facts and one thing to look at.
        one_each[place] = hint if known is None else replace(known, facts=(*known.facts, *hint.facts))
    return tuple(one_each.values())


_TO_BE_FILED: dict[str, HintCode] = {
    "entry_from_abroad": "acquisition_filing_due",
    "end_of_class2": "acquisition_filing_due",
    "end_of_class3": "acquisition_filing_due",
    "departure_overseas": "loss_filing_due",
}


def _filings_to_make(person: Person, line: Timeline, day: dt.date, parameters: Parameters) -> Iterator[Hint]:
    """A step that is only expected asks for its filing (NPA 12条1項); a departure opens the voluntary membership abroad."""
    for step in line.transitions():
        hint = _TO_BE_FILED.get(step.mark.reason)
        if step.certainty == "expected" and hint is not None:
            due = next_open(deadline(step.on, parameters))
            yield Hint(hint, person.addressee, step.on, "NPA 12条1項", step.mark.facts, due)
        if step.mark.reason == "departure_overseas" and step.after is None and line.on(day) is None:
            yield Hint("voluntary_overseas_possible", person.addressee, step.on, "NPA 附則5条1項3号", step.mark.facts)
        if step.mark.reason == "age65" and step.after is None:
            article = "平6改正法附則11条3項, 平16改正法附則23条3項, 令7年法律74号附則40条3項"
            yield Hint("special_voluntary_possible", person.addressee, step.on, article, step.mark.facts)


def _of_the_register(person: Person, line: Timeline, parameters: Parameters) -> Iterator[Hint]:
    """Who moved in at 20 to 59 without any word of a status is asked about it; a member struck off the register is told of."""
    if person.birth_date is None:
        return
    ages = parameters.ages
    at_20 = attained_on(person.birth_date, ages.acquisition_age.newest.value)
    at_60 = attained_on(person.birth_date, ages.loss_age.newest.value)
    for span in person.spans:
        on = span.valid_from
        if span.reason == "move_in" and at_20 <= on < at_60 and not line.confirmed:
            yield Hint("status_check_due", person.addressee, on, "住基令23条2項4号, 24条の3第5号, 28条", (span.fact,))
        if span.residency == "removed" and line.on(on) == 1:
            # That the pension service is told of absent members (不在被保険者) is from memory; no provision was found.
            yield Hint("absent_member", person.addressee, on, "住基法8条", (span.fact,))


def _statutory(
    person: Person,
    receptions: Iterable[Reception],
    line: Timeline,
    premium: PremiumMonths,
    day: dt.date,
    parameters: Parameters,
) -> Iterator[Hint]:
    """Livelihood aid of someone in category 1: a statutory exemption is proposed, never made (NPA 89条1項2号)."""
    filed = [one.filing for one in receptions if one.accepted]
    arose = [c.arose_on for _, c in of_form(filed, StatutoryExemptionStart) if c.ground == "livelihood_aid"]
    for grant in person.grants:
        if grant.assistance != "livelihood" or line.category_of(Month.of(grant.since)) != 1:
            continue
        if grant.equivalent_only:
            yield Hint("application_ground_possible", person.addressee, grant.since, "NPR 74条", (grant.fact,))
            continue
        until = grant.until or dt.date.max
        of_this_grant = [on for on in arose if grant.since <= on < until]
        decided = premium.of(Month.of(grant.since)) == "statutory"
        if not of_this_grant and not decided:
            due = next_open(deadline(grant.since, parameters))
            yield Hint("statutory_exemption_proposed", person.addressee, grant.since, "NPR 75条", (grant.fact,), due)
        if grant.until is not None and livelihood_aid(grant) and (of_this_grant or decided):
            due = next_open(deadline(grant.until, parameters))
            told = any(
                isinstance(filing.content, StatutoryExemptionEnd)
                or (isinstance(filing.content, ExemptionApplication | StudentApplication) and filing.received_on <= due)
                for filing in filed
                if filing.received_on >= grant.until
            )
            if not told:
                yield Hint("statutory_end_filing_due", person.addressee, grant.until, "NPR 76条", (grant.fact,), due)


def _household_on(person: Person, others: Mapping[int, Person], day: dt.date) -> list[tuple[Person, ResidentSpan]]:
    """Who else lived in this person's household on a day."""
    own = span_on(person, day)
    if own is None:
        return []
    mates = []
    for number, other in sorted(others.items()):
        theirs = span_on(other, day)
        if number != person.addressee and theirs is not None and theirs.household == own.household:
            mates.append((other, theirs))
    return mates


_CLAIMS: dict[HintCode, type[Form]] = {
    "widows_pension_possible": WidowsPensionClaim,
    "death_lump_sum_possible": DeathLumpSumClaim,
    "survivors_pension_possible": SurvivorsClaim,
    "unpaid_pension_possible": UnpaidPensionClaim,
}


def _after_a_death(
    person: Person, others: Mapping[int, Person], line: Timeline, parameters: Parameters
) -> Iterator[Hint]:
    """What the family may claim after the death of someone who was in category 1; months are the pension service's to count."""
    died = next((span for span in person.spans if span.residency == "deceased"), None)
    if died is None or person.birth_date is None:
        return
    on, facts = died.valid_from, (died.fact,)
    late = (died.filed_on - on).days > parameters.death_filing.notice_days.newest.value
    took_part = any(segment.category == 1 for segment in line.expected)
    insured_then = line.on(on) is not None
    told = any(filing.ended is None for filing, _ in of_form(person.filings, DeathFiling))
    if late and insured_then and not told:
        due = next_open(deadline(on, parameters))
        yield Hint("death_filing_due", person.addressee, on, "NPA 105条4項, NPR 4条", facts, due)
    eve = on - dt.timedelta(days=1)
    own = span_on(person, eve)
    mates = _household_on(person, others, eve)
    children = [
        mate
        for mate, span in mates
        if span.relation == "child" and mate.birth_date is not None and _is_child(mate.birth_date, on, parameters)
    ]
    spouse = next(
        (m for m, s in mates if own is not None and {own.relation, s.relation} == {"householder", "spouse"}), None
    )
    possible: list[tuple[HintCode, int, str]] = []
    if took_part and spouse is not None:
        if children:
            possible.append(("survivors_pension_possible", spouse.addressee, "NPA 37条, 37条の2"))
        else:
            possible.append(("death_lump_sum_possible", spouse.addressee, "NPA 52条の2, 52条の6"))
        if _widow_in_reach(person, spouse, on, parameters):
            possible.append(("widows_pension_possible", spouse.addressee, "NPA 49条, 52条の6"))
    elif took_part and children:
        possible.append(("survivors_pension_possible", children[0].addressee, "NPA 37条, 37条の2"))
    elif took_part and mates:
        possible.append(("death_lump_sum_possible", mates[0][0].addressee, "NPA 52条の2, 52条の3"))
    old_age_from = attained_on(person.birth_date, parameters.ages.loss_age.newest.value)
    if mates and on >= old_age_from:
        possible.append(("unpaid_pension_possible", (spouse or mates[0][0]).addressee, "NPA 19条"))
    for hint, concerned, article in possible:
        claimed = any(filing.ended is None for filing, _ in of_form(others[concerned].filings, _CLAIMS[hint]))
        if not claimed:
            yield Hint(hint, concerned, on, article, facts)


def _widow_in_reach(husband: Person, wife: Person, died_on: dt.date, parameters: Parameters) -> bool:
    """49条: a wife below 65 of a husband; ten years of months and of marriage are to be confirmed."""
    if wife.birth_date is None or husband.sex != "male" or wife.sex != "female":
        return False
    return died_on < attained_on(wife.birth_date, parameters.ages.voluntary_loss_age.newest.value)


def _is_child(birth_date: dt.date, on: dt.date, parameters: Parameters) -> bool:
    """37条の2: until the fiscal year ends in which the age is attained."""
    attained = attained_on(birth_date, parameters.ages.child_age.newest.value)
    year = attained.year if attained.month <= 3 else attained.year + 1
    return on <= dt.date(year, 3, 31)


def _after_a_birth(child: Person, others: Mapping[int, Person], parameters: Parameters) -> Iterator[Hint]:
    """Maternity and childcare exemptions that the parents in the child's household may file for."""
    born = next((span for span in child.spans if span.reason == "birth"), None)
    if born is None:
        return
    on, facts = born.valid_from, (born.fact,)
    for parent, span in _household_on(child, others, on):
        if span.relation not in ("householder", "spouse") or parent.birth_date is None:
            continue
        if not _of_category_1_around(parent, on, parameters):
            continue
        filings = [filing for filing in parent.filings if filing.ended is None]
        pregnancy = None
        if parent.sex == "female":
            filed = [(f, content) for f, content in of_form(filings, MaternityFiling) if _about_this_birth(content, on)]
            longest = maternity_months(on, on, on, False, parameters)
            if not filed and longest is not None:
                yield Hint("maternity_possible", parent.addressee, on, "NPA 88条の2", facts)
            for filing, content in filed:
                expected = content.due_on or on
                pregnancy = maternity_months(expected, None, filing.received_on, content.multiple, parameters)
                actual = maternity_months(on, None, filing.received_on, content.multiple, parameters)
                if actual is not None and pregnancy is not None and actual.first < pregnancy.first:
                    yield Hint("maternity_longer_possible", parent.addressee, on, "NPR 73条の6", facts)
        yield from _childcare(parent, on, facts, pregnancy, filings, parameters)


def _of_category_1_around(parent: Person, born_on: dt.date, parameters: Parameters) -> bool:
    """Whether any month that maternity or childcare may exempt is one of category 1 for this parent."""
    line = timeline(parent, [one.filing for one in first_look(parent, parameters) if one.accepted], parameters)
    terms = parameters.maternity
    first = Month.of(born_on) - terms.months_before_multiple.newest.value
    last = Month.of(born_on) + parameters.childcare.months_at_most.newest.value
    return any(line.category_of(month) == 1 for month in months(first, last))


def _about_this_birth(content: MaternityFiling, born_on: dt.date) -> bool:
    day = content.due_on or content.born_on
    return day is not None and abs(int(Month.of(day)) - int(Month.of(born_on))) <= 3


def _childcare(
    parent: Person,
    born_on: dt.date,
    facts: tuple[str, ...],
    pregnancy: Months | None,
    filings: Iterable[Filing],
    parameters: Parameters,
) -> Iterator[Hint]:
    reached = childcare_months(born_on, born_on, pregnancy, parameters)
    if reached is None:
        return
    filed = any(content.child_born_on == born_on for _, content in of_form(filings, ChildcareFiling))
    decided = any(d.scheme == "childcare" and d.last_month >= reached.first for d in parent.decisions)
    if filed or decided:
        return
    law = parameters.childcare.first_month.newest.value
    # A mother whose maternity months end in the month before the law or later is exempted without a filing (published).
    hint: HintCode = (
        "childcare_by_pension_service" if pregnancy is not None and pregnancy.last >= law - 1 else "childcare_possible"
    )
    yield Hint(hint, parent.addressee, max(born_on, law.first_day), "NPA 88条の3", facts)
