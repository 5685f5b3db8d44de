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
from service.domain.newsletter import MailProvider
from service.domain.supporter import LINK_LIFE, Owner, Pass, Supporter
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
NEWSLETTERS = "{weekly: {title: The Week, provider: csv}, daily: {title: The Day, provider: csv}}"
OURS = {"Sec-Fetch-Site": "same-origin"}
LUA = (Path(__file__).parents[2] / "service/store/lua/record.lua").read_text()


@pytest.fixture
def app(valkey_url: str, clock: SettableClock, tmp_path: Path) -> Flask:
    """The service, with a meter, newsletters and mail: whatever can be kept of a reader is."""
    snooze = "{choices: [7d, 30d], default: 30d, reminder_email: true}"
    meter = "{allowance: 5, period: month}"
    places = "{inline: {selector: article}, gate: {selector: article}}"
    site = a_site_yaml(snooze=snooze, meter=meter, placements=places, newsletters=NEWSLETTERS)
    config = write_config(tmp_path / "config", staff_files(site=site))
    mail = {"mail_url": f"file://{tmp_path}/outbox", "mail_from": "The Gazette <support@gazette.example>"}
    csv = {"newsletter_providers": {SITE: {MailProvider.CSV: str(tmp_path / "subscribers.csv")}}}
    return create_app(some_settings(config, valkey_url, **mail, **csv), clock=clock, watch=False)


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


def signed_up(client: FlaskClient, token: str) -> None:
    """The reader wished for two newsletters, one of them twice."""
    for name in ("weekly", "daily", "daily"):
        wish = {"site": SITE, "email": READER, "reader": token, "language": "en"}
        assert post(client, f"/v1/newsletters/{name}/subscriptions", wish).status_code == 202


def a_link(app: Flask) -> str:
    """The token of a link that was mailed to who gave."""
    supporter = Supporter((Owner("cus_0", NOW),), ("sub_gift", "pi_gone"))
    return parts_of(app).desk.links.links.issue(SITE, Pass(supporter, "", NOW + LINK_LIFE))


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
    signed_up(client, token)
    a_link(app)

    held = me(client, "GET", token).get_json()
    assert held["record"]["visits"] == 1
    assert held["record"]["snoozed_until"] == "2026-12-22T12:00:00Z"
    assert [shown["happened"] for shown in held["record"]["shown"]] == [["seen", "snoozed"]]
    assert held["record"]["gifts"][0]["state"] == "recurring"
    assert len(held["record"]["articles"]) == len(held["record"]["counted"]) == 1
    assert (held["reminder"]["email"], held["reminder"]["url"]) == (READER, ARTICLE)
    assert [gift["id"] for gift in held["contributions"]] == ["sub_gift"]
    assert sorted(one["newsletter"] for one in held["newsletters"]) == ["daily", "weekly"]

    before = list(whole(memory))
    assert any(reader.encode() in part for part in before)
    answer = me(client, "DELETE", token).get_json()
    assert answer["erased"] == {"record": True, "reminder": True, "newsletters": 2}
    (kept,) = answer["kept"]
    assert {name: kept[name] for name in ("id", "amount_minor", "customer")} == {
        "id": "sub_gift", "amount_minor": 500, "customer": "cus_0",
    }  # fmt: skip
    assert "law" in kept["why"]
    for part in whole(memory):
        for trace in (reader, token, READER, ARTICLE, "an-attempt-of-nobody", "newsletter_"):
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


def on_page(client: FlaskClient, site: str = SITE, headers: dict[str, str] = OURS, **form: str) -> TestResponse:
    return client.post(f"/{site}/my-data", data={"language": "en", **form}, headers=headers)


def test_our_page_tells_and_forgets_whom_their_own_browser_names(
    app: Flask, client: FlaskClient, memory: Redis
) -> None:
    token, _ = an_appeal(client)
    reader = parts_of(app).tokens.reader(SITE, token)
    gave(app, reader)
    theirs = {"Sec-Fetch-Site": "cross-site", "Origin": ORIGIN}
    told = on_page(client, headers=theirs, reader=token)
    assert (told.status_code, f"&#34;reader&#34;: &#34;{reader}&#34;" in told.text) == (200, True)
    assert on_page(client, headers=theirs, reader=token, action="erase").status_code == 403
    back = {"return_url": f"{ARTICLE}#here"}
    assert f'name="return_url" value="{ARTICLE}#here"' in on_page(client, reader=token, **back).text
    done = on_page(client, reader=token, action="erase", **back)
    assert "<li>$5 a month, 2026-11-22, sub_gift</li>" in done.text
    assert f'href="{ARTICLE}#honestybox=forgotten.{token[-16:]}"' in done.text
    assert all(reader.encode() not in part for part in whole(memory))
    assert "Nothing is held" in on_page(client, reader=token).text
    for form in ({}, {"reader": "made up"}, {"token": "made up"}, {"reader": token[:-1]}):
        answer = on_page(client, **form)
        assert "#honestybox" not in answer.text
        assert (answer.status_code, "So come here from a page of" in answer.text) == (422, True)
    assert "So come here" in client.get(f"/{SITE}/my-data?language=en").text


def test_our_page_forgets_every_browser_that_a_supporters_gifts_were_given_in(
    app: Flask, client: FlaskClient, memory: Redis, clock: SettableClock
) -> None:
    readers = [parts_of(app).tokens.reader(SITE, an_appeal(client)[0]) for _ in range(2)]
    gave(app, readers[0], linked=readers[1])
    link = a_link(app)
    assert f'formaction="/{SITE}/my-data"' in client.get(f"/supporter?site={SITE}&token={link}").text
    told = on_page(client, token=link)
    assert all(reader in told.text for reader in readers)
    assert on_page(client, token=link, action="erase").text.count("sub_gift") == 1
    for part in whole(memory):
        assert not any(reader.encode() in part for reader in readers)
    assert "Nothing is held" in on_page(client, token=link).text
    clock.move(LINK_LIFE)
    assert on_page(client, token=link).status_code == 422
