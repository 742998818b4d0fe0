"""Events for tests, written in the words of the office. Everybody in them is made up."""

import datetime as dt
import uuid
from typing import Any

from contracts.envelope import Event
from contracts.events.filing import Evidence
from contracts.events.forms import FilingContent
from contracts.events.registry import PensionNote, ResidentChangeAnnulled, ResidentChanged, ResidentRecord
from contracts.topics import dataschema
from contracts.vocabulary import Model
from eligibility.facts import Filing

HUSBAND, WIFE, DAUGHTER, FATHER = 10000001, 10000002, 10000003, 10000004


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def event_id(name: str) -> str:
    """A readable name for an event, as the id that stands for it."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def event(name: str, subject: int, data: Model, recorded: str, **attributes: Any) -> Event[Any]:
    kind = type(data)
    return Event[kind](  # type: ignore[valid-type]
        id=event_id(name),
        type=kind.__name__,
        source="toshima/test",
        subject=str(subject),
        time=dt.datetime.combine(day(recorded), dt.time(12), dt.UTC),
        dataschema=dataschema(kind),
        municipality="131164",
        data=data,
        **attributes,
    )


EVIDENCE = Evidence(filed_by="self", number_check="my_number_card", identity_check="photo_id")


def filed(number: str, received: str, content: FilingContent, **given: Any) -> Filing:
    """A filing entered on the day it was received, and checked by another person, unless told otherwise."""
    fields: dict[str, Any] = {
        "number": number,
        "received_on": day(received),
        "content": content,
        "facts": (number,),
        "office": "honcho",
        "evidence": EVIDENCE,
        "entered_on": day(received),
        "entered_by": "first",
        "checked_by": "second",
    }
    return Filing(**fields | given)


def record(**given: Any) -> ResidentRecord:
    """A register entry of 架空 例一, born 1990-05-10, alone in household 500000001, unless told otherwise."""
    entry: dict[str, Any] = {
        "name": "架空 例一",
        "name_kana": "カクウ レイイチ",
        "birth_date": day("1990-05-10"),
        "sex": "male",
        "household": 500000001,
        "relation": "householder",
        "residency": "resident",
        "address": "架空区見本町一丁目1番1号",
    }
    return ResidentRecord(**(entry | given))


def change(
    name: str,
    subject: int,
    reason: str,
    on: str,
    /,
    *,
    version: int,
    recorded: str | None = None,
    supersedes: str | None = None,
    note: PensionNote | None = None,
    **given: Any,
) -> tuple[str, Event[Any]]:
    data = ResidentChanged(
        reason=reason,  # type: ignore[arg-type]
        changed_on=day(on),
        filed_on=day(recorded or on),
        version=version,
        record=record(pension_note=note, **given),
    )
    attributes = {"supersedes": event_id(supersedes)} if supersedes else {}
    return "resident-changes", event(name, subject, data, recorded or on, sequence=version, **attributes)


def annulment(name: str, subject: int, of: str, *, version: int, recorded: str) -> tuple[str, Event[Any]]:
    data = ResidentChangeAnnulled(version=version)
    return "resident-changes", event(name, subject, data, recorded, sequence=version, supersedes=event_id(of))
