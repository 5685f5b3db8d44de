"""`honestybox demo`: one command, one address, and nothing left behind."""

import json
import os
import re
import signal
import socket
from pathlib import Path

import pytest

from service.demo.ports import CannotRun, check_ports
from service.demo.terminal import Forwarder, readable
from tests.demo.running import Running
from tests.demo.waiting import until
from tests.servers import free_port

needs_proc = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="reads /proc")


@needs_proc
def test_the_demo_prints_its_addresses_starts_again_what_dies_and_leaves_nothing_behind(demo):
    addresses = re.findall(r"http://\S+", demo.said())
    assert addresses == [f"http://127.0.0.1:{demo.port}/", f"http://127.0.0.1:{demo.port + 1}/staff/"]
    assert f"http://127.0.0.1:{demo.port + 1}/embed/v1/prompt.js" in demo.ask("/")
    assert demo.ask("/healthz", part=1)
    assert "Stripe sandbox" in demo.ask("/", part=2)
    assert demo.family()

    _service_that_dies_is_named_and_started_again(demo)

    demo.process.send_signal(signal.SIGINT)
    assert demo.process.wait(30) == 0
    assert demo.family() == []
    assert "Traceback" not in demo.said()


@needs_proc
def test_a_demo_that_is_killed_outright_takes_its_children_along(demo):
    demo.process.kill()
    demo.process.wait(10)
    until(lambda: demo.family() == [], 20)


def service_main(demo: Running) -> int:
    log = (Path(demo.marker) / "logs" / "service.log").read_text()
    return int(re.findall(r"main PID: (\d+)", log)[-1])


def _service_that_dies_is_named_and_started_again(demo: Running) -> None:
    first = service_main(demo)
    os.kill(first, signal.SIGKILL)
    until(lambda: "The service stopped" in demo.said(), 10)

    def answers_again() -> bool:
        try:
            return service_main(demo) != first and bool(demo.ask("/healthz", part=1))
        except OSError:
            return False

    until(answers_again, 60)


def test_a_port_in_use_is_named_with_the_way_out():
    port = free_port(neighbours=1) + 1
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        with pytest.raises(CannotRun, match=rf"Port {port}, meant for the service.*PORT=9\d00 make demo"):
            check_ports(port - 1)


def test_a_second_demo_in_the_same_folder_is_turned_away(tmp_path, monkeypatch, capsys):
    import fcntl  # noqa: PLC0415

    from service.demo.run import run_demo  # noqa: PLC0415

    monkeypatch.setenv("HONESTYBOX_DEMO_DIR", str(tmp_path))
    with (tmp_path / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert run_demo(free_port(neighbours=2)) == 1
    assert "Another demo is running" in capsys.readouterr().err


def test_a_demo_without_the_sample_says_what_is_missing(tmp_path, monkeypatch, capsys):
    from service.demo.run import run_demo  # noqa: PLC0415

    monkeypatch.setenv("HONESTYBOX_DEMO_DIR", str(tmp_path / "demo"))
    monkeypatch.setenv("HONESTYBOX_CONFIG_DIR", str(tmp_path))
    assert run_demo(free_port(neighbours=2)) == 1
    assert f"{tmp_path}/sites/daily-lantern is not there" in capsys.readouterr().err


def test_warnings_reach_the_terminal_once_and_in_words():
    shown: list[str] = []
    forward = Forwarder(shown.append)
    line = json.dumps({
        "event": "config refused", "level": "error", "timestamp": "t",
        "problems": ["config/sites/x/site.yaml:3: name: write a name"],
    })  # fmt: skip
    for each in (line, line, json.dumps({"event": "fine", "level": "info"}), "[INFO] Started worker-1"):
        forward(each)
    assert shown == ["service error: config refused\n  config/sites/x/site.yaml:3: name: write a name"]
    assert readable('{"event": "config_taken", "level": "info"}') == "Taken up: the edited files are live."
    assert readable("[ERROR] Unexpected exit from worker-1") == "service error: Unexpected exit from worker-1"
