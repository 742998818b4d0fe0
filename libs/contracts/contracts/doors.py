"""What goes in at the doors of the services, and what comes out? The shapes of the HTTPS calls (architecture, section 6).

A door takes at most a thousand of anything. Purpose, case and terminal are headers; nobody's number is in an address.
"""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from contracts.vocabulary import AddresseeNumber, Code, Date, Model

AT_MOST = 1_000

MyNumber = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]
"""個人番号: twelve ASCII digits. Only at the vault's doors; on no topic, in no log, trace, error or fixture."""


# ---- the vault of registry-sync --------------------------------------------------------------------------------------


class NumberEntry(Model):
    """One person's My Number, as it was shown and checked (番号確認, 番号法16条)."""

    addressee: AddresseeNumber
    my_number: Annotated[MyNumber, Field(repr=False)]
    check_of_number: Literal["my_number_card", "my_number_notice", "resident_record"]


class EnterNumbers(Model):
    """POST /my-numbers: one or many; each has an outcome of its own."""

    entries: Annotated[tuple[NumberEntry, ...], Field(strict=False, min_length=1, max_length=AT_MOST)]


class NumberOutcome(Model):
    """What became of one entry. A receipt stands for the number wherever a number is asked for (decision 17).

    entered: the first number of this person · changed: another one before, kept as history · known: the same as before ·
    check_digit: no My Number, look at it again · unknown_addressee · of_another: somebody else has it, both are on the list of
    conflicts · twice: two numbers for one person in one call · erased: this person's numbers were erased.
    """

    addressee: AddresseeNumber
    outcome: Literal["entered", "changed", "known", "check_digit", "unknown_addressee", "of_another", "twice", "erased"]
    receipt: Code | None = None
    unified_number: Annotated[int | None, Field(description="統合宛名番号")] = None


class NumbersEntered(Model):
    outcomes: tuple[NumberOutcome, ...] = Field(strict=False)


class ReadNumbers(Model):
    """POST /my-numbers/read: for the one service that writes numbers on forms and media."""

    receipts: Annotated[tuple[Code, ...], Field(strict=False, min_length=1, max_length=AT_MOST)]


class NumberRead(Model):
    """The number behind a receipt, as it was when the receipt was given; null where there is none, or no longer."""

    receipt: Code
    my_number: Annotated[MyNumber | None, Field(repr=False)] = None


class NumbersRead(Model):
    numbers: tuple[NumberRead, ...] = Field(strict=False)


class SearchNumber(Model):
    """POST /my-numbers/search: who has this number and was born on this day? The number alone is never enough."""

    my_number: Annotated[MyNumber, Field(repr=False)]
    birth_date: Date


class NumberFound(Model):
    """Nobody, or one; whether number or birth date did not fit is not told."""

    addressee: AddresseeNumber | None = None


class EraseNumbers(Model):
    """POST /my-numbers/erase: asked for by one person, confirmed by the same call of another."""

    addressee: AddresseeNumber
    reason: Code


class NumbersErased(Model):
    """asked: another person must confirm · erased: the numbers can't be read any more, by anybody."""

    state: Literal["asked", "erased"]


class AskConflicts(Model):
    """POST /my-numbers/conflicts: whose number was entered for somebody else as well?"""


class NumberConflict(Model):
    addressee: AddresseeNumber
    holder: AddresseeNumber


class NumberConflicts(Model):
    conflicts: tuple[NumberConflict, ...] = Field(strict=False)


# ---- ④⑤⑥ of the unified-number server: not used -------------------------------------------------------------------


class AskLinkage(Model):
    """POST /linkage/…: 符号要求・情報提供・情報照会. Answered with a refusal: the assessment says they are not used."""

    addressee: AddresseeNumber


class LinkageAnswer(Model):
    """What one of ④⑤⑥ would answer; nothing ever does."""
