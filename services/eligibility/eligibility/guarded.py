"""Whose records may nobody look at (利用停止), and whose only those who look after the protected (支援措置)?"""

from chassis.doors import Refused
from chassis.transaction import Access, Transaction
from contracts.events.registry import ResidentUpdated

from eligibility import store

PROTECTED = "inquiry.protected"


async def is_suspended(transaction: Transaction, person: int) -> bool:
    """Whether the use of a person's records was suspended (利用停止): nobody looks at them then."""
    return bool((await transaction.fetch(store.QUERIES["use_suspended"], person))[0]["suspended"])


async def may_be_seen(transaction: Transaction, access: Access, person: int) -> None:
    """Refused where the use of the person's records is suspended (利用停止), or they are for those alone who look after the protected."""
    if await is_suspended(transaction, person):
        raise Refused("use_suspended", "利用停止中です。照会できません。", subjects=[person])
    told = store.read_facts(await transaction.fetch(store.QUERIES["facts_of"], [person]))
    protected = any(isinstance(one.data, ResidentUpdated) and one.data.support_measure for one in told)
    if protected and PROTECTED not in access.rights:
        raise Refused("protected", "支援措置の対象者です。照会できません。", subjects=[person])
