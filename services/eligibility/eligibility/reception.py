"""What became of each filing at the counter: does it take effect, does it wait, is it refused, and for which reason?

A filing *waits* while something about the paper or its entry is to be settled (a second person, evidence, a date); it is *refused*
where the law leaves it no effect. Both are looked at anew with every fact that arrives, so that nothing has to be entered twice.
Reason codes; `wording` has them in the clerk's language. A row here has a test.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, get_args

from contracts.events.eligibility import ClaimReceived, FilingReceived
from contracts.events.forms import AcquisitionFiling, BenefitForm, FilingContent, LossFiling
from contracts.holidays import next_open
from contracts.vocabulary import Month, Voluntary, months

from eligibility.facts import Filing, Person
from eligibility.premium_months import PremiumMonths, may_pay_additional
from eligibility.rules.age import attained_on
from eligibility.rules.filing_deadline import deadline
from eligibility.rules.maternity import earliest_filing
from eligibility.rules.papers import missing_papers
from eligibility.rules.parameters import Parameters
from eligibility.rules.route import route
from eligibility.rules.voluntary import refused_because
from eligibility.timeline import Timeline, filed_effect

WITHIN_14_DAYS = frozenset(
    {
        "acquisition", "category_change", "loss", "death", "name_change", "address_change", "statutory_start", "statutory_end",
        "spouse_change", "farmers_pension",
    }
)  # fmt: skip
"""Kinds with a legal deadline (NPR 1条の4, 3条, 4条, 6条の2, 7条, 8条, 75条, 76条, 77条の7の2, 78条の5). A late one is accepted."""
_MAY_LIE_AHEAD = frozenset({"departure_overseas"})
"""A move abroad is filed before it happens."""


@dataclass(frozen=True)
class Reception:
    """One filing and where it stands; `state` as in the event FilingReceived."""

    filing: Filing
    state: str
    reasons: tuple[str, ...] = ()

    @property
    def accepted(self) -> bool:
        return self.state == "accepted"


def first_look(person: Person, parameters: Parameters) -> tuple[Reception, ...]:
    """What can be said of each filing by itself and by who the person is; the insured status plays no part yet."""
    return tuple(_by_itself(person, filing, parameters) for filing in person.filings)


BY_NOTE = "note-"
"""Before the register's own number of a move filing that counts as a filing of ours."""


def by_note(person: Person) -> tuple[Reception, ...]:
    """Move filings from and to abroad that bear the pension note (付記): each counts as the filing itself (NPA 12条3項).

    The register received, entered and checked them. They act through the insured status; here they stand in the book.
    """
    found = []
    for span in person.spans:
        note = span.note
        if note is None or not note.insured or note.category not in (None, 1):
            continue
        content: FilingContent
        if span.reason == "move_in_overseas":
            content = AcquisitionFiling(kind="acquisition", reason="entry_from_abroad", fact_on=span.valid_from)
        elif span.reason == "move_out_overseas":
            content = LossFiling(kind="loss", reason="departure_overseas", fact_on=span.valid_from)
        else:
            continue
        filing = Filing(
            number=f"{BY_NOTE}{span.fact}",
            received_on=span.filed_on,
            content=content,
            facts=(span.fact,),
            office="resident-register",
            entered_by="resident-register",
        )
        found.append(Reception(filing, "accepted"))
    return tuple(found)


def second_look(receptions: Iterable[Reception], line: Timeline, exempted: PremiumMonths) -> tuple[Reception, ...]:
    """The same with the insured status and the exempt months known: filings that find nothing to act on are refused."""
    return tuple(
        replace(one, state="waiting" if one.filing.content.kind in _DECIDED_ELSEWHERE else "refused", reasons=reasons)
        if one.accepted and not _confirmed(one.filing) and (reasons := _by_status(one.filing, line, exempted))
        else one
        for one in receptions
    )


_DECIDED_ELSEWHERE = frozenset({"exemption", "student"})
"""Applications the pension service decides: the ward refuses none. One without a month of category 1 waits for the facts."""


def _by_itself(person: Person, filing: Filing, parameters: Parameters) -> Reception:
    if filing.ended is not None:
        return Reception(filing, filing.ended)
    waits = [reason for reason, holds in _WAITS if holds(person, filing)]
    if filing.waits_for is not None:
        waits.insert(0, filing.waits_for)
    if waits:
        return Reception(filing, "waiting", tuple(waits))
    refused = _refused(person, filing, parameters)
    return Reception(filing, "refused", (refused,)) if refused else Reception(filing, "accepted")


def _evidence_missing(person: Person, filing: Filing) -> bool:
    return filing.evidence is None


def _authority_missing(person: Person, filing: Filing) -> bool:
    evidence = filing.evidence
    if evidence is None or evidence.filed_by in ("self", "householder"):
        return False
    needed = "family_register" if evidence.filed_by == "statutory_agent" else "power_of_attorney"
    return evidence.authority != needed


def _received_in_future(person: Person, filing: Filing) -> bool:
    return filing.received_on > filing.entered_on


def _fact_in_future(person: Person, filing: Filing) -> bool:
    fact = fact_on(filing.content)
    may_lie_ahead = getattr(filing.content, "reason", None) in _MAY_LIE_AHEAD
    return fact is not None and fact > filing.received_on and not may_lie_ahead


