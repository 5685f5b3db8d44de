"""What is counted for results when readers do something, and the shares that come of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.app import create_app
from service.domain.results import Count
from service.store.shares import Shares
from tests.builders import (
    DAY,
    NOW,
    SITE,
    SettableClock,
    a_campaign_yaml,
    a_site_yaml,
    an_appeal,
    decision,
    parts_of,
    post,
    some_settings,
    staff_files,
    variants_yaml,
    write_config,
)

WHERE = ("lights-on", "plain", "inline")
Counted = Callable[..., list[Count]]


@pytest.fixture
def counted(app: Flask) -> Counted:
    """Everything that was counted today."""

    def look(now: Any = NOW) -> list[Count]:
        parts = parts_of(app)
        parts.counters.flush()
        return sorted(one for one in parts.counters.of(SITE, [now.date()]) if one.kind not in ("served", "holdback"))

    return look


def served(app: Flask) -> list[Count]:
    """The appeals that were served today, and those that the holdback was spared."""
    parts = parts_of(app)
    parts.tally.count()
    parts.counters.flush()
    return sorted(one for one in parts.counters.of(SITE, [NOW.date()]) if one.kind in ("served", "holdback"))


def test_what_is_served_is_counted(app: Flask, client: FlaskClient) -> None:
    for _ in range(3):
        decision(client)
    decision(client, consent=False)
    assert served(app) == [Count(NOW.date(), *WHERE, "served", 3)]


def test_who_would_have_been_asked_is_counted_for_the_holdback(tmp_path: Path, valkey_url: str) -> None:
    config = write_config(tmp_path / "config", staff_files(a_site_yaml(holdback="50%")))
    app = create_app(some_settings(config, valkey_url), clock=SettableClock(), watch=False)
    for _ in range(60):
        decision(app.test_client())
    held, asked = served(app)
    assert (held.variant, held.kind, asked.variant, asked.kind) == ("", "holdback", "plain", "served")
    assert held.times + asked.times == 60
    assert held.times > 10


def test_an_event_is_counted_once_however_often_it_is_sent(client: FlaskClient, counted: Counted) -> None:
    _, receipt = an_appeal(client)
    for kind in ("seen", "clicked", "seen", "dismissed"):
        post(client, "/v1/events", {"events": [{"receipt": receipt, "type": kind}]})
    assert counted() == [Count(NOW.date(), *WHERE, kind, 1) for kind in ("clicked", "dismissed", "seen")]


def test_each_reader_counts(client: FlaskClient, counted: Counted) -> None:
    for _ in range(3):
        post(client, "/v1/events", {"events": [{"receipt": an_appeal(client)[1], "type": "seen"}]})
    assert counted() == [Count(NOW.date(), *WHERE, "seen", 3)]


def test_it_is_counted_on_the_day_in_utc(client: FlaskClient, counted: Counted, clock: SettableClock) -> None:
    clock.now = NOW.replace(hour=23, minute=30)  # half past midnight in Amsterdam
    post(client, "/v1/events", {"events": [{"receipt": an_appeal(client)[1], "type": "seen"}]})
    assert len(counted()) == 1
    assert counted(NOW + DAY) == []


def test_a_snooze_is_counted_once(client: FlaskClient, counted: Counted) -> None:
    reader, receipt = an_appeal(client)
    for days in (7, 30):
        post(client, "/v1/snoozes", {"reader": reader, "receipt": receipt, "days": days})
    assert counted() == [Count(NOW.date(), *WHERE, "snoozed", 1)]


def test_never_is_counted_once(client: FlaskClient, counted: Counted) -> None:
    reader, receipt = an_appeal(client)
    for _ in range(2):
        post(client, "/v1/snoozes", {"reader": reader, "receipt": receipt, "never": True})
    assert counted() == [Count(NOW.date(), *WHERE, "never", 1)]


def test_events_are_recorded_when_counts_cannot_be_sent(client: FlaskClient, app: Flask) -> None:
    """Only `flush` goes to Redis, and nothing on a reader's way calls it."""
    parts = parts_of(app)
    answer = post(client, "/v1/events", {"events": [{"receipt": an_appeal(client)[1], "type": "seen"}]})
    assert answer.get_json() == {"recorded": 1}
    assert list(parts.counters.of(SITE, [NOW.date()])) == []


@pytest.fixture
def allocated(tmp_path: Path, valkey_url: str, clock: SettableClock) -> Flask:
    """The service with a campaign that is allocated automatically."""
    campaign = a_campaign_yaml(allocation="{method: automatic}", variants=variants_yaml(a=1, b=1))
    site = a_site_yaml(exchange_rates="{EUR: 1.08, JPY: 0.0064}")
    config = write_config(tmp_path / "allocated", staff_files(site, {"lights-on": campaign}))
    return create_app(some_settings(config, valkey_url), clock=clock, watch=False)


def variants_shown(client: FlaskClient) -> set[str]:
    return {decision(client)["appeals"][0]["variant"] for _ in range(30)}


def test_readers_are_shown_the_variants_by_the_weights_that_the_worker_wrote(allocated: Flask) -> None:
    client, allocations = allocated.test_client(), parts_of(allocated).allocations
    assert variants_shown(client) == {"a", "b"}
    allocations.write(SITE, {"lights-on": {"a": 0.0, "b": 1.0}}, NOW)
    assert variants_shown(client) == {"a", "b"}  # not read yet
    allocations.refresh([SITE])
    assert variants_shown(client) == {"b"}


def test_where_readers_did_something_is_counted_as_far_as_it_is_told(client: FlaskClient, app: Flask) -> None:
    reader, receipt = an_appeal(client)
    where = {"device": "phone", "section": "World|\nNews"}
    for told in ({}, {"device": None, "section": None}):
        post(client, "/v1/events", {"events": [{"receipt": an_appeal(client)[1], "type": "seen"}], **told})
    seen = {"events": [{"receipt": receipt, "type": "seen"}], **where}
    for _ in range(2):
        post(client, "/v1/events", seen, **{"CF-IPCountry": "nl"})
    post(client, "/v1/snoozes", {"reader": reader, "receipt": receipt, "days": 7, **where}, **{"CF-IPCountry": "NL"})
    parts = parts_of(app)
    parts.counters.flush()
    found = {(one.kind, one.dimension, one.name): one.times for one in Shares(parts.store).of(SITE, *[NOW.date()] * 2)}
    named = {("country", "NL"), ("device", "phone"), ("section", "World News")}
    expected = {("snoozed", *one): 1 for one in named} | {("seen", *one): 1 for one in named}
    assert found == expected | {("seen", dimension, ""): 2 for dimension in ("country", "device", "section")}
    for wrong in ({"device": "fridge"}, {"section": "x" * 201}, {"section": ["World"]}, {"country": "NL"}):
        answer = post(client, "/v1/events", {**seen, **wrong})
        assert (answer.status_code, answer.get_json()["field"]) == (422, next(iter(wrong)))
