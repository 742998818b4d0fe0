"""The decision note: what a clerk reads, whole, in both languages; and no code without words.

The notes stand as files in `notes/`. When one differs, read the difference as a clerk would. If it reads better, write it anew with
`.venv/bin/python -m tests.eligibility.test_note`.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from contracts.events.forms import ExemptionApplication, ExemptionCancellation, PayDespiteExemption
from contracts.vocabulary import Month
from eligibility.facts import Fact, Person, Stay
from eligibility.note import DEADLINE_ARTICLES, Language, note, text
from eligibility.parameter_files import parameters
from eligibility.premium_due import Due, due
from eligibility.reception import WITHIN_14_DAYS
from hypothesis import given
from hypothesis import strategies as st

from tests.eligibility import test_always
from tests.eligibility import test_situations as situations
from tests.eligibility.test_always import MONTHS, facts_of_a_life
from tests.events import WIFE, day, event_id, filed

NOTES = Path(__file__).parent / "notes"
BIRTH, AID = situations.TestPregnancyBirthAndChildcare(), situations.TestLivelihoodAidDuringAHalfExemption()
LANGUAGES: tuple[Language, ...] = get_args(Language)


def real(who: Person) -> Person:
    """The same person with event ids in place of the short names that the situations give to facts."""
    number = str(who.addressee)
    return replace(
        who,
        spans=tuple(span.model_copy(update={"fact": event_id(number + span.fact)}) for span in who.spans),
        stays=tuple(replace(stay, fact=event_id(number + stay.fact)) for stay in who.stays),
        grants=tuple(replace(grant, fact=event_id(number + grant.fact)) for grant in who.grants),
        incomes={year: replace(income, fact=event_id(f"{number}{year}")) for year, income in who.incomes.items()},
        filings=tuple(
            replace(filing, facts=(event_id(filing.number + "entry"), event_id(filing.number + "check")))
            for filing in who.filings
        ),
        decided_by={one.decision: event_id(one.decision) for one in who.decisions},
    )


def read(who: Person, on: str, language: Language, *others: Person, month: Month | None = None) -> str:
    return text(note(who, situations.seen(who, on, *others), day(on), parameters(), language, month))


def real_09_mother(language: Language) -> str:
    return read(real(BIRTH.mother(notified=True)), "2026-10-20", language, BIRTH.child())


def real_10(language: Language) -> str:
    return read(real(AID.her(AID.starts("2026-10-28"))), "2026-10-28", language)


STORIES: dict[str, Callable[[Language], str]] = {"real-09-mother": real_09_mother, "real-10": real_10}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("story", STORIES)
def test_the_note_reads_as_it_stands_in_its_file(story: str, language: Language) -> None:
    assert STORIES[story](language) == (NOTES / f"{story}.{language}.txt").read_text("utf-8")


if __name__ == "__main__":
    for story, told in STORIES.items():
        for language in LANGUAGES:
            (NOTES / f"{story}.{language}.txt").write_text(told(language), "utf-8")


# ---- what stands in a note ------------------------------------------------------------------------------------------


def test_it_says_first_that_it_is_no_decision_and_whose_it_is() -> None:
    assert real_10("ja").startswith("参考判定（裁定ではありません）　宛名番号10000002\n")
    assert real_10("en").startswith("Pre-check, not a decision: addressee number 10000002\n")
    found = situations.seen(AID.her(), "2026-10-28")
    for language, reading in (("ja", "令和8年10月5日までに記録された事実による"), ("en", "as recorded by 2026-10-05")):
        title = note(AID.her(), found, day("2026-10-28"), parameters(), language, reading=reading)[0].heading  # type: ignore[arg-type]
        assert title.endswith(reading)


def test_nothing_known_is_said_as_well() -> None:
    nobody = Person(WIFE)
    assert "生年月日は不明" in read(nobody, "2026-10-28", "ja")
    assert "No insured status is known or expected." in read(nobody, "2026-10-28", "en")


def test_an_expectation_is_told_from_a_confirmation_and_a_late_filing_in_days() -> None:
    student = situations.TestStudentBornOnThe1stOfApril()
    expected = read(student.student(notified=False), "2026-03-31", "ja", student.father())
    assert "確認：見込み。届出も日本年金機構の通知も、まだありません。" in expected
    assert "国民年金法8条1号（値は昭和35年10月から適用）" in expected
    late = read(AID.her(AID.starts("2026-12-07")), "2026-12-07", "ja")
    assert "期限：令和8年11月4日。33日遅れです。遅れても受け付けます。国民年金法施行規則75条" in late
    assert "Due by: 4 November 2026. 33 days late." in read(AID.her(AID.starts("2026-12-07")), "2026-12-07", "en")


def test_each_scheme_is_given_with_who_does_not_meet_it_and_by_how_many_yen() -> None:
    separated = situations.TestHouseholdSeparatedOnPaper()
    found = read(separated.DAUGHTER, "2026-10-05", "ja", separated.FATHER, month=Month(2026, 7))
    assert (
        "    令和8年7月から令和8年8月まで　納付猶予の要件を満たします。\n      全額免除：世帯主が要件を満たしません。\n"
        in found
    )
    assert "世帯主（令和7年中の所得）：所得が基準額を超えています。国民年金法90条1項1号" in found
    assert re.search(
        r"受付番号D2026　全額免除：要件を満たしません。世帯主の所得が基準額を[0-9,]+円超えています。", found
    )
    assert "令和8年9月から" not in found  # of the application only the line of the month asked for


def test_what_is_missing_is_named_with_what_to_do() -> None:
    mover = situations.TestMovedInOn2January()
    who = mover.mover("2026-01-02", {2024: mover.ELSEWHERE, 2025: mover.ELSEWHERE})
    assert "不足：本人の令和7年中の所得。他の市区町村で課税されています。" in read(who, "2026-07-06", "ja")
    assert "Missing: income of 2025 of the applicant. Another municipality assessed it." in read(
        who, "2026-07-06", "en"
    )


def test_the_register_entries_that_make_a_household_are_among_the_sources() -> None:
    separated = situations.TestHouseholdSeparatedOnPaper()
    moved = replace(
        separated.DAUGHTER,
        spans=tuple(span.model_copy(update={"fact": f"r{n}"}) for n, span in enumerate(separated.DAUGHTER.spans)),
    )
    daughter, father = real(moved), real(separated.FATHER)
    found = read(daughter, "2026-10-05", "ja", father)
    both, alone = re.findall(r"世帯：各月の末日の住民記録によります。(.+)", found)[-2:]
    assert (both.count("［"), alone.count("［")) == (2, 1)  # until August hers and his, since then a new one of hers
    assert f"住民記録：世帯主　イベントID {father.spans[0].fact}" in found
    assert f"住民記録：その他の異動（平成27年4月1日）　イベントID {daughter.spans[0].fact}" in found
    assert f"{alone}住民記録：その他の異動（令和8年9月1日）　イベントID {daughter.spans[1].fact}" in found


def test_a_code_of_a_newer_release_is_shown_as_it_is() -> None:
    assert "brand_new_doubt" in read(replace(AID.her(), needs_person=("brand_new_doubt",)), "2026-10-28", "ja")


@given(facts_of_a_life(), st.none() | MONTHS, st.sampled_from(LANGUAGES))
def test_any_life_can_be_told_without_a_code(facts: list[Fact], month: Month | None, language: Language) -> None:
    who = test_always.known(facts)
    found = text(note(who, test_always.found(facts), test_always.LAST, parameters(), language, month))
    assert re.findall(r"[a-z]+_[a-z_]+|\bNone\b(?! of)", found) == []


def test_a_hint_names_its_due_day_and_whom_to_tell() -> None:
    death = situations.TestDeathAfterTheBatchWasSent()
    found = read(death.him("2026-10-14", "2026-10-22"), "2026-10-22", "ja", death.HER)
    assert "被保険者死亡届を案内してください。\n    期限：令和8年10月28日\n" in found
    assert (
        f"寡婦年金を請求できる場合があります。納付月数は日本年金機構に確かめてください。（宛名番号{WIFE}の人へ）"
        in found
    )


def test_why_a_filing_is_refused_is_said_in_words() -> None:
    found = read(BIRTH.father(BIRTH.childcare("F2", "2026-09-28")), "2026-09-28", "ja")
    assert "不受理［2］\n    理由：育児免除の届出は、令和8年10月1日から受け付けます。" in found


def test_every_deadline_has_its_article() -> None:
    assert set(DEADLINE_ARTICLES) == WITHIN_14_DAYS


def test_a_cancellation_says_which_filing_made_it() -> None:
    half = replace(BIRTH.father(), decisions=(situations.decided("half", "2026-07", "2027-06", "2026-08-20"),))
    cancelled = filed("X1", "2026-11-05", ExemptionCancellation(kind="exemption_cancellation"))
    found = read(replace(half, filings=(cancelled,)), "2026-11-05", "ja")
    assert (
        "取消し：決定は令和9年6月まででした。受付番号X1により、令和8年10月から取り消されます。国民年金法施行規則77条の8［"
        in found
    )
    student = situations.decided("student", "2026-04", "2027-03", "2026-05-20")
    applied = ExemptionApplication(kind="exemption", first_month=Month(2026, 7), last_month=Month(2027, 6))
    other = replace(half, decisions=(student,), filings=(filed("X2", "2026-11-05", applied),))
    assert "国民年金法施行規則77条の9［" in read(other, "2026-11-05", "ja")


# ---- the premium of a month -----------------------------------------------------------------------------------------


def of_month(who: Person, month: Month) -> Due:
    return due(situations.seen(who, "2026-12-31"), month, parameters())


FULL, HALF, ADDITIONAL = 17_920, 8_960, 400
PAYS = filed("P1", "2026-10-28", PayDespiteExemption(kind="pay_despite_exemption", first_month=Month(2026, 9)))


@pytest.mark.parametrize(
    ("who", "month", "state", "yen", "additional"),
    [
        (BIRTH.father(), Month(2026, 6), "due", FULL, 0),
        (BIRTH.father(), Month(2026, 7), "full", 0, 0),
        (BIRTH.mother(), Month(2026, 6), "due", FULL, ADDITIONAL),
        (BIRTH.mother(), Month(2026, 7), "maternity", 0, ADDITIONAL),
        (AID.her(), Month(2026, 8), "half", HALF, 0),
        (AID.her(AID.starts("2026-10-28")), Month(2026, 9), "statutory", 0, 0),
        (BIRTH.father(), Month(2021, 3), "due", None, 0),  # the rates of fiscal 2006 to 2021 are not held
        (BIRTH.father(), Month(2010, 1), "due", 0, 0),  # not insured yet
        (replace(BIRTH.father(), stays=(Stay(2, day("2012-05-04"), None, "n"),)), Month(2026, 8), "due", 0, 0),
    ],
)
def test_what_is_due_for_a_month(who: Person, month: Month, state: str, yen: int | None, additional: int) -> None:
    found = of_month(who, month)
    assert (found.state, found.yen, found.additional_yen) == (state, yen, additional)
    assert (found.since is not None) == bool(yen)


@pytest.mark.parametrize(
    ("who", "month", "said"),
    [
        (BIRTH.father(), Month(2026, 6), "納付を要する額：17,920円\n    理由：免除・猶予はありません。国民年金法87条3項（値は令和8年4月から適用）"),
        (BIRTH.father(), Month(2026, 8), "納付を要する額：0円\n    理由：全額免除。国民年金法90条1項"),
        (AID.her(), Month(2026, 8), "納付を要する額：8,960円\n    理由：半額免除。国民年金法87条3項、90条の2第6項（値は令和8年4月から適用）"),
        (BIRTH.mother(), Month(2026, 7), "付加保険料：400円\n    根拠条文：国民年金法87条の2第1項（値は平成17年4月から適用）"),
        (BIRTH.father(), Month(2021, 3), "納付を要する額：示せません。この年度の保険料改定率を登録していません。"),
        (BIRTH.father(), Month(2010, 1), "理由：被保険者ではない月です。"),
        (AID.her(AID.starts("2026-10-28"), PAYS), Month(2026, 9), "理由：法定免除の月ですが、納付の申出があります。国民年金法87条3項、89条2項"),
        (
            replace(BIRTH.father(), stays=(Stay(3, day("2012-05-04"), None, "n"),)), Month(2026, 6),
            "理由：第2号・第3号被保険者の月の保険料は徴収されません。国民年金法94条の6",
        ),
    ],
)  # fmt: skip
def test_the_month_is_explained(who: Person, month: Month, said: str) -> None:
    assert said in read(who, "2026-12-31", "ja", month=month)
