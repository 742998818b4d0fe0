"""What each service says of its own tables."""

import re

import pytest
from cli.catalogue import DECODING
from cli.local import REPOSITORY


@pytest.mark.parametrize("service", DECODING)
def test_the_projections_in_its_readme_are_those_that_a_rebuild_switches(service: str) -> None:
    text = (REPOSITORY / "services" / service / "README.md").read_text("utf-8")
    (row,) = re.findall(r"^\| PROJECTION tables \| (.*) \|$", text, re.MULTILINE)
    assert set(re.findall("`([a-z_]+)`", row)) == set(DECODING[service].projections)
