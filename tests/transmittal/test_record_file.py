"""The record file: what is written is read back, and a file that does not hold together is refused."""

import datetime as dt
import stat
from pathlib import Path

import pytest
from chassis import files
from contracts.fixed_file import Refused, read
from contracts.vocabulary import Month
from hypothesis import given, settings
from hypothesis import strategies as st
from transmittal.attempts import Attempt
from transmittal.due import KINDS, Content
from transmittal.record_file import LAYOUT, compose, freeze, lines_of, thaw

FRIDAY = dt.date(2025, 9, 5)
dates = st.dates(dt.date(1926, 1, 1), dt.date(2199, 12, 31))
month_pairs = st.builds(Month, st.integers(1961, 2199), st.integers(1, 12))
codes = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,20}", fullmatch=True)
contents = st.builds(
    Content,
    kind=st.sampled_from(KINDS),
    basic_pension_number=st.none() | st.from_regex(r"[1-9][0-9]{9}", fullmatch=True),
    filing=st.none() | codes,
    received_on=dates,
    due_on=st.none() | dates,
    effective_on=st.none() | dates,
    reason=st.none() | st.sampled_from(["end_of_class2", "other"]),
    before=st.none() | st.sampled_from([1, 2, 3]),
    after=st.none() | st.sampled_from([1, 2, 3]),
    first_month=st.none() | month_pairs,
    last_month=st.none() | month_pairs,
)
attempts = st.builds(
    Attempt,
    addressee=st.integers(1, 10**11 - 1),
    item=codes,
    number=st.integers(1, 99),
    mark=st.sampled_from(["new", "correction", "annulment"]),
    state=st.just("pending"),
    content=contents,
)


@given(st.lists(attempts, max_size=12), st.integers(1, 9999))
@settings(max_examples=100, deadline=None)
def test_round_trip(found: list[Attempt], batch: int) -> None:
    lines = lines_of(found)
    file = compose("131164", batch, 1, FRIDAY, freeze(lines))
    assert thaw(freeze(lines)) == lines
    assert compose("131164", batch, 1, FRIDAY, freeze(thaw(freeze(lines)))) == file
    if lines:
        header = {"layout": LAYOUT.name, "municipality": "131164", "batch": batch, "issue": 1, "sealed_on": FRIDAY}
        assert (read(LAYOUT, file).header, len(read(LAYOUT, file).rows)) == (header, len(lines))


def _attempt(addressee: int, item: str = "2025-08-20/0-1") -> Attempt:
    content = Content(
        kind="acquisition",
        filing="F-1",
        received_on=dt.date(2025, 8, 25),
        due_on=dt.date(2025, 9, 8),
        effective_on=dt.date(2025, 8, 20),
        reason="entry_from_abroad",
        after=1,
    )
    return Attempt(addressee, item, 1, "new", "pending", content)


def _application(addressee: int) -> Attempt:
    content = Content(
        kind="exemption",
        basic_pension_number="1234567890",
        filing="X-1",
        received_on=dt.date(2025, 8, 25),
        first_month=Month(2025, 7),
        last_month=Month(2026, 6),
    )
    return Attempt(addressee, "X-1", 2, "correction", "pending", content)


def _file() -> bytes:
    return compose("131164", 7, 1, FRIDAY, freeze(lines_of([_application(2), _attempt(30), _attempt(4)])))


def test_the_layout_is_a_draft_and_its_name_is_in_every_file() -> None:
    assert LAYOUT.confidence == "draft"
    assert _file().startswith(b"HKNR-TRN-1   131164000000070120250905 ")


