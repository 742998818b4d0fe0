"""PostgreSQL ends a session, and says so before it closes the connection: whoever asks in between meets a broken environment, not an end."""

import asyncio

import asyncpg
import pytest
from chassis.batch import BROKEN_ENVIRONMENT

from tests.faults.field import place_of, through
from tests.system.conftest import Ward

pytestmark = pytest.mark.system


class NeverCloses:
    """A way to a server on which bytes go through, and the end of a connection does not."""

    def __init__(self, place: tuple[str, int] | str) -> None:
        self.place = place
        self.tasks: set[asyncio.Task[None]] = set()
        self.writers: list[asyncio.StreamWriter] = []

    async def __aenter__(self) -> str:
        self.server = await asyncio.start_server(self._open, "127.0.0.1", 0)
        return f"127.0.0.1:{self.server.sockets[0].getsockname()[1]}"

    async def __aexit__(self, *exc: object) -> None:
        self.server.close()
        for task in self.tasks:
            task.cancel()
        for writer in self.writers:
            writer.close()

    async def _open(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert isinstance(self.place, str)
        theirs, to_them = await asyncio.open_unix_connection(self.place)
        self.writers = [writer, to_them]
        self.tasks = {asyncio.create_task(_pass(reader, to_them)), asyncio.create_task(_pass(theirs, writer))}


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)


async def test_a_session_that_is_ended_and_not_closed_yet(ward: Ward) -> None:
    url = ward.given.databases["audit"]
    async with NeverCloses(place_of(url)) as address:
        connection = await asyncpg.connect(through(url, address))
        assert await connection.fetchval("select true")
        assert await ward.one("audit", "select pg_terminate_backend($1, 5000)", connection.get_server_pid())
        await asyncio.sleep(0.1)
        with pytest.raises(BROKEN_ENVIRONMENT) as met:
            await connection.fetchval("select true")
        assert isinstance(met.value, asyncpg.InternalClientError)
        connection.terminate()
