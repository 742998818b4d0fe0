"""The register of accounts and terminals (利用者・端末台帳), at audit."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from contracts.doors import Count
from contracts.events.operations import AccountSet, TerminalClass
from contracts.vocabulary import AddresseeNumber, Code, Date, Model


class ProposeAccount(Model):
    """POST /accounts/propose of audit: how an account is to be from now on. Nothing changes before another person approves."""

    account: Code
    kind: Literal["employee", "contractor", "operator"]
    roles: Annotated[tuple[Code, ...], Field(strict=False, max_length=20)] = ()
    terminals: Annotated[tuple[TerminalClass, ...], Field(strict=False)] = ("office",)
    valid_from: AwareDatetime
    valid_until: AwareDatetime
    contract: Code | None = None
    approval: Code | None = None
    trained_on: Date | None = None
    own: AddresseeNumber | None = None
    suspended: Literal["left", "incident", "other"] | None = None


class ProposeTerminal(Model):
    """POST /terminals/propose of audit."""

    terminal: Code
    of: TerminalClass
    withdrawn: bool = False


class AskEmergency(Model):
    """POST /accounts/emergency of audit: one more role for an account, for four hours; another person approves it, as any change."""

    account: Code
    role: Code
    reason: Annotated[Code, Field(description="a code or a ticket's number; no free text")]


class Proposed(Model):
    """The number under which another person approves it."""

    proposal: int


class ApproveProposal(Model):
    """POST /accounts/approve of audit."""

    proposal: Count


class Approved(Model):
    version: int


class AskAccounts(Model):
    """POST /accounts of audit: the inventory of accounts (利用者台帳)."""


class AccountShown(Model):
    """An account as it stands, and when it was last used."""

    account: Code
    standing: AccountSet
    last_used: AwareDatetime | None = None
    dormant: bool


class AccountsShown(Model):
    accounts: Annotated[tuple[AccountShown, ...], Field(strict=False)]
    proposals: Annotated[tuple[int, ...], Field(strict=False, description="waiting for another person")]
