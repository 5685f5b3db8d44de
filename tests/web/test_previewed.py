"""A preview link shows one campaign, whatever the rules say, and leaves no trace."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis

from service.web.previews import Preview
from tests.builders import (
    DAY,
    NOW,
    SITE,
    a_campaign_yaml,
    a_decision_body,
    a_site_yaml,
    decision,
    parts_of,
    post,
    staff_files,
    variants_yaml,
    write_config,
)

GATE = "{inline: {selector: article, position: end}, banner: {edge: top}, gate: {selector: article}}"
CAMPAIGNS = {
    "lights-on": a_campaign_yaml(),
    "ended": a_campaign_yaml(placement="banner", schedule="{until: 2026-01-01}", variants=variants_yaml(a=1, b=0)),
    "wall": a_campaign_yaml(placement="gate"),
}


@pytest.fixture
def config_dir(tmp_path: Any) -> Any:
    return write_config(tmp_path / "config", staff_files(a_site_yaml(placements=GATE), CAMPAIGNS))


def preview(app: Flask, campaign: str = "ended", variant: str | None = "b", site: str = SITE, days: int = 1) -> str:
    wish = Preview(site, campaign, variant, None, NOW + days * DAY)
    token: str = parts_of(app).previews.token(wish)
    return token


def test_a_preview_shows_a_campaign_that_has_ended_and_a_variant_that_nobody_gets(
    app: Flask, client: FlaskClient, memory: Redis
) -> None:
    answer = decision(client, preview=preview(app), placements=["banner", "inline"])
    (appeal,) = answer["appeals"]
    assert (appeal["campaign"], appeal["variant"], appeal["placement"]) == ("ended", "b", "banner")
    assert answer["withheld"] == {"inline": "preview"}
    assert answer["access"] == {"granted": True, "reason": "preview"}
    assert memory.keys() == []


def test_a_preview_of_a_gate_cuts_the_article(app: Flask, client: FlaskClient) -> None:
    answer = decision(client, preview=preview(app, "wall", None), placements=["gate"])
    assert answer["access"]["granted"] is False
    assert answer["access"]["gate"]["place"] == {"selector": "article", "visible": 2}
    assert [appeal["placement"] for appeal in answer["appeals"]] == ["gate"]


def test_what_happens_to_a_preview_is_not_recorded(app: Flask, client: FlaskClient, memory: Redis) -> None:
    answer = decision(client, preview=preview(app))
    receipt = answer["appeals"][0]["receipt"]
    assert post(client, "/v1/events", {"events": [{"receipt": receipt, "type": "seen"}]}).get_json() == {"recorded": 0}
    for wish in ({"days": 7}, {"never": True}):
        said = post(client, "/v1/snoozes", {"reader": answer["reader"], "receipt": receipt, **wish})
        assert said.status_code == 200
    assert memory.keys() == []


@pytest.mark.parametrize(
    "changes", [{"campaign": "gone"}, {"variant": "gone"}, {"site": "another"}, {"days": 0}], ids=str
)
def test_a_preview_of_what_is_not_there_is_refused(app: Flask, client: FlaskClient, changes: dict[str, Any]) -> None:
    answer = post(client, "/v1/decisions", a_decision_body(preview=preview(app, **changes)))
    assert (answer.status_code, answer.get_json()["field"]) == (422, "preview")


def test_an_altered_preview_is_refused(app: Flask, client: FlaskClient) -> None:
    answer = post(client, "/v1/decisions", a_decision_body(preview=preview(app) + "x"))
    assert (answer.status_code, answer.get_json()["field"]) == (422, "preview")
