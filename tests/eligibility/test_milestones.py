"""Who reaches which age: the work lists of the office, the day before, the day, the day after."""

from dataclasses import replace

from eligibility.determine import determine
from eligibility.facts import Person, Stay
from eligibility.milestones import milestones
from eligibility.parameter_files import parameters

from tests.eligibility.test_premium_months import decided
from tests.eligibility.test_situations import lives
from tests.events import HUSBAND, day

HERE = (lives("2015-04-01", "householder"),)


def reached(who: Person) -> list[tuple[str, str]]:
    found = determine(who, {}, day("2026-11-25"), parameters())
    return [(one.what, str(one.on)) for one in milestones(who, found, parameters())]


def test_20_is_attained_on_the_day_before_the_birthday() -> None:
    assert reached(Person(HUSBAND, birth_date=day("2006-04-01"), spans=HERE)) == [
        ("age20", "2026-03-31"), ("age60", "2066-03-31"),
    ]  # fmt: skip


def test_who_lives_elsewhere_on_that_day_is_not_on_the_list() -> None:
    away = lives("2025-04-01", "householder").model_copy(
        update={"residency": "overseas", "reason": "move_out_overseas"}
    )
    before = HERE[0].model_copy(update={"valid_to": day("2025-04-01")})
    assert reached(Person(HUSBAND, birth_date=day("2006-04-01"), spans=(before, away))) == []


def test_60_concerns_categories_1_and_3_only() -> None:
    member = Person(HUSBAND, birth_date=day("1966-12-05"), spans=HERE)
    for category, on_the_list in ((1, True), (2, False), (3, True)):
        who = replace(member, stays=(Stay(category, day("1990-01-01"), None, "n"),))  # type: ignore[arg-type]
        assert (("age60", "2026-12-04") in reached(who)) is on_the_list


def test_voluntary_memberships_end_at_65_and_70() -> None:
    for membership, born, what, on in (
        ("voluntary_60_64", "1964-05-10", "voluntary_ends", "2029-05-09"),
        ("special_voluntary", "1960-05-10", "special_voluntary_ends", "2030-05-09"),
    ):
        who = Person(HUSBAND, birth_date=day(born), spans=HERE, stays=(Stay(membership, day("2026-01-10"), None, "n"),))  # type: ignore[arg-type]
        assert (what, on) in reached(who)


def test_the_age_limit_of_deferral_matters_to_those_deferred() -> None:
    who = Person(HUSBAND, birth_date=day("1976-12-20"), spans=HERE, stays=(Stay(1, day("1996-12-19"), None, "n"),),
                 decisions=(decided("deferral", "2026-07", "2026-11"),))  # fmt: skip
    assert ("deferral_age", "2026-12-19") in reached(who)
    full = replace(who, decisions=(decided("full", "2026-07", "2027-06"),))
    assert "deferral_age" not in {what for what, _ in reached(full)}


def test_nothing_is_said_of_a_person_whose_birth_is_unknown() -> None:
    assert reached(Person(HUSBAND)) == []
