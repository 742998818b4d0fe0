"""What stands between a service and what it talks to, in bad weather: a TCP proxy of our own, commanded by a test."""

import asyncio
import socket
import struct
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Literal

CHUNK = 64 * 1024
COMMIT = b"Q\x00\x00\x00\x0cCOMMIT;\x00"
"""As asyncpg says it to PostgreSQL."""
Way = Literal["up", "down"]
"""To the server, or back from it."""


@dataclass
class Weather:
    """What befalls what goes through. Nothing, unless somebody says so."""

    delay: tuple[float, float] = (0.0, 0.0)
    """Seconds each piece waits, and how much more or less."""
    bytes_per_second: float | None = None
    piece: int | None = None
    """Pieces of at most so many bytes."""
    held: set[Way] = field(default_factory=set)
    """Ways on which nothing goes on, while connections stay open."""
    refusing: bool = False
    """New connections end at once."""
    cut_after: int | None = None
    """A connection is reset when so many bytes of answers have gone through it."""
    lose_commits: float = 0.0
    """Share of COMMITs of PostgreSQL whose answer is lost with its connection."""


class _Link:
    """One connection on its way through."""

    def __init__(self, client: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self.client, self.server = client, server
        self.answered = 0
        self.losing = False
        self.half_closed = False

    def reset(self) -> None:
        for writer in (self.client, self.server):
            if not writer.is_closing():
                with suppress(OSError):
                    writer.get_extra_info("socket").setsockopt(
                        socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
                    )
                writer.transport.abort()


class Proxy:
    """Listens on a free port of 127.0.0.1 and passes on to `target`: (host, port), or the path of a Unix socket."""

    def __init__(self, target: tuple[str, int] | str, seed: int = 0, *, kafka: bool = False) -> None:
        """`kafka`: the broker's own address in its answers becomes this proxy's, so that clients come back here."""
        self.target, self.kafka = target, kafka
        self.weather = Weather()
        self.fired: Counter[str] = Counter()
        """How often each fault befell somebody."""
        self._rng = Random(seed)
        self._links: set[_Link] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0

    async def __aenter__(self) -> "Proxy":
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._server.close()
        for link in tuple(self._links):
            link.reset()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def clear(self) -> None:
        """Good weather from now on; what was held goes on."""
        self.weather = Weather()

    def reset(self) -> int:
        """Reset every connection; returns how many there were."""
        links = tuple(self._links)
        for link in links:
            link.reset()
        self.fired["reset"] += len(links)
        return len(links)

    def half_close(self) -> int:
        """The server seems to have nothing more to say, yet its connections stay open; returns how many there were."""
        for link in self._links:
            link.half_closed = True
            if not link.client.is_closing():
                with suppress(OSError):
                    link.client.write_eof()
        self.fired["half-closed"] += len(self._links)
        return len(self._links)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._pass(reader, writer)
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            self._tasks.discard(task)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.weather.refusing:
            self.fired["refused"] += 1
            writer.transport.abort()
            return
        try:
            if isinstance(self.target, str):
                from_server, to_server = await asyncio.open_unix_connection(self.target)
            else:
                from_server, to_server = await asyncio.open_connection(*self.target)
        except OSError:
            writer.transport.abort()
            return
        link = _Link(writer, to_server)
        self._links.add(link)
        answers = self._framed if self.kafka else self._chunks
        try:
            await asyncio.gather(
                self._pump(link, "up", lambda: reader.read(CHUNK), to_server),
                self._pump(link, "down", answers(from_server), writer),
            )
        finally:
            self._links.discard(link)
            for end in (writer, to_server):
                end.close()

    @staticmethod
    def _chunks(reader: asyncio.StreamReader) -> Callable[[], Awaitable[bytes]]:
        return lambda: reader.read(CHUNK)

    def _framed(self, reader: asyncio.StreamReader) -> Callable[[], Awaitable[bytes]]:
        assert isinstance(self.target, tuple)
        host, port = self.target
        theirs, ours = (host.encode() + struct.pack(">i", p) for p in (port, self.port))

        async def frame() -> bytes:
            try:
                head = await reader.readexactly(4)
                body = await reader.readexactly(int.from_bytes(head, "big"))
            except asyncio.IncompleteReadError:
                return b""
            return head + body.replace(theirs, ours)

        return frame

    async def _pump(
        self, link: _Link, way: Way, read: Callable[[], Awaitable[bytes]], writer: asyncio.StreamWriter
    ) -> None:
        try:
            while data := await read():
                if link.half_closed and way == "down":
                    continue
                if way == "up" and COMMIT in data and self._rng.random() < self.weather.lose_commits:
                    link.losing = True
                elif way == "down" and link.losing:
                    # The server has answered, so it has committed: who asked will never know.
                    self.fired["commit"] += 1
                    link.reset()
                    return
                if way == "down" and self.weather.cut_after is not None:
                    link.answered += len(data)
                    if link.answered > self.weather.cut_after:
                        data = data[: len(data) // 2]
                        self.fired["cut"] += 1
                        _write(data, writer)
                        link.reset()
                        return
                await self._weathered(way, data, writer)
            if not writer.is_closing() and writer.can_write_eof():
                writer.write_eof()
        except OSError:
            link.reset()

    async def _weathered(self, way: Way, data: bytes, writer: asyncio.StreamWriter) -> None:
        size = self.weather.piece or len(data)
        for start in range(0, len(data), size):
            piece = data[start : start + size]
            while way in self.weather.held:
                self.fired["held"] += 1
                await asyncio.sleep(0.05)
            mean, spread = self.weather.delay
            if mean:
                self.fired["delayed"] += 1
                await asyncio.sleep(max(0.0, mean + self._rng.uniform(-spread, spread)))
            owed = len(piece)
            while owed > 0 and self.weather.bytes_per_second:
                self.fired["throttled"] += 1
                await asyncio.sleep(0.05)
                owed -= int(self.weather.bytes_per_second * 0.05)
            if size < len(data):
                self.fired["cut to pieces"] += 1
            _write(piece, writer)
            await writer.drain()


def _write(data: bytes, writer: asyncio.StreamWriter) -> None:
    """uvloop calls it a fault of the program to write where the connection has ended meanwhile; it is one of the weather's."""
    if writer.is_closing():
        raise ConnectionResetError("the connection has ended")
    writer.write(data)
