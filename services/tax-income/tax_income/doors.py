"""The door of the incomes: what is printed on an application of the persons whose income counts (所得情報を印字した申請書, decision 35)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import asyncpg
from chassis import database
from chassis.doors import Door
from chassis.transaction import Access, Transaction
from contracts.doors.income_requests import (
    AnswerIncomeRequest,
    AskIncomeRequests,
    AskOpenRows,
    ImportIncomeRequest,
    IncomeRequestAnswered,
    IncomeRequestImported,
    IncomeRequestNamed,
    IncomeRequestsShown,
    OpenRows,
    RowSettled,
    RowsLookedFor,
    SettleRow,
)
from contracts.doors.incomes import (
    AskHeldIncomes,
    AskIncomes,
    AskTaxFlags,
    CaseAsked,
    CaseIncomes,
    HeldIncome,
    HeldIncomes,
    Incomes,
    IncomeShown,
    TaxFlag,
    TaxFlags,
)
from contracts.events.eligibility import Role
from contracts.events.income import TaxAssessed
from contracts.vocabulary import JST

from tax_income import request_doors
from tax_income.store import QUERIES

LOOK, FLAGS, HELD = "incomes.look", "incomes.flags", "incomes.held"
REQUESTS = "income-requests"
MAX_LIST = 64 * 1024 * 1024
"""Bytes of a call that brings a list: 300,000 rows of some hundred bytes."""
RIGHTS: dict[str, frozenset[str]] = {
    "transmittal": frozenset({LOOK}),
    "eligibility": frozenset({LOOK, FLAGS, HELD}),
    "request-clerk": frozenset({REQUESTS}),
}
"""transmittal prints applications with the incomes they are decided by; eligibility shows those incomes at an inquiry, and to the person
at a disclosure."""


async def of_cases(transaction: Transaction, access: Access, body: AskIncomes) -> Incomes:
    """For each application the incomes of its year: the applicant's, the spouse's, and that of who was householder on its day."""
    with_household = [(case.addressee, case.on) for case in body.cases if case.household]
    heads: dict[tuple[int, object], int] = {}
    if with_household:
        found = await transaction.fetch(QUERIES["householders_on"], *database.columns(sorted(set(with_household)), 2))
        heads = {(row["person"], row["day"]): row["addressee"] for row in found}
    asked: dict[int, set[int]] = defaultdict(set)
    roles = {case.case: _roles(case, heads) for case in body.cases}
    for case in body.cases:
        asked[case.tax_year].update(roles[case.case].values())
    known: dict[tuple[int, int], asyncpg.Record] = {}
    for year, persons in sorted(asked.items()):
        for row in await transaction.fetch(QUERIES["newest_assessments"], sorted(persons), year):
            known[row["person"], year] = row
    cases = tuple(
        CaseIncomes(case=case.case, incomes=tuple(_shown(roles[case.case], case.tax_year, known)))
        for case in body.cases
    )
    about = sorted({one.addressee for case in cases for one in case.incomes})
    await transaction.record_access(about, access, "incomes.look", ("income",))
    return Incomes(cases=cases)


def _roles(case: CaseAsked, heads: Mapping[tuple[int, object], int]) -> dict[Role, int]:
    """Who is looked at in which role; a householder who is applicant or spouse is looked at once, as that."""
    roles: dict[Role, int] = {"applicant": case.addressee}
    if case.household:
        if case.spouse is not None:
            roles["spouse"] = case.spouse
        head = heads.get((case.addressee, case.on))
        if head is not None and head not in roles.values():
            roles["householder"] = head
    return roles


def _shown(
    roles: Mapping[Role, int], tax_year: int, known: Mapping[tuple[int, int], asyncpg.Record]
) -> Iterable[IncomeShown]:
    for role, person in roles.items():
        row = known.get((person, tax_year))
        if row is None or row["data"] is None or not row["inside"]:
            yield IncomeShown(role=role, addressee=person)
            continue
        told = _listed(row["data"])
        yield IncomeShown(
            role=role,
            addressee=person,
            state=told.state,
            record=told.record,
            fact=str(row["event_id"]),
            recorded_on=row["recorded_at"].astimezone(JST).date(),
        )


async def tax_flags(transaction: Transaction, access: Access, body: AskTaxFlags) -> TaxFlags:
    """Of each person whether municipal tax is due, and nothing else of the income."""
    rows = await transaction.fetch(QUERIES["newest_assessments"], list(body.addressees), body.tax_year)
    held = {row["person"]: row for row in rows if row["data"] is not None and row["inside"]}
    await transaction.record_access(sorted(set(body.addressees)), access, "tax-flags.look", ("municipal_tax",))
    return TaxFlags(flags=tuple(_flag(person, held.get(person)) for person in body.addressees))


def _flag(person: int, row: asyncpg.Record | None) -> TaxFlag:
    if row is None:
        return TaxFlag(addressee=person)
    told = TaxAssessed.model_validate_json(row["data"])
    tax = told.record.municipal_tax if told.record is not None else None
    return TaxFlag(addressee=person, state=told.state, municipal_tax=tax)


async def held(transaction: Transaction, access: Access, body: AskHeldIncomes) -> HeldIncomes:
    """Everything that is held of one person's incomes."""
    rows = await transaction.fetch(QUERIES["held_assessments"], body.addressee)
    await transaction.record_access([body.addressee], access, "incomes.held", ("income",))
    return HeldIncomes(
        incomes=tuple(HeldIncome(assessed=_listed(row["data"]), fact=str(row["event_id"])) for row in rows)
    )


def _listed(data: bytes) -> TaxAssessed:
    told = TaxAssessed.model_validate_json(data)
    return told.model_copy(update={"record": told.record.listed()}) if told.record is not None else told


DOORS = (
    Door("/incomes", LOOK, AskIncomes, Incomes, of_cases),
    Door("/incomes/held", HELD, AskHeldIncomes, HeldIncomes, held),
    Door("/tax-flags", FLAGS, AskTaxFlags, TaxFlags, tax_flags),
    Door("/income-requests", REQUESTS, AskIncomeRequests, IncomeRequestsShown, request_doors.every),
    Door(
        "/income-requests/import", REQUESTS, ImportIncomeRequest, IncomeRequestImported, request_doors.let_in, MAX_LIST
    ),
    Door("/income-requests/match", REQUESTS, IncomeRequestNamed, RowsLookedFor, request_doors.look_for),
    Door("/income-requests/open", REQUESTS, AskOpenRows, OpenRows, request_doors.still_open),
    Door("/income-requests/settle", REQUESTS, SettleRow, RowSettled, request_doors.settle),
    Door("/income-requests/answer", REQUESTS, AnswerIncomeRequest, IncomeRequestAnswered, request_doors.answer),
)
