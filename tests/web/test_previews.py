"""Preview links are signed, and what happens to an appeal that one showed leaves no trace."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from service.web.previews import Preview, Previews
from service.web.tokens import PREVIEW, Receipt, TokenError, Tokens
from tests.builders import DAY, NOW, SECOND, SITE, SettableClock, an_appeal, decision, parts_of, post

TOKENS = Tokens(["a secret of this test, long enough to sign"])
PREVIEWS = Previews(TOKENS)
WISH = Preview(SITE, "lights-on", "plain", "pt-BR", NOW + 7 * DAY)
TOKEN = PREVIEWS.token(WISH)


@pytest.mark.parametrize("wish", [WISH, WISH._replace(variant=None), WISH._replace(language=None)])
def test_a_wish_is_read_again(wish: Preview) -> None:
    assert PREVIEWS.read(PREVIEWS.token(wish), SITE, NOW) == wish


def test_a_link_ends_to_the_second() -> None:
    assert PREVIEWS.read(TOKEN, SITE, WISH.until - SECOND) == WISH
    for late in (WISH.until, WISH.until + DAY):
        with pytest.raises(TokenError, match=r"^ended on 2026-11-29 at 12:00 UTC; make a new one$"):
            PREVIEWS.read(TOKEN, SITE, late)


def test_a_link_is_good_for_its_own_site_only() -> None:
    with pytest.raises(TokenError, match=r"^is of another site$"):
        PREVIEWS.read(TOKEN, "mercury", NOW)


def test_the_longest_names_fit_into_a_request() -> None:
    longest = Preview("s" * 40, "c" * 40, "v" * 40, "zh-Hant-TW", NOW)
    assert len(PREVIEWS.token(longest)) < 300


def test_a_link_outlives_the_change_of_the_secret_but_not_its_removal() -> None:
    old, new = "a secret of this test, long enough to sign", "n" * 32
    assert Previews(Tokens([new, old])).read(TOKEN, SITE, NOW) == WISH
    with pytest.raises(TokenError, match=r"^is not a preview link of this service$"):
        Previews(Tokens([new])).read(TOKEN, SITE, NOW)


def test_no_other_token_of_ours_is_a_preview_link() -> None:
    receipt = TOKENS.receipt_token(Receipt(SITE, "r", "lights-on", "plain", "inline", "0", NOW, "beefcafe"))
    for token in (receipt, TOKENS.reader_token(SITE, "r"), TOKENS.reader_token("preview", "r"), "", TOKEN + "="):
        with pytest.raises(TokenError, match=r"^is not a preview link of this service$"):
            PREVIEWS.read(token, SITE, NOW)


@given(st.integers(0, len(TOKEN) - 2), st.sampled_from("abcXYZ019-_.~ \x00é"))
def test_no_altered_byte_passes(place: int, other: str) -> None:
    """But for the last one, which has two bits that mean nothing."""
    forged = TOKEN[:place] + other + TOKEN[place + 1 :]
    if forged != TOKEN:
        with pytest.raises(TokenError):
            PREVIEWS.read(forged, SITE, NOW)


@pytest.fixture
def shown(app: Flask, client: FlaskClient) -> tuple[str, str]:
    """A reader's token, and the receipt of an appeal that a preview link showed to them."""
    token, receipt = an_appeal(client)
    tokens = parts_of(app).tokens
    return token, tokens.receipt_token(tokens.receipt(receipt, NOW)._replace(config=PREVIEW, nonce="deadbeef"))


def events_metric(client: FlaskClient) -> list[str]:
    return [line for line in client.get("/metrics").text.splitlines() if line.startswith("honestybox_events_total")]


def test_only_a_preview_says_that_it_is_one() -> None:
    receipt = Receipt(SITE, "r", "lights-on", "plain", "inline", "0a1b2c3d", NOW, "beefcafe")
    assert not receipt.is_preview
    assert receipt._replace(config=PREVIEW).is_preview


def test_events_of_a_preview_are_answered_and_leave_no_trace(
    client: FlaskClient, shown: tuple[str, str], stored: Callable[[], dict[bytes, Any]]
) -> None:
    before = stored(), events_metric(client)
    events = [{"receipt": shown[1], "type": name} for name in ("seen", "clicked", "dismissed")]
    answer = post(client, "/v1/events", {"events": events})
    assert (answer.status_code, answer.get_json()) == (200, {"recorded": 0})
    assert (stored(), events_metric(client)) == before


def test_a_real_event_beside_one_of_a_preview_counts(client: FlaskClient, app: Flask) -> None:
    token, receipt = an_appeal(client)
    tokens = parts_of(app).tokens
    preview = tokens.receipt_token(tokens.receipt(receipt, NOW)._replace(config=PREVIEW))
    events = [{"receipt": which, "type": "dismissed"} for which in (preview, receipt, preview)]
    assert post(client, "/v1/events", {"events": events}).get_json() == {"recorded": 1}
    assert decision(client, reader=token)["withheld"] == {"inline": "dismissed"}


def test_a_snooze_of_a_preview_is_answered_and_forgotten(
    client: FlaskClient, shown: tuple[str, str], stored: Callable[[], dict[bytes, Any]]
) -> None:
    token, receipt = shown
    before = stored(), events_metric(client)
    answer = post(client, "/v1/snoozes", {"reader": token, "receipt": receipt, "days": 7})
    assert (answer.status_code, answer.get_json()) == (200, {"until": "2026-11-29T12:00:00Z"})
    assert (stored(), events_metric(client)) == before
    assert decision(client, reader=token)["appeals"]


@pytest.mark.parametrize("spoil", ["days", "reader", "late"])
def test_a_preview_is_refused_what_anybody_is(
    client: FlaskClient, shown: tuple[str, str], stranger: tuple[str, str], clock: SettableClock, spoil: str
) -> None:
    body = {"reader": shown[0], "receipt": shown[1], "days": 7}
    if spoil == "days":
        body["days"] = 8
    elif spoil == "reader":
        body["reader"] = stranger[0]
    else:
        clock.move(7 * DAY)
    assert post(client, "/v1/snoozes", body).status_code == 422
