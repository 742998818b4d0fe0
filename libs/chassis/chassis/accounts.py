"""May this account do this now, at this terminal? What the register of accounts and terminals says, beside the token's roles.

The token says who calls; the ward's own register (`audit`, two people for every change) says what the account is for, until when, and where.
Every service has a copy, by the topic `accounts`. Pure; the clock is the server's.
"""

import datetime as dt
import re
from collections.abc import Iterable

from contracts.events.operations import AccountSet, TerminalClass, TerminalSet
from contracts.purposes import ONLY_AT, WRITE_ONLY
from contracts.vocabulary import JST

REGISTERED: dict[type[AccountSet] | type[TerminalSet], str] = {AccountSet: "account", TerminalSet: "terminal"}
"""What the register holds; its events' subjects begin so: `account/clerk-1`."""
WORK_ORDER = re.compile("WO-[A-Za-z0-9.-]{1,60}")
"""作業指示の番号: the case of everything that operators do (decision 37)."""


def why_not(
    account: AccountSet | None,
    terminal: TerminalClass | None,
    right: str,
    case: str,
    now: dt.datetime,
    training_days: int | None = None,
) -> tuple[str, str] | None:
    """Code and sentence of the first rule that forbids it; None where nothing does."""
    if account is None:
        return "account_unknown", "この利用者は登録されていません。"
    if account.suspended is not None:
        return "account_suspended", "この利用者は停止されています。"
    if not account.valid_from <= now < account.valid_until:
        return "account_expired", "この利用者の有効期間外です。"
    if training_days is not None and not _trained(account, now, training_days):
        return "training_lapsed", "研修の受講期限が過ぎています。"
    if terminal is None:
        return "terminal_unknown", "この端末は登録されていません。"
    if terminal not in account.terminals:
        return "terminal_not_for_account", "この利用者は、この種類の端末では操作できません。"
    if right in ONLY_AT and terminal != ONLY_AT[right]:
        return "terminal_not_for_this", "この操作は、指定された端末でのみできます。"
    if account.kind == "contractor" and right not in WRITE_ONLY:
        return "entry_only", "委託先の利用者は入力のみできます。"
    if account.kind == "operator" and not WORK_ORDER.fullmatch(case):
        return "work_order_missing", "運用の作業には、作業指示の番号が必要です。"
    return None


def _trained(account: AccountSet, now: dt.datetime, days: int) -> bool:
    return account.trained_on is not None and (now.astimezone(JST).date() - account.trained_on).days <= days


def roles_of(token: Iterable[str], account: AccountSet, now: dt.datetime) -> frozenset[str]:
    """Roles that count: those that both the identity provider and the register give, and one given in an emergency while it lasts."""
    given = frozenset(token) & frozenset(account.roles)
    emergency = account.emergency
    return given | {emergency.role} if emergency is not None and now < emergency.until else given
