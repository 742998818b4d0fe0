"""Hints from the register alone: who is asked, who is told of, and when nothing needs to be said."""

from dataclasses import replace

import pytest
from contracts.events.forms import DeathLumpSumClaim, MaternityFiling, SurvivorsClaim
from contracts.events.registry import PensionNote, ResidentSpan
from eligibility.determine import determine
from eligibility.facts import Person, Stay
from eligibility.parameter_files import parameters

from tests.eligibility.test_situations import lives
from tests.events import DAUGHTER, FATHER, HUSBAND, WIFE, day, filed


def arrived(on: str, reason: str = "move_in", note: PensionNote | None = None) -> ResidentSpan:
    return lives(on, "householder").model_copy(update={"reason": reason, "note": note})


def hints(who: Person, *others: Person, on: str = "2026-11-25") -> set[tuple[str, int, str]]:
    found = determine(who, {one.addressee: one for one in (who, *others)}, day(on), parameters())
    return {(one.hint, one.person, str(one.on)) for one in found.hints}


MOVER = Person(HUSBAND, birth_date=day("1990-05-10"), spans=(arrived("2026-11-02"),))


def test_who_moves_in_without_a_word_of_a_status_is_asked() -> None:
    assert hints(MOVER) == {("status_check_due", HUSBAND, "2026-11-02")}
    assert hints(MOVER, on="2026-11-01") == set()


@pytest.mark.parametrize(
    "known",
    [
        {"stays": (Stay(2, day("2015-04-01"), None, "n"),)},
        {"spans": (arrived("2026-11-02", note=PensionNote(insured=True, category=1)),)},
        {"birth_date": day("2006-11-04")},  # 20 on the day after
        {"birth_date": day("1966-11-03")},  # 60 that day
        {"birth_date": None},
    ],
)
def test_nobody_is_asked_whose_status_is_known_or_who_has_none(known: dict[str, object]) -> None:
    assert "status_check_due" not in {hint for hint, _, _ in hints(replace(MOVER, **known))}  # type: ignore[arg-type]


def test_a_member_struck_off_the_register_is_told_of() -> None:
    here = lives("2015-04-01", "householder").model_copy(update={"valid_to": day("2026-10-01")})
    gone = lives("2026-10-01", "householder").model_copy(
        update={"residency": "removed", "reason": "ex_officio_removal"}
    )
    member = Person(HUSBAND, birth_date=day("1990-05-10"), spans=(here, gone),
                    stays=(Stay(1, day("2015-04-01"), None, "n"),))  # fmt: skip
    assert hints(member) == {("absent_member", HUSBAND, "2026-10-01")}
    assert hints(replace(member, stays=(Stay(2, day("2015-04-01"), None, "n"),))) == set()


def died(relation: str = "householder", born: str = "1969-02-10") -> Person:
    home = lives("1996-11-22", relation)
    spans = (
        home.model_copy(update={"valid_to": day("2026-10-14")}),
        home.model_copy(update={"valid_from": day("2026-10-14"), "residency": "deceased", "reason": "death",
                                "filed_on": day("2026-10-16")}),
    )  # fmt: skip
    return Person(
        HUSBAND, birth_date=day(born), sex="male", spans=spans, stays=(Stay(1, day("1989-02-09"), None, "n"),)
    )


class TestAfterADeath:
    CHILD = Person(DAUGHTER, birth_date=day("2008-04-02"), spans=(lives("2008-04-02", "child"),))
    FATHER = Person(FATHER, birth_date=day("1940-01-01"), spans=(lives("1996-11-22", "parent"),))
    WIFE = Person(WIFE, birth_date=day("1970-03-03"), sex="female", spans=(lives("1996-11-22", "spouse"),))

    def test_a_child_alone_may_claim_the_survivors_pension(self) -> None:
        assert hints(died(), self.CHILD) == {("survivors_pension_possible", DAUGHTER, "2026-10-14")}

    def test_a_child_counts_until_the_fiscal_year_of_its_18th_birthday_ends(self) -> None:
        older = replace(self.CHILD, birth_date=day("2008-04-01"))  # 18 attained on 31 March 2026
        assert hints(died(), older) == {("death_lump_sum_possible", DAUGHTER, "2026-10-14")}

    def test_without_spouse_and_child_it_is_the_lump_sum(self) -> None:
        assert hints(died(), self.FATHER) == {("death_lump_sum_possible", FATHER, "2026-10-14")}

    def test_from_60_on_a_pension_may_be_unpaid(self) -> None:
        assert ("unpaid_pension_possible", FATHER, "2026-10-14") in hints(died(born="1966-10-14"), self.FATHER)
        assert "unpaid_pension_possible" not in {hint for hint, _, _ in hints(died(born="1966-10-16"), self.FATHER)}

    def test_what_was_claimed_is_hinted_at_no_more(self) -> None:
        claim = DeathLumpSumClaim(kind="death_lump_sum_claim", deceased=HUSBAND, died_on=day("2026-10-14"),
                                  relation="spouse")  # fmt: skip
        claimed = replace(self.WIFE, filings=(filed("C1", "2026-11-01", claim),))
        assert hints(died(), claimed) == {("widows_pension_possible", WIFE, "2026-10-14")}
        other = SurvivorsClaim(
            kind="survivors_claim", died_on=day("2026-10-14"), deceased_as="category1", relation="spouse"
        )
        assert len(hints(died(), replace(self.WIFE, filings=(filed("C1", "2026-11-01", other),)))) == 2

    def test_at_65_she_is_no_widow_of_the_act(self) -> None:
        older = replace(self.WIFE, birth_date=day("1961-10-15"))  # 65 attained on the day he died
        assert hints(died(), older) == {("death_lump_sum_possible", WIFE, "2026-10-14")}

    def test_nothing_is_said_of_somebody_who_was_never_category_1(self) -> None:
        employed = replace(died(), stays=(Stay(2, day("1989-02-09"), None, "n"),))
        assert hints(employed, self.WIFE) == set()


class TestAfterABirth:
    CHILD = Person(DAUGHTER, birth_date=day("2026-10-20"),
                   spans=(lives("2026-10-20", "child").model_copy(update={"reason": "birth"}),))  # fmt: skip

    def mother(self) -> Person:
        return Person(WIFE, birth_date=day("1994-01-20"), sex="female", spans=(lives("2018-01-01", "householder"),),
                      stays=(Stay(1, day("2014-01-19"), None, "n"),))  # fmt: skip

    def test_a_mother_who_filed_nothing_is_told_of_both(self) -> None:
        assert hints(self.CHILD, self.mother()) == {
            ("maternity_possible", WIFE, "2026-10-20"), ("childcare_possible", WIFE, "2026-10-20"),
        }  # fmt: skip

    def test_once_maternity_is_filed_childcare_follows_by_itself(self) -> None:
        after = MaternityFiling(kind="maternity", born_on=day("2026-10-20"))
        mother = replace(self.mother(), filings=(filed("M1", "2026-11-02", after),))
        assert hints(self.CHILD, mother) == {("childcare_by_pension_service", WIFE, "2026-10-20")}
