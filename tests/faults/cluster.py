"""A real Cluster: three masters and a replica of each, which can be killed."""

from pathlib import Path
from typing import Any

from redis import Redis
from redis.crc import key_slot

from tests.servers import RealServer, free_port, wait_until

SLOTS = 16384
NODE_TIMEOUT_MS = 1000


class RealCluster:
    """Nodes 0, 1, 2 hold a third of the slots each; 3, 4, 5 are their replicas."""

    def __init__(self, kind: str, folder: Path, replicas: bool = True) -> None:
        self.nodes = [a_node(kind, folder / str(number)) for number in range(6 if replicas else 3)]

    @property
    def url(self) -> str:
        """Where it is; the last node alone is named, from which the others must be learnt."""
        return f"redis+cluster://127.0.0.1:{self.nodes[-1].port},127.0.0.1:{self.nodes[1].port}"

    @property
    def patient_url(self) -> str:
        """The same, for tests that must not mind a busy machine."""
        return f"{self.url}?socket_timeout=5&socket_connect_timeout=5"

    def __enter__(self) -> "RealCluster":
        for node in self.nodes:
            node.start()
        for number in range(len(self.nodes)):
            self.operator(number).execute_command("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
        for node in self.nodes[1:]:
            self.operator(0).execute_command("CLUSTER", "MEET", "127.0.0.1", node.port, bus_port(node))
        wait_until(lambda: all(self.knows_all(number) for number in range(len(self.nodes))), seconds=60)
        for number in range(3):
            first, last = SLOTS * number // 3, SLOTS * (number + 1) // 3 - 1
            self.operator(number).execute_command("CLUSTER", "ADDSLOTSRANGE", first, last)
        for number in range(3, len(self.nodes)):
            self.operator(number).execute_command("CLUSTER", "REPLICATE", self.node_id(number - 3))
        wait_until(lambda: all(self.in_order(number) for number in range(len(self.nodes))), seconds=60)
        return self

    def __exit__(self, *_: object) -> None:
        for node in self.nodes:
            node.kill()

    def operator(self, number: int) -> "Redis[Any]":
        """A connection of the test's own."""
        return Redis.from_url(self.nodes[number].url)

    def node_id(self, number: int) -> str:
        """How the nodes call it."""
        return str(self.operator(number).execute_command("CLUSTER", "MYID"), "ascii")

    def knows_all(self, number: int) -> bool:
        """True once the node has met the others."""
        table = str(self.operator(number).execute_command("CLUSTER", "NODES"))
        return "handshake" not in table and all(str(node.port) in table for node in self.nodes)

    def in_order(self, number: int) -> bool:
        """True once the node takes commands, and has copied its master if it is a replica."""
        operator = self.operator(number)
        state = operator.execute_command("CLUSTER", "INFO")
        told = operator.info("replication")
        linked = told["role"] == "master" or told["master_link_status"] == "up"
        # where full coverage is not asked for, a node that has not heard of all slots yet calls itself "ok" as well
        return all(sign in str(state) for sign in ("cluster_state:ok", f"cluster_slots_ok:{SLOTS}")) and linked

    def is_master(self, number: int) -> bool:
        """True for a replica that took over."""
        return bool(self.operator(number).info("replication")["role"] == "master")


def a_node(kind: str, folder: Path) -> RealServer:
    folder.mkdir(parents=True)
    words = ["--cluster-enabled", "yes", "--cluster-port", free_port(), "--cluster-node-timeout", NODE_TIMEOUT_MS]
    # the slots of a dead master are no reason to refuse the others: the README asks operators for it
    words += ["--cluster-require-full-coverage", "no", "--repl-diskless-sync-delay", 0]
    return RealServer(kind, folder, options=tuple(map(str, words)))


def bus_port(node: RealServer) -> int:
    """Where the nodes speak to each other."""
    return int(node.options[3])


def third_of(key: str) -> int:
    """The number of the master that holds the key at first."""
    slot = key_slot(key.encode())
    return next(number for number in range(3) if slot < SLOTS * (number + 1) // 3)
