"""`kokunen calendar`: which business day is it for whom, and who tells the next one? A timer runs `advance` after each midnight.

Time is an event: no rule reads a clock (promise 8). What is told of a day is always the same bytes under the same id, so that telling it twice, or
by two at once, is telling it once.
"""

import asyncio
import datetime as dt
from typing import Annotated
from uuid import uuid5

import asyncpg
import typer
from aiokafka import AIOKafkaProducer
from chassis import database, settings, wire
from contracts.decoder import Refusal, decode
from contracts.envelope import NAMESPACE, Event
from contracts.events.operations import BusinessDayStarted
from contracts.holidays import is_open
from contracts.topics import dataschema
from contracts.vocabulary import JST
from rich.table import Table

from cli import stack
from cli.broker import Broker, prefix
from cli.catalogue import DECODING
from cli.local import StackError
from cli.screen import out

app = typer.Typer(no_args_is_help=True, help="The business day: who is at which, and telling the next one.")

TOPIC = "calendar"
DAY = dt.timedelta(days=1)


def event_of(day: dt.date, municipality: str) -> Event[BusinessDayStarted]:
    """That this day began in this municipality. HolidayTableEnds beyond the table of holidays."""
    return Event[BusinessDayStarted](
        id=str(uuid5(NAMESPACE, f"calendar|{municipality}|{day}")),
        type="BusinessDayStarted",
        source="kokunen/calendar",
        subject=TOPIC,
        time=dt.datetime.combine(day, dt.time(), JST),
        dataschema=dataschema(BusinessDayStarted),
        municipality=municipality,
        data=BusinessDayStarted(day=day, open=is_open(day)),
    )


def days_to_tell(told: dt.date | None, until: dt.date) -> list[dt.date]:
    """The days after the last one that was told; the first one ever is the one asked for."""
    if told is None:
        return [until]
    return [told + n * DAY for n in range(1, (until - told).days + 1)]


async def last_told(kafka: str) -> dt.date | None:
    """The latest day on the topic."""
    days = []
    async with Broker(kafka) as asked:
        async for record in asked.everything([TOPIC]):
            try:
                days.append(decode(TOPIC, record.value).data.day)
            except Refusal:
                continue  # set aside by every service, and alarmed there
    return max(days, default=None)


async def tell(kafka: str, until: dt.date) -> list[dt.date]:
    """Publish every day up to this one that was not told yet; returns them."""
    days = days_to_tell(await last_told(kafka), until)
    async with AIOKafkaProducer(**wire.kafka(kafka), acks="all", enable_idempotence=True) as producer:
        for day in days:
            value = event_of(day, settings.municipality()).encode()
            await producer.send_and_wait(prefix() + TOPIC, value, key=TOPIC.encode())
    return days


@app.command()
def advance(
    until: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Up to this day; today without it.")
    ] = None,
) -> None:
    """Tell the days that began since the last one that was told. Twice is once."""
    today = dt.datetime.now(JST).date()
    day = until.date() if until else today
    if day > today:
        raise StackError(f"{day} has not begun: a day is told when it has (today is {today}).")
    days = asyncio.run(tell(stack.kafka(), day))
    print(f"Told {days[0]} to {days[-1]}, {len(days)} days." if days else f"Nothing to tell: {day} was told before.")


@app.command()
def status() -> None:
    """The last day that was told, and at which day each service is whose database is within reach. Exit status 1 when one is behind or today was
    not told."""
    given = stack.read()

    async def ask() -> tuple[dt.date | None, dict[str, dt.date | None]]:
        at: dict[str, dt.date | None] = {}
        for service in given.within_reach(DECODING):
            connection = await asyncpg.connect(given.databases[service], server_settings=database.SESSION)
            try:
                at[service] = await connection.fetchval("select business_day from clock")
            finally:
                await connection.close()
        return await last_told(given.kafka), at

    told, at = asyncio.run(ask())
    today = dt.datetime.now(JST).date()
    table = Table("", "business day", "", title=f"Today is {today}")
    table.add_row("told", str(told or "none"), "" if told and told >= today else "[red]today was not told")
    for service, day in at.items():
        behind = told is not None and (day is None or day < told)
        table.add_row(service, str(day or "none"), "[red]behind" if behind else "")
    out.print(table)
    if told is None or told < today or any(day is None or day < told for day in at.values()):
        raise typer.Exit(1)
