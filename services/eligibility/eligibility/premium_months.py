"""What of a month's premium is due? The exempt months of one person, each under one ground, and those with 付加保険料.

Several provisions may claim a month. The first of this order has it:

1. maternity (NPA 88条の2): before the statutory exemption (89条1項) and before what one applies for, as it counts as paid (5条1項);
2. childcare (88条の3): likewise (secondary);
3. a partial exemption as decided (90条の2), until the filing of a statutory exemption counts as its cancellation (NPR 77条の8第3項);
4. the wish to pay despite a statutory exemption (89条2項): then the premium is due;
5. the statutory exemption (89条1項);
6. full exemption, 納付猶予 or 学生納付特例 as decided; of two decisions on a month the newer.

Only months of category 1 can be exempt. What was *paid* the ward does not know (decision 30): a month's state here is what is due.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from contracts.events.eligibility import TraceStep
from contracts.events.forms import (
    AdditionalPremiumStart,
    AdditionalPremiumStop,
    ChildcareFiling,
    ExemptionApplication,
    MaternityFiling,
    PayDespiteExemption,
    StatutoryExemptionEnd,
    StatutoryExemptionStart,
    StudentApplication,
)
from contracts.events.notice import ExemptionDecided
from contracts.vocabulary import Exemption, Month, months

from eligibility.facts import Filing, Grant, Person, of_form
from eligibility.rules import cancellation
from eligibility.rules.additional_premium import months_covered
from eligibility.rules.cancellation import PARTIAL
from eligibility.rules.childcare import childcare_months
from eligibility.rules.maternity import Months, maternity_months
from eligibility.rules.parameters import Parameters
from eligibility.rules.statutory_exemption import statutory_exemption_months
from eligibility.timeline import Timeline

Ground = Literal[
    "maternity",
    "childcare",
    "statutory",
    "full",
    "three_quarter",
    "half",
    "quarter",
    "deferral",
    "student",
    "paid_by_choice",
]
_ORDER: Mapping[Ground, int] = {
    "maternity": 1, "childcare": 2, "three_quarter": 3, "half": 3, "quarter": 3, "paid_by_choice": 4, "statutory": 5,
    "full": 6, "deferral": 6, "student": 6,
}  # fmt: skip
_ARTICLES: Mapping[Exemption, str] = {
    "maternity": "NPA 88条の2",
    "childcare": "NPA 88条の3",
    "statutory": "NPA 89条1項",
    "full": "NPA 90条1項",
    "three_quarter": "NPA 90条の2第1項",
    "half": "NPA 90条の2第2項",
    "quarter": "NPA 90条の2第3項",
    "deferral": "平16改正法附則19条, 平26改正法附則14条",
    "student": "NPA 90条の3第1項",
}
_BARS_ADDITIONAL: frozenset[str] = frozenset({"statutory", "full", "deferral", "student"}) | PARTIAL
"""87条の2第1項: who is exempt under 89条 to 90条の3 can't pay 付加保険料, and applies anew afterwards."""
_CHILDCARE_UNCONFIRMED = "childcare_text_not_seen"


@dataclass(frozen=True)
class Claim:
    """One ground for the months first..last (None = while it lasts)."""

    ground: Ground
    first: Month
    last: Month | None
    basis: Literal["filing", "decision"]
    filing: str | None = None
    decision: str | None = None
    facts: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()

    def covers(self, month: Month) -> bool:
        return self.first <= month and (self.last is None or month <= self.last)


@dataclass(frozen=True)
class Line:
    """Consecutive months under one claim; `last` None = while the ground lasts."""

    first: Month
    last: Month | None
    claim: Claim

    @property
    def exemption(self) -> Exemption:
        assert self.claim.ground != "paid_by_choice"
        return self.claim.ground

    @property
    def trace(self) -> TraceStep:
        article = _ARTICLES[self.exemption]
        return TraceStep(article=article, outcome="holds", reason=self.exemption, facts=self.claim.facts)


