"""What does a determination say, and under which key? The chassis publishes the differences from what was last said."""

from typing import Any, NamedTuple

from contracts.events.eligibility import ApplicationReceived, CategoryChanged, InsuredStatusAcquired, InsuredStatusLost
from contracts.events.filing import ExemptionApplication, StudentApplication
from contracts.vocabulary import Model

from eligibility.determine import Determination, assessed
from eligibility.facts import Filing, Person
from eligibility.timeline import Transition

RESIDENT_REGISTER = "住民基本台帳法7条11号"
"""Legal basis of handing the insured status to 総合窓口課."""


class Saying(NamedTuple):
    """One thing said about a person: topic, key under which a later saying revises it, data, legal basis if one is due."""

    topic: str
    key: str
    data: Model
    legalbasis: str | None = None


def sayings(determination: Determination, person: Person) -> list[Saying]:
    """Everything that is true of a person on the business day, ordered by topic and key."""
    said = [_transition(step, person) for step in determination.transitions]
    for number, filing in determination.applications.items():
        said.append(Saying("exemption-events", f"application/{number}", _application(filing, person)))
        for line in assessed(determination, number, person):
            said.append(Saying("exemption-events", f"{number}/{line.first_month}", line))
    said += [Saying("exemption-events", f"decision/{d.decision}", d) for d in determination.decisions]
    if determination.insured_status is not None:
        said.append(Saying("insured-status", "status", determination.insured_status, RESIDENT_REGISTER))
    return sorted(said, key=lambda saying: (saying.topic, saying.key))


def _application(filing: Filing, person: Person) -> ApplicationReceived:
    content = filing.content
    assert isinstance(content, ExemptionApplication | StudentApplication)
    return ApplicationReceived(
        filing=filing.number,
        kind=content.kind,
        received_on=filing.received_on,
        first_month=content.first_month,
        last_month=content.last_month,
        basic_pension_number=content.basic_pension_number or person.basic_pension_number,
    )


def _transition(step: Transition, person: Person) -> Saying:
    mark = step.mark
    common: dict[str, Any] = {
        "effective_on": step.on,
        "reason": mark.reason,
        "certainty": step.certainty,
        "basis": mark.basis,
        "filing": mark.filing,
        "received_on": mark.received_on,
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
