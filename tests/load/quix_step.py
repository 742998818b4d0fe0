"""The same step as a Quix Streams application: state in RocksDB behind a changelog topic, exactly once by Kafka's transactions.

    python quix_step.py BROKER PREFIX RECORDS FOLDER     prints the records taken in a second, after the first 15 %

Runs in an environment of its own (`quix.txt`): it wants older packages than we have. Our pure modules are on its path, so that model, fold and
event are those of the other ways.
"""

import datetime as dt
import sys
import time
from typing import Any

from contracts.envelope import Event, derived_id
from contracts.events.registry import (
    AddresseesMerged,
    AddresseesSplit,
    NonResidentRecorded,
    ResidentChangeAnnulled,
    ResidentChanged,
    ResidentUpdated,
)
from contracts.topics import dataschema
from quixstreams import Application, State
from registry_sync.merging import Merge
from registry_sync.register import Known, residents
from registry_sync.residence import Change

HEAD = 0.15
KINDS = {
    kind.__name__: Event[kind]
    for kind in (ResidentChanged, NonResidentRecorded, ResidentChangeAnnulled, AddresseesMerged, AddresseesSplit)
}  # type: ignore[valid-type]


class Step:
    def __init__(self, total: int) -> None:
        self.total, self.taken = total, 0
        self.began = self.ended = 0.0
        self.at_begin = 0

    def fact(self, text: str) -> Change | Merge:
        kind = text[text.index('"type":"') + 8 :]
        event = KINDS[kind[: kind.index('"')]].model_validate_json(text)
        if isinstance(event.data, AddresseesMerged):
            return Merge(event.id, int(event.subject), event.data.into, event.supersedes, event.time)
        if isinstance(event.data, AddresseesSplit):
            return Merge(event.id, int(event.subject), None, event.supersedes, event.time)
        data = None if isinstance(event.data, ResidentChangeAnnulled) else event.data
        return Change(event.id, int(event.subject), event.time, event.data.version, event.supersedes, data)

    def take(self, text: str, state: State) -> str:
        known: list[str] = [*state.get("changes", []), text]
        state.set("changes", known)
        facts = [self.fact(one) for one in known]
        number, latest = facts[-1].addressee, facts[-1]
        changes = [fact for fact in facts if isinstance(fact, Change)]
        merges = [fact for fact in facts if isinstance(fact, Merge)]
        said = residents([number], Known({number: changes}, merges), dt.date.max)[number]
        answer = Event[ResidentUpdated](
            id=derived_id("registry-sync", str(number), "residents|resident", len(known)),
            type="ResidentUpdated",
            source="kokunen/registry-sync",
            subject=str(number),
            time=latest.recorded_at,
            dataschema=dataschema(ResidentUpdated),
            municipality="131164",
            cause=latest.id,
            correlation=latest.id,
            sequence=len(known),
            data=said,
        ).encode()
        self.taken += 1
        if not self.began and self.taken >= HEAD * self.total:
            self.began, self.at_begin = time.perf_counter(), self.taken
        self.ended = time.perf_counter()
        return answer.decode()


def main(broker: str, prefix: str, total: int, folder: str) -> None:
    step = Step(total)
    app = Application(
        broker_address=broker,
        consumer_group=f"{prefix}quix",
        auto_offset_reset="earliest",
        processing_guarantee="exactly-once",
        state_dir=folder,
        auto_create_topics=True,
        loglevel="ERROR",
        producer_extra_config={"compression.type": "zstd"},
    )
    given = app.topic(f"{prefix}resident-changes", value_deserializer="str", key_deserializer="bytes")
    said = app.topic(f"{prefix}residents", value_serializer="str", key_serializer="bytes")
    frame: Any = app.dataframe(given)
    frame.apply(step.take, stateful=True).to_topic(said)
    app.run(count=total, timeout=120)
    print((step.taken - step.at_begin) / (step.ended - step.began))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4])
