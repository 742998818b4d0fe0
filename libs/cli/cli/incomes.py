"""What does the tax clerk ask of the running system? Which incomes are missing, what a correction changes, what was not let in."""

import asyncio
import datetime as dt
import json
from typing import Annotated, Any

import asyncpg
import typer
from chassis.transaction import Access
from contracts.vocabulary import JST
from eligibility import store
from eligibility.determine import determine
from eligibility.facts import as_recorded, persons_of
from eligibility.parameter_files import parameters
from rich.table import Table

from cli.access import AsJson, asks, business_day, day_or, opened, recorded
from cli.screen import out

app = typer.Typer(
    help="Incomes: which are missing, what a correction (更正) changes, what was not let in.", no_args_is_help=True
)

OWNERS = {
    "tax_system": "税務システム（記録なし）",
    "other_municipality": "1月1日の市区町村",
    "person": "本人（未申告・申告不要）",
}
NOT_FILED = "not yet filed"
_NEEDS = """
select subject, convert_from(value, 'UTF8')::json as need from said
where type = 'IncomeNeeded' and convert_from(value, 'UTF8')::json ->> 'withdrawn' is distinct from 'true'
"""
_CORRECTED = """
select newer.addressee, newer.tax_year - 1 as income_year, max(newer.recorded_at) as recorded_at,
       array(select event_id from assessment a where a.addressee = newer.addressee and a.tax_year = newer.tax_year) as event_ids
from assessment newer
where newer.recorded_at >= $1 and newer.recorded_at < $2
  and exists (select from assessment older
              where older.addressee = newer.addressee and older.tax_year = newer.tax_year and older.version < newer.version)
group by newer.addressee, newer.tax_year order by 1, 2
"""
_BORDER = "select tax_year, what, records from not_let_in order by tax_year, what"


@app.command()
@asks
def needs(
    access: Access,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only those whose day has passed.")] = False,
    as_json: AsJson = False,
) -> None:
    """Incomes that a case uses and nobody told: whose, who can tell, since when, until when. Leaves access records."""

    async def read() -> list[dict[str, Any]]:
        async with opened("tax-income") as (own, connection):
            today = await business_day(connection)
            found = [{"person": row["subject"]} | json.loads(row["need"]) for row in await connection.fetch(_NEEDS)]
            found = [one for one in found if not overdue or dt.date.fromisoformat(one["due_on"]) < today]
            shown = [one["person"] for one in found]
            await recorded(own, connection, shown, access, "needs", ("income",))
            for one in found:
                one.pop("withdrawn", None)
                one["overdue"] = dt.date.fromisoformat(one["due_on"]) < today
            return sorted(found, key=lambda one: (one["due_on"], one["person"], one["income_year"]))

    found = asyncio.run(read())
    if as_json:
        print(json.dumps(found))
        return
    table = Table(
        "期限", "宛名番号", "所得年", "回答できる者", "請求日", "待っている事案", title="所得情報の照会（未回答）"
    )
    for one in found:
        waiting = ", ".join(map(str, one.get("cases", ())))
        due = f"{one['due_on']} 超過" if one["overdue"] else one["due_on"]
        table.add_row(due, str(one["person"]), str(one["income_year"]), OWNERS[one["owner"]], one["asked_on"], waiting)
    out.print(table if found else "未回答の照会はありません。")


