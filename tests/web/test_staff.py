"""What only staff may ask is answered to staff alone, and is not there where no staff is set up."""

import json
from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.app import create_app
from service.web.staff import staff_blueprint
from tests.builders import ORIGIN, parts_of, some_settings

ONE, OTHER = "1" * 32, "2" * 32
AsStaff = Callable[..., FlaskClient]


@pytest.fixture
def served(config_dir: Path, valkey_url: str) -> AsStaff:
    """The service with one staff address, and these tokens in its settings."""

    def make(*tokens: str) -> FlaskClient:
        app = create_app(some_settings(config_dir, valkey_url, staff_tokens=tokens), watch=False)
        views = staff_blueprint("a_secret_room", parts_of(app))
        views.post("/staff/room")(lambda: {"told": "everything"})
        app.register_blueprint(views)
        return app.test_client()

    return make


@pytest.mark.parametrize("token", [ONE, OTHER])
@pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", "BEARER  "])
def test_every_staff_token_opens_the_room(served: AsStaff, token: str, scheme: str) -> None:
    answer = served(ONE, OTHER).post("/staff/room", headers={"Authorization": scheme + token})
    assert (answer.status_code, answer.get_json()) == (200, {"told": "everything"})
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("sent", "challenge"),
    [
        (None, 'Bearer realm="staff"'),
        ("", 'Bearer realm="staff"'),
        (ONE, 'Bearer realm="staff"'),
        (f"Basic {ONE}", 'Bearer realm="staff"'),
        ("Bearer", 'Bearer realm="staff", error="invalid_token"'),
        ("Bearer ", 'Bearer realm="staff", error="invalid_token"'),
        (f"Bearer {ONE[:-1]}", 'Bearer realm="staff", error="invalid_token"'),
        (f"Bearer {ONE}1", 'Bearer realm="staff", error="invalid_token"'),
        (f"Bearer {ONE},{OTHER}", 'Bearer realm="staff", error="invalid_token"'),
        ("Bearer é", 'Bearer realm="staff", error="invalid_token"'),
        ("Bearer " + "1" * 5000, 'Bearer realm="staff", error="invalid_token"'),
    ],
)
def test_anybody_else_is_told_to_say_who_they_are(served: AsStaff, sent: str | None, challenge: str) -> None:
    answer = served(ONE, OTHER).post("/staff/room", headers={} if sent is None else {"Authorization": sent})
    assert (answer.status_code, answer.content_type) == (401, "application/problem+json")
    assert answer.headers["WWW-Authenticate"] == challenge
    assert answer.headers["Cache-Control"] == "no-store"
    problem = json.loads(answer.data)
    assert (problem["status"], problem["field"]) == (401, "Authorization")
    assert ONE not in answer.text


@pytest.mark.parametrize("sent", ["Bearer ", f"Bearer {ONE}"])
def test_without_tokens_the_room_is_not_there(served: AsStaff, sent: str) -> None:
    client = served()
    answer, nowhere = (client.post(path, headers={"Authorization": sent}) for path in ("/staff/room", "/nowhere"))
    assert answer.status_code == nowhere.status_code == 404
    assert answer.get_data() == nowhere.get_data()
    assert "WWW-Authenticate" not in answer.headers


def test_no_page_may_read_what_staff_are_told(served: AsStaff) -> None:
    headers = {"Authorization": f"Bearer {ONE}", "Origin": ORIGIN}
    assert "Access-Control-Allow-Origin" not in served(ONE).post("/staff/room", headers=headers).headers


def test_a_refusal_is_not_logged_with_what_was_sent(
    served: AsStaff, logged: list[MutableMapping[str, Any]]
) -> None:
    served(ONE).post("/staff/room", headers={"Authorization": f"Bearer {OTHER}"})
    assert OTHER not in str(logged)
