"""Three Kafka nodes on this machine, for what one broker cannot show: a node lost, a quorum lost, a coordinator lost."""

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
    """Nodes 1 to 3, brokers and controllers, three copies of everything of which two must have a record."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
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
        free = _free_ports(6)
        self.ports = dict(zip(NODES, free[:3], strict=True))
        controllers = dict(zip(NODES, free[3:], strict=True))
        identity = "k" + base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")[1:]
        for node in NODES:
            settings = self._settings(node)
            settings.parent.mkdir(parents=True)
            settings.write_text(self._text(node, controllers))
            command = [*self.java, "kafka.tools.StorageTool", "format", "--cluster-id", identity, "--config"]
            done = subprocess.run([*command, str(settings)], capture_output=True, text=True, check=False)
            assert done.returncode == 0, (done.stdout + done.stderr)[-500:]
        for node in NODES:
            self.start_node(node, wait=False)
        self.wait(NODES)

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
            "offsets.topic.replication.factor": "3",
            "transaction.state.log.replication.factor": "3",
            "transaction.state.log.min.isr": "2",
            "default.replication.factor": "3",
            "min.insync.replicas": "2",
        }
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
