"""A link works once, for half an hour, for its own site; and nobody learns by it who is a supporter."""

import re
import threading
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from werkzeug.test import TestResponse

from service.app import create_app
from service.domain.contribution import Attribution, Contribution, Payment, State
from service.domain.money import Interval
from service.domain.supporter import GRANT_LIFE, LINK_LIFE, Owner, Pass, Supporter
from service.web.seal import Seal, SealError
from tests.builders import (
    ARTICLE,
    MINUTE,
    NOW,
    ORIGIN,
    SECOND,
    SITE,
    SettableClock,
    decision,
    parts_of,
    post,
    some_settings,
)
from tests.web.conftest import MERCURY

READER = "reader@example.org"
GIFT = "sub_gift"
OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def app(config_dir: Path, valkey_url: str, clock: SettableClock, tmp_path: Path) -> Flask:
    """The service, with mail."""
    mail = {"mail_url": f"file://{tmp_path}/outbox", "mail_from": "The Gazette <support@gazette.example>"}
    return create_app(some_settings(config_dir, valkey_url, **mail), clock=clock, watch=False)


@pytest.fixture
def a_link(app: Flask) -> Callable[..., str]:
    """Makes links; the token of each."""

    def make(site: str = SITE, return_url: str = ARTICLE, owners: int = 1) -> str:
        customers = tuple(Owner(f"cus_{number}", NOW) for number in range(owners))
        granted = Pass(Supporter(customers, (GIFT,)), return_url, NOW + LINK_LIFE)
        return str(parts_of(app).desk.links.links.issue(site, granted))

    return make


@pytest.fixture
def given(app: Flask) -> Contribution:
    """A monthly gift to the Gazette, which the ledger knows."""
    line = Contribution(
        id=GIFT, state=State.ACTIVE, interval=Interval.MONTHLY, currency="USD", amount_minor=500, began_at=NOW,
        ended_at=None, customer="cus_0", attribution=Attribution(SITE, "A" * 22), payments=(Payment("in_1", 500, NOW),),
    )  # fmt: skip
    ledger = parts_of(app).desk.recognition.ledger
    ledger.write(line, ledger.begin_look(line.id))
    return line


def opened(client: FlaskClient, token: str, site: str = SITE) -> TestResponse:
    return client.get("/supporter", query_string={"site": site, "token": token, "language": "en"})


def pressed(
    client: FlaskClient, token: str, action: str = "recognise", site: str = SITE, **headers: str
) -> TestResponse:
    form = {"site": site, "token": token, "language": "en", "action": action}
    return client.post("/supporter", data=form, headers={**OURS, **headers})


def grant_of(answer: TestResponse) -> str:
    assert answer.status_code == 303, answer.text
    address, _, grant = answer.headers["Location"].partition("#honestybox=supporter.")
    assert address == ARTICLE
    return grant


def handed_in(client: FlaskClient, grant: str, **changes: object) -> TestResponse:
    return post(client, "/v1/supporters/recognitions", {"site": SITE, "reader": None, "grant": grant, **changes})


def test_a_link_opens_our_page_with_what_may_be_done(client: FlaskClient, a_link: Callable[..., str]) -> None:
    page = opened(client, a_link())
    assert page.status_code == 200
    buttons = re.findall(r'<button[^>]* value="([^"]+)"', page.text)
    assert buttons == ["recognise", "manage:0"]


def test_looking_at_a_link_uses_nothing_up(client: FlaskClient, a_link: Callable[..., str], memory: Redis) -> None:
    """What looks into mails for viruses follows every link, often more than once."""
    token = a_link()
    before = {key: memory.dump(key) for key in memory.scan_iter()}
    for _ in range(3):
        assert opened(client, token).status_code == 200
        client.head("/supporter", query_string={"site": SITE, "token": token})
    assert {key: memory.dump(key) for key in memory.scan_iter()} == before
    assert grant_of(pressed(client, token))


