"""Which words and values may an event contain?

The field's standard terms as types: an addressee number, a month, yen, a category of insured person. A value that is
not one of these never enters a service. Digits are ASCII `[0-9]`; `\\d` would accept full-width ones.
"""

import datetime as dt
from functools import lru_cache
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, GetCoreSchemaHandler, StringConstraints
from pydantic_core import PydanticCustomError, core_schema

SERVICES = ("registry-sync", "tax-income", "eligibility", "transmittal", "audit", "console")


JST = dt.timezone(dt.timedelta(hours=9))
"""Asia/Tokyo, where every civil date of ours is; without summer time since 1952."""


class Model(BaseModel):
    """Base of every shape on a topic: strict, closed, unchangeable, and silent about values in its errors.

    A member that is null and a member that is absent mean the same; the encoder leaves it out.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)

    def taken_back(self) -> Self | None:
        """What is said when this is not true any more; None = nothing, the last word stands."""
        return self.model_copy(update={"withdrawn": True}) if "withdrawn" in type(self).model_fields else None


def _not_a_my_number_length(value: int) -> int:
    if 10**11 <= value < 10**12:
        raise PydanticCustomError("addressee_length", "must not have 12 digits, the length of a My Number")
    return value


AddresseeNumber = Annotated[int, Field(ge=1, lt=10**15), AfterValidator(_not_a_my_number_length)]
"""宛名番号: the municipality's own person number; up to 15 digits, never 12 (a My Number's length), never reused."""

HouseholdNumber = Annotated[int, Field(ge=1, lt=10**15), AfterValidator(_not_a_my_number_length)]
"""世帯番号: changes when the household changes."""

BasicPensionNumber = Annotated[str, StringConstraints(pattern=r"^[0-9]{10}$")]
"""基礎年金番号: ten digits, printed 4-6; on a topic without the hyphen. The statute names no check digit."""

Yen = Annotated[int, Field(ge=-(10**13), le=10**13)]
"""Whole yen. Never thousands of yen, never a fraction."""

AmountYen = Annotated[int, Field(ge=0, le=10**13)]
"""Whole yen that can't be negative: deductions, losses carried over."""

Count = Annotated[int, Field(ge=0, le=99)]
"""A number of persons."""

TaxYear = Annotated[int, Field(ge=2000, le=2100)]
"""相当年度: the fiscal year to which resident tax belongs; its income is that of the calendar year before."""

IncomeYear = Annotated[int, Field(ge=1999, le=2099)]
"""Calendar year in which the income was earned; tax year − 1."""

ShortText = Annotated[str, StringConstraints(pattern=r"\S", min_length=1, max_length=200)]
"""Names, addresses, short remarks: 1–200 code points, not only spaces."""

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
"""An identifier that people may read: reception number, account, office, school."""

MunicipalityCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
"""全国地方公共団体コード: five digits and a check digit; 131164 is Toshima ward."""

EventId = Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")]
"""UUID text; upper and lower case name the same event."""

EARLIEST_DATE = dt.date(1868, 1, 25)
LATEST_DATE = dt.date(2199, 12, 31)


