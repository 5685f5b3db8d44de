"""Works the queue: one job after the other, in the thread that asks for it."""

import threading
import time
import traceback
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeAlias

import structlog
from redis.exceptions import RedisError
from rq import Queue
from rq.exceptions import DequeueTimeout
from rq.job import Job as RQJob
from rq.job import get_current_job
from rq.registry import FailedJobRegistry, StartedJobRegistry
from rq.scheduler import RQScheduler
from rq.timeouts import BaseDeathPenalty, UnixSignalDeathPenalty
from rq.worker import SimpleWorker

from service.store.errors import StoreUnavailableError
from service.store.job import RETRIES, Job
from service.store.jobs import QUEUE, Jobs

log = structlog.get_logger(__name__)

Handler: TypeAlias = Callable[[Mapping[str, Any]], None]
"""Does a job of one kind. It may be called again with the same arguments, even after it has returned once. What it
raises has the job tried again later; GiveUpError says that this makes no sense."""

_LOOK_SECONDS = 15  # how often it is asked whether a worker has died with a job in its hands
_WAIT_SECONDS = 1  # Redis blocks for whole ones


class GiveUpError(Exception):
    """Trying again makes no sense."""


class JobFailedError(Exception):
    """Holds the kind of the failure, never its words: RQ keeps them with the job, and Redis is read by operators."""


class _NoPenalty(BaseDeathPenalty):
    """Only the main thread can be interrupted; elsewhere handlers have their own time-outs and nothing else."""

    def setup_death_penalty(self) -> None: ...

    def cancel_death_penalty(self) -> None: ...


def hopeless_after(error: type[Exception], handler: Handler) -> Handler:
    """The handler; a job that raises `error` is given up at once."""

    def handle(arguments: Mapping[str, Any]) -> None:
        try:
            handler(arguments)
        except error as found:
            raise GiveUpError(type(found).__name__) from found

    return handle


def current_try() -> int:
    """Which try of its job a handler is, from 1; 0 for one that is called by hand."""
    job = get_current_job()
    return RETRIES - (job.retries_left or 0) + 1 if job else 0


class _HandledJob(Job):
    handlers: ClassVar[Mapping[str, Handler]] = {}

    def _execute(self) -> None:
        kind = str(self.func_name)
        try:
            self.handlers[kind](self.args[0])
        except Exception as error:  # noqa: BLE001  the worker's loop: whatever a handler raises, the next job has its turn
            self.hopeless = isinstance(error, GiveUpError)
            cause = (error.__cause__ or error) if self.hopeless else error
            frame = traceback.extract_tb(error.__traceback__)[-1]
            at = f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
            log.warning("job_failed", kind=kind, error=type(cause).__name__, at=at, tries=current_try())
            raise JobFailedError(type(cause).__name__) from None
        log.info("job_done", kind=kind)


class _Worker(SimpleWorker):
    def get_heartbeat_ttl(self, job: RQJob, working_time: float = 0.0) -> int:
        """How long a job is this worker's: a little longer than it may take."""
        seconds = int(job.timeout or 1)
        return seconds + max(1, seconds // 10)


class JobWorker:
    """Does what the queue holds by `handlers`: kind -> function of the job's arguments."""

    def __init__(self, jobs: Jobs, handlers: Mapping[str, Handler]) -> None:
        self._jobs = jobs
        self._job_class = type("HandledJob", (_HandledJob,), {"handlers": dict(handlers)})
        self._worker: _Worker | None = None
        self._scheduler = RQScheduler([QUEUE], jobs.connection, serializer="json")
        self._looked_at = self._released_at = float("-inf")

    def work(self, stopped: Callable[[], bool]) -> None:
        """Works until `stopped`; a job in hand is finished first. Redis is waited for, however long it is away."""
        reachable = True
        while not stopped():
            try:
                self._turn(_WAIT_SECONDS)
            except RedisError as error:
                if reachable:
                    log.warning("jobs_unavailable", error=type(error).__name__)
                reachable = False
                time.sleep(_WAIT_SECONDS)
            else:
                reachable = True

    def work_due(self) -> int:
        """Works what is due now; how many jobs that were. Raises StoreUnavailableError."""
        worked = 0
        self._looked_at = self._released_at = float("-inf")
        try:
            while self._turn(None):
                worked += 1
        except RedisError as error:
            raise StoreUnavailableError(f"{type(error).__name__}: {error}") from error
        return worked

    def _turn(self, wait: int | None) -> bool:
        """One job, if there is one within `wait` seconds."""
        worker = self._worker = self._worker or self._open()
        now = time.monotonic()
        if now - self._looked_at >= _LOOK_SECONDS:
            self._take_up_abandoned(worker)
            self._looked_at = now
        if now - self._released_at >= _WAIT_SECONDS:
            self._release_due()
            self._released_at = now
        try:
            found = Queue.dequeue_any(
                worker.queues, wait, connection=worker.connection, job_class=self._job_class, serializer="json"
            )
        except DequeueTimeout:
            return False
        if found is None:
            return False
        worker.execute_job(*found)
        return True

    def _open(self) -> _Worker:
        """RQ's worker, never started: its loop would take the signals and write its own log."""
        jobs = Jobs(self._jobs.url, "", job_seconds=self._jobs.job_seconds)  # it waits longer than others may
        in_main_thread = threading.current_thread() is threading.main_thread()
        penalty = UnixSignalDeathPenalty if in_main_thread else _NoPenalty
        kind = type("Worker", (_Worker,), {"death_penalty_class": penalty})
        worker: _Worker = kind(
            [QUEUE], connection=jobs.connection, job_class=self._job_class, serializer="json",
            worker_ttl=_LOOK_SECONDS, log_job_description=False,
        )  # fmt: skip
        return worker

    def _take_up_abandoned(self, worker: _Worker) -> None:
        """Has jobs tried again whose worker died, wherever that was. Twice at once does no harm."""
        for queue in worker.queues:
            StartedJobRegistry(queue=queue, job_class=self._job_class).cleanup(exception_handlers=[_tell_abandoned])
            queue.intermediate_queue.cleanup(worker, queue)
            FailedJobRegistry(queue=queue).cleanup()

    def _release_due(self) -> None:
        """Puts jobs into the queue whose time has come; one worker at a time."""
        if self._scheduler.acquire_locks():  # type: ignore[no-untyped-call]
            try:
                self._scheduler.enqueue_scheduled_jobs()  # type: ignore[no-untyped-call]
            finally:
                self._scheduler.release_locks()  # type: ignore[no-untyped-call]


def _tell_abandoned(job: RQJob, *_: object) -> None:
    log.warning("job_abandoned", kind=job.description)
