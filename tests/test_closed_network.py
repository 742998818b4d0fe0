"""Nothing of ours reaches an outside network: no host in the code, and nobody opens a connection but a few named modules.

The assessment: 「情報提供ネットワークシステムに接続しない」(Ⅲ6), the portable terminal 「他システムには接続していない」 (system 3), a closed network
(Ⅲ7). `tests/system/test_closed_network.py` looks at the running services.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HOST = re.compile(r"(?:https?|ftp|ldaps?|wss?|smtp|tcp)://([^/\s:'\"{}]+)")
ADDRESS = re.compile(r"(?<![0-9.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![0-9.])")
OURS = re.compile(r"127\.0\.0\.1|localhost|::1")
CONNECTING = {
    "aiohttp", "aiokafka", "confluent_kafka", "faststream", "ftplib", "http", "httpx", "imaplib", "paramiko", "requests", "smtplib",
    "socket", "socketserver", "ssl", "telnetlib", "urllib", "urllib3", "websockets", "xmlrpc",
}  # fmt: skip
"""Libraries that open connections. asyncpg is not among them: it goes to the database of the settings and speaks nothing else."""
MAY_CONNECT = {
    "chassis/calls.py": {"httpx", "ssl"},  # the door of another service of ours
    "chassis/consumer.py": {"aiokafka", "faststream"},
    "chassis/group.py": {"aiokafka"},
    "chassis/relay.py": {"aiokafka"},
    "chassis/wire.py": {"faststream", "ssl"},  # how the wire to Kafka is protected
    "audit/broker.py": {"aiokafka"},
    "audit/witness.py": {"httpx"},  # the witness of the log, where the settings name one
    "console/signing_in.py": {"httpx", "ssl", "urllib"},  # the identity provider that the settings name
    "console/web.py": {"urllib"},  # takes addresses apart, and opens none
}
"""Of chassis and services. The command line works on the operator's own machine and stack."""


def sources() -> list[Path]:
    found = sorted(
        [
            *ROOT.glob("services/*/*/**/*.py"),
            *ROOT.glob("libs/chassis/chassis/**/*.py"),
            *ROOT.glob("libs/contracts/contracts/**/*.py"),
        ]
    )
    assert len(found) > 60
    return found


def place(file: Path) -> str:
    return "/".join(file.parts[-2:])


def opened_by(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found & CONNECTING


def hosts_in(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            for host in [*HOST.findall(node.value), *ADDRESS.findall(node.value)]:
                if not OURS.fullmatch(host):
                    yield host


def test_no_module_opens_connections_but_the_named_ones() -> None:
    found = {place(file): opened for file in sources() if (opened := opened_by(ast.parse(file.read_text("utf-8"))))}
    assert found == MAY_CONNECT


def test_no_host_is_written_anywhere() -> None:
    assert {
        place(file): hosts for file in sources() if (hosts := list(hosts_in(ast.parse(file.read_text("utf-8")))))
    } == {}


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("import httpx", {"httpx"}),
        ("from urllib.request import urlopen", {"urllib"}),
        ("import json", set()),
    ],
)
def test_the_check_sees_a_new_connection(text: str, seen: set[str]) -> None:
    assert opened_by(ast.parse(text)) == seen


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("x = 'https://jyoho-teikyo.example/inquiry'", ["jyoho-teikyo.example"]),
        ("x = f'tcp://10.1.2.3:{port}'", ["10.1.2.3", "10.1.2.3"]),
        ("x = '127.0.0.1'", []),
        ("x = 'https://localhost:8481'", []),
    ],
)
def test_the_check_sees_a_host(text: str, seen: list[str]) -> None:
    assert list(hosts_in(ast.parse(text))) == seen