def test_a_link_works_once_and_not_twice(client: FlaskClient, a_link: Callable[..., str]) -> None:
    token = a_link()
    assert grant_of(pressed(client, token))
    for action in ("recognise", "manage:0"):
        again = pressed(client, token, action)
        assert again.status_code == 410
        assert "does not work any more" in again.text
    assert opened(client, token).status_code == 410


def test_of_many_who_press_at_once_one_is_let_in(app: Flask, a_link: Callable[..., str]) -> None:
    token, answers = a_link(), []
    start = threading.Barrier(12, timeout=30)

    def press() -> None:
        client = app.test_client()
        start.wait()
        answers.append(pressed(client, token).status_code)

    threads = [threading.Thread(target=press, daemon=True) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303] + [410] * 11


@pytest.mark.parametrize(
    ("later", "works"), [(LINK_LIFE - SECOND, True), (LINK_LIFE, False), (LINK_LIFE + SECOND, False)]
)
def test_a_link_works_for_half_an_hour(
    client: FlaskClient, a_link: Callable[..., str], clock: SettableClock, later: timedelta, works: bool
) -> None:
    token = a_link()
    clock.move(later)
    assert opened(client, token).status_code == (200 if works else 410)
    assert pressed(client, token).status_code == (303 if works else 410)


def test_a_link_works_for_no_other_site_and_is_not_spent_there(client: FlaskClient, a_link: Callable[..., str]) -> None:
    token = a_link()
    assert opened(client, token, "mercury").status_code == 410
    assert pressed(client, token, site="mercury").status_code == 410
    assert grant_of(pressed(client, token))


def test_a_link_cannot_be_made_of_another(client: FlaskClient, a_link: Callable[..., str]) -> None:
    token = a_link()
    for wrong in (token[:-1], token + "A", token.swapcase(), "", "é", "\ud800".encode(errors="replace").decode()):
        assert pressed(client, wrong).status_code == 410
    assert grant_of(pressed(client, token))


def test_redis_holds_no_token_that_could_be_used(
    client: FlaskClient, a_link: Callable[..., str], memory: Redis
) -> None:
    token = a_link()
    grant = grant_of(pressed(client, a_link()))
    held = b"".join(key + (memory.dump(key) or b"") for key in memory.scan_iter())
    assert token.encode() not in held
    assert grant.encode() not in held


def test_a_form_on_another_page_presses_nothing(client: FlaskClient, a_link: Callable[..., str]) -> None:
    token = a_link()
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "none"}):
        assert pressed(client, token, **headers).status_code == 403
    form = {"site": SITE, "token": token, "action": "recognise"}
    assert client.post("/supporter", data=form, headers={"Origin": "https://evil.example"}).status_code == 403
    assert client.post("/supporter", data=form, headers={"Origin": "null"}).status_code == 303


def test_nothing_of_the_page_is_kept_framed_indexed_or_told(client: FlaskClient, a_link: Callable[..., str]) -> None:
    token = a_link()
    for page in (opened(client, token), pressed(client, token), pressed(client, token), client.get("/supporter")):
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["X-Robots-Tag"] == "noindex"
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
        assert "Set-Cookie" not in page.headers


def test_what_a_link_says_is_text(client: FlaskClient) -> None:
    hostile = '"><script>alert(1)</script>'
    page = client.get("/supporter", query_string={"site": SITE, "return_url": f"{ARTICLE}?{hostile}", "email": hostile})
    assert "<script>" not in page.text
    form = {"site": SITE, "action": "link", "email": hostile, "return_url": hostile}
    assert "<script>" not in client.post("/supporter", data=form, headers=OURS).text


