"""NPA 11条 (被保険者期間の計算): how many months does one stay as an insured person count?"""

from datetime import date

from contracts.vocabulary import Month


def months_counted(acquired_on: date, lost_on: date, reacquired_on: date | None = None) -> int:
    """Months from the month of acquisition to the month before the loss (1項).

    Acquired and lost in one month: that month counts one, unless insured status is acquired again in it (2項但書); then
    it belongs to the later stay. Stays are added up (3項).
    """
    if lost_on < acquired_on or (reacquired_on is not None and reacquired_on < lost_on):
        raise ValueError("a stay is lost not before it is acquired, and acquired again not before it is lost")
    first, end = Month.of(acquired_on), Month.of(lost_on)
    if first != end:
        return int(end) - int(first)
    return 0 if reacquired_on is not None and Month.of(reacquired_on) == first else 1
