"""Work that nobody waits for: kept in Redis until it is done, tried again for days, then shown to staff.

RQ underneath. Arguments are JSON and stand nowhere but in the job itself: RQ logs descriptions and exceptions, and an
e-mail address may be in either, so a description is the job's kind and RQ's own log is closed.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from random import SystemRandom
from typing import TypeAlias
from uuid import uuid4

from redis import Redis
from redis.client import Pipeline
from redis.exceptions import RedisError
from rq import Queue
from rq.exceptions import DuplicateJobError, NoSuchJobError
from rq.executions import Execution, ExecutionRegistry
from rq.job import Job as RQJob
from rq.job import JobStatus

from service.store.address import Address
from service.store.breaker import Breaker
from service.store.errors import StoreUnavailableError

JSON: TypeAlias = "str | int | float | bool | list[JSON] | dict[str, JSON] | None"

QUEUE = "honestybox"
RETRIES = 13
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=10), timedelta(hours=12)
KEEP_GIVEN_UP = timedelta(days=90)
# Longer than any handler may take: afterwards it is interrupted, and a job whose worker has died is taken up again.
JOB_SECONDS = 60
_LIMITS = {"socket_timeout": 1.0, "socket_connect_timeout": 1.0}  # an URL may say otherwise
_WHY = re.compile(r"(?:JobFailedError: |due to )(\w+)")
_random = SystemRandom()

_rq_log = logging.getLogger("rq")
_rq_log.addHandler(logging.NullHandler())
_rq_log.propagate = False


def pause_after(failures: int, chance: float) -> timedelta:
    """How long a job rests that has failed so many times: three times as long each time, twelve hours at most.

    `chance`, from 0 to 1, makes it a quarter shorter or longer: what failed together shall not come back together. All
    pauses together are some three days.
    """
    pause: timedelta = min(_FIRST_PAUSE * 3 ** (failures - 1), _LONGEST_PAUSE)
    return pause * (0.75 + chance / 2)


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A job that was tried for days. `why`: the kind of the last failure, without its words."""

    id: str
    kind: str
    put_at: datetime
    given_up_at: datetime
    tries: int
    why: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How many jobs are where."""

    waiting: int
    resting: int
    at_work: int
    given_up: int


class _Executions(ExecutionRegistry):
    def get_executions(self, start: int = 0, end: int = -1) -> list[Execution]:
        """Those that can still be read. RQ lists one whose worker was killed for a minute after it has expired, and
        would then raise: a job that was done would count as failed, and be done again."""
        names = self.get_execution_ids(start, end)
        executions = [Execution(name, self.job_id, self.connection) for name in names]
        return [execution for execution in executions if self.connection.exists(execution.key)]


class Job(RQJob):
    """A job as RQ keeps it, with our own way of trying again."""

    hopeless = False

    @property
    def execution_registry(self) -> ExecutionRegistry:
        """The workers that have it in their hands."""
        return _Executions(self.id, connection=self.connection)

    @property
    def should_retry(self) -> bool:
        """False once there is no use in it, or it has been tried for days."""
        return not self.hopeless and super().should_retry

    def retry(self, queue: Queue, pipeline: Pipeline) -> None:
        """Has it tried again after a pause.

        All in the caller's transaction: RQ's own writes the status beforehand, and a worker that dies right then takes
        the job with it.
        """
        self.retries_left = (self.retries_left or 1) - 1
        pause = pause_after(RETRIES - self.retries_left, _random.random())
        queue.schedule_job(self, datetime.now(UTC) + pause, pipeline=pipeline)


class Jobs:
    """Every method raises StoreUnavailableError without Redis. `secret`: makes ids of what is `unique`."""

    def __init__(self, url: str, secret: str, *, job_seconds: int = JOB_SECONDS) -> None:
        Address.from_url(url)  # raises ValueError for an option that redis-py does not know
        self.connection: Redis = Redis.from_url(url, **_LIMITS)
        self.url = url
        self.job_seconds = job_seconds
        self._secret = blake2b(secret.encode()).digest()
        self._queue: Queue | None = None
        self._breaker = Breaker(lambda _: None, server="jobs")

    @property
    def queue(self) -> Queue:
        """RQ's queue."""
        if self._queue is None:
            self._queue = Queue(
                QUEUE, self.connection, default_timeout=self.job_seconds, job_class=Job, serializer="json"
            )
        return self._queue

    def put(
        self, kind: str, arguments: Mapping[str, JSON], unique: str = "", delay: timedelta = timedelta()
    ) -> None:
        """Has a worker do it, at least once: soon, or after `delay`.

        Of jobs of one kind with the same `unique` text there is one at a time: as long as one waits or is worked on,
        another changes nothing. One that rests after a failure, or was given up, is tried at once.
        """
        with self._asking():
            name = self._name(kind, unique) if unique else uuid4().hex
            try:
                self._put(name, kind, arguments, delay)
            except DuplicateJobError:
                if not self._hurry(name, now=not delay):  # done a moment ago
                    self._put_again(name, kind, arguments, delay)

    def standing(self) -> Standing:
        """How many jobs are where."""
        with self._asking():
            queue = self.queue
            return Standing(
                waiting=queue.count,
                resting=queue.scheduled_job_registry.get_job_count(cleanup=False),
                at_work=queue.started_job_registry.get_job_count(cleanup=False),
                given_up=queue.failed_job_registry.get_job_count(cleanup=False),
            )

    def waits_since(self) -> datetime | None:
        """Since when the next one waits for a worker, or None."""
        with self._asking():
            waiting = self.queue.get_jobs(0, 1)
        return waiting[0].enqueued_at if waiting else None

    def given_up(self) -> list[GivenUp]:
        """What was tried for days, the oldest first."""
        with self._asking():
            names = self.queue.failed_job_registry.get_job_ids(cleanup=False)
            return [_given_up(job) for job in Job.fetch_many(names, self.connection, "json") if job]

    def retry(self, name: str) -> bool:
        """Has a job that was given up tried again, for days if need be; False when there is none of that id."""
        with self._asking():
            return name in self.queue.failed_job_registry and self._hurry(name, now=True)

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Redis's errors as ours; none is waited for that has hung a moment ago: requests wait here as well."""
        self._breaker.check()
        try:
            yield
        except (RedisError, OSError) as error:
            self._breaker.failed(error)
            raise StoreUnavailableError(f"{type(error).__name__}: {error}") from error
        self._breaker.worked()

    def _name(self, kind: str, unique: str) -> str:
        """An id that tells nobody what it was made of, not even who guesses."""
        return blake2b(f"{kind}\0{unique}".encode(), key=self._secret, digest_size=16).hexdigest()

    def _put(self, name: str, kind: str, arguments: Mapping[str, JSON], delay: timedelta) -> None:
        queue = self.queue
        job = queue.create_job(
            kind, args=[arguments], job_id=name, description=kind, result_ttl=0,
            failure_ttl=int(KEEP_GIVEN_UP.total_seconds()),
        )  # fmt: skip
        job.retries_left = RETRIES
        if delay:
            queue.schedule_job(job, datetime.now(UTC) + delay, unique=True)
        else:
            queue.enqueue_job(job, unique=True)

    def _put_again(self, name: str, kind: str, arguments: Mapping[str, JSON], delay: timedelta) -> None:
        # what a worker may have left of a job that another one finished at the same time
        self.connection.delete(Job.key_for(name))
        try:
            self._put(name, kind, arguments, delay)
        except DuplicateJobError:
            return  # somebody else has put it meanwhile

    def _hurry(self, name: str, *, now: bool) -> bool:
        """Has a job that rests after a failure or was given up tried at once; False when there is no such job."""
        try:
            job = Job.fetch(name, self.connection, "json")
        except NoSuchJobError:
            return False
        rests = job.get_status(refresh=False) is JobStatus.SCHEDULED and (job.retries_left or 0) < RETRIES
        if job.is_failed or (rests and now):
            queue = self.queue
            job.retries_left = RETRIES
            with self.connection.pipeline() as pipeline:
                queue.failed_job_registry.remove(job, pipeline=pipeline)
                queue.scheduled_job_registry.remove(job, pipeline=pipeline)
                pipeline.persist(job.key)
                queue._enqueue_job(job, pipeline=pipeline)  # in one transaction, which `requeue` is not
                pipeline.execute()
        return True


def _given_up(job: RQJob) -> GivenUp:
    tries = RETRIES - (job.retries_left or 0) + 1
    return GivenUp(job.id, job.description or "", job.created_at, job.ended_at or job.created_at, tries, _why(job))


def _why(job: RQJob) -> str:
    """The kind of error that RQ wrote down last."""
    result = job.latest_result()
    found = _WHY.search((result and result.exc_string) or "")
    return found[1] if found else "WorkerDied"