@pytest.mark.parametrize(
    "url", ["https://evil.example/", "javascript:alert(1)", f"{ORIGIN}.evil.example/", "", MERCURY]
)
def test_only_a_page_of_the_site_is_the_way_back(client: FlaskClient, a_link: Callable[..., str], url: str) -> None:
    page = client.get("/supporter", query_string={"site": SITE, "return_url": url})
    hidden = re.findall(r'name="return_url" value="([^"]*)"', page.text)
    assert hidden == [""]
    assert f'<a href="{ORIGIN}/">' in page.text
    assert pressed(client, a_link(return_url="")).headers["Location"].startswith(f"{ORIGIN}/#honestybox=supporter.")


def test_who_comes_from_a_page_of_the_site_goes_back_there(client: FlaskClient) -> None:
    page = client.get("/supporter?site=gazette", headers={"Referer": f"{ARTICLE}?a=1#x"})
    assert f'value="{ARTICLE}?a=1"' in unescape(page.text)


def test_a_supporter_of_several_customers_chooses_by_the_day(client: FlaskClient, a_link: Callable[..., str]) -> None:
    assert opened(client, a_link(owners=2)).text.count("Manage my gift of November 22, 2026") == 2
    guest = opened(client, a_link(owners=0)).text
    assert "Manage" not in guest
    assert "Recognise me" in guest


def test_a_payment_service_that_is_away_uses_no_link_up(client: FlaskClient, a_link: Callable[..., str]) -> None:
    page = pressed(client, a_link(), "manage:0")
    assert page.status_code == 503
    assert "Your link has not been used up" in page.text
    (token,) = re.findall(r'name="token" value="([^"]+)"', page.text)
    assert grant_of(pressed(client, token))


# Recognition


def test_a_grant_makes_a_new_browser_a_supporters(
    client: FlaskClient, a_link: Callable[..., str], given: Contribution
) -> None:
    answer = handed_in(client, grant_of(pressed(client, a_link())))
    assert answer.status_code == 200, answer.text
    reader = answer.get_json()["reader"]
    assert set(decision(client, reader=reader)["withheld"].values()) == {"supporter"}


def test_a_browser_that_has_a_token_keeps_it(
    client: FlaskClient, a_link: Callable[..., str], given: Contribution
) -> None:
    reader = decision(client)["reader"]
    answer = handed_in(client, grant_of(pressed(client, a_link())), reader=reader)
    assert answer.get_json() == {"reader": reader}
    assert set(decision(client, reader=reader)["withheld"].values()) == {"supporter"}


def test_a_grant_works_once_for_ten_minutes_and_for_its_own_site(
    client: FlaskClient, a_link: Callable[..., str], given: Contribution, clock: SettableClock
) -> None:
    first, second = (grant_of(pressed(client, a_link())) for _ in range(2))
    at_mercury = {"site": "mercury", "reader": None, "grant": first}
    assert post(client, "/v1/supporters/recognitions", at_mercury, MERCURY).get_json()["field"] == "grant"
    assert handed_in(client, first).status_code == 200
    assert handed_in(client, first).get_json()["field"] == "grant"
    clock.move(GRANT_LIFE)
    assert handed_in(client, second).get_json()["field"] == "grant"


def test_a_token_that_is_refused_uses_no_grant_up(client: FlaskClient, a_link: Callable[..., str]) -> None:
    grant = grant_of(pressed(client, a_link()))
    assert handed_in(client, grant, reader="forged").get_json()["field"] == "reader"
    assert handed_in(client, grant).status_code == 200


def test_a_link_is_no_grant_and_a_grant_no_link(client: FlaskClient, a_link: Callable[..., str]) -> None:
    assert handed_in(client, a_link()).get_json()["field"] == "grant"
    assert pressed(client, grant_of(pressed(client, a_link()))).status_code == 410


def test_only_a_page_of_the_site_hands_a_grant_in(client: FlaskClient, a_link: Callable[..., str]) -> None:
    grant = grant_of(pressed(client, a_link()))
    wish = {"site": SITE, "reader": None, "grant": grant}
    assert post(client, "/v1/supporters/recognitions", wish, "https://evil.example").status_code == 403
    assert handed_in(client, grant).status_code == 200


