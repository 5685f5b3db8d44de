"""Paying on the article: the embedded session, its way to Stripe's page, and who has just given."""

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from service.app import create_app
from service.settings import Settings
from tests.payments.giving import ARTICLE, CONFIG_DIR, SITE, Books, Giving, Reader, environment, fragment, problem
from tests.payments.sandbox_side import SandboxSide
from tests.payments.served import Served
from tests.payments.sides import Fault, Request, Side, deliver
from tests.payments.test_attempts import creations
from tests.payments.wire import Answer, call, post_json
from tests.servers import free_port

PUBLISHABLE = "pk_test_courier0001"
METER = "meter: {allowance: 5, period: month}\n"


@pytest.fixture(scope="module")
def here(stripe_side: Side, books: Books, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The service of the same paper, which lets its readers pay on the article."""
    config = tmp_path_factory.mktemp("here") / "config"
    shutil.copytree(CONFIG_DIR, config)
    site = config / "sites" / SITE / "site.yaml"
    text = site.read_text().replace("  banner: {edge: top}\n", "  banner: {edge: top}\n  gate: {selector: article}\n")
    site.write_text(text.replace("checkout: {", "checkout: {mode: embedded, ") + METER)
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    environ = environment(books.redis_url, stripe_side.api, address) | {
        "HONESTYBOX_CONFIG_DIR": str(config), "HONESTYBOX_STRIPE_PUBLISHABLE_KEY": PUBLISHABLE,
    }  # fmt: skip
    served = Served(_app(environ), port)
    yield address
    served.stop()


def _app(environ: dict[str, str]) -> Flask:
    return create_app(Settings.from_environ(environ), watch=False)


@pytest.fixture
def reader(here: str) -> Reader:
    reader = Reader(here)
    assert reader.asked()
    return reader


def begun(reader: Reader, interval: str = "once", **changes: Any) -> tuple[dict[str, Any], Answer]:
    """What Continue sends, and the answer."""
    wish = reader.wish(interval, **changes)
    return wish, reader.press_continue(wish)


def session_in(answer: Answer) -> str:
    assert answer.status == 200, answer.body
    return str(answer.json["client_secret"].split("_secret_")[0])


def outcome(reader: Reader, session: str) -> Any:
    told = post_json(
        f"{reader.service}/v1/contributions/outcome",
        {"site": SITE, "reader": reader.token, "session": session, "url": ARTICLE},
    )
    assert told.status == 200, told.body
    return told.json


def hosted(side: Side, attempt: str) -> list[Request]:
    return [entry for entry in side.requests() if entry.key == f"{attempt}-hosted"]


@pytest.mark.parametrize("interval", ["once", "monthly", "annual"])
def test_the_script_gets_what_it_needs_and_no_address(reader: Reader, stripe_side: Side, interval: str) -> None:
    wish, answer = begun(reader, interval)
    assert answer.json["checkout_url"] is None
    assert answer.json["publishable_key"] == PUBLISHABLE
    assert answer.json["script_url"] == f"{stripe_side.api}/js/stripe.js"
    sent = creations(stripe_side, wish["attempt"])[-1].params
    assert (sent["ui_mode"], sent["redirect_on_completion"]) == ("embedded_page", "if_required")
    assert not {"success_url", "cancel_url", "after_expiration[recovery][enabled]"} & sent.keys()
    assert "session={CHECKOUT_SESSION_ID}" in sent["return_url"]
    assert not [entry for entry in stripe_side.requests() if entry.error and entry.key == wish["attempt"]]


def test_the_same_press_is_the_same_session(reader: Reader) -> None:
    wish, answer = begun(reader)
    assert reader.press_continue(wish).json == answer.json


@pytest.mark.parametrize(("delayed", "told"), [(False, "paid"), (True, "pending")])
@pytest.mark.parametrize("interval", ["once", "monthly"])
def test_the_page_is_told_what_became_of_it_and_the_article_opens(
    reader: Reader, stripe_side: Side, books: Books, interval: str, delayed: bool, told: str
) -> None:
    wish, answer = begun(reader, interval)
    session = session_in(answer)
    assert outcome(reader, session) == {"outcome": "unverified"}
    stripe_side.pay(session, delayed=delayed)
    said = outcome(reader, session)
    assert said["outcome"] == told
    assert (said["access"]["granted"], said["access"]["reason"]) == (True, "supporter")
    assert said["access"]["token"]
    assert books.line(wish["attempt"]).attribution.article.startswith(ARTICLE.partition("?")[0])
    assert reader.withheld() == "supporter"


def test_another_reader_gets_no_key_to_the_article_for_somebody_elses_payment(here: str, reader: Reader) -> None:
    _, answer = begun(reader)
    session = session_in(answer)
    stranger = Reader(here)
    stranger.open_article()
    assert "access" not in outcome(stranger, session)


def test_a_bank_that_redirects_brings_the_reader_back_as_ever(reader: Reader, stripe_side: Side) -> None:
    _, answer = begun(reader)
    session = session_in(answer)
    back = stripe_side.find(session)["return_url"].replace("{CHECKOUT_SESSION_ID}", session)
    stripe_side.pay(session)
    assert fragment(call("GET", back)) == "paid"


def test_pressed_again_after_paying_leads_to_the_thanks(reader: Reader, stripe_side: Side) -> None:
    wish, answer = begun(reader)
    stripe_side.pay(session_in(answer))
    for again in (wish, wish | {"hosted": True}):
        assert "/v1/contributions/return?session=cs_" in reader.press_continue(again).json["checkout_url"]


def test_stripes_page_instead_takes_the_same_attempt_and_closes_the_embedded_session(
    reader: Reader, stripe_side: Side
) -> None:
    wish, answer = begun(reader)
    embedded = session_in(answer)
    first = reader.press_continue(wish | {"hosted": True})
    assert first.json["checkout_url"].startswith("http")
    assert stripe_side.find(embedded)["status"] == "expired"
    assert reader.press_continue(wish | {"hosted": True}).json == first.json
    assert len({entry.session for entry in hosted(stripe_side, wish["attempt"])}) == 1
    assert problem(reader.press_continue(wish)) == (409, "attempt")


def test_stripes_page_can_be_had_without_the_embedded_session_having_been_seen(
    reader: Reader, stripe_side: Side
) -> None:
    wish, answer = begun(reader, hosted=True)
    session = answer.json["checkout_url"].rpartition("/")[2]
    assert stripe_side.find(session)["ui_mode"] == "hosted_page"
    stripe_side.pay(session)
    assert outcome(reader, session)["outcome"] == "paid"
    assert "/v1/contributions/return?session=cs_" in reader.press_continue(wish).json["checkout_url"]


FAULTS = {
    "closing fails": Fault(path="/v1/checkout/sessions/cs_.*/expire", status=503, times=2),
    "closing is not answered": Fault(path="/v1/checkout/sessions/cs_.*/expire", drop=True, after=True, times=2),
}


@pytest.mark.parametrize("name", FAULTS)
def test_no_hosted_session_is_made_before_the_embedded_one_is_known_to_be_closed(
    reader: Reader, stripe_side: Side, name: str
) -> None:
    wish, answer = begun(reader)
    session_in(answer)
    stripe_side.fault(FAULTS[name])
    assert reader.press_continue(wish | {"hosted": True}).status == 503
    assert hosted(stripe_side, wish["attempt"]) == []
    assert reader.press_continue(wish | {"hosted": True}).json["checkout_url"].startswith("http")


def test_who_paid_while_the_page_gave_up_is_thanked_and_not_asked_to_pay_again(
    reader: Reader, stripe_side: Side
) -> None:
    wish, answer = begun(reader)
    session = session_in(answer)
    stripe_side.pay(session)
    answer = reader.press_continue(wish | {"hosted": True})
    assert f"return?session={session}" in answer.json["checkout_url"]
    assert hosted(stripe_side, wish["attempt"]) == []


def test_a_second_gift_from_another_tab_is_asked_about_first(reader: Reader, stripe_side: Side, books: Books) -> None:
    wish, answer = begun(reader)
    stripe_side.pay(session_in(answer))
    outcome(reader, session_in(answer))
    again, refused = begun(reader, "monthly")
    assert problem(refused) == (409, "already_given")
    assert "client_secret" not in refused.json
    sure = reader.press_continue(again | {"again": True})
    stripe_side.pay(session_in(sure))
    assert outcome(reader, session_in(sure))["outcome"] == "paid"
    assert len(books.lines(wish["attempt"])) == len(books.lines(again["attempt"])) == 1


def test_who_has_given_nothing_lately_is_not_asked_whether_they_mean_it(reader: Reader, stripe_side: Side) -> None:
    _, first = begun(reader)
    _, second = begun(reader, "monthly")
    assert (first.status, second.status) == (200, 200)
    stripe_side.expire(session_in(first))
    assert begun(reader)[1].status == 200


def test_an_address_goes_to_stripe_with_the_gift(reader: Reader, stripe_side: Side) -> None:
    wish, answer = begun(reader, email=" sam@example.org ")
    session_in(answer)
    sent = creations(stripe_side, wish["attempt"])[-1].params
    assert "customer" in sent or sent["customer_email"] == "sam@example.org"


@pytest.mark.parametrize("email", ["sam", "sam@", "@example.org", "sam@example", "a b@a.example", "x" * 250 + "@a.bc"])
def test_what_cannot_be_an_address_is_refused_by_name(reader: Reader, email: str) -> None:
    assert problem(begun(reader, email=email)[1]) == (422, "email")


def test_a_hosted_session_that_was_forgotten_can_be_recovered(
    a_giving: Callable[..., Giving], stripe_side: Side
) -> None:
    giving = a_giving()
    stripe_side.expire(giving.session)
    recovery = stripe_side.find(giving.session)["after_expiration"]["recovery"]
    assert recovery["enabled"]
    assert recovery["url"].endswith(f"/r/{giving.session}")
    assert problem(giving.reader.press_continue(giving.wish)) == (409, "attempt")


@pytest.mark.parametrize("stripe_side", ["sandbox"], indirect=True, scope="module")  # the other plays no recovery
def test_a_recovered_session_is_recorded_like_any_other(
    a_giving: Callable[..., Giving], stripe_side: SandboxSide, books: Books
) -> None:
    giving = a_giving()
    stripe_side.expire(giving.session)
    call("GET", stripe_side.find(giving.session)["after_expiration"]["recovery"]["url"])
    recovered = stripe_side.sandbox.all("checkout.session")[0]
    assert recovered["recovered_from"] == giving.session
    deliver(stripe_side, stripe_side.pay(recovered["id"]))
    line = books.line(giving.attempt)
    assert (line.attribution.reader, line.revenue_minor) == (giving.reader.id, giving.wish["amount_minor"])
