"""Does a sender learn at home, before anything is sent, what our services would say of a file?"""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from contracts.decoder import Refusal, decode
from contracts.validate import validate

from tests.contracts.test_bad_input import PERSONAL, REFUSED, good_bytes

GOOD = good_bytes("resident")[1]


def written(folder: Path, *lines: bytes) -> Path:
    path = folder / "changes.jsonl"
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path


def test_a_good_file_is_told_to_be_good(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert validate(written(tmp_path, GOOD), "resident-changes") == 0
    assert capsys.readouterr().out == "changes.jsonl: 1 events of resident-changes, 0 would not be taken.\n"


def test_each_bad_line_is_named_with_field_and_rule_and_no_value(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    born = GOOD.replace(b"1990-05-10", b"1990-02-30")
    unknown = GOOD.replace(b"1990-05-10", b"1925-00-00")
    assert validate(written(tmp_path, GOOD, born, b"{", unknown), "resident-changes") == 1
    out = capsys.readouterr().out
    assert "line 2: set aside: schema · data.record.birth_date" in out
    assert "line 3: set aside: not_json" in out
    assert "line 4: held for a person: birth_date_uncertain · data.record.birth_date" in out
    assert "4 events of resident-changes, 3 would not be taken" in out
    assert not any(text in out for text in PERSONAL)


def test_an_id_with_two_contents_and_another_municipality_are_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = GOOD.replace("例一".encode(), "例二".encode())
    assert validate(written(tmp_path, GOOD, GOOD, other), "resident-changes") == 1
    assert "line 3: set aside: id_reused" in capsys.readouterr().out
    assert validate(written(tmp_path, GOOD), "resident-changes", "999999") == 1
    assert "municipality" in capsys.readouterr().out


def test_it_says_what_our_services_say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever is in the corpus and fits on a line: the same reason as the one decoder gives."""
    for topic, value in (given for row in REFUSED.values() for given in row):
        if b"\n" in value or b"\r" in value or not value:
            continue
        with pytest.raises(Refusal) as refused:
            decode(topic, value)
        assert validate(written(tmp_path, value), topic) == 1
        assert refused.value.reason in capsys.readouterr().out


def test_it_runs_by_name_and_names_what_is_missing(tmp_path: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "contracts.validate", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    assert run(str(written(tmp_path, GOOD)), "--topic", "resident-changes").returncode == 0
    wrong = run(str(written(tmp_path, GOOD)), "--topic", "residents-changes")
    assert (wrong.returncode, "is no topic" in wrong.stderr) == (2, True)
    missing = run(str(tmp_path / "nothing"), "--topic", "resident-changes")
    assert (missing.returncode, "is no file" in missing.stderr) == (2, True)
    assert json.loads(GOOD)["type"] == "ResidentChanged"
