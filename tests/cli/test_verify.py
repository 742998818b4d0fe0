"""Does the accounting (I2) see each way in which an offset has no disposition, or two?"""

import pytest
from cli.verify import accounting

PLACE = ("resident-changes", 3)
APPLIED = (0, 9, "applied")


@pytest.mark.parametrize(
    ("runs", "start", "said"),
    [
        ([APPLIED], 0, []),
        ([(0, 4, "applied"), (5, 9, "duplicate")], 0, []),
        ([APPLIED], 4, []),  # read before the topic forgot them
        ([(4, 9, "applied")], 4, []),  # forgotten before this service first read
        ([(3, 9, "applied")], 0, ["has no disposition at offset 0"]),
        ([(5, 9, "applied")], 4, ["has no disposition at offset 4"]),
        ([(0, 3, "applied"), (6, 9, "applied")], 0, ["has no disposition at offset 4"]),
        ([(0, 6, "applied"), (5, 9, "applied")], 0, ["has a second disposition at offset 5"]),
        ([(0, 7, "applied")], 0, ["is accounted for up to 8, the topic ends at 10"]),
        ([], 0, ["is accounted for up to 0, the topic ends at 10"]),
        ([(0, 3, "missing"), (4, 9, "applied")], 0, ["offsets 0 to 3 were removed unread"]),
    ],
)
def test_each_offset_has_one_disposition(runs: list[tuple[int, int, str]], start: int, said: list[str]) -> None:
    found = accounting("registry-sync", {PLACE: 10}, {PLACE: runs}, {PLACE: start})
    assert [finding.text for finding in found] == [f"registry-sync: resident-changes/3 {text}" for text in said]
