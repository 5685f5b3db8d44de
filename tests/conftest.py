"""Real servers, and the service on top of them. What tests are made of is in `builders.py`."""

import signal
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from redis import Redis
from structlog.testing import capture_logs

from service.app import create_app
from service.logs import configure_logging
from tests.builders import SettableClock, some_settings, staff_files, write_config
from tests.endings import pytest_configure, pytest_sessionfinish, pytest_unconfigure
from tests.servers import RealServer

__all__ = ["pytest_configure", "pytest_sessionfinish", "pytest_unconfigure"]  # hooks, which pytest finds here

# A shell that starts its jobs in the background has them ignore Ctrl-C, and whatever they start inherits that.
signal.signal(signal.SIGINT, signal.default_int_handler)

# A busy machine is not a failure: no test here is about how long it takes.
settings.register_profile(
    "ours", deadline=None, database=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ours")


@pytest.fixture(scope="session")
def valkey_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of the Valkey that is embedded in the demo."""
    with RealServer("valkey", tmp_path_factory.mktemp("valkey")) as server:
        yield server.patient_url


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of Debian's Redis; its absence skips, except in CI, where it would hide that nothing was tested."""
    with RealServer("redis", tmp_path_factory.mktemp("redis")) as server:
        yield server.patient_url


@pytest.fixture
def valkey_url(valkey_server: str) -> str:
    """Valkey, empty."""
    Redis.from_url(valkey_server).flushall()
    return valkey_server


@pytest.fixture(params=["valkey", "redis"])
def redis_url(request: pytest.FixtureRequest) -> str:
    """Every real server that we support, one after the other, empty."""
    url: str = request.getfixturevalue(f"{request.param}_server")
    server = Redis.from_url(url)
    server.flushall()
    server.script_flush()
    return url


@pytest.fixture
def memory(valkey_url: str) -> Redis:
    """The server that `app` remembers in, to look at."""
    return Redis.from_url(valkey_url)


@pytest.fixture
def clock() -> SettableClock:
    """The service's clock, which the test moves."""
    return SettableClock()


@pytest.fixture
def config_dir(tmp_path: Path) -> Path:
    """A small config folder of this test's own."""
    return write_config(tmp_path / "config", staff_files())


@pytest.fixture
def app(config_dir: Path, valkey_url: str, clock: SettableClock) -> Flask:
    """The service, as it is wired in production, with the test's clock."""
    return create_app(some_settings(config_dir, valkey_url), clock=clock, watch=False)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser in front of the service."""
    return app.test_client()


@pytest.fixture
def logged() -> Iterator[list[MutableMapping[str, Any]]]:
    """What is logged during the test. Ask for it after `app`, which configures logging."""
    configure_logging("INFO")  # an earlier test may have asked for less
    with capture_logs() as entries:
        yield entries
