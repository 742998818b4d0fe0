"""NPA 90条3項, 90条の2第4項 (免除の取消し): from which month on does an exemption end when its holder asks for it?"""

from datetime import date

from contracts.vocabulary import Month


def first_month_cancelled(applied_on: date) -> Month:
    """The month before the application."""
    return Month.of(applied_on) - 1
