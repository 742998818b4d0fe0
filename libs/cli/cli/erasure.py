"""`kokunen erasure`: what need not be kept any longer (保存期間の満了), proposed by one person and erased by another, with its certificate (消去証明書)."""

from typing import Annotated

import typer
from chassis.transaction import Access
from contracts.doors.retention import (
    ApproveErasure,
    AskErasureCertificate,
    AskExpired,
    ErasureCertificate,
    Expired,
    HoldRecords,
    LiftHold,
    ProposeErasure,
)
from contracts.vocabulary import JST, SERVICES
from eligibility import retention_desk
from eligibility.parameter_files import retention
from eligibility.retention import RecordKind
from rich.table import Table

from cli.access import AsJson, act_at, asks_for
from cli.screen import out

app = typer.Typer(
    help="What need not be kept any longer: listed, proposed, erased by a second person.", no_args_is_help=True
)
asks = asks_for("retention")
Person = Annotated[int, typer.Argument(help="Addressee number (宛名番号).")]
Certificate = Annotated[str, typer.Argument(help="Number of the certificate, ER-00000001.")]


@app.command()
@asks
def expired(
    access: Access,
    after: Annotated[int | None, typer.Option(help="Go on after this number.")] = None,
    as_json: AsJson = False,
) -> None:
    """Persons of whom nothing has to be kept any longer (消去候補)."""
    found = act_at("eligibility", access, lambda t: retention_desk.expired(t, access, AskExpired(after=after)))
    if as_json:
        print(found.model_dump_json())
    else:
        _show(found)


@app.command()
@asks
def propose(access: Access, person: Person) -> None:
    """That nothing of a person is kept any longer; prints the number under which another person approves it."""
    asked = ProposeErasure(addressee=person)
    print(act_at("eligibility", access, lambda t: retention_desk.propose(t, access, asked)).certificate)


@app.command()
@asks
def approve(access: Access, number: Certificate) -> None:
    """The second person: every service erases what it has. It can't be undone."""
    asked = ApproveErasure(certificate=number)
    done = act_at("eligibility", access, lambda t: retention_desk.approve(t, access, asked))
    print(f"決裁しました。各サービスが消去します（{done.certificate}）。")


@app.command()
@asks
def hold(
    access: Access, person: Person, reason: Annotated[str, typer.Option(help="A code or a case's number.")]
) -> None:
    """Nothing of a person may be erased (保存の留保), until another person lifts it."""
    asked = HoldRecords(addressee=person, reason=reason)
    act_at("eligibility", access, lambda t: retention_desk.hold(t, access, asked))
    print("保存を留保しました。")


@app.command()
@asks
def lift(access: Access, person: Person) -> None:
    """Another person than who set it lifts a hold."""
    act_at("eligibility", access, lambda t: retention_desk.lift(t, access, LiftHold(addressee=person)))
    print("留保を解除しました。")


@app.command()
@asks
def certificate(access: Access, number: Certificate, as_json: AsJson = False) -> None:
    """消去証明書: who decided, and what each service has erased; status 1 until every service has."""
    asked = AskErasureCertificate(certificate=number)
    found = act_at("eligibility", access, lambda t: retention_desk.certificate(t, access, asked))
    if as_json:
        print(found.model_dump_json())
    else:
        _certify(found)
    if not found.whole:
        raise typer.Exit(1)


def _show(found: Expired) -> None:
    table = Table("宛名番号", "保存期間の満了", "最後の記録", "留保", "起案", title="消去候補")
    titles: dict[str, str] = {kind: period.title for kind, period in retention().items()}
    for one in found.persons:
        kind: RecordKind | str = max(one.kept_until, key=lambda kind: one.kept_until[kind])
        until = f"{one.kept_until[kind]:%Y-%m-%d}"
        table.add_row(str(one.addressee), until, titles[kind], one.held or "", one.proposal or "")
    out.print(table)
    if found.more is not None:
        out.print(f"続き: --after {found.more}")


def _certify(found: ErasureCertificate) -> None:
    by = f"起案 {found.proposed_by}　決裁 {found.approved_by or '（未決裁）'}"
    table = Table(
        "サービス",
        "消去日時",
        "消去した記録（件）",
        title=f"消去証明書 {found.certificate}　宛名番号 {found.addressee}",
    )
    done = {one.service: one for one in found.services}
    for service in SERVICES:
        if (one := done.get(service)) is not None:
            rows = "、".join(f"{what} {count}" for what, count in sorted(one.rows.items()))
            table.add_row(service, f"{one.at.astimezone(JST):%Y-%m-%d %H:%M:%S}", rows or "なし")
        else:
            table.add_row(service, "未了", "")
    out.print(table)
    out.print(f"{by}　保存期間の満了 {found.kept_until:%Y-%m-%d}")
