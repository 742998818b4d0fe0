"""What may a service do inside the open transaction of a batch? Read, write, say what is now true, record an access."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

import asyncpg
import pydantic_core
from contracts.envelope import derived_id
from contracts.events.operations import AccessRecorded, Action
from contracts.guard import my_number_in
from contracts.topics import EVENT_TYPES, dataschema
from contracts.vocabulary import JST, Model
from opentelemetry.trace import Span

from chassis import database
from chassis.sealing import Sealer
from chassis.settings import Settings

AUDIT_SILENT = "監査記録簿が1分以上応答していないため、回答も処理もできません。何も行われていません。"
MAX_VALUE = 900_000
"""An outgoing event larger than this is refused when it is written, so the outbox can't get stuck on it."""


_SUBJECTS_A_RECORD = 5_000
LONGEST_WAIT_SECONDS = 60.0
"""An access record that audit has not acknowledged for so long stops further answers (decision 21)."""


class Unspeakable(Exception):
    """An outgoing event must not be published: too large, or a My Number in its text. Names place and rule, no content."""


class AuditSilent(Exception):
    """Nothing is shown or done: earlier access records have not reached the audit log for a minute."""

    def __init__(self) -> None:
        super().__init__(AUDIT_SILENT)


@dataclass(frozen=True)
class Statement:
    """What a service says about a subject under a key; `legalbasis` where the law asks for one."""

    topic: str
    key: str
    data: Model
    legalbasis: str | None = None


@dataclass(frozen=True)
class Cause:
    """What made us say it: an event, or the business day."""

    time: dt.datetime
    event: str | None = None
    correlation: str | None = None
    traceparent: str | None = None


@dataclass(frozen=True)
class Access:
    """Who asks, from where, what for (decision 22)."""

    account: str
    terminal: str
    purpose: str
    case: str
    rights: frozenset[str] = frozenset()
    """What the caller of a door may do there."""


_CODE = re.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


def is_code(text: str) -> bool:
    """Whether a text may stand in an access record as account, terminal, purpose or case (`contracts.vocabulary.Code`)."""
    return _CODE.fullmatch(text) is not None


@cache
def _queries() -> dict[str, str]:
    return database.queries("chassis")


