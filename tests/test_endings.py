"""A run of the tests ends: what hangs is named, what is left over is killed."""

import os
import subprocess
import sys
from pathlib import Path

from tests.endings import MARK
from tests.servers import wait_until

HANGING = """
import subprocess, threading

def test_waits_for_ever():
    threading.Thread(target=threading.Event().wait).start()
    threading.Event().wait()

def test_leaves_a_process():
    print("left:", subprocess.Popen(["sleep", "600"], start_new_session=True).pid)
    assert False
"""


def test_a_test_that_hangs_is_named_and_what_is_left_over_is_killed(tmp_path: Path) -> None:
    file = tmp_path / "test_hanging.py"
    file.write_text(HANGING)
    words = ["-m", "pytest", "-p", "tests.endings", "-o", "timeout=1", "-p", "no:cacheprovider", str(file)]
    environ = {name: text for name, text in os.environ.items() if name != MARK}
    environ |= {"PYTHONPATH": str(Path(__file__).parent.parent), "HB_TEST_SECONDS_TO_END": "4"}
    done = subprocess.run(
        [sys.executable, *words], cwd=tmp_path, env=environ, text=True, capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert "FAILED test_hanging.py::test_waits_for_ever - Failed: Timeout" in done.stdout
    pid = int(done.stdout.partition("left: ")[2].split()[0])
    assert f"killed what a test has left over: {pid} sleep 600" in done.stderr
    wait_until(lambda: state_of(pid) in "Z ")


def state_of(pid: int) -> str:
    """One letter, as `ps` tells it; a space when there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return " "
