"""NPA 附則5条1項 and the 特例任意加入 provisions: who may join of his own will on a given day?

In Japan from 20 to 59 whoever is shut out by an old-age benefit, and from 60 to 64; Japanese nationals abroad from 20 to 64; from
65 to 69 whoever was born by the day of his cohort's law (平6附則11条, 平16附則23条, 令7年法律74号附則40条) and has no right to an
old-age pension yet. The right to a pension, nationality and the 480 months are the pension service's to confirm.
"""

from datetime import date

from contracts.vocabulary import Month, Voluntary

from eligibility.rules.age import attained_on
from eligibility.rules.parameters import Parameters

ABROAD: frozenset[Voluntary] = frozenset({"voluntary_overseas", "special_voluntary_overseas"})


def refused_because(
    membership: Voluntary, birth_date: date, applied_on: date, lives_in_japan: bool, parameters: Parameters
) -> str | None:
    """Reason code for which nobody of this age and residence can join on this day; None = the ward finds none."""
    ages = parameters.ages
    bounds = {
        "voluntary_20_59": (ages.acquisition_age, ages.loss_age),
        "voluntary_60_64": (ages.loss_age, ages.voluntary_loss_age),
        "voluntary_overseas": (ages.acquisition_age, ages.voluntary_loss_age),
        "special_voluntary": (ages.voluntary_loss_age, ages.special_voluntary_loss_age),
        "special_voluntary_overseas": (ages.voluntary_loss_age, ages.special_voluntary_loss_age),
    }
    from_age, below_age = bounds[membership]
    first = attained_on(birth_date, from_age.newest.value)
    if not first <= applied_on < attained_on(birth_date, below_age.newest.value):
        return "age_outside"
    special = membership in ("special_voluntary", "special_voluntary_overseas")
    if special and birth_date > ages.special_voluntary_born_by.at(Month.of(applied_on)).value:
        return "born_after_cohort"
    if lives_in_japan == (membership in ABROAD):
        return "residence_does_not_fit"
    return None
