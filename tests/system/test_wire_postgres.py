"""The wire to PostgreSQL: TLS with a certificate each, as the URL says it. Who has none, or another's, or comes in the clear, is refused."""

import asyncio
import shutil
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from chassis import database
from cli import postgres_server

from tests.authority import Authority

# A server that speaks TLS, which the wheel's does not: Debian's. `make faults` brings it.
pytestmark = [pytest.mark.system, pytest.mark.long]
WITH_TLS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
SECRET = "known-to-the-test"  # noqa: S105
RULES = """local     all all                scram-sha-256
hostssl   all all 127.0.0.1/32   scram-sha-256 clientcert=verify-full
hostnossl all all all            reject
"""


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    found = Authority(tmp_path / "authority")
    for name in ("server", "postgres", "somebody_else"):
        found.sign(name)
    return found


@pytest.fixture
def address(authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server that speaks TLS only, to who bears a certificate in the name of the login."""
    monkeypatch.setenv("KOKUNEN_LOCAL", str(tmp_path / "stack"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    monkeypatch.setenv("PGPORT", str(port))
    assert WITH_TLS, "there is no PostgreSQL with TLS here: `make faults` installs it"
    monkeypatch.setenv("KOKUNEN_PG_BIN", str(WITH_TLS[-1]))
    place = postgres_server._prepare_place()
    files = {"ssl_cert_file": authority.folder / "server.pem", "ssl_key_file": authority.folder / "server.key"}
    (tmp_path / "rules").write_text(RULES)
    given = {}
    for name, file in {**files, "ssl_ca_file": authority.file, "hba_file": tmp_path / "rules"}.items():
        own = place.folder / name
        shutil.copy(file, own)
        own.chmod(0o600)
        place.own(own)
        given[name] = str(own)
    settings = {**postgres_server.SETTINGS, "listen_addresses": "127.0.0.1", "ssl": "on", **given}
    monkeypatch.setattr(postgres_server, "SETTINGS", settings)
    postgres_server.start(SECRET)
    yield f"postgresql://postgres:{SECRET}@127.0.0.1:{port}/postgres"
    postgres_server.stop()
    postgres_server.wipe()


def url(address: str, authority: Authority, name: str | None = "postgres") -> str:
    """As a service has it in its settings."""
    own = f"&sslcert={authority.folder / name}.pem&sslkey={authority.folder / name}.key" if name else ""
    return f"{address}?sslmode=verify-full&sslrootcert={authority.file}{own}"


async def test_a_service_comes_over_tls_and_others_not_at_all(
    address: str, authority: Authority, tmp_path: Path
) -> None:
    pool = await database.connect(url(address, authority))
    assert await pool.fetchval("select ssl from pg_stat_ssl where pid = pg_backend_pid()")
    assert await pool.fetchval("select version from pg_stat_ssl where pid = pg_backend_pid()") in ("TLSv1.2", "TLSv1.3")
    await pool.close()
    refused = (asyncpg.ConnectionDoesNotExistError, ssl.SSLError, ConnectionError)
    with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError, match="certificate"):
        await database.connect(url(address, authority, None))
    with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError, match="authentication failed"):
        await database.connect(url(address, authority, "somebody_else"))
    with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError, match="no encryption"):
        await database.connect(f"{address}?sslmode=disable")
    foreign = Authority(tmp_path / "foreign", "another authority")
    foreign.sign("postgres")
    with pytest.raises(ssl.SSLCertVerificationError):  # we do not trust the server
        await database.connect(url(address, foreign))
    mixed = f"{address}?sslmode=verify-full&sslrootcert={authority.file}&sslcert={foreign.folder}/postgres.pem&sslkey={foreign.folder}/postgres.key"
    with pytest.raises(refused):  # the server does not trust us
        await database.connect(mixed)
    elsewhere = address.replace("127.0.0.1", "localhost")
    with pytest.raises(ssl.SSLCertVerificationError):  # another name than the certificate's
        await database.connect(url(elsewhere, authority))


async def test_a_renewed_certificate_is_used_by_the_next_connection(address: str, authority: Authority) -> None:
    pool = await database.connect(url(address, authority))
    serial = "select client_serial::text from pg_stat_ssl where pid = pg_backend_pid()"
    try:
        async with pool.acquire() as first:
            before = await first.fetchval(serial)
            authority.sign("postgres")
            async with pool.acquire() as second:
                after = await second.fetchval(serial)
            assert await first.fetchval(serial) == before
        await asyncio.sleep(0)
        assert after != before
    finally:
        await pool.close()
