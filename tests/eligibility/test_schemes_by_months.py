"""Schemes that free whole months or pay by months: the day before, the day, the day after; the yen below and above."""

from datetime import date
from fractions import Fraction

import pytest
from contracts.vocabulary import Month
from eligibility.parameter_files import load_parameters
from eligibility.rules.additional_premium import Member, MonthStatus, allowed, months_covered
from eligibility.rules.cancellation import first_month_cancelled
from eligibility.rules.childcare import childcare_months
from eligibility.rules.continued_review import reviewed_schemes
from eligibility.rules.death_lump_sum import LumpSum, death_lump_sum
from eligibility.rules.hardship import hardship_months, lost_on
from eligibility.rules.maternity import Months, maternity_months
from eligibility.rules.parameters import NotHeldError, Parameters
from eligibility.rules.premium import PartialScheme, monthly_premium, remainder
from eligibility.rules.reach import reach
from eligibility.rules.statutory_exemption import statutory_exemption_months
from hypothesis import given, settings
from hypothesis import strategies as st

PARAMETERS = load_parameters()
days = st.dates(date(2019, 1, 1), date(2034, 12, 31))


def shown(found: Months | None) -> tuple[str, str, int] | None:
    return None if found is None else (str(found.first), str(found.last), found.count)


@pytest.mark.parametrize(
    ("month", "yen"),
    [
        ("2022-04", 16_590), ("2023-03", 16_590), ("2023-04", 16_520), ("2024-03", 16_520), ("2024-04", 16_980),
        ("2025-03", 16_980), ("2025-04", 17_510), ("2026-03", 17_510), ("2026-04", 17_920), ("2027-03", 17_920),
        ("2027-04", 18_290),
    ],
)  # fmt: skip
def test_the_premium_of_a_fiscal_year(month: str, yen: int, parameters: Parameters) -> None:
    assert monthly_premium(Month.parse(month), parameters) == yen


def test_a_premium_whose_rate_we_do_not_hold_is_not_guessed(parameters: Parameters) -> None:
    with pytest.raises(NotHeldError, match="2022-03"):
        monthly_premium(Month(2022, 3), parameters)


@pytest.mark.parametrize(
    ("full", "quarter", "half", "three_quarter"),
    [
        (16_590, 12_440, 8_300, 4_150), (16_520, 12_390, 8_260, 4_130), (16_980, 12_740, 8_490, 4_250),
        (17_510, 13_130, 8_760, 4_380), (17_920, 13_440, 8_960, 4_480), (18_290, 13_720, 9_150, 4_570),
    ],
)  # fmt: skip
def test_what_stays_to_be_paid_is_rounded_half_upward(
    full: int, quarter: int, half: int, three_quarter: int, parameters: Parameters
) -> None:
    expected: dict[PartialScheme, int] = {"quarter": quarter, "half": half, "three_quarter": three_quarter}
    assert {scheme: remainder(full, scheme, parameters) for scheme in expected} == expected


@pytest.mark.parametrize(
    ("expected", "actual", "filed", "multiple", "months"),
    [
        ("2027-01-31", None, "2026-11-01", False, ("2026-12", "2027-03", 4)),
        ("2027-02-01", None, "2026-11-01", False, ("2027-01", "2027-04", 4)),
        ("2027-02-01", None, "2026-11-01", True, ("2026-11", "2027-04", 6)),
        ("2026-10-31", "2026-11-01", "2026-10-31", False, ("2026-09", "2026-12", 4)),  # filed the day before the birth
        ("2026-10-31", "2026-11-01", "2026-11-01", False, ("2026-10", "2027-01", 4)),
        ("2026-10-31", "2026-11-01", "2026-11-02", False, ("2026-10", "2027-01", 4)),
        ("2019-01-31", "2019-01-31", "2019-04-01", False, None),  # all before the law
        ("2019-02-01", "2019-02-01", "2019-04-01", False, ("2019-04", "2019-04", 1)),
        ("2019-05-31", "2019-05-31", "2019-06-01", False, ("2019-04", "2019-07", 4)),
        ("2019-05-31", "2019-05-31", "2019-06-01", True, ("2019-04", "2019-07", 4)),
    ],
)
def test_maternity(
    expected: str,
    actual: str | None,
    filed: str,
    multiple: bool,
    months: tuple[str, str, int] | None,
    parameters: Parameters,
) -> None:
    born = date.fromisoformat(actual) if actual else None
    found = maternity_months(date.fromisoformat(expected), born, date.fromisoformat(filed), multiple, parameters)
    assert shown(found) == months


