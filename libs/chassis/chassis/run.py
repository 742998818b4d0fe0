"""How does a service start, serve and stop? Migrations first, then its roles, until SIGTERM; then everything finishes."""

import asyncio
import datetime as dt
import functools
import gc
import json
import logging
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import uvicorn
import uvloop
from contracts.asyncapi import document
from contracts.vocabulary import JST
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from chassis import acknowledged, database, doors, memory, sealing, settings, telemetry, wire
from chassis.batch import BROKEN_ENVIRONMENT
from chassis.callers import Callers
from chassis.calls import KEPT_SECONDS, CallFailed, connections_kept
from chassis.consumer import Consumer
from chassis.group import GroupHasMembers, follow_the_database
from chassis.later import Later
from chassis.relay import Relay, pause
from chassis.service import Service
from chassis.settings import Settings

log = logging.getLogger(__name__)

IDLE_SECONDS = 0.2
LONGEST_WAIT_SECONDS = 30.0
MEASURE_SECONDS = 5.0
OWN_FIGURES_SECONDS = 600.0
"""A service's own gauges may read much of what it holds: they are for a report, not for an alarm."""


class _JsonLines(logging.Formatter):
    """One JSON object a line. Messages name addressee number, event id and place; never content."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0] is not None:
            # The text of an exception may quote a value; its type and place never do.
            frame = record.exc_info[2]
            while frame is not None and frame.tb_next is not None:
                frame = frame.tb_next
            line["error"] = record.exc_info[0].__name__
            if frame is not None:
                line["where"] = f"{frame.tb_frame.f_globals.get('__name__')}:{frame.tb_lineno}"
        return json.dumps(line, ensure_ascii=False)


class NoStorm(logging.Filter):
    """A client library says the same for each try and each connection: once in so many seconds tells as much.

    What our own code says is never left out.
    """

    CLIENTS = ("aiokafka", "kafka_client", "asyncpg", "asyncio")
    SECONDS = 5.0
    KINDS_KNOWN = 1_000

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.partition(".")[0] not in self.CLIENTS:
            return True
        what, now = (record.name, str(record.msg)), time.monotonic()
        if now - self._said.get(what, -self.SECONDS) < self.SECONDS:
            return False
        if len(self._said) >= self.KINDS_KNOWN:
            self._said.clear()
        self._said[what] = now
        return True


def log_to_stderr() -> None:
    """Structured logs on standard error, our own at INFO, libraries at WARNING."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines())
    handler.addFilter(NoStorm())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    for package in ("chassis", "registry_sync", "tax_income", "eligibility", "transmittal", "audit", "console"):
        logging.getLogger(package).setLevel(logging.INFO)


SECONDS_TO_HANG_UP = 5
"""For callers, when a service stops."""
SECONDS_TO_FINISH = 20.0
"""For everything else: an open batch, what the relay has in hand, leaving the group."""


