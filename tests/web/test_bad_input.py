"""Hostile and broken requests: a 4xx problem that names the field, and nothing stored."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.app import create_app
from tests.builders import ARTICLE, DAY, NOW, ORIGIN, SettableClock, a_decision_body, post, some_settings, write_config
from tests.web.conftest import MERCURY, Bodies, spoilt, two_sites

Stored = Callable[[], dict[bytes, Any]]
ENDPOINTS = ["/v1/decisions", "/v1/events", "/v1/snoozes", "/v1/contributions"]
MOST = 16 * 1024


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, valkey_server: str) -> tuple[Flask, SettableClock]:
    """One service for all: what is refused leaves nothing behind, in it neither."""
    clock = SettableClock()
    folder = write_config(tmp_path_factory.mktemp("bad") / "config", two_sites())
    return create_app(some_settings(folder, valkey_server), clock=clock, watch=False), clock


@pytest.fixture
def clock(shared: tuple[Flask, SettableClock]) -> SettableClock:
    clock = shared[1]
    clock.now = NOW
    return clock


@pytest.fixture
def client(shared: tuple[Flask, SettableClock], clock: SettableClock, valkey_url: str) -> FlaskClient:
    """With nothing remembered."""
    return shared[0].test_client()


def assert_refused(answer: TestResponse, status: int, field: str) -> None:
    """A problem document for this field, that the site's page may read."""
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json"), answer.text
    problem = json.loads(answer.data)
    assert (problem["status"], problem["type"], problem.get("field")) == (status, "about:blank", field), problem
    assert problem["detail"].endswith(".")
    assert problem["title"]
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("path", ENDPOINTS)
@pytest.mark.parametrize(
    ("raw", "status", "field"),
    [
        (b"", 400, "body"),
        (b"not json", 400, "body"),
        (b"{", 400, "body"),
        (b'{"a": 1} trailing', 400, "body"),
        (b"\xff\xfe", 400, "body"),
        (b"[" * 9000, 400, "body"),
        (b'{"a":' * 2500 + b"1" + b"}" * 2500, 400, "body"),
        (b'{"a": ' + b"9" * 5000 + b"}", 400, "body"),
        (b"null", 422, "body"),
        (b"true", 422, "body"),
        (b"1", 422, "body"),
        (b'"text"', 422, "body"),
        (b"[]", 422, "body"),
        (b'[{"site": "gazette"}]', 422, "body"),
        (b'"' + b"x" * (MOST - 1) + b'"', 413, "body"),
        (b" " * (MOST + 1), 413, "body"),
        (b'{"x": "' + b"x" * 1_000_000 + b'"}', 413, "body"),
    ],
    ids=lambda value: value[:12].decode("latin-1") if isinstance(value, bytes) else "",
)
def test_a_body_that_is_no_request_is_refused(
    client: FlaskClient, stored: Stored, path: str, raw: bytes, status: int, field: str
) -> None:
    before = stored()
    assert_refused(post(client, path, raw), status, field)
    assert stored() == before


