"""How does a service answer a person or another service? Through doors: authenticated, for a purpose, on record, or not at all.

Each call is one POST over TLS. Its order is fixed: who calls (token), may they (role), what for (purpose), what exactly (strict body);
then one transaction, in which the answer is made *and* the access recorded; commit; only then the answer leaves (promise 7). A refusal is
recorded, too. Errors are `application/problem+json` (RFC 9457); they name field and rule, never a value.
"""

import asyncio
import datetime as dt
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import asyncpg
from contracts.events.operations import AccountSet, TerminalSet
from contracts.purposes import opens
from contracts.vocabulary import Model
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from chassis import database, telemetry
from chassis.accounts import roles_of, why_not
from chassis.batch import BROKEN_ENVIRONMENT
from chassis.callers import Caller, Callers, NotKnown
from chassis.sealing import Sealer
from chassis.settings import Settings
from chassis.transaction import AUDIT_SILENT, Access, AuditSilent, Transaction, is_code, to_json

log = logging.getLogger(__name__)

_ACCOUNT_AT = database.queries("chassis")["account_at"]
MAX_BODY = 2 * 1024 * 1024
HEADERS = {"terminal": "Kokunen-Terminal", "purpose": "Kokunen-Purpose", "case": "Kokunen-Case"}
"""The headers that say from where, what for and in which case. Nobody's number is in a header or an address."""


@dataclass(frozen=True)
class Door:
    """One kind of call: where, by what right, what it takes, and what answers it."""

    path: str
    right: str
    request: type[Model]
    answers: type[Model]
    answer: Callable[[Transaction, Access, Any], Awaitable[Model]]
    """Answers within the open transaction, and records the access there; its docstring says what the door is for."""
    at_most: int = MAX_BODY
    """Bytes of a body."""
    recorded: bool = True
    """Every answer has its access record. Only what a service asks about its own access records has none: it would never end."""


class Refused(Exception):
    """The call is understood and not granted. `code` is stable, `title` for a person, `subjects` whom the call was about."""

    def __init__(self, code: str, title: str, *, status: int = 403, subjects: Sequence[int] = ()) -> None:
        super().__init__(code)
        self.code, self.title, self.status, self.subjects = code, title, status, subjects


class _Problem(Exception):
    """An answer that is none, before anybody knows who asks or what for."""

    def __init__(self, status: int, code: str, title: str, **more: Any) -> None:
        super().__init__(code)
        self.response = problem(status, code, title, **more)


def problem(status: int, code: str, title: str, **more: Any) -> JSONResponse:
    """An error as RFC 9457 has it."""
    body = {"type": f"urn:kokunen:{code}", "title": title, "status": status, **more}
    return JSONResponse(body, status, media_type="application/problem+json")


NOBODY = Access("nobody", "unknown", "unknown", "unknown")
"""Who calls without a token that we know, or does not say what for."""


LOGINS_KNOWN = 10_000
"""Of the latest log-ins it is remembered that they are on record; an older one would be recorded again."""