@app.command()
@asks
def corrections(
    access: Access,
    since: Annotated[str | None, typer.Option("--from", help="YYYY-MM-DD: first day of recording.")] = None,
    until: Annotated[str | None, typer.Option("--to", help="YYYY-MM-DD: last day.")] = None,
    as_json: AsJson = False,
) -> None:
    """Incomes assessed again (更正) in these days, whose pre-checks use them, and which of these came out otherwise. Leaves access records.

    A pre-check before and after is the one "as recorded by" the day before and the day of the correction.
    """

    async def read() -> list[dict[str, Any]]:
        async with opened("tax-income") as (_, taxes), opened("eligibility") as (own, connection):
            today = await business_day(connection)
            last = day_or(until, today)
            first = day_or(since, last - dt.timedelta(days=30))
            rows = await taxes.fetch(_CORRECTED, *(_midnight(day) for day in (first, last + dt.timedelta(days=1))))
            found = []
            for row in rows:
                found += await _changed(connection, row, today)
            shown = [number for one in found for number in (one["person"], one["applicant"])]
            await recorded(own, connection, shown, access, "corrections", ("income", "exemptions"))
            return found

    found = asyncio.run(read())
    if as_json:
        print(json.dumps(found))
        return
    table = Table(
        "更正された者", "所得年", "記録日", "申請者", "受付番号", "対象月", "更正前", "更正後", title="更正と参考判定"
    )
    for one in found:
        for month in one["months"] or [None]:
            name, before, after = (
                (month["month"], month["before"], month["after"]) if month else ("", "変更なし", "変更なし")
            )
            table.add_row(
                str(one["person"]), str(one["income_year"]), one["recorded_on"], str(one["applicant"]), one["filing"], name,
                before, after,
            )  # fmt: skip
    out.print(table if found else "該当する更正はありません。")


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), JST)


async def _changed(connection: asyncpg.Connection, corrected: asyncpg.Record, today: dt.date) -> list[dict[str, Any]]:
    """The pre-checks that use one corrected income, each with the months that came out otherwise."""
    versions = {str(event_id) for event_id in corrected["event_ids"]}
    on = corrected["recorded_at"].astimezone(JST).date()
    mates = [
        row["addressee"]
        for row in await connection.fetch(store.QUERIES["circle"], [corrected["addressee"]], [], [], [])
    ]
    known = await store.facts_around(connection, mates)

    def pre_checks(day: dt.date) -> dict[tuple[int, str], dict[str, str]]:
        """(applicant, filing or request) → month → answer, where the income plays a part."""
        persons = persons_of({n: facts for n, every in known.items() if (facts := as_recorded(every, day))})
        found: dict[tuple[int, str], dict[str, str]] = {}
        for mate in mates:
            if mate not in persons or not (persons[mate].filings or persons[mate].reviews):
                continue
            determined = determine(persons[mate], persons, today, parameters())
            for number, results in {**determined.assessments, **determined.reviews}.items():
                for result in results:
                    if versions & set(result.incomes.values()):
                        found.setdefault((mate, number), {})[str(result.month)] = result.scheme or result.outcome
        return found

    before, after = pre_checks(on - dt.timedelta(days=1)), pre_checks(on)
    return [
        {
            "person": corrected["addressee"], "income_year": corrected["income_year"], "recorded_on": str(on),
            "applicant": place[0], "filing": place[1],
            "months": [
                {"month": month, "before": before.get(place, {}).get(month, NOT_FILED), "after": answer}
                for month, answer in sorted(now.items())
                if before.get(place, {}).get(month) != answer
            ],
        }
        for place, now in sorted(after.items())
    ]  # fmt: skip


@app.command()
def border(as_json: AsJson = False) -> None:
    """What was not let in, by tax year (最小限): records of persons nobody is concerned with, items of no list. Nobody is named."""

    async def read() -> list[dict[str, Any]]:
        async with opened("tax-income") as (_, connection):
            return [dict(row) for row in await connection.fetch(_BORDER)]

    rows = asyncio.run(read())
    if as_json:
        print(json.dumps(rows))
        return
    table = Table("相当年度", "受け入れなかったもの", "件数", title="対象外の情報")
    for row in rows:
        what = (
            "対象となる本人の範囲にない者" if row["what"] == "person" else f"項目 {row['what'].removeprefix('item:')}"
        )
        table.add_row(str(row["tax_year"]), what, f"{row['records']:,}")
    out.print(table if rows else "対象外の情報は届いていません。")
