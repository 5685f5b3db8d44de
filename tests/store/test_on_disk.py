"""What is to be kept is on disk before anybody is told that it is."""

from pathlib import Path

import pytest
from redis import Redis

from service.domain.reminder import Reminder, Stage
from service.store.connection import Store
from service.store.errors import StoreUnavailableError
from service.store.jobs import Jobs
from service.store.on_disk import wait_until_on_disk, waiting_for
from service.store.reminders import Reminders
from tests.builders import DAY, NOW
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


def test_a_reminder_is_on_disk_before_its_reader_is_told(tmp_path: Path) -> None:
    """A process that is killed loses nothing that Redis has taken: only a power cut does, so the waiting is counted."""
    wish = Reminder("gazette", "a" * 22, "id", "sealed", "https://a.example/", "en", NOW, NOW + DAY, Stage.ASKED)
    with RealServer("valkey", tmp_path, aof=True, options=("--appendfsync", "everysec")) as server:
        reminders, memory = Reminders(Store(server.patient_url), waiting_for(server.url)), Redis.from_url(server.url)
        reminders.put(wish)
        assert memory.info("commandstats")["cmdstat_waitaof"]["calls"] == 1
        assert reminders.confirm(wish, NOW)
        assert memory.info("commandstats")["cmdstat_waitaof"]["calls"] == 2
        server.kill()
        with pytest.raises(StoreUnavailableError):
            waiting_for(server.url)()
        server.start()
        held = Reminders(Store(server.patient_url)).get("gazette", "a" * 22)
        assert held is not None
        assert held.stage is Stage.CONFIRMED
    waiting_for("redis+sentinel://127.0.0.1:9/nobody")()


def test_a_job_is_taken_back_wherever_it_is(valkey_url: str) -> None:
    jobs = Jobs(valkey_url, "a secret")
    jobs.put("letter", {}, "one")
    jobs.drop("letter", "one")
    jobs.drop("letter", "never put")
    assert jobs.standing().waiting == 0
    assert not jobs.connection.keys("rq:job:*")
