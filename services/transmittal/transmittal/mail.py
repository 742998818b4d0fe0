"""What does it take to write to people (`letters.py`)? The register's address, tax's word on the incomes, and a record of each letter."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence

from chassis import database
from chassis.calls import CallFailed, Calls
from chassis.doors import Refused
from chassis.transaction import Access, Transaction
from contracts.doors import AT_MOST
from contracts.doors.incomes import AskIncomes, CaseAsked, CaseIncomes, Incomes
from contracts.doors.papers import LetterKind
from contracts.doors.registry import Addressee, Addressees, AskAddressees
from contracts.events.eligibility import FilingReceived, HintCode
from contracts.vocabulary import JST

from transmittal import letters, report_forms, store
from transmittal.due import Received
from transmittal.letters import Letter, MailTo, Unmade
from transmittal.registers import LINE
from transmittal.store import QUERIES


async def write_to(
    transaction: Transaction, access: Access, kind: LetterKind, filing: str, mail_to: MailTo | None
) -> list[Letter]:
    """Letters about a filing, to the residence or where the clerk says. Refused where there is nothing to write, or nobody answers."""
    rows = await transaction.fetch(QUERIES["filing_received"], filing)
    if not rows:
        raise Refused("no_such_filing", "この受付番号の届出はありません。", status=404)
    person = rows[0]["addressee"]
    line = LINE.validate_json(rows[0]["line"])
    try:
        if kind == "income-statement":
            written, people = await _statements(transaction, access, line, person)
        else:
            known, people = await register(transaction, access, [person]), [person]
            written = [letters.letter(kind, line, rows[0]["returned_for"], known[person], mail_to)]
    except letters.NotForThis as nothing:
        raise Refused("nothing_to_write", str(nothing), status=409, subjects=[person]) from None
    await transaction.record_access(
        sorted({person, *people}), access, f"transmittal.letter.{kind}", ("name", "address", "filing"), "print"
    )
    return written


async def _statements(
    transaction: Transaction, access: Access, line: Received, applicant: int
) -> tuple[list[Letter], list[int]]:
    """所得の申立書 of everybody in an application whose income nobody declared; and whoever was looked at for it."""
    form = (await store.forms(transaction, [line.filing])).get(line.filing)
    case = report_forms.case_of(applicant, line, form) if isinstance(line, FilingReceived) else None
    if case is None:
        raise letters.NotForThis("所得により審査する申請ではありません。")
    told = (await incomes(transaction, access, [case]))[case.case]
    people = [one.addressee for one in told.incomes]
    known = await register(transaction, access, people)
    return letters.income_statements(line, told, case.tax_year, known), people


async def remind(
    transaction: Transaction,
    access: Access,
    person: int | None,
    *,
    again: bool,
    about: Collection[HintCode] = letters.REMINDED,
) -> tuple[list[Letter], list[int]]:
    """Letters (届出勧奨) to everybody, or one person, with a filing past its day; once for each filing unless `again`. Besides, those
    whom no letter reaches."""
    day = (await transaction.query("business_day"))[0]["business_day"] or dt.datetime.now(JST).date()
    filings: dict[int, list[Unmade]] = defaultdict(list)
    for row in await transaction.fetch(QUERIES["to_remind"], list(about), person, day, again):
        filings[row["person"]].append(Unmade(row["hint"], row["since"], row["due_on"]))
    known = await register(transaction, access, list(filings))
    reached = [who for who in filings if letters.reachable(known[who])]
    told = [(who, one.hint, one.since) for who in reached for one in filings[who]]
    await transaction.fetch(QUERIES["reminded"], *database.columns(told, 3), access.account)
    looked_at = ("name", "address", "filing")
    await transaction.record_access(sorted(filings), access, "transmittal.remind", looked_at, "print")
    written = [letters.reminder(known[who], filings[who]) for who in reached]
    return written, sorted(filings.keys() - set(reached))


async def incomes(transaction: Transaction, access: Access, cases: Sequence[CaseAsked]) -> dict[str, CaseIncomes]:
    """What tax-income says of the persons of some applications, by application. Refused when it does not answer."""
    if not cases:
        return {}
    try:
        async with Calls(transaction.settings, "tax-income") as tax:
            answer = await tax.post("/incomes", AskIncomes(cases=tuple(cases)), Incomes, access)
    except CallFailed:
        raise Refused("tax_silent", "税情報に接続できません。", status=503) from None
    return {one.case: one for one in answer.cases}


async def register(transaction: Transaction, access: Access, people: Sequence[int]) -> dict[int, Addressee]:
    """What the register says of these people. Refused when it does not answer."""
    known: dict[int, Addressee] = {}
    try:
        async with Calls(transaction.settings, "registry-sync") as registry:
            for start in range(0, len(people), AT_MOST):
                asked = AskAddressees(addressees=tuple(people[start : start + AT_MOST]))
                answer = await registry.post("/addressees", asked, Addressees, access)
                known |= {one.addressee: one for one in answer.addressees}
    except CallFailed:
        raise Refused("register_silent", "住民情報に接続できません。", status=503) from None
    return known