SPOILT = [
    # POST /v1/decisions
    ("/v1/decisions", "site", ..., 422, "site"),
    ("/v1/decisions", "site", None, 422, "site"),
    ("/v1/decisions", "site", 5, 422, "site"),
    ("/v1/decisions", "site", ["gazette"], 422, "site"),
    ("/v1/decisions", "site", "nobody", 404, "site"),
    ("/v1/decisions", "site", "Gazette", 404, "site"),
    ("/v1/decisions", "site", "../gazette", 404, "site"),
    ("/v1/decisions", "reader", 5, 422, "reader"),
    ("/v1/decisions", "reader", {}, 422, "reader"),
    ("/v1/decisions", "reader", "forged", 422, "reader"),
    ("/v1/decisions", "reader", "x" * 22 + ".forged", 422, "reader"),
    ("/v1/decisions", "reader", "x" * 601, 422, "reader"),
    ("/v1/decisions", "reader", "\ud800", 422, "reader"),
    ("/v1/decisions", "consent", "yes", 422, "consent"),
    ("/v1/decisions", "consent", 2, 422, "consent"),
    ("/v1/decisions", "page", ..., 422, "page"),
    ("/v1/decisions", "page", None, 422, "page"),
    ("/v1/decisions", "page", "https://a.example", 422, "page"),
    ("/v1/decisions", "page", [], 422, "page"),
    ("/v1/decisions", "page.url", ..., 422, "page.url"),
    ("/v1/decisions", "page.url", None, 422, "page.url"),
    ("/v1/decisions", "page.url", 5, 422, "page.url"),
    ("/v1/decisions", "page.url", "", 422, "page.url"),
    ("/v1/decisions", "page.url", "/world/a-story", 422, "page.url"),
    ("/v1/decisions", "page.url", "javascript:alert(1)", 422, "page.url"),
    ("/v1/decisions", "page.url", "https://", 422, "page.url"),
    ("/v1/decisions", "page.url", "https://[::1", 422, "page.url"),
    ("/v1/decisions", "page.url", f"{ARTICLE}\u0000", 422, "page.url"),
    ("/v1/decisions", "page.url", f"{ARTICLE}\n", 422, "page.url"),
    ("/v1/decisions", "page.url", f"{ARTICLE}\ud800", 422, "page.url"),
    ("/v1/decisions", "page.url", f"{ORIGIN}/{'x' * 2000}", 422, "page.url"),
    ("/v1/decisions", "page.section", 5, 422, "page.section"),
    ("/v1/decisions", "page.section", "x" * 201, 422, "page.section"),
    ("/v1/decisions", "page.tags", "a, b", 422, "page.tags"),
    ("/v1/decisions", "page.tags", {"a": 1}, 422, "page.tags"),
    ("/v1/decisions", "page.tags.0", 5, 422, "page.tags.0"),
    ("/v1/decisions", "page.tags.0", None, 422, "page.tags.0"),
    ("/v1/decisions", "page.tags.0", "x" * 201, 422, "page.tags.0"),
    ("/v1/decisions", "page.tags", ["x"] * 51, 422, "page.tags"),
    ("/v1/decisions", "page.authors", ["x"] * 21, 422, "page.authors"),
    ("/v1/decisions", "page.authors.0", [], 422, "page.authors.0"),
    ("/v1/decisions", "page.language", "x" * 36, 422, "page.language"),
    ("/v1/decisions", "page.language", ["en"], 422, "page.language"),
    ("/v1/decisions", "page.premium", "no", 422, "page.premium"),
    ("/v1/decisions", "page.type", "story", 422, "page.type"),
    ("/v1/decisions", "page.type", 5, 422, "page.type"),
    ("/v1/decisions", "page.titel", "x", 422, "page.titel"),
    ("/v1/decisions", "visit", [], 422, "visit"),
    ("/v1/decisions", "visit.utm", ["x"], 422, "visit.utm"),
    ("/v1/decisions", "visit.utm", {str(n): "x" for n in range(21)}, 422, "visit.utm"),
    ("/v1/decisions", "visit.device", "fridge", 422, "visit.device"),
    ("/v1/decisions", "visit.width", -1, 422, "visit.width"),
    ("/v1/decisions", "visit.width", 100_001, 422, "visit.width"),
    ("/v1/decisions", "visit.width", 390.5, 422, "visit.width"),
    ("/v1/decisions", "visit.width", "390", 422, "visit.width"),
    ("/v1/decisions", "visit.width", float("nan"), 422, "visit.width"),
    ("/v1/decisions", "visit.width", float("-inf"), 422, "visit.width"),
    ("/v1/decisions", "visit.width", True, 422, "visit.width"),
    ("/v1/decisions", "visit.referrer", "x" * 2001, 422, "visit.referrer"),
    ("/v1/decisions", "placements", ..., 422, "placements"),
    ("/v1/decisions", "placements", [], 422, "placements"),
    ("/v1/decisions", "placements", "inline", 422, "placements"),
    ("/v1/decisions", "placements", ["inline"] * 5, 422, "placements"),
    ("/v1/decisions", "placements", ["roof"], 422, "placements.0"),
    ("/v1/decisions", "placements", [["inline"]], 422, "placements.0"),
    ("/v1/decisions", "placements", [{}], 422, "placements.0"),
    ("/v1/decisions", "nonsense", 1, 422, "nonsense"),
    ("/v1/decisions", "half \ud800 a key", 1, 422, "half \ud800 a key"),
    # POST /v1/events
    ("/v1/events", "events", ..., 422, "events"),
    ("/v1/events", "events", [], 422, "events"),
    ("/v1/events", "events", {}, 422, "events"),
    ("/v1/events", "events", ["seen"], 422, "events.0"),
    ("/v1/events", "events.0.receipt", ..., 422, "events.0.receipt"),
    ("/v1/events", "events.0.receipt", None, 422, "events.0.receipt"),
    ("/v1/events", "events.0.receipt", "", 422, "events.0.receipt"),
    ("/v1/events", "events.0.receipt", "forged", 422, "events.0.receipt"),
    ("/v1/events", "events.0.receipt", "a.b.c.d.e.f.1.g.forged", 422, "events.0.receipt"),
    ("/v1/events", "events.0.receipt", "\ud800", 422, "events.0.receipt"),
    ("/v1/events", "events.0.type", "bought", 422, "events.0.type"),
    ("/v1/events", "events.0.type", ["seen"], 422, "events.0.type"),
    ("/v1/events", "events.0.at", 5, 422, "events.0.at"),
    # POST /v1/snoozes
    ("/v1/snoozes", "reader", ..., 422, "reader"),
    ("/v1/snoozes", "reader", None, 422, "reader"),
    ("/v1/snoozes", "reader", "forged", 422, "reader"),
    ("/v1/snoozes", "receipt", ..., 422, "receipt"),
    ("/v1/snoozes", "receipt", "forged", 422, "receipt"),
    ("/v1/snoozes", "days", ..., 422, "days"),
    ("/v1/snoozes", "days", 8, 422, "days"),
    ("/v1/snoozes", "days", 0, 422, "days"),
    ("/v1/snoozes", "days", -7, 422, "days"),
    ("/v1/snoozes", "days", 7.5, 422, "days"),
    ("/v1/snoozes", "days", "7", 422, "days"),
    ("/v1/snoozes", "days", True, 422, "days"),
    ("/v1/snoozes", "days", 10**30, 422, "days"),
    ("/v1/snoozes", "until", "2030-01-01", 422, "until"),
    # POST /v1/contributions
    ("/v1/contributions", "site", "nobody", 404, "site"),
    ("/v1/contributions", "reader", ..., 422, "reader"),
    ("/v1/contributions", "reader", "forged", 422, "reader"),
    ("/v1/contributions", "receipt", "forged", 422, "receipt"),
    ("/v1/contributions", "interval", "weekly", 422, "interval"),
    ("/v1/contributions", "interval", ..., 422, "interval"),
    ("/v1/contributions", "currency", "XXX", 422, "currency"),
    ("/v1/contributions", "currency", "usd", 422, "currency"),
    ("/v1/contributions", "currency", "DOLLAR", 422, "currency"),
    ("/v1/contributions", "currency", "GBP", 422, "currency"),
    ("/v1/contributions", "amount_minor", ..., 422, "amount_minor"),
    ("/v1/contributions", "amount_minor", None, 422, "amount_minor"),
    ("/v1/contributions", "amount_minor", "500", 422, "amount_minor"),
    ("/v1/contributions", "amount_minor", 500.5, 422, "amount_minor"),
    ("/v1/contributions", "amount_minor", 500.0, 422, "amount_minor"),
    ("/v1/contributions", "amount_minor", -500, 422, "amount_minor"),
    ("/v1/contributions", "amount_minor", 0, 422, "amount_minor"),
    ("/v1/contributions", "amount_minor", float("nan"), 422, "amount_minor"),
    ("/v1/contributions", "amount_minor", float("inf"), 422, "amount_minor"),
    ("/v1/contributions", "amount_minor", True, 422, "amount_minor"),
    ("/v1/contributions", "amount_minor", 199, 422, "amount_minor"),
    ("/v1/contributions", "amount_minor", 500_001, 422, "amount_minor"),
    ("/v1/contributions", "amount_minor", 10**40, 422, "amount_minor"),
    ("/v1/contributions", "attempt", ..., 422, "attempt"),
    ("/v1/contributions", "attempt", "again", 422, "attempt"),
    ("/v1/contributions", "attempt", 5, 422, "attempt"),
    ("/v1/contributions", "return_url", ..., 422, "return_url"),
    ("/v1/contributions", "return_url", "https://evil.example/", 422, "return_url"),
    ("/v1/contributions", "return_url", f"{ORIGIN}.evil.example/", 422, "return_url"),
    ("/v1/contributions", "return_url", f"{ORIGIN}@evil.example/", 422, "return_url"),
    ("/v1/contributions", "return_url", f"{ORIGIN}\\@evil.example/", 422, "return_url"),
    ("/v1/contributions", "return_url", f"{ORIGIN}:8443/", 422, "return_url"),
    ("/v1/contributions", "return_url", ARTICLE.replace("https", "http"), 422, "return_url"),
    ("/v1/contributions", "return_url", "//evil.example/", 422, "return_url"),
    ("/v1/contributions", "return_url", "javascript:alert(1)", 422, "return_url"),
    ("/v1/contributions", "return_url", f"{ARTICLE}\r\nSet-Cookie: a=b", 422, "return_url"),
    ("/v1/contributions", "amount", 5, 422, "amount"),
]


