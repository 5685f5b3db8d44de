"""The meter through the API: free articles, the gate, "later" and "never ask me again", as the script sees them."""

from datetime import UTC, datetime
from typing import Any

import jwt
import pytest
from flask import Flask
from flask.testing import FlaskClient
from freezegun import freeze_time
from redis import Redis
from werkzeug.test import TestResponse

from service.app import create_app
from tests.builders import (
    DAY,
    HOUR,
    NOW,
    ORIGIN,
    SECOND,
    SITE,
    SettableClock,
    a_campaign_yaml,
    a_site_yaml,
    an_appeal,
    decision,
    post,
    some_settings,
    staff_files,
    write_config,
)

PLACES = "{inline: {selector: article}, gate: {selector: 'article .text', visible: 3}}"
NEXT_MONTH = datetime(2026, 11, 30, 23, tzinfo=UTC)
MERCURY = "https://www.mercury.example"


def files(meter: str | None = "{allowance: 1, later: 6h, markup: true}", **lines: str) -> dict[str, str]:
    """Two sites, of which the first has a meter and a campaign at its gate."""
    campaigns = {"lights-on": a_campaign_yaml(), "wall": a_campaign_yaml(placement="gate")}
    others = {
        "sites/mercury/site.yaml": a_site_yaml(name="The Mercury", origins=f"[{MERCURY}]"),
        "sites/mercury/campaigns/wings.yaml": a_campaign_yaml(),
    }
    return staff_files(a_site_yaml(meter=meter, placements=PLACES, **lines), campaigns) | others


@pytest.fixture
def config_dir(tmp_path: Any) -> Any:
    return write_config(tmp_path / "config", files())


def with_config(app: Flask, tmp_path: Any, redis_url: str, clock: SettableClock, staff: dict[str, str]) -> FlaskClient:
    """The service with other files, on the same Redis."""
    folder = write_config(tmp_path / "other", staff)
    return create_app(some_settings(folder, redis_url), clock=clock, watch=False).test_client()


def url_of(article: str) -> str:
    return f"{ORIGIN}/world/{article}"


def opened(client: FlaskClient, article: str, reader: str | None = None, **page: Any) -> dict[str, Any]:
    """The answer when the article is opened."""
    asked = {"url": url_of(article), "type": "article", **page}
    return decision(client, page=asked, placements=["inline", "gate"], reader=reader)


def cut_reader(client: FlaskClient) -> str:
    """A reader whose free article is used up."""
    reader: str = opened(client, "a")["reader"]
    assert not opened(client, "b", reader)["access"]["granted"]
    return reader


def later(client: FlaskClient, reader: str, article: str = "b", origin: str = ORIGIN, site: str = SITE) -> TestResponse:
    body = {"site": site, "reader": reader, "url": url_of(article)}
    return post(client, "/v1/access/later", body, origin)


def verified(client: FlaskClient, token: str, article: str, at: datetime) -> dict[str, Any]:
    """The claims, as a publisher's own server checks them."""
    keys = jwt.PyJWKSet.from_dict(client.get("/.well-known/jwks.json").get_json())
    key = keys[jwt.get_unverified_header(token)["kid"]]
    with freeze_time(at):
        return jwt.decode(
            token, key, algorithms=["ES256"],
            issuer="https://support.example.org", audience=SITE, subject=url_of(article),
        )  # fmt: skip


# Decisions


def test_a_free_article_is_open_with_a_token_for_it_alone(client: FlaskClient) -> None:
    access = opened(client, "a")["access"]
    token = access.pop("token")
    assert access == {
        "granted": True, "reason": "within_allowance", "used": 1, "allowance": 1, "resets_at": "2026-11-30T23:00:00Z",
        "markup": {"selector": "article .text"},
    }  # fmt: skip
    assert verified(client, token, "a", NOW)["reason"] == "within_allowance"
    with pytest.raises(jwt.InvalidTokenError):
        verified(client, token, "b", NOW)
    with pytest.raises(jwt.InvalidTokenError):
        verified(client, token, "a", NOW + HOUR)


def test_the_next_article_is_cut_and_its_gate_asks(client: FlaskClient) -> None:
    answer = opened(client, "b", opened(client, "a")["reader"])
    gate = answer["access"].pop("gate")
    assert answer["access"] == {
        "granted": False, "reason": "used_up", "used": 1, "allowance": 1, "resets_at": "2026-11-30T23:00:00Z",
        "markup": {"selector": "article .text"},
    }  # fmt: skip
    assert (gate["place"], gate["later"]) == ({"selector": "article .text", "visible": 3}, True)
    assert [(appeal["placement"], appeal["dismissible"]) for appeal in answer["appeals"]] == [("gate", False)]
    assert answer["withheld"] == {"inline": "shut_out"}


