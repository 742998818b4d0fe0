"""Does `kokunen explain` print a note that anybody can read, and give the same as data?"""

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import pytest
from cli import explain, oracle
from cli.reading import NOW, Reading
from cli.town import write_town
from contracts.vocabulary import Month
from eligibility.determine import Determination
from eligibility.difference import Saying, sayings
from eligibility.facts import Person
from eligibility.note import Language, note, text
from eligibility.rules.parameters import Parameters

from tests.eligibility import test_situations as situations
from tests.eligibility.test_note import AID, BIRTH
from tests.events import day

IDENTIFIER = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|IR-[0-9-]+continued_review"
"""Of events, and the town's name for a list of the pension service."""


def answer(who: Person, on: str, month: Month | None = None, language: Language = "ja") -> dict[str, Any]:
    found = situations.seen(who, on)
    return explain.answer(who, found, day(on), month, NOW, language)


def test_no_note_of_a_town_shows_a_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_town(400, 3, tmp_path)
    notes: list[tuple[Language, str]] = []

    def written(found: Determination, who: Person, parameters: Parameters) -> list[Saying]:
        for month in (None, Month(2026, 8)):
            notes.append(("ja", text(note(who, found, day("2026-11-02"), parameters, "ja", month))))
            notes.append(("en", text(note(who, found, day("2026-11-02"), parameters, "en", month))))
        return sayings(found, who, parameters)

    monkeypatch.setattr(oracle, "sayings", written)
    oracle.fold(oracle.accepted(oracle.records(tmp_path), "131164"))
    assert len(notes) > 1000
    for language, one in notes:
        words = re.sub(IDENTIFIER, "", one)
        assert re.findall(r"\w+_\w+|\bNone\b(?! of)|[{}]", words) == []
        if language == "ja":
            assert set(re.findall(r"[A-Za-z]{3,}", words)) == set()


def test_the_first_line_names_the_reading(capsys: pytest.CaptureFixture[str]) -> None:
    explain.show(answer(AID.her(), "2026-10-28"))
    assert capsys.readouterr().out.startswith(
        "参考判定（裁定ではありません）　宛名番号10000002　現在知られている事実による\n"
    )
    then = Reading("recorded", dt.date(2026, 10, 5))
    assert explain.in_words(then, "ja") == "令和8年10月5日までに記録された事実による"
    assert explain.in_words(then, "en") == "as recorded by 2026-10-05"
    assert explain.in_words(NOW, "en") == "as known now"


def test_the_answer_as_data_holds_every_part(capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(json.dumps(answer(AID.her(AID.starts("2026-12-07")), "2026-12-07", language="en")))
    assert [(one["first_month"], one["exemption"], one["basis"]) for one in found["exempt_months"]] == [
        ("2026-07", "half", "decision"), ("2026-11", "statutory", "filing"),
    ]  # fmt: skip
    assert [(one["filing"], one["state"], one["due_on"], one["late"]) for one in found["filings"]] == [
        ("S1", "accepted", "2026-11-04", 33)
    ]
    assert (found["reviews"], found["hints"], found["additional_premium"]) == ([], [], [])
    assert [one["heading"] for one in found["note"]][1] == "Insured status"
    assert "premium" not in found


def test_a_month_as_data_says_what_is_due() -> None:
    assert answer(BIRTH.mother(), "2026-06-01", Month(2026, 6))["premium"] == {
        "state": "due", "yen_due": 17_920, "rate_held": True, "additional_yen": 400, "values_in_force_since": "2026-04",
    }  # fmt: skip
    unheld = answer(BIRTH.father(), "2026-06-01", Month(2021, 3))
    assert (unheld["premium"]["yen_due"], unheld["premium"]["rate_held"]) == (None, False)
    of_november = answer(AID.her(AID.starts("2026-12-07")), "2026-12-07", Month(2026, 11))
    assert [one["exemption"] for one in of_november["exempt_months"]] == ["statutory"]
    assert [one["filing"] for one in of_november["filings"]] == ["S1"]