@pytest.mark.parametrize(
    ("endpoint", "place", "value", "status", "field"),
    SPOILT,
    ids=[f"{row[0]} {row[1]!a} {str(row[2])[:24]!a}" for row in SPOILT],
)
def test_one_wrong_value_is_refused_by_its_name_and_nothing_is_stored(
    client: FlaskClient, good: Bodies, stored: Stored, endpoint: str, place: str, value: Any, status: int, field: str
) -> None:
    before = stored()
    body = spoilt(good[endpoint], place, value) if "key" not in place else {**good[endpoint], place: value}
    answer = post(client, endpoint, body)
    assert_refused(answer, status, field)
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert stored() == before


def test_the_good_requests_that_are_spoilt_above_are_good(client: FlaskClient, good: Bodies) -> None:
    assert [post(client, path, good[path]).status_code for path in ENDPOINTS[:3]] == [200, 200, 200]
    # nothing listens where Stripe should be: everything else about it was accepted
    assert post(client, "/v1/contributions", good["/v1/contributions"]).status_code == 503


@pytest.mark.parametrize("path", ENDPOINTS)
@pytest.mark.parametrize(
    "origin",
    [MERCURY, "https://evil.example", "null", ORIGIN.upper(), f"{ORIGIN}/", ORIGIN.replace("https", "http"), "é"],
)
def test_another_origin_is_refused(client: FlaskClient, good: Bodies, stored: Stored, path: str, origin: str) -> None:
    before = stored()
    assert_refused(post(client, path, good[path], origin), 403, "origin")
    assert stored() == before


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/v1/decisions", "reader"),
        ("/v1/snoozes", "reader"),
        ("/v1/contributions", "reader"),
        ("/v1/snoozes", "receipt"),
        ("/v1/contributions", "receipt"),
        ("/v1/events", "events.0.receipt"),
    ],
)
def test_a_token_that_was_altered_in_any_way_is_refused(
    client: FlaskClient, good: Bodies, stored: Stored, path: str, place: str
) -> None:
    body = good[path]
    token = body["events"][0]["receipt"] if path == "/v1/events" else body[place]
    head, _, tail = token.rpartition(".")
    before = stored()
    altered = [token[:-1], token[1:], token + "A", head, tail, f"{head}.", f".{tail}", f"{token}.{tail}", f" {token}",
               token.swapcase(), f"x{head[1:]}.{tail}", token + "\n", token[::-1], f"{head}\x00.{tail}"]  # fmt: skip
    for forged in altered:
        if forged != token:
            assert_refused(post(client, path, spoilt(body, place, forged)), 422, place)
    assert stored() == before


