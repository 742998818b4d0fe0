"""On which events does a note rest, and what did each of them tell?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from contracts import wording

from eligibility.facts import Person
from eligibility.speech import Speech


@dataclass
class Sources:
    """The events that the note rests on, numbered as they are first named."""

    say: Speech
    known: Mapping[str, str]
    """What each event of the person's own told."""
    numbers: dict[str, int] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)

    def cite(self, events: Iterable[str], told: str | None = None) -> str:
        marks = []
        for event in dict.fromkeys(events):
            number = self.numbers.setdefault(event, len(self.numbers) + 1)
            self.told.setdefault(event, self.known.get(event) or told or self.say("その他の記録", "another record"))
            marks.append(self.say(f"［{number}］", f"[{number}]"))
        return "".join(marks) if self.say.japanese or not marks else " " + "".join(marks)

    def lines(self) -> list[str]:
        return [
            self.say(
                f"［{number}］{self.told[event]}　イベントID {event}", f"[{number}] {self.told[event]}, event {event}"
            )
            for event, number in self.numbers.items()
        ]


def told_of(person: Person, say: Speech) -> dict[str, str]:
    """What each event about this person told, in a few words."""
    told: dict[str, str] = {}
    for span in person.spans:
        change = say.of(wording.REGISTER_CHANGES, span.reason)
        on = say.day(span.valid_from)
        told[span.fact] = say(f"住民記録：{change}（{on}）", f"resident register: {change} ({on})")
    for stay in person.stays:
        category, since = say.of(wording.CATEGORIES, stay.category), say.day(stay.acquired_on)
        until = "" if stay.lost_on is None else say(f"、{say.day(stay.lost_on)}喪失", f", lost {say.day(stay.lost_on)}")
        told[stay.fact] = say(
            f"日本年金機構の資格記録：{category}、{since}取得{until}",
            f"pension service's record: {category}, acquired {since}{until}",
        )
    for filing in person.filings:
        entry, *checks = filing.facts
        told[entry] = say(f"届書の入力：受付番号{filing.number}", f"entry of filing {filing.number}")
        for check in checks:
            told[check] = say(f"届書の点検：受付番号{filing.number}", f"check of filing {filing.number}")
    for grant in person.grants:
        kind = say.of(wording.ASSISTANCE, grant.assistance)
        if grant.equivalent_only:
            kind += say("に準ずる保護", " (equivalent protection)")
        until = "" if grant.until is None else say(f"{say.day(grant.until)}まで", f" until {say.day(grant.until)}")
        told[grant.fact] = say(
            f"福祉事務所の記録：{kind}、{say.day(grant.since)}から{until}",
            f"welfare office: {kind} from {say.day(grant.since)}{until}",
        )
    for review in person.reviews:
        told[review.fact] = say(f"日本年金機構の依頼：{review.request}", f"pension service's request {review.request}")
    for decision, event in person.decided_by.items():
        told[event] = say(f"日本年金機構の通知：決定番号{decision}", f"pension service's notice of decision {decision}")
    return told
