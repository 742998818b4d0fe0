"""What does a determination say, and under which key? The chassis publishes the differences from what was last said."""

from typing import Any, NamedTuple

from contracts.events.eligibility import (
    AdditionalPremiumSet,
    CategoryChanged,
    FilingReceived,
    InsuredStatusAcquired,
    InsuredStatusLost,
    MonthsExempted,
    TraceStep,
)
from contracts.vocabulary import Model

from eligibility.concern import person_concerned
from eligibility.determine import Determination, assessed, reviewed
from eligibility.facts import Person
from eligibility.premium_months import AdditionalLine, Line
from eligibility.reception import line_of_the_book
from eligibility.rules.parameters import Parameters
from eligibility.timeline import Transition

RESIDENT_REGISTER = "住民基本台帳法7条11号"
"""Legal basis of handing the insured status to 総合窓口課."""


class Saying(NamedTuple):
    """One thing said about a person: topic, key under which a later saying revises it, data, legal basis if one is due."""

    topic: str
    key: str
    data: Model
    legalbasis: str | None = None


def sayings(determination: Determination, person: Person, parameters: Parameters) -> list[Saying]:
    """Everything that is true of a person on the business day, ordered by topic and key."""
    said = [_transition(step, person) for step in determination.transitions]
    for one in determination.receptions:
        line = line_of_the_book(person, one, parameters)
        topic = "eligibility-events" if isinstance(line, FilingReceived) else "claim-events"
        said.append(Saying(topic, f"filing/{one.filing.number}", line))
    for number in determination.applications:
        for assessed_line in assessed(determination, number, person):
            said.append(Saying("exemption-events", f"{number}/{assessed_line.first_month}", assessed_line))
    for review in (one for one in person.reviews if one.request in determination.reviews):
        for line_of_review in reviewed(determination, review, person):
            key = f"review/{review.request}/{line_of_review.first_month}"
            said.append(Saying("exemption-events", key, line_of_review))
    said += [Saying("exemption-events", f"decision/{d.decision}", d) for d in determination.decisions]
    said += [_exempt(line) for line in determination.premium.exempt]
    said += [_additional(line) for line in determination.premium.additional]
    for hint in determination.hints:
        said.append(Saying("eligibility-events", f"hint/{hint.hint}/{hint.person}/{hint.on}", hint.event))
    concerned = person_concerned(person, determination.timeline)
    if concerned is not None:
        said.append(Saying("persons-concerned", "concerned", concerned))
    if determination.insured_status is not None:
        said.append(Saying("insured-status", "status", determination.insured_status, RESIDENT_REGISTER))
    return sorted(said, key=lambda saying: (saying.topic, saying.key))


def _exempt(line: Line) -> Saying:
    data = MonthsExempted(
        first_month=line.first,
        last_month=line.last,
        exemption=line.exemption,
        basis=line.claim.basis,
        filing=line.claim.filing,
        decision=line.claim.decision,
        doubtful=line.claim.doubtful,
        trace=(line.trace,),
    )
    return Saying("exemption-events", f"months/{line.first}", data)


def _additional(line: AdditionalLine) -> Saying:
    trace = TraceStep(article="NPA 87条の2", outcome="holds", reason="additional_premium")
    data = AdditionalPremiumSet(first_month=line.first, last_month=line.last, filing=line.filing, trace=(trace,))
    return Saying("eligibility-events", f"additional/{line.first}", data)


def _transition(step: Transition, person: Person) -> Saying:
    mark = step.mark
    common: dict[str, Any] = {
        "effective_on": step.on,
        "reason": mark.reason,
        "certainty": step.certainty,
        "basis": mark.basis,
        "filing": mark.filing,
        "received_on": mark.received_on,
        "send_decided_on": next((f.send_decided_on for f in person.filings if f.number == mark.filing), None),
        "basic_pension_number": person.basic_pension_number,
        "trace": (step.trace,),
    }
    data: Model
    if step.before is not None and step.after is not None:
        data = CategoryChanged(category=step.after, previous=step.before, **common)
    elif step.after is not None:
        data = InsuredStatusAcquired(category=step.after, **common)
    else:
        assert step.before is not None
        data = InsuredStatusLost(category=step.before, **common)
    return Saying("eligibility-events", f"{step.on}/{step.before or 0}-{step.after or 0}", data)