@pytest.mark.parametrize(
    ("birth", "care_from", "months"),
    [
        ("2025-10-31", "2025-10-31", None),  # first birthday in the month the law begins
        ("2025-11-01", "2025-11-01", ("2026-10", "2026-10", 1)),
        ("2026-09-30", "2026-09-30", ("2026-10", "2027-08", 11)),
        ("2026-10-01", "2026-10-01", ("2026-10", "2027-09", 12)),
        ("2028-02-29", "2028-02-29", ("2028-02", "2029-01", 12)),
        ("2027-01-15", "2027-12-31", ("2027-12", "2027-12", 1)),  # adopted in the last month
        ("2027-01-15", "2028-01-01", None),
    ],
)
def test_childcare_without_maternity_months(
    birth: str, care_from: str, months: tuple[str, str, int] | None, parameters: Parameters
) -> None:
    found = childcare_months(date.fromisoformat(birth), date.fromisoformat(care_from), None, parameters)
    assert shown(found) == months


@pytest.mark.parametrize(
    ("birth", "months"),
    [
        ("2025-10-31", ("2026-10", "2026-09", 0)),
        ("2025-11-30", ("2026-10", "2026-10", 1)),
        ("2026-06-30", ("2026-10", "2027-05", 8)),
        ("2026-07-01", ("2026-10", "2027-06", 9)),
        ("2026-10-20", ("2027-01", "2027-09", 9)),
    ],
)
def test_a_mother_has_nine_months_after_her_maternity_months(
    birth: str, months: tuple[str, str, int], parameters: Parameters
) -> None:
    born = date.fromisoformat(birth)
    maternity = maternity_months(born, born, born, False, parameters)
    found = childcare_months(born, born, maternity, parameters)
    assert shown(found) == (months if months[2] else None)


@settings(max_examples=300)
@given(days, st.booleans())
def test_maternity_and_childcare_months_never_meet(born: date, multiple: bool) -> None:
    maternity = maternity_months(born, born, born, multiple, PARAMETERS)
    childcare = childcare_months(born, born, maternity, PARAMETERS)
    if maternity is not None and childcare is not None:
        assert maternity.last < childcare.first
        assert childcare.count <= 9


@pytest.mark.parametrize(
    ("arose", "ceased", "expected"),
    [
        ("2026-04-01", "2026-04-01", ("2026-03", "2026-04")),
        ("2026-03-31", "2026-05-01", ("2026-02", "2026-05")),
        ("2026-03-31", "2026-04-30", ("2026-02", "2026-04")),
        ("2026-09-15", None, ("2026-08", "None")),
    ],
)
def test_legal_exemption(arose: str, ceased: str | None, expected: tuple[str, str]) -> None:
    end = date.fromisoformat(ceased) if ceased else None
    first, last = statutory_exemption_months(date.fromisoformat(arose), end)
    assert (str(first), str(last)) == expected


def test_a_ground_that_ceases_before_it_arises_is_refused() -> None:
    with pytest.raises(ValueError, match="not before it arises"):
        statutory_exemption_months(date(2026, 4, 2), date(2026, 4, 1))


@pytest.mark.parametrize(
    ("left", "full", "student"),
    [
        ("2025-12-30", ("2025-11", "2027-06"), ("2025-11", "2027-03")),  # lost on New Year's Eve
        ("2025-12-31", ("2025-12", "2028-06"), ("2025-12", "2028-03")),  # lost on New Year's Day
        ("2026-03-30", ("2026-02", "2028-06"), ("2026-02", "2028-03")),
        ("2026-03-31", ("2026-03", "2028-06"), ("2026-03", "2028-03")),
    ],
)
def test_work_is_lost_on_the_day_after_leaving(left: str, full: tuple[str, str], student: tuple[str, str]) -> None:
    day = lost_on(date.fromisoformat(left))
    assert tuple(map(str, hardship_months(day, "full"))) == full
    assert tuple(map(str, hardship_months(day, "student"))) == student


@pytest.mark.parametrize(
    ("applied", "withdrawn", "fund", "expected"),
    [
        ("2026-11-30", None, None, ("2026-11", "None")),
        ("2026-11-01", "2027-02-28", None, ("2026-11", "2026-12")),
        ("2026-11-01", "2027-01-01", None, ("2026-11", "2026-11")),
        ("2026-11-01", "2026-12-31", None, None),
        ("2026-11-01", "2027-03-31", "2027-02-01", ("2026-11", "2026-12")),  # the earlier end counts
        ("2026-11-01", "2027-01-31", "2027-02-01", ("2026-11", "2026-11")),
    ],
)
def test_additional_premium_from_the_application_to_two_months_before_the_end(
    applied: str, withdrawn: str | None, fund: str | None, expected: tuple[str, str] | None
) -> None:
    ends = [date.fromisoformat(day) if day else None for day in (withdrawn, fund)]
    found = months_covered(date.fromisoformat(applied), ends[0], ends[1])
    assert (None if found is None else tuple(map(str, found))) == expected


STATUSES: dict[MonthStatus, bool] = {
    "paid": True, "maternity": True, "unpaid": False, "childcare": False, "legal_exempt": False, "full_exempt": False,
    "partial_exempt": False, "student": False, "deferral": False, "catch_up_paid": False,
}  # fmt: skip