# Asking for a link


def asked(client: FlaskClient, email: str = READER, **changes: object) -> TestResponse:
    return post(client, "/v1/supporters/links", {"site": SITE, "email": email, **changes})


def test_every_address_gets_the_same_answer_and_costs_the_same(app: Flask, client: FlaskClient, memory: Redis) -> None:
    answers = [asked(client, email) for email in (READER, "nobody@example.org")]
    assert {(one.status_code, one.text) for one in answers} == {(202, answers[0].text)}
    assert answers[0].get_json() == {"accepted": True}
    sizes = [[(name, len(value)) for name, value in one.headers.items()] for one in answers]
    assert sizes[0] == sizes[1]


def test_no_address_is_in_redis(client: FlaskClient, memory: Redis) -> None:
    assert asked(client).status_code == 202
    held = b"".join(key + _contents(memory, key) for key in memory.scan_iter())
    assert b"reader@" not in held
    assert b"example.org" not in held


def _contents(memory: Redis, key: bytes) -> bytes:
    kind = memory.type(key)
    if kind == b"hash":
        return repr(memory.hgetall(key)).encode()
    return repr(memory.dump(key)).encode()


def test_who_asks_too_often_waits(client: FlaskClient) -> None:
    answers = [asked(client, email) for email in (READER, READER.upper(), READER, READER)]
    assert [one.status_code for one in answers] == [202, 202, 202, 429]
    assert int(answers[3].headers["Retry-After"]) > 0
    assert asked(client, "another@example.org").status_code == 202


@pytest.mark.parametrize("email", ["", "reader", "a@b.example, c@d.example", "x" * 300 + "@example.org"])
def test_what_is_no_address_is_refused_by_the_name_of_its_field(client: FlaskClient, email: str) -> None:
    answer = asked(client, email)
    assert (answer.status_code, answer.get_json()["field"]) == (422, "email")


def test_without_mail_nothing_that_mails_is_offered(config_dir: Path, valkey_url: str, clock: SettableClock) -> None:
    client = create_app(some_settings(config_dir, valkey_url), clock=clock, watch=False).test_client()
    assert asked(client).status_code == 404
    assert client.get("/supporter?site=gazette").status_code == 404


def test_the_form_works_without_a_script(client: FlaskClient) -> None:
    form = {"site": SITE, "language": "ru", "action": "link", "email": f" {READER} ", "return_url": ARTICLE}
    answer = client.post("/supporter", data=form, headers=OURS)
    assert answer.status_code == 303
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert "email" not in query
    page = client.get(answer.headers["Location"])
    assert '<html lang="ru"' in page.text
    assert "Загляните в почту" in page.text


def test_the_form_says_what_is_wrong_and_keeps_what_was_written(client: FlaskClient) -> None:
    form = {"site": SITE, "language": "en", "action": "link", "email": "reader@"}
    page = client.post("/supporter", data=form, headers=OURS)
    assert page.status_code == 422
    assert 'value="reader@" aria-invalid="true" aria-describedby="problem"' in page.text
    for _ in range(4):
        page = client.post("/supporter", data={**form, "email": READER}, headers=OURS)
    assert page.status_code == 429
    assert "Too many links were asked for" in page.text


def test_what_is_sealed_is_opened_by_any_of_our_secrets_and_no_other() -> None:
    old, new = "o" * 32, "n" * 32
    sealed = Seal([old]).close(READER)
    assert READER not in sealed
    assert Seal([new, old]).open(sealed) == READER
    for seal, text in ((Seal([new]), sealed), (Seal([old]), sealed[:-4] + "AAAA"), (Seal([old]), "x")):
        with pytest.raises(SealError):
            seal.open(text)


def test_half_an_hour_is_what_the_mail_says() -> None:
    assert LINK_LIFE == 30 * MINUTE
