"""Jobs are done at least once, whatever dies; and nobody reads in a log whom they are about."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from service.store.errors import StoreUnavailableError
from service.store.job import RETRIES, Job, pause_after
from service.store.job_worker import GiveUpError, JobWorker
from service.store.jobs import KEEP_GIVEN_UP, QUEUE, Jobs, Standing
from tests.servers import RealServer, wait_until

ADDRESS = "reader@example.org"
SECRET = "a secret of this test"


@pytest.fixture
def jobs(redis_url: str) -> Jobs:
    """An empty queue whose jobs may take a second."""
    return Jobs(redis_url, SECRET, job_seconds=1)


class Hands:
    """Does jobs of the kind `letter`, as a test wishes, and remembers them."""

    def __init__(self) -> None:
        self.done: list[Mapping[str, Any]] = []
        self.error: Exception | None = None

    def __call__(self, arguments: Mapping[str, Any]) -> None:
        self.done.append(arguments)
        if self.error:
            raise self.error


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def worker(jobs: Jobs, hands: Hands) -> JobWorker:
    return JobWorker(jobs, {"letter": hands})


def the_job(jobs: Jobs) -> Job:
    (name,) = [key.decode().rpartition(":")[2] for key in jobs.connection.keys("rq:job:*")]  # type: ignore[union-attr]
    return Job.fetch(name, jobs.connection, "json")  # type: ignore[return-value]


def make_due(jobs: Jobs) -> None:
    """As if the pauses were over."""
    registry = jobs.queue.scheduled_job_registry
    for name in registry.get_job_ids():
        jobs.connection.zadd(registry.key, {name: 1})


def test_a_job_is_done_with_its_arguments_and_leaves_nothing_behind(
    jobs: Jobs, worker: JobWorker, hands: Hands
) -> None:
    arguments = {"email": ADDRESS, "times": 3, "nested": {"list": [1, None, True]}}
    jobs.put("letter", arguments)
    assert worker.work_due() == 1
    assert hands.done == [arguments]
    assert jobs.standing() == Standing(0, 0, 0, 0)
    assert not jobs.connection.keys("rq:job:*")
    assert not jobs.connection.keys("rq:result*")


def test_jobs_are_done_in_the_order_in_which_they_were_put(jobs: Jobs, worker: JobWorker, hands: Hands) -> None:
    for number in range(5):
        jobs.put("letter", {"number": number})
    worker.work_due()
    assert [job["number"] for job in hands.done] == [0, 1, 2, 3, 4]


def test_what_somebody_waits_for_passes_what_nobody_waits_for(jobs: Jobs, worker: JobWorker, hands: Hands) -> None:
    for number in range(3):
        jobs.put("letter", {"number": number})
    jobs.put("letter", {"number": "first"}, unique="a", urgent=True)
    jobs.put("letter", {"number": "later"}, delay=timedelta(hours=1), urgent=True)
    make_due(jobs)
    worker.work_due()
    assert [job["number"] for job in hands.done] == ["later", "first", 0, 1, 2]


def test_a_unique_job_is_there_once_until_it_is_done(jobs: Jobs, worker: JobWorker, hands: Hands) -> None:
    for _ in range(3):
        jobs.put("letter", {"email": ADDRESS}, unique=ADDRESS)
    jobs.put("letter", {"email": "other@example.org"}, unique="other@example.org")
    assert worker.work_due() == 2
    jobs.put("letter", {"email": ADDRESS}, unique=ADDRESS)
    assert worker.work_due() == 1


def test_jobs_of_different_kinds_are_never_the_same(jobs: Jobs) -> None:
    jobs.put("letter", {}, unique="a")
    jobs.put("parcel", {}, unique="a")
    assert jobs.standing().waiting == 2


def test_the_id_of_a_unique_job_cannot_be_guessed_from_the_address(jobs: Jobs, redis_url: str) -> None:
    jobs.put("letter", {}, unique=ADDRESS)
    mine = the_job(jobs).id
    Redis.from_url(redis_url).flushall()
    Jobs(redis_url, "another secret").put("letter", {}, unique=ADDRESS)
    assert the_job(jobs).id != mine


def test_a_delayed_job_is_done_when_its_time_has_come_and_not_before(
    jobs: Jobs, worker: JobWorker, hands: Hands
) -> None:
    jobs.put("letter", {}, unique="a", delay=timedelta(hours=1))
    jobs.put("letter", {}, unique="a")
    assert worker.work_due() == 0
    assert jobs.standing().resting == 1
    make_due(jobs)
    assert worker.work_due() == 1


def test_a_job_that_fails_rests_and_is_tried_again(jobs: Jobs, worker: JobWorker, hands: Hands) -> None:
    hands.error = OSError("down")
    jobs.put("letter", {"a": 1})
    before = datetime.now(UTC)
    assert worker.work_due() == 1
    assert worker.work_due() == 0
    due = jobs.queue.scheduled_job_registry.get_scheduled_time(the_job(jobs))
    assert timedelta(seconds=6) <= due - before <= timedelta(seconds=16)

    hands.error = None
    make_due(jobs)
    assert worker.work_due() == 1
    assert hands.done == [{"a": 1}, {"a": 1}]
    assert jobs.standing() == Standing(0, 0, 0, 0)


def test_pauses_grow_threefold_to_twelve_hours_and_last_for_days() -> None:
    pauses = [pause_after(failures, 0.5) for failures in range(1, RETRIES + 1)]
    assert pauses[:3] == [timedelta(seconds=10), timedelta(seconds=30), timedelta(seconds=90)]
    assert max(pauses) == timedelta(hours=12)
    assert timedelta(days=2.5) < sum(pauses, timedelta()) < timedelta(days=3.5)
    assert pause_after(1, 0) == timedelta(seconds=7.5)
    assert pause_after(1, 1) == timedelta(seconds=12.5)


def test_after_its_last_try_a_job_is_given_up_and_staff_see_it(jobs: Jobs, worker: JobWorker, hands: Hands) -> None:
    hands.error = ConnectionRefusedError(f"to {ADDRESS}")
    jobs.put("letter", {"email": ADDRESS})
    for _ in range(RETRIES):
        assert worker.work_due() == 1
        make_due(jobs)
    assert not jobs.given_up()
    assert worker.work_due() == 1
    (given_up,) = jobs.given_up()
    assert (given_up.kind, given_up.tries, given_up.why) == ("letter", RETRIES + 1, "ConnectionRefusedError")
    assert jobs.connection.ttl(the_job(jobs).key) == pytest.approx(KEEP_GIVEN_UP.total_seconds(), abs=60)


def test_staff_may_have_it_tried_again_for_days(jobs: Jobs, worker: JobWorker, hands: Hands) -> None:
    hands.error = GiveUpError("no use")
    jobs.put("letter", {"a": 1})
    worker.work_due()
    (given_up,) = jobs.given_up()
    assert jobs.retry(given_up.id)
    assert not jobs.given_up()
    assert the_job(jobs).retries_left == RETRIES
    assert jobs.connection.ttl(the_job(jobs).key) == -1
    hands.error = None
    assert worker.work_due() == 1
    assert not jobs.retry(given_up.id)
    assert not jobs.retry("nobody")


def test_what_makes_no_sense_is_given_up_at_once(jobs: Jobs, worker: JobWorker, hands: Hands) -> None:
    hands.error = GiveUpError("gone for good")
    jobs.put("letter", {})
    worker.work_due()
    assert [(job.tries, job.why) for job in jobs.given_up()] == [(1, "GiveUpError")]


@pytest.mark.parametrize("error", [OSError("down"), GiveUpError("no use")])
def test_putting_again_what_rests_or_was_given_up_has_it_tried_at_once(
    error: Exception, jobs: Jobs, worker: JobWorker, hands: Hands
) -> None:
    hands.error = error
    jobs.put("letter", {}, unique="a")
    worker.work_due()
    hands.error = None
    jobs.put("letter", {}, unique="a")
    assert worker.work_due() == 1
    assert jobs.standing() == Standing(0, 0, 0, 0)


def test_a_kind_that_nobody_handles_waits_for_a_worker_that_does(jobs: Jobs, worker: JobWorker) -> None:
    jobs.put("parcel", {})
    worker.work_due()
    assert jobs.standing().resting == 1


def test_a_handler_that_hangs_is_interrupted(jobs: Jobs, hands: Hands) -> None:
    jobs.put("slow", {})
    jobs.put("letter", {})
    assert JobWorker(jobs, {"slow": lambda _: time.sleep(30), "letter": hands}).work_due() == 2
    assert len(hands.done) == 1
    assert jobs.standing().resting == 1


def in_another_process(redis_url: str, handler: str) -> "subprocess.Popen[bytes]":
    """A worker that can be killed."""
    code = f"""
