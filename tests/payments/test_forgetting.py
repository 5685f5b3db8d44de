"""A giver who wants to be forgotten: the money stays in the books, and whose browser it was is gone, at Stripe too."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from service.domain.contribution import ABOUT_THE_READER, FORGOTTEN
from service.payments.customers import Customers
from service.payments.gateway import Gateway
from service.worker import open_worker
from tests.payments.giving import SITE, Books, Giving, patiently, some_settings
from tests.payments.sides import KEY, Side, deliver
from tests.payments.wire import Answer, call


def forget(giving: Giving) -> Answer:
    """What a page of the site asks for its reader."""
    reader = giving.reader
    headers = {"Authorization": f"Bearer {reader.token}"}
    return call("DELETE", f"{reader.service}/v1/readers/me?site={SITE}", headers=headers)


@pytest.mark.parametrize("interval", ["once", "monthly"])
def test_stripe_forgets_the_browser_and_nothing_brings_it_back(
    interval: str, a_giving: Callable[..., Giving], books: Books, stripe_side: Side
) -> None:
    giving = a_giving(interval, email="giver@example.org").pay().told()
    reader, subject = giving.reader.id, giving.subject
    customer = str(stripe_side.find(giving.session)["customer"])
    customers = Customers(Gateway(KEY, stripe_side.api))
    customers.add_reader(customer, reader)
    customers.add_reader(customer, "B" * 22)

    answer = forget(giving)
    assert [kept["id"] for kept in answer.json["kept"]] == [subject]
    giving.told()  # before the worker comes, Stripe still knows whose it was
    worker = open_worker(some_settings(books.redis_url, stripe_side.api), lambda: datetime.now(UTC))
    patiently(worker.jobs.work_due)
    for more in (True, False):
        metadata = stripe_side.find(subject)["metadata"]
        assert {metadata.get(name) for name in ABOUT_THE_READER} == {FORGOTTEN}
        assert metadata["attempt"] == giving.attempt
        assert stripe_side.find(customer)["metadata"]["readers"] == "B" * 22
        line = books.line(giving.attempt)
        assert (line.attribution.reader, line.attribution.article) == ("", "")
        assert line.payments
        everything = books.everything()
        assert not any(reader.encode() in key for key in everything)
        giving.told()
        if more and interval == "monthly":
            deliver(stripe_side, stripe_side.cancel(subject))
        patiently(worker.jobs.work_due)
