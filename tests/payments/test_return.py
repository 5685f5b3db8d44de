"""The way back from Stripe: verified, to the article and nowhere else, and never a dead end for one who paid."""

from collections.abc import Callable

import pytest

from tests.payments.giving import ARTICLE, ORIGIN, SITE, Books, Giving, Reader, fragment, problem, return_address
from tests.payments.sides import Side
from tests.payments.wire import call

ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/relative",
    "",
    "javascript:alert(1)",
    "data:text/html,hello",
    f"{ORIGIN}.evil.example/",
    f"{ORIGIN}@evil.example/",
    "https://www.harbour-courier.example:x@evil.example/",
    "https://evil.example\\@www.harbour-courier.example/",
    "https://www.harbour-courier.example\\@evil.example/",
    "https://www.harbour-courier.example\\.evil.example/",
    "https:\\\\evil.example/",
    "https:/\\evil.example/",
    "https:evil.example",
    f"{ORIGIN}:8443/",
    f"{ORIGIN}:443/",
    "http://www.harbour-courier.example/",
    "https://harbour-courier.example/",
    "https://user@www.harbour-courier.example/",
    "https://www.hill-herald.example/",
    f" {ARTICLE}",
    f"{ARTICLE}\r\nX-Evil: 1",
    f"{ARTICLE}\t",
    "https://www.harbour-courier.example\u2044evil.example/",
    "https://www.harbour-courier.example\uff0fevil.example/",
    "https://[::1/",
    "ftp://www.harbour-courier.example/",
]


@pytest.mark.parametrize("to", ELSEWHERE)
def test_nobody_is_sent_off_the_sites_origins(to: str, service: str) -> None:
    answer = call("GET", return_address(service, site=SITE, session="cs_test_1", to=to))
    assert problem(answer) == (422, "to")
    assert "location" not in answer.headers


@pytest.mark.parametrize("to", ELSEWHERE)
def test_no_gift_starts_for_a_page_off_the_sites_origins(
    to: str, a_reader: Callable[..., Reader], stripe_side: Side
) -> None:
    reader, before = a_reader(), len(stripe_side.requests())
    assert problem(reader.press_continue(reader.wish(return_url=to))) == (422, "return_url")
    assert len(stripe_side.requests()) == before


@pytest.mark.parametrize(
    "to", [ARTICLE, f"{ORIGIN}/", ORIGIN, f"{ORIGIN}/a?b=https://evil.example", f"{ORIGIN}//evil.example/",
           "https://staging.harbour-courier.example:8443/a"],
)  # fmt: skip
def test_every_page_of_the_site_may_be_returned_to(to: str, service: str) -> None:
    answer = call("GET", return_address(service, site=SITE, session="cs_test_unknown", to=to))
    assert answer.status == 303
    assert answer.location in (f"{to}#honestybox=unverified", f"{to}/#honestybox=unverified")


UNKNOWN = ["", "cs_test_unknown", "pi_1", "../events", "cs_/../../v1/events", "cs_" + "x" * 300]


@pytest.mark.parametrize("session", UNKNOWN)
def test_a_session_that_stripe_does_not_know_is_unverified(session: str, service: str, books: Books) -> None:
    before = books.everything()
    answer = call("GET", return_address(service, site=SITE, session=session, to=ARTICLE))
    assert fragment(answer) == "unverified"
    assert books.everything() == before


def test_an_open_session_is_unverified(a_giving: Callable[..., Giving], books: Books) -> None:
    giving = a_giving()
    before = books.everything()
    assert fragment(giving.come_back()) == "unverified"
    assert books.everything() == before


def test_another_sites_session_proves_nothing(a_giving: Callable[..., Giving], service: str, books: Books) -> None:
    giving = a_giving().pay()
    herald = "https://www.hill-herald.example/"
    answer = call("GET", return_address(service, site="herald", session=giving.session, to=herald))
    assert answer.location == f"{herald}#honestybox=unverified"
    assert not books.lines(giving.attempt)


def test_an_unknown_site_is_nowhere(service: str) -> None:
    for site in ("", "nowhere"):
        assert problem(call("GET", return_address(service, site=site, session="cs_1", to=ARTICLE))) == (404, "site")


def test_the_return_is_never_kept_by_a_cache(a_giving: Callable[..., Giving]) -> None:
    answer = a_giving().pay().come_back()
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers
