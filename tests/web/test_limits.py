"""Whoever asks too often is told so before Stripe is asked; whoever shares their address is not."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.app import create_app
from service.catalogue.words import load_dictionary
from service.setting_guards import limits
from service.web.client_address import subscriber
from service.web.tokens import new_reader
from tests.builders import ARTICLE, HOUR, MINUTE, ORIGIN, SITE, SettableClock, an_appeal, post, some_settings

HEADER = "X-Real-IP"
OFFICE = {HEADER: "8.8.8.8"}
Press = Callable[..., TestResponse]


@pytest.fixture
def app(config_dir: Path, valkey_url: str, clock: SettableClock) -> Flask:
    """Nothing listens where Stripe should be: an attempt that was admitted gets 503."""
    few = limits("contributions.reader=2/1h,contributions.address=4/1h,contributions.site=8/1h,snoozes.address=2/1m")
    settings = some_settings(config_dir, valkey_url, limits=few, client_address_header="HTTP_X_REAL_IP")
    app = create_app(settings, clock=clock, watch=False)
    app.extensions["honestybox"].gateway.create_session = admitted  # type: ignore[method-assign]
    return app


def admitted(_params: Any, attempt: str) -> dict[str, Any]:
    return {"id": f"cs_{attempt}", "status": "open", "url": f"https://checkout.example/{attempt}"}


def wish(reader: str, **changes: Any) -> dict[str, Any]:
    return {
        "site": SITE, "reader": reader, "interval": "once", "currency": "USD", "amount_minor": 2500,
        "attempt": str(uuid4()), "return_url": ARTICLE, **changes,
    }  # fmt: skip


def press(client: FlaskClient, reader: str, address: str = OFFICE[HEADER], **changes: Any) -> TestResponse:
    return post(client, "/v1/contributions", wish(reader, **changes), **{HEADER: address})


def readers(client: FlaskClient, count: int) -> list[str]:
    return [an_appeal(client)[0] for _ in range(count)]


def test_a_reader_who_tries_too_often_is_told_when_to_try_again(client: FlaskClient, clock: SettableClock) -> None:
    (reader,) = readers(client, 1)
    assert press(client, reader).status_code == 200
    clock.move(MINUTE)
    assert press(client, reader).status_code == 200
    clock.move(MINUTE)
    refused = press(client, reader)
    assert (refused.status_code, refused.content_type) == (429, "application/problem+json")
    assert refused.headers["Retry-After"] == "3480"
    assert refused.headers["Access-Control-Allow-Origin"] == ORIGIN
    told = refused.get_json()
    assert told["retry_after"] == 3480
    assert told["detail"] == load_dictionary().for_language("en").count("too_many_attempts", 58)
    clock.move(58 * MINUTE)
    assert press(client, reader).status_code == 200


def test_the_sentence_is_in_the_language_of_the_page(client: FlaskClient) -> None:
    (reader,) = readers(client, 1)
    answers = [press(client, reader, language="ru") for _ in range(3)]
    assert answers[-1].get_json()["detail"].endswith("Деньги не списаны. Попробуйте ещё раз через 60 минут.")


def test_the_same_attempt_again_counts_once(client: FlaskClient) -> None:
    (reader,) = readers(client, 1)
    same = str(uuid4())
    assert {press(client, reader, attempt=same).status_code for _ in range(20)} == {200}
    assert press(client, reader).status_code == 200
    assert press(client, reader).status_code == 429
    assert press(client, reader, attempt=same).status_code == 200


def test_an_attempt_repeated_without_end_is_stopped_as_well(client: FlaskClient, clock: SettableClock) -> None:
    (reader,) = readers(client, 1)
    same = str(uuid4())
    answers = [press(client, reader, attempt=same).status_code for _ in range(301)]
    assert answers == [200] * 300 + [429]
    clock.move(2 * MINUTE)
    assert press(client, reader, attempt=same).status_code == 200


def test_one_address_is_stopped_and_another_is_not(client: FlaskClient) -> None:
    many = readers(client, 6)
    assert [press(client, reader).status_code for reader in many] == [200] * 4 + [429] * 2
    assert press(client, many[5], "9.9.9.9").status_code == 200


def test_what_the_address_refused_is_not_counted_against_the_reader(client: FlaskClient) -> None:
    many = readers(client, 5)
    for reader in many[:4]:
        press(client, reader)
    assert [press(client, many[4]).status_code for _ in range(3)] == [429] * 3
    assert [press(client, many[4], "9.9.9.9").status_code for _ in range(3)] == [200, 200, 429]


def test_a_network_of_ipv6_is_one_address(client: FlaskClient) -> None:
    many = readers(client, 6)
    near = [f"2001:4860:1:2::{number:x}" for number in range(6)]
    answers = [press(client, reader, address).status_code for reader, address in zip(many, near, strict=True)]
    assert answers == [200] * 4 + [429] * 2
    assert press(client, many[5], "2001:4860:1:3::1").status_code == 200


def test_a_site_is_stopped_whatever_the_addresses(client: FlaskClient) -> None:
    many = readers(client, 9)
    answers = [press(client, reader, f"9.9.8.{number}").status_code for number, reader in enumerate(many, 1)]
    assert answers == [200] * 8 + [429]


def test_what_a_request_says_of_itself_beyond_our_proxy_is_not_believed(client: FlaskClient) -> None:
    many = readers(client, 5)
    forged = [press(client, reader, f"9.9.9.{number}, 8.8.8.8") for number, reader in enumerate(many)]
    assert [answer.status_code for answer in forged] == [200] * 4 + [429]


@pytest.mark.parametrize(
    ("said", "whose"),
    [
        ("198.51.100.7", None),
        ("8.8.8.8", "8.8.8.8"),
        ("8.8.8.8:443", "8.8.8.8"),
        ("::ffff:8.8.8.8", "8.8.8.8"),
        ("2001:4860:4860:1:ffff::8888", "2001:4860:4860:1::"),
        ("[2001:4860:4860:1::8888]:443", "2001:4860:4860:1::"),
        ("10.1.2.3", None),
        ("127.0.0.1", None),
        ("fd00::1", None),
        ("", "unknown"),
        ("nonsense", "unknown"),
        ("9" * 1000, "unknown"),
        ("1.1.1.1, 8.8.8.8", "8.8.8.8"),
    ],
)
def test_a_request_is_counted_for_whom_our_proxy_names(said: str, whose: str | None) -> None:
    assert subscriber({"HTTP_X_REAL_IP": said, "REMOTE_ADDR": "1.1.1.1"}, "HTTP_X_REAL_IP") == whose


def test_without_a_header_the_connection_counts_unless_it_is_our_own_proxys() -> None:
    told = {"HTTP_X_REAL_IP": "8.8.8.8"}
    assert subscriber({**told, "REMOTE_ADDR": "1.1.1.1"}, "") == "1.1.1.1"
    assert subscriber({**told, "REMOTE_ADDR": "10.0.0.1"}, "") is None
    assert subscriber(told, "") is None


def test_snoozes_have_a_ceiling(client: FlaskClient, clock: SettableClock) -> None:
    reader, receipt = an_appeal(client)

    def snooze() -> TestResponse:
        return post(client, "/v1/snoozes", {"reader": reader, "receipt": receipt, "days": 7}, **OFFICE)

    assert [snooze().status_code for _ in range(3)] == [200, 200, 429]
    clock.move(MINUTE / 2)
    assert snooze().status_code == 200


def test_what_was_refused_is_a_number_in_the_metrics(client: FlaskClient) -> None:
    (reader,) = readers(client, 1)
    for _ in range(3):
        press(client, reader)
    assert 'honestybox_limited_total{limit="contributions.reader"}' in client.get("/metrics").text


def test_no_payment_begins_while_nothing_can_be_counted(config_dir: Path, clock: SettableClock) -> None:
    asked: list[str] = []
    app = create_app(some_settings(config_dir, "redis://127.0.0.1:9/0"), clock=clock, watch=False)
    app.extensions["honestybox"].gateway.create_session = lambda _, attempt: asked.append(attempt)
    token = app.extensions["honestybox"].tokens.reader_token(SITE, new_reader())
    answer = post(app.test_client(), "/v1/contributions", wish(token))
    assert answer.status_code == 503
    assert answer.get_json()["detail"] == load_dictionary().for_language("en").say("stripe_unavailable")
    assert asked == []


def test_sixty_readers_of_one_office_give_within_a_minute(
    config_dir: Path, valkey_url: str, clock: SettableClock
) -> None:
    settings = some_settings(config_dir, valkey_url, client_address_header="HTTP_X_REAL_IP")
    app = create_app(settings, clock=clock, watch=False)
    app.extensions["honestybox"].gateway.create_session = admitted  # type: ignore[method-assign]
    client = app.test_client()
    answers = [press(client, reader, "8.8.8.8").status_code for reader in readers(client, 60)]
    answers += [press(client, reader, "8.8.8.8").status_code for reader in readers(client, 60)]
    assert answers == [200] * 120
    assert press(client, readers(client, 1)[0], "8.8.8.8").status_code == 429
    clock.move(HOUR)
    assert press(client, readers(client, 1)[0], "8.8.8.8").status_code == 200
