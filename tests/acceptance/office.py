"""A ward office that lives through a situation: events come in as they would, days pass, and one asks what is said and what is sent.

It folds the events with the oracle and hands what eligibility says to transmittal's own rules, so that a situation is read from the
first event to the batch, without broker and database.
"""

import datetime as dt
import json
from typing import Any

from cli import oracle
from cli.canonical import Said
from contracts.envelope import Event
from contracts.events.filing import FilingChecked, FilingEntered, FilingSendDecided
from contracts.events.forms import FilingContent
from contracts.events.income import TaxAssessed, TaxRecord
from contracts.events.notice import BasicPensionNumberAssigned, ExemptionDecided, MembershipNotified
from contracts.events.operations import BusinessDayStarted
from contracts.events.registry import ResidentChanged
from contracts.topics import EVENT_TYPES, dataschema
from contracts.vocabulary import Exemption, Model, Month
from transmittal.sealing_day import is_sealing_day

from tests.events import EVIDENCE, day, event, record
from tests.transmittal.conftest import Desk

SENT_ON = {
    "FilingReceived", "ClaimReceived", "InsuredStatusAcquired", "InsuredStatusLost", "CategoryChanged",
}  # fmt: skip
"""What transmittal listens to."""


class Office:
    """Events so far, and what followed from them."""

    def __init__(self) -> None:
        self.events: list[Event[Any]] = []
        self.said: dict[tuple[str, int, str, str], Said] = {}
        self.desk = Desk()
        self.versions: dict[int, int] = {}
        self.sequences: dict[int, int] = {}
        self.batches: dict[str, list[tuple[int, str, str | None, str]]] = {}

    # ---- what comes in ------------------------------------------------------------------------------------------------

    def hears(self, subject: int, data: Model, on: str, **attributes: Any) -> str:
        """Any event about somebody, recorded at noon of a day; answers with its id."""
        name = f"{type(data).__name__} {subject} {on} {len(self.events)}"
        self.events.append(event(name, subject, data, on, **attributes))
        return self.events[-1].id

    def register(self, subject: int, reason: Any, on: str, filed: str | None = None, **given: Any) -> str:
        """A change in the resident register: reason, day of the change, day it was filed."""
        version = self.versions[subject] = self.versions.get(subject, 0) + 1
        changed = ResidentChanged(
            reason=reason, changed_on=day(on), filed_on=day(filed or on), version=version, record=record(**given)
        )
        return self.hears(subject, changed, filed or on, sequence=version)

    def tax(self, subject: int, year: int, yen: int | None, on: str, version: int = 1, **given: Any) -> None:
        """Resident tax of one year; `yen` None = the person lived elsewhere on 1 January."""
        state: Any = "declared" if yen is not None else "other_municipality"
        amounts = TaxRecord(total_income_yen=yen, **given) if yen is not None else None
        self.hears(subject, TaxAssessed(tax_year=year, version=version, state=state, record=amounts), on)

    def notice(self, subject: int, category: Any, acquired: str, on: str, **given: Any) -> None:
        """The pension service's record of a stay in a category."""
        self.hears(subject, MembershipNotified(version=1, category=category, acquired_on=day(acquired), **given), on)

    def number(self, subject: int, number: str, on: str) -> None:
        self.hears(subject, BasicPensionNumberAssigned(version=1, basic_pension_number=number), on)

    def decision(self, subject: int, scheme: Exemption, first: str, last: str, on: str, filing: str | None) -> None:
        decided = ExemptionDecided(
            version=1, decision=f"D-{subject}-{on}", filing=filing, decided_on=day(on), scheme=scheme,
            first_month=Month.parse(first), last_month=Month.parse(last),
        )  # fmt: skip
        self.hears(subject, decided, on)

    def files(self, subject: int, number: str, content: FilingContent, on: str, sent: str | None = "same day") -> None:
        """A filing received, entered, checked by another person and, unless `sent` is None, decided to be sent."""
        self.hears(subject, FilingEntered(filing=number, revision=1, received_on=day(on), office="honcho",
                                          channel="counter", evidence=EVIDENCE, entered_by="first", content=content),
                   on)  # fmt: skip
        self.hears(subject, FilingChecked(filing=number, checked_by="second", received_on=day(on), content=content), on)
        if sent is not None:
            self.decides_to_send(subject, number, on if sent == "same day" else sent)

    def decides_to_send(self, subject: int, number: str, on: str) -> None:
        decided = FilingSendDecided(filing=number, decided_by="chief", office="honcho", decided_on=day(on))
        self.hears(subject, decided, on)

    # ---- what follows -------------------------------------------------------------------------------------------------

    def on(self, today: str) -> "Office":
        """The end of a day: everything is worked off, and a batch sealed if it is a sealing day."""
        begins = BusinessDayStarted(day=day(today), open=True)
        self.events.append(
            event(f"day {today} {len(self.events)}", 1, begins, today).model_copy(update={"subject": "calendar"})
        )
        before, self.said = self.said, {}
        arrived = [one for one in self.events if one.time.date() <= day(today)]
        for one in oracle.fold(arrived).said:
            if one.service == "eligibility":
                self.said[one.type, one.subject, one.topic, one.key] = one
        for place, one in sorted(before.items()):
            if place not in self.said and one.type in SENT_ON:
                self._tell(one, {**one.value, "withdrawn": True})
        for place, one in sorted(self.said.items()):
            if one.type in SENT_ON and (place not in before or before[place].value != one.value):
                self._tell(one, one.value)
        if is_sealing_day(day(today)):
            self.batches[today] = [
                (a.addressee, a.content.kind, a.content.filing, a.mark) for a in self.desk.seals(day(today))
            ]
        return self

    def _tell(self, one: Said, value: dict[str, Any]) -> None:
        sequence = self.sequences[one.subject] = self.sequences.get(one.subject, 0) + 1
        kind = EVENT_TYPES[one.type]
        data = kind.model_validate_json(json.dumps(value))
        template = self.events[0]
        told = Event[kind](  # type: ignore[valid-type]
            id=event(f"told {one.subject} {sequence}", one.subject, data, "2026-01-01").id, type=one.type,
            source="kokunen/eligibility", subject=str(one.subject), time=template.time, dataschema=dataschema(kind),
            municipality=template.municipality, sequence=sequence, data=data,
        )  # fmt: skip
        self.desk.hears(told)

    def says(self, kind: str, subject: int | None = None, **like: Any) -> list[dict[str, Any]]:
        """What eligibility says now: the statements of one type, about one person, with these members."""
        return [
            one.value
            for (type_, who, _, _), one in sorted(self.said.items())
            if type_ == kind and subject in (None, who) and all(one.value.get(name) == v for name, v in like.items())
        ]

    def status(self, subject: int) -> tuple[bool, str, str | None] | None:
        """What 総合窓口課 is told: insured, since, until."""
        found = self.says("InsuredStatusPublished", subject)
        return (found[0]["insured"], found[0]["acquired_on"], found[0].get("lost_on")) if found else None

    def checks(self, subject: int, filing: str) -> list[tuple[str, str, str, str | None]]:
        """The pre-check of an application: months, outcome, scheme."""
        lines = self.says("ExemptionAssessed", subject, filing=filing)
        return [(v["first_month"], v["last_month"], v["outcome"], v.get("scheme")) for v in lines]

    def exempt(self, subject: int) -> list[tuple[str, str | None, str]]:
        return [(v["first_month"], v.get("last_month"), v["exemption"]) for v in self.says("MonthsExempted", subject)]

    def hints(self) -> set[tuple[str, int, str | None]]:
        return {(v["hint"], v["person"], v.get("due_on")) for v in self.says("HintRaised")}

    def filing(self, number: str) -> dict[str, Any]:
        """The line of the reception book."""
        (line,) = self.says("FilingReceived", filing=number)
        return line

    def sent(self, today: str) -> set[tuple[int, str, str | None, str]]:
        return set(self.batches[today])

    def report_due(self, subject: int, kind: str) -> dt.date | None:
        return next(
            a.content.due_on for a in self.desk.attempts.values() if (a.addressee, a.content.kind) == (subject, kind)
        )