def test_the_token_of_another_site_is_no_better_than_a_forged_one(
    client: FlaskClient, good: Bodies, stored: Stored, of_mercury: tuple[str, str]
) -> None:
    token, receipt = of_mercury
    before = stored()
    for path in ("/v1/decisions", "/v1/snoozes", "/v1/contributions"):
        assert_refused(post(client, path, {**good[path], "reader": token}), 422, "reader")
    assert_refused(post(client, "/v1/contributions", {**good["/v1/contributions"], "receipt": receipt}), 403, "origin")
    assert_refused(post(client, "/v1/events", {"events": [{"receipt": receipt, "type": "seen"}]}), 403, "origin")
    assert stored() == before


def test_a_receipt_is_no_reader_and_a_reader_no_receipt(client: FlaskClient, good: Bodies) -> None:
    body = good["/v1/snoozes"]
    assert_refused(post(client, "/v1/snoozes", {**body, "reader": body["receipt"]}), 422, "reader")
    assert_refused(post(client, "/v1/snoozes", {**body, "receipt": body["reader"]}), 422, "receipt")


@pytest.mark.parametrize("path", ["/v1/snoozes", "/v1/contributions"])
def test_the_receipt_of_another_reader_is_refused(
    client: FlaskClient, good: Bodies, stored: Stored, stranger: tuple[str, str], path: str
) -> None:
    before = stored()
    assert_refused(post(client, path, {**good[path], "receipt": stranger[1]}), 422, "receipt")
    assert stored() == before