@dataclass(frozen=True)
class AdditionalLine:
    """Months for which 付加保険料 may be paid under one application."""

    first: Month
    last: Month | None
    filing: str


@dataclass(frozen=True)
class PremiumMonths:
    """The exempt months and the additional premium of one person."""

    exempt: tuple[Line, ...] = ()
    additional: tuple[AdditionalLine, ...] = ()
    state: Mapping[Month, Claim] = field(default_factory=dict)
    """The claim that has a month; months without one are due in full."""
    effective: frozenset[str] = frozenset()
    """Filings that found a month to act on: one to exempt, to pay, to cancel or to stop, be it taken by a stronger ground."""

    def of(self, month: Month) -> Exemption | Literal["due"]:
        """The one state of a month of category 1."""
        claim = self.state.get(month)
        return "due" if claim is None or claim.ground == "paid_by_choice" else claim.ground

    def bars_additional(self, month: Month) -> bool:
        return self.of(month) in _BARS_ADDITIONAL


def premium_months(person: Person, accepted: Iterable[Filing], line: Timeline, parameters: Parameters) -> PremiumMonths:
    """The state of every month about which something was filed or decided."""
    filings = sorted(accepted, key=lambda f: (f.received_on, f.number))
    decided, cancelled_by = _decided(person, filings)
    claims = [*_filed(person, filings, decided, parameters), *decided]
    effective = cancelled_by | {d.filing for d in person.decisions if d.filing is not None}
    if not line.expected or (not claims and not of_form(filings, AdditionalPremiumStart)):
        return PremiumMonths(effective=frozenset(effective))
    end = Month.of(line.expected[-1].start)  # of the insured status, or of what is known about it
    state: dict[Month, Claim] = {}
    lasts = [end if claim.last is None else claim.last for claim in claims]
    for month in months(min((claim.first for claim in claims), default=end), max(lasts, default=end)):
        found = [claim for claim in claims if claim.covers(month)] if line.category_of(month) == 1 else []
        if not any(claim.ground == "statutory" for claim in found):  # nothing to pay despite of
            found = [claim for claim in found if claim.ground != "paid_by_choice"]
        if found:
            state[month] = min(found, key=_precedence)
            effective |= {claim.filing for claim in found if claim.filing is not None}
    lines = _lines(state, endless=_ends_by_age_only(line))
    additional, stopped_by = _additional(filings, line, state, end)
    return PremiumMonths(
        exempt=tuple(one for one in lines if one.claim.ground != "paid_by_choice"),
        additional=tuple(additional),
        state=state,
        effective=frozenset(effective | stopped_by),
    )


def _precedence(claim: Claim) -> tuple[int, str]:
    return _ORDER[claim.ground], claim.decision or claim.filing or ""


_BY_AGE = frozenset({"age60", "age65", "age70"})


def _ends_by_age_only(line: Timeline) -> bool:
    """Whether nothing but an age to come ends the insured status: then what has no end of its own is left open."""
    return bool(line.expected) and line.expected[-1].mark.reason in _BY_AGE


def _lines(state: Mapping[Month, Claim], *, endless: bool) -> list[Line]:
    """Consecutive months under one claim together."""
    runs: list[list[Month]] = []
    for month in sorted(state):
        if runs and runs[-1][-1] == month - 1 and state[runs[-1][-1]] == state[month]:
            runs[-1].append(month)
        else:
            runs.append([month])
    lines = [Line(run[0], run[-1], state[run[0]]) for run in runs]
    if lines and endless and lines[-1].claim.last is None:
        lines[-1] = replace(lines[-1], last=None)
    return lines


