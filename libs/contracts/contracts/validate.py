"""May this file be published? `python -m contracts.validate FILE --topic TOPIC`, offline, with this package alone.

One event a line, as `kokunen publish` and the topics take them. For each line that would be set aside: which line, which
field, which rule; never a value. Exit status 0 = every line would be taken, 1 = some would not, 2 = there is no such file or topic.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from contracts.decoder import Refusal, decode
from contracts.topics import TOPICS

SHOWN = 100
"""Findings that are printed one by one."""


class Finding(NamedTuple):
    """What is wrong with a line; numbers count from 1."""

    line: int
    refusal: Refusal


def findings(lines: Iterable[bytes], topic: str, municipality: str | None = None) -> Iterator[Finding | None]:
    """For each line what is wrong with it, or None. An id that an earlier line has with other content is wrong, too.

    `municipality`: of it every event must be. Raises KeyError for a topic that the catalogue does not have.
    """
    TOPICS[topic]
    seen: dict[str, int] = {}
    for number, raw in enumerate(lines, 1):
        value = raw.rstrip(b"\r\n")
        try:
            event = decode(topic, value)
            if municipality is not None and event.municipality != municipality:
                raise Refusal("municipality", "municipality", f"events of {municipality} only", event.id)
            if seen.setdefault(event.id, hash(value)) != hash(value):
                raise Refusal("id_reused", "id", "one id, one content", event.id)
        except Refusal as refusal:
            yield Finding(number, refusal)
        else:
            yield None


def told(finding: Finding) -> str:
    """A finding as one line: what would happen, where, and by which rule."""
    refusal = finding.refusal
    fate = "held for a person" if refusal.held else "set aside"
    event = f" (event {refusal.event})" if refusal.event else ""
    return f"line {finding.line}: {fate}: {refusal}{event}"


def validate(path: Path, topic: str, municipality: str | None = None) -> int:
    """Print what is wrong with a file; returns the exit status."""
    wrong: Counter[str] = Counter()
    count = 0
    with path.open("rb") as file:
        for finding in findings(file, topic, municipality):
            count += 1
            if finding is None:
                continue
            wrong[finding.refusal.reason] += 1
            if wrong.total() <= SHOWN:
                print(told(finding))
    if wrong.total() > SHOWN:
        print(f"... and {wrong.total() - SHOWN:,} more")
    for reason, number in wrong.most_common():
        print(f"{number:>9,}  {reason}")
    print(f"{path.name}: {count:,} events of {topic}, {wrong.total():,} would not be taken.")
    return 1 if wrong else 0


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m contracts.validate", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("file", type=Path, help="one event a line (JSONL)")
    parser.add_argument("--topic", required=True, help="such as resident-changes")
    parser.add_argument("--municipality", help="the 6-digit code of which every event must be")
    given = parser.parse_args()
    if given.topic not in TOPICS:
        print(f"{given.topic} is no topic; there are {', '.join(sorted(TOPICS))}.", file=sys.stderr)
        return 2
    if not given.file.is_file():
        print(f"{given.file} is no file.", file=sys.stderr)
        return 2
    return validate(given.file, given.topic, given.municipality)


if __name__ == "__main__":
    sys.exit(main())
