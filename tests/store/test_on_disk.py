"""What is to be kept is on disk before anybody is told that it is."""

from pathlib import Path

import pytest

from service.store.jobs import Jobs
from service.store.on_disk import wait_until_on_disk
from tests.servers import RealServer


@pytest.mark.parametrize("kind", ["valkey", "redis"])
def test_a_kept_job_outlives_a_power_cut(kind: str, tmp_path: Path) -> None:
    with RealServer(kind, tmp_path, aof=True, options=("--appendfsync", "everysec")) as server:
        Jobs(server.url, "a secret").put("letter", {"to": "nobody"}, kept=True)
        server.kill()
        server.start()
        assert Jobs(server.url, "a secret").standing().waiting == 1


def test_a_server_that_cannot_say_so_is_not_waited_for(redis_url: str) -> None:
    wait_until_on_disk(redis_url)


def test_a_job_is_taken_back_wherever_it_is(valkey_url: str) -> None:
    jobs = Jobs(valkey_url, "a secret")
    jobs.put("letter", {}, "one")
    jobs.drop("letter", "one")
    jobs.drop("letter", "never put")
    assert jobs.standing().waiting == 0
    assert not jobs.connection.keys("rq:job:*")
