"""One customer for each address; and who gave is found by theirs, recognised elsewhere, and stays so."""

import logging
import re
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from service.app import create_app
from service.payments.customers import MOST_READERS, Customers
from service.payments.gateway import Gateway, Stripe
from service.payments.supporters import customer_for, find_supporter
from service.worker import Worker, open_worker
from tests.mail.mailbox import Mailbox, a_mailbox, bodies
from tests.payments.giving import ARTICLE, SITE, Books, Giving, Reader, patiently, session_of, some_settings
from tests.payments.served import Served
from tests.payments.sides import KEY, Side, deliver

NOBODY = "nobody@example.org"


def an_address() -> str:
    return f"reader-{uuid.uuid4().hex[:12]}@example.org"


@pytest.fixture
def customers(stripe_side: Side) -> Customers:
    return Customers(Gateway(KEY, stripe_side.api, at_once=8))


@pytest.fixture
def a_gift_from(a_giving: Callable[..., Giving]) -> Callable[..., Giving]:
    """Makes paid gifts of readers who wrote their address into the form."""

    def make(email: str, interval: str = "monthly", **changes: Any) -> Giving:
        return a_giving(interval, email=email, **changes).pay().told()

    return make


def customer_of(giving: Giving) -> str:
    return str(giving.side.find(giving.session)["customer"])


# One customer for each address


def test_two_gifts_from_one_address_are_one_customers(a_gift_from: Callable[..., Giving]) -> None:
    email = an_address()
    first, second, third = a_gift_from(email), a_gift_from(email, "once"), a_gift_from(an_address())
    assert customer_of(first) == customer_of(second)
    assert customer_of(first) != customer_of(third)
    made = first.side.find(customer_of(first))
    assert (made["email"], made["metadata"]) == (email, {"site": SITE})


def test_capitals_make_no_other_customer(customers: Customers) -> None:
    email = an_address()
    assert customer_for(customers, SITE, email.upper()) == customer_for(customers, SITE, email)


def test_stripe_is_asked_as_often_for_a_stranger_as_for_a_supporter(customers: Customers, stripe_side: Side) -> None:
    email, asked = an_address(), []
    for _ in range(2):
        before = len(stripe_side.requests())
        customer_for(customers, SITE, email)
        asked.append(len(stripe_side.requests()) - before)
    assert asked == [2, 2]


def test_presses_at_the_same_moment_make_one_customer(customers: Customers) -> None:
    email = an_address()
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: customer_for(customers, SITE, email), range(16)))
    assert len(set(made)) == 1
    assert [one["id"] for one in customers.of_address(email)] == made[:1]


def test_each_site_has_customers_of_its_own_and_nobody_else_is_one(customers: Customers) -> None:
    email = an_address()
    shops = customers.make({"email": email}, f"a shop's {email}")["id"]
    ours, theirs = customer_for(customers, SITE, email), customer_for(customers, "herald", email)
    assert len({shops, ours, theirs}) == 3


def test_the_oldest_customer_is_taken(customers: Customers) -> None:
    email = an_address()
    made = [customers.make({"email": email, "metadata": {"site": SITE}}, f"{n} {email}")["id"] for n in range(3)]
    assert customer_for(customers, SITE, email) == made[0]


def test_the_same_attempt_again_is_the_same_session(a_reader: Callable[..., Reader]) -> None:
    reader, email = a_reader(), an_address()
    wish = reader.wish("monthly", email=email)
    assert session_of(reader.press_continue(wish)) == session_of(reader.press_continue(wish))


class ShowingACard(Customers):
    """Customers who let Checkout show a card, which neither stand plays."""

    def shows_a_card(self, customer: str) -> bool:
        return True


def test_a_typed_address_opens_nobodys_saved_card(stripe_side: Side) -> None:
    customers, email = ShowingACard(Gateway(KEY, stripe_side.api)), an_address()
    assert customer_for(customers, SITE, email)
    assert customer_for(customers, SITE, email) == ""


class BilledInEuros(Customers):
    """Customers with a regular gift in euros, whose currency neither stand keeps."""

    def of_address(self, email: str) -> list[Stripe]:
        """The first of them gives in euros."""
        found = super().of_address(email)
        return [{**one, "currency": "eur"} for one in found[:1]] + found[1:]


