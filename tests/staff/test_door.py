"""Who comes in to the staff pages, for how long, and whose forms are believed."""

from collections.abc import MutableMapping
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.app import create_app
from service.web.staff_door import LIFE
from tests.builders import MINUTE, SECOND, SettableClock, some_settings
from tests.staff.conftest import HASHES, PASSWORD, PUBLIC, SAME, cookie_of, form_token, sign_in, with_cookie


def test_without_a_way_in_there_are_no_staff_pages(config_dir: Path, valkey_url: str) -> None:
    client = create_app(some_settings(config_dir, valkey_url), watch=False).test_client()
    for path in ("/staff/", "/staff/audit", "/staff/sign-in"):
        assert client.get(path).status_code == 404
    assert client.post("/staff/sign-in", data={"name": "anna", "password": PASSWORD}).status_code == 404


def test_every_page_answers_a_stranger_with_401_and_the_sign_in_form(app: Flask, client: FlaskClient) -> None:
    open_to_all = {"/staff/sign-in", "/staff/explain"}
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/staff") and not rule.arguments]
    assert len(rules) > 4
    for rule in rules:
        for method in (rule.methods or set()) & {"GET", "POST"}:
            if rule.rule not in open_to_all:
                answer = client.open(rule.rule, method=method, headers=SAME)
                assert (answer.status_code, 'action="/staff/sign-in"' in answer.text) == (401, True), rule.rule
                assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")


def test_the_right_password_leads_where_the_visitor_wanted_to_go(client: FlaskClient) -> None:
    stranger = client.get("/staff/audit?page=2")
    assert (stranger.status_code, 'name="way" value="/staff/audit?page=2"' in stranger.text) == (401, True)
    answer = sign_in(client, way="/staff/audit?page=2")
    assert (answer.status_code, answer.location) == (303, "/staff/audit?page=2")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Secure-honestybox-staff=")
    assert {"Secure", "HttpOnly", "Path=/staff", "SameSite=Strict"} <= set(cookie.split("; "))
    page = client.get("/staff/audit")
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
    assert "signed in" in page.text


@pytest.mark.parametrize("way", ["https://evil.example/", "//evil.example", "/staff//../x y", "/v1/x", "/staff/\\e"])
def test_a_sign_in_leads_nowhere_else(client: FlaskClient, way: str) -> None:
    assert sign_in(client, way=way).location == "/staff/"


@pytest.mark.parametrize(("name", "password"), [("anna", "wrong"), ("anna", ""), ("ben", PASSWORD), ("", PASSWORD)])
def test_anything_else_does_not_open(client: FlaskClient, name: str, password: str) -> None:
    answer = sign_in(client, name, password)
    assert (answer.status_code, "not the right name and password" in answer.text) == (401, True)
    assert "Set-Cookie" not in answer.headers
    assert client.get("/staff/audit").status_code == 401


def test_guessing_is_stopped_and_told(client: FlaskClient, clock: SettableClock) -> None:
    client.environ_base["REMOTE_ADDR"] = "8.8.8.8"
    assert {sign_in(client, password=f"guess {n}").status_code for n in range(20)} == {401}
    refused = sign_in(client)
    assert (refused.status_code, "Too many tries" in refused.text) == (429, True)
    clock.move(int(refused.headers["Retry-After"]) * SECOND)
    assert sign_in(client).status_code == 303
    page = client.get("/staff/audit").text
    assert "was refused: too many tries" in page
    assert page.count("was refused: wrong name or password") == 20


def test_a_session_ends_by_itself(anna: FlaskClient, clock: SettableClock) -> None:
    clock.move(LIFE - SECOND)
    assert anna.get("/staff/audit").status_code == 200
    clock.move(SECOND)
    assert anna.get("/staff/audit").status_code == 401


def test_whoever_signs_out_is_out_with_every_copy_of_the_cookie(anna: FlaskClient, app: Flask) -> None:
    copy = with_cookie(app, cookie_of(anna))
    assert copy.get("/staff/audit").status_code == 200
    assert anna.post("/staff/sign-out", data={"form_token": form_token(anna)}, headers=SAME).status_code == 303
    assert {anna.get("/staff/audit").status_code, copy.get("/staff/audit").status_code} == {401}