def _decided(person: Person, filings: Sequence[Filing]) -> tuple[list[Claim], set[str]]:
    """The pension service's decisions, cut by newer ones on the same months and by filings that end an exemption.

    With the numbers of those filings.
    """
    claims: list[Claim] = []
    cancelled_by = set()
    for decision in sorted(person.decisions, key=lambda d: (d.decided_on, d.version, d.decision)):
        made_on = person.first_decided.get(decision.decision, decision.decided_on)
        claims = [part for claim in claims for part in _without(claim, decision)]
        if decision.scheme is None:
            continue
        last = decision.last_month
        for filing in filings:
            if filing.received_on < made_on or filing.number == decision.filing:
                continue
            ended = cancellation.ends_from(decision.scheme, filing.content, filing.received_on)
            if ended is not None and ended <= last and _asks_for(filing, ended, last):
                last = max(ended, decision.first_month) - 1
                cancelled_by.add(filing.number)
        if decision.first_month <= last:
            doubtful = (_CHILDCARE_UNCONFIRMED,) if decision.scheme == "childcare" else ()
            claims.append(
                Claim(
                    decision.scheme,
                    decision.first_month,
                    last,
                    "decision",
                    decision.filing,
                    decision.decision,
                    doubtful=doubtful,
                )
            )
    return claims, cancelled_by


def _asks_for(filing: Filing, first: Month, last: Month) -> bool:
    """Whether an application names months that are exempt now; one for other years cancels nothing (derived)."""
    content = filing.content
    if not isinstance(content, ExemptionApplication | StudentApplication):
        return True
    return content.first_month <= last and first <= content.last_month


_APPLIED_FOR: frozenset[Ground] = frozenset({"full", "three_quarter", "half", "quarter", "deferral", "student"})


def _without(old: Claim, newer: ExemptionDecided) -> list[Claim]:
    """What a newer decision leaves of a decided claim: nothing of the same months, if it is about the same kind of thing.

    A refusal answers its own filing only: it takes nothing from what was granted before.
    """
    assert old.last is not None
    applied_for = old.ground in _APPLIED_FOR and newer.scheme in _APPLIED_FOR
    apart = newer.first_month > old.last or newer.last_month < old.first
    if apart or not (applied_for or old.ground == newer.scheme):
        return [old]
    before, after = replace(old, last=newer.first_month - 1), replace(old, first=newer.last_month + 1)
    return [part for part in (before, after) if part.last is not None and part.first <= part.last]


def _filed(person: Person, filings: Sequence[Filing], decided: Sequence[Claim], parameters: Parameters) -> list[Claim]:
    """What filings claim by themselves. A decision on a filing takes its place, be it a refusal."""
    answered = {decision.filing for decision in person.decisions if decision.filing is not None}
    open_filings = [filing for filing in filings if filing.number not in answered]
    claims: list[Claim] = []
    for filing, birth in of_form(open_filings, MaternityFiling):
        expected = birth.due_on or birth.born_on
        assert expected is not None
        found = maternity_months(expected, birth.born_on, filing.received_on, birth.multiple, parameters)
        claims += [_of(filing, "maternity", found.first, found.last)] if found is not None else []
    for filing, child in of_form(open_filings, ChildcareFiling):
        pregnancy = None
        if child.relation == "mother":
            pregnancy = _pregnancy(Month.of(child.child_born_on), [*claims, *decided])
        found = childcare_months(child.child_born_on, child.care_from or child.child_born_on, pregnancy, parameters)
        if found is not None:
            claim = _of(filing, "childcare", found.first, found.last)
            claims.append(replace(claim, doubtful=(_CHILDCARE_UNCONFIRMED,)))
    for filing, start in of_form(open_filings, StatutoryExemptionStart):
        ceased = _ceased(person, start, filings)
        first, last = statutory_exemption_months(start.arose_on, ceased[0] if ceased else None)
        claim = _of(filing, "statutory", first, last)
        claims.append(replace(claim, facts=(*claim.facts, *(ceased[1] if ceased else ()))))
    for filing, wish in of_form(open_filings, PayDespiteExemption):
        claims.append(_of(filing, "paid_by_choice", wish.first_month, wish.last_month))
    return claims


def _of(filing: Filing, ground: Ground, first: Month, last: Month | None) -> Claim:
    return Claim(ground, first, last, "filing", filing.number, None, filing.facts)