@pytest.mark.parametrize(
    ("language", "expected"), [("ru-RU", "ru"), ("en", "en"), ("nl", "en"), ("", "en"), ("RU", "ru")]
)
def test_the_gate_speaks_the_pages_language(client: FlaskClient, language: str, expected: str) -> None:
    gate = opened(client, "b", cut_reader(client), language=language)["access"]["gate"]
    assert (gate["language"], gate["direction"]) == (expected, "ltr")
    words = {"ru": "Следующие откроются {date}.", "en": "The next ones open on {date}."}
    assert gate["words"]["gate_used_up"] == words[expected]


def test_a_premium_article_is_cut_without_counting(client: FlaskClient) -> None:
    answer = opened(client, "p", premium=True)
    access = answer["access"]
    assert (access["granted"], access["reason"], access["gate"]["later"]) == (False, "premium", False)
    assert access.keys() == {"granted", "reason", "markup", "gate"}
    assert opened(client, "a", answer["reader"])["access"]["used"] == 1


def test_what_is_no_article_has_neither_token_nor_markup(client: FlaskClient) -> None:
    assert opened(client, "", type="section")["access"] == {"granted": True, "reason": "not_metered"}


def test_without_consent_the_article_is_open_and_nothing_is_stored(client: FlaskClient, memory: Redis) -> None:
    answer = decision(client, consent=False, page={"url": url_of("a"), "type": "article"}, placements=["gate"])
    assert (answer["access"]["granted"], answer["access"]["reason"]) == (True, "no_consent")
    assert verified(client, answer["access"]["token"], "a", NOW)["reason"] == "no_consent"
    assert (answer["withheld"], memory.dbsize()) == ({"gate": "access_granted"}, 0)


def test_a_snoozed_reader_meets_a_gate_that_asks_for_nothing(client: FlaskClient) -> None:
    reader = cut_reader(client)
    receipt = opened(client, "b", reader)["appeals"][0]["receipt"]
    assert post(client, "/v1/snoozes", {"reader": reader, "receipt": receipt, "days": 7}).status_code == 200
    answer = opened(client, "b", reader)
    assert (answer["appeals"], answer["withheld"]) == ([], {"inline": "snoozed", "gate": "snoozed"})
    assert (answer["access"]["granted"], answer["access"]["gate"]["later"]) == (False, True)


# Later


def test_later_opens_the_article_until_the_time_that_it_says(client: FlaskClient, clock: SettableClock) -> None:
    reader = cut_reader(client)
    answer = later(client, reader).get_json()
    assert (answer["until"], answer["access"]["granted"], answer["access"]["reason"]) == (
        "2026-11-22T18:00:00Z", True, "put_off",
    )  # fmt: skip
    assert verified(client, answer["access"]["token"], "b", NOW)["reason"] == "put_off"
    for off, granted in ((-SECOND, True), (0 * SECOND, False), (SECOND, False)):
        clock.now = NOW + 6 * HOUR + off
        found = opened(client, "c", reader)["access"]
        assert (found["granted"], found["reason"]) == (granted, "put_off" if granted else "used_up")


def test_pressed_twice_later_says_the_same(client: FlaskClient, clock: SettableClock) -> None:
    reader = cut_reader(client)
    first = later(client, reader).get_json()
    clock.move(HOUR)
    assert later(client, reader, "c").get_json()["until"] == first["until"]


def test_a_second_later_in_one_period_is_refused_and_in_the_next_it_is_not(
    client: FlaskClient, clock: SettableClock
) -> None:
    reader = cut_reader(client)
    later(client, reader)
    for now, status in ((NOW + 6 * HOUR, 409), (NEXT_MONTH - SECOND, 409), (NEXT_MONTH, 200)):
        clock.now = now
        answer = later(client, reader)
        assert answer.status_code == status
        assert status == 200 or (answer.content_type, answer.get_json()["field"]) == (
            "application/problem+json", "reader",
        )  # fmt: skip


@pytest.mark.parametrize("meter", ["{allowance: 0, mode: hard}", None])
def test_where_there_is_no_soft_gate_there_is_no_later(
    app: Flask, tmp_path: Any, valkey_url: str, clock: SettableClock, meter: str | None
) -> None:
    client = with_config(app, tmp_path, valkey_url, clock, files(meter))
    answer = later(client, opened(client, "a")["reader"])
    assert (answer.status_code, answer.get_json()["field"]) == (409, "site")