class _IsoDate:
    """`YYYY-MM-DD` and nothing else: no compact form, no week date, no time of day."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        within = core_schema.custom_error_schema(
            core_schema.date_schema(ge=EARLIEST_DATE, le=LATEST_DATE),
            custom_error_type="date_range",
            custom_error_message=f"must lie between {EARLIEST_DATE} and {LATEST_DATE}; an open end is null",
        )
        text = core_schema.str_schema(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
        return core_schema.json_or_python_schema(
            json_schema=core_schema.chain_schema([text, core_schema.date_schema(strict=False), within]),
            python_schema=core_schema.chain_schema([core_schema.date_schema(), within]),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        return {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}


Date = Annotated[dt.date, _IsoDate]
"""A civil date in Asia/Tokyo."""


_ONE_DAY = dt.timedelta(days=1)


@lru_cache(maxsize=4096)
def _first_day(ordinal: int) -> dt.date:
    """Every determination asks for the same few hundred months, thousands of times a second."""
    return dt.date(ordinal // 12, ordinal % 12 + 1, 1)


_MADE: "dict[int, Month]" = {}


class Month(int):
    """A calendar month, `2026-08` in text. Ordered and countable: `Month(2026, 6) + 1 == Month(2026, 7)`."""

    def __new__(cls, year: int, month: int) -> Self:
        return int.__new__(cls, year * 12 + month - 1)

    @classmethod
    def _at(cls, ordinal: int) -> Self:
        """The few hundred months that anybody asks for are made once: arithmetic with them is most of what rules do."""
        made = _MADE.get(ordinal)
        if made is None:
            made = _MADE[ordinal] = int.__new__(cls, ordinal)
        return made  # type: ignore[return-value]

    @classmethod
    def of(cls, day: dt.date) -> Self:
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Month from `YYYY-MM`; ValueError for anything else."""
        year, dash, month = text[:4], text[4:5], text[5:]
        if len(text) != 7 or dash != "-" or not (year + month).isascii() or not (year + month).isdigit():
            raise ValueError("a month is written YYYY-MM")
        if not 1 <= int(month) <= 12:
            raise ValueError("a month is written YYYY-MM with MM from 01 to 12")
        return cls(int(year), int(month))

    @property
    def year(self) -> int:
        return int(self) // 12

    @property
    def month(self) -> int:
        return int(self) % 12 + 1

    @property
    def first_day(self) -> dt.date:
        return _first_day(int(self))

    @property
    def last_day(self) -> dt.date:
        return _first_day(int(self) + 1) - _ONE_DAY

    def __add__(self, months: int) -> "Month":
        return Month._at(int(self) + int(months))

    def __sub__(self, other: int) -> "Month":
        """The month so many months earlier. For a distance use `int(a) - int(b)`."""
        return Month._at(int(self) - int(other))

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    def __repr__(self) -> str:
        return f"Month({self.year}, {self.month})"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        from_text = core_schema.chain_schema(
            [
                core_schema.str_schema(pattern=r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$"),
                core_schema.no_info_plain_validator_function(cls.parse),
            ]
        )
        return core_schema.json_or_python_schema(
            json_schema=from_text,
            python_schema=core_schema.is_instance_schema(cls),
            serialization=core_schema.plain_serializer_function_ser_schema(str, when_used="json"),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        return {"type": "string", "pattern": "^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$"}


def months(first: Month, last: Month) -> list[Month]:
    """Every month from first to last, both included; empty when last is before first."""
    return [Month._at(ordinal) for ordinal in range(int(first), int(last) + 1)]


class HalfOpen(Model):
    """A half-open period [valid_from, valid_to): the end day is the first day no longer in it; null = open."""

    valid_from: Date
    valid_to: Date | None = None


Sex = Literal["male", "female", "unknown"]
Residency = Literal["resident", "moved_out", "overseas", "deceased", "removed"]
"""resident 在住 · moved_out 国内転出 · overseas 国外転出 · deceased 死亡 · removed 職権消除 (whereabouts unknown)."""
Relation = Literal["householder", "spouse", "child", "child_spouse", "grandchild", "parent", "sibling", "other"]
"""続柄: relation to the householder (世帯主)."""
Voluntary = Literal[
    "voluntary_20_59", "voluntary_60_64", "voluntary_overseas", "special_voluntary", "special_voluntary_overseas"
]
"""任意加入 (NPA 附則5条1項1–3号) and 特例任意加入 from 65, in Japan or abroad (平6附則11条, 平16附則23条, 令7年法律74号附則40条)."""
Category = Literal[
    1,
    2,
    3,
    "voluntary_20_59",
    "voluntary_60_64",
    "voluntary_overseas",
    "special_voluntary",
    "special_voluntary_overseas",
]
"""年金種別: 第1号・第2号・第3号被保険者, or a kind of voluntary membership."""
Certainty = Literal["expected", "confirmed"]
"""A period is confirmed only by a filing, a pension-service notice or a move filing with the pension note."""
Scheme = Literal["full", "three_quarter", "half", "quarter", "deferral", "student"]
"""全額免除・4分の3免除・半額免除・4分の1免除・納付猶予・学生納付特例."""
Exemption = Literal[
    "maternity", "childcare", "statutory", "full", "three_quarter", "half", "quarter", "deferral", "student"
]
"""Why a month's premium need not be paid, or not in full: 産前産後免除・育児免除・法定免除, and the schemes one applies for."""
Channel = Literal["counter", "branch", "agent", "mail", "online"]
"""How a filing came in: 窓口・区民事務所・代理人・郵送・電子申請."""
IdentityDataHeld = Literal["yes", "no", "unknown"]
"""Can the pension service get this person's 機構保存本人確認情報? Where it can, name, address and death need no filing."""