def test_a_regular_gift_in_another_currency_has_a_customer_of_its_own(stripe_side: Side) -> None:
    customers, email = BilledInEuros(Gateway(KEY, stripe_side.api)), an_address()
    in_euros = customer_for(customers, SITE, email, "EUR")
    in_dollars = customer_for(customers, SITE, email, "USD")
    assert in_dollars not in ("", in_euros)
    assert customer_for(customers, SITE, email, "EUR") == customer_for(customers, SITE, email) == in_euros
    assert customer_for(customers, SITE, email, "USD") == in_dollars


def test_both_stands_are_asked_for_cards_that_may_be_shown(customers: Customers) -> None:
    assert not customers.shows_a_card(customer_for(customers, SITE, an_address()))


# Who gave from an address


def found(customers: Customers, email: str, site: str = SITE) -> tuple[list[str], list[str]]:
    supporter = find_supporter(customers, site, email)
    if supporter is None:
        return [], []
    return [owner.customer for owner in supporter.owners], list(supporter.contributions)


def test_whoever_gave_from_exactly_this_address_is_found(
    customers: Customers, a_gift_from: Callable[..., Giving]
) -> None:
    email = an_address()
    once, monthly = a_gift_from(email, "once"), a_gift_from(email)
    assert found(customers, email) == ([customer_of(monthly)], [once.subject, monthly.subject])
    assert found(customers, email.replace("reader", "READER")) == found(customers, email)
    assert found(customers, f"x{email}") == ([], [])
    assert found(customers, email, "herald") == ([], [])


def test_a_single_gift_without_a_customer_is_found_by_its_checkout(
    customers: Customers, a_giving: Callable[..., Giving]
) -> None:
    giving = a_giving("once").pay()
    session = giving.side.find(giving.session)
    assert session["customer"] is None
    owners, contributions = found(customers, session["customer_details"]["email"])
    assert giving.subject in contributions
    assert session["customer"] not in owners


def test_what_runs_counts_more_than_what_is_over(customers: Customers, a_gift_from: Callable[..., Giving]) -> None:
    email = an_address()
    running, over = a_gift_from(email), a_gift_from(email)
    over.side.cancel(over.subject)
    single = a_gift_from(email, "once")
    assert found(customers, email)[1][-1] == running.subject
    assert set(found(customers, email)[1]) == {running.subject, over.subject, single.subject}


def test_an_address_with_which_nobody_paid_is_nobodys(customers: Customers, a_giving: Callable[..., Giving]) -> None:
    email = an_address()
    a_giving("monthly", email=email)
    assert find_supporter(customers, SITE, email) is None


def test_the_newest_twenty_browsers_are_kept_and_each_once(customers: Customers) -> None:
    customer = customer_for(customers, SITE, an_address())
    readers = [f"{number:022}" for number in range(MOST_READERS + 2)]
    for reader in (*readers, readers[-1]):
        customers.add_reader(customer, reader)
    assert customers.get(customer)["metadata"] == {"site": SITE, "readers": " ".join(readers[2:])}


# The whole way


class Desk:
    """A service that mails, its worker, and the mailbox."""

    def __init__(self, books: Books, side: Side, mailbox: Mailbox) -> None:
        settings = replace(
            some_settings(books.redis_url, side.api),
            mail_url=mailbox.url, mail_from="courier@example.org", log_level="DEBUG",
        )  # fmt: skip
        self.app = create_app(settings, watch=False)
        self.worker: Worker = open_worker(settings, lambda: datetime.now(UTC))
        self.mailbox = mailbox
        self.served = Served(self.app)

    @property
    def client(self) -> FlaskClient:
        return self.app.test_client()

    def work(self) -> None:
        patiently(self.worker.jobs.work_due)

    def link_for(self, email: str) -> str:
        """The link in the mail that whoever asks gets; empty when there is none."""
        before = len(self.mailbox.arrived)
        wish = {"site": SITE, "email": email, "language": "en", "return_url": ARTICLE}
        answer = self.client.post("/v1/supporters/links", json=wish)
        assert (answer.status_code, answer.get_json()) == (202, {"accepted": True})
        self.work()
        if len(self.mailbox.arrived) == before:
            return ""
        text, html = bodies(self.mailbox.arrived[-1])
        (url,) = re.findall(r"https://\S+", text)
        assert url in unescape(html)
        return str(url)

    def press(self, link: str, action: str) -> str:
        """Where the button leads."""
        page = self.client.get(urlsplit(link)._replace(scheme="", netloc="").geturl())
        assert page.status_code == 200
        form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        answer = self.client.post("/supporter", data={**form, "action": action})
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"]

    def recognised(self, link: str) -> Reader:
        """A browser that nobody has seen, after the whole way."""
        address, _, grant = self.press(link, "recognise").partition("#honestybox=supporter.")
        assert address == ARTICLE
        answer = self.client.post("/v1/supporters/recognitions", json={"site": SITE, "reader": None, "grant": grant})
        assert answer.status_code == 200, answer.text
        return Reader(self.served.address, token=answer.get_json()["reader"])