class Runner:
    """A service's roles in one process (decision 13)."""

    def __init__(self, service: Service, given: Settings) -> None:
        self.service, self.settings = service, given
        self.stopping = asyncio.Event()
        self.ready = False
        self.pool: asyncpg.Pool

    async def run(self) -> None:
        """Serve until SIGTERM or SIGINT."""
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, self.stopping.set)
        telemetry.start(self.service.name)
        self.pool = await database.connect(self.settings.database)
        await database.migrate(self.pool, self.service.package, lambda: sealing.create(self.settings.key_file))
        sealer = sealing.load(self.settings.key_file)
        batches, written = None, asyncio.Event()
        if self.service.undecoded is not None:
            process = self.service.undecoded(self.settings, self.pool, sealer)
        else:
            batches = Later(self.service, self.settings, self.pool, sealer)
            process, written = batches.process, batches.written
        own_figures = functools.partial(self.service.measure, self.pool)
        measuring = [
            asyncio.create_task(self._keep_measuring("postgresql", self._backlog)),
            asyncio.create_task(self._keep_measuring("postgresql", own_figures, OWN_FIGURES_SECONDS)),
        ]
        tasks: list[asyncio.Task[Any]] = []
        consumer = None
        if "consume" in self.settings.roles:
            undecoded = self.service.undecoded is not None
            consumer = Consumer(self.settings, self.service.topics, process, patient=undecoded)
            await follow_the_database(self.settings, self.pool, self.service.topics)
            await consumer.start()
            tasks.append(asyncio.create_task(consumer.watch(self.stopping)))
            measuring.append(asyncio.create_task(self._keep_measuring("kafka", consumer.measure)))
            if batches is not None:
                tasks.append(asyncio.create_task(self._due(batches)))
        if "relay" in self.settings.roles:
            tasks.append(asyncio.create_task(Relay(self.settings, self.pool, written).run(self.stopping)))
            for maker in self.service.beside:
                tasks.append(asyncio.create_task(maker(self.settings, self.pool, sealer)(self.stopping)))
            if "audit" in self.settings.doors:
                tasks.append(asyncio.create_task(acknowledged.keep_asking(self.settings, self.pool, self.stopping)))
        servers, renewed = [], []
        if self.settings.port:  # whoever watches processes asks each of them, whatever its role
            servers.append(_server(self))
        if "serve" in self.settings.roles and self.service.doors and self.settings.door_port:
            server, certificate = _doors(self, sealer)
            servers.append(server)
            renewed.append(certificate)
        tasks += [asyncio.create_task(server.serve()) for server in servers]
        tasks.append(asyncio.create_task(wire.keep_up(self.stopping, *renewed)))
        gc.collect()
        memory.look_rarely()
        self.ready = True
        log.info("%s is ready", self.service.name)
        stopped = asyncio.create_task(self.stopping.wait())
        await asyncio.wait([stopped, *tasks, *measuring], return_when=asyncio.FIRST_COMPLETED)
        self.ready = False
        self.stopping.set()
        for task in measuring:  # one that asks a client which is about to close would wait for its answer
            task.cancel()
        for server in servers:
            server.should_exit = True
        if consumer is not None:
            tasks.append(asyncio.create_task(consumer.stop()))
        await self._finish([*tasks, *measuring])
        log.info("%s has stopped", self.service.name)

    async def _finish(self, tasks: list[asyncio.Task[Any]]) -> None:
        """Wait until everything has finished what it began. What cannot is left as a crash would leave it: nothing is lost by that."""
        finished, stuck = await asyncio.wait(tasks, timeout=SECONDS_TO_FINISH)
        errors = [error for task in finished if not task.cancelled() and (error := task.exception()) is not None]
        if not stuck:
            # A call at a door goes on when its caller has gone, and may hold a connection to a database that is away.
            _, stuck = await asyncio.wait([asyncio.create_task(self.pool.close())], timeout=SECONDS_TO_HANG_UP)
        if stuck:
            names = sorted(getattr(task.get_coro(), "__qualname__", "?") for task in stuck)
            log.warning("not finished in time, and left: %s", ", ".join(names))
            for error in errors:
                log.error("%s ends because of an error", self.service.name, exc_info=error)
            logging.shutdown()
            os._exit(bool(errors))  # clients that wait for a server that is away would keep the loop from ending
        telemetry.stop()
        if errors:
            raise errors[0]

    async def _due(self, batches: Later) -> None:
        """Work of the day, for ever. What fails is tried again, later each time; consuming goes on meanwhile."""
        wait = IDLE_SECONDS
        while not self.stopping.is_set():
            try:
                done = await batches.due()
                wait = IDLE_SECONDS
                telemetry.DAY_FAILING.set(0)
            except Exception as error:
                done, wait = 0, min(2 * wait, LONGEST_WAIT_SECONDS)
                telemetry.DAY_FAILING.set(1)
                known = isinstance(error, (*BROKEN_ENVIRONMENT, CallFailed))
                log.log(
                    logging.WARNING if known else logging.ERROR,
                    "the work of the day failed (%s); events are still consumed; it is tried again in %.1f s",
                    type(error).__name__,
                    wait,
                    exc_info=not known,
                )
            if not done:
                await pause(self.stopping, wait)

    async def _keep_measuring(
        self, server: str, measure: Callable[[], Awaitable[None]], every: float = MEASURE_SECONDS
    ) -> None:
        """Again and again; and whether the server answers at all, for figures that nobody can measure stay as they were."""
        while not self.stopping.is_set():
            wait = every
            try:
                async with asyncio.timeout(every):
                    await measure()
                telemetry.NO_ANSWER.labels(server).set(0)
            except Exception as error:  # a figure that can't be had ends no service
                wait = MEASURE_SECONDS
                telemetry.NO_ANSWER.labels(server).set(1)
                known = isinstance(error, BROKEN_ENVIRONMENT)
                log.log(
                    logging.WARNING if known else logging.ERROR,
                    "%s does not answer what is measured (%s)",
                    server,
                    type(error).__name__,
                    exc_info=not known,
                )
            await pause(self.stopping, wait)

    async def _backlog(self) -> None:
        queries = database.queries("chassis")
        row = await self.pool.fetchrow(queries["backlog"])
        telemetry.UNSENT.set(row["events"])
        telemetry.UNSENT_AGE.set(row["age"])
        telemetry.PARKED.set(await self.pool.fetchval(queries["parked_count"]))
        if (day := await self.pool.fetchval(queries["business_day"])) is not None:
            telemetry.BUSINESS_DAY.set(dt.datetime.combine(day, dt.time(), JST).timestamp())


