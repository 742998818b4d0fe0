"""Who saw or did what (アクセス記録), what somebody should look at, the reviews; and who may use the system at all (利用者台帳)."""

import datetime as dt
from typing import Any, get_args

from contracts import wording
from contracts.doors.accounts import ApproveProposal, AskAccounts, ProposeAccount, ProposeTerminal
from contracts.doors.log import AskAccesses
from contracts.doors.oversight import AskFindings, AskReview, SettleFinding, SignReview, Verdict
from contracts.events.operations import TerminalClass
from contracts.vocabulary import JST
from starlette.responses import Response

from console import asked
from console.screens import common
from console.web import Refusal, Screen, Visit, made

AUDITORS, EXECUTIVES = frozenset({"auditor"}), frozenset({"executive"})
ACCOUNTS = frozenset({"account-clerk", "account-head"})
AUDIT, REGISTER = "audit", "accounts"
WEEK = dt.timedelta(days=7)
VERDICTS: dict[Verdict, tuple[str, str]] = {
    "justified": ("正当", "justified"),
    "to_be_asked": ("要確認", "to be asked"),
    "misuse": ("不正", "misuse"),
}
ACCOUNT_KINDS = {"employee": "職員", "contractor": "委託先", "operator": "運用"}
TERMINAL_WORDS = {"office": "事務用", "branch": "区民事務所用", "number": "個人番号", "media": "媒体"}


async def accesses(visit: Visit) -> Response:
    """Every access to a person's records, or by an account, in some days; each with the leaf of the log that proves it."""
    typed, found, error = visit.typed, None, ""
    today = common.civil_day()
    if visit.request.method == "POST":
        try:
            since, until = common.day_or(typed("since"), today - WEEK), common.day_or(typed("until"), today)
            body = made(
                AskAccesses,
                person=common.number_of(visit, "person") if typed("person") else None,
                by=typed("account") or None,
                since=_begins(since),
                until=_begins(until + dt.timedelta(days=1)),
            )
            found = await visit.ask(asked.ACCESSES, body, AUDIT)
        except Refusal as refusal:
            error = refusal.title
    return visit.page(
        "accesses.html",
        422 if error else 200,
        found=found,
        error=error,
        typed=typed,
        since=today - WEEK,
        until=today,
        actions=wording.ACTIONS,
        deed=wording.deed,
    )


def _begins(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), JST)


async def findings(visit: Visit) -> Response:
    """Accesses that somebody should look at; whoever looked says what it was. Never the account that it is about."""
    if visit.request.method == "POST":
        body = made(
            SettleFinding,
            finding=common.number_of(visit, "finding"),
            verdict=visit.typed("verdict"),
            note=visit.typed("note"),
        )
        await visit.ask(asked.SETTLE_FINDING, body, AUDIT)
        return visit.goto("/findings")
    settled = visit.request.query_params.get("settled") == "1"
    shown = (await visit.ask(asked.FINDINGS, AskFindings(settled=settled), AUDIT)).findings
    return visit.page(
        "findings.html", findings=shown, rules=wording.FINDINGS_OF_ACCESS, verdicts=VERDICTS, settled=settled
    )


async def review(visit: Visit) -> Response:
    """The pack of a quarter or a year, and who answers for it."""
    period = visit.typed("period") or visit.request.query_params.get("period", "")
    if visit.request.method == "POST":
        door = asked.ACCEPT_REVIEW if period.endswith("-FY") else asked.SIGN_REVIEW
        await visit.ask(door, made(SignReview, period=period, remarks=visit.typed("remarks")), AUDIT)
        return visit.goto(f"/reviews?period={period}")
    pack = await visit.ask(asked.REVIEW, made(AskReview, period=period), AUDIT) if period else None
    return visit.page(
        "reviews.html",
        pack=pack,
        period=period,
        periods=_periods(common.civil_day()),
        rules=wording.FINDINGS_OF_ACCESS,
        may_sign=bool((EXECUTIVES if period.endswith("-FY") else AUDITORS) & visit.roles),
    )


def _periods(today: dt.date) -> list[str]:
    """The quarters and years of the last two fiscal years."""
    fiscal = today.year if today.month >= 4 else today.year - 1
    return [f"{year}-{part}" for year in (fiscal, fiscal - 1) for part in ("Q1", "Q2", "Q3", "Q4", "FY")]


async def register(visit: Visit) -> Response:
    """The register of accounts: what each may, until when, when it was last used. One person proposes a change, another approves it."""
    said: dict[str, Any] = {}
    if visit.request.method == "POST":
        if visit.typed("do") == "approve":
            body = made(ApproveProposal, proposal=common.number_of(visit, "proposal"))
            said["version"] = (await visit.ask(asked.APPROVE_ACCOUNT, body, REGISTER)).version
        elif visit.typed("do") == "terminal":
            terminal = made(
                ProposeTerminal,
                terminal=visit.typed("terminal"),
                of=visit.typed("of"),
                withdrawn=visit.typed("withdrawn") == "on",
            )
            said["proposal"] = (await visit.ask(asked.PROPOSE_TERMINAL, terminal, REGISTER)).proposal
        else:
            said["proposal"] = (await visit.ask(asked.PROPOSE_ACCOUNT, await _proposed(visit), REGISTER)).proposal
    purpose = REGISTER if ACCOUNTS & visit.roles else AUDIT
    book = await visit.ask(asked.ACCOUNTS, AskAccounts(), purpose)
    return visit.page(
        "accounts.html",
        book=book,
        said=said,
        kinds=ACCOUNT_KINDS,
        terminals=TERMINAL_WORDS,
        may_propose=bool(ACCOUNTS & visit.roles),
        may_approve="account-head" in visit.roles,
        today=common.civil_day(),
    )


async def _proposed(visit: Visit) -> ProposeAccount:
    now = dt.datetime.now(JST)
    last = common.day_or(visit.typed("until"), now.date())
    boxes = visit.boxes()
    wanted: ProposeAccount = made(
        ProposeAccount,
        account=visit.typed("account"),
        kind=visit.typed("kind"),
        roles=tuple(visit.typed("roles").split()),
        terminals=tuple(one for one in boxes.get("terminals", []) if one in get_args(TerminalClass)),
        valid_from=now,
        valid_until=_begins(last + dt.timedelta(days=1)),
        contract=visit.typed("contract") or None,
        approval=visit.typed("approval") or None,
        suspended=visit.typed("suspended") or None,
    )
    return wanted


SCREENS = (
    Screen("/accesses", "log.accesses", AUDITORS, accesses, ("GET", "POST"), title="アクセス記録"),
    Screen("/findings", "findings.look", AUDITORS, findings, ("GET", "POST"), title="点検すべきもの"),
    Screen("/reviews", "reviews.look", AUDITORS | EXECUTIVES, review, ("GET", "POST"), title="点検・報告"),
    Screen("/accounts", "accounts.look", ACCOUNTS | AUDITORS, register, ("GET", "POST"), title="利用者台帳"),
)
