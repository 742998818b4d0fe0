"""Databases as they were: kept by a test, and put back in the place of what came later."""

from collections.abc import Sequence
from urllib.parse import urlsplit

import asyncpg

from tests.system.conftest import Ward


async def kept(ward: Ward, services: Sequence[str]) -> None:
    """A copy of each of these databases as it stands. Their services are stopped: nobody may be connected."""
    await _as_administrator(ward, services, 'create database "{0}_kept" template "{0}"')


async def put_back(ward: Ward, services: Sequence[str]) -> None:
    """The copies in the place of the databases, under whoever is connected."""
    await _as_administrator(
        ward, services, 'drop database "{0}" with (force)', 'alter database "{0}_kept" rename to "{0}"'
    )


async def _as_administrator(ward: Ward, services: Sequence[str], *statements: str) -> None:
    connection = await asyncpg.connect(ward.given.admin_database)
    try:
        for service in services:
            name = urlsplit(ward.given.databases[service]).path.removeprefix("/")
            for statement in statements:
                await connection.execute(statement.format(name))
    finally:
        await connection.close()
