"""Every change of status of a town's two years is one that the law knows."""

from collections import Counter
from pathlib import Path

from cli import oracle
from cli.town import write_town
from eligibility.transitions import Edge, conforms, edge

CHANGES = {"InsuredStatusAcquired", "CategoryChanged", "InsuredStatusLost"}


def test_what_a_town_goes_through_is_what_the_law_knows(tmp_path: Path) -> None:
    write_town(400, 3, tmp_path)
    said = oracle.fold(oracle.accepted(oracle.records(tmp_path), "131164")).said
    edges: Counter[Edge] = Counter(
        edge(one.type, one.value) for one in said if one.type in CHANGES and not one.value.get("withdrawn")
    )
    assert edges.total() > 300
    assert [one for one in edges if not conforms(one)] == []
