"""Kafka nodes of a test's own on this machine: three, for what one broker cannot show; or one with other settings."""

import base64
import os
import shutil
import string
import subprocess
import time
import uuid
from pathlib import Path

import psutil
from cli import kafka_broker, kafka_jars, local

NODES = (1, 2, 3)
START_WITHIN = 90.0


class Cluster:
    """Nodes, each broker and controller. Of three copies of everything two must have a record."""

    def __init__(self, folder: Path, nodes: tuple[int, ...] = NODES, **settings: str) -> None:
        """`settings` stand in server.properties, with _ for a dot; {port}, {controller_port} are filled in."""
        self.folder, self.nodes = folder, nodes
        self.changed = {name.replace("_", "."): value for name, value in settings.items()}
        self.ports: dict[int, int] = {}
        self.processes: dict[int, subprocess.Popen[bytes]] = {}
        java, why_not = kafka_broker.find_java()
        assert java, why_not
        jars = kafka_jars.ensure(kafka_jars.pinned())
        self.java = [java, *kafka_broker.JAVA_OPTIONS, "-cp", os.pathsep.join(map(str, jars))]

    @property
    def bootstrap(self) -> str:
        return ",".join(f"127.0.0.1:{port}" for port in self.ports.values())

    def start(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        count = len(self.nodes)
        free = _free_ports(2 * count)
        self.ports = dict(zip(self.nodes, free[:count], strict=True))
        controllers = dict(zip(self.nodes, free[count:], strict=True))
        identity = "k" + base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")[1:]
        for node in self.nodes:
            settings = self._settings(node)
            settings.parent.mkdir(parents=True)
            settings.write_text(self._text(node, controllers))
            command = [*self.java, "kafka.tools.StorageTool", "format", "--cluster-id", identity, "--config"]
            done = subprocess.run([*command, str(settings)], capture_output=True, text=True, check=False)
            assert done.returncode == 0, (done.stdout + done.stderr)[-500:]
        for node in self.nodes:
            self.start_node(node, wait=False)
        self.wait(self.nodes)

    def _settings(self, node: int) -> Path:
        return self.folder / str(node) / "server.properties"

    def _text(self, node: int, controllers: dict[int, int]) -> str:
        template = string.Template((local.REPOSITORY / "deploy/local/server.properties").read_text())
        text = template.substitute(
            port=self.ports[node], controller_port=controllers[node], data=self.folder / str(node) / "data"
        )
        voters = ",".join(f"{n}@127.0.0.1:{port}" for n, port in controllers.items())
        changed = {
            "node.id": str(node),
            # Three of them on two cores are sometimes slow to say that they live.
            "broker.session.timeout.ms": "9000",
            "broker.heartbeat.interval.ms": "2000",
            "controller.quorum.voters": voters,
        }
        if len(self.nodes) > 1:
            changed |= {
                "offsets.topic.replication.factor": "3",
                "transaction.state.log.replication.factor": "3",
                "transaction.state.log.min.isr": "2",
                "default.replication.factor": "3",
                "min.insync.replicas": "2",
            }
        ports = {"{port}": str(self.ports[node]), "{controller_port}": str(controllers[node])}
        for name, value in self.changed.items():
            for word, port in ports.items():
                value = value.replace(word, port)
            changed[name] = value
        kept = [line for line in text.splitlines() if line.partition("=")[0] not in changed]
        return "\n".join([*kept, *(f"{name}={value}" for name, value in changed.items())]) + "\n"

    def start_node(self, node: int, *, wait: bool = True) -> None:
        with (self.folder / str(node) / "broker.log").open("ab") as log:
            command = [*self.java, "kafka.Kafka", str(self._settings(node))]
            self.processes[node] = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        if wait:
            self.wait([node])

    def wait(self, nodes: "tuple[int, ...] | list[int]") -> None:
        """Until these nodes answer."""
        deadline = time.monotonic() + START_WITHIN
        for node in nodes:
            while not kafka_broker.answers(f"127.0.0.1:{self.ports[node]}"):
                assert time.monotonic() < deadline, f"node {node} does not answer"
                time.sleep(0.2)

    def kill(self, node: int) -> None:
        process = self.processes.pop(node)
        process.kill()
        process.wait()

    def stop(self) -> None:
        for node in tuple(self.processes):
            self.kill(node)
        shutil.rmtree(self.folder, ignore_errors=True)


def _free_ports(count: int) -> list[int]:
    taken = {c.laddr.port for c in psutil.net_connections("tcp") if c.laddr}
    return [port for port in range(30_100, 32_000, 7) if port not in taken and local.port_is_free(port)][:count]
