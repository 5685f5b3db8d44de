"""Each provider, by way of its own API on a real port: told once, and what it has decided stays decided."""

import csv
import threading
from collections.abc import Callable, Iterator
from hashlib import md5
from pathlib import Path

import pytest

from service.domain.newsletter import MailProvider
from service.mail.errors import ProviderRefusedError, ProviderUnavailableError
from service.mail.providers import open_provider
from service.mail.providers.brevo import Brevo
from service.mail.providers.buttondown import Buttondown
from service.mail.providers.csv_file import CsvFile
from service.mail.providers.mailchimp import Mailchimp
from service.mail.providers.subscriber import Provider, Subscriber
from tests.builders import NOW
from tests.mail.provider_house import House

EMAIL = "Reader+news@example.org"
MEMBER = md5(EMAIL.lower().encode(), usedforsecurity=False).hexdigest()
Opened = tuple[Callable[[str], Provider], str, str]
OPENED: dict[MailProvider, Opened] = {
    MailProvider.MAILCHIMP: (lambda url: Mailchimp("key-us21", url), "a1b2c3d4e5", MEMBER),
    MailProvider.BREVO: (lambda url: Brevo("key", url), "7", EMAIL),
    MailProvider.BUTTONDOWN: (lambda url: Buttondown("key", url), "weekly", EMAIL),
}
GONE = {
    MailProvider.MAILCHIMP: ("status", "unsubscribed"), MailProvider.BREVO: ("listIds", []),
    MailProvider.BUTTONDOWN: ("type", "unsubscribed"),
}  # fmt: skip


@pytest.fixture
def house() -> Iterator[House]:
    house = House()
    yield house
    house.stop()


def a_subscriber(name: str = "weekly", email: str = EMAIL, **changes: str) -> Subscriber:
    return Subscriber(**{"id": "s1", "site": "gazette", "newsletter": "weekly", "list": name, "email": email,
                         "language": "pt-BR", **changes}, at=NOW)  # type: ignore[arg-type]  # fmt: skip


@pytest.mark.parametrize("kind", OPENED)
def test_a_subscriber_is_added_once_and_leaves_again(kind: MailProvider, house: House) -> None:
    opened, name, key = OPENED[kind]
    provider, subscriber = opened(house.url), a_subscriber(name)
    for _ in range(2):
        provider.subscribe(subscriber)
    assert list(house.people) == [key]
    added = dict(house.people[key])
    assert GONE[kind][1] != added[GONE[kind][0]]
    for _ in range(2):
        provider.unsubscribe(subscriber)
    assert house.people[key][GONE[kind][0]] == GONE[kind][1]
    provider.unsubscribe(a_subscriber(name, email="nobody@example.org"))


def test_the_keys_and_the_words_are_the_providers_own(house: House) -> None:
    Mailchimp("key-us21", house.url).subscribe(a_subscriber("a1b2c3d4e5"))
    Brevo("key", house.url).subscribe(a_subscriber("7"))
    Buttondown("key", house.url).subscribe(a_subscriber("", email="other@example.org"))
    mailchimp, brevo, buttondown = house.asked
    assert mailchimp.headers["authorization"] == "Basic aG9uZXN0eWJveDprZXktdXMyMQ=="
    assert mailchimp.body == {"email_address": EMAIL, "status_if_new": "subscribed", "language": "pt"}
    assert (brevo.method, brevo.path, brevo.headers["api-key"]) == ("POST", "/v3/contacts", "key")
    assert brevo.body == {"email": EMAIL, "listIds": [7], "updateEnabled": True}
    assert (buttondown.headers["authorization"], buttondown.headers["x-idempotency-key"]) == ("Token key", "s1")
    assert buttondown.body == {"email_address": "other@example.org", "type": "regular"}
    assert isinstance(open_provider(MailProvider.MAILCHIMP, "key-us21", lambda *_: 200), Mailchimp)


