"""A person asks what is held: a draft of everything, in Japanese, without anybody else's data; decided in time by another person. Suspended use
is used no more."""

import asyncio
import json
from pathlib import Path

import pytest
from cli.__main__ import app
from typer.testing import CliRunner

from tests.system.conftest import Lines, Ward
from tests.system.doors import Caller
from tests.system.test_batch_life import desk
from tests.system.test_inquiry import APPLICANT, Counter
from tests.transmittal.pdfs import text_of

pytestmark = pytest.mark.system

BY = ("--account", "clerk-1", "--terminal", "counter-1", "--case", "case-1")


async def rights(*arguments: str, code: int = 0) -> str:
    result = await asyncio.to_thread(CliRunner().invoke, app, ["rights", *arguments])
    assert result.exit_code == code, result.output
    return result.output


async def an_applicant(ward: Ward, lines: Lines) -> int:
    """Somebody of the town who applied together with a spouse, and whose application was reported."""
    await ward.start()
    await ward.publish(lines)
    await ward.tax_office_answers(lines)
    person: int = await ward.one("eligibility", APPLICANT)
    await desk("seal")  # what the calendar did not
    await ward.settle()
    return person


async def test_a_disclosure_is_drafted_and_decided(ward: Ward, lines: list[tuple[str, bytes]], tmp_path: Path) -> None:
    person = await an_applicant(ward, lines)
    spouse = await ward.one("eligibility", "select spouse from party where applicant = $1 and spouse > 0", person)
    async with Counter(ward) as clerk:
        own, other = (await clerk.register.answer("/addressees", {"addressees": [person, spouse]}))["addressees"]
    registered = ("--person", str(person), "--kind", "disclosure", "--note", "架空の請求", "--received", "2026-08-03")
    assert "期限" in await rights("register", "D-1", *registered, *BY)
    assert "registered_already" in await rights("register", "D-1", *registered, *BY, code=1)
    await rights("disclose", "D-1", "--into", str(tmp_path), *BY)
    draft = json.loads((tmp_path / "disclosure-D-1.json").read_text("utf-8"))
    parts = {part["title"]: part["lines"] for part in draft["parts"]}
    assert [line["says"] for line in parts["宛名"] if line["what"] == "氏名・フリガナ"][:1] == [own["resident"]["name"]]
    assert {"氏名・フリガナ", "生年月日", "住所", "住民区分", "世帯番号"} <= {line["what"] for line in parts["宛名"]}
    held = await ward.rows("tax-income", "select distinct tax_year from assessment where addressee = $1", person)
    assert {line["when"] for line in parts["所得情報"]} == {f"{row['tax_year']}年度" for row in held} != set()
    assert [line for line in parts["所得情報"] if line["what"] == "合計所得金額" and line["says"].endswith("円")]
    assert parts["資格・免除・届出・裁定請求"]
    sent = await ward.one(
        "transmittal", "select count(*) from attempt where addressee = $1 and batch is not null", person
    )
    given = [line["what"] for line in parts["提供・移転先"]]
    assert set(given) <= {"総合窓口課", "日本年金機構"}
    assert given.count("日本年金機構") == sent > 0
    assert parts["利用の記録"]
    assert len(parts["記録された事実（履歴）"]) == await ward.one(
        "eligibility", "select count(*) from fact where addressee = $1", person
    )
    assert any("申請区分" in line["says"] for line in parts["記録された事実（履歴）"])
    # nobody else is in it
    for hidden in (str(spouse), other["resident"]["name"], "clerk-1"):
        assert hidden not in (tmp_path / "disclosure-D-1.json").read_text("utf-8")
    assert any("78条1項2号" in reason for reason in draft["withheld"])
    text = text_of((tmp_path / "disclosure-D-1.pdf").read_bytes())
    assert "保有個人情報" in text
    assert own["resident"]["name"] in text
    # another person decides; once
    decided = ("--outcome", "partly", "--note", "第三者の情報を除く")
    assert "same_person" in await rights("decide", "D-1", *decided, *BY, code=1)
    await rights("decide", "D-1", *decided, "--account", "head-1", *BY[2:])
    assert "decided_already" in await rights("disclose", "D-1", "--into", str(tmp_path), *BY, code=1)
    kept = await ward.rows("eligibility", "select note, answer from rights_request")
    assert "架空の請求".encode() not in kept[0]["note"]


async def test_what_is_suspended_is_not_looked_at_and_what_is_late_is_seen(
    ward: Ward, lines: list[tuple[str, bytes]]
) -> None:
    person = await an_applicant(ward, lines)
    async with Counter(ward) as counter:
        asked = {"addressee": person, "birth_date": await counter.born(person)}
    async with (
        Caller(ward, "clerk-1", "clerk", "rights-clerk", service="eligibility") as clerk,
        Caller(ward, "head-1", "rights-head", service="eligibility") as head,
    ):
        assert (await clerk.answer("/inquiries", asked))["persons"]
        late = {"number": "S-1", "kind": "suspension", "addressee": person, "received_on": "2026-06-01", "note": "n"}
        await clerk.answer("/rights/register", late)
        (one,) = (await clerk.answer("/rights", {}))["requests"]
        assert (one["due_on"], one["overdue"]) == ("2026-07-01", True)
        assert (await clerk.answer("/rights/extend", {"number": "S-1", "reason": "R-1"}))["due_on"] == "2026-07-31"
        await clerk.refused("/rights/extend", {"number": "S-1", "reason": "R-2"}, 409, "not_extensible")
        wrong = {"number": "S-1", "outcome": "answered", "note": "n"}
        await head.refused("/rights/decide", wrong, 409, "other_outcome")
        await clerk.refused("/rights/decide", wrong, 403, "not_granted")
        await head.answer("/rights/decide", {"number": "S-1", "outcome": "granted", "note": "n"})
        await clerk.refused("/inquiries", asked, 403, "use_suspended")
        assert (await clerk.answer("/rights", {}))["requests"] == []
