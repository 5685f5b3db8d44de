"""POST /staff/explain: staff ask why, nothing is recorded, and mistakes are told as everywhere."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from service.app import create_app
from service.domain.explanation import explain
from service.web.explained import explained
from service.web.explained_text import text_of
from tests.builders import NOW, ORIGIN, SITE, SettableClock, a_decision_body, decision, post, some_settings
from tests.domain.test_explanation import asked_for, catalogue, learnt, pages, readers_or_nobody, visits

STAFF = "1" * 32
Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def app(config_dir: Path, valkey_url: str, clock: SettableClock) -> Flask:
    return create_app(some_settings(config_dir, valkey_url, staff_tokens=(STAFF,)), clock=clock, watch=False)


def asked(client: FlaskClient, body: Any, token: str = STAFF) -> Any:
    return post(client, "/staff/explain", body, origin=None, Authorization=f"Bearer {token}")


@pytest.fixture
def ask(client: FlaskClient) -> Ask:
    """The explanation of a decision's request."""

    def told(**changes: Any) -> dict[str, Any]:
        answer = asked(client, a_decision_body(**changes))
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store"), answer.text
        document: dict[str, Any] = answer.get_json()
        return document

    return told


def test_it_explains_what_is_decided_for_the_same_reader(client: FlaskClient, ask: Ask) -> None:
    answer = decision(client)
    told = ask(reader=answer["reader"])
    place = told["placements"]["inline"]
    assert (place["campaign"], place["variant"]) == (answer["appeals"][0]["campaign"], answer["appeals"][0]["variant"])
    assert told["access"]["granted"] is answer["access"]["granted"]
    assert told["reader"]["visits"] == 1
    assert told["summary"][0] == "inline: lights-on is shown, in the wording plain."


def test_nothing_is_recorded_or_counted(
    client: FlaskClient, ask: Ask, clock: SettableClock, stored: Callable[[], dict[bytes, Any]]
) -> None:
    reader = decision(client)["reader"]
    before, counted = stored(), decisions_counted(client)
    clock.move(timedelta(days=1))
    told = ask(reader=reader, page={"url": f"{ORIGIN}/another", "type": "article"})
    ask()
    assert told["reader"]["articles_read_30d"] == 2
    assert told["reader"]["visits"] == 2
    assert stored() == before
    assert decisions_counted(client) == counted


def decisions_counted(client: FlaskClient) -> list[str]:
    lines = client.get("/metrics").text.splitlines()
    found = [line for line in lines if line.startswith("honestybox_decisions")]
    assert found
    return found


def test_a_snoozed_reader_is_explained_and_so_is_a_later_moment(client: FlaskClient, ask: Ask) -> None:
    answer = decision(client)
    wish = {"reader": answer["reader"], "receipt": answer["appeals"][0]["receipt"], "days": 7}
    assert post(client, "/v1/snoozes", wish).status_code == 200
    place = ask(reader=answer["reader"])["placements"]["inline"]
    assert (place["reason"], place["until"]) == ("snoozed", "2026-11-29T12:00:00Z")
    assert ask(reader=answer["reader"], at="2026-11-29T13:00:00+01:00")["placements"]["inline"]["outcome"] == "shown"


@pytest.mark.parametrize(
    ("changes", "reason"), [({"consent": False}, "no_consent"), ({"page": {"url": f"{ORIGIN}/x"}}, None)]
)
def test_whoever_sends_no_reader_asks_about_somebody_who_has_just_come(
    ask: Ask, changes: dict[str, Any], reason: str | None
) -> None:
    assert ask(**changes)["placements"]["inline"]["reason"] == reason


def test_a_country_can_be_named_else_it_is_the_request_s_own(client: FlaskClient, ask: Ask) -> None:
    headers = {"CF-IPCountry": "DE", "Authorization": f"Bearer {STAFF}"}
    own = post(client, "/staff/explain", a_decision_body(), origin=None, **headers).get_json()
    assert [own["reader"]["country"], ask(country="NL")["reader"]["country"]] == ["DE", "NL"]
    assert ask()["reader"]["country"] is None


def test_a_memory_that_is_away_is_a_reason_and_not_a_failure(config_dir: Path) -> None:
    app = create_app(some_settings(config_dir, "redis://127.0.0.1:9/0", staff_tokens=(STAFF,)), watch=False)
    answer = asked(app.test_client(), a_decision_body())
    assert answer.status_code == 200
    assert answer.get_json()["placements"]["inline"]["reason"] == "store_unavailable"


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"site": "nowhere"}, 404, "site"),
        ({"site": ...}, 422, "site"),
        ({"at": "soon"}, 422, "at"),
        ({"at": 5}, 422, "at"),
        ({"at": "1999-12-31T23:59:59Z"}, 422, "at"),
        ({"at": "0001-01-01T00:00:00Z"}, 422, "at"),
        ({"at": "9999-12-31T23:59:59Z"}, 422, "at"),
        ({"country": "nl"}, 422, "country"),
        ({"country": "NLD"}, 422, "country"),
        ({"reader": "made-up"}, 422, "reader"),
        ({"placements": ["roof"]}, 422, "placements.0"),
        ({"page": {"url": "x"}}, 422, "page.url"),
        ({"preview": "x"}, 422, "preview"),
        ({"who": "me"}, 422, "who"),
    ],
)
def test_a_mistake_is_a_problem_that_names_its_field(
    client: FlaskClient, changes: dict[str, Any], status: int, field: str
) -> None:
    answer = asked(client, a_decision_body(**changes))
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert json.loads(answer.data)["field"] == field


def test_nobody_else_may_ask(client: FlaskClient) -> None:
    assert asked(client, a_decision_body(), token="2" * 32).status_code == 401
    assert post(client, "/staff/explain", a_decision_body()).status_code == 401


def test_it_is_documented_with_the_token_it_needs(client: FlaskClient) -> None:
    document = client.get("/openapi.json").get_json()
    assert document["paths"]["/staff/explain"]["post"]["security"] == [{"staff": []}]
    assert document["components"]["securitySchemes"]["staff"] == {"type": "http", "scheme": "bearer"}


@settings(max_examples=300)
@given(st.integers(0, 59).map(catalogue), readers_or_nobody, pages, visits, asked_for, learnt)
def test_every_explanation_can_be_told_as_json_and_as_text(
    catalogue: Any, reader: Any, page: Any, visit: Any, placements: Any, weights: Any
) -> None:
    document = explained(explain(catalogue.plans[SITE], reader, page, visit, placements, NOW, weights))
    assert json.loads(json.dumps(document)) == document
    text = text_of(document)
    assert "because ." not in text
    assert "None" not in text
    assert "datetime" not in text
