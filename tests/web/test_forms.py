"""The contribution form in another currency than the reader's country has."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.web.form_schema import FormAnswerSchema
from tests.builders import SITE, a_site_yaml, decision, staff_files, write_config


def form_in(client: FlaskClient, currency: str, language: str = "en", site: str = SITE, **headers: str) -> TestResponse:
    return client.get(f"/embed/v1/forms/{site}/{language}/{currency}.json", headers=headers)


@pytest.fixture
def config_dir(tmp_path: Path) -> Path:
    return write_config(tmp_path / "config", staff_files(a_site_yaml()))


def test_the_form_of_an_appeal_and_the_one_fetched_alone_are_the_same(client: FlaskClient) -> None:
    (appeal,) = decision(client)["appeals"]
    assert form_in(client, "USD").get_json() == {"form": appeal["form"]}


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("currency", ["USD", "EUR", "JPY"])
def test_the_form_has_the_documented_shape(client: FlaskClient, currency: str, language: str) -> None:
    answer = form_in(client, currency, language).get_json()
    assert FormAnswerSchema().validate(answer) == {}
    assert answer["form"]["currency"] == currency


def test_a_language_the_site_does_not_speak_is_answered_in_its_first(client: FlaskClient) -> None:
    assert form_in(client, "EUR", "de").get_json() == form_in(client, "EUR", "en").get_json()
    assert form_in(client, "EUR", "ru-RU").get_json() == form_in(client, "EUR", "ru").get_json()


@pytest.mark.parametrize(
    ("site", "currency", "field"), [(SITE, "CHF", "currency"), (SITE, "usd", "currency"), ("x", "USD", "site")]
)
def test_what_the_site_does_not_have_is_not_found(client: FlaskClient, site: str, currency: str, field: str) -> None:
    answer = form_in(client, currency, site=site)
    assert (answer.status_code, answer.get_json(force=True)["field"]) == (404, field)


def test_any_page_may_read_the_form_and_any_cache_may_keep_it(client: FlaskClient) -> None:
    answer = form_in(client, "EUR")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"].startswith("public, max-age=300")
    again = form_in(client, "EUR", **{"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert form_in(client, "EUR", "ru").headers["ETag"] != answer.headers["ETag"]
