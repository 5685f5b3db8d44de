"""A card_update campaign as the script receives it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.domain.reader import Gift, GiftState
from tests.builders import NOW, SITE, a_campaign_yaml, a_copy, decision, parts_of, post, staff_files, write_config

VARIANTS = f"{{plain: {{copy: {{en: {a_copy(button='Update your card')}, ru: {a_copy(heading='Карта')}}}}}}}"


@pytest.fixture
def config_dir(tmp_path: Path) -> Path:
    card = a_campaign_yaml(kind="card_update", variants=VARIANTS)
    return write_config(tmp_path / "config", staff_files(campaigns={"lights-on": a_campaign_yaml(), "card": card}))


@pytest.fixture
def owing(app: Flask, client: FlaskClient) -> str:
    """The token of a reader whose renewal did not work."""
    token = str(decision(client)["reader"])
    gift = Gift(GiftState.PAST_DUE, NOW)
    parts_of(app).patient_readers.record_gift(SITE, token.partition(".")[0], "sub_1", gift, 1, datetime.now(UTC))
    return token


@pytest.mark.parametrize("language", ["en", "ru"])
def test_it_carries_a_link_instead_of_a_form(client: FlaskClient, owing: str, language: str) -> None:
    page = {"url": "https://www.gazette.example/world/a-story", "type": "article", "language": language}
    (appeal,) = decision(client, reader=owing, page=page)["appeals"]
    assert (appeal["campaign"], appeal["kind"], appeal["form"]) == ("card", "card_update", None)
    assert appeal["link"] == f"https://support.example.org/supporter?site=gazette&language={language}"
    assert appeal["dismissible"] is True
    assert appeal["snooze"]["choices"]


def test_an_ask_for_money_carries_no_link(client: FlaskClient) -> None:
    (appeal,) = decision(client)["appeals"]
    assert appeal["form"]
    assert "link" not in appeal


def test_remind_me_later_is_kept_for_it_too(client: FlaskClient, owing: str) -> None:
    (appeal,) = decision(client, reader=owing)["appeals"]
    answer = post(client, "/v1/snoozes", {"reader": owing, "receipt": appeal["receipt"], "days": 7})
    assert answer.status_code == 200
    assert decision(client, reader=owing)["withheld"] == {"inline": "snoozed"}
