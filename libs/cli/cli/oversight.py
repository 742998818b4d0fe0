"""`kokunen audit review | findings | investigate`: what somebody looks at who answers for how records are used."""

import asyncio
import csv
import datetime as dt
import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer
from audit import doors, overseer, review_desk
from audit.review import period
from audit.store import QUERIES
from audit.verify import NoRecord, evidence
from chassis import files
from chassis.transaction import Access
from contracts.doors.log import Accesses, AccessShown, AskAccesses
from contracts.doors.oversight import AskFindings, AskReview, ReviewPack, SettleFinding, SignReview
from contracts.vocabulary import JST
from contracts.wording import ACTIONS, FINDINGS_OF_ACCESS
from rich.table import Table
from transmittal.paper import register
from transmittal.registers import Column, Page

from cli import audit, stack
from cli.access import act_at, asks_for, at_work, day_or, opened
from cli.local import say
from cli.screen import out
from cli.services import environment_settings

app = audit.app
"""The commands of the log, and these."""
asks = asks_for("audit")
AT_MOST = 10_000
"""Access records of one investigation; of a longer time it is asked again."""


@app.command()
@asks
def review(
    access: Access,
    name: Annotated[str, typer.Argument(metavar="PERIOD", help="2026-Q3, or 2026-FY (April 2026 to March 2027).")],
    into: Annotated[
        Path | None, typer.Option(file_okay=False, help="Write the pack here, as PDF, CSV and JSON.")
    ] = None,
    sign: Annotated[
        str | None, typer.Option(metavar="MINUTE", help="You looked: number of the minute. Of a year: the executive.")
    ] = None,
) -> None:
    """The pack of a quarter or a year (ログの評価・点検): every account, and what gave reason to ask."""
    try:
        asked = period(name)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    pack = act_at("audit", access, lambda t: review_desk.pack(t, access, AskReview(period=name)))
    _show(pack)
    if into is not None:
        into.mkdir(parents=True, exist_ok=True)
        municipality = environment_settings(stack.read(), "transmittal").municipality_name
        for ending, content in (
            ("pdf", register(_page(pack), municipality, asked.last)),
            ("csv", _csv(_COLUMNS, _rows(pack))),
            ("json", pack.model_dump_json(indent=1).encode()),
        ):
            files.write(into / f"review-{name}.{ending}", content)
            print(into / f"review-{name}.{ending}")
    if sign is not None:
        step = review_desk.accept if asked.yearly else review_desk.sign
        body = SignReview(period=name, remarks=sign)
        done = act_at("audit", access, lambda t: step(t, access, body))
        print(f"確認を記録しました（SHA-256 {done.sha256}）。")


_COLUMNS = ("利用者", "区分", "ログイン", "回答", "延べ人数", "拒否", "印刷・出力", "最終利用", "有効期限", "状態")


def _rows(pack: ReviewPack) -> list[list[str]]:
    return [
        [
            one.account, one.kind or "（台帳になし）", f"{one.logins}", f"{one.answered}", f"{one.persons}", f"{one.refused}", f"{one.exports}",
            _day(one.last_used), _day(one.valid_until), one.suspended or ("長期未使用" if one.dormant else ""),
        ]
        for one in pack.accounts
    ]  # fmt: skip


def _notes(pack: ReviewPack) -> tuple[str, ...]:
    found = [f"{_called(one.rule)}　{one.found}件（未点検 {one.open}件、不正 {one.misuse}件）" for one in pack.findings]
    by = f"確認 {pack.signed_by}　{_day(pack.signed_at)}" if pack.signed_by else f"未確認　期限 {pack.due_on:%Y-%m-%d}"
    return (
        f"期間 {pack.first:%Y-%m-%d} – {pack.last:%Y-%m-%d}　{by}",
        *found,
        f"記録簿　{pack.leaves:,}件　{pack.root}",
    )


def _called(rule: str) -> str:
    return FINDINGS_OF_ACCESS[rule][0]


def _page(pack: ReviewPack) -> Page:
    title = "アクセス記録の分析・確認結果（年次報告）" if pack.period.endswith("-FY") else "アクセス記録の評価・点検"
    widths = (14, 8, 6, 5, 6, 5, 6, 8, 8, 8)
    columns = tuple(Column(name, width) for name, width in zip(_COLUMNS, widths, strict=True))
    return Page(title, _notes(pack), columns, _rows(pack))


def _show(pack: ReviewPack) -> None:
    table = Table(*_COLUMNS, title=f"アクセス記録の評価・点検　{pack.period}")
    for row in _rows(pack):
        table.add_row(*row)
    out.print(table)
    for note in _notes(pack):
        out.print(note)


def _day(at: dt.datetime | None) -> str:
    return f"{at.astimezone(JST):%Y-%m-%d}" if at is not None else ""