class Doorkeeper:
    """Lets calls in to the doors of one service."""

    def __init__(
        self,
        settings: Settings,
        pool: asyncpg.Pool,
        sealer: Sealer,
        rights: Mapping[str, frozenset[str]],
        callers: Callers,
    ) -> None:
        self.settings, self.pool, self.sealer, self.rights, self.callers = settings, pool, sealer, rights, callers
        self._logins: dict[tuple[str, float], None] = {}

    async def let_in(self, door: Door, request: Request) -> Response:
        """The answer to one call, whatever comes of it."""
        began = time.perf_counter()
        try:
            response = await self._answered(door, request)
        except _Problem as refusal:
            response = refusal.response
        except BROKEN_ENVIRONMENT as error:
            log.warning("the door %s could not answer (%s)", door.path, type(error).__name__)
            response = problem(503, "not_available", "The service can't answer just now. Nothing was done; try again.")
        except Exception:
            log.exception("the door %s failed", door.path)
            response = problem(500, "failed", "The service failed. Nothing was done.")
        telemetry.CALLS.labels(door.path, str(response.status_code)).inc()
        telemetry.CALL_SECONDS.labels(door.path).observe(time.perf_counter() - began)
        return response

    async def _answered(self, door: Door, request: Request) -> Response:
        try:
            caller = self._caller(request)
            access = self._access(caller, request)
        except _Problem:
            await self._on_record(door, NOBODY)
            raise
        try:
            access = await self.admit(caller, access, door.right)
            body = _body(door, await _read(request, door.at_most))
            answer = await self._act(door, access, body)
        except Refused as refusal:
            await self._on_record(door, access, refusal.subjects)
            return problem(refusal.status, refusal.code, refusal.title)
        return Response(answer, media_type="application/json")

    async def call(self, door: Door, caller: Caller, access: Access, body: Model) -> Model:
        """The answer of one of our doors to a caller at our own pages; a refusal is on record and raised."""
        try:
            access = await self.admit(caller, access, door.right)
            return door.answers.model_validate_json(await self._act(door, access, body))
        except Refused as refusal:
            await self._on_record(door, access, refusal.subjects)
            raise

    async def _act(self, door: Door, access: Access, body: Model) -> bytes:
        """The answer and its access record in one transaction, as JSON."""
        try:
            async with self.pool.acquire() as connection, connection.transaction():
                await database.declare(connection, access.account, access.purpose)
                transaction = Transaction(self.settings, connection, self.sealer)
                answer = to_json(await door.answer(transaction, access, body))
                if door.recorded and not transaction.accesses:
                    raise RuntimeError(f"{door.path} answered without an access record")
                await transaction.send()
        except AuditSilent:
            raise Refused("audit_silent", AUDIT_SILENT, status=503) from None
        return answer

    async def admit(self, caller: Caller, access: Access, right: str) -> Access:
        """The access with the caller's rights. Refused where register, terminal, role or purpose forbid this one."""
        access = replace(access, rights=self._rights_of(await self.roles(caller, access, right)))
        if right not in access.rights:
            raise Refused("not_granted", "この操作をする権限がありません。")
        if not opens(access.purpose, right):
            raise Refused("wrong_purpose", "この目的では、この操作はできません。")
        return access

    async def roles(self, caller: Caller, access: Access, right: str) -> frozenset[str]:
        """The caller's roles that count now. Refused where the register forbids this right, here or altogether; the log-in is on record."""
        if caller.is_service:
            return caller.roles
        if caller.terminal not in (None, access.terminal):
            raise Refused("terminal_differs", "ログインした端末ではありません。")
        await self._log_in(access, caller)
        async with self.pool.acquire() as connection:
            row = await connection.fetchrow(_ACCOUNT_AT, access.account, access.terminal)
        account = AccountSet.model_validate_json(row["account"]) if row["account"] is not None else None
        terminal = TerminalSet.model_validate_json(row["terminal"]) if row["terminal"] is not None else None
        of = terminal.of if terminal is not None and not terminal.withdrawn else None
        now = dt.datetime.now(dt.UTC)
        forbidden = why_not(account, of, right, access.case, now, self.settings.training_days)
        if forbidden is not None or account is None:
            raise Refused(*forbidden or ("account_unknown", ""))
        return roles_of(caller.roles, account, now)

    def _caller(self, request: Request) -> Caller:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token:
            raise _Problem(401, "token_missing", "A call needs a bearer token.")
        try:
            return self.callers.caller(token, self.settings.service)
        except NotKnown as reason:
            log.warning("a caller is not known: %s", reason)
            raise _Problem(401, "token_refused", str(reason)) from None

    def _access(self, caller: Caller, request: Request) -> Access:
        said = {name: request.headers.get(header, "") for name, header in HEADERS.items()}
        wrong = [HEADERS[name] for name, value in said.items() if not is_code(value)]
        if wrong:
            raise _Problem(
                400, "header", f"The header {wrong[0]} is missing or no code of up to 64 letters and digits."
            )
        return Access(caller.account, said["terminal"], said["purpose"], said["case"])

    def _rights_of(self, roles: Iterable[str]) -> frozenset[str]:
        return frozenset().union(*(self.rights.get(role, frozenset()) for role in roles))

    async def _log_in(self, access: Access, caller: Caller) -> None:
        """The first call after somebody logged in is on record as that (ログイン), at each service that is called."""
        # Somebody may have logged in at two places, and call from both by turns.
        login = caller.account, caller.logged_in_at
        if login in self._logins:
            return
        self._logins[login] = None  # now: of a hundred calls at once one is the first
        if len(self._logins) > LOGINS_KNOWN:
            del self._logins[next(iter(self._logins))]
        try:
            async with self.pool.acquire() as connection, connection.transaction():
                transaction = Transaction(self.settings, connection, self.sealer)
                await transaction.record_login(access)
                await transaction.send()
        except BaseException:
            self._logins.pop(login, None)
            raise

    async def _on_record(self, door: Door, access: Access, subjects: Sequence[int] = ()) -> None:
        """A refused call is on record like an answered one."""
        async with self.pool.acquire() as connection, connection.transaction():
            transaction = Transaction(self.settings, connection, self.sealer)
            await transaction.record_refusal(subjects, access, door.path.strip("/").replace("/", "."))
            await transaction.send()