import sys, time
from pathlib import Path
from service.store.job import RETRIES, Job, pause_after
from service.store.job_worker import JobWorker
from service.store.jobs import Jobs
def handler(arguments):
    {handler}
JobWorker(Jobs({redis_url!r}, {SECRET!r}, job_seconds=1), {{"letter": handler}}).work(lambda: False)
"""
    return subprocess.Popen([sys.executable, "-c", code], cwd=Path(__file__).parent.parent.parent)


@pytest.fixture
def mortal(redis_url: str, tmp_path: Path) -> Iterator[Callable[[], None]]:
    """Has a worker begin a job and kills it in the middle with -9."""
    processes = []

    def begin_and_die() -> None:
        begun = tmp_path / f"begun{len(processes)}"
        processes.append(in_another_process(redis_url, f"Path({str(begun)!r}).touch(); time.sleep(0.9)"))
        wait_until(begun.exists, 20)
        processes[-1].kill()
        processes[-1].wait(30)

    yield begin_and_die
    for process in processes:
        process.kill()


def test_a_job_whose_worker_is_killed_in_the_middle_is_done_by_another(
    jobs: Jobs, worker: JobWorker, hands: Hands, mortal: Callable[[], None]
) -> None:
    jobs.put("letter", {"a": 1}, unique="a")
    mortal()
    assert jobs.standing() == Standing(waiting=0, resting=0, at_work=1, given_up=0)
    assert worker.work_due() == 0, "it may still be in somebody's hands"
    wait_until(lambda: worker.work_due() == 0 and jobs.standing().resting, 10)
    make_due(jobs)
    # what RQ knew of the dead worker's try expires before it is struck off the job's own list
    jobs.connection.delete(*jobs.connection.keys("rq:execution:*"), "nothing")
    assert worker.work_due() == 1
    assert hands.done == [{"a": 1}]
    assert jobs.standing() == Standing(0, 0, 0, 0)
    assert not jobs.connection.keys("rq:job:*")


def test_a_worker_that_dies_right_after_taking_a_job_does_not_take_it_along(
    jobs: Jobs, worker: JobWorker, hands: Hands
) -> None:
    jobs.put("letter", {})
    queue, name = jobs.queue, the_job(jobs).id
    jobs.connection.lmove(queue.key, queue.intermediate_queue_key)
    assert worker.work_due() == 0
    jobs.connection.set(queue.intermediate_queue.get_first_seen_key(name), time.time() - 61)
    worker.work_due()
    make_due(jobs)
    assert worker.work_due() == 1
    assert len(hands.done) == 1


def test_between_a_failure_and_its_pause_there_is_no_moment_in_which_to_lose_the_job(jobs: Jobs) -> None:
    jobs.put("letter", {})
    job = the_job(jobs)
    before = jobs.connection.hgetall(job.key)
    with jobs.connection.pipeline() as pipeline:
        job.retry(jobs.queue, pipeline)
        assert jobs.connection.hgetall(job.key) == before
        pipeline.execute()
    assert jobs.standing().resting == 1


def test_what_a_second_worker_left_of_a_finished_job_is_in_nobodys_way(
    jobs: Jobs, worker: JobWorker, hands: Hands
) -> None:
    jobs.put("letter", {}, unique="a")
    key = the_job(jobs).key
    worker.work_due()
    jobs.connection.hset(key, "last_heartbeat", "2026-11-24T12:00:00Z")
    jobs.put("letter", {}, unique="a")
    assert worker.work_due() == 1


def test_no_log_of_ours_or_of_rq_tells_whom_a_job_is_about(
    jobs: Jobs,
    worker: JobWorker,
    hands: Hands,
    logged: list[MutableMapping[str, Any]],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level("DEBUG")
    for error in (None, OSError(f"{ADDRESS} refused"), GiveUpError(ADDRESS)):
        hands.error = error
        jobs.put("letter", {"email": ADDRESS}, unique=ADDRESS)
        worker.work_due()
    assert [entry["event"] for entry in logged] == ["job_done", "job_failed", "job_failed"]
    assert logged[1]["at"].startswith("test_jobs.py:")
    out, err = capfd.readouterr()
    told = f"{logged}{caplog.text}{out}{err}"
    assert ADDRESS not in told
    assert "@" not in told.replace(ADDRESS, "")
    (result,) = jobs.connection.xrange(jobs.connection.keys("rq:result*")[0])  # type: ignore[index]
    assert ADDRESS.encode() not in str(result).encode()


def test_a_redis_that_hangs_holds_nobody_up_for_long(tmp_path: Path) -> None:
    with RealServer("valkey", tmp_path) as server:
        jobs = Jobs(server.url, SECRET)
        jobs.put("letter", {})
        server.hang()
        began = time.monotonic()
        for _ in range(30):
            with pytest.raises(StoreUnavailableError):
                jobs.put("letter", {})
        server.go_on()
        assert time.monotonic() - began < 10, "three are waited for, a second each"
        wait_until(lambda: put_at_last(jobs), 10)


def put_at_last(jobs: Jobs) -> bool:
    try:
        jobs.put("letter", {})
    except StoreUnavailableError:
        return False
    return True


def test_a_redis_that_is_away_is_told_and_waited_for(logged: list[MutableMapping[str, Any]]) -> None:
    nowhere = Jobs("redis://127.0.0.1:9/0", SECRET)
    with pytest.raises(StoreUnavailableError):
        nowhere.put("letter", {})
    with pytest.raises(StoreUnavailableError):
        nowhere.standing()
    with pytest.raises(StoreUnavailableError):
        JobWorker(nowhere, {}).work_due()
    turns = iter([False, False, True])
    JobWorker(nowhere, {}).work(lambda: next(turns))
    assert [entry["event"] for entry in logged if entry["event"] != "store_state"] == ["jobs_unavailable"]


def test_the_queue_has_a_name_of_its_own(jobs: Jobs) -> None:
    jobs.put("letter", {})
    assert jobs.connection.llen(f"rq:queue:{QUEUE}") == 1
