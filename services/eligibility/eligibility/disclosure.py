"""What do the data of a fact say in the words of a disclosure (開示)? Pure: every member has its words, or is named as not the person's.

The items of 宛名 and 所得情報 are called as in the list of items (別添１, `contracts.record_items`), the rest as in `contracts.members`.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from contracts.members import LABELS, in_words
from contracts.record_items import record_items

OTHERS = frozenset({"spouse", "deceased", "pensioner", "merged_into"})
"""Members that name somebody else."""
STAFF = frozenset({"entered_by", "checked_by", "decided_by", "received_by", "returned_by", "used_by"})
INNER = frozenset({"fact", "version", "revision", "known_from", "known_to", "needs_person", "factors"})
"""Members that tell of our records, and nothing of the person."""


def items(event: str, data: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Name and words of everything that the data of an event (`model_dump()`) say of the person."""
    if data.get("role", "applicant") != "applicant":
        return  # a hardship of the spouse or the householder
    for member, value in data.items():
        if value is None or member in OTHERS | STAFF | INNER:
            continue
        where = f"{path}.{member}"
        values = value if isinstance(value, tuple) else (value,)
        if any(isinstance(one, Mapping) for one in values):
            for one in values:
                yield from items(event, one, where)
        elif values:
            called = _by_item().get(event + where) or LABELS[member]
            yield called, "、".join(in_words(member, one) for one in values)


@cache
def _by_item() -> dict[str, str]:
    """What a member of the register's or the tax office's record is called in the list of items, by event and path."""
    return {
        path: item.disclosure_label
        for item in record_items()
        if item.group in ("宛名", "所得情報")
        for path in item.fields.split()
    }
