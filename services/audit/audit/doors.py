"""The door of the log: where it stands, for what is put on paper (送付書) and can be held against it later."""

from chassis.doors import Door
from chassis.transaction import Access, Transaction
from contracts.doors import AskTreeHead, TreeHead

from audit.store import QUERIES

HEAD = "log.head"
RIGHTS: dict[str, frozenset[str]] = {"transmittal": frozenset({HEAD})}
"""transmittal, the service that seals batches."""


async def tree_head(transaction: Transaction, access: Access, body: AskTreeHead) -> TreeHead:
    """How many records the log holds, and the hash that stands for them."""
    row = (await transaction.fetch(QUERIES["head_as_read"]))[0]
    await transaction.record_search(access, "log.head", ("log",))
    return TreeHead(size=row["size"], root=row["root"].hex())


DOORS = (Door("/tree-head", HEAD, AskTreeHead, TreeHead, tree_head),)
