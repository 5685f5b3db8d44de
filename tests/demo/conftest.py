"""A whole demo, in a folder of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.demo.running import Running, three_free_ports
from tests.demo.waiting import until


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path, three_free_ports())
    try:
        until(running.is_up, 60)
        yield running
    finally:
        running.process.terminate()
        running.process.wait(30)
