"""What real servers say of themselves."""

from datetime import UTC, datetime, timedelta

import pytest

from service.store.errors import StoreUnavailableError
from service.store.health import look
from tests.servers import free_port


def test_a_server_tells_its_version_its_settings_and_its_time(redis_url: str) -> None:
    (health,) = look(redis_url)
    assert health.name in redis_url
    assert health.facts["redis_version"].partition(".")[0].isdigit()
    assert health.facts["maxmemory_policy"] == "noeviction"
    assert health.facts["aof_enabled"] in ("0", "1")
    assert timedelta() < health.latency < timedelta(seconds=1)
    assert abs(health.clock - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_server_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(StoreUnavailableError):
        look(f"redis://127.0.0.1:{free_port()}/0")


def test_an_address_that_nobody_can_read_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="unknown"):
        look("redis://127.0.0.1:6379/0?sokcet_timeout=1")
