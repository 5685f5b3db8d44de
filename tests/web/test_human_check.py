"""Under attack a payment begins only with a proof of humanity, given on our page, for this attempt, once."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from service.app import create_app
from service.catalogue.problems import CatalogueError
from service.catalogue.words import load_dictionary
from service.demo.human_check import checker
from service.domain.human_check import CheckKeys, Provider
from service.setting_guards import limits
from service.settings import Settings
from tests.builders import (
    MINUTE,
    ORIGIN,
    SITE,
    SettableClock,
    a_site_yaml,
    an_appeal,
    post,
    some_settings,
    staff_files,
    write_config,
)
from tests.payments.served import Served
from tests.web.test_limits import admitted, wish

WORDS = load_dictionary().for_language("en")
FEW = limits("attack.tried=5/10m,attack.refused=3/10m,attack.declined=2/10m,contributions.reader=100/1h")
KEYS = {provider: CheckKeys(provider, "site-key", "a-secret-of-ours") for provider in Provider}
Service = Callable[..., FlaskClient]


@pytest.fixture(scope="module")
def provider() -> Iterator[Served]:
    app = Flask("provider")
    app.register_blueprint(checker())
    served = Served(app)
    yield served
    served.stop()


@pytest.fixture
def service(tmp_path: Path, valkey_url: str, clock: SettableClock, provider: Served) -> Service:
    """Makes the service; `when` is what site.yaml says."""

    def make(when: str = "always", **changes: Any) -> FlaskClient:
        folder = write_config(tmp_path / "config", staff_files(a_site_yaml(human_check=when)))
        changes = {"human_check": KEYS[Provider.TURNSTILE], "human_check_base": provider.address, **changes}
        settings: Settings = some_settings(folder, valkey_url, limits=FEW, **changes)
        app = create_app(settings, clock=clock, watch=False)
        app.extensions["honestybox"].gateway.create_session = admitted
        return app.test_client()

    return make


def press(client: FlaskClient, reader: str, **changes: Any) -> TestResponse:
    return post(client, "/v1/contributions", wish(reader, **changes))


def answer(host: str = "www.gazette.example") -> str:
    """What the widget hands to the page when its box was ticked."""
    return f"human.{host}.{uuid4()}"


def refused(told: TestResponse, sentence: str) -> bool:
    body = told.get_json()
    return (told.status_code, body.get("field"), body["detail"]) == (403, "check", WORDS.say(sentence))


@pytest.mark.parametrize("provider_name", list(Provider))
def test_without_a_proof_the_page_is_told_how_to_get_one(
    provider_name: Provider, service: Service, provider: Served
) -> None:
    client = service(human_check=KEYS[provider_name])
    told = press(client, an_appeal(client)[0])
    assert refused(told, "check_text")
    assert told.headers["Access-Control-Allow-Origin"] == ORIGIN
    check = told.get_json()["check"]
    assert (check["provider"], check["site_key"]) == (provider_name, "site-key")
    assert check["script_url"].startswith(f"{provider.address}/")
    assert "a-secret-of-ours" not in told.text


@pytest.mark.parametrize("provider_name", list(Provider))
def test_with_a_proof_the_same_attempt_goes_on_and_needs_no_second_one(
    provider_name: Provider, service: Service
) -> None:
    client = service(human_check=KEYS[provider_name])
    reader, attempt = an_appeal(client)[0], str(uuid4())
    assert press(client, reader, attempt=attempt).status_code == 403
    proof = answer()
    assert press(client, reader, attempt=attempt, check=proof).status_code == 200
    assert press(client, reader, attempt=attempt, check=proof).status_code == 200
    assert press(client, reader, attempt=attempt).status_code == 200


def test_a_proof_is_good_for_one_attempt(service: Service) -> None:
    client = service()
    reader, proof = an_appeal(client)[0], answer()
    assert press(client, reader, check=proof).status_code == 200
    assert refused(press(client, reader, check=proof), "check_missing")


def test_of_many_attempts_that_bring_one_proof_at_once_one_goes_on(service: Service) -> None:
    client = service()
    reader, proof = an_appeal(client)[0], answer()
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: press(client.application.test_client(), reader, check=proof), range(12)))
    assert sorted(told.status_code for told in answers) == [200] + [403] * 11


@pytest.mark.parametrize(
    "proof", ["machine.www.gazette.example.1", "human.evil.example.1", "human", "x" * 8000, "human&secret=wrong"]
)
def test_a_proof_that_is_none_or_of_another_page_is_refused(proof: str, service: Service) -> None:
    client = service()
    assert refused(press(client, an_appeal(client)[0], check=proof), "check_missing")


@pytest.mark.parametrize("proof", ["x" * 8001, "человек", "half a \ud800", "two\nlines", 7])
def test_what_cannot_be_a_proof_is_refused_by_its_name(proof: object, service: Service) -> None:
    client = service()
    told = press(client, an_appeal(client)[0], check=proof)
    assert (told.status_code, told.get_json()["field"]) == (422, "check")


@pytest.mark.parametrize("base", ["http://127.0.0.1:9", "a provider that hangs", "our keys are wrong"])
def test_while_the_provider_cannot_tell_nothing_is_charged(base: str, service: Service) -> None:
    changes: dict[str, Any] = {"human_check_base": base}
    if base == "our keys are wrong":
        changes = {"human_check": CheckKeys(Provider.TURNSTILE, "site-key", "wrong")}
    silent = Served(hanging()) if base == "a provider that hangs" else None
    if silent:
        changes = {"human_check_base": silent.address}
    client = service(**changes)
    reader, proof = an_appeal(client)[0], answer()
    with capture_logs() as logged:
        told = press(client, reader, check=proof)
    assert proof not in str(logged)
    assert (told.status_code, told.get_json()["detail"]) == (503, WORDS.say("stripe_unavailable"))
    assert "human_check_unavailable" in [entry["event"] for entry in logged]
    if silent:
        silent.stop()


def hanging() -> Flask:
    """Takes a request and never answers in time."""
    app = Flask("hanging")
    pause = threading.Event()
    app.add_url_rule("/<path:_>", view_func=lambda _: str(pause.wait(4)), methods=["POST"])
    return app


def test_a_site_that_never_checks_lets_everybody_pass(service: Service) -> None:
    client = service("never")
    reader = an_appeal(client)[0]
    assert {press(client, reader).status_code for _ in range(12)} == {200}


def test_without_a_provider_an_attack_is_told_and_nobody_is_checked(service: Service) -> None:
    client = service("auto", human_check=None)
    reader = an_appeal(client)[0]
    with capture_logs() as logged:
        assert {press(client, reader).status_code for _ in range(12)} == {200}
    assert [entry["event"] for entry in logged] == ["attack_began"]


def test_the_check_switches_itself_on_under_attack_and_off_when_it_is_over(
    service: Service, clock: SettableClock
) -> None:
    client = service("auto")
    reader = an_appeal(client)[0]
    with capture_logs() as logged:
        _attack(client, reader, clock)
    assert [(entry["event"], entry["log_level"]) for entry in logged] == [
        ("attack_began", "warning"), ("attack_over", "warning"),
    ]  # fmt: skip
    assert logged[0] == {
        "event": "attack_began", "log_level": "warning", "site": SITE, "tried": 6, "refused": 0, "declined": 0
    }  # fmt: skip


def _attack(client: FlaskClient, reader: str, clock: SettableClock) -> None:
    assert [press(client, reader).status_code for _ in range(7)] == [200] * 5 + [403] * 2
    assert press(client, reader, check=answer()).status_code == 200
    assert 'honestybox_alarm{alarm="attack",site="gazette"} 1.0' in client.get("/metrics").text

    clock.move(29 * MINUTE)  # seven tried in the last thirty minutes, and one now
    assert press(client, reader).status_code == 403
    clock.move(MINUTE)
    assert press(client, reader).status_code == 200
    assert 'honestybox_alarm{alarm="attack",site="gazette"} 0.0' in client.get("/metrics").text


def test_the_same_attempt_again_is_no_sign_of_an_attack(service: Service) -> None:
    client = service("auto")
    reader, attempt = an_appeal(client)[0], str(uuid4())
    assert {press(client, reader, attempt=attempt).status_code for _ in range(50)} == {200}
    assert press(client, reader).status_code == 200


def test_false_proofs_keep_the_check_on(service: Service, clock: SettableClock) -> None:
    client = service("auto")
    reader = an_appeal(client)[0]
    for _ in range(6):
        press(client, reader)
    for _ in range(3):
        clock.move(15 * MINUTE)
        told = [press(client, reader, check="machine").status_code for _ in range(4)]
    assert told == [403] * 4


def test_a_site_that_always_checks_needs_a_provider(service: Service) -> None:
    with pytest.raises(CatalogueError, match="human_check: always needs the setting HONESTYBOX_HUMAN_CHECK"):
        service(human_check=None)
