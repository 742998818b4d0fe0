"""Are the records of a poll set apart so that nobody's order is lost?"""

from collections import defaultdict

from chassis.batch import Record, apart
from hypothesis import given
from hypothesis import strategies as st

places = st.lists(st.tuples(st.sampled_from(["residents", "filings", "calendar"]), st.integers(0, 23)), max_size=60)


def polled(drawn: list[tuple[str, int]]) -> list[Record]:
    """Records as a poll gives them: offsets of a partition ascend."""
    at: dict[tuple[str, int], int] = defaultdict(int)
    records = []
    for topic, part in drawn:
        records.append(Record(topic, part, at[topic, part], b"1", b"{}"))
        at[topic, part] += 1
    return records


@given(places)
def test_each_record_is_in_one_lane_and_each_partition_number_too(drawn: list[tuple[str, int]]) -> None:
    records = polled(drawn)
    lanes = apart(records)
    assert sorted(record for lane in lanes for record in lane) == sorted(records)
    numbers = [{record.partition for record in lane} for lane in lanes]
    assert len(numbers) <= 2
    assert all(not one & other for one in numbers for other in numbers if one is not other)


@given(places)
def test_within_a_partition_number_the_order_is_the_poll_s(drawn: list[tuple[str, int]]) -> None:
    """Also across topics: a resident's records of all topics have one partition number."""
    records = polled(drawn)
    for lane in apart(records):
        for number in {record.partition for record in lane}:
            assert [r for r in lane if r.partition == number] == [r for r in records if r.partition == number]


def test_the_lanes_are_much_alike() -> None:
    lanes = apart(polled([("residents", number) for number in range(24) for _ in range(80)]))
    assert [len(lane) for lane in lanes] == [960, 960]


def test_one_partition_alone_has_one_lane() -> None:
    assert len(apart(polled([("calendar", 0)] * 700))) == 1
