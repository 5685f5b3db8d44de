"""A declined card is counted for its site, from Stripe's own word and once; a stranger's is not."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from prometheus_client import REGISTRY
from redis import Redis

from service.payments.declines import decline_in
from tests.payments.giving import SITE, Books, Giving, post_event
from tests.payments.sides import Event, Side


@pytest.fixture(autouse=True)
def no_alarm(books: Books) -> Iterator[None]:
    """What is noted here must not stand against another test's gifts."""
    yield
    redis: Redis = books.redis
    for key in redis.scan_iter("hb:[sda][iel][gca][nlr]*"):  # signs, declines, alarm
        redis.delete(key)


def counted(site: str = SITE) -> float:
    return REGISTRY.get_sample_value("honestybox_declines_total", {"site": site}) or 0


def failed(giving: Giving, **changes: Any) -> Event:
    """What Stripe says when a bank refuses the card of a single gift; the reader is still at Checkout."""
    session = giving.side.find(giving.session)
    intent = {"id": "pi_declined0001", "object": "payment_intent", "metadata": session["metadata"]}
    event = {"id": f"evt_{giving.attempt}", "object": "event", "type": "payment_intent.payment_failed"}
    return {**event, "created": 1_790_000_000, "livemode": False, "data": {"object": intent}, **changes}


def test_a_declined_card_is_counted_once_however_often_stripe_says_it(
    a_giving: Callable[..., Giving], service: str, stripe_side: Side
) -> None:
    event, before = failed(a_giving()), counted()
    asked = len(stripe_side.requests())
    for _ in range(5):
        assert post_event(service, event).json == {"outcome": "ignored"}
    assert counted() == before + 1
    assert len(stripe_side.requests()) == asked, "thousands of declines must not become thousands of questions"


def test_a_failed_renewal_is_counted(a_giving: Callable[..., Giving], stripe_side: Side) -> None:
    giving = a_giving("monthly").pay().told()
    before = counted()
    giving.events = stripe_side.renew(giving.subject, ok=False)
    giving.told()
    assert counted() == before + 1


def test_the_decline_of_a_stranger_or_of_the_other_mode_is_not_counted(
    a_giving: Callable[..., Giving], service: str
) -> None:
    giving, before = a_giving(), counted()
    shop = {"object": {"id": "pi_shop", "object": "payment_intent", "metadata": {"site": SITE}}}
    elsewhere = {"object": {**shop["object"], "metadata": {"site": "nowhere", "attempt": giving.attempt}}}
    for number, change in enumerate(({"data": shop}, {"data": elsewhere}, {"livemode": True})):
        post_event(service, failed(giving, id=f"evt_{giving.attempt}_{number}", **change))
    assert counted() == before
    assert counted("nowhere") == 0


@pytest.mark.parametrize(
    "change",
    [
        {"type": "payment_intent.succeeded"},
        {"created": "yesterday"},
        {"data": {"object": {"object": "payment_intent"}}},
        {"data": {"object": {"object": "payment_intent", "metadata": {"site": 7, "attempt": "x"}}}},
        {"data": {"object": {"object": "invoice", "parent": None}}},
    ],
)
def test_an_event_that_tells_of_no_decline_of_ours_is_none(change: dict[str, Any]) -> None:
    good = {
        "id": "evt_1", "type": "payment_intent.payment_failed", "created": 1_790_000_000,
        "data": {"object": {"object": "payment_intent", "metadata": {"site": SITE, "attempt": "x"}}},
    }  # fmt: skip
    assert decline_in(good) is not None
    assert decline_in({**good, **change}) is None