def _server(runner: Runner) -> uvicorn.Server:
    async def live(request: Request) -> Response:
        return PlainTextResponse("live\n")

    async def ready(request: Request) -> Response:
        try:
            await runner.pool.fetchval("select 1")
        except BROKEN_ENVIRONMENT:
            return PlainTextResponse("the database does not answer\n", 503)
        return PlainTextResponse("ready\n") if runner.ready else PlainTextResponse("not ready\n", 503)

    async def metrics(request: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    async def asyncapi(request: Request) -> Response:
        return JSONResponse(document())

    app = Starlette(
        routes=[
            Route("/health/live", live),
            Route("/health/ready", ready),
            Route("/metrics", metrics),
            Route("/asyncapi", asyncapi),
        ]
    )
    return _quiet(
        uvicorn.Config(app, host=runner.settings.host, port=runner.settings.port, log_config=None, lifespan="off")
    )


def _doors(runner: Runner, sealer: sealing.Sealer) -> tuple[uvicorn.Server, wire.Renewed]:
    """The service's doors, over TLS or not at all, and their certificate."""
    given, service = runner.settings, runner.service
    for name, value in (
        ("KOKUNEN_TLS_CERTIFICATE", given.tls_certificate),
        ("KOKUNEN_TLS_KEY", given.tls_key),
        ("KOKUNEN_CALLERS", given.callers),
    ):
        if value is None:
            raise settings.SettingsError(f"{name} is not set; doors are served over TLS, to callers we know.")
    certificate, key = given.tls_certificate, given.tls_key
    assert given.callers is not None
    assert certificate is not None
    assert key is not None
    keeper = doors.Doorkeeper(given, runner.pool, sealer, service.rights, Callers(given.callers, given.factors))
    pages = service.pages(given, runner.pool, sealer, keeper) if service.pages is not None else ()
    config = uvicorn.Config(
        doors.application(keeper, service.doors, pages),
        host=given.host,
        port=given.door_port,
        ssl_certfile=str(certificate),
        ssl_keyfile=str(key),
        log_config=None,
        lifespan="off",
        access_log=False,
        # Longer than a caller keeps a connection: else one may be closed in the moment in which a call is sent on it.
        timeout_keep_alive=int(KEPT_SECONDS) + 15,
        # Whoever holds a connection and reads nothing keeps it open for half a minute; what a call began is finished all the same.
        timeout_graceful_shutdown=SECONDS_TO_HANG_UP,
    )
    config.load()
    assert config.ssl is not None
    load = functools.partial(config.ssl.load_cert_chain, certificate, key)
    return _quiet(config), wire.Renewed("the doors", [certificate, key], load)


def _quiet(config: uvicorn.Config) -> uvicorn.Server:
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    return server


async def _run(service: Service, given: Settings) -> None:
    async with connections_kept():
        await Runner(service, given).run()


def main(service: Service) -> None:
    """Run a service until it is told to stop. Exit status 2 when a setting is wrong."""
    log_to_stderr()
    try:
        given = settings.read(service.name)
        uvloop.run(_run(service, given))
    except (
        settings.SettingsError,
        sealing.KeyMissing,
        wire.WireError,
        database.WrongDatabase,
        GroupHasMembers,
    ) as error:
        sys.exit(f"{service.name}: {error}")