def test_who_unsubscribed_at_mailchimp_stays_so_and_a_customer_is_subscribed(house: House) -> None:
    provider = Mailchimp("key-us21", house.url)
    for status, becomes in (("unsubscribed", "unsubscribed"), ("cleaned", "cleaned"), ("transactional", "subscribed")):
        house.people[MEMBER] = {"status": status}
        provider.subscribe(a_subscriber("a1b2c3d4e5"))
        assert house.people[MEMBER]["status"] == becomes
    for title in ("Member In Compliance State", "Forgotten Email Not Subscribed"):
        house.answers = [(400, {"title": title})]
        provider.subscribe(a_subscriber("a1b2c3d4e5"))


def test_at_buttondown_a_tag_is_added_to_who_is_there_and_to_nobody_who_left(house: House) -> None:
    provider = Buttondown("key", house.url)
    for kind, tags in (("regular", ["daily", "weekly"]), ("unsubscribed", ["daily"])):
        house.people[EMAIL] = {"type": kind, "tags": ["daily"]}
        provider.subscribe(a_subscriber())
        assert house.people[EMAIL] == {"type": kind, "tags": tags}


@pytest.mark.parametrize("kind", OPENED)
def test_what_can_be_mended_is_tried_again_and_a_hopeless_address_is_not(kind: MailProvider, house: House) -> None:
    opened, name, _ = OPENED[kind]
    provider = opened(house.url)
    for status in (301, 401, 403, 404, 429, 500, 503):
        house.answers = [(status, {"title": "?", "code": "?"})]
        with pytest.raises(ProviderUnavailableError, match=str(status)):
            provider.subscribe(a_subscriber(name))
    house.answers = [(400, {"title": "Something New", "code": "rate_limited", "message": "List does not exist"})]
    with pytest.raises(ProviderUnavailableError):
        provider.subscribe(a_subscriber(name))
    hopeless = {"title": "Invalid Resource", "code": "invalid_parameter", "message": "Invalid email address"}
    house.answers = [(400, hopeless | ({"code": "email_invalid"} if kind is MailProvider.BUTTONDOWN else {}))]
    with pytest.raises(ProviderRefusedError) as caught:
        provider.subscribe(a_subscriber(name))
    assert "@" not in str(caught.value)
    with pytest.raises(ProviderUnavailableError) as away:
        opened("http://127.0.0.1:9").subscribe(a_subscriber(name))
    assert (str(away.value), away.value.__cause__) == ("ConnectionError", None)


def test_no_redirect_is_followed_with_the_key(house: House) -> None:
    house.answers = [(307, {})]
    with pytest.raises(ProviderUnavailableError):
        Brevo("key", house.url).subscribe(a_subscriber("7"))
    assert len(house.asked) == 1


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_a_file_has_a_row_for_each_and_none_twice_whoever_writes(tmp_path: Path) -> None:
    path = tmp_path / "subscribers.csv"
    subscribers = [a_subscriber(id=f"s{number % 10}", email=f"r{number % 10}@example.org") for number in range(40)]
    threads = [threading.Thread(target=CsvFile(str(path)).subscribe, args=(one,)) for one in subscribers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    CsvFile(str(path)).unsubscribe(subscribers[3])
    head, *found = rows(path)
    assert head == ["id", "at", "what", "site", "newsletter", "email", "language"]
    assert sorted(row[0] for row in found[:-1]) == [f"s{number}" for number in range(10)]
    assert found[-1][:3] == ["s3", "2026-11-22T12:00:00+00:00", "unsubscribed"]
    assert path.stat().st_mode & 0o077 == 0


def test_half_a_row_that_a_power_cut_left_spoils_no_other_and_no_cell_is_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "subscribers.csv"
    CsvFile(str(path)).subscribe(a_subscriber())
    with path.open("a") as file:
        file.write("s2,2026")
    CsvFile(str(path)).subscribe(a_subscriber(id="s3", email="=cmd|x@example.org"))
    assert [row[0] for row in rows(path)] == ["id", "s1", "s2", "s3"]
    assert rows(path)[-1][5] == "'=cmd|x@example.org"
    with pytest.raises(ProviderUnavailableError):
        CsvFile(str(tmp_path / "no" / "folder.csv")).subscribe(a_subscriber())
