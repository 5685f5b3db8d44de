"""Which pages may read our answers: the site's own, whether we say yes or no."""

import pytest
from flask.testing import FlaskClient

from tests.builders import ORIGIN, post
from tests.web.conftest import MERCURY, Bodies

ENDPOINTS = ["/v1/decisions", "/v1/events", "/v1/snoozes", "/v1/contributions"]


@pytest.mark.parametrize("path", ENDPOINTS)
@pytest.mark.parametrize("spoil", [{}, {"nonsense": 1}])
def test_a_page_of_the_site_may_read_answers_and_errors(
    client: FlaskClient, good: Bodies, path: str, spoil: dict[str, int]
) -> None:
    answer = post(client, path, {**good[path], **spoil})
    assert answer.headers.getlist("Access-Control-Allow-Origin") == [ORIGIN]
    assert "Origin" in answer.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path", ENDPOINTS)
def test_any_other_page_may_read_nothing(client: FlaskClient, good: Bodies, path: str) -> None:
    for origin in ("https://evil.example", "null", f"{ORIGIN}.evil.example"):
        answer = post(client, path, good[path], origin)
        assert answer.status_code == 403
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert answer.headers["Vary"] == "Origin"


@pytest.mark.parametrize("path", ENDPOINTS)
def test_a_preflight_is_answered(client: FlaskClient, path: str) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    answer = client.options(path, headers={"Origin": ORIGIN, **asked})
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "content-type" in answer.headers["Access-Control-Allow-Headers"].lower()
    assert int(answer.headers["Access-Control-Max-Age"]) > 0


@pytest.mark.parametrize("path", ENDPOINTS)
def test_a_preflight_from_elsewhere_is_allowed_nothing(client: FlaskClient, path: str) -> None:
    answer = client.options(path, headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"})
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_page_of_one_site_cannot_ask_for_another(client: FlaskClient, good: Bodies) -> None:
    answer = post(client, "/v1/decisions", {**good["/v1/decisions"], "site": "mercury", "reader": None})
    assert (answer.status_code, answer.get_json(force=True)["field"]) == (403, "origin")
    assert post(client, "/v1/decisions", good["/v1/decisions"], MERCURY).status_code == 403
