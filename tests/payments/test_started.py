"""Who comes to a Checkout is counted for the variant that asked."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from service.app import create_app
from service.domain.results import Count
from tests.builders import SettableClock
from tests.payments.giving import ORIGIN, SITE, Books, Reader, some_settings
from tests.payments.sides import Side

WHERE = ("open-door", "plain", "banner", "started")


@pytest.fixture
def clock() -> SettableClock:
    """A day of this test's own, long past, so that nothing else is counted on it."""
    return SettableClock()


def ask(client: FlaskClient, path: str, body: dict[str, Any]) -> Any:
    return client.post(path, json=body, headers={"Origin": ORIGIN}).get_json()


def test_an_attempt_is_counted_when_it_came_to_a_checkout(
    stripe_side: Side, books: Books, clock: SettableClock
) -> None:
    app = create_app(some_settings(books.redis_url, stripe_side.api), clock=clock, watch=False)
    client, counters = app.test_client(), app.extensions["honestybox"].counters
    page = {"url": f"{ORIGIN}/world/a-story", "type": "article", "language": "en"}
    asked = ask(client, "/v1/decisions", {"site": SITE, "page": page, "placements": ["banner"]})
    reader = Reader("", token=asked["reader"], receipt=asked["appeals"][0]["receipt"])

    assert "checkout_url" in ask(client, "/v1/contributions", reader.wish())
    assert "checkout_url" not in ask(client, "/v1/contributions", reader.wish(amount_minor=1))
    assert "checkout_url" in ask(client, "/v1/contributions", reader.wish(receipt=None))
    counters.flush()
    started = [one for one in counters.of(SITE, [clock().date()]) if one.kind == "started"]
    books.redis.delete(f"hb:n:{{{SITE}}}:{clock().date()}")
    assert started == [Count(clock().date(), *WHERE, 1)]