def _person_unknown(person: Person, filing: Filing) -> bool:
    return person.birth_date is None


_WAITS: tuple[tuple[str, Callable[[Person, Filing], bool]], ...] = (
    ("evidence_missing", _evidence_missing),
    ("authority_missing", _authority_missing),
    ("received_in_future", _received_in_future),
    ("fact_in_future", _fact_in_future),
    ("person_unknown", _person_unknown),
)


def _refused(person: Person, filing: Filing, parameters: Parameters) -> str | None:
    content, birth_date = filing.content, person.birth_date
    assert birth_date is not None
    match content.kind:
        case "acquisition" | "category_change":
            on = filed_effect(content)[0].on
            at_20 = attained_on(birth_date, parameters.ages.acquisition_age.newest.value)
            at_60 = attained_on(birth_date, parameters.ages.loss_age.newest.value)
            return None if at_20 <= on < at_60 else "age_outside"
        case "voluntary_entry":
            here = any(
                span.residency == "resident"
                for span in person.spans
                if span.valid_from <= filing.received_on
                and (span.valid_to is None or filing.received_on < span.valid_to)
            )
            return refused_because(content.membership, birth_date, filing.received_on, here, parameters)
        case "maternity":
            expected = content.due_on
            too_early = expected is not None and filing.received_on < earliest_filing(expected, parameters)
            return "maternity_too_early" if too_early else None
        case "childcare":
            begins = parameters.childcare.first_month.newest.value
            return "childcare_not_before" if filing.received_on < begins.first_day else None
        case _:
            return None


_ACTS_ON = {
    "maternity": "not_category1",
    "childcare": "not_category1",
    "statutory_start": "not_category1",
    "pay_despite_exemption": "not_exempt",
    "exemption_cancellation": "nothing_to_cancel",
    "student_end": "nothing_to_cancel",
    "additional_stop": "no_additional_premium",
}
"""Why a filing is refused that found no month to act on."""


def _confirmed(filing: Filing) -> bool:
    """What the pension service accepted stands in our book, whatever became of its months since."""
    return filing.processed is not None and filing.processed.result == "accepted"


def _by_status(filing: Filing, line: Timeline, exempted: PremiumMonths) -> tuple[str, ...]:
    content = filing.content
    match content.kind:
        case "loss":
            before = line.on(filed_effect(content)[0].on - dt.timedelta(days=1))
            return () if before is not None else ("not_insured",)
        case "voluntary_entry":
            return () if line.on(filing.received_on) == content.membership else ("already_insured",)
        case "voluntary_withdrawal":
            before = line.on(filing.received_on - dt.timedelta(days=1))
            return () if before in get_args(Voluntary) else ("not_voluntary",)
        case kind if kind in _ACTS_ON:
            return () if filing.number in exempted.effective else (_ACTS_ON[kind],)
        case "exemption" | "student":
            asked = any(line.category_of(m) == 1 for m in months(content.first_month, content.last_month))
            return () if asked else ("not_category1",)
        case "additional_start":
            month = Month.of(filing.received_on)
            if not may_pay_additional(line, month):
                return ("additional_not_open",)
            return ("exempt_in_month",) if exempted.bars_additional(month) else ()
        case _:
            return ()


def fact_on(content: FilingContent) -> dt.date | None:
    """The day of the fact a form states, where it states one that has happened."""
    for name in ("fact_on", "died_on", "changed_on", "born_on", "child_born_on", "arose_on", "ended_on", "on"):
        found = getattr(content, name, None)
        if isinstance(found, dt.date):
            return found
    return None


def due_on(content: FilingContent, parameters: Parameters) -> dt.date | None:
    """The last day for filing: fourteen days after the status changed or the fact happened, moved off closed days."""
    if content.kind not in WITHIN_14_DAYS:
        return None
    if content.kind in ("acquisition", "category_change", "loss"):
        happened: dt.date | None = filed_effect(content)[0].on
    else:
        happened = fact_on(content)
    assert happened is not None
    return next_open(deadline(happened, parameters))


def line_of_the_book(person: Person, one: Reception, parameters: Parameters) -> FilingReceived | ClaimReceived:
    """What is said of a filing: its line in the reception book (受付処理簿)."""
    filing, content = one.filing, one.filing.content
    way = route(content, person.identity_data_held)
    common: dict[str, Any] = {
        "filing": filing.number,
        "received_on": filing.received_on,
        "office": filing.office,
        "channel": filing.channel,
        "state": one.state,
        "reasons": one.reasons,
        "route": way.way,
        "missing_papers": missing_papers(content),
        "send_decided_on": filing.send_decided_on,
        "basic_pension_number": content.basic_pension_number or person.basic_pension_number,
        "kind": content.kind,
    }
    if isinstance(content, BenefitForm):
        return ClaimReceived(**common, route_article=way.article)
    due = due_on(content, parameters)
    return FilingReceived(
        **common,
        fact_on=fact_on(content),
        due_on=due,
        late=0 if due is None else max(0, (filing.received_on - due).days),
        first_month=getattr(content, "first_month", None),
        last_month=getattr(content, "last_month", None),
    )