def test_a_forged_or_an_outdated_cookie_opens_nothing(
    anna: FlaskClient, config_dir: Path, valkey_url: str, clock: SettableClock
) -> None:
    value = cookie_of(anna)
    until, session, rest = value.split(".", 2)
    later = f"{int(until) + 9}.{session}.{rest}"
    forged = [value[:-1], value + "0", later, value.replace("anna", "ben"), "", "a.b.c", ".....", "é"]
    changed = {"anna": HASHES["anna"][:-1] + ("1" if HASHES["anna"].endswith("0") else "0")}
    for hashes, status in ((HASHES, 200), (changed, 401)):
        settings = some_settings(config_dir, valkey_url, staff_password_hash=hashes)
        app = create_app(settings, clock=clock, watch=False)
        assert with_cookie(app, value).get("/staff/audit").status_code == status
        for cookie in forged:
            assert with_cookie(app, cookie).get("/staff/audit").status_code == 401, cookie


@pytest.mark.parametrize(
    ("headers", "keep_token", "status"),
    [
        (SAME, True, 303),
        ({"Origin": PUBLIC}, True, 303),
        (SAME, False, 403),
        ({"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}, True, 403),
        ({"Origin": PUBLIC, "Sec-Fetch-Site": "same-site"}, True, 403),
        ({"Origin": "https://evil.example"}, True, 403),
        ({"Origin": "null"}, True, 403),
        ({}, True, 403),
    ],
)
def test_only_our_own_forms_are_believed(
    anna: FlaskClient, headers: dict[str, str], keep_token: bool, status: int
) -> None:
    data = {"form_token": form_token(anna)} if keep_token else {"form_token": "x"}
    assert anna.post("/staff/sign-out", data=data, headers=headers).status_code == status


def test_nobody_is_signed_in_by_another_page(client: FlaskClient) -> None:
    form = {"name": "anna", "password": PASSWORD}
    answer = client.post("/staff/sign-in", data=form, headers={"Origin": "https://evil.example"})
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (403, False)


def test_the_form_of_another_session_is_not_mine(anna: FlaskClient, app: Flask) -> None:
    other = app.test_client()
    sign_in(other)
    answer = anna.post("/staff/sign-out", data={"form_token": form_token(other)}, headers=SAME)
    assert (answer.status_code, "not, or no longer, yours" in answer.text) == (403, True)


@pytest.mark.parametrize(
    ("address", "header", "status"),
    [
        ("10.0.0.7", "grace", 200), ("10.0.0.8", "grace", 401), ("10.0.0.7", "", 401), ("10.0.0.7", "\x01", 401),
        ("fd00::1", "grace", 200), ("10.0.0.7", None, 401), ("nonsense", "grace", 401),
    ],
)  # fmt: skip
def test_the_sign_ons_header_is_believed_of_its_proxy_alone(
    config_dir: Path, valkey_url: str, address: str, header: str | None, status: int
) -> None:
    proxies = (ip_network("10.0.0.7"), ip_network("fd00::/8"))
    settings = some_settings(config_dir, valkey_url, staff_header="HTTP_X_USER", staff_proxies=proxies)
    client = create_app(settings, watch=False).test_client()
    client.environ_base["REMOTE_ADDR"] = address
    if header is not None:
        client.environ_base["HTTP_X_USER"] = header
    answer = client.get("/staff/audit")
    assert answer.status_code == status
    assert ("grace" in answer.text) is (status == 200)
    assert 'type="password"' not in answer.text
    assert "Sign out" not in answer.text


def test_what_staff_do_is_one_line_in_the_log_and_a_row_on_the_page(
    client: FlaskClient, logged: list[MutableMapping[str, Any]]
) -> None:
    sign_in(client, "<script>alert(1)</script>", "wrong")
    sign_in(client)
    deeds = [entry for entry in logged if entry["event"] == "staff_deed"]
    assert [(deed["who"], deed["what"]) for deed in deeds][1] == ("anna", "signed in")
    page = client.get("/staff/audit").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script" not in page
    assert PASSWORD not in str(logged)


def test_without_redis_nobody_signs_in_but_who_is_in_stays(
    anna: FlaskClient, config_dir: Path, clock: SettableClock
) -> None:
    value = cookie_of(anna)
    settings = some_settings(config_dir, "redis://127.0.0.1:9/0", staff_password_hash=HASHES)
    app = create_app(settings, clock=clock, watch=False)
    refused = sign_in(app.test_client())
    assert (refused.status_code, "nobody counts the tries" in refused.text) == (503, True)
    page = with_cookie(app, value).get("/staff/audit")
    assert (page.status_code, "Redis cannot be reached" in page.text) == (503, True)


def test_the_limits_open_again_in_time(client: FlaskClient, clock: SettableClock) -> None:
    for n in range(61):
        client.environ_base["REMOTE_ADDR"] = f"8.8.8.{n}"
        last = sign_in(client, password="wrong").status_code
    assert last == 429
    clock.move(10 * MINUTE)
    assert sign_in(client).status_code == 303
