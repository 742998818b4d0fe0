"""What people enter in 記録媒体管理台帳: terminals and media that may be used, where a medium went, when it came back, and its end."""

import datetime as dt

from chassis.doors import Refused
from chassis.transaction import Access, Transaction

from transmittal.desk import lawful, refused
from transmittal.store import QUERIES


async def designate(transaction: Transaction, access: Access, terminal: str, valid_until: dt.datetime | None) -> None:
    """A terminal on which media may be written."""
    await transaction.fetch(QUERIES["add_terminal"], terminal, access.account, valid_until)
    await transaction.record_search(access, "transmittal.designate", ("terminal",), "register")


async def register(
    transaction: Transaction, access: Access, code: str, serial: str, kind: str, place: str, valid_until: dt.datetime
) -> None:
    """Enter a medium in the ledger (記録媒体管理台帳)."""
    async with lawful():
        await transaction.fetch(QUERIES["add_medium"], code, serial, kind, place, access.account, valid_until)
    await transaction.record_search(access, "transmittal.register", ("medium",), "register")


async def lend(transaction: Transaction, access: Access, code: str, destination: str, due_back: dt.date) -> None:
    """A medium goes out (出) and is due back on a day: an entry of the ledger."""
    async with lawful():
        await transaction.fetch(QUERIES["medium_out"], code, access.account, destination, due_back)
    await transaction.record_search(access, "transmittal.medium-out", ("medium",), "update")


async def take_back(transaction: Transaction, access: Access, code: str) -> None:
    """A medium that went out came back (入)."""
    if not await transaction.fetch(QUERIES["medium_in"], code, access.account):
        raise Refused("medium_not_out", "この媒体は貸し出されていません。", status=409)
    await transaction.record_search(access, "transmittal.medium-in", ("medium",), "update")


async def dispose(transaction: Transaction, access: Access, code: str, how: str, certificate: str | None) -> None:
    """Enter the end of a medium in the ledger, with the method and the certificate's number."""
    async with lawful():
        if not await transaction.fetch(QUERIES["dispose"], code, access.account, how, certificate):
            raise refused("medium_is_usable")
    await transaction.record_search(access, "transmittal.dispose", ("medium",), "delete")
