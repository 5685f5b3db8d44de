"""The access token: a publisher's own server verifies it with a stock library, and it opens one article for minutes."""

import base64
import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import jwt
import pytest
from flask import Flask
from flask.testing import FlaskClient
from freezegun import freeze_time
from jwt.exceptions import InvalidSubjectError

from service.app import create_app
from service.demo.serving import Running
from service.web import access_tokens
from service.web.access_tokens import AccessTokens
from tests.builders import ARTICLE, NOW, SECOND, SITE, SettableClock, parts_of, some_settings
from tests.servers import free_port

ISSUER = "https://support.example.org"
OLD, NEW = "o" * 32, "n" * 32
README = (Path(__file__).parents[2] / "README.md").read_text()


def verified(token: str, key_set: dict[str, Any], at: datetime = NOW, **expected: str) -> dict[str, Any]:
    """The claims, as any library checks them; raises what PyJWT raises."""
    wanted = {"issuer": ISSUER, "audience": SITE, "subject": ARTICLE, **expected}
    key = jwt.PyJWKSet.from_dict(key_set)[jwt.get_unverified_header(token)["kid"]]
    with freeze_time(at):
        return jwt.decode(token, key, algorithms=["ES256"], **wanted)


def of(*secrets: str) -> AccessTokens:
    return AccessTokens(secrets, ISSUER)


TOKENS = of(OLD)
TOKEN = TOKENS.token(SITE, ARTICLE, "within_allowance", NOW)


def test_the_keys_at_the_well_known_address_verify_the_token(app: Flask, client: FlaskClient) -> None:
    token = parts_of(app).access_tokens.token(SITE, ARTICLE, "within_allowance", NOW)
    answer = client.get("/.well-known/jwks.json")
    claims = verified(token, answer.get_json())
    at = int(NOW.timestamp())
    said = {"iss": ISSUER, "aud": SITE, "sub": ARTICLE, "reason": "within_allowance", "iat": at, "exp": at + 360}
    assert claims == said
    assert answer.content_type == "application/json"
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_the_header_names_key_and_kind() -> None:
    (key,) = TOKENS.key_set["keys"]
    assert jwt.get_unverified_header(TOKEN) == {"alg": "ES256", "typ": "JWT", "kid": key["kid"]}


def test_only_public_halves_are_published() -> None:
    for key in of(NEW, OLD).key_set["keys"]:
        assert key.keys() == {"kty", "crv", "x", "y", "use", "alg", "kid"}
        assert (key["kty"], key["crv"], key["use"], key["alg"]) == ("EC", "P-256", "sig", "ES256")


def test_every_worker_has_the_same_keys() -> None:
    assert of(NEW, OLD).key_set == of(NEW, OLD).key_set
    assert of(OLD, OLD).key_set == of(OLD).key_set


@pytest.mark.parametrize("second", [0, 1, 59])
def test_a_token_lives_five_minutes_from_the_end_of_its_minute(second: int) -> None:
    token = of(OLD).token(SITE, ARTICLE, "within_allowance", NOW + second * SECOND)
    assert verified(token, TOKENS.key_set, NOW + 359 * SECOND)
    with pytest.raises(jwt.ExpiredSignatureError):
        verified(token, TOKENS.key_set, NOW + 360 * SECOND)


def test_the_next_minute_has_a_token_of_its_own() -> None:
    tokens = of(OLD)
    token = tokens.token(SITE, ARTICLE, "within_allowance", NOW)
    assert tokens.token(SITE, ARTICLE, "within_allowance", NOW + 59 * SECOND) == token
    later = tokens.token(SITE, ARTICLE, "within_allowance", NOW + 60 * SECOND)
    assert verified(later, tokens.key_set, NOW + 60 * SECOND)["exp"] == int(NOW.timestamp()) + 420


