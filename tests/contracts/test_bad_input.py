"""The bad-input corpus, row by row (reliability, section 8): what becomes of each kind of wrong, odd or hostile input?

`refused` = set aside, nothing follows. `held` = a person can settle it. `accepted` = an event, its text untouched. A conflict
in content is no refusal: the fact is taken and shows as a doubt in the pure fold (decision 4).
"""

import datetime as dt
import gzip
import json
from collections.abc import Callable
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest
from chassis import consumer, telemetry
from chassis.batch import Batches, Record
from chassis.relay import partition_of
from chassis.telemetry import context_of
from contracts.decoder import MAX_BYTES, Refusal, decode
from contracts.envelope import Event
from contracts.events.filing import FilingEntered
from contracts.events.forms import CategoryChangeFiling, ExemptionApplication
from contracts.events.income import AssessedIncome, TaxAssessed, TaxRecord
from contracts.events.notice import BasicPensionNumberAssigned
from contracts.events.registry import PensionNote, ResidentSpan
from contracts.my_number import is_my_number
from contracts.vocabulary import Month
from eligibility.determine import assessed, determine
from eligibility.facts import Fact, Income, Person, Stay, person
from eligibility.parameter_files import parameters
from eligibility.rules.age import attained_on
from registry_sync.handlers import on_entry, on_resident_change_annulled
from registry_sync.residence import residence, says_the_same
from tax_income.income import Assessment, incomes

from tests.events import DAUGHTER, FATHER, HUSBAND, WIFE, annulment, change, day, event, filed

PERSONAL = ("架空", "例一", "カクウ", "1990-05-10", "1990", "架空区見本町", "0123456789")
"""What is in the good events and must never be in a refusal."""

NOT_OURS = {
    26: "My Numbers are in the vault only; no event carries one",
    27: "My Numbers are in the vault only; no event carries one",
    44: "output edge: the record file's character table (transmittal)",
    68: "statistics over a whole file: the door for files",
    69: "a file's row count and trailer: the door for files",
    75: "付加保険料 has no filing in version 1",
    80: "archives: the door for files",
}


def resident() -> tuple[str, Event[Any]]:
    note = PensionNote(insured=True, category=1, basic_pension_number="0123456789")
    return change("good", HUSBAND, "move_in", "2025-04-01", version=1, moved_in_from="架空県", note=note)


def tax(
    name: str = "tax", version: int = 1, recorded: str = "2026-06-10", yen: int = 670_000
) -> tuple[str, Event[Any]]:
    data = TaxAssessed(tax_year=2026, version=version, state="declared", record=TaxRecord(total_income_yen=yen))
    return "tax-assessments", event(name, HUSBAND, data, recorded)


def filing() -> tuple[str, Event[Any]]:
    content = CategoryChangeFiling(
        kind="category_change",
        reason="left_employment",
        fact_on=day("2026-06-30"),
        basic_pension_number="0123456789",
    )
    data = FilingEntered(
        filing="R8-000001", revision=1, received_on=day("2026-07-06"), office="main", channel="counter",
        entered_by="clerk-1", content=content,
    )  # fmt: skip
    return "filings", event("filing", HUSBAND, data, "2026-07-06")


GOOD: dict[str, Callable[[], tuple[str, Event[Any]]]] = {"resident": resident, "tax": tax, "filing": filing}


@cache
def good_bytes(kind: str) -> tuple[str, bytes]:
    topic, good = GOOD[kind]()
    return topic, good.encode()


Input = tuple[str, bytes]


def whole(value: bytes) -> Input:
    """These bytes in place of a resident change."""
    return "resident-changes", value


def edited(old: str, new: str, kind: str = "resident") -> Input:
    """A good event with one piece of its text replaced, as a sender's own JSON writer might have it."""
    topic, value = good_bytes(kind)
    assert old.encode() in value
    return topic, value.replace(old.encode(), new.encode(), 1)


def with_value(path: str, value: Any, kind: str = "resident") -> Input:
    """A good event with this value at this path."""
    topic, good = good_bytes(kind)
    body = json.loads(good)
    *parents, last = path.split(".")
    place = body
    for parent in parents:
        place = place[parent]
    place[last] = value
    return topic, json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def name(text: str) -> Input:
    return with_value("data.record.name", text)


def address(text: str) -> Input:
    return with_value("data.record.address", text)


