"""That a run of the tests ends, and takes along whatever its tests have left over.

A test that hangs is stopped by pytest-timeout, with every thread's stack; one that not even that can stop ends its
process after `faulthandler_timeout` (both in pyproject.toml), which pytest-xdist tells by the test's name. But then
xdist may wait for ever for what it takes to be running still; hence `Watch`.
"""

import faulthandler
import os
import signal
import sys
import threading
import time
import uuid
from pathlib import Path

import pytest

# In the environment of every process that a run starts, however deep.
MARK = "HB_TEST_RUN"

_ours: list[str] = []  # the mark, in the process that began the run


class Watch:
    """Of the process that began the run: which tests are at work, what has failed. Ends all when it hears of none."""

    def __init__(self, mark: str, seconds: int) -> None:
        self._mark, self._seconds = mark, seconds
        self._heard = time.monotonic()
        self._running: dict[str, None] = {}
        self._failed: list[pytest.TestReport] = []
        self._over = threading.Event()
        threading.Thread(target=self._run, daemon=True).start()

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._heard = time.monotonic()
        self._running[nodeid] = None

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        self._heard = time.monotonic()
        self._running.pop(nodeid, None)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._heard = time.monotonic()
        if report.failed:
            self._failed.append(report)

    def pytest_sessionfinish(self) -> None:
        self._over.set()

    def _run(self) -> None:
        while not self._over.wait(1):
            if time.monotonic() - self._heard > self._seconds:
                self._give_up()

    def _give_up(self) -> None:
        for report in self._failed:
            _tell(f"\n{report.outcome}: {report.nodeid}\n{report.longreprtext}")
        running = ", ".join(self._running) or "none"
        _tell(f"no test was heard of for {self._seconds} s; at work: {running}")
        _kill_left_over(self._mark)
        os._exit(1)


def pytest_configure(config: pytest.Config) -> None:
    """Marks what this process will start."""
    if MARK not in os.environ:
        os.environ[MARK] = uuid.uuid4().hex
        _ours.append(os.environ[MARK])
        config.pluginmanager.register(Watch(_ours[0], _seconds("OF_SILENCE", 240)))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """From here on there is nothing to wait for: a thread that holds the process up is shown, and left."""
    faulthandler.dump_traceback_later(_seconds("TO_END", 60), exit=True)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Kills what is left over, and says so."""
    for mark in _ours:
        _kill_left_over(mark)


def _seconds(name: str, usual: int) -> int:
    """A limit, which its own test changes."""
    return int(os.environ.get(f"HB_TEST_SECONDS_{name}", usual))


def _tell(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _kill_left_over(mark: str) -> None:
    for pid, command in _left_over(mark):
        _tell(f"killed what a test has left over: {pid} {command[:150]}")
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue  # it has just ended


def _left_over(mark: str) -> list[tuple[int, str]]:
    """Each living process with the mark, and its command; none where there is no /proc."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            marked = f"{MARK}={mark}".encode() in (folder / "environ").read_bytes().split(b"\0")
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue  # it has ended, or is somebody else's
        if marked and command and int(folder.name) != os.getpid():
            found.append((int(folder.name), command))
    return found
