"""The service with staff pages, and an editor who is signed in to them."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.security import generate_password_hash
from werkzeug.test import TestResponse

from service.app import create_app
from tests.builders import SettableClock, some_settings

PUBLIC = "https://support.example.org"
PASSWORD = "correct horse battery"
# As cheap as the setting takes: how long it takes to try a password is not what is tested.
HASHES = {"anna": generate_password_hash(PASSWORD, "scrypt:1024:8:1")}
SAME: Mapping[str, str] = {"Origin": PUBLIC, "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def app(config_dir: Path, valkey_url: str, clock: SettableClock) -> Flask:
    settings = some_settings(config_dir, valkey_url, staff_password_hash=HASHES)
    return create_app(settings, clock=clock, watch=False)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A stranger's browser."""
    return app.test_client()


@pytest.fixture
def anna(client: FlaskClient) -> FlaskClient:
    """The same, signed in."""
    assert sign_in(client).status_code == 303
    return client


def cookie_of(client: FlaskClient) -> str:
    """The session, as the browser keeps it."""
    cookie = client.get_cookie("__Secure-honestybox-staff", path="/staff")
    assert cookie
    return cookie.value


def with_cookie(app: Flask, value: str) -> FlaskClient:
    """Another browser that sends this."""
    client = app.test_client(use_cookies=False)
    client.environ_base["HTTP_COOKIE"] = f"__Secure-honestybox-staff={value}"
    return client


def sign_in(client: FlaskClient, name: str = "anna", password: str = PASSWORD, way: str = "/staff/") -> TestResponse:
    """The answer to the sign-in form."""
    return client.post("/staff/sign-in", data={"name": name, "password": password, "way": way}, headers=SAME)


def form_token(client: FlaskClient, path: str = "/staff/audit") -> str:
    """What the forms of this page bring along."""
    found = re.search(r'name="form_token" value="([^"]+)"', client.get(path).text)
    assert found
    return found[1]
