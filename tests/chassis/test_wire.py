"""Is nothing sent in the clear once somebody says to whom it may go, and is a renewed certificate used without a restart?"""

import asyncio
import os
import ssl
from pathlib import Path

import pytest
from chassis import wire
from cryptography import x509

from tests.authority import Authority


def test_without_settings_the_wire_is_loopback() -> None:
    assert wire.kafka("127.0.0.1:9092", {}) == {"bootstrap_servers": "127.0.0.1:9092"}
    assert wire.security({}) is None


def test_a_certificate_or_a_password_over_tls(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    certificate, key = authority.sign("eligibility")
    environ = {wire.AUTHORITY: str(authority.file), wire.CERTIFICATE: str(certificate), wire.KEY: str(key)}
    given = wire.kafka("b:1", environ)
    assert (given["security_protocol"], type(given["ssl_context"])) == ("SSL", ssl.SSLContext)
    assert given["ssl_context"].check_hostname
    assert len(given["ssl_context"].get_ca_certs()) == 1, "an authority of the machine is none of ours"
    assert given["ssl_context"].verify_mode is ssl.CERT_REQUIRED
    password = tmp_path / "password"
    password.write_text("secret\n")
    environ = {wire.AUTHORITY: str(authority.file), wire.USER: "eligibility", wire.PASSWORD: str(password)}
    given = wire.kafka("b:1", environ)
    assert (given["security_protocol"], given["sasl_plain_password"]) == ("SASL_SSL", "secret")
    assert wire.security(environ) is not None


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        ({wire.CERTIFICATE: "c", wire.KEY: "k"}, f"{wire.AUTHORITY} is not"),
        ({wire.USER: "u", wire.PASSWORD: "p"}, f"{wire.AUTHORITY} is not"),
        ({wire.AUTHORITY: "a", wire.CERTIFICATE: "c"}, "belong together"),
        ({wire.AUTHORITY: "a", wire.USER: "u"}, "belong together"),
        ({wire.AUTHORITY: "/nowhere/authority.pem"}, "do not make a TLS connection"),
    ],
)
def test_half_a_setting_is_refused_by_name(environ: dict[str, str], says: str) -> None:
    with pytest.raises(wire.WireError, match=says):
        wire.kafka("b:1", environ)


async def test_a_renewed_certificate_is_used_without_a_restart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = Authority(tmp_path)
    authority.sign("server")
    certificate, key = authority.sign("client")
    environ = {wire.AUTHORITY: str(authority.file), wire.CERTIFICATE: str(certificate), wire.KEY: str(key)}
    context = wire.kafka("b:1", environ)["ssl_context"]
    serials: list[int] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        serials.append(x509.load_der_x509_certificate(shown).serial_number)
        writer.close()

    theirs = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(authority.file))
    theirs.verify_mode = ssl.CERT_REQUIRED
    theirs.load_cert_chain(tmp_path / "server.pem", tmp_path / "server.key")
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=theirs)
    port = server.sockets[0].getsockname()[1]

    async def connect() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
        await reader.read()
        writer.close()

    monkeypatch.setattr(wire, "LOOK_SECONDS", 0.05)
    stopping = asyncio.Event()
    keeping = asyncio.create_task(wire.keep_up(stopping, environ=environ))
    async with server:
        await connect()
        before = certificate.stat().st_mtime_ns
        authority.sign("client")
        os.utime(certificate, ns=(before + 10**9, before + 10**9))
        for _ in range(100):
            await asyncio.sleep(0.05)
            await connect()
            if serials[-1] != serials[0]:
                break
        assert serials[-1] != serials[0]
        # half a file: the old certificate goes on, and the next look reads the whole one
        certificate.write_bytes(b"-----BEGIN")
        await asyncio.sleep(0.2)
        await connect()
    stopping.set()
    await keeping


async def test_a_door_shows_its_renewed_certificate_to_who_comes_next(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    certificate, key = authority.sign("127.0.0.1")
    door = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    renewed = wire.Renewed("the doors", [certificate, key], lambda: door.load_cert_chain(certificate, key))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=door)
    port = server.sockets[0].getsockname()[1]

    async def shown() -> int:
        caller = ssl.create_default_context(cafile=str(authority.file))
        caller.check_hostname = False
        _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=caller)
        seen = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        writer.close()
        return x509.load_der_x509_certificate(seen).serial_number

    async with server:
        first = await shown()
        assert not renewed.look_again()
        authority.sign("127.0.0.1")
        os.utime(certificate, ns=(0, 0))
        assert await shown() == first, "nobody has looked yet"
        assert renewed.look_again()
        assert await shown() != first
