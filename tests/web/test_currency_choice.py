"""A reader's currency: their country's at first, and another one when they say so."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.builders import SITE, SITE_LINES, a_decision_body, a_site_yaml, decision, post, staff_files, write_config


@pytest.fixture
def config_dir(tmp_path: Path) -> Path:
    money = f"{SITE_LINES['currencies']}\n  choice: true"
    return write_config(tmp_path / "config", staff_files(a_site_yaml(currencies=money)))


def test_a_reader_in_japan_is_asked_in_yen_and_may_change_to_the_others(client: FlaskClient) -> None:
    answer = post(client, "/v1/decisions", a_decision_body(), **{"CF-IPCountry": "JP"})
    form = answer.get_json()["appeals"][0]["form"]
    assert (form["currency"], form["exponent"], form["currencies"]) == ("JPY", 0, ["JPY", "USD", "EUR"])
    assert [amount["label"] for amount in form["amounts"]["monthly"]] == ["¥300", "¥700"]


def test_the_currency_that_was_picked_comes_first_in_its_form(client: FlaskClient) -> None:
    form = client.get(f"/embed/v1/forms/{SITE}/en/EUR.json").get_json()["form"]
    assert form["currencies"] == ["EUR", "USD", "JPY"]


def test_a_reader_elsewhere_is_asked_in_the_sites_own_currency(client: FlaskClient) -> None:
    form = decision(client)["appeals"][0]["form"]
    assert form["currencies"] == ["USD", "EUR", "JPY"]
