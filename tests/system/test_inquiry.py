"""The sheet of a person at the counter: for a purpose, of whom that purpose names, in three readings, on record before it is shown."""

import json
from pathlib import Path
from typing import Any

import pytest
from contracts.events.registry import ProcessingStop

from tests.events import change, day
from tests.system.conftest import Ward, until
from tests.system.doors import Caller, access_records, register

pytestmark = pytest.mark.system

APPLICANT = """
select s.subject from said s join party p on p.applicant = s.subject and p.spouse > 0
where s.topic = 'exemption-events' and s.key like 'months/%' and s.type = 'MonthsExempted' order by s.subject limit 1
"""


class Counter(Caller):
    """A clerk at eligibility's doors, and at the register's for the birth date."""

    def __init__(self, ward: Ward, account: str = "clerk-1", role: str = "clerk") -> None:
        super().__init__(ward, account, role, service="eligibility")
        self.register = Caller(ward, account, "clerk")

    async def __aenter__(self) -> "Counter":
        await self.register.__aenter__()
        await super().__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.register.client.aclose()
        await super().__aexit__(*exc)

    async def born(self, person: int) -> str:
        (found,) = (await self.register.answer("/addressees", {"addressees": [person]}))["addressees"]
        return str((found.get("resident") or found["outside"])["birth_date"])

    async def sheet(self, person: int, purpose: str, **asked: Any) -> Any:
        body = {"addressee": person, "birth_date": await self.born(person)} | asked
        response = await self.post("/inquiries", body, **{"Kokunen-Purpose": purpose})
        assert response.status_code == 200, response.text
        return response.json()


async def test_the_sheet_of_an_applicant(ward: Ward, lines: list[tuple[str, bytes]]) -> None:
    await ward.start()
    await ward.publish(lines)
    await ward.tax_office_answers(lines)
    person = await ward.one("eligibility", APPLICANT)
    today = str(await ward.one("eligibility", "select business_day from clock"))
    published = {
        json.loads(one)["id"]
        for one in await ward.values("eligibility-events", "exemption-events", "claim-events", "insured-status")
    }
    async with Counter(ward) as clerk:
        # the purpose decides what is opened, and of whom
        status = await clerk.sheet(person, "status")
        assert [one["role"] for one in status["persons"]] == ["self"]
        assert "income" not in status["persons"][0]
        assert "months" not in {line["part"] for line in status["lines"]}
        sheet = await clerk.sheet(person, "exemption")
        assert (sheet["reading"], sheet["day"]) == ("as known now", today)
        assert {"status", "filing", "exemption", "months"} <= {line["part"] for line in sheet["lines"]}
        assert sheet["persons"][0]["entry"]["resident"]["address"]
        assert "income" in sheet["persons"][0]
        assert all(
            "entry" not in one for one in sheet["persons"][1:]
        )  # of others the name and what counts, nothing more
        assert {line["event"] for line in sheet["lines"]} <= published
        # what was known by today, and what we were saying today, is what is known now
        recorded, received = [
            await clerk.sheet(person, "exemption", reading={"by": by, "day": today}) for by in ("recorded", "received")
        ]
        assert recorded["reading"] == f"as recorded by {today}"
        assert received["reading"] == f"as received by {today}"
        assert received["lines"] == sheet["lines"]
        assert [without_event(line) for line in recorded["lines"]] == [without_event(line) for line in sheet["lines"]]
        # for the support benefit every member of the household, by number, with nothing but whether municipal tax is due
        benefit = await clerk.sheet(person, "support-benefit")
        assert {one["role"] for one in benefit["persons"]} == {"self", "member"}
        assert all(set(one) <= {"role", "addressee", "tax", "protected"} for one in benefit["persons"][1:])
        assert set(benefit["persons"][0]["tax"]) <= {"addressee", "state", "municipal_tax"}
        assert "total_income_yen" not in json.dumps(benefit["persons"])
        assert "exemption" not in {line["part"] for line in benefit["lines"]}
        # a day of the past shows less
        first = min(line["data"]["effective_on"] for line in sheet["lines"] if line["part"] == "status")
        then = await clerk.sheet(person, "status", on=first)
        assert {line["data"]["effective_on"] for line in then["lines"] if line["part"] == "status"} == {first}
        # a basic pension number leads to the person
        number = next(
            line["data"]["basic_pension_number"] for line in sheet["lines"] if "basic_pension_number" in line["data"]
        )
        assert (await clerk.answer("/inquiries/number", {"basic_pension_number": number}))["addressees"] == [person]
        assert (await clerk.answer("/inquiries/number", {"basic_pension_number": "0000000001"}))["addressees"] == []
    records = await access_records(ward, "eligibility")
    assert [(one["what"], one["purpose"]) for one in records[:2]] == [
        ("inquiry.view", "status"),
        ("inquiry.view", "exemption"),
    ]
    assert {one["account"] for one in records} == {"clerk-1"}
    seen = {one["addressee"] for one in sheet["persons"]}
    assert {person} < seen == set(records[1]["subjects"])
    assert "income" in records[1]["fields"]


