"""SQL in, rows out: what the desk keeps of its own."""

from chassis import database
from chassis.transaction import Transaction

QUERIES = database.queries("console")


async def erase(transaction: Transaction, person: int) -> dict[str, int]:
    """Delete everything of a person; rows by table."""
    return dict((await transaction.fetch(QUERIES["erase"], person))[0])
