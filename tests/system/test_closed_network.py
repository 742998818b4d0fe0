"""The running services have no connection but to their Kafka, their PostgreSQL and each other."""

import ipaddress
import socket
import subprocess
import sys

import psutil
import pytest

from tests.system.conftest import Ward

pytestmark = pytest.mark.system


def beyond_this_machine(process: psutil.Process) -> list[str]:
    """Addresses of the other ends of a process' connections that are not this machine."""
    remote = [one.raddr.ip for one in process.net_connections("inet") if one.raddr]
    return [ip for ip in remote if not ipaddress.ip_address(ip).is_loopback]


async def test_nobody_is_connected_to_anything_outside(ward: Ward, lines: list[tuple[str, bytes]]) -> None:
    await ward.start()
    await ward.publish(lines[:500])
    await ward.settle()
    processes = {name: psutil.Process(process.pid) for name, process in ward.processes.items()}
    assert all(process.net_connections("inet") for process in processes.values())
    assert {name: found for name, process in processes.items() if (found := beyond_this_machine(process))} == {}


def test_the_check_sees_a_connection_to_the_outside() -> None:
    """A datagram socket is connected without anything being sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # TEST-NET-1: nobody's address (RFC 5737)
        except OSError:
            pytest.skip("this machine has no route to anywhere")
    script = "import socket,time; s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); s.connect(('192.0.2.1',9)); print(flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        try:
            assert beyond_this_machine(psutil.Process(child.pid)) == ["192.0.2.1"]
        finally:
            child.kill()
