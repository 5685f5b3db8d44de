"""The main job: a gift is made, recorded once with all it should hold, and its reader is left in peace."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from service.domain.contribution import State
from service.domain.money import Interval
from service.payments.gateway import Gateway
from service.web.tokens import PREVIEW, Tokens
from tests.payments.giving import ARTICLE, PLACED, SITE, Books, Giving, Reader, environment, fragment
from tests.payments.sides import KEY, Side, deliver

INTERVALS = [pytest.param(interval, id=interval) for interval in Interval]
GIVEN = {Interval.ONCE: State.PAID, Interval.MONTHLY: State.ACTIVE, Interval.ANNUAL: State.ACTIVE}
PREFIX = {Interval.ONCE: "pi_", Interval.MONTHLY: "sub_", Interval.ANNUAL: "sub_"}


@pytest.mark.parametrize("interval", INTERVALS)
def test_a_webhook_records_the_gift_and_its_reader(
    interval: Interval, a_giving: Callable[..., Giving], books: Books
) -> None:
    giving = a_giving(interval).pay().told()

    line = books.line(giving.attempt)
    assert line.id == giving.subject
    assert line.id.startswith(PREFIX[interval])
    assert (line.state, line.interval) == (GIVEN[interval], interval)
    assert (line.currency, line.amount_minor, line.revenue_minor) == ("USD", PLACED[interval], PLACED[interval])
    assert len(line.payments) == 1
    assert bool(line.customer) == (interval is not Interval.ONCE)
    given = line.attribution
    assert (given.site, given.reader, given.attempt) == (SITE, giving.reader.id, giving.attempt)
    assert (given.campaign, given.variant, given.placement) == ("open-door", "plain", "banner")
    assert giving.reader.withheld() == "supporter"


@pytest.mark.parametrize("interval", INTERVALS)
def test_the_return_alone_records_the_same(interval: Interval, a_giving: Callable[..., Giving], books: Books) -> None:
    giving = a_giving(interval).pay()
    answer = giving.come_back()

    assert answer.location == f"{ARTICLE}#honestybox=paid"
    alone = books.body(giving.subject)
    books.forget(giving.subject, giving.reader.id)
    giving.told()
    assert books.body(giving.subject) == alone
    assert giving.reader.withheld() == "supporter"


@pytest.mark.parametrize("interval", INTERVALS)
def test_return_first_and_webhooks_first_are_one_contribution(
    interval: Interval, a_giving: Callable[..., Giving], books: Books
) -> None:
    for webhooks_first in (True, False):
        giving = a_giving(interval).pay()
        if webhooks_first:
            giving.told()
        assert fragment(giving.come_back()) == "paid"
        giving.told()
        assert fragment(giving.come_back()) == "paid"
        assert books.line(giving.attempt).revenue_minor == PLACED[interval]
        assert giving.reader.withheld() == "supporter"


def test_a_gift_without_a_receipt_knows_its_reader_but_not_its_campaign(
    a_giving: Callable[..., Giving], books: Books
) -> None:
    giving = a_giving(receipt=None).pay().told()
    given = books.line(giving.attempt).attribution
    assert (given.reader, given.campaign, given.variant, given.placement) == (giving.reader.id, "", "", "")


def test_a_gift_by_way_of_a_preview_is_real_but_not_put_down_to_the_campaign(
    a_giving: Callable[..., Giving], a_reader: Callable[..., Reader], books: Books
) -> None:
    reader = a_reader()
    tokens = Tokens([environment("", "", "")["HONESTYBOX_SECRET_KEYS"]])
    preview = tokens.receipt(reader.receipt or "", datetime.now(UTC))._replace(config=PREVIEW)
    giving = a_giving(reader=reader, receipt=tokens.receipt_token(preview)).pay().told()
    line = books.line(giving.attempt)
    given = line.attribution
    assert (line.state, line.revenue_minor) == (State.PAID, PLACED["once"])
    assert (given.reader, given.campaign, given.variant, given.placement) == (reader.id, "", "", "")
    assert reader.withheld() == "supporter"


def test_a_fragment_of_the_article_gives_way_to_ours(a_giving: Callable[..., Giving]) -> None:
    giving = a_giving(return_url=f"{ARTICLE}#comments").pay()
    assert giving.come_back().location == f"{ARTICLE}#honestybox=paid"


def test_cancelling_at_checkout_records_nothing(a_giving: Callable[..., Giving], books: Books) -> None:
    before_reader = a_giving().reader
    before_reader.open_article()
    before = books.everything()
    a_giving("monthly", reader=before_reader)
    giving = a_giving("once", reader=before_reader)
    assert giving.side.find(giving.session)["cancel_url"] == ARTICLE
    assert books.everything() == before
    assert before_reader.asked()


def test_a_session_that_expires_records_nothing(
    a_giving: Callable[..., Giving], books: Books, stripe_side: Side
) -> None:
    giving = a_giving()
    before = books.everything()
    deliver(stripe_side, stripe_side.expire(giving.session))
    assert fragment(giving.come_back()) == "unverified"
    assert books.everything() == before
    assert giving.reader.asked()


@pytest.mark.parametrize("interval", [Interval.MONTHLY, Interval.ANNUAL])
def test_a_renewal_is_one_more_payment_of_the_same_contribution(
    interval: Interval, a_giving: Callable[..., Giving], books: Books, stripe_side: Side
) -> None:
    giving = a_giving(interval).pay().told()
    deliver(stripe_side, stripe_side.renew(giving.subject))
    line = books.line(giving.attempt)
    assert len(line.payments) == 2
    assert line.revenue_minor == 2 * PLACED[interval]


def test_a_renewal_that_fails_is_past_due_and_no_revenue(
    a_giving: Callable[..., Giving], books: Books, stripe_side: Side
) -> None:
    giving = a_giving("monthly").pay().told()
    deliver(stripe_side, stripe_side.renew(giving.subject, ok=False))
    line = books.line(giving.attempt)
    assert (line.state, line.revenue_minor) == (State.PAST_DUE, PLACED["monthly"])
    assert giving.reader.withheld() == "supporter"


def test_a_cancelled_subscription_is_over_and_its_payments_stay(
    a_giving: Callable[..., Giving], books: Books, stripe_side: Side
) -> None:
    giving = a_giving("monthly").pay().told()
    deliver(stripe_side, stripe_side.cancel(giving.subject))
    line = books.line(giving.attempt)
    assert (line.state, line.revenue_minor) == (State.ENDED, PLACED["monthly"])
    assert line.ended_at is not None
    assert giving.reader.asked()  # this site rests 0 days after a cancellation


def test_a_single_gift_refunded_in_full_counts_for_nothing(
    a_giving: Callable[..., Giving], books: Books, stripe_side: Side
) -> None:
    giving = a_giving().pay().told()
    deliver(stripe_side, stripe_side.refund(giving.subject))
    line = books.line(giving.attempt)
    assert (line.state, line.revenue_minor, line.amount_minor) == (State.REFUNDED, 0, PLACED["once"])
    assert giving.reader.asked()


def test_a_partial_refund_only_comes_off_the_revenue(
    a_giving: Callable[..., Giving], books: Books, stripe_side: Side
) -> None:
    giving = a_giving().pay().told()
    deliver(stripe_side, stripe_side.refund(giving.subject, 1000))
    line = books.line(giving.attempt)
    assert (line.state, line.revenue_minor) == (State.PAID, PLACED["once"] - 1000)
    assert giving.reader.withheld() == "supporter"


def test_a_refunded_month_comes_off_the_revenue_of_a_regular_gift(
    a_giving: Callable[..., Giving], books: Books, stripe_side: Side
) -> None:
    """Its charge does not carry our metadata: the event leads to the subscription by way of the invoice."""
    giving = a_giving("monthly").pay().told()
    first = Gateway(KEY, stripe_side.api).payment_for(stripe_side.find(giving.subject)["latest_invoice"])
    assert first is not None
    deliver(stripe_side, stripe_side.renew(giving.subject))
    deliver(stripe_side, stripe_side.refund(first["id"], 200))
    assert books.line(giving.attempt).revenue_minor == 2 * PLACED["monthly"] - 200
    deliver(stripe_side, stripe_side.refund(first["id"]))
    line = books.line(giving.attempt)
    assert (line.state, line.revenue_minor) == (State.ACTIVE, PLACED["monthly"])
    assert [payment.net_minor for payment in line.payments] == [0, PLACED["monthly"]]
