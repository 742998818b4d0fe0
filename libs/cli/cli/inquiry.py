"""The sheet of a person (照会票) at eligibility's door, on the screen or as a page. The door refuses and records; nothing is decided here."""

import datetime as dt
import os
import ssl
from pathlib import Path
from typing import Annotated

import httpx
import typer
from chassis import files
from chassis.doors import HEADERS
from chassis.transaction import Access
from contracts.doors.inquiry import AskView, ReadingAsked, View
from contracts.purposes import PURPOSES
from contracts.sheet import reading_in_words, row
from contracts.vocabulary import JST
from eligibility.sheet_page import page
from rich.table import Table

from cli import certificates, services
from cli.access import asks, day_or
from cli.reading import ReceivedBy, RecordedBy, chosen
from cli.screen import out

BEARER = "KOKUNEN_TOKEN"
SECONDS = 60.0


class InquiryRefused(Exception):
    """The door did not answer the inquiry; one sentence says why."""


@asks
def inquiry(
    access: Access,
    addressee: Annotated[int, typer.Argument(help="Addressee number (宛名番号).")],
    born: Annotated[str, typer.Option(help="YYYY-MM-DD: number and birth date must be one person's.")],
    on: Annotated[str | None, typer.Option(help="YYYY-MM-DD: what held on this day.")] = None,
    recorded_by: RecordedBy = None,
    received_by: ReceivedBy = None,
    html: Annotated[Path | None, typer.Option(dir_okay=False, help="Write the sheet as one HTML page, too.")] = None,
) -> None:
    """What is known of a person, for a purpose: `--purpose status | exemption | claim | support-benefit | disclosure`. The token is in KOKUNEN_TOKEN."""
    reading = chosen(recorded_by, received_by)
    asked = AskView(
        addressee=addressee,
        birth_date=day_or(born, dt.date.min),
        on=day_or(on, dt.date.min) if on is not None else None,
        reading=ReadingAsked(by=reading.by, day=reading.day) if reading.by and reading.day else None,
    )
    sheet = _ask(access, asked)
    _show(sheet)
    if html is not None:
        now = dt.datetime.now(JST)
        by = f"{access.account}　端末 {access.terminal}　目的 {PURPOSES[access.purpose].title}　事案 {access.case}　{now:%Y-%m-%d %H:%M}"
        files.write(html, page(sheet, by).encode())
        out.print(str(html))


def _ask(access: Access, asked: AskView) -> View:
    token = os.environ.get(BEARER)
    if not token:
        raise InquiryRefused(
            f"{BEARER} is not set: the identity provider's token for eligibility. On a local stack:"
            f" export {BEARER}=$(kokunen token --account {access.account} --role clerk --service eligibility --development)"
        )
    ports = services.door_ports()
    if "eligibility" not in ports:
        raise InquiryRefused("No doors are open here: `kokunen up` starts the services.")
    headers = {HEADERS[name]: getattr(access, name) for name in HEADERS} | {
        "authorization": f"Bearer {token}",
        "content-type": "application/json",
    }
    trusted = ssl.create_default_context(cafile=certificates.environment()["KOKUNEN_TLS_AUTHORITY"])
    try:
        answer = httpx.post(
            f"https://127.0.0.1:{ports['eligibility']}/inquiries", content=asked.model_dump_json(), headers=headers, verify=trusted,
            timeout=SECONDS, trust_env=False,
        )  # fmt: skip
    except httpx.HTTPError:
        raise InquiryRefused("eligibility does not answer: `kokunen status` says whether it is up.") from None
    if answer.status_code != httpx.codes.OK:
        raise InquiryRefused(str(answer.json()["title"]))
    return View.model_validate_json(answer.content)


def _show(sheet: View) -> None:
    who = sheet.persons[0]
    mark = "　支援措置対象者" if who.protected else ""
    out.print(
        f"参考判定（裁定ではありません）　宛名番号{sheet.addressee}　{who.name}{mark}　{reading_in_words(sheet)}",
        highlight=False,
    )
    table = Table("年月日・期間", "区分", "内容")
    for line in sheet.lines:
        shown = row(line)
        table.add_row(shown.when, shown.part, shown.says)
    out.print(table)