def test_a_batch_of_two_readers_is_refused_whole(
    client: FlaskClient, good: Bodies, stored: Stored, stranger: tuple[str, str]
) -> None:
    before = stored()
    batch = [*good["/v1/events"]["events"], {"receipt": stranger[1], "type": "seen"}]
    assert_refused(post(client, "/v1/events", {"events": batch}), 422, "events.1.receipt")
    assert stored() == before


def test_one_bad_event_spoils_the_batch(client: FlaskClient, good: Bodies, stored: Stored) -> None:
    before = stored()
    batch = [*good["/v1/events"]["events"], {"receipt": "forged", "type": "seen"}]
    assert_refused(post(client, "/v1/events", {"events": batch}), 422, "events.1.receipt")
    assert stored() == before


@pytest.mark.parametrize(("events", "status"), [(50, 200), (51, 422)])
def test_a_batch_holds_at_most_fifty(client: FlaskClient, good: Bodies, events: int, status: int) -> None:
    batch = {"events": good["/v1/events"]["events"] * events}
    assert post(client, "/v1/events", batch).status_code == status


@pytest.mark.parametrize(("path", "field"), [("/v1/events", "events.0.receipt"), ("/v1/snoozes", "receipt")])
def test_a_receipt_is_good_for_seven_days(
    client: FlaskClient, clock: SettableClock, good: Bodies, stored: Stored, path: str, field: str
) -> None:
    clock.move(7 * DAY)
    before = stored()
    assert_refused(post(client, path, good[path]), 422, field)
    assert stored() == before


@pytest.mark.parametrize("size", [MOST - 1, MOST, MOST + 1])
def test_a_body_may_be_sixteen_kilobytes_and_not_a_byte_more(client: FlaskClient, size: int) -> None:
    raw = json.dumps(a_decision_body())
    assert post(client, "/v1/decisions", raw.ljust(size)).status_code == (413 if size > MOST else 200)


@pytest.mark.parametrize("path", ENDPOINTS)
def test_a_body_that_lies_about_its_length_is_refused(client: FlaskClient, good: Bodies, path: str) -> None:
    raw = json.dumps(good[path]).ljust(MOST + 1).encode()
    answer = client.post(path, data=raw, headers={"Origin": ORIGIN, "Content-Length": str(10**12)})
    assert_refused(answer, 413, "body")


@pytest.mark.parametrize("path", ENDPOINTS)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_another_method_is_refused(client: FlaskClient, path: str, method: str) -> None:
    answer = client.open(path, method=method)
    assert (answer.status_code, answer.content_type) == (405, "application/problem+json")
    assert answer.headers["Allow"] == "OPTIONS, POST"


@pytest.mark.parametrize(
    "path", ["/", "/v1", "/v1/decisions/", "/v2/decisions", "/embed/v1/../app.py", "/embed/v1/x.js", "/static/x"]
)
def test_an_unknown_address_is_a_problem_too(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ({}, 404, "site"),
        ({"site": "nobody", "to": ARTICLE}, 404, "site"),
        ({"site": "gazette"}, 422, "to"),
        ({"site": "gazette", "to": "https://evil.example/"}, 422, "to"),
        ({"site": "gazette", "to": f"{ORIGIN}@evil.example/"}, 422, "to"),
        ({"site": "gazette", "to": "javascript:alert(1)"}, 422, "to"),
        ({"site": "gazette", "to": f"{ARTICLE}\r\nX: y"}, 422, "to"),
    ],
)
def test_the_way_back_from_stripe_leads_only_to_the_site(
    client: FlaskClient, query: dict[str, str], status: int, field: str
) -> None:
    assert_refused(client.get("/v1/contributions/return", query_string=query), status, field)


@pytest.mark.parametrize("session", ["", "x", "cs_" + "x" * 300, "cs_test_unknown"])
def test_a_reader_who_comes_back_lands_on_the_article_whatever_happens(client: FlaskClient, session: str) -> None:
    query = {"site": "gazette", "to": f"{ARTICLE}?a=1#comments", "session": session}
    answer = client.get("/v1/contributions/return", query_string=query)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{ARTICLE}?a=1#honestybox=unverified"
