"""The desk of reviews (ログの評価・点検): the pack of a period, who signed it, and what is overdue."""

import datetime as dt
import hashlib

import asyncpg
from chassis.doors import Refused
from chassis.transaction import Access, Transaction, to_json
from contracts.doors.oversight import AccountUse, AskReview, FindingCount, ReviewPack, ReviewSigned, SignReview
from contracts.events.operations import AccountSet
from contracts.vocabulary import JST, SERVICES
from prometheus_client import Gauge

from audit.account_desk import DORMANT_DAYS
from audit.review import Period, period, periods
from audit.store import QUERIES

OVERDUE = Gauge("kokunen_audit_reviews_overdue", "Quarters and years whose review nobody signed within its days")


async def pack(transaction: Transaction, access: Access, body: AskReview) -> ReviewPack:
    """What happened in a period: as it was signed, or as it stands."""
    await transaction.record_search(access, "reviews.look", ("access", "account"))
    signed = await transaction.fetch(QUERIES["review"], body.period)
    if signed:
        frozen = ReviewPack.model_validate_json(signed[0]["pack"])
        return frozen.model_copy(update={name: signed[0][name] for name in ("signed_by", "signed_at")})
    return await _made(transaction, period(body.period))


async def sign(transaction: Transaction, access: Access, body: SignReview) -> ReviewSigned:
    """A quarter was reviewed."""
    return await _signed(transaction, access, body, yearly=False)


async def accept(transaction: Transaction, access: Access, body: SignReview) -> ReviewSigned:
    """The responsible executive (総括責任者) has the report of a year."""
    return await _signed(transaction, access, body, yearly=True)


async def _signed(transaction: Transaction, access: Access, body: SignReview, *, yearly: bool) -> ReviewSigned:
    asked = period(body.period)
    if asked.yearly != yearly:
        raise Refused("other_period", "四半期は点検者が、年度は総括責任者が確認します。", status=409)
    if dt.datetime.now(dt.UTC) < asked.ends:
        raise Refused("period_not_over", "この期間はまだ終わっていません。", status=409)
    content = to_json(await _made(transaction, asked))
    digest = hashlib.sha256(content).hexdigest()
    given = asked.name, content.decode(), digest, access.account, body.remarks
    if not await transaction.fetch(QUERIES["sign_review"], *given):
        raise Refused("signed_already", "この期間の点検は確認済みです。", status=409)
    await transaction.record_search(access, "reviews.sign", ("access", "account"), "register")
    return ReviewSigned(period=asked.name, sha256=digest)


async def _made(transaction: Transaction, asked: Period) -> ReviewPack:
    head = (await transaction.fetch(QUERIES["head_as_read"]))[0]
    span = asked.begins, asked.ends
    uses = await transaction.fetch(QUERIES["uses_by_account"], *span, sorted(SERVICES))
    return ReviewPack(
        period=asked.name,
        first=asked.first,
        last=asked.last,
        due_on=asked.due_on,
        leaves=head["size"],
        root=head["root"].hex(),
        accounts=tuple(_use(row, asked) for row in uses),
        findings=tuple(
            FindingCount(**dict(row)) for row in await transaction.fetch(QUERIES["findings_by_rule"], *span)
        ),
    )


def _use(row: asyncpg.Record, asked: Period) -> AccountUse:
    standing = AccountSet.model_validate_json(row["data"]) if row["data"] is not None else None
    used = row["last_used"] or (standing.valid_from if standing is not None else None)
    idle = used is not None and asked.ends - used > dt.timedelta(days=DORMANT_DAYS)
    return AccountUse(
        account=row["account"],
        logins=row["logins"],
        answered=row["answered"],
        refused=row["refused"],
        persons=row["persons"],
        exports=row["exports"],
        last_used=row["last_used"],
        kind=standing.kind if standing is not None else None,
        dormant=standing is not None and standing.suspended is None and idle,
        suspended=standing.suspended if standing is not None else None,
        valid_until=standing.valid_until if standing is not None else None,
    )


async def measure(pool: asyncpg.Pool) -> None:
    """How many reviews are overdue."""
    row = await pool.fetchrow(QUERIES["reviewed"])
    today = dt.datetime.now(JST).date()
    since = row["since"].astimezone(JST).date() if row["since"] is not None else today
    late = [one for one in periods(since, today) if one.due_on < today and one.name not in row["signed"]]
    OVERDUE.set(len(late))
