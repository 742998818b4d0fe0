"""Which database does each service get, with a login that opens this one and no other?"""

import asyncio
import hashlib
import hmac
import os
import re
import secrets
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import asyncpg
from contracts.vocabulary import SERVICES

from cli.local import StackError, home

CONNECT_WITHIN = 10.0
# What may go wrong between us and a server that somebody else runs.
UNREACHABLE = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError)


def variable(service: str) -> str:
    return f"KOKUNEN_DATABASE_{service.upper().replace('-', '_')}"


def named_singly() -> dict[str, str]:
    """The databases that the environment names for single services."""
    return {service: url for service in SERVICES if (url := os.environ.get(variable(service)))}


def name_for(service: str) -> str:
    """Of the database and of its login alike. The prefix lets one server serve several deployments."""
    prefix = os.environ.get("KOKUNEN_PREFIX", "")
    if not re.fullmatch(r"[a-z0-9_]{0,30}", prefix):
        raise StackError(f"KOKUNEN_PREFIX may have up to 30 of a-z, 0-9 and _, not {prefix!r}.")
    return f"{prefix}kokunen_{service.replace('-', '_')}"


def password_for(name: str) -> str:
    """Follows from this stack's secret, so that it is the same after every start and stands in no other file."""
    secret = home() / "secret"
    if not secret.exists():
        secret.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    return hmac.new(secret.read_bytes(), name.encode(), hashlib.sha256).hexdigest()[:40]


def create(admin_url: str, services: list[str]) -> dict[str, str]:
    """A database and a login per service, made or brought up to date; safe to run again. Returns their URLs."""
    try:
        asyncio.run(_create(admin_url, [name_for(service) for service in services]))
    except UNREACHABLE as error:
        raise _unusable("KOKUNEN_DATABASE", admin_url, error) from error
    return {service: _as(admin_url, name_for(service), password_for(name_for(service))) for service in services}


def check(variable: str, url: str) -> None:
    """Whether this database answers with this login."""
    try:
        asyncio.run(_select_one(url))
    except UNREACHABLE as error:
        raise _unusable(variable, url, error) from error


def answers(url: str) -> bool:
    try:
        asyncio.run(_select_one(url))
    except UNREACHABLE:
        return False
    return True


def close_to_services(admin_url: str) -> None:
    """On a server of our own, a service's login does not open the server's own databases either."""
    asyncio.run(_close(admin_url))


def drop(admin_url: str) -> None:
    """Remove what `create` made on a server that is not ours, connections included."""
    try:
        asyncio.run(_drop(admin_url))
    except UNREACHABLE as error:
        raise _unusable("KOKUNEN_DATABASE", admin_url, error) from error


def without_password(url: str) -> str:
    parts = urlsplit(url)
    if "@" in parts.path + parts.query + parts.fragment:  # an unquoted / ? or # in the password: show none of it
        return f"{parts.scheme}://..."
    user, _, place = parts.netloc.rpartition("@")
    shown = f"{user.partition(':')[0]}@{place}" if user else place
    query = urlencode([(key, value) for key, value in parse_qsl(parts.query) if key != "password"], safe="/")
    return urlunsplit((parts.scheme, shown, parts.path, query, ""))


async def _create(admin_url: str, names: list[str]) -> None:
    connection = await asyncpg.connect(admin_url, timeout=CONNECT_WITHIN)
    try:
        roles = {row["rolname"] for row in await connection.fetch("select rolname from pg_roles")}
        databases = {row["datname"] for row in await connection.fetch("select datname from pg_database")}
        for name in names:
            # Names are letters, digits and _ (name_for), passwords are hexadecimal: neither needs quoting.
            verb = "alter" if name in roles else "create"
            await connection.execute(f"{verb} role {name} login password '{password_for(name)}'")
            if name not in databases:
                await connection.execute(
                    f"create database {name} template template0 encoding 'UTF8' locale_provider libc locale 'C.UTF-8' "
                    "strategy file_copy"  # an empty one: sooner copied than written to the log
                )
            await connection.execute(f"revoke all on database {name} from public")
            await connection.execute(f"grant connect, temporary, create on database {name} to {name}")
    finally:
        await connection.close()
    for name in names:
        connection = await asyncpg.connect(_in(admin_url, name), timeout=CONNECT_WITHIN)
        try:
            await connection.execute("revoke all on schema public from public")
            await connection.execute(f"grant usage, create on schema public to {name}")
        finally:
            await connection.close()


async def _drop(admin_url: str) -> None:
    connection = await asyncpg.connect(admin_url, timeout=CONNECT_WITHIN)
    try:
        for service in SERVICES:
            await connection.execute(f"drop database if exists {name_for(service)} with (force)")
            await connection.execute(f"drop role if exists {name_for(service)}")
    finally:
        await connection.close()


async def _close(admin_url: str) -> None:
    connection = await asyncpg.connect(admin_url, timeout=CONNECT_WITHIN)
    try:
        await connection.execute("revoke connect on database postgres, template1 from public")
    finally:
        await connection.close()


async def _select_one(url: str) -> None:
    connection = await asyncpg.connect(url, timeout=CONNECT_WITHIN)
    try:
        await connection.execute("select 1")
    finally:
        await connection.close()


def _in(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def _as(url: str, name: str, password: str) -> str:
    """The same server, opened by a service: its own database, login and password."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    login = ("user", "password", "database", "dbname")
    query = urlencode([(key, value) for key, value in parse_qsl(parts.query) if key not in login], safe="/")
    return urlunsplit((parts.scheme, f"{quote(name)}:{password}@{place}", f"/{name}", query, ""))


def _unusable(variable: str, url: str, error: Exception) -> StackError:
    """One sentence; the server's words are kept, the password never (drivers do not repeat it, URLs would)."""
    match error:
        case asyncpg.InvalidPasswordError() | asyncpg.InvalidAuthorizationSpecificationError():
            why = "does not accept this user and password: correct them"
        case asyncpg.InsufficientPrivilegeError():
            why = "does not let this user create databases and logins: use one with CREATEDB and CREATEROLE"
        case asyncpg.PostgresError():
            why = f"answered: {str(error).splitlines()[0]}"
        case ValueError() | asyncpg.InterfaceError():
            return StackError(f"{variable} is not a PostgreSQL URL (postgresql://user:password@host:port/database).")
        case _:
            why = "does not answer: start it or correct the address"
    return StackError(f"PostgreSQL at {without_password(url)}, which {variable} names, {why}.")
