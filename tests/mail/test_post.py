"""Mail goes to one reader, says what it was given to say, and its failures say nothing of whom it was for."""

import socket
from collections.abc import Iterator, MutableMapping
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from service.catalogue.languages import direction
from service.catalogue.words import load_dictionary
from service.mail import post
from service.mail.errors import MailRefusedError, MailUnavailableError
from service.mail.letter import Letter
from service.mail.magic_link import magic_link
from service.mail.post import Post
from tests.builders import NOW
from tests.mail.mailbox import Mailbox, a_mailbox, bodies

SENDER = "The Gazette <support@gazette.example>"
URL = "https://support.example.org/supporter?site=gazette&token=abc"
READER = "reader@example.org"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with a_mailbox() as opened:
        yield opened


def a_link(language: str = "en", site: str = "The Gazette", to: str = READER) -> Letter:
    words = load_dictionary().for_language(language)
    return magic_link(words.say, to=to, site=site, url=URL, language=language, direction=direction(language))


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_letter_arrives_as_text_and_as_html_in_the_readers_language(mailbox: Mailbox, language: str) -> None:
    Post(mailbox.url, SENDER).send(a_link(language), NOW)
    (message,) = mailbox.arrived
    assert mailbox.envelopes == [("support@gazette.example", [READER])]
    assert (message["From"], message["To"], message["Content-Language"]) == (SENDER, READER, language)
    assert message["Date"].datetime == NOW
    words = load_dictionary().for_language(language)
    assert message["Subject"] == words.say("link_subject", site="The Gazette")
    text, html = bodies(message)
    assert URL in text
    assert URL.replace("&", "&amp;") in html
    for key in ("link_once", "link_not_me", "link_button"):
        assert words.say(key) in text
        assert words.say(key) in html
    assert f'<html lang="{language}" dir="ltr">' in html


def test_a_sites_name_is_text_in_html_and_cannot_end_a_header(mailbox: Mailbox) -> None:
    Post(mailbox.url, SENDER).send(a_link(site="<b>Gazette</b>\r\nBcc: other@example.org"), NOW)
    (message,) = mailbox.arrived
    _, html = bodies(message)
    assert "<b>Gazette" not in html
    assert "&lt;b&gt;Gazette" in html
    assert message["Bcc"] is None
    assert mailbox.envelopes[0][1] == [READER]


@pytest.mark.parametrize("to", ["a@example.org\r\nBcc: b@example.org", "a@example.org, b@example.org", "a@b@c", ""])
def test_what_is_not_one_address_is_sent_nowhere(mailbox: Mailbox, to: str) -> None:
    with pytest.raises(ValueError, match="not one e-mail address"):
        Post(mailbox.url, SENDER).send(a_link(to=to), NOW)
    assert mailbox.arrived == []


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_the_user_and_password_of_the_address_are_used_as_they_were_meant() -> None:
    with a_mailbox(password="p@ss/word") as mailbox:
        Post(f"smtp://paper:p%40ss%2Fword@127.0.0.1:{mailbox.port}", SENDER).send(a_link(), NOW)
        assert len(mailbox.arrived) == 1
        with pytest.raises(MailUnavailableError, match="password"):
            Post(f"smtp://paper:wrong@127.0.0.1:{mailbox.port}", SENDER).send(a_link(), NOW)


def test_a_password_is_told_to_nobody_in_the_open(mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(post, "_LOOPBACK", frozenset())
    with pytest.raises(MailUnavailableError, match="encryption"):
        Post(f"smtp://paper:word@127.0.0.1:{mailbox.port}", SENDER).send(a_link(), NOW)
    assert mailbox.arrived == []


@pytest.mark.parametrize(
    ("answer", "kind"), [("550 no such mailbox: {}", MailRefusedError), ("451 later, {}", MailUnavailableError)]
)
def test_for_ever_and_for_now_are_told_apart_and_the_address_stays_untold(
    mailbox: Mailbox, answer: str, kind: type[Exception]
) -> None:
    mailbox.answer = answer.format(READER)
    with pytest.raises(kind) as caught:
        Post(mailbox.url, SENDER).send(a_link(), NOW)
    assert READER not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_server_that_says_nothing_is_left_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(post, "ANSWER_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(MailUnavailableError):
        Post(f"smtp://127.0.0.1:{silent.getsockname()[1]}", SENDER).send(a_link(), NOW)


def test_nobody_at_the_port_is_unavailable() -> None:
    with pytest.raises(MailUnavailableError):
        Post("smtp://127.0.0.1:9", SENDER).send(a_link(), NOW)


def test_a_folder_holds_the_mails_that_would_have_gone(tmp_path: Path) -> None:
    Post(f"file://{tmp_path}/out%20box", SENDER).send(a_link(), NOW)
    (file,) = (tmp_path / "out box").iterdir()
    assert file.suffix == ".eml"
    assert message_from_bytes(file.read_bytes(), policy=default)["To"] == READER


def test_the_log_says_that_a_mail_went_and_not_to_whom(
    logged: list[MutableMapping[str, Any]], mailbox: Mailbox
) -> None:
    Post(mailbox.url, SENDER).send(a_link(), NOW)
    assert logged == [{"event": "mail_sent", "log_level": "info"}]
