"""How does a service talk to its own PostgreSQL? A pool, named queries, numbered migrations."""

import hashlib
import logging
import re
from collections.abc import Callable, Collection, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import asyncpg

log = logging.getLogger(__name__)

_NAME = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)
_MIGRATION = re.compile(r"[0-9]{4}_(pre|post)_[a-z0-9_]+\.sql")
_MIGRATION_LOCK = 0x6B6F6B75
_TABLE_WAIT = "3s"
"""A migration waits no longer for a table that somebody uses: whoever asks for it next would wait behind the migration."""
_TRIES = 40


SESSION = {
    "application_name": "kokunen",
    "lock_timeout": "30000",
    "timezone": "UTC",
    "jit": "off",
    # A service reads by key. In its first load a table grows from nothing to a million rows before anything is known of
    # it, and a plan kept or guessed would read all of it for every batch. Planning anew costs some 2 ms a batch.
    "plan_cache_mode": "force_custom_plan",
    "enable_seqscan": "off",
    # Row-level security (chassis migration 0007): what a service does by itself, and who it is.
    "kokunen.purpose": "service",
    "kokunen.actor": "kokunen",
}


async def declare(connection: asyncpg.Connection, actor: str, purpose: str) -> None:
    """Who works from here to the end of the transaction, and what for."""
    await connection.execute(_DECLARE, actor, purpose)


_DECLARE = "select set_config('kokunen.actor', $1, true), set_config('kokunen.purpose', $2, true)"


def queries(package: str) -> dict[str, str]:
    """The queries of `queries.sql` in a package by name; each starts with `-- name: NAME` and a line saying why. ValueError for a name used twice."""
    text = (files(package) / "queries.sql").read_text("utf-8")
    parts = _NAME.split(text)[1:]
    twice = sorted({name for name in parts[::2] if parts[::2].count(name) > 1})
    if twice:
        raise ValueError(f"queries.sql of {package} has two queries named {', '.join(twice)}")
    return dict(zip(parts[::2], parts[1::2], strict=True))


async def connect(url: str, *, connections: int = 6, **session: str) -> asyncpg.Pool:
    """A pool on the service's own database; each connection gives up waiting for a lock after 30 s. `session`: further settings of its sessions."""
    return await asyncpg.create_pool(
        url,
        min_size=1,
        max_size=connections,
        statement_cache_size=256,
        server_settings=SESSION | session,
    )


def _migrations(package: str) -> list[Traversable]:
    found = [entry for entry in (files(package) / "migrations").iterdir() if _MIGRATION.fullmatch(entry.name)]
    return sorted(found, key=lambda entry: entry.name)


class WrongDatabase(Exception):
    """This version of the service cannot work on this database; the message says why and what to do."""


def due(names: Sequence[str], applied: Collection[str], *, finish: bool) -> list[str]:
    """Which migrations are applied now, in order, of those a version has.

    `0008_pre_…` is safe while the version before runs: a service applies it when it starts. `0009_post_…` takes away what only the version
    before used: it waits until that version is gone for good (`finish`), or until the next version comes with a `pre` of its own.
    WrongDatabase when a `post` was applied that this version does not know.
    """
    if newer := sorted(name for name in set(applied) - set(names) if "_post_" in name):
        raise WrongDatabase(f"A newer version has finished its upgrade here ({newer[0]}): start that version.")
    missing = [name for name in names if name not in applied]
    if finish or not applied:
        return missing
    before = max((position for position, name in enumerate(missing) if "_pre_" in name), default=-1)
    return missing[: before + 1]


async def migrate(pool: asyncpg.Pool, package: str, when_new: Callable[[], None], *, finish: bool = False) -> list[str]:
    """Apply what is due of the chassis' and the package's migrations, all or none, before the service is ready; returns their names.

    An applied file that was changed afterwards is refused (WrongDatabase). `when_new` is called before the first migration of a new database is
    committed. Two at once do it one after the other; a table that is in use is tried for again.
    """
    for _ in range(_TRIES):
        try:
            return await _migrate(pool, package, when_new, finish=finish)
        except asyncpg.LockNotAvailableError:
            log.info("a migration of %s waits for a table that is in use", package)
    raise WrongDatabase(f"A migration of {package} found a table in use {_TRIES} times: end what holds it.")


async def _migrate(pool: asyncpg.Pool, package: str, when_new: Callable[[], None], *, finish: bool) -> list[str]:
    done = []
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("select pg_advisory_xact_lock($1)", _MIGRATION_LOCK)
        await connection.execute(f"set local lock_timeout = '{_TABLE_WAIT}'")
        await connection.execute(
            "create table if not exists migration (package text, name text, sha256 text not null, "
            "applied_at timestamptz not null default now(), primary key (package, name))"
        )
        rows = await connection.fetch("select package, name, sha256 from migration")
        if not rows:
            when_new()
        for owner in ("chassis", package):
            applied = {row["name"]: row["sha256"] for row in rows if row["package"] == owner}
            texts = {entry.name: entry.read_text("utf-8") for entry in _migrations(owner)}
            digests = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()}
            for name in digests.keys() & applied.keys():
                if digests[name] != applied[name]:
                    raise WrongDatabase(f"Migration {owner}/{name} was changed after it was applied.")
            for name in due(list(texts), applied, finish=finish):
                await connection.execute(texts[name])
                await connection.execute(
                    "insert into migration (package, name, sha256) values ($1, $2, $3)", owner, name, digests[name]
                )
                log.info("applied migration %s/%s", owner, name)
                done.append(f"{owner}/{name}")
    return done


def columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[list[Any]]:
    """Rows turned into arrays for `unnest`, one per column; `width` empty arrays for no rows."""
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]