@pytest.mark.parametrize(("status", "payable"), STATUSES.items())
@pytest.mark.parametrize(("member", "may"), [("class1", True), ("voluntary", True), ("special_voluntary", False)])
@pytest.mark.parametrize("fund_member", [False, True])
def test_who_may_pay_the_additional_premium(
    member: Member, may: bool, status: MonthStatus, payable: bool, fund_member: bool
) -> None:
    assert allowed(member, status, fund_member) is (may and payable and not fund_member)


@pytest.mark.parametrize(
    ("paid", "yen"),
    [
        (35, 0), (36, 120_000), (179, 120_000), (180, 145_000), (239, 145_000), (240, 170_000), (299, 170_000),
        (300, 220_000), (359, 220_000), (360, 270_000), (419, 270_000), (420, 320_000), (480, 320_000),
    ],
)  # fmt: skip
def test_the_lump_sum_by_paid_months(paid: int, yen: int, parameters: Parameters) -> None:
    assert lump_sum(parameters, paid).yen == yen


@pytest.mark.parametrize(("additional", "more"), [(35, 0), (36, 8_500), (37, 8_500)])
def test_three_years_of_additional_premium_make_it_more(additional: int, more: int, parameters: Parameters) -> None:
    assert lump_sum(parameters, 36, additional=additional).yen == 120_000 + more
    assert lump_sum(parameters, 35, additional=additional).yen == 0


def test_partly_paid_months_weigh_what_was_paid_of_them(parameters: Parameters) -> None:
    found = lump_sum(parameters, 35, quarter=1)
    assert (found.months, found.yen) == (Fraction(143, 4), 0)
    found = lump_sum(parameters, 33, quarter=2, half=1, three_quarter=4)
    assert (found.months, found.yen) == (36, 120_000)


@pytest.mark.parametrize("bar", ["drew_basic_pension", "survivors_pension_payable"])
def test_nothing_is_due_beside_a_basic_pension(bar: str, parameters: Parameters) -> None:
    assert lump_sum(parameters, 420, **{bar: True}).yen == 0


def lump_sum(
    parameters: Parameters,
    paid: int,
    *,
    quarter: int = 0,
    half: int = 0,
    three_quarter: int = 0,
    additional: int = 0,
    drew_basic_pension: bool = False,
    survivors_pension_payable: bool = False,
) -> LumpSum:
    partly: dict[PartialScheme, int] = {"quarter": quarter, "half": half, "three_quarter": three_quarter}
    return death_lump_sum(
        paid,
        partly,
        additional,
        drew_basic_pension=drew_basic_pension,
        survivors_pension_payable=survivors_pension_payable,
        parameters=parameters,
    )


@pytest.mark.parametrize(
    ("scheme", "ground", "inside", "expected"),
    [
        ("full", "income", True, ("full",)),
        ("full", "flat_line", True, ("full",)),
        ("full", "public_assistance", True, ()),
        ("full", "special", True, ()),
        ("full", "income", False, ()),
        ("deferral", "income", True, ("full", "deferral")),
        ("deferral", "flat_line", True, ("full", "deferral")),
        ("deferral", "special", True, ()),
        ("deferral", "income", False, ()),
        ("partial", "income", True, ()),
        ("student", "income", True, ()),
    ],
)
def test_who_is_reviewed_again_in_july(scheme: str, ground: str, inside: bool, expected: tuple[str, ...]) -> None:
    assert reviewed_schemes(scheme, ground, inside) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("applied", "first"), [("2026-01-01", "2025-12"), ("2026-01-31", "2025-12"), ("2026-02-01", "2026-01")]
)
def test_an_exemption_ends_from_the_month_before_the_application(applied: str, first: str) -> None:
    assert str(first_month_cancelled(date.fromisoformat(applied))) == first


@pytest.mark.parametrize(
    ("applied", "earliest", "latest", "forms"),
    [
        ("2026-06-30", "2024-05", "2026-06", 3),
        ("2026-07-01", "2024-06", "2027-06", 4),
        ("2026-07-31", "2024-06", "2027-06", 4),
        ("2026-08-01", "2024-07", "2027-06", 3),
    ],
)
def test_how_far_an_application_reaches(
    applied: str, earliest: str, latest: str, forms: int, parameters: Parameters
) -> None:
    found = reach("full", date.fromisoformat(applied), parameters)
    assert (str(found.earliest), str(found.latest), found.forms) == (earliest, latest, forms)


@pytest.mark.parametrize(
    ("applied", "earliest", "latest", "forms"),
    [
        ("2026-03-31", "2024-02", "2026-03", 3),
        ("2026-04-01", "2024-03", "2027-03", 4),
        ("2026-05-01", "2024-04", "2027-03", 3),
    ],
)
def test_how_far_a_students_application_reaches(
    applied: str, earliest: str, latest: str, forms: int, parameters: Parameters
) -> None:
    found = reach("student", date.fromisoformat(applied), parameters)
    assert (str(found.earliest), str(found.latest), found.forms) == (earliest, latest, forms)
