"""Work that nobody waits for: kept in Redis until it is done, tried again for days, then shown to staff.

RQ underneath. Arguments are JSON and stand nowhere but in the job itself: RQ logs descriptions and exceptions, and an
e-mail address may be in either, so a description is the job's kind and RQ's own log is closed.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import TypeAlias
from uuid import uuid4

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.exceptions import DuplicateJobError, NoSuchJobError
from rq.job import Job as RQJob
from rq.job import JobStatus

from service.store.address import Address
from service.store.breaker import Breaker
from service.store.errors import StoreUnavailableError
from service.store.job import RETRIES, Job
from service.store.on_disk import wait_until_on_disk

JSON: TypeAlias = "str | int | float | bool | list[JSON] | dict[str, JSON] | None"

QUEUE = "honestybox"
KEEP_GIVEN_UP = timedelta(days=90)
# Longer than any handler may take: afterwards it is interrupted, and a job whose worker has died is taken up again.
JOB_SECONDS = 60
_LIMITS = {"socket_timeout": 1.0, "socket_connect_timeout": 1.0}  # an URL may say otherwise
_WHY = re.compile(r"(?:JobFailedError: |due to )(\w+)")


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
        self,
        kind: str,
        arguments: Mapping[str, JSON],
        unique: str = "",
        delay: timedelta = timedelta(),
        *,
        urgent: bool = False,
        kept: bool = False,
    ) -> None:
        """Has a worker do it, at least once: soon, or after `delay`; before all others where somebody waits for it.

        `kept`: returns only when it is on disk, where the server can say so.

        Of jobs of one kind with the same `unique` text there is one at a time: as long as one waits or is worked on,
        another changes nothing. One that rests after a failure, or was given up, is tried at once.
        """
        with self._asking():
            name = self._name(kind, unique) if unique else uuid4().hex
            job = self._job(name, kind, arguments, urgent=urgent)
            try:
                self._put(job, delay)
            except DuplicateJobError:
                if not self._hurry(name, now=not delay):  # done a moment ago
                    self._put_again(job, delay)
            if kept:
                wait_until_on_disk(self.url)

    def drop(self, kind: str, unique: str) -> None:
        """Takes back the job of this kind and `unique` text. One that a worker has in its hands is finished."""
        with self._asking():
            try:
                job = Job.fetch(self._name(kind, unique), self.connection, "json")
            except NoSuchJobError:
                return
            if not job.is_started:
                job.delete()

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

    def _job(self, name: str, kind: str, arguments: Mapping[str, JSON], *, urgent: bool) -> RQJob:
        job = self.queue.create_job(
            kind, args=[arguments], job_id=name, description=kind, result_ttl=0,
            failure_ttl=int(KEEP_GIVEN_UP.total_seconds()),
        )  # fmt: skip
        job.retries_left = RETRIES
        job.enqueue_at_front = urgent
        return job

    def _put(self, job: RQJob, delay: timedelta) -> None:
        if delay:
            self.queue.schedule_job(job, datetime.now(UTC) + delay, unique=True)
        else:
            self.queue.enqueue_job(job, at_front=job.should_enqueue_at_front(), unique=True)

    def _put_again(self, job: RQJob, delay: timedelta) -> None:
        # what a worker may have left of a job that another one finished at the same time
        self.connection.delete(job.key)
        try:
            self._put(job, delay)
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
                # in one transaction, which RQ's `requeue` is not
                queue._enqueue_job(job, pipeline=pipeline, at_front=job.should_enqueue_at_front())
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