def without_event(line: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in line.items() if name != "event"}


async def test_what_is_not_shown_is_refused_by_name_and_on_record(
    ward: Ward, lines: list[tuple[str, bytes]], town: Path
) -> None:
    await ward.start()
    await ward.publish(lines)
    await ward.tax_office_answers(lines)
    person = await ward.one("eligibility", APPLICANT)
    async with Counter(ward) as clerk, Counter(ward, "auditor-1", "auditor") as auditor:
        asks = {"addressee": person, "birth_date": await clerk.born(person)}
        purpose = {"Kokunen-Purpose": "exemption"}
        await clerk.refused("/inquiries", asks | {"birth_date": "1900-01-01"}, 404, "identifiers_differ", **purpose)
        await clerk.refused("/inquiries", asks | {"addressee": 999999}, 404, "identifiers_differ", **purpose)
        await clerk.refused("/inquiries", asks, 403, "wrong_purpose", **{"Kokunen-Purpose": "curiosity"})
        ahead = {"by": "received", "day": "2099-01-01"}
        await clerk.refused("/inquiries", asks | {"reading": ahead}, 409, "not_yet", **purpose)
        await auditor.refused("/inquiries", asks, 403, "not_granted", **purpose)
        # under support measures (支援措置) only those who look after it see anything
        version = 900
        stop = ProcessingStop(kind="support_measure", since=day("2026-01-01"))
        topic, event = change(
            "stopped",
            person,
            "other",
            "2026-09-01",
            version=version,
            processing_stops=(stop,),
            birth_date=day(asks["birth_date"]),
        )
        await ward.publish([(topic, event.encode())])

        async def protected() -> bool:
            (found,) = (await clerk.register.answer("/addressees", {"addressees": [person]}))["addressees"]
            return bool(found["protected"])

        await until(protected, "the register knows the support measure")
        await clerk.refused("/inquiries", asks, 403, "protected", **purpose)
        async with Counter(ward, "guardian-1", "protection-clerk") as guardian:
            assert (await guardian.sheet(person, "exemption"))["persons"][0]["protected"] is True
            # and when one of those who must be asked is away there is no half answer
            ward.stop("tax-income")
            await guardian.refused("/inquiries", asks, 503, "not_available", **purpose)
    records = await access_records(ward, "eligibility")
    assert [one["result"] for one in records] == ["refused"] * 6 + ["answered", "refused"]


async def test_a_list_leaves_on_a_ticket_at_one_terminal_with_a_mark_on_every_row(
    ward: Ward, lines: list[tuple[str, bytes]]
) -> None:
    await ward.start()
    await ward.publish(lines)
    await ward.tax_office_answers(lines)
    asked = {"list": "reception", "since": "2025-01-01", "until": "2027-12-31"}
    async with Caller(ward, "lister-1", "list-clerk", service="eligibility", terminal="media-1") as lister:
        await lister.refused("/lists/export", asked, 403, "terminal_not_for_this")
        await register(ward.given.databases["eligibility"], "lister-1", ["list-clerk"], "media-1", "media")
        await lister.refused("/lists/export", asked, 403, "ticket_missing")
        ticket = {"Kokunen-Case": "TK-2026-7"}
        answer = (await lister.post("/lists/export", asked, **ticket)).json()
        hints = (await lister.post("/lists/export", asked | {"list": "hints"}, **ticket)).json()
    assert len(answer["rows"]) == await ward.one("eligibility", "select count(*) from reception_book")
    marks = [row[-1] for row in answer["rows"]]
    assert len(set(marks)) == len(marks)
    assert all(mark.startswith(f"{answer['number']}-") and "lister-1 media-1" in mark for mark in marks)
    ledger = await ward.rows(
        "eligibility", "select number, list, ticket, rows, sha256 from list_export order by number"
    )
    assert [tuple(row) for row in ledger] == [
        (one["number"], name, "TK-2026-7", len(one["rows"]), one["sha256"])
        for one, name in ((answer, "reception"), (hints, "hints"))
    ]
    await ward.outbox_empty("eligibility")
    exports = [one for one in await access_records(ward, "eligibility") if one["action"] == "export"]
    assert {one["case"] for one in exports} == {"TK-2026-7"}
    assert len(answer["rows"]) > 0 < len(hints["rows"])
