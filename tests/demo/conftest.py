"""A whole demo, in a folder of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.demo.running import Running
from tests.demo.waiting import until
from tests.servers import free_port


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path, free_port(neighbours=2))
    try:
        until(running.is_up, 60)
        yield running
    finally:
        running.stop()
