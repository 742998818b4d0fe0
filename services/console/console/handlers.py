"""The desk on one screen: what it hears of (the business day, accounts, erasures), its doors and its pages."""

import logging
import os
from collections.abc import Sequence

import asyncpg
from chassis import operations as everywhere
from chassis.doors import Doorkeeper
from chassis.sealing import Sealer
from chassis.service import Service
from chassis.settings import Settings, SettingsError
from starlette.routing import BaseRoute

from console import doors, store
from console.screens import (
    checking,
    counts,
    income_requests,
    operations,
    oversight,
    papers,
    people,
    reception,
    records,
    rights,
    today,
    transmittal,
)
from console.signing_in import Provider, SigningIn
from console.web import Desk, routes

log = logging.getLogger(__name__)

SCREENS = (
    *today.SCREENS,
    *people.SCREENS,
    *records.SCREENS,
    *reception.SCREENS,
    *checking.SCREENS,
    *papers.SCREENS,
    *counts.SCREENS,
    *transmittal.SCREENS,
    *income_requests.SCREENS,
    *rights.SCREENS,
    *oversight.SCREENS,
    *operations.SCREENS,
)


def offices(text: str) -> dict[str, str]:
    """`honcho=本庁舎,east=東部区民事務所`: code and name of each office. SettingsError for anything else."""
    pairs = [one.split("=", 1) for one in text.split(",")]
    if not all(len(pair) == 2 and all(pair) for pair in pairs):
        raise SettingsError("KOKUNEN_OFFICES is not CODE=NAME,CODE=NAME…")
    return {pair[0]: pair[1] for pair in pairs}


def pages(settings: Settings, pool: asyncpg.Pool, sealer: Sealer, keeper: Doorkeeper) -> Sequence[BaseRoute]:
    """The desk's pages; none where no identity provider is named, for then nobody can sign in."""
    if not os.environ.get("KOKUNEN_SIGN_IN_AUTHORIZE"):
        log.warning("KOKUNEN_SIGN_IN_AUTHORIZE is not set: the doors are served, the pages are not")
        return ()
    signing_in = SigningIn(settings, pool, sealer, keeper.callers, Provider.named(dict(os.environ)))
    named = offices(os.environ.get("KOKUNEN_OFFICES", "honcho=本庁舎"))
    return routes(Desk(settings, pool, sealer, keeper, signing_in, named, SCREENS))


SERVICE = Service(
    name="console",
    package="console",
    topics=("calendar", "accounts", "erasures"),
    handlers={},
    erase=store.erase,
    doors=(*doors.DOORS, *everywhere.DOORS),
    rights={**doors.RIGHTS, **everywhere.RIGHTS},
    pages=pages,
)