def born(text: str) -> Input:
    return with_value("data.record.birth_date", text)


def on(text: Any) -> Input:
    return with_value("data.changed_on", text)


def recorded(text: Any) -> Input:
    return with_value("time", text)


def yen(number: str) -> Input:
    return edited('"total_income_yen":670000', f'"total_income_yen":{number}', "tax")


def widowed(value: str) -> Input:
    return edited('"widow":false', f'"widow":{value}', "tax")


GOOD_BYTES = good_bytes("resident")[1]
HOSTILE_TEXT = ("'; DROP TABLE resident; --", "${jndi:ldap://x}", "{{7*7}}", "%n%s", "<script>", "$(id)")

REFUSED: dict[int, list[Input]] = {
    1: [whole(b"{}"), whole(b""), whole(b" ")],
    2: [whole(value) for value in (b"null", b'"x"', b"[]", b"1", b"[{}]")],
    3: [
        whole(GOOD_BYTES[:-1] + b",}"),
        whole(b"/* x */" + GOOD_BYTES),
        whole(GOOD_BYTES.replace(b'"', b"'")),
        whole(GOOD_BYTES[:-1]),
    ],
    4: [whole(GOOD_BYTES + tail) for tail in (b"{}", b"x", b"\x00", b"]", GOOD_BYTES)],
    5: [name(f"架空{control}例一") for control in "\x01\t\n\x00\x7f\x85"]
    + [edited("架空 例一", f"架空{raw}例一") for raw in "\x01\t\n"],
    6: [
        whole(GOOD_BYTES.replace("架空 例一".encode(), raw))
        for raw in (b"\xff", b"\xc0\xaf", b"\xed\xa1\x82\xed\xbe\xb7", b"\xe6\x9e")
    ]
    + [edited("架空 例一", r"\ud842"), edited("架空 例一", r"\udfb7\ud842"), whole(b"\xef\xbb\xbf" + GOOD_BYTES)],
    7: [whole(GOOD_BYTES.decode().encode(charset)) for charset in ("euc_jp", "iso2022_jp", "utf-16", "cp932")]
    + [whole(GOOD_BYTES.decode().encode("cp037", "replace"))],
    8: [whole(gzip.compress(GOOD_BYTES)), whole(b"\x28\xb5\x2f\xfd" + GOOD_BYTES)],
    9: [whole(b"\x00\x00\x00\x00\x07" + GOOD_BYTES)],
    10: [whole(b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>')],
    11: [
        edited('"name":', f'"{member}":') for member in ("Name", "ｎａｍｅ", "name ", "氏名", "name\u3000", "nam\u0435")
    ],
    12: [
        edited('"version":1', f'"version":1,"{member}":{{}}')
        for member in ("__proto__", "$ref", "constructor", "__class__")
    ],
    13: [yen(number) for number in ("Infinity", "-Infinity", "NaN", "1e400", "0.30000000000000004", "670000.5")],
    14: [yen(number) for number in ('"670000"', "670000.0", "67e4", '"670_000"', "670_000", "null", "true")],
    15: [yen(number) for number in ("-9223372036854775809", "1" + "0" * 30, "1" + "0" * 14, "9" * 5000)],
    16: [yen(number) for number in ("0670000", "+5", "0x10", "٣")],
    17: [widowed(value) for value in ('"yes"', "1", '"0"', '"false"', "0", "False")],
    18: [on(text) for text in ("2025/04/01", "20250401", "2025-W14-2", "2025-4-1", " 2025-04-01")],
    19: [on(text) for text in ("2025-04-01T00:00:00Z", "2025-04-01T00:00:00", "2025-04-01 00:00", 1743465600)],
    20: [on(text) for text in ("0000-00-00", "9999-99-99", "2025-00-10", "2025-04-31", "2025-02-29", "1867-12-31")]
    + [born("2025-04-31"), born("9999-99-99")],
    23: [on("２０２５-04-01"), born("１９９０-05-10"), with_value("municipality", "１３１１６４"),
         with_value("data.filing", "Ｒ８", "filing"), with_value("subject", "１００００００１"),
         with_value("data.content.basic_pension_number", "０１２３４５６７８９", "filing")],
    24: [with_value("municipality", "131164\n"), on("2025-04-01\n"), with_value("data.office", "main\n", "filing"),
         with_value("subject", f"{HUSBAND}\n"), recorded("2025-04-01T12:00:00Z\n")],
    28: [
        with_value("data.content.basic_pension_number", number, "filing")
        for number in ("0123-456789", "0123 456789", "012345678", "01234567890", 123456789, "")
    ],
    35: [with_value("data.record.sex", "9"), with_value("data.record.sex", "MALE"), with_value("data.reason", "転入"),
         with_value("data.record.residency", "elsewhere"), with_value("data.content.kind", "架空 例一", "filing"),
         with_value("dataschema", "kokunen:ResidentChanged/2"), with_value("type", "ResidentMerged")],
    36: [name(text) for text in ("", " ", "\u3000\u3000", "\u200b", "\u3164", "\u115f\u1160")],
    37: [name(f"架{hidden}空") for hidden in "\u200d\u200c\u200b\u00ad\ufeff\u2060\u180e\u034f"],
    38: [name(f"架{bidi}空") for bidi in (*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A)), "\u200f")],
    39: [name(f"架空{tag}") for tag in "\U000e0001\U000e0041\U000e007f"]
    + [name(text) for text in ("\ufe00架空", "\U000e0100架空", "架空 \U000e0100", "葛\U000e0100\U000e0100")],
    40: [name("か" + "\u3099\ufe00" * 5), name("👨\u200d👩\u200d👧"), name("か" + "\u3099" * 9), address("a" + "\u0301" * 199)],
    48: [address("架" * 10_000), address("𠮷" * 1000), address("架" * 201), whole(GOOD_BYTES + b" " * MAX_BYTES)],
    51: [address(f"架空{text}見本町") for text in ("\r\n", "\x1b[31m", "\x9b31m", "\u2028", "\u2029", "\x08")],
    52: [
        with_value("data.office", text, "filing")
        for text in ("../../x", "a\x00b", "/etc/passwd", "..\\x", ".", "a" * 65)
    ],
    53: [
        with_value("id", text)
        for text in ("", "1", None, 7, "架空 例一", "00000000-0000-0000-0000-000000000000", "urn:uuid:" + "1" * 36)
    ]
    + [edited('"id":', '"ID":')],
    58: [
        recorded(text)
        for text in ("2025-04-01T12:00:00", "1969-12-31T23:59:59Z", "2025-04-01T23:59:60Z", "2025-04-01T24:00:00Z",
                     1743465600, "1743465600", "2025-04-01", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z")
    ],
    63: [("resident-changes", good_bytes("tax")[1]), ("tax-assessments", GOOD_BYTES), ("filings", GOOD_BYTES)],
    65: [edited('"municipality"', '"env":"staging","municipality"'), with_value("source", "Toshima Test")],
    67: [
        with_value("data.tax_year", 2028, "tax"),
        with_value("data.tax_year", 2101, "tax"),
        with_value("data.state", "undeclared", "tax"),
        with_value("data.state", "other_municipality", "tax"),
        with_value("data.record", None, "tax"),
    ],
    77: [on("9999-12-31"), born("9999-12-31"), on("2200-01-01"), with_value("data.filed_on", "9999-12-31")],
    78: [
        edited('"name":"架空 例一"', '"name":"架空 例一","name":"架空 例二"'),
        edited('"reason":"move_in"', r'"reason":"move_in","re\u0061son":"death"'),
        yen("1e400"),
        edited("架空 例一", r"架空\u0000例一"),
    ],
}  # fmt: skip

HELD: dict[int, list[Input]] = {
    21: [born(text) for text in ("1925-00-00", "1925-03-00", "推定1925-03-01", "年月不詳", "1925年3月日不詳", "不詳")],
    22: [born(text) for text in ("令和元年5月1日", "令和1年5月1日", "昭和64年1月8日", "明治45年7月30日")],
    45: [name("架\ue000空"), name("架\uf8ff空"), address("架空区\U000f0000町"), address("架空区\U00100000町")],
}

ACCEPTED: dict[int, list[tuple[str, Any]]] = {
    41: [("data.record.name", text) for text in ("\ufa19谷", "\u795e谷")],
    42: [("data.record.address", text) for text in ("見本町①", "㍻ビル", "㈱架空", "ﬁ")],
    43: [("data.record.address", f"一{dash}二") for dash in "\u301c\uff5e\u2212\uff0d\u2015\u2014\u2016\u2225"],
    46: [("data.record.name_kana", text) for text in ("ｶｸｳ ｶﾞｲﾁ", "カクウ ガイチ", "か\u3099")],
    47: [("data.record.name_kana", f"カ{dash}ル") for dash in "ー－‐ｰ"],
    49: [("data.record.address", f"{start}SUM(A1) ビル") for start in "=+-@"],
    50: [("data.record.address", text) for text in HOSTILE_TEXT],
    58: [
        ("time", text)
        for text in ("2025-04-01T12:00:00Z", "2025-04-01T21:00:00+09:00", "2025-04-01T12:00:00.123456789Z")
    ],
    79: [("data.record.name_kana", text) for text in ("が", "か\u3099")],
}

Facts = Callable[[], None]
SHOWN: dict[int, Facts] = {}
"""Rows that are decided after decoding: by a pure fold, the batch or a pure rule."""


def row(number: int) -> Callable[[Facts], Facts]:
    def register(check: Facts) -> Facts:
        assert number not in SHOWN
        SHOWN[number] = check
        return check

    return register


def cases(rows: dict[int, list[Any]]) -> list[Any]:
    return [
        pytest.param(*case, id=f"row {number:02} no {position}")
        for number, inputs in sorted(rows.items())
        for position, case in enumerate(inputs, 1)
    ]


def refusal_of(topic: str, value: bytes) -> Refusal:
    with pytest.raises(Refusal) as caught:
        decode(topic, value)
    return caught.value


def test_every_row_of_the_corpus_is_here_or_says_why_not() -> None:
    covered = set(REFUSED) | set(HELD) | set(ACCEPTED) | set(SHOWN)
    assert covered | set(NOT_OURS) == set(range(1, 81))
    assert covered & set(NOT_OURS) == set()
    assert all(inputs for rows in (REFUSED, HELD) for inputs in rows.values())


@pytest.mark.parametrize("kind", GOOD)
def test_the_good_events_are_good(kind: str) -> None:
    topic, value = good_bytes(kind)
    assert decode(topic, value).encode() == value


@pytest.mark.parametrize(("topic", "value"), cases(REFUSED))
def test_it_is_set_aside(topic: str, value: bytes) -> None:
    refusal = refusal_of(topic, value)
    assert not refusal.held
    assert_says_enough_and_no_more(refusal)


@pytest.mark.parametrize(("topic", "value"), cases(HELD))
def test_it_is_held_for_a_person(topic: str, value: bytes) -> None:
    refusal = refusal_of(topic, value)
    assert refusal.held
    assert_says_enough_and_no_more(refusal)


def assert_says_enough_and_no_more(refusal: Refusal) -> None:
    said = str(refusal)
    assert refusal.reason
    assert refusal.rule
    assert refusal.reason in said
    assert refusal.rule in said
    assert len(said) < 300
    assert [value for value in PERSONAL if value in said] == []


@pytest.mark.parametrize(("path", "text"), cases(ACCEPTED))
def test_it_is_accepted_and_its_text_left_alone(path: str, text: str) -> None:
    found = decode(*with_value(path, text))
    if path == "time":
        assert found.time.replace(microsecond=0) == dt.datetime(2025, 4, 1, 12, tzinfo=dt.UTC)
        return
    again = json.loads(found.encode())
    for member in path.split("."):
        again = again[member]
    assert again == text


@pytest.mark.parametrize("number", SHOWN, ids=lambda number: f"row {number:02}")
def test_what_follows_is_shown(number: int) -> None:
    SHOWN[number]()


def test_one_person_under_two_basic_pension_numbers_needs_a_person() -> None:
    """Row 28. Two persons under one number are found when registers are matched, with the addressees."""

    def assigned(name: str, version: int, number: str) -> Fact:
        data = BasicPensionNumberAssigned(version=version, basic_pension_number=number)
        return Fact(name, HUSBAND, "BasicPensionNumberAssigned", name, 0, dt.datetime.now(dt.UTC), data)

    one, other = assigned("a", 1, "0123456789"), assigned("b", 1, "0123456780")
    assert person(HUSBAND, [one, other]).needs_person == ("two_basic_pension_numbers",)
    assert person(HUSBAND, [one, assigned("c", 1, "0123456789")]).needs_person == ()
    assert person(HUSBAND, [one, assigned("d", 2, "0123456780")]).needs_person == ()  # the newer one replaces it


def test_a_member_name_of_the_senders_is_not_repeated() -> None:
    hidden = edited('"version":1', '"version":1,"架空 例一":"a\\u0001"')
    assert_says_enough_and_no_more(refusal_of(*hidden))
    assert_says_enough_and_no_more(refusal_of(*edited('"version":1', '"version":1,"架空 例一":{"x":1}')))


def test_a_long_birth_date_is_judged_at_once() -> None:
    began = dt.datetime.now(dt.UTC)
    assert not refusal_of(*born("年" * 80_000)).held
    assert dt.datetime.now(dt.UTC) - began < dt.timedelta(seconds=2)


# Rows decided after decoding -------------------------------------------------------------------------------------------


def doubts(*events: tuple[str, Event[Any]]) -> tuple[str, ...]:
    return residence(as_change(*one) for one in events).needs_person


def as_change(topic: str, given: Event[Any]) -> Any:
    decoded = decode(topic, given.encode())
    state = on_entry if decoded.type == "ResidentChanged" else on_resident_change_annulled
    return state(decoded)


def as_assessment(topic: str, given: Event[Any]) -> Assessment:
    decoded = decode(topic, given.encode())
    return Assessment(decoded.id, int(decoded.subject), decoded.time, decoded.data)


def disposition(record: Record) -> tuple[str, str | None]:
    """What the batch makes of a record's bytes before any database is asked."""
    here: Any = SimpleNamespace(circle=None, municipality="131164")
    item = Batches(here, here, here, here)._decode(record)
    return item.disposition, item.refusal.reason if item.refusal else None


def span(relation: str, household: int = 1) -> ResidentSpan:
    known = dt.datetime(2025, 4, 1, tzinfo=dt.UTC)
    return ResidentSpan(
        valid_from=day("2015-04-01"), known_from=known, reason="other", residency="resident", household=household,
        relation=relation, filed_on=day("2015-04-01"), fact="r",
    )  # type: ignore[arg-type]  # fmt: skip


def lives(number: int, relation: str) -> Person:
    income = Income("declared", AssessedIncome(total_income_yen=0), "t")
    stay = Stay(1, day("2015-04-01"), None, "n")
    return Person(
        number, birth_date=day("1990-05-10"), spans=(span(relation),), incomes={2025: income}, stays=(stay,)
    )  # fmt: skip


def pre_check(relation: str, *others: Person, category: Any = 1, **content: Any) -> list[tuple[str, tuple[str, ...]]]:
    application = ExemptionApplication(
        kind="exemption", first_month=Month(2026, 7), last_month=Month(2027, 6), **content
    )
    applicant = Person(
        DAUGHTER,
        birth_date=day("1990-05-10"),
        spans=(span(relation),),
        incomes={2025: Income("declared", AssessedIncome(total_income_yen=0), "t")},
        stays=(Stay(category, day("2015-04-01"), None, "n"),),
        filings=(filed("R1", "2026-07-06", application),),
    )
    everyone = {who.addressee: who for who in (applicant, *others)}
    found = assessed(determine(applicant, everyone, day("2026-11-24"), parameters()), "R1", applicant)
    return [(line.outcome, line.doubtful) for line in found]


@row(25)
def _a_my_number_is_no_addressee_number() -> None:
    assert is_my_number("123456789018")
    for text in ("12345678901", "1234567890180", "000000000000", "１２３４５６７８９０１８", "123456789010", ""):
        assert not is_my_number(text)
    for place in ("subject", "data.record.household"):
        number: Any = "123456789018" if place == "subject" else 123456789018
        refusal = refusal_of(*with_value(place, number))
        assert "123456789018" not in str(refusal)


@row(29)
def _a_spouse_nobody_knows_leaves_the_answer_open() -> None:
    ((outcome, _),) = pre_check("householder", spouse=99, has_spouse=True)
    assert outcome == "undetermined"


@row(30)
def _a_household_without_head_or_with_two_needs_a_person() -> None:
    assert pre_check("child") == [("needs_person", ("householder_missing",))]
    two = (lives(HUSBAND, "householder"), lives(FATHER, "householder"))
    assert pre_check("child", *two) == [("needs_person", ("two_householders",))]


@row(31)
def _a_spouse_on_one_side_only_needs_a_person() -> None:
    ((outcome, why),) = pre_check("householder", lives(WIFE, "spouse"))
    assert (outcome, why) == ("needs_person", ("spouse_not_declared",))


@row(32)
def _moving_in_without_origin_or_twice_needs_a_person() -> None:
    first = change("1", HUSBAND, "move_in", "2025-04-01", version=1, moved_in_from="架空県")
    again = change("2", HUSBAND, "move_in", "2025-05-01", version=2, moved_in_from="架空県")
    assert doubts(first) == ()
    assert doubts(change("1", HUSBAND, "move_in", "2025-04-01", version=1)) == ("move_in_without_origin",)
    assert doubts(first, again) == ("moved_in_twice",)
    left = change("3", HUSBAND, "move_out", "2025-06-01", version=2, residency="moved_out")
    assert doubts(first, left, annulment("4", HUSBAND, "3", version=3, recorded="2025-05-30")) == ()
    back = annulment("4", HUSBAND, "3", version=3, recorded="2025-06-20")
    assert doubts(first, left, back) == ("move_out_annulled_after_departure",)


@row(33)
def _removed_ex_officio_and_restored_keeps_an_exact_history() -> None:
    events = [
        change("1", HUSBAND, "birth", "1990-05-10", version=1, recorded="2015-04-01"),
        change("2", HUSBAND, "ex_officio_removal", "2025-04-01", version=2, residency="removed"),
        change("3", HUSBAND, "ex_officio_restoration", "2025-06-01", version=3),
    ]
    found = residence(as_change(*one) for one in events)
    now = [(str(s.valid_from), s.residency) for s in found.spans if s.known_to is None]
    assert now == [("1990-05-10", "resident"), ("2025-04-01", "removed"), ("2025-06-01", "resident")]
    assert found.needs_person == ()


@row(34)
def _a_death_taken_back_needs_a_person() -> None:
    birth = change("1", HUSBAND, "birth", "1990-05-10", version=1, recorded="2015-04-01")
    death = change("2", HUSBAND, "death", "2025-04-01", version=2, residency="deceased")
    assert doubts(birth, death, annulment("3", HUSBAND, "2", version=3, recorded="2025-05-01")) == ("death_annulled",)


@row(54)
def _the_same_event_twice_is_one_fact() -> None:
    """The inbox drops the repeat (system test); were it to pass, the income would be the same."""
    one = as_assessment(*tax())
    assert incomes([one, one]) == incomes([one])
    topic, value = good_bytes("resident")
    twin = value.replace(
        b'"id":"' + decode(topic, value).id.encode(), b'"id":"' + decode(topic, value).id.upper().encode()
    )
    assert twin != value
    assert decode(topic, twin).id == decode(topic, value).id


@row(55)
def _the_same_said_under_another_id_needs_nobody() -> None:
    (found,) = incomes([as_assessment(*tax("one")), as_assessment(*tax("two"))])
    assert found.needs_person == ()
    (found,) = incomes([as_assessment(*tax("one")), as_assessment(*tax("two", yen=1))])
    assert found.needs_person == ("version_used_twice",)
    first, again = (change(i, HUSBAND, "move_in", "2025-04-01", version=1, moved_in_from="架空県") for i in "12")
    assert doubts(first, again) == ()
    assert says_the_same(as_change(*first), as_change(*again))
    other = change("3", HUSBAND, "move_in", "2025-04-02", version=1, moved_in_from="架空県")
    assert "version_used_twice" in doubts(first, other)


@row(56)
def _a_gap_in_the_sequence_keeps_nobody_waiting() -> None:
    eight = change("8", HUSBAND, "move_in", "2025-04-01", version=8, moved_in_from="架空県")
    ten = change("10", HUSBAND, "move_within", "2025-06-01", version=10)
    assert doubts(eight, ten) == ()


@row(57)
def _a_sequence_that_starts_again_needs_a_person() -> None:
    before = change("1", HUSBAND, "move_in", "2025-04-01", version=1, moved_in_from="架空県")
    after = change("other 1", HUSBAND, "move_within", "2025-06-01", version=1)
    assert doubts(before, after) == ("version_used_twice",)


@row(59)
def _a_broken_trace_is_dropped_and_the_event_taken() -> None:
    good = f"00-{'1' * 32}-{'2' * 16}-01"
    assert context_of([("traceparent", good.encode())], None) is not None
    for broken in (b"x", b"\xff" * 55, b"1" * 10_000, f"00-{'0' * 32}-{'2' * 16}-01".encode()):
        assert context_of([("traceparent", broken), ("baggage", b"n=123456789018" * 1000)], None) is None
    headers = (("traceparent", b"x"), ("baggage", b"1" * 10_000))
    assert disposition(Record(*good_place(), *good_record(), headers)) == ("applied", None)


@row(61)
def _headers_of_any_number_and_shape_change_nothing() -> None:
    headers: Any = [("x", None), ("x", b"\xff"), ("x", b"1")] * 400
    assert disposition(Record(*good_place(), *good_record(), headers)) == ("applied", None)


@row(62)
def _a_key_of_100_kilobytes_is_set_aside() -> None:
    _, value = good_record()
    assert disposition(Record(*good_place(), b"1" * 100_000, value)) == ("set_aside", "key")


@row(66)
def _an_event_of_another_municipality_is_set_aside() -> None:
    topic, value = with_value("municipality", "131032")
    assert disposition(Record(topic, 0, 0, b"1", value)) == ("set_aside", "municipality")


@row(71)
def _one_bad_record_leaves_the_others_alone() -> None:
    records = [Record(*good_place(), *good_record()) for _ in range(9)]
    records.insert(4, Record(*good_place(), b"1", b"{"))
    found = [disposition(record)[0] for record in records]
    assert found.count("applied") == 9
    assert found.count("set_aside") == 1


@row(72)
def _an_event_400_days_late_finds_its_place() -> None:
    early = as_change(*change("1", HUSBAND, "move_in", "2025-04-01", version=1, moved_in_from="架空県"))
    late = as_change(*change("2", HUSBAND, "move_within", "2025-05-01", version=2, recorded="2026-06-05"))
    now = as_change(*change("3", HUSBAND, "move_within", "2026-01-01", version=3))
    assert residence([early, now, late]) == residence([late, early, now])
    assert len([s for s in residence([early, now, late]).spans if s.known_to is None]) == 3


@row(60)
def _the_brokers_timestamp_is_read_by_nobody() -> None:
    assert Record._fields == ("topic", "partition", "offset", "key", "value", "headers")


@row(64)
def _a_key_in_another_partition_is_an_alarm_and_the_order_is_the_sources() -> None:
    """Order by version, whatever partition a record came from, is what the shuffled towns show."""
    key = str(HUSBAND).encode()
    alarm = telemetry.FOREIGN_PARTITION.labels("resident-changes")
    before = alarm._value.get()
    home = partition_of(key, 24)
    for partition in (home, (home + 1) % 24):
        consumer._notice_foreign([Record("resident-changes", partition, 0, key, GOOD_BYTES)])
    assert alarm._value.get() == before + 1


@row(70)
def _a_correction_of_what_lies_more_than_two_years_back_needs_a_person() -> None:
    """Premiums lapse after two years (国民年金法102条4項)."""
    first = change("1", HUSBAND, "move_in", "2023-05-10", version=1, recorded="2023-05-10", moved_in_from="架空県")
    for recorded_on, expected in (("2025-05-10", ()), ("2025-05-11", ("corrected_after_two_years",))):
        corrected = change(
            "2",
            HUSBAND,
            "move_in",
            "2023-06-10",
            version=2,
            recorded=recorded_on,
            supersedes="1",
            moved_in_from="架空県",
        )
        assert doubts(first, corrected) == expected


@row(73)
def _an_annulment_of_what_never_came_needs_a_person() -> None:
    orphan = annulment("2", HUSBAND, "never seen", version=2, recorded="2025-05-01")
    assert doubts(orphan) == ("supersedes_unknown_change",)


@row(74)
def _months_of_category_3_get_no_pre_check() -> None:
    assert pre_check("householder", category=3) == []


@row(76)
def _an_age_is_attained_on_the_day_before_the_birthday() -> None:
    assert str(attained_on(day("2004-02-29"), 20)) == "2024-02-28"
    assert str(attained_on(day("2004-02-29"), 21)) == "2025-02-28"
    assert str(attained_on(day("2005-01-01"), 20)) == "2024-12-31"
    assert str(attained_on(day("2005-04-01"), 20)) == "2025-03-31"


def good_place() -> tuple[str, int, int]:
    return "resident-changes", 0, 0


def good_record() -> tuple[bytes, bytes]:
    return str(HUSBAND).encode(), GOOD_BYTES


def test_minus_zero_is_zero() -> None:
    """Row 13: −0 is the integer 0."""
    assert decode(*yen("-0")).data.record.total_income_yen == 0
