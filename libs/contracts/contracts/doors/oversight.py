"""Accesses that somebody should look at, and the reviews of a quarter and a year, at audit."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from contracts.doors import Count
from contracts.vocabulary import Code, Date, Model


class AskFindings(Model):
    """POST /findings of audit: accesses that somebody should look at, the newest first."""

    settled: Annotated[bool, Field(description="also those that somebody has looked at")] = False


Verdict = Literal["justified", "to_be_asked", "misuse"]


class FindingShown(Model):
    """A finding and what somebody made of it."""

    finding: int
    rule: Code
    account: Code
    since: AwareDatetime
    first: int
    last: int
    persons: int
    settled_by: Code | None = None
    verdict: Verdict | None = None
    note: Code | None = None


class Findings(Model):
    findings: Annotated[tuple[FindingShown, ...], Field(strict=False)]


class SettleFinding(Model):
    """POST /findings/settle of audit: somebody looked. Never the account that it is about."""

    finding: Count
    verdict: Verdict
    note: Annotated[Code, Field(description="a code or a ticket's number; no free text")]


class FindingSettled(Model):
    finding: int


class AskReview(Model):
    """POST /reviews: what happened in a quarter (2026-Q3) or a fiscal year (2026-FY), for whoever reviews it."""

    period: Annotated[str, Field(pattern=r"^20[0-9]{2}-(Q[1-4]|FY)$")]


class AccountUse(Model):
    """What an account did in the period."""

    account: Code
    logins: int
    answered: int
    refused: int
    persons: Annotated[int, Field(description="whom the answers were about, each as often as it was")]
    exports: Annotated[int, Field(description="printed or exported")]
    last_used: AwareDatetime | None = None
    kind: Annotated[str | None, Field(description="null = not in the register (any more)")] = None
    dormant: bool
    suspended: Code | None = None
    valid_until: AwareDatetime | None = None


class FindingCount(Model):
    """Accesses that somebody should look at, by rule."""

    rule: Code
    found: int
    open: int
    misuse: int


class ReviewPack(Model):
    """The pack that is signed: every account of the register or the records, and what gave reason to ask."""

    period: str
    first: Date
    last: Date
    due_on: Date
    leaves: Annotated[int, Field(description="size of the log when the pack was made")]
    root: Annotated[str, Field(description="and its root, hexadecimal")]
    accounts: Annotated[tuple[AccountUse, ...], Field(strict=False)]
    findings: Annotated[tuple[FindingCount, ...], Field(strict=False)]
    signed_by: Code | None = None
    signed_at: AwareDatetime | None = None


class SignReview(AskReview):
    """POST /reviews/sign for a quarter, POST /reviews/accept for a year: somebody looked, and answers for it."""

    remarks: Annotated[Code, Field(description="a code or a minute's number; no free text")]


class ReviewSigned(Model):
    period: str
    sha256: Annotated[str, Field(description="of the pack that was signed")]