def _csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """With a byte order mark: so the ward's spreadsheet reads it as UTF-8. A cell never begins a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else cell for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


@app.command()
@asks
def findings(
    access: Access,
    settle: Annotated[int | None, typer.Option(help="Number of one that you looked at.")] = None,
    verdict: Annotated[Literal["justified", "to_be_asked", "misuse"], typer.Option(help="What it was.")] = "justified",
    note: Annotated[str, typer.Option(help="A code or a ticket's number.")] = "none",
) -> None:
    """Accesses that somebody should look at (点検一覧), the newest first; `--settle` says what one was."""
    if settle is not None:
        body = SettleFinding(finding=settle, verdict=verdict, note=note)
        act_at("audit", access, lambda t: overseer.settle(t, access, body))
        print("点検結果を記録しました。")
        return
    found = act_at("audit", access, lambda t: overseer.show(t, access, AskFindings()))
    table = Table("番号", "規則", "利用者", "いつから", "人数", "記録", title="点検一覧")
    for one in found.findings:
        since = f"{one.since.astimezone(JST):%Y-%m-%d %H:%M}"
        leaves = f"{one.first}–{one.last}"
        table.add_row(str(one.finding), _called(one.rule), one.account, since, f"{one.persons:,}", leaves)
    out.print(table if found.findings else "点検すべきものはありません。")


@app.command()
@asks
def investigate(
    access: Access,
    into: Annotated[Path, typer.Option(file_okay=False, help="Folder for the papers; must not exist.")],
    since: Annotated[str, typer.Option("--from", help="YYYY-MM-DD: the first day.")],
    until: Annotated[str, typer.Option("--until", help="YYYY-MM-DD: the last day.")],
    person: Annotated[int | None, typer.Option(help="Addressee number: whom it may have been about.")] = None,
    by: Annotated[str | None, typer.Option(help="Account: who it may have been.")] = None,
) -> None:
    """A leak is suspected: every access of a person or by an account in a time, each with its record for `log_check.py inclusion`, and a
    draft of the first report (速報)."""
    if person is None and by is None:
        raise typer.BadParameter("a person or an account must be named")
    first, last = day_or(since, dt.date.min), day_or(until, dt.date.max)
    begins, ends = (dt.datetime.combine(day, dt.time(), JST) for day in (first, last + dt.timedelta(days=1)))
    into.mkdir(parents=True)

    async def work() -> Accesses:
        asked = AskAccesses(person=person, by=by, since=begins, until=ends, at_most=AT_MOST)
        async with opened("audit") as (own, connection):
            async with at_work(own, connection) as transaction:
                found = await doors.accesses(transaction, access, asked)
                await transaction.record_search(access, "audit.investigate", ("access",), "export")
            places = await connection.fetch(QUERIES["places"], [one.index for one in found.accesses])
            for row in places:
                try:
                    document = (await evidence(own, connection, row["place"])).document
                except NoRecord as error:
                    say(str(error))
                    continue
                files.write(into / f"record-{row['idx']:012d}.json", json.dumps(document, ensure_ascii=False).encode())
        return found

    found = asyncio.run(work())
    files.write(into / "accesses.csv", _csv(_ACCESSES, map(_access, found.accesses)))
    files.write(into / "accesses.json", found.model_dump_json(indent=1).encode())
    about = f"宛名番号 {person}" if person is not None else f"利用者 {by}"
    files.write(into / "first-report.md", _first_report(found, about, first, last).encode())
    print(f"{len(found.accesses):,}件のアクセス記録を {into} に書き出しました。")
    if found.more:
        say(f"There are more than {AT_MOST:,}: ask again for a shorter time.")


_ACCESSES = ("日時", "利用者", "端末", "目的", "事件", "操作", "内容", "項目", "人数", "結果", "記録番号")


def _access(one: AccessShown) -> list[str]:
    return [
        f"{one.at.astimezone(JST):%Y-%m-%d %H:%M:%S}", one.account, one.terminal, one.purpose, one.case, ACTIONS[one.action], one.what,
        " ".join(one.fields), str(one.persons), "回答" if one.result == "answered" else "拒否", str(one.index),
    ]  # fmt: skip


def _first_report(found: Accesses, about: str, first: dt.date, last: dt.date) -> str:
    """What the log can say of it; what it can't is left to be written. Items as in 個人情報保護法施行規則43条・44条."""
    answered = [one for one in found.accesses if one.result == "answered" and one.action != "login"]
    items = sorted({field for one in answered for field in one.fields})
    by = sorted({one.account for one in answered})
    persons = (
        "1人（宛名番号を指定した調査）"
        if about.startswith("宛名番号")
        else f"延べ{sum(one.persons for one in answered):,}人"
    )
    return f"""# 漏えい等の報告（速報）案

この案は、アクセス記録から作成したものです。事実の確認と判断は担当者が行ってください。
速報は知った日から3〜5日以内、確報は30日以内（不正の目的によるおそれがあるときは60日以内）。

| 事項 | 内容 |
|---|---|
| 概要 | （記入）　調査の範囲：{about}、{first:%Y-%m-%d} から {last:%Y-%m-%d} まで |
| 個人情報の項目 | {"、".join(items) or "なし"} |
| 本人の数 | {persons} |
| 原因 | （記入） |
| 二次被害又はそのおそれの有無・内容 | （記入） |
| 本人への対応の実施状況 | （記入） |
| 公表の実施状況 | （記入） |
| 再発防止のための措置 | （記入） |
| その他参考となる事項 | 回答された操作 {len(answered):,}件、拒否された操作 {sum(one.result == "refused" for one in found.accesses):,}件。利用者：{"、".join(by) or "なし"} |

添付：accesses.csv（全件）、record-*.json（記録簿に含まれることの証明に用いる。`log_check.py inclusion`）
"""
