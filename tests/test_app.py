"""The service as it is wired: the clock of its edge, what it logs, what nobody foresaw."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from freezegun import freeze_time

from service.app import create_app, utc_now
from service.catalogue.fields import SLUG
from service.catalogue.site_name import OURS
from tests.builders import (
    DAY,
    SITE,
    SettableClock,
    a_decision_body,
    a_site_yaml,
    an_appeal,
    decision,
    parts_of,
    post,
    some_settings,
)
from tests.servers import wait_until


def test_the_edge_reads_the_time_in_utc_and_whole_seconds() -> None:
    with freeze_time("2026-11-22 13:14:15.678"):
        assert utc_now() == datetime(2026, 11, 22, 13, 14, 15, tzinfo=UTC)


def test_no_site_may_be_called_as_our_own_addresses_begin(config_dir: Path, valkey_url: str) -> None:
    app = create_app(some_settings(config_dir, valkey_url), watch=False)
    begins = {rule.rule.split("/")[1] for rule in app.url_map.iter_rules()}
    assert {begin for begin in begins if SLUG.fullmatch(begin)} == OURS


def test_a_snooze_of_seven_days_by_the_real_clock(config_dir: Path, valkey_url: str) -> None:
    client = create_app(some_settings(config_dir, valkey_url), watch=False).test_client()
    with freeze_time("2026-11-22 12:00:00") as frozen:
        token, receipt = an_appeal(client)
        answer = post(client, "/v1/snoozes", {"reader": token, "receipt": receipt, "days": 7})
        assert answer.get_json() == {"until": "2026-11-29T12:00:00Z"}
        frozen.move_to("2026-11-29 11:59:59.999")
        assert decision(client, reader=token)["withheld"] == {"inline": "snoozed"}
        frozen.move_to("2026-11-29 12:00:00")
        assert decision(client, reader=token)["appeals"]


def test_an_edited_file_is_live_within_two_seconds(config_dir: Path, valkey_url: str) -> None:
    client = create_app(some_settings(config_dir, valkey_url), watch=True).test_client()
    site = config_dir / "sites" / SITE / "site.yaml"
    site.write_text(a_site_yaml(switched_on="false"))
    wait_until(lambda: decision(client)["withheld"] == {"inline": "switched_off"}, seconds=2)


def test_a_typo_keeps_the_last_good_copy_and_is_told_by_readyz(app: Flask, config_dir: Path) -> None:
    client = app.test_client()
    (config_dir / "sites" / SITE / "site.yaml").write_text(a_site_yaml(switched_on="no way"))
    app.extensions["honestybox_reloader"].refresh()
    assert decision(client)["appeals"]
    told = client.get("/readyz").get_json()
    assert told["status"] == "ready"
    assert [warning.split(": ")[1] for warning in told["config"]["warnings"]] == ["warning"]
    assert told["config"]["problems"] == [
        f"config/sites/{SITE}/site.yaml:15:1: switched_on: must be true or false (got 'no way')"
    ]
    assert "honestybox_config_problems 1.0" in client.get("/metrics").text


def test_two_workers_agree_on_readers_and_receipts(config_dir: Path, valkey_url: str, clock: SettableClock) -> None:
    settings = some_settings(config_dir, valkey_url)
    one, other = (create_app(settings, clock=clock, watch=False).test_client() for _ in range(2))
    token, receipt = an_appeal(one)
    assert post(other, "/v1/events", {"events": [{"receipt": receipt, "type": "seen"}]}).get_json() == {"recorded": 1}
    assert decision(other, reader=token)["reader"] == token


def test_a_secret_can_be_replaced_without_losing_readers(
    config_dir: Path, valkey_url: str, clock: SettableClock
) -> None:
    def client(*secrets: str) -> FlaskClient:
        settings = some_settings(config_dir, valkey_url, secret_keys=secrets)
        return create_app(settings, clock=clock, watch=False).test_client()

    old, new = "o" * 32, "n" * 32
    token, _ = an_appeal(client(old))
    assert decision(client(new, old), reader=token)["reader"] == token
    assert post(client(new), "/v1/decisions", a_decision_body(reader=token)).status_code == 422


@pytest.mark.parametrize("path", ["/v1/decisions", "/v1/snoozes"])
def test_what_nobody_foresaw_is_logged_without_a_single_secret(
    config_dir: Path, valkey_url: str, capsys: pytest.CaptureFixture[str], path: str
) -> None:
    broken = SettableClock()
    app = create_app(some_settings(config_dir, valkey_url), clock=broken, watch=False)
    client = app.test_client()
    token, receipt = an_appeal(client)
    broken.now = "not a time at all"  # type: ignore[assignment]
    body = {"reader": token, "receipt": receipt, "days": 7} if path == "/v1/snoozes" else a_decision_body(reader=token)
    answer = post(client, path, body)
    assert (answer.status_code, answer.content_type) == (500, "application/problem+json")
    assert answer.get_json()["detail"] == "Something went wrong on our side."
    logged = capsys.readouterr().err
    assert '"event": "unexpected"' in logged
    assert "TypeError" in logged or "AttributeError" in logged
    settings = parts_of(app).settings
    reader = token.split(".")[0]
    for secret in (token, receipt, reader, *settings.secret_keys, settings.stripe_secret_key, "whsec_"):
        assert secret not in logged


class Talkative:
    """A moment that names somebody whenever it is looked at."""

    def __getattr__(self, name: str) -> object:
        try:
            int("reader@example.org")
        except ValueError as error:
            raise RuntimeError("no such thing for reader@example.org") from error


def test_what_nobody_foresaw_is_logged_by_its_kind_and_place_and_not_by_its_message(
    config_dir: Path, valkey_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = SettableClock()
    client = create_app(some_settings(config_dir, valkey_url), clock=clock, watch=False).test_client()
    token, _ = an_appeal(client)
    clock.now = Talkative()  # type: ignore[assignment]
    assert post(client, "/v1/decisions", a_decision_body(reader=token)).status_code == 500
    logged = capsys.readouterr().err
    for told in ("RuntimeError", "ValueError", "__getattr__", "test_app.py"):
        assert told in logged
    assert "example.org" not in logged


def test_a_day_of_reading_logs_nothing(
    client: FlaskClient, clock: SettableClock, capfd: pytest.CaptureFixture[str]
) -> None:
    """One event per decision that changed something: page views are counted, not logged."""
    token, receipt = an_appeal(client)
    clock.move(DAY)
    post(client, "/v1/events", {"events": [{"receipt": receipt, "type": "seen"}]})
    decision(client, reader=token)
    assert capfd.readouterr().err == ""
