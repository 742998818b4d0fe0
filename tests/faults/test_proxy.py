"""Does the proxy do to a connection what a test asks, and nothing else?"""

import asyncio
import struct
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.faults.proxy import COMMIT, Proxy

DONE = b"C\x00\x00\x00\x0bCOMMIT\x00"


@asynccontextmanager
async def echo(answer: bytes | None = None) -> AsyncIterator[tuple[str, int]]:
    """A server that says back what it hears, or always the same."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                writer.write(answer or data)
        except OSError:
            pass
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield "127.0.0.1", server.sockets[0].getsockname()[1]


@asynccontextmanager
async def connected(proxy: Proxy) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    yield reader, writer
    writer.transport.abort()


async def test_in_good_weather_everything_goes_through() -> None:
    async with echo() as target, Proxy(target) as proxy, connected(proxy) as (reader, writer):
        writer.write(bytes(range(256)) * 1000)
        assert await reader.readexactly(256_000) == bytes(range(256)) * 1000
        assert not proxy.fired


async def test_delay_throttle_and_pieces_slow_down_and_alter_nothing() -> None:
    async with echo() as target, Proxy(target) as proxy, connected(proxy) as (reader, writer):
        proxy.weather.delay, proxy.weather.piece, proxy.weather.bytes_per_second = (0.02, 0.01), 7, 10_000
        began = time.monotonic()
        writer.write(b"0123456789" * 3)
        assert await reader.readexactly(30) == b"0123456789" * 3
        assert time.monotonic() - began > 0.1
        assert {"delayed", "throttled", "cut to pieces"} <= set(proxy.fired)


@pytest.mark.parametrize("way", ["up", "down"])
async def test_what_is_held_goes_on_when_the_weather_clears(way: str) -> None:
    async with echo() as target, Proxy(target) as proxy, connected(proxy) as (reader, writer):
        proxy.weather.held = {way}  # type: ignore[arg-type]
        writer.write(b"hello")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(1), 0.2)
        proxy.clear()
        assert await asyncio.wait_for(reader.readexactly(5), 5) == b"hello"
        assert proxy.fired["held"]


async def test_a_reset_ends_every_connection_and_refusing_lets_none_begin() -> None:
    async with echo() as target, Proxy(target) as proxy:
        async with connected(proxy) as (reader, writer):
            writer.write(b"x")
            await reader.readexactly(1)
            assert proxy.reset() == 1
            with pytest.raises(ConnectionResetError):
                await reader.readexactly(1)
            proxy.weather.refusing = True
        async with connected(proxy) as (reader, _):
            with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
                await reader.readexactly(1)
            assert proxy.fired == {"reset": 1, "refused": 1}


async def test_half_closed_a_client_sees_an_end_and_the_server_none() -> None:
    async with echo() as target, Proxy(target) as proxy, connected(proxy) as (reader, writer):
        writer.write(b"x")
        await reader.readexactly(1)
        proxy.half_close()
        assert await reader.read() == b""
        writer.write(b"nobody answers any more")
        await writer.drain()


async def test_an_answer_is_cut_after_so_many_bytes() -> None:
    async with echo(b"a" * 1000) as target, Proxy(target) as proxy, connected(proxy) as (reader, writer):
        proxy.weather.cut_after = 1500
        writer.write(b"x")
        await reader.readexactly(1000)
        writer.write(b"x")
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            await reader.readexactly(1000)
        assert proxy.fired["cut"] == 1


async def test_the_answer_to_a_commit_is_lost_and_to_nothing_else() -> None:
    async with echo(DONE) as target, Proxy(target) as proxy:
        proxy.weather.lose_commits = 1.0
        async with connected(proxy) as (reader, writer):
            writer.write(b"Q\x00\x00\x00\x0bBEGIN;\x00")
            assert await reader.readexactly(len(DONE)) == DONE
            writer.write(COMMIT)
            with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
                await reader.readexactly(1)
            assert proxy.fired == {"commit": 1}


async def test_a_broker_s_own_address_becomes_the_proxy_s() -> None:
    def metadata(port: int) -> bytes:
        body = b"\x00\x00\x00\x01\x00\x09127.0.0.1" + struct.pack(">i", port) + b"rest"
        return struct.pack(">i", len(body)) + body

    theirs: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(theirs[0])

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    theirs.append(metadata(port))
    async with server, Proxy(("127.0.0.1", port), kafka=True) as proxy, connected(proxy) as (reader, writer):
        writer.write(b"?")
        assert await reader.readexactly(len(theirs[0])) == metadata(proxy.port)