def test_records_are_in_fixed_order_and_each_field_has_its_place() -> None:
    _, first, second, third, trailer = _file().decode("cp932").splitlines()
    assert first == (
        f"D000000011{'acquisition':<32}{4:015d}{'2025-08-20/0-1':<64}0001{0:010d}{'F-1':<64}"
        f"202508252025090820250820{'entry_from_abroad':<32}01{0:06d}{0:06d}"
    )
    assert second == first.replace("00000001", "00000002", 1).replace(f"{4:015d}", f"{30:015d}")
    assert third == (
        f"D000000032{'exemption':<32}{2:015d}{'X-1':<64}00021234567890{'X-1':<64}"
        f"202508250000000000000000{'':<32}00202507202606"
    )
    assert trailer == "T00000003".ljust(LAYOUT.length)


def test_no_field_could_hold_a_name_an_address_or_a_my_number() -> None:
    names = {field.name for field in LAYOUT.data}
    assert names == {"line", "mark", "addressee", "item", "attempt", *Content.model_fields}
    assert not any(word in name for name in names for word in ("name", "address_", "my_number"))


# what is done to the file, what the refusal says
TAMPERED = [
    (b"T00000003", b"T00000004", "line 5, rows: the trailer counts"),
    (b"20250905", b"20251305", "line 1, sealed_on: a civil date"),
    (b"131164000", b"13116400A", "line 1, batch: 8 digits"),
    (b"D00000002", b"E00000002", "line 3: this record begins with D"),
    (b"T00000003", b"X00000003", "line 5: this record begins with T"),
    (b"exemption ", b"exemption", "line 4: a record has 269 bytes"),
]


@pytest.mark.parametrize(("old", "new", "refusal"), TAMPERED)
def test_a_file_that_does_not_agree_is_refused(old: bytes, new: bytes, refusal: str) -> None:
    file = _file()
    assert old in file
    with pytest.raises(Refused, match=refusal):
        read(LAYOUT, file.replace(old, new, 1))


def test_a_file_without_its_last_record_is_refused() -> None:
    records = _file().splitlines(keepends=True)
    with pytest.raises(Refused, match="the trailer counts the data records"):
        read(LAYOUT, b"".join([*records[:-2], records[-1]]))


@pytest.mark.parametrize("data", [b"", b"\r\n", b"H\r\n", _file()[:-1], _file()[:200], b"\xff\r\nT\r\n"])
def test_a_torn_file_is_refused(data: bytes) -> None:
    with pytest.raises(Refused):
        read(LAYOUT, data)


@pytest.mark.parametrize(
    ("old", "new", "refusal"),
    [
        (b"D00000002", b"D00000009", "line 3, line: numbered from 1"),
        (b"20250825", b"20250230", "received_on: a civil date"),
        (b"20250825", b"00000000", "line 2: values that"),
        (b"entry_from_abroad", b"no_such_reason   ", "line 2: values that"),
        (b"acquisition", b"marriage   ", "line 2: values that"),
        (b"D000000011", b"D000000010", "line 2: values that"),
        (b"01" + b"0" * 12, b"09" + b"0" * 12, "line 2: values that"),
        (b"01" + b"0" * 12, b"01" + b"202513" + b"0" * 6, "line 2: values that"),
    ],
)
def test_frozen_content_that_is_none_is_refused(old: bytes, new: bytes, refusal: str) -> None:
    content = freeze(lines_of([_attempt(4), _attempt(30)]))
    assert old in content
    with pytest.raises(Refused, match=refusal) as refused:
        thaw(content.replace(old, new))
    assert new.strip().decode() not in str(refused.value)


@pytest.mark.parametrize("item", ["2025\r\nD", "2025\tD", "F" * 65, "届"])
def test_a_value_that_would_break_the_record_is_not_written(item: str) -> None:
    with pytest.raises(Refused, match="line 2, item: "):
        freeze(lines_of([_attempt(4, item)]))


def test_a_file_gets_its_place_whole(tmp_path: Path) -> None:
    place = tmp_path / "out" / "batch-0001.dat"
    files.write(place, b"first")
    (place.parent / ".batch-0001.dat.part").write_bytes(b"left by a crash")
    files.write(place, b"again")
    assert place.read_bytes() == b"again"
    assert [path.name for path in place.parent.iterdir()] == ["batch-0001.dat"]
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
