"""A job as RQ keeps it, with what RQ does not do right when a worker is killed; and RQ's own log, closed."""

import logging
from datetime import UTC, datetime, timedelta
from random import SystemRandom

from redis.client import Pipeline
from rq import Queue
from rq.executions import Execution, ExecutionRegistry
from rq.job import Job as RQJob

RETRIES = 13
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=10), timedelta(hours=12)
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
