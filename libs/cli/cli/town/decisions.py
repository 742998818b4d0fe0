"""How does the pension service tell what it decided on an exemption?

Each decision (裁定結果) has a number; a later version of it replaces the earlier one.
"""

from contracts.events.notice import ExemptionDecided
from contracts.vocabulary import Exemption, Month

from cli.town.people import Person
from cli.town.ward import Ward


def decided(ward: Ward, person: Person, filing: str | None, first: Month, last: Month, scheme: Exemption | None) -> str:
    """The number of a new decision; `scheme` None refuses."""
    ward.decisions_given += 1
    decision = f"D{ward.decisions_given:06d}"
    tell(ward, person, decision, 1, filing, first, last, scheme)
    return decision


def tell(
    ward: Ward,
    person: Person,
    decision: str,
    version: int,
    filing: str | None,
    first: Month,
    last: Month,
    scheme: Exemption | None,
) -> None:
    ward.happenings[f"decision: {scheme or 'refused'}"] += 1
    if scheme not in (None, "maternity", "childcare"):
        person.exempt_until = max(last, person.exempt_until or last)
    person.notices += 1
    notice = ExemptionDecided(
        version=version,
        decision=decision,
        filing=filing,
        decided_on=ward.days_ago(1, 5),
        first_month=first,
        last_month=last,
        scheme=scheme,
    )
    ward.post.send(person.number, notice, sequence=person.notices)
