"""What goes in and out at the doors of registry-sync: the vault, addressees (宛名), households, what ④⑤⑥ would be."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from contracts.doors import AT_MOST, MyNumber, Number
from contracts.events.registry import NonResidentRecord, ResidentRecord
from contracts.vocabulary import AddresseeNumber, Code, Date, HouseholdNumber, Model, Relation, Sex, ShortText


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


class ShowNumber(Model):
    """POST /my-numbers/show: the number of one person, for somebody who has to see it. Number and birth date must be one person's."""

    addressee: AddresseeNumber
    birth_date: Date


class NumberShown(Model):
    """Null where the vault has none."""

    my_number: Annotated[MyNumber | None, Field(repr=False)] = None


class AskConflicts(Model):
    """POST /my-numbers/conflicts: whose number was entered for somebody else as well?"""


class NumberConflict(Model):
    addressee: AddresseeNumber
    holder: AddresseeNumber


class NumberConflicts(Model):
    conflicts: tuple[NumberConflict, ...] = Field(strict=False)


class AskAddressees(Model):
    """POST /addressees: the records of up to a thousand numbers, on a day, as recorded by a day; without them, as known now."""

    addressees: Annotated[tuple[AddresseeNumber, ...], Field(strict=False, min_length=1, max_length=AT_MOST)]
    on: Date | None = None
    recorded_by: Date | None = None


class NameHeld(Model):
    """A name, and from when it was held (氏名の履歴)."""

    name: ShortText
    name_kana: ShortText
    alias: ShortText | None = None
    since: Date


class Addressee(Model):
    """One person. `protected` (支援措置): addresses are left out unless the asker must write them on what is sent, and then they are
    for nothing else."""

    addressee: AddresseeNumber
    merged_into: AddresseeNumber | None = None
    resident: ResidentRecord | None = None
    outside: Annotated[NonResidentRecord | None, Field(description="住登外者")] = None
    names: tuple[NameHeld, ...] = Field(default=(), strict=False)
    protected: bool = False


class Addressees(Model):
    """In the order of the question; a number that nobody has is without a record."""

    addressees: tuple[Addressee, ...] = Field(strict=False)


class MatchRow(Model):
    """Somebody on a list. `numbered`: whose basic pension number it is, as the asker found out from that number."""

    line: Number
    birth_date: Date
    name: ShortText | None = None
    name_kana: ShortText | None = None
    sex: Sex = "unknown"
    address: ShortText | None = None
    numbered: AddresseeNumber | None = None


class AskMatches(Model):
    """POST /addressees/match: which of our persons are the ones on a list?"""

    rows: Annotated[tuple[MatchRow, ...], Field(strict=False, min_length=1, max_length=AT_MOST)]


class Match(Model):
    """match: one, by at least three identifiers · ambiguous: for a person to settle, among the candidates · none."""

    line: int
    outcome: Literal["match", "ambiguous", "none"]
    addressee: AddresseeNumber | None = None
    candidates: tuple[AddresseeNumber, ...] = Field(default=(), strict=False)
    evidence: dict[str, Literal["agrees", "formerly", "differs", "not_given"]] = Field(default_factory=dict)


class Matches(Model):
    matches: tuple[Match, ...] = Field(strict=False)


class SearchAddressees(Model):
    """POST /addressees/search: by the beginning of the reading, and the birth date or the address: at least two."""

    name_kana: Annotated[str, StringConstraints(pattern=r"\S", min_length=1, max_length=100)]
    birth_date: Date | None = None
    address: ShortText | None = None

    @model_validator(mode="after")
    def _two_at_least(self) -> "SearchAddressees":
        if self.birth_date is None and self.address is None:
            raise PydanticCustomError("two_identifiers", "a search needs the birth date or the address as well")
        return self


class Hit(Model):
    addressee: AddresseeNumber
    name: ShortText
    name_kana: ShortText
    birth_date: Date
    sex: Sex
    address: ShortText | None = None
    protected: bool = False


class Hits(Model):
    """At most fifty; `more` says that there are others: ask more narrowly."""

    hits: tuple[Hit, ...] = Field(strict=False)
    more: bool = False


class AskHousehold(Model):
    """POST /households: with whom did somebody live on a day?"""

    addressee: AddresseeNumber
    on: Date


class HouseholdMember(Model):
    addressee: AddresseeNumber
    relation: Relation


class Household(Model):
    """The household on that day, the householder first; nobody where the person did not live here."""

    household: HouseholdNumber | None = None
    members: tuple[HouseholdMember, ...] = Field(default=(), strict=False)


class AskLinkage(Model):
    """POST /linkage/…: 符号要求・情報提供・情報照会. Answered with a refusal: the assessment says they are not used."""

    addressee: AddresseeNumber


class LinkageAnswer(Model):
    """What one of ④⑤⑥ would answer; nothing ever does."""
