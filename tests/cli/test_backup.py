"""A backup is what was dumped, whole and in order, or nothing: each box opens at its place alone, and the last one must be there."""

import io
from collections.abc import AsyncIterator, Callable, Sequence

import pytest
from chassis.sealing import Sealer
from cli.backup import BackupError, _opened, _sealed

SEALER = Sealer(bytes(32))
PARTS = (b"one", b"two" * 1000, b"three")


async def written(parts: Sequence[bytes], place: str = "backup/b/audit") -> list[bytes]:
    async def given() -> AsyncIterator[bytes]:
        for part in parts:
            yield part

    return [box async for box in _sealed(SEALER, place, given())]


def read(boxes: Sequence[bytes], sealer: Sealer = SEALER) -> list[bytes]:
    file = io.BytesIO(b"".join(len(box).to_bytes(4, "big") + box for box in boxes))
    return list(_opened(sealer, "backup/b/audit", file))


@pytest.mark.parametrize("parts", [(), PARTS[:1], PARTS])
async def test_what_was_dumped_is_read_again(parts: Sequence[bytes]) -> None:
    assert read(await written(parts)) == list(parts)


@pytest.mark.parametrize(
    "damage",
    [
        lambda boxes: boxes[:-1],
        lambda boxes: boxes[:-2],
        lambda boxes: [],
        lambda boxes: boxes[1:],
        lambda boxes: [boxes[1], boxes[0], *boxes[2:]],
        lambda boxes: [boxes[0], *boxes],
        lambda boxes: [*boxes, boxes[-1]],
        lambda boxes: [boxes[0], boxes[1][:-1] + bytes([boxes[1][-1] ^ 1]), *boxes[2:]],
        lambda boxes: [boxes[0], boxes[1][:5], *boxes[2:]],
    ],
    ids=["last", "last two", "all", "first", "order", "twice", "more", "a bit", "cut"],
)
async def test_what_was_changed_or_cut_is_refused(damage: Callable[[list[bytes]], list[bytes]]) -> None:
    boxes = await written(PARTS)
    with pytest.raises(BackupError, match="was changed"):
        read(damage(boxes))


async def test_neither_another_key_nor_another_database_opens_it() -> None:
    with pytest.raises(BackupError):
        read(await written(PARTS), Sealer(bytes([1]) * 32))
    with pytest.raises(BackupError):
        read(await written(PARTS, "backup/b/eligibility"))
