"""The doors of the log: where it stands, what was signed, what proves it; and who saw or changed what."""

import asyncpg
from chassis.doors import Door, Refused
from chassis.transaction import Access, Transaction
from contracts.doors.accounts import (
    AccountsShown,
    Approved,
    ApproveProposal,
    AskAccounts,
    AskEmergency,
    ProposeAccount,
    Proposed,
    ProposeTerminal,
)
from contracts.doors.log import (
    Accesses,
    AccessShown,
    Acknowledged,
    AskAccesses,
    AskAcknowledged,
    AskCheckpoint,
    AskConsistency,
    AskInclusion,
    AskTreeHead,
    Proof,
    SignedHead,
    TreeHead,
)
from contracts.doors.oversight import (
    AskFindings,
    AskReview,
    Findings,
    FindingSettled,
    ReviewPack,
    ReviewSigned,
    SettleFinding,
    SignReview,
)
from contracts.vocabulary import SERVICES

from audit import account_desk, overseer, proofs, review_desk
from audit.signer import signer_of
from audit.store import QUERIES

HEAD, PROVE, ACCESSES, ACKNOWLEDGE = "log.head", "log.prove", "log.accesses", "log.acknowledge"
PROPOSE, APPROVE, INVENTORY = "accounts.propose", "accounts.approve", "accounts.look"
FINDINGS, SETTLE = "findings.look", "findings.settle"
REVIEWS, SIGN, ACCEPT = "reviews.look", "reviews.sign", "reviews.accept"
RIGHTS: dict[str, frozenset[str]] = {
    **{service: frozenset({ACKNOWLEDGE}) for service in SERVICES},
    "transmittal": frozenset({ACKNOWLEDGE, HEAD}),
    "eligibility": frozenset({ACKNOWLEDGE, ACCESSES}),
    "auditor": frozenset({HEAD, PROVE, ACCESSES, INVENTORY, FINDINGS, SETTLE, REVIEWS, SIGN}),
    "executive": frozenset({REVIEWS, ACCEPT}),
    "account-clerk": frozenset({PROPOSE, INVENTORY}),
    "account-head": frozenset({PROPOSE, APPROVE, INVENTORY}),
}
"""transmittal, the service that seals batches, puts the head on paper (送付書), where it can be held against the log later; eligibility says in a
disclosure (開示) who used a person's records."""


async def tree_head(transaction: Transaction, access: Access, body: AskTreeHead) -> TreeHead:
    """How many records the log holds, and the hash that stands for them."""
    row = (await transaction.fetch(QUERIES["head_as_read"]))[0]
    await transaction.record_search(access, "log.head", ("log",))
    return TreeHead(size=row["size"], root=row["root"].hex())


async def checkpoint(transaction: Transaction, access: Access, body: AskCheckpoint) -> SignedHead:
    """The newest signed head of the log that as many witnesses saw as its policy wants, with their signatures."""
    signer = signer_of(transaction.settings)
    newest = await proofs.published(transaction.fetch, signer.origin, signer.quorum)
    if newest is None:
        raise Refused("nothing_signed", "署名され、証人が確認した記録はまだありません。", status=404)
    await transaction.record_search(access, "log.checkpoint", ("log",))
    return SignedHead(size=newest.size, note=newest.note)


async def inclusion(transaction: Transaction, access: Access, body: AskInclusion) -> Proof:
    """The hashes that prove that a leaf is in the log of this size."""
    await _within(transaction, body.size)
    if body.index >= body.size:
        raise Refused("no_such_leaf", "この番号の記録は、この大きさの記録簿にありません。", status=404)
    hashes = await proofs.inclusion(transaction.fetch, body.index, body.size)
    await transaction.record_search(access, "log.prove", ("log",))
    return Proof(hashes=tuple(one.hex() for one in hashes))


async def consistency(transaction: Transaction, access: Access, body: AskConsistency) -> Proof:
    """The hashes that prove that the log grew and did not change."""
    await _within(transaction, body.new)
    if body.old > body.new:
        raise Refused("sizes_reversed", "古い大きさが新しい大きさを超えています。", status=409)
    hashes = await proofs.consistency(transaction.fetch, body.old, body.new)
    await transaction.record_search(access, "log.prove", ("log",))
    return Proof(hashes=tuple(one.hex() for one in hashes))


async def accesses(transaction: Transaction, access: Access, body: AskAccesses) -> Accesses:
    """Who saw or changed what, of one person or by one account, in a time."""
    asked = body.since, body.until, body.by, body.person, body.at_most + 1
    rows = await transaction.fetch(QUERIES["accesses"], *asked)
    if body.person is not None:
        await transaction.record_access([body.person], access, "log.accesses", ("access",))
    else:
        await transaction.record_search(access, "log.accesses", ("access",))
    return Accesses(accesses=tuple(map(_shown, rows[: body.at_most])), more=len(rows) > body.at_most)


async def acknowledged(transaction: Transaction, access: Access, body: AskAcknowledged) -> Acknowledged:
    """Up to which counter the log has every access record of the service that asks."""
    rows = await transaction.fetch(QUERIES["acknowledged"], access.account, body.after)
    return Acknowledged(counter=rows[0]["counter"], at=rows[0]["at"]) if rows else Acknowledged(counter=body.after)


def _shown(row: asyncpg.Record) -> AccessShown:
    given = dict(row)
    return AccessShown(index=given.pop("idx"), fields=tuple(given.pop("fields").split()), **given)


async def _within(transaction: Transaction, size: int) -> None:
    row = (await transaction.fetch(QUERIES["head_as_read"]))[0]
    if size > row["size"]:
        raise Refused("log_is_shorter", "記録簿はまだこの大きさになっていません。", status=409)


DOORS = (
    Door("/tree-head", HEAD, AskTreeHead, TreeHead, tree_head),
    Door("/checkpoint", HEAD, AskCheckpoint, SignedHead, checkpoint),
    Door("/proofs/inclusion", PROVE, AskInclusion, Proof, inclusion),
    Door("/proofs/consistency", PROVE, AskConsistency, Proof, consistency),
    Door("/accesses", ACCESSES, AskAccesses, Accesses, accesses),
    Door("/findings", FINDINGS, AskFindings, Findings, overseer.show),
    Door("/findings/settle", SETTLE, SettleFinding, FindingSettled, overseer.settle),
    Door("/reviews", REVIEWS, AskReview, ReviewPack, review_desk.pack),
    Door("/reviews/sign", SIGN, SignReview, ReviewSigned, review_desk.sign),
    Door("/reviews/accept", ACCEPT, SignReview, ReviewSigned, review_desk.accept),
    Door("/accounts", INVENTORY, AskAccounts, AccountsShown, account_desk.inventory),
    Door("/accounts/propose", PROPOSE, ProposeAccount, Proposed, account_desk.propose_account),
    Door("/accounts/emergency", PROPOSE, AskEmergency, Proposed, account_desk.ask_emergency),
    Door("/accounts/approve", APPROVE, ApproveProposal, Approved, account_desk.approve),
    Door("/terminals/propose", PROPOSE, ProposeTerminal, Proposed, account_desk.propose_terminal),
    Door("/accesses/acknowledged", ACKNOWLEDGE, AskAcknowledged, Acknowledged, acknowledged, recorded=False),
)
