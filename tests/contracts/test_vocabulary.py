"""The words of the field: months that can be counted, My Number's check digit, an addressee number's length."""

import datetime as dt
import uuid

import pytest
from contracts.envelope import NAMESPACE, derived_id
from contracts.my_number import check_digit, is_my_number
from contracts.vocabulary import AddresseeNumber, Date, Month, months
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from tests.events import day

some_month = st.builds(Month, st.integers(1901, 2198), st.integers(1, 12))


@settings(max_examples=100)
@given(some_month, st.integers(-1000, 1000))
def test_months_added_can_be_taken_away_again(month: Month, distance: int) -> None:
    later = month + distance
    assert later - distance == month
    assert int(later) - int(month) == distance
    assert type(later) is Month


@settings(max_examples=100)
@given(some_month)
def test_a_month_is_written_and_read_the_same(month: Month) -> None:
    assert Month.parse(str(month)) == month
    assert Month.of(month.first_day) == Month.of(month.last_day) == month
    assert month.last_day + dt.timedelta(days=1) == (month + 1).first_day


def test_the_year_turns_after_december() -> None:
    assert Month(2026, 12) + 1 == Month(2027, 1)
    assert Month(2027, 1) - 1 == Month(2026, 12)
    assert Month(2028, 2).last_day == day("2028-02-29")
    assert repr(Month(2026, 8)) == "Month(2026, 8)"


def test_a_cycle_has_twelve_months() -> None:
    cycle = months(Month(2026, 7), Month(2027, 6))
    assert len(cycle) == 12
    assert (str(cycle[0]), str(cycle[-1])) == ("2026-07", "2027-06")
    assert months(Month(2026, 7), Month(2026, 6)) == []


@pytest.mark.parametrize(
    "text", ["2026-13", "2026-00", "2026-7", "202607", "2026/07", "２０２６-07", "2026-07-01", "", "20 6-07"]
)
def test_other_text_is_no_month(text: str) -> None:
    with pytest.raises(ValueError, match="YYYY-MM"):
        Month.parse(text)


@pytest.mark.parametrize(
    ("body", "digit"),
    [
        ("12345678901", 8),  # remainder 3
        ("00000000001", 9),  # one times weight 2
        ("00000000010", 8),  # one times weight 3
        ("10000000000", 5),  # one times weight 6
        ("00000000006", 0),  # remainder 1: the digit is 0, never 10
        ("00000100000", 4),  # one times weight 7
        ("00000000000", 0),  # remainder 0
    ],
)
def test_the_check_digit_of_a_my_number(body: str, digit: int) -> None:
    """平成26年総務省令85号5条."""
    assert check_digit(body) == digit


@settings(max_examples=100)
@given(st.integers(1, 10**11 - 1), st.integers(0, 10), st.integers(1, 9))
def test_one_wrong_digit_is_nearly_always_found(body: int, place: int, shift: int) -> None:
    text = f"{body:011}"
    number = text + str(check_digit(text))
    assert is_my_number(number)
    wrong = text[:place] + str((int(text[place]) + shift) % 10) + text[place + 1 :]
    # remainders 0 and 1 share the digit 0, the one gap that the ordinance leaves
    assert check_digit(wrong) != check_digit(text) or check_digit(text) == 0


@pytest.mark.parametrize(
    "text",
    ["12345678901", "1234567890180", "123456789010", "000000000000", "１２３４５６７８９０１８", "12345678901x", ""],
)
def test_other_text_is_no_my_number(text: str) -> None:
    assert not is_my_number(text)


@pytest.mark.parametrize("body", ["1234567890", "123456789012", "1234567890x", "１２３４５６７８９０１"])
def test_a_body_has_eleven_ascii_digits(body: str) -> None:
    with pytest.raises(ValueError, match="11 ASCII digits"):
        check_digit(body)


@pytest.mark.parametrize(
    ("number", "good"),
    [(1, True), (10**11 - 1, True), (10**11, False), (10**12 - 1, False), (10**12, True), (10**15 - 1, True),
     (10**15, False), (0, False), (-1, False)],
)  # fmt: skip
def test_an_addressee_number_never_has_the_length_of_a_my_number(number: int, good: bool) -> None:
    numbers: TypeAdapter[int] = TypeAdapter(AddresseeNumber)
    if good:
        assert numbers.validate_python(number) == number
    else:
        with pytest.raises(ValidationError):
            numbers.validate_python(number)


@pytest.mark.parametrize("text", ["1868-01-24", "2200-01-01", "9999-12-31"])
def test_a_date_out_of_reach_is_refused(text: str) -> None:
    dates: TypeAdapter[dt.date] = TypeAdapter(Date)
    with pytest.raises(ValidationError):
        dates.validate_json(f'"{text}"')
    with pytest.raises(ValidationError):
        dates.validate_python(day(text))


@settings(max_examples=200)
@given(st.text(max_size=20), st.text(max_size=20), st.integers(1, 10**6))
def test_a_derived_id_is_a_uuid_of_version_5(subject: str, key: str, sequence: int) -> None:
    expected = uuid.uuid5(NAMESPACE, f"eligibility|{subject}|{key}|{sequence}")
    assert derived_id("eligibility", subject, key, sequence) == str(expected)
