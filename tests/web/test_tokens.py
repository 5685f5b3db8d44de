"""What a browser carries for us: nobody else can make it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.web.tokens import RECEIPT_LIFE, Receipt, TokenError, Tokens, new_reader
from tests.builders import NOW, SECOND, SITE

TOKENS = Tokens(["a secret of this test, long enough to sign"])
RECEIPT = Receipt(SITE, new_reader(), "lights-on", "plain", "inline", "0a1b2c3d", NOW, "beefcafe")


def test_a_token_and_a_receipt_are_read_again() -> None:
    reader = new_reader()
    assert TOKENS.reader(SITE, TOKENS.reader_token(SITE, reader)) == reader
    assert TOKENS.receipt(TOKENS.receipt_token(RECEIPT), NOW) == RECEIPT


def test_a_token_is_the_same_every_time_so_that_the_script_need_not_write() -> None:
    reader = new_reader()
    assert TOKENS.reader_token(SITE, reader) == TOKENS.reader_token(SITE, reader)


def test_another_secret_and_another_site_sign_differently() -> None:
    reader = new_reader()
    for tokens, site in ((Tokens(["another secret, long enough to sign with"]), SITE), (TOKENS, "mercury")):
        with pytest.raises(TokenError):
            TOKENS.reader(SITE, tokens.reader_token(site, reader))


def test_a_receipt_lives_seven_days_to_the_second() -> None:
    token = TOKENS.receipt_token(RECEIPT)
    assert TOKENS.receipt(token, NOW + RECEIPT_LIFE - SECOND) == RECEIPT
    with pytest.raises(TokenError, match="older than seven days"):
        TOKENS.receipt(token, NOW + RECEIPT_LIFE)


def test_two_receipts_of_one_moment_have_keys_of_their_own() -> None:
    keys = {Receipt(SITE, "r", "c", "v", "inline", "0", NOW, f"{number:08x}").key for number in range(500)}
    assert len(keys) == 500


def test_readers_are_not_guessable_and_fit_every_address() -> None:
    readers = {new_reader() for _ in range(1000)}
    assert len(readers) == 1000
    assert all(len(reader) == 22 and reader.replace("-", "").replace("_", "").isalnum() for reader in readers)


@given(st.text() | st.text(alphabet="abcXYZ019-_.", max_size=120))
def test_no_text_at_all_is_a_token(text: str) -> None:
    with pytest.raises(TokenError):
        TOKENS.reader(SITE, text)
    with pytest.raises(TokenError):
        TOKENS.receipt(text, NOW)


@pytest.mark.parametrize("more", ['""', '=","reader":null,"x":"', "\n\n", "é", "=\u2028", "!=", "=="])
def test_nothing_can_be_hung_on_a_token(more: str) -> None:
    """base64 is decoded leniently; what followed a good signature went into the answer's JSON as it came."""
    with pytest.raises(TokenError):
        TOKENS.reader(SITE, TOKENS.reader_token(SITE, RECEIPT.reader) + more)
    with pytest.raises(TokenError):
        TOKENS.receipt(TOKENS.receipt_token(RECEIPT) + more, NOW)


@given(st.data())
def test_no_altered_byte_passes(data: st.DataObject) -> None:
    token = data.draw(st.sampled_from([TOKENS.receipt_token(RECEIPT), TOKENS.reader_token(SITE, RECEIPT.reader)]))
    place = data.draw(st.integers(0, len(token) - 2))  # the last character holds two bits that mean nothing
    other = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~ \x00é"))
    forged = token[:place] + other + token[place + 1 :]
    if forged == token:
        return
    for read in (lambda: TOKENS.reader(SITE, forged), lambda: TOKENS.receipt(forged, NOW)):
        with pytest.raises(TokenError):
            read()
