"""What comes to the counter that should not take effect?

Papers without evidence, with wrong dates, of people to whom the form is not open, or about something that is not there. They
are entered and checked as they came; what the ward makes of them is not the town's to say. Some are brought again, put right.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from contracts.events.filing import Evidence
from contracts.events.forms import (
    AcquisitionFiling,
    AdditionalPremiumStart,
    AdditionalPremiumStop,
    CategoryChangeFiling,
    ChildcareFiling,
    ExemptionApplication,
    ExemptionCancellation,
    FilingContent,
    LossFiling,
    MaternityFiling,
    NumberNoticeReissue,
    PayDespiteExemption,
    StatutoryExemptionStart,
    StudentEnd,
    VoluntaryWithdrawal,
)
from contracts.vocabulary import Month

from cli.town import children, premiums, status
from cli.town.desk import AGENT, SELF, Paper, anew, check, enter, give_back, receive
from cli.town.exemptions import cycle_start
from cli.town.people import Person, insured
from cli.town.rates import CHILDCARE_FROM
from cli.town.ward import Ward

_STATUTORY_AGENT = AGENT.model_copy(update={"filed_by": "statutory_agent", "authority": "family_register"})
_LONG_AGO = dt.timedelta(days=150)
"""What began so long ago was told to the ward."""


def mistake(ward: Ward) -> None:
    """The next kind of mistake."""
    ward.next_of("mistake", MISTAKES)(ward)


def _brought(
    ward: Ward,
    what: str,
    person: Person,
    content: FilingContent,
    received_on: dt.date | None = None,
    evidence: Evidence = SELF,
) -> Paper:
    """Received, entered and checked as it is, and never sent."""
    ward.happenings[f"mistaken filing: {what}"] += 1
    paper = receive(ward, person, content, received_on or ward.today, evidence)
    _enter_and_check(ward, paper)
    return paper


def _enter_and_check(ward: Ward, paper: Paper) -> None:
    enter(ward, paper)
    ward.later(ward.today + dt.timedelta(days=1), check, paper)


def _put_right(ward: Ward, what: str, before: Paper, after: Paper) -> None:
    """Every other paper with this mistake is given back and entered again as it should have been."""
    if ward.next_of(f"put right: {what}", (False, True)):
        ward.in_days(2, 6, give_back, before)
        anew(ward, after, ward.today + dt.timedelta(days=ward.rng.randint(10, 30)), None)


# ---- evidence and dates ----------------------------------------------------------------------------------------------


def _no_evidence(ward: Ward) -> None:
    person = ward.find(lambda one: premiums.may_pay_additional(ward, one), tries=2000)
    if person is not None:
        ward.happenings["mistaken filing: no evidence"] += 1
        content = AdditionalPremiumStart(kind="additional_start", basic_pension_number=person.basic_pension_number)
        right = receive(ward, person, content, ward.today, SELF)
        wrong = replace(right, evidence=None)
        _enter_and_check(ward, wrong)
        _put_right(ward, "evidence", wrong, right)


def _no_authority(ward: Ward) -> None:
    person = ward.find(lambda one: one.number_told and one.age_on(ward.today) >= 20, tries=2000)
    if person is not None:
        content = NumberNoticeReissue(
            kind="number_notice_reissue", reason="lost", basic_pension_number=person.basic_pension_number
        )
        right = ward.next_of("by what right", (AGENT, _STATUTORY_AGENT))
        # An agent brings nothing; a statutory agent a paper that proves something else.
        shown = right.model_copy(update={"authority": None if right is AGENT else "power_of_attorney"})
        paper = _brought(ward, "agent without authority", person, content, evidence=shown)
        _put_right(ward, "authority", paper, replace(paper, evidence=right))


def _received_tomorrow(ward: Ward) -> None:
    person = ward.find(lambda one: premiums.may_pay_additional(ward, one), tries=2000)
    if person is not None:
        content = AdditionalPremiumStart(kind="additional_start", basic_pension_number=person.basic_pension_number)
        coming = ward.today + dt.timedelta(days=ward.rng.randint(3, 300))
        paper = _brought(ward, "received in the future", person, content, received_on=coming)
        _put_right(ward, "day of reception", paper, replace(paper, received_on=ward.today))


def _fact_to_come(ward: Ward) -> None:
    person = ward.find(lambda one: insured(one) and one.statutory_since is None, tries=2000)
    if person is not None:
        arises = ward.today + dt.timedelta(days=ward.rng.randint(5, 400))
        content = StatutoryExemptionStart(
            kind="statutory_start",
            ground="disability_pension",
            arose_on=arises,
            papers=ward.brought("pension_certificate"),
            basic_pension_number=person.basic_pension_number,
        )
        _brought(ward, "fact in the future", person, content)


def _unknown_person(ward: Ward) -> None:
    """One digit of the addressee number was left out; seven digits are nobody's."""
    person = ward.find(lambda one: one.number_told and one.age_on(ward.today) >= 20, tries=2000)
    if person is not None:
        content = NumberNoticeReissue(
            kind="number_notice_reissue", reason="damaged", basic_pension_number=person.basic_pension_number
        )
        nobody = replace(person, number=person.number // 10)
        _brought(ward, "person unknown to the register", nobody, content)


# ---- not open to this person -----------------------------------------------------------------------------------------


def _too_old_for_category_1(ward: Ward) -> None:
    person = ward.find(lambda one: 61 <= one.age_on(ward.today) <= 70 and one.category is None, tries=2000)
    if person is not None:
        content = AcquisitionFiling(
            kind="acquisition",
            reason="other",
            fact_on=ward.days_ago(1, 14),
            basic_pension_number=person.basic_pension_number,
        )
        _brought(ward, "wrong age", person, content)


def _too_young_to_join(ward: Ward) -> None:
    person = ward.find(lambda one: 40 <= one.age_on(ward.today) <= 57, tries=2000)
    if person is not None:
        _brought(ward, "wrong age", person, status.voluntary_form(ward, person, "voluntary_60_64"))


def _joins_from_abroad_while_here(ward: Ward) -> None:
    person = ward.find(lambda one: 22 <= one.age_on(ward.today) <= 57 and not one.foreign, tries=2000)
    if person is not None:
        _brought(ward, "not living where stated", person, status.voluntary_form(ward, person, "voluntary_overseas"))


def _joins_while_insured(ward: Ward) -> None:
    person = ward.find(lambda one: 60 <= one.age_on(ward.today) <= 63 and _long_employed(ward, one), tries=2000)
    if person is not None:
        _brought(ward, "insured already", person, status.voluntary_form(ward, person, "voluntary_60_64"))


def _long_employed(ward: Ward, one: Person) -> bool:
    return one.category == 2 and one.category_since is not None and one.category_since + _LONG_AGO <= ward.today


def _dependant(ward: Ward, one: Person) -> bool:
    return one.category == 3 and one.category_since is not None and one.category_since + _LONG_AGO <= ward.today


def _exemption_of_an_employee(ward: Ward) -> None:
    person = ward.find(lambda one: one.age_on(ward.today) < 57 and _long_employed(ward, one), tries=2000)
    if person is not None:
        content = ExemptionApplication(
            kind="exemption",
            first_month=Month.of(ward.today),
            last_month=cycle_start(ward.today, 7) + 11,
            basic_pension_number=person.basic_pension_number,
        )
        _brought(ward, "exemption of an employee", person, content)


def _maternity_of_a_dependant(ward: Ward) -> None:
    person = ward.find(
        lambda one: one.sex == "female" and 20 <= one.age_on(ward.today) <= 45 and _dependant(ward, one), tries=2000
    )
    if person is not None:
        content = MaternityFiling(
            kind="maternity",
            due_on=ward.today + dt.timedelta(days=60),
            papers=ward.brought("due_date_proof"),
            basic_pension_number=person.basic_pension_number,
        )
        _brought(ward, "maternity of a dependant", person, content)


def _additional_of_a_dependant(ward: Ward) -> None:
    person = ward.find(lambda one: _dependant(ward, one), tries=2000)
    if person is not None:
        content = AdditionalPremiumStart(kind="additional_start", basic_pension_number=person.basic_pension_number)
        _brought(ward, "additional premium of a dependant", person, content)


def _additional_while_exempt(ward: Ward) -> None:
    def decided(one: Person) -> bool:
        return insured(one) and one.exempt_until is not None and one.exempt_until >= Month.of(ward.today)

    person = ward.find(decided, tries=2000)
    if person is not None:
        content = AdditionalPremiumStart(kind="additional_start", basic_pension_number=person.basic_pension_number)
        _brought(ward, "additional premium while exempt", person, content)


# ---- too early, or about nothing -------------------------------------------------------------------------------------


def childcare_too_early(ward: Ward) -> None:
    """Filed before the law allows; half of them come again when it does."""
    relation: Literal["mother", "father"] = ward.next_of("childcare too early", ("mother", "father"))
    found = children.parent_of_a_newborn(ward, relation)
    if found is not None:
        parent, child = found
        content = ChildcareFiling(
            kind="childcare",
            child_born_on=child.birth,
            relation=relation,
            basic_pension_number=parent.basic_pension_number,
        )
        _brought(ward, "childcare before the law", parent, content)
        if ward.next_of("childcare again", (False, True)):
            day = CHILDCARE_FROM + dt.timedelta(days=ward.rng.randint(0, 20))
            ward.later(day, children.file_childcare, parent, child.birth, relation)


def _maternity_too_early(ward: Ward) -> None:
    person = ward.find(lambda one: one.sex == "female" and one.age_on(ward.today) <= 45 and insured(one), tries=2000)
    if person is not None:
        content = MaternityFiling(
            kind="maternity",
            due_on=ward.today + dt.timedelta(days=ward.rng.randint(200, 250)),
            papers=ward.brought("due_date_proof"),
            basic_pension_number=person.basic_pension_number,
        )
        _brought(ward, "maternity too early", person, content)


def _never_exempt(ward: Ward, one: Person) -> bool:
    return insured(one) and not one.student and one.exempt_until is None and not premiums.exempt(ward, one)


def _about_nothing(what: str, form: Callable[[Person, Month], FilingContent]) -> Callable[[Ward], None]:
    """A filing of somebody in category 1 who has nothing of what it would end or change."""

    def happens(ward: Ward) -> None:
        person = ward.find(lambda one: _never_exempt(ward, one) and not one.additional, tries=2000)
        if person is not None:
            _brought(ward, what, person, form(person, Month.of(ward.today)))

    return happens


def _loses_nothing(ward: Ward) -> None:
    person = ward.find(lambda one: 66 <= one.age_on(ward.today) <= 80 and one.category is None, tries=2000)
    if person is not None:
        content = LossFiling(
            kind="loss",
            reason="departure_overseas",
            fact_on=ward.days_ago(1, 10),
            basic_pension_number=person.basic_pension_number,
        )
        _brought(ward, "nothing to lose", person, content)


def _leaves_work_to_come(ward: Ward) -> None:
    person = ward.find(lambda one: one.age_on(ward.today) < 57 and _long_employed(ward, one), tries=2000)
    if person is not None:
        content = CategoryChangeFiling(
            kind="category_change",
            reason="left_employment",
            fact_on=ward.today + dt.timedelta(days=ward.rng.randint(3, 40)),
            basic_pension_number=person.basic_pension_number,
        )
        _brought(ward, "fact in the future", person, content)


MISTAKES: tuple[Callable[[Ward], None], ...] = (
    _no_evidence,
    _no_authority,
    _received_tomorrow,
    _fact_to_come,
    _leaves_work_to_come,
    _unknown_person,
    _too_old_for_category_1,
    _too_young_to_join,
    _joins_from_abroad_while_here,
    _joins_while_insured,
    _exemption_of_an_employee,
    _maternity_of_a_dependant,
    _maternity_too_early,
    _additional_of_a_dependant,
    _about_nothing(
        "cancels nothing",
        lambda one, month: ExemptionCancellation(
            kind="exemption_cancellation", basic_pension_number=one.basic_pension_number
        ),
    ),
    _about_nothing(
        "ends a student deferral that is none",
        lambda one, month: StudentEnd(kind="student_end", basic_pension_number=one.basic_pension_number),
    ),
    _about_nothing(
        "pays despite no exemption",
        lambda one, month: PayDespiteExemption(
            kind="pay_despite_exemption",
            first_month=month,
            last_month=month,
            basic_pension_number=one.basic_pension_number,
        ),
    ),
    _about_nothing(
        "stops no additional premium",
        lambda one, month: AdditionalPremiumStop(kind="additional_stop", basic_pension_number=one.basic_pension_number),
    ),
    _about_nothing(
        "withdraws from no membership",
        lambda one, month: VoluntaryWithdrawal(
            kind="voluntary_withdrawal", basic_pension_number=one.basic_pension_number
        ),
    ),
    _loses_nothing,
    _additional_while_exempt,
)
