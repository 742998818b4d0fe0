"""What goes in and out at the door of tax-income."""

from typing import Annotated

from pydantic import Field

from contracts.doors import AT_MOST
from contracts.events.eligibility import Role
from contracts.events.income import DeclarationState, MunicipalTax, TaxAssessed, TaxRecord
from contracts.vocabulary import AddresseeNumber, Code, Date, Model, TaxYear


class CaseAsked(Model):
    """One application: whose income of which tax year, and who lived together on which day. `household`: spouse and householder, too."""

    case: Annotated[Code, Field(description="reception number of the application")]
    addressee: AddresseeNumber
    spouse: AddresseeNumber | None = None
    tax_year: TaxYear
    on: Annotated[Date, Field(description="day on which the householder is looked for")]
    household: bool = True


class AskIncomes(Model):
    """POST /incomes: for applications on which the incomes are printed."""

    cases: Annotated[tuple[CaseAsked, ...], Field(strict=False, min_length=1, max_length=AT_MOST)]


class IncomeShown(Model):
    """One person's newest assessment of the year, and where it comes from; no `state` = nobody told it, or we may not hold it."""

    role: Role
    addressee: AddresseeNumber
    state: DeclarationState | None = None
    record: TaxRecord | None = None
    fact: Annotated[str | None, Field(description="id of the tax assessment that says so")] = None
    recorded_on: Date | None = None


class CaseIncomes(Model):
    """The incomes of one application: applicant first, then spouse, then a householder who is neither."""

    case: Code
    incomes: tuple[IncomeShown, ...] = Field(strict=False)


class Incomes(Model):
    """In the order of the question."""

    cases: tuple[CaseIncomes, ...] = Field(strict=False)


class AskTaxFlags(Model):
    """POST /tax-flags: of each whether municipal tax is due of a tax year (課税・非課税), and nothing else of the income."""

    addressees: Annotated[tuple[AddresseeNumber, ...], Field(strict=False, min_length=1, max_length=AT_MOST)]
    tax_year: TaxYear


class TaxFlag(Model):
    """No `state` = nobody told it, or we may not hold it."""

    addressee: AddresseeNumber
    state: DeclarationState | None = None
    municipal_tax: MunicipalTax | None = None


class TaxFlags(Model):
    flags: Annotated[tuple[TaxFlag, ...], Field(strict=False)]


class AskHeldIncomes(Model):
    """POST /incomes/held: everything that is held of one person's incomes, for a disclosure (開示)."""

    addressee: AddresseeNumber


class HeldIncome(Model):
    """The newest assessment of a tax year."""

    assessed: TaxAssessed
    fact: Annotated[str, Field(description="id of the tax assessment that says so")]


class HeldIncomes(Model):
    incomes: Annotated[tuple[HeldIncome, ...], Field(strict=False)]
