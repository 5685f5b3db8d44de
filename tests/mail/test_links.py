"""Who is sent a link, and who is not."""

from collections.abc import MutableMapping
from datetime import timedelta
from typing import Any

import pytest

from service.catalogue.languages import direction
from service.catalogue.words import load_dictionary
from service.domain.supporter import LINK_LIFE, Pass, Supporter
from service.mail.errors import MailError, MailRefusedError, MailUnavailableError
from service.mail.letter import Letter
from service.mail.links import WORTH_SENDING, LinkSender, Wanted
from tests.builders import ARTICLE, NOW, SECOND, SITE

READER = "reader@example.org"
WANTED = Wanted(SITE, "The Gazette", READER, "ru", ARTICLE, NOW)
GIVEN = Supporter((), ("pi_1",))


class Hands:
    """Finds one supporter, makes links, and posts nothing."""

    def __init__(self, error: MailError | None = None) -> None:
        self.error, self.passes, self.letters = error, list[Pass](), list[Letter]()

    def find(self, site: str, email: str) -> Supporter | None:
        return GIVEN if (site, email) == (SITE, READER) else None

    def address_of(self, site: str, language: str, granted: Pass) -> str:
        self.passes.append(granted)
        return f"https://support.example.org/supporter?site={site}&language={language}&token=abc"

    def send(self, letter: Letter, now: object) -> None:
        if self.error:
            raise self.error
        self.letters.append(letter)


def sender(hands: Hands) -> LinkSender:
    words = load_dictionary()
    return LinkSender(hands.find, hands.address_of, lambda name: words.for_language(name).say, direction, hands)


def test_who_gave_is_sent_a_link_of_half_an_hour_in_their_language() -> None:
    hands = Hands()
    assert sender(hands).send(WANTED, NOW + 50 * SECOND)
    assert hands.passes == [Pass(GIVEN, ARTICLE, NOW + 50 * SECOND + LINK_LIFE)]
    (letter,) = hands.letters
    assert (letter.to, letter.subject) == (READER, "Ваша ссылка: The Gazette")


def test_who_did_not_is_sent_nothing_and_no_link_is_made() -> None:
    hands = Hands()
    assert not sender(hands).send(Wanted(SITE, "The Gazette", "x@example.org", "en", "", NOW), NOW)
    assert (hands.letters, hands.passes) == ([], [])


@pytest.mark.parametrize(("waited", "sent"), [(WORTH_SENDING - SECOND, True), (WORTH_SENDING, False)])
def test_after_an_hour_a_link_is_not_worth_sending(waited: timedelta, sent: bool) -> None:
    assert sender(Hands()).send(WANTED, NOW + waited) is sent


def test_a_mailbox_that_is_not_there_is_let_be_and_a_server_that_is_away_is_not(
    logged: list[MutableMapping[str, Any]],
) -> None:
    assert not sender(Hands(MailRefusedError("the mail server answered 550"))).send(WANTED, NOW)
    with pytest.raises(MailUnavailableError):
        sender(Hands(MailUnavailableError("TimeoutError"))).send(WANTED, NOW)
    assert [entry["event"] for entry in logged] == ["link_refused"]
    assert READER not in str(logged)