def test_another_sites_page_cannot_put_the_gate_off(client: FlaskClient, memory: Redis) -> None:
    reader = cut_reader(client)
    before = memory.get(next(memory.scan_iter()))
    assert later(client, reader, origin=MERCURY).status_code == 403
    of_mercury = client.post(
        "/v1/decisions",
        json={"site": "mercury", "page": {"url": MERCURY}, "placements": ["inline"]},
        headers={"Origin": MERCURY},
    ).get_json()["reader"]
    answer = later(client, of_mercury)
    assert (answer.status_code, answer.get_json()["field"]) == (422, "reader")
    assert later(client, reader, site="nowhere").status_code == 404
    assert before in [memory.get(key) for key in memory.scan_iter()]


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"reader": "nobody"}, "reader"), ({"url": "b"}, "url"), ({"url": ...}, "url"), ({"more": 1}, "more")],
)
def test_a_wrong_wish_is_told_by_its_field(client: FlaskClient, changed: dict[str, Any], field: str) -> None:
    body = {"site": SITE, "reader": cut_reader(client), "url": url_of("b")} | changed
    answer = post(client, "/v1/access/later", {key: value for key, value in body.items() if value is not ...})
    assert (answer.status_code, answer.get_json()["field"]) == (422, field)


def test_with_redis_away_later_asks_to_try_again(
    client: FlaskClient, app: Flask, tmp_path: Any, clock: SettableClock
) -> None:
    reader = cut_reader(client)
    away = with_config(app, tmp_path, "redis://127.0.0.1:9/0", clock, files())
    answer = later(away, reader)
    assert (answer.status_code, answer.content_type) == (503, "application/problem+json")
    assert opened(away, "b", reader)["access"]["reason"] == "store_unavailable"
    closed = with_config(app, tmp_path, "redis://127.0.0.1:9/0", clock, files("{allowance: 1, on_outage: closed}"))
    found = opened(closed, "b", reader)
    assert (found["access"]["granted"], found["access"]["gate"]["later"], found["appeals"]) == (False, False, [])


# Never ask me again


def test_never_again_is_kept_and_says_so(client: FlaskClient, clock: SettableClock) -> None:
    reader, receipt = an_appeal(client)
    answer = post(client, "/v1/snoozes", {"reader": reader, "receipt": receipt, "never": True})
    assert (answer.status_code, answer.get_json()) == (200, {"until": None})
    clock.move(300 * DAY)
    assert decision(client, reader=reader)["withheld"] == {"inline": "never_again"}


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({}, "days"),
        ({"never": False}, "days"),
        ({"never": True, "days": 7}, "days"),
        ({"never": "yes"}, "never"),
        ({"days": 8}, "days"),
    ],
)
def test_a_snooze_is_for_days_or_for_ever(client: FlaskClient, wish: dict[str, Any], field: str) -> None:
    reader, receipt = an_appeal(client)
    answer = post(client, "/v1/snoozes", {"reader": reader, "receipt": receipt, **wish})
    assert (answer.status_code, answer.get_json()["field"]) == (422, field)
    assert decision(client, reader=reader)["appeals"]


def test_days_beside_never_false_are_days(client: FlaskClient) -> None:
    reader, receipt = an_appeal(client)
    answer = post(client, "/v1/snoozes", {"reader": reader, "receipt": receipt, "days": 7, "never": False})
    assert answer.get_json() == {"until": "2026-11-29T12:00:00Z"}


def test_a_site_that_does_not_offer_never_refuses_it(
    app: Flask, tmp_path: Any, valkey_url: str, clock: SettableClock
) -> None:
    staff = files(snooze="{choices: [7d], default: 7d, never: false}")
    client = with_config(app, tmp_path, valkey_url, clock, staff)
    answer = decision(client)
    assert answer["appeals"][0]["snooze"]["never"] is False
    wish = {"reader": answer["reader"], "receipt": answer["appeals"][0]["receipt"], "never": True}
    assert post(client, "/v1/snoozes", wish).get_json()["field"] == "never"


def test_never_again_cannot_be_said_for_somebody_else(client: FlaskClient) -> None:
    reader, _ = an_appeal(client)
    _, receipt = an_appeal(client)
    answer = post(client, "/v1/snoozes", {"reader": reader, "receipt": receipt, "never": True})
    assert (answer.status_code, answer.get_json()["field"]) == (422, "receipt")
    assert decision(client, reader=reader)["appeals"]


# What a page may smuggle


def test_half_a_character_in_a_tag_is_no_fault_of_ours(client: FlaskClient) -> None:
    page = {"url": url_of("a"), "type": "article", "section": "\udfff", "tags": ["\ud800"], "authors": ["\ud800"]}
    assert decision(client, page=page)["appeals"]