@pytest.fixture
def desk(books: Books, stripe_side: Side) -> Iterator[Desk]:
    with a_mailbox() as mailbox:
        opened = Desk(books, stripe_side, mailbox)
        yield opened
        opened.served.stop()


def test_a_supporter_is_recognised_on_another_device_at_once_and_for_good(
    desk: Desk, a_gift_from: Callable[..., Giving], stripe_side: Side
) -> None:
    email = an_address()
    giving = a_gift_from(email)
    there = desk.recognised(desk.link_for(email))
    assert there.withheld() == "supporter"
    desk.work()
    assert stripe_side.find(customer_of(giving))["metadata"]["readers"] == there.id
    deliver(stripe_side, stripe_side.cancel(giving.subject))
    assert there.asked(), "a cancelled gift is heard of on every device"


def test_a_recognised_browser_is_known_again_after_redis_was_lost(
    desk: Desk, a_gift_from: Callable[..., Giving], books: Books, stripe_side: Side
) -> None:
    email = an_address()
    giving = a_gift_from(email)
    there = desk.recognised(desk.link_for(email))
    desk.work()
    books.forget(giving.subject, giving.reader.id)
    books.redis.delete(f"hb:r:{{{SITE}:{there.id}}}")
    assert there.asked()
    books.recorder(stripe_side).record(giving.subject, datetime.now(UTC))
    assert there.withheld() == "supporter"


def test_a_gift_that_the_ledger_lost_is_recorded_by_the_worker(
    desk: Desk, a_gift_from: Callable[..., Giving], books: Books
) -> None:
    email = an_address()
    giving = a_gift_from(email)
    link = desk.link_for(email)
    books.forget(giving.subject, giving.reader.id)
    there = desk.recognised(link)
    desk.work()
    assert there.withheld() == "supporter"
    assert giving.reader.withheld() == "supporter"


def test_the_portal_shows_the_givers_own_customer_and_leads_back_to_a_link_as_good_as_the_first(
    desk: Desk, a_gift_from: Callable[..., Giving], stripe_side: Side
) -> None:
    email = an_address()
    giving = a_gift_from(email)
    portal = desk.press(desk.link_for(email), "manage:0")
    session = stripe_side.find(portal.rpartition("/")[2])
    assert session["customer"] == customer_of(giving)
    assert desk.recognised(session["return_url"]).withheld() == "supporter"


def test_an_address_nobody_gave_from_is_sent_nothing(desk: Desk) -> None:
    assert desk.link_for(NOBODY) == ""
    assert desk.worker.books.jobs.standing().resting == 0




def test_no_address_token_grant_or_reader_is_in_any_log(
    desk: Desk, a_gift_from: Callable[..., Giving], caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in ("", "stripe", "urllib3", "rq"):
        caplog.set_level(logging.DEBUG, name)
    email = an_address()
    giving = a_gift_from(email)
    link = desk.link_for(email)
    page = desk.press(link, "manage:0")
    there = desk.recognised(giving.side.find(page.rpartition("/")[2])["return_url"])
    desk.work()
    out, err = capfd.readouterr()
    servers = ("werkzeug", "mail.log")  # the tests' own
    ours = [record for record in caplog.records if record.name not in servers]
    logged = out + err + "".join(f"{record.getMessage()}{record.args}" for record in ours)
    assert "mail_sent" in logged, "or this test would read another log"
    for secret in (email, link.rpartition("token=")[2], there.id, giving.reader.id):
        assert secret not in logged
