"""④ 符号要求, ⑤ 情報提供 and ⑥ 情報照会 of the unified-number server: there, and switched off.

「情報照会・提供を行わないため④～⑥の機能は使用しない」 (assessment, system 2). What they would be is typed; the one implementation refuses
every call by name and leaves an access record. No code of ours reaches the network they would need (tests/test_closed_network.py).
"""

from typing import NoReturn, Protocol

from chassis.doors import Door, Refused
from chassis.transaction import Access, Transaction
from contracts.doors.registry import AskLinkage, LinkageAnswer

USE = "linkage"
NOT_USED = "番号連携サーバの④～⑥の機能は使用しません（情報提供ネットワークシステムに接続していません）。"


class Linkage(Protocol):
    """What a link to the national network would have to do."""

    async def request_symbol(self, addressee: int) -> LinkageAnswer:
        """④ 符号要求: ask for the symbol that stands for a person between offices."""

    async def provide(self, addressee: int) -> LinkageAnswer:
        """⑤ 情報提供: put what we hold of a person at the disposal of others."""

    async def inquire(self, addressee: int) -> LinkageAnswer:
        """⑥ 情報照会: ask another office about a person."""


class SwitchedOff:
    """The only one there is."""

    async def request_symbol(self, addressee: int) -> NoReturn:
        raise Refused("linkage_not_used", NOT_USED, subjects=[addressee])

    async def provide(self, addressee: int) -> NoReturn:
        raise Refused("linkage_not_used", NOT_USED, subjects=[addressee])

    async def inquire(self, addressee: int) -> NoReturn:
        raise Refused("linkage_not_used", NOT_USED, subjects=[addressee])


LINKAGE: Linkage = SwitchedOff()


async def request_symbol(transaction: Transaction, access: Access, body: AskLinkage) -> LinkageAnswer:
    """④ 符号要求: refused, 使用しない."""
    return await LINKAGE.request_symbol(body.addressee)


async def provide(transaction: Transaction, access: Access, body: AskLinkage) -> LinkageAnswer:
    """⑤ 情報提供: refused, 使用しない."""
    return await LINKAGE.provide(body.addressee)


async def inquire(transaction: Transaction, access: Access, body: AskLinkage) -> LinkageAnswer:
    """⑥ 情報照会: refused, 使用しない."""
    return await LINKAGE.inquire(body.addressee)


DOORS = (
    Door("/linkage/symbol", USE, AskLinkage, LinkageAnswer, request_symbol),
    Door("/linkage/provision", USE, AskLinkage, LinkageAnswer, provide),
    Door("/linkage/inquiry", USE, AskLinkage, LinkageAnswer, inquire),
)