@dataclass
class Transaction:
    """The open transaction, as a service sees it."""

    settings: Settings
    connection: asyncpg.Connection
    sealer: Sealer
    business_day: dt.date | None = None
    residents: tuple[int, ...] = ()
    """Who is locked: the residents of the batch and everyone whose determination uses them."""
    last_said: Sequence[asyncpg.Record] = ()
    """What was last said of the residents, read after they were locked."""
    said_before_erasure: Mapping[int, int] = field(default_factory=dict)
    """Of those who were erased: the sequence of what was last said of them."""
    statements: int = 0
    """SQL statements so far; a batch has at most ten (decision 12)."""
    dispositions: dict[str, str] = field(default_factory=dict)
    """Event id → `stale` (a newer version was known) or `duplicate` (another event said the same); the rest are applied."""
    causes: dict[int, Cause] = field(default_factory=dict)
    outgoing: list[tuple[str, str, bytes, str | None]] = field(default_factory=list)
    spoke: bool = False
    """Whether anything was written to the outbox."""
    accesses: int = 0
    """Access records written so far."""
    span: Span | None = None
    """Of the batch, as soon as a sampled event is in it."""

    async def fetch(self, query: str, *arguments: Any) -> list[asyncpg.Record]:
        """Rows of one SQL statement."""
        self.statements += 1
        rows: list[asyncpg.Record] = await self.connection.fetch(query, *arguments)
        return rows

    async def query(self, name: str, *arguments: Any) -> list[asyncpg.Record]:
        """Rows of one of the chassis' own named queries."""
        return await self.fetch(_queries()[name], *arguments)

    def cause_of(self, subject: int) -> Cause:
        """The event that made us look at this resident: its own, else the batch's last, else the business day."""
        if self.causes:
            return self.causes.get(subject) or next(reversed(self.causes.values()))
        day = self.business_day or dt.date(2000, 1, 1)
        return Cause(dt.datetime.combine(day, dt.time(), JST))

    async def declare(self, said: Mapping[int, Sequence[Statement]]) -> None:
        """Say everything that is now true of these residents; only differences from what was last said go out.

        A statement no longer made is said once more as taken back. The id of each follows from service, subject, key and
        sequence (decision 1), so that a rebuilt service has nothing new to say.
        """
        last: dict[int, dict[tuple[str, str], asyncpg.Record]] = defaultdict(dict)
        for row in self.last_said:
            last[row["subject"]][row["topic"], row["key"]] = row
        remembered: list[tuple[Any, ...]] = []
        for subject in sorted(said):
            before = last[subject]
            sequence = max(
                (row["sequence"] for row in before.values()), default=self.said_before_erasure.get(subject, 0)
            )
            for topic, key, kind, value, legalbasis in _news(said[subject], before):
                sequence += 1
                event_id = derived_id(self.settings.service, str(subject), f"{topic}|{key}", sequence)
                previous = before.get((topic, key))
                self.emit(
                    topic,
                    str(subject),
                    event_id,
                    kind,
                    value,
                    self.cause_of(subject),
                    sequence=sequence,
                    revises=str(previous["event_id"]) if previous is not None else None,
                    legalbasis=legalbasis,
                )
                remembered.append((subject, topic, key, kind, sequence, event_id, value))
        if remembered:
            await self.query("say", *database.columns(remembered, 7), self.business_day)

    def emit(
        self,
        topic: str,
        subject: str,
        event_id: str,
        kind: str,
        value: bytes,
        cause: Cause,
        **attributes: str | int | None,
    ) -> None:
        """Put one event into the outbox; `value` is its data as JSON. It leaves with the commit, or not at all."""
        rest = {"cause": cause.event, "correlation": cause.correlation, "traceparent": cause.traceparent, **attributes}
        more = pydantic_core.to_json({name: given for name, given in rest.items() if given is not None})[1:-1]
        # Ids, types and times need no escape: this much is put together without a look at each sign.
        named = pydantic_core.to_json(subject).decode()
        event = (
            (
                f'{{"specversion":"1.0","id":"{event_id}","type":"{kind}","source":"kokunen/{self.settings.service}","subject":{named},'
                f'"time":"{cause.time.isoformat()}","dataschema":"{dataschema(EVENT_TYPES[kind])}","datacontenttype":"application/json",'
                f'"municipality":"{self.settings.municipality}",'
            ).encode()
            + (more + b"," if more else b"")
            + b'"data":'
            + value
            + b"}"
        )
        if len(event) > MAX_VALUE:
            raise Unspeakable(f"{kind} about {subject} has {len(event)} bytes; at most {MAX_VALUE} can be published")
        if (place := my_number_in(value)) is not None:
            raise Unspeakable(f"{kind} about {subject}: {place} holds a My Number; no event may contain one")
        self.outgoing.append((topic, subject, event, cause.traceparent))

    async def record_access(
        self, subjects: Sequence[int], access: Access, what: str, fields: Sequence[str], action: Action = "refer"
    ) -> None:
        """Record what someone did about these residents. Commit before the answer leaves (promise 7)."""
        if subjects:
            await self._record(subjects, access, what, fields, action, "answered")

    async def record_refusal(self, subjects: Sequence[int], access: Access, what: str) -> None:
        """Record that something was refused about these residents, or about nobody in particular."""
        await self._record(subjects, access, what, (), "refuse", "refused")

    async def record_login(self, access: Access) -> None:
        """Record that somebody logged in."""
        await self._record((), access, "login", ("account",), "login", "answered")

    async def record_search(self, access: Access, what: str, fields: Sequence[str], action: Action = "refer") -> None:
        """Record a search that found nobody, or something done that is about nobody in particular."""
        await self._record((), access, what, fields, action, "answered")

    async def _record(
        self,
        subjects: Sequence[int],
        access: Access,
        what: str,
        fields: Sequence[str],
        action: Action,
        result: Literal["answered", "refused"],
    ) -> None:
        """One record for one access, whomever it is about; of thousands, one for each five thousand."""
        for start in range(0, max(len(subjects), 1), _SUBJECTS_A_RECORD):
            page = subjects[start : start + _SUBJECTS_A_RECORD]
            counter, waiting = (await self.query("next_access"))[0]
            if waiting > LONGEST_WAIT_SECONDS and result == "answered" and action != "login":  # it shows nobody
                raise AuditSilent
            now = dt.datetime.now(dt.UTC)
            subject = str(page[0]) if len(page) == 1 else f"account/{access.account}"
            data = AccessRecorded(
                counter=counter,
                at=now,
                service=self.settings.service,
                account=access.account,
                terminal=access.terminal,
                purpose=access.purpose,
                case=access.case,
                action=action,
                what=what,
                fields=tuple(fields),
                count=len(page),
                subjects=tuple(page) if len(page) > 1 else (),
                result=result,
            )
            event_id = derived_id(self.settings.service, subject, "access", counter)
            self.emit("access-records", subject, event_id, "AccessRecorded", to_json(data), Cause(now))
            self.accesses += 1

    async def send(self) -> None:
        """Write the outgoing events, in the order they were said; the relay publishes them after the commit."""
        if self.accesses:
            await self.query("accesses_wait")
        if self.outgoing:
            self.statements += 1
            prefix = self.settings.prefix
            await self.connection.copy_records_to_table(
                "outbox",
                columns=("topic", "key", "value", "traceparent"),
                records=[(prefix + topic, key, value, parent) for topic, key, value, parent in self.outgoing],
            )
            self.outgoing.clear()
            self.spoke = True


def to_json(data: Model) -> bytes:
    """Data as it stands on a topic: JSON without members that are null."""
    return data.__pydantic_serializer__.to_json(data, exclude_none=True)


def stands(kind: str, value: bytes) -> bool:
    """Whether a last word says what is true, and not that something is no more."""
    data = EVENT_TYPES[kind].model_validate_json(value)
    gone = data.taken_back()
    return gone is None or to_json(gone) != to_json(data)


def _news(
    statements: Sequence[Statement], before: Mapping[tuple[str, str], asyncpg.Record]
) -> list[tuple[str, str, str, bytes, str | None]]:
    """(topic, key, type, data, legal basis) of what differs from what was last said, withdrawals last."""
    news: list[tuple[str, str, str, bytes, str | None]] = []
    kept = set()
    for statement in statements:
        place = statement.topic, statement.key
        kept.add(place)
        value = to_json(statement.data)
        if place not in before or before[place]["value"] != value:
            news.append((*place, type(statement.data).__name__, value, statement.legalbasis))
    for place, row in before.items():
        if place not in kept:
            gone = EVENT_TYPES[row["type"]].model_validate_json(row["value"]).taken_back()
            if gone is not None and (value := to_json(gone)) != row["value"]:
                news.append((*place, row["type"], value, None))
    return news
