"""Who gave, by their e-mail address: Stripe knows, and is asked once for each customer."""

from collections.abc import Callable
from dataclasses import replace

from service.payments.addresses import Addresses
from service.payments.gateway import Gateway
from tests.payments.giving import Books, Giving
from tests.payments.sides import KEY, Side


def never(seconds: float) -> None:
    raise AssertionError(seconds)


def test_the_address_is_the_customers_or_the_one_typed_at_checkout(
    a_giving: Callable[..., Giving], stripe_side: Side, books: Books
) -> None:
    addresses = Addresses(Gateway(KEY, stripe_side.api), never)
    for interval in ("once", "monthly"):
        giving = a_giving(interval).pay().told()
        typed = stripe_side.find(giving.session)["customer_details"]["email"]
        assert typed
        line = books.line(giving.attempt)
        assert addresses.of(line) == typed
        before = len(stripe_side.requests())
        if line.customer:
            assert addresses.of(line) == typed
            assert len(stripe_side.requests()) == before
        assert addresses.of(replace(line, customer="cus_0ghost")) == typed


def test_a_gift_of_which_stripe_knows_no_address_has_none(
    a_giving: Callable[..., Giving], stripe_side: Side, books: Books
) -> None:
    line = books.line(a_giving("once").pay().told().attempt)
    assert Addresses(Gateway(KEY, stripe_side.api), never).of(replace(line, id="pi_0ghost", customer="")) == ""
