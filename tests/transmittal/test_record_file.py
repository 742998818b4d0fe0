"""The record file: what is written is read back, and a file that does not hold together is refused."""

import datetime as dt
import hashlib
import stat
from pathlib import Path

import pytest
from chassis import files
from contracts.vocabulary import Month
from hypothesis import given, settings
from hypothesis import strategies as st
from transmittal.attempts import Attempt
from transmittal.due import KINDS, Content
from transmittal.record_file import DATA, LAYOUT, Broken, RecordFile, compose, freeze, lines_of, parse, thaw

FRIDAY = dt.date(2025, 9, 5)
dates = st.dates(dt.date(1926, 1, 1), dt.date(2199, 12, 31))
month_pairs = st.builds(Month, st.integers(1961, 2199), st.integers(1, 12))
codes = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,20}", fullmatch=True)
contents = st.builds(
    Content,
    kind=st.sampled_from(KINDS),
    basic_pension_number=st.none() | st.from_regex(r"[0-9]{10}", fullmatch=True),
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
    assert parse(file) == RecordFile("131164", batch, 1, FRIDAY, lines)
    assert compose("131164", batch, 1, FRIDAY, freeze(thaw(freeze(lines)))) == file


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


def _file() -> str:
    return compose("131164", 7, 1, FRIDAY, freeze(lines_of([_application(2), _attempt(30), _attempt(4)]))).decode()


def test_the_file_says_that_its_layout_is_not_official() -> None:
    assert "not official" in LAYOUT
    assert _file().startswith(f"H\t{LAYOUT}\t131164\t7\t1\t2025-09-05\t3\n")


def test_records_are_in_fixed_order_and_the_mark_is_japanese() -> None:
    assert _file().splitlines()[1:4] == [
        "D\t1\t新規\tacquisition\t4\t2025-08-20/0-1\t1\t\tF-1\t2025-08-25\t2025-09-08\t2025-08-20\tentry_from_abroad\t\t1\t\t",
        "D\t2\t新規\tacquisition\t30\t2025-08-20/0-1\t1\t\tF-1\t2025-08-25\t2025-09-08\t2025-08-20\tentry_from_abroad\t\t1\t\t",
        "D\t3\t訂正\texemption\t2\tX-1\t2\t1234567890\tX-1\t2025-08-25\t\t\t\t\t\t2025-07\t2026-06",
    ]


def test_no_field_could_hold_a_name_an_address_or_a_my_number() -> None:
    names = {field.name for field in DATA}
    assert names == {"line", "mark", "addressee", "item", "attempt", *Content.model_fields}
    assert not any(word in name for name in names for word in ("name", "address_", "my_number"))


# what is done to the file, what the refusal says
TAMPERED = [
    ("\nT\t7\t3\t", "\nT\t7\t4\t", "trailer's count is not the number of data records"),
    ("2025-09-05\t3\n", "2025-09-05\t2\n", "header and trailer count differently"),
    ("\nT\t7\t", "\nT\t8\t", "different batches"),
    ("entry_from_abroad", "other", "SHA-256"),
    ("\t30\t", "\t31\t", "SHA-256"),
    ("131164\t7", "131164\tseven", "batch is not written"),
    ("not official", "official", "layout is not written"),
    ("D\t2\t", "E\t2\t", "no D record|SHA-256"),
    ("\nT\t", "\nX\t", "no T record"),
]


@pytest.mark.parametrize(("old", "new", "refusal"), TAMPERED)
def test_a_file_that_does_not_agree_is_refused(old: str, new: str, refusal: str) -> None:
    text = _file()
    assert old in text
    with pytest.raises(Broken, match=refusal):
        parse(text.replace(old, new).encode())


def test_a_file_without_its_last_record_is_refused() -> None:
    records = _file().splitlines(keepends=True)
    with pytest.raises(Broken, match="number of data records"):
        parse("".join([*records[:-2], records[-1]]).encode())


@pytest.mark.parametrize("data", [b"", b"\n", b"H\n", _file().encode()[:-1], _file().encode()[:200], b"\xff\nT\n"])
def test_a_torn_file_is_refused(data: bytes) -> None:
    with pytest.raises(Broken):
        parse(data)


@pytest.mark.parametrize(
    ("old", "new", "refusal"),
    [
        ("D\t2\t", "D\t9\t", "another line number"),
        ("2025-08-25", "2025-02-30", "does not exist"),
        ("entry_from_abroad", "no_such_reason", "out of range"),
        ("\tacquisition\t", "\tmarriage\t", "kind is not written"),
        ("新規", "追加", "mark is not written"),
    ],
)
def test_frozen_content_that_is_none_is_refused(old: str, new: str, refusal: str) -> None:
    content = freeze(lines_of([_attempt(4), _attempt(30)])).decode()
    with pytest.raises(Broken, match=refusal) as broken:
        thaw(content.replace(old, new).encode())
    assert new.strip() not in str(broken.value)


def test_a_value_that_would_break_the_record_is_not_written() -> None:
    with pytest.raises(Broken, match="item can't be written"):
        freeze(lines_of([_attempt(4, "2025\tD")]))


def test_the_hash_is_that_of_the_data_records() -> None:
    records = _file().splitlines(keepends=True)
    digest = hashlib.sha256("".join(records[1:-1]).encode()).hexdigest()
    assert records[-1] == f"T\t7\t3\t{digest}\n"


def test_a_file_gets_its_place_whole(tmp_path: Path) -> None:
    place = tmp_path / "out" / "batch-0001.dat"
    files.write(place, b"first")
    (place.parent / ".batch-0001.dat.part").write_bytes(b"left by a crash")
    files.write(place, b"again")
    assert place.read_bytes() == b"again"
    assert [path.name for path in place.parent.iterdir()] == ["batch-0001.dat"]
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
