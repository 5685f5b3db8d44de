"""A reader asks what we hold on them, and to be forgotten: then nothing is left but what was paid."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from werkzeug.test import TestResponse

from service.app import create_app
from service.domain.contribution import Attribution, Contribution, Payment, State
from service.domain.money import Interval
from service.store.held import everything_in
from tests.builders import (
    ARTICLE,
    NOW,
    ORIGIN,
    SITE,
    SettableClock,
    a_site_yaml,
    an_appeal,
    decision,
    parts_of,
    post,
    some_settings,
    staff_files,
    write_config,
)
from tests.test_documentation import table
from tests.web.conftest import MERCURY

READER = "reader@example.org"
LUA = (Path(__file__).parents[2] / "service/store/lua/record.lua").read_text()


@pytest.fixture
def app(valkey_url: str, clock: SettableClock, tmp_path: Path) -> Flask:
    """The service, with a meter, newsletters and mail: whatever can be kept of a reader is."""
    snooze = "{choices: [7d, 30d], default: 30d, reminder_email: true}"
    meter = "{allowance: 5, period: month}"
    places = "{inline: {selector: article}, gate: {selector: article}}"
    site = a_site_yaml(snooze=snooze, meter=meter, placements=places)
    config = write_config(tmp_path / "config", staff_files(site=site))
    mail = {"mail_url": f"file://{tmp_path}/outbox", "mail_from": "The Gazette <support@gazette.example>"}
    return create_app(some_settings(config, valkey_url, **mail), clock=clock, watch=False)


def me(client: FlaskClient, method: str, token: str, site: str = SITE, origin: str | None = ORIGIN) -> TestResponse:
    headers = {"Authorization": f"Bearer {token}"} | ({"Origin": origin} if origin else {})
    return client.open(f"/v1/readers/me?site={site}", method=method, headers=headers)


def gave(app: Flask, reader: str, linked: str = "") -> None:
    """A monthly gift of this reader, in the ledger and in the record; another browser recognised as its giver."""
    parts = parts_of(app)
    asked_by = Attribution(SITE, reader, "lights-on", "plain", "inline", "an-attempt", ARTICLE, "NL", "phone", "World")
    line = Contribution(
        id="sub_gift", state=State.ACTIVE, interval=Interval.MONTHLY, currency="USD", amount_minor=500, began_at=NOW,
        ended_at=None, customer="cus_0", attribution=asked_by, payments=(Payment("in_1", 500, NOW),),
    )  # fmt: skip
    ledger = parts.desk.recognition.ledger
    look = ledger.begin_look(line.id)
    ledger.write(line, look)
    for name in filter(None, (reader, linked)):
        parts.readers.record_gift(SITE, name, line.id, line.gift, look, NOW)
    if linked:
        ledger.link(line.id, linked)


def whole(memory: Redis) -> Iterator[bytes]:
    """Every key and everything under it, as text where Redis would pack it."""
    for key in memory.scan_iter():
        yield key
        match memory.type(key):
            case b"string":
                yield memory.get(key) or b""
            case b"hash":
                yield from (part for pair in memory.hgetall(key).items() for part in pair)
            case b"zset":
                yield from memory.zrange(key, 0, -1)
            case b"set":
                yield from memory.smembers(key)
            case b"list":
                yield from memory.lrange(key, 0, -1)
            case kind:
                raise AssertionError(f"{key!r} is a {kind!r}: look into it as well")


def test_everything_that_is_held_is_told_and_then_forgotten(app: Flask, client: FlaskClient, memory: Redis) -> None:
    bystander, _ = an_appeal(client)
    token, receipt = an_appeal(client)
    reader = parts_of(app).tokens.reader(SITE, token)
    post(client, "/v1/events", {"events": [{"receipt": receipt, "type": "seen"}]})
    wish = {"reader": token, "receipt": receipt, "days": 30, "email": READER, "url": ARTICLE, "language": "en"}
    assert post(client, "/v1/snoozes", wish).status_code == 200
    gave(app, reader, linked=parts_of(app).tokens.reader(SITE, bystander))

    held = me(client, "GET", token).get_json()
    assert held["record"]["visits"] == 1
    assert held["record"]["snoozed_until"] == "2026-12-22T12:00:00Z"
    assert [shown["happened"] for shown in held["record"]["shown"]] == [["seen", "snoozed"]]
    assert held["record"]["gifts"][0]["state"] == "recurring"
    assert len(held["record"]["articles"]) == len(held["record"]["counted"]) == 1
    assert (held["reminder"]["email"], held["reminder"]["url"]) == (READER, ARTICLE)
    assert [gift["id"] for gift in held["contributions"]] == ["sub_gift"]

    before = list(whole(memory))
    assert any(reader.encode() in part for part in before)
    answer = me(client, "DELETE", token).get_json()
    assert answer["erased"] == {"record": True, "reminder": True, "newsletters": 0}
    (kept,) = answer["kept"]
    assert {name: kept[name] for name in ("id", "amount_minor", "customer")} == {
        "id": "sub_gift", "amount_minor": 500, "customer": "cus_0",
    }  # fmt: skip
    assert "law" in kept["why"]
    for part in whole(memory):
        for trace in (reader, token, READER, ARTICLE, "an-attempt-of-nobody"):
            assert trace.encode() not in part
    assert memory.hget("hb:l:{sub_gift}", "body") is not None
    assert me(client, "GET", token).get_json()["record"] is None
    assert decision(client, reader=bystander)["withheld"] == {"inline": "supporter"}


def test_another_browser_of_the_giver_is_forgotten_without_the_gift(
    app: Flask, client: FlaskClient, memory: Redis
) -> None:
    giver, _ = an_appeal(client)
    token, _ = an_appeal(client)
    parts = parts_of(app)
    gave(app, parts.tokens.reader(SITE, giver), linked=parts.tokens.reader(SITE, token))
    assert len(me(client, "DELETE", token).get_json()["kept"]) == 1
    assert all(parts.tokens.reader(SITE, token).encode() not in part for part in whole(memory))
    line = parts.desk.recognition.ledger.get("sub_gift")
    assert line.attribution.reader == parts.tokens.reader(SITE, giver)


def test_who_was_never_here_and_who_asks_twice_get_a_calm_answer(app: Flask, client: FlaskClient) -> None:
    token = parts_of(app).tokens.reader_token(SITE, "A" * 22)
    for _ in range(2):
        held = me(client, "GET", token).get_json()
        assert (held["record"], held["reminder"], held["contributions"]) == (None, None, [])
        answer = me(client, "DELETE", token).get_json()
        assert (answer["erased"], answer["kept"]) == ({"record": False, "reminder": False, "newsletters": 0}, [])


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_only_the_reader_itself_may_ask(method: str, app: Flask, client: FlaskClient) -> None:
    token, _ = an_appeal(client)
    assert client.open(f"/v1/readers/me?site={SITE}", method=method).status_code == 401
    assert me(client, method, "forged." + token).status_code == 422
    assert me(client, method, parts_of(app).tokens.reader_token("mercury", "A" * 22)).status_code == 422
    assert me(client, method, token, origin=MERCURY).status_code == 403
    assert me(client, method, token, site="nowhere").status_code == 404
    assert me(client, "GET", token).get_json()["record"] is not None
    asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": "authorization"}
    answer = client.options("/v1/readers/me", headers={"Origin": ORIGIN, **asked})
    assert method in answer.headers["Access-Control-Allow-Methods"]
    assert "authorization" in answer.headers["Access-Control-Allow-Headers"].lower()


def test_the_readme_tells_every_field_of_the_record(app: Flask, client: FlaskClient, memory: Redis) -> None:
    """What Lua keeps, what a reader is told, and what the README says are one list."""
    an_appeal(client)
    (key,) = memory.scan_iter("hb:r:*")
    told = everything_in(memory.get(key) or b"").keys()
    documented = {name for row in table("reader record") for name in re.findall(r"`(\w+)`", row[0])}
    (body,) = re.findall(r"local function new_record.*?return \{(.*?)\}", LUA, re.DOTALL)
    kept = {"never_again" if name == "flags" else name for name in re.findall(r"(\w+) =", body)}
    assert told == documented == kept