@pytest.mark.parametrize(
    ("expected", "refusal"),
    [
        ({"subject": f"{ARTICLE}/"}, InvalidSubjectError),
        ({"subject": f"{ARTICLE}?page=2"}, InvalidSubjectError),
        ({"audience": "mercury"}, jwt.InvalidAudienceError),
        ({"issuer": "https://support.example.com"}, jwt.InvalidIssuerError),
    ],
)
def test_a_token_opens_nothing_else(expected: dict[str, str], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        verified(TOKEN, TOKENS.key_set, **expected)


def test_two_articles_and_two_sites_of_one_moment_are_not_mixed_up() -> None:
    tokens = of(OLD)
    wanted = [(site, url) for site in (SITE, "mercury") for url in (ARTICLE, f"{ARTICLE}/")]
    for _ in range(2):
        for site, url in wanted:
            token = tokens.token(site, url, "within_allowance", NOW)
            assert verified(token, tokens.key_set, audience=site, subject=url)


def claims_changed(token: str) -> str:
    head, claims, signature = token.split(".")
    changed = json.loads(base64.urlsafe_b64decode(claims + "==")) | {"exp": 2**40}
    return f"{head}.{base64.urlsafe_b64encode(json.dumps(changed).encode()).decode().rstrip('=')}.{signature}"


def signature_changed(token: str) -> str:
    place = token.rindex(".") + 5
    return token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]


@pytest.mark.parametrize("alter", [claims_changed, signature_changed])
def test_an_altered_token_is_refused(alter: Callable[[str], str]) -> None:
    with pytest.raises(jwt.InvalidSignatureError):
        verified(alter(TOKEN), TOKENS.key_set)


def test_the_public_key_signs_nothing() -> None:
    """Neither without an algorithm, nor by taking the public key for a shared secret."""
    claims = jwt.decode(TOKEN, options={"verify_signature": False})
    (key,) = TOKENS.key_set["keys"]
    for forged in (
        jwt.encode(claims, None, "none", {"kid": key["kid"]}),
        jwt.encode(claims, key["x"], "HS256", {"kid": key["kid"]}),
    ):
        with pytest.raises(jwt.InvalidAlgorithmError):
            verified(forged, TOKENS.key_set)


def test_a_token_outlives_the_change_of_the_secret_but_not_its_removal() -> None:
    changed = of(NEW, OLD)
    assert verified(TOKEN, changed.key_set)
    assert verified(changed.token(SITE, ARTICLE, "within_allowance", NOW), of(NEW).key_set)
    with pytest.raises(KeyError):
        verified(TOKEN, of(NEW).key_set)
    with pytest.raises(KeyError):
        verified(changed.token(SITE, ARTICLE, "within_allowance", NOW), of(OLD).key_set)


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access_tokens, "_MOST_CHARACTERS", 10_000)
    tokens = of(OLD)
    for number in range(200):
        token = tokens.token(SITE, f"{ARTICLE}/{number}", "within_allowance", NOW)
        assert verified(token, tokens.key_set, subject=f"{ARTICLE}/{number}")
        assert sum(map(len, tokens._minute.tokens.values())) < 11_000


@pytest.fixture
def served(config_dir: Path, valkey_url: str, clock: SettableClock) -> Iterator[tuple[Flask, str]]:
    """The service at a real address, which is its public one."""
    port = free_port()
    settings = some_settings(config_dir, valkey_url, public_url=f"http://127.0.0.1:{port}")
    app = create_app(settings, clock=clock, watch=False)
    with Running(app, port) as address:
        yield app, address


def test_the_python_of_the_readme_does_what_it_says(served: tuple[Flask, str]) -> None:
    app, address = served
    (code,) = re.findall(r"```python\n(import jwt\n.*?)```", README, re.DOTALL)
    example: dict[str, Any] = {}
    exec(code.replace(ISSUER, address).replace("daily-lantern", SITE), example)
    may_be_read = example["may_be_read"]
    token = parts_of(app).access_tokens.token(SITE, ARTICLE, "within_allowance", NOW)
    with freeze_time(NOW):
        assert may_be_read(token, ARTICLE)
        assert not may_be_read(token, f"{ARTICLE}/")
        assert not may_be_read(signature_changed(token), ARTICLE)
        assert not may_be_read(of(OLD).token(SITE, ARTICLE, "within_allowance", NOW), ARTICLE)
        assert not may_be_read("", ARTICLE)
    with freeze_time(NOW + 360 * SECOND):
        assert not may_be_read(token, ARTICLE)