def _pregnancy(born_in: Month, claims: Iterable[Claim]) -> Months | None:
    """The maternity months around this birth, whatever they rest on."""
    for claim in claims:
        if claim.ground == "maternity" and claim.last is not None and claim.first <= born_in <= claim.last:
            return Months(claim.first, claim.last)
    return None


def _ceased(
    person: Person, start: StatutoryExemptionStart, filings: Sequence[Filing]
) -> tuple[dt.date, tuple[str, ...]] | None:
    """The day on which the ground of a statutory exemption ceased, by its own filing or by the end of livelihood aid."""
    ends = [
        (end.ended_on, filing.facts)
        for filing, end in of_form(filings, StatutoryExemptionEnd)
        if end.ground == start.ground and end.ended_on >= start.arose_on
    ]
    ends += [
        (grant.until, (grant.fact,))
        for grant in person.grants
        if start.ground == "livelihood_aid" and livelihood_aid(grant) and grant.until is not None
        if grant.since <= start.arose_on < grant.until
    ]
    return min(ends, default=None)


def livelihood_aid(grant: Grant) -> bool:
    """生活扶助 itself, not 生活保護に準ずる保護 of foreign nationals, which NPR 74条 does not name."""
    return grant.assistance == "livelihood" and not grant.equivalent_only


_MAY_PAY_ADDITIONAL = frozenset({1, "voluntary_20_59", "voluntary_60_64", "voluntary_overseas"})


def may_pay_additional(line: Timeline, month: Month) -> bool:
    """附則5条9項: category 1 and its voluntary members; 特例任意加入 members may not."""
    return line.category_of(month) in _MAY_PAY_ADDITIONAL


def _additional(
    filings: Sequence[Filing], line: Timeline, state: Mapping[Month, Claim], status_ends: Month
) -> tuple[list[AdditionalLine], set[str]]:
    """Lines of 付加保険料, and the filings that stopped one.

    An exemption other than maternity or childcare ends it for good: afterwards it takes a new application. Childcare months
    themselves are left out as long as the amended 87条の2 has not been seen.
    """
    stops = [filing for filing, _ in of_form(filings, AdditionalPremiumStop)]
    lines: list[AdditionalLine] = []
    stopped_by = set()
    for start, _ in of_form(filings, AdditionalPremiumStart):
        if any(_runs(one, start) for one in lines):
            continue
        stop = next((filing for filing in stops if filing.received_on >= start.received_on), None)
        covered = months_covered(start.received_on, stop.received_on if stop else None, None)
        first, end = covered if covered is not None else (Month.of(start.received_on), None)
        run = _run(months(first, status_ends if end is None else end), line, state)
        if covered is not None:
            lines += _without_childcare(run, start.number, state)
            if lines and end is None and run and run[-1] + 1 >= status_ends and _ends_by_age_only(line):
                lines[-1] = replace(lines[-1], last=None)
        if stop is not None and run:
            stopped_by.add(stop.number)
    return lines, stopped_by


def _run(asked: Iterable[Month], line: Timeline, state: Mapping[Month, Claim]) -> list[Month]:
    """The months until the first one for which nobody may pay 付加保険料."""
    run = []
    for month in asked:
        claim = state.get(month)
        if not may_pay_additional(line, month) or (claim is not None and claim.ground in _BARS_ADDITIONAL):
            break
        run.append(month)
    return run


def _without_childcare(run: Iterable[Month], filing: str, state: Mapping[Month, Claim]) -> list[AdditionalLine]:
    lines: list[AdditionalLine] = []
    for month in run:
        claim = state.get(month)
        if claim is not None and claim.ground == "childcare":
            continue
        if lines and lines[-1].last == month - 1:
            lines[-1] = replace(lines[-1], last=month)
        else:
            lines.append(AdditionalLine(month, month, filing))
    return lines


def _runs(one: AdditionalLine, start: Filing) -> bool:
    return one.last is None or Month.of(start.received_on) <= one.last