async def _read(request: Request, at_most: int) -> bytes:
    """The body, no longer than a call of its kind needs."""
    parts = bytearray()
    async for part in request.stream():
        parts += part
        if len(parts) > at_most:
            raise _Problem(413, "too_long", f"The body of this call has at most {at_most} bytes.")
    return bytes(parts)


def _body(door: Door, given: bytes) -> Model:
    try:
        return door.request.model_validate_json(given)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        # The name of a member that is none of ours may say anything: where it stands is enough.
        place = first["loc"][:-1] if first["type"] == "extra_forbidden" else first["loc"]
        named = _members(door.request)
        field = ".".join(str(part) if isinstance(part, int) or part in named else "(member)" for part in place) or None
        raise _Problem(422, "body", "The body is not as the door needs it.", field=field, rule=first["type"]) from None


@cache
def _members(request: type[Model]) -> frozenset[str]:
    """Every name that may stand in the place of a mistake: members of a body of this kind, at any depth, and kinds of a choice."""
    schema = request.model_json_schema()
    found: set[str] = set()
    for name, one in (("", schema), *schema.get("$defs", {}).items()):
        found |= {name, *one.get("properties", {})}
        found |= {str(p["const"]) for p in one.get("properties", {}).values() if "const" in p}
    return frozenset(found)


def application(keeper: Doorkeeper, doors: Sequence[Door], pages: Sequence[BaseRoute] = ()) -> Starlette:
    """The doors of a service as one application, with the document that describes them, and its pages, if it has any."""

    def route(door: Door) -> Route:
        async def call(request: Request) -> Response:
            # Once begun it is finished, also when the caller goes away: what was done is on record either way.
            return await asyncio.shield(keeper.let_in(door, request))

        return Route(door.path, call, methods=["POST"])

    async def document(request: Request) -> Response:
        return JSONResponse(openapi(keeper.settings.service, doors))

    return Starlette(routes=[*(route(door) for door in doors), Route("/openapi.json", document), *pages])


def openapi(service: str, doors: Sequence[Door]) -> dict[str, Any]:
    """OpenAPI 3.1 of a service's doors, made from their shapes."""
    schemas: dict[str, Any] = {}

    def named(model: type[Model]) -> dict[str, Any]:
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(schema.pop("$defs", {}))
        schemas[model.__name__] = schema
        return {"application/json": {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}}

    headers = [
        {"name": header, "in": "header", "required": True, "schema": {"type": "string"}} for header in HEADERS.values()
    ]
    paths = {
        door.path: {
            "post": {
                "summary": (door.answer.__doc__ or "").strip().split("\n")[0],
                "parameters": headers,
                "security": [{"bearer": [door.right]}],
                "requestBody": {"required": True, "content": named(door.request)},
                "responses": {
                    "200": {"description": "answered, and on record", "content": named(door.answers)},
                    "default": {"description": "RFC 9457 problem", "content": {"application/problem+json": {}}},
                },
            }
        }
        for door in doors
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": f"kokunen {service}", "version": "1"},
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
    }
