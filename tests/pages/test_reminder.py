"""A reminder by mail: wanted, confirmed, sent once when the snooze ends, and forgotten."""

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from werkzeug.test import TestResponse

from service.app import create_app
from service.domain.reader import Gift, GiftState
from service.domain.reminder import CONFIRM_WITHIN, PAUSE, WORTH_SENDING
from service.settings import Settings
from service.worker import Worker
from tests.builders import (
    ARTICLE,
    DAY,
    SECOND,
    SITE,
    SettableClock,
    a_site_yaml,
    an_appeal,
    decision,
    parts_of,
    post,
    staff_files,
    write_config,
)
from tests.pages.conftest import link_in, opened, pressed, text_of

READER = "reader@example.org"
Mails = Callable[[], list[EmailMessage]]


def snoozed(
    client: FlaskClient, email: Any = READER, asked: tuple[str, str] | None = None, **more: Any
) -> TestResponse:
    """The answer to "remind me later, by mail"."""
    reader, receipt = asked or an_appeal(client)
    body = {"reader": reader, "receipt": receipt, "days": 30, "email": email, "url": ARTICLE, "language": "ru", **more}
    return post(client, "/v1/snoozes", body)


def confirmed(client: FlaskClient, worker: Worker, mails: Mails, **more: Any) -> str:
    """A reader who asked for a reminder and confirmed it; the link in the mail that asked."""
    before = len(mails())
    assert snoozed(client, **more).status_code == 200
    worker.jobs.work_due()
    (mail,) = mails()[before:]
    link = link_in(mail)
    assert pressed(client, opened(client, link), "confirm").status_code == 303
    return link


def held(memory: Redis) -> set[bytes]:
    """The keys that are about reminders."""
    return {*memory.scan_iter("hb:m:*"), *memory.scan_iter("hb:reminders-due"), *memory.scan_iter("rq:job:*")}


def remind(worker: Worker, clock: SettableClock) -> bool:
    assert worker.reminding is not None
    return worker.reminding.send_due(clock())


def test_one_mail_comes_when_the_snooze_ends_and_the_address_is_forgotten(
    client: FlaskClient, worker: Worker, mails: Mails, clock: SettableClock, memory: Redis
) -> None:
    reader, receipt = an_appeal(client)
    answer = snoozed(client, asked=(reader, receipt))
    assert answer.get_json() == {"until": "2026-12-22T12:00:00Z", "reminder": {"confirm_by": "2026-11-25T12:00:00Z"}}
    everything = b"".join(memory.dump(key) or b"" for key in memory.scan_iter())
    assert READER.encode() not in everything
    worker.jobs.work_due()
    (asking,) = mails()
    assert (asking["To"], asking["Content-Language"]) == (READER, "ru")

    page = opened(client, link_in(asking))
    assert "22 декабря 2026" in page.text
    pressed(client, page, "confirm")
    assert "Мы вам напомним" in opened(client, link_in(asking)).text
    clock.move(30 * DAY - SECOND)
    assert remind(worker, clock)
    assert len(mails()) == 1
    assert decision(client, reader=reader)["withheld"] == {"inline": "snoozed"}
    clock.move(SECOND)
    for _ in range(2):
        assert remind(worker, clock)
        clock.move(PAUSE)
    (_, reminding) = mails()
    assert (reminding["To"], link_in(reminding)) == (READER, ARTICLE)
    assert decision(client, reader=reader)["appeals"]
    assert held(memory) == set()
    assert opened(client, link_in(asking)).status_code == 410


def test_nothing_is_sent_that_was_not_confirmed_in_time(
    client: FlaskClient, worker: Worker, mails: Mails, clock: SettableClock
) -> None:
    snoozed(client)
    worker.jobs.work_due()
    (asking,) = mails()
    clock.move(CONFIRM_WITHIN - SECOND)
    page = opened(client, link_in(asking))
    assert page.status_code == 200
    clock.move(SECOND)
    pressed(client, page, "confirm")
    assert opened(client, link_in(asking)).status_code == 410
    clock.move(30 * DAY)
    assert remind(worker, clock)
    assert len(mails()) == 1


def test_looking_changes_nothing_and_a_strange_form_is_refused(
    client: FlaskClient, worker: Worker, mails: Mails, memory: Redis
) -> None:
    snoozed(client)
    worker.jobs.work_due()
    (asking,) = mails()
    before = {key: memory.dump(key) for key in memory.scan_iter("hb:*")}
    for _ in range(2):
        page = opened(client, link_in(asking))
    assert pressed(client, page, "confirm", **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert {key: memory.dump(key) for key in memory.scan_iter("hb:*")} == before


@pytest.mark.parametrize("before_confirming", [True, False])
def test_it_can_be_ended_at_any_time(
    before_confirming: bool, client: FlaskClient, worker: Worker, mails: Mails, clock: SettableClock, memory: Redis
) -> None:
    if before_confirming:
        snoozed(client)
        worker.jobs.work_due()
        link = link_in(mails()[0])
    else:
        link = confirmed(client, worker, mails)
    answer = pressed(client, opened(client, link), "end")
    assert "Ваш адрес забыт" in opened(client, answer.headers["Location"]).text
    assert held(memory) == set()
    clock.move(30 * DAY)
    assert remind(worker, clock)
    assert len(mails()) == 1


def test_a_later_snooze_moves_it_and_a_later_wish_replaces_it(
    client: FlaskClient, worker: Worker, mails: Mails, clock: SettableClock
) -> None:
    asked = an_appeal(client)
    link = confirmed(client, worker, mails, asked=asked)
    clock.move(6 * DAY)
    assert post(client, "/v1/snoozes", {"reader": asked[0], "receipt": asked[1], "days": 30}).status_code == 200
    clock.move(24 * DAY)
    assert remind(worker, clock)
    assert len(mails()) == 1
    clock.move(6 * DAY)
    assert remind(worker, clock)
    assert len(mails()) == 2

    confirmed(client, worker, mails, asked=(asked[0], decision(client, reader=asked[0])["appeals"][0]["receipt"]))
    assert opened(client, link).status_code == 410


@pytest.mark.parametrize("done", ["gave", "never", "late"])
def test_who_is_not_to_be_asked_is_not_written_to(
    done: str, app: Flask, client: FlaskClient, worker: Worker, mails: Mails, clock: SettableClock, memory: Redis
) -> None:
    reader, receipt = an_appeal(client)
    confirmed(client, worker, mails, asked=(reader, receipt))
    parts = parts_of(app)
    if done == "gave":
        given = Gift(GiftState.RECURRING, clock())
        parts.readers.record_gift(SITE, parts.tokens.reader(SITE, reader), "sub_1", given, 1, clock())
    elif done == "never":
        assert post(client, "/v1/snoozes", {"reader": reader, "receipt": receipt, "never": True}).status_code == 200
    else:
        clock.move(WORTH_SENDING)
    clock.move(30 * DAY)
    assert remind(worker, clock)
    assert len(mails()) == 1
    assert held(memory) == set()


@pytest.mark.parametrize(
    "email",
    [
        "reader@example.org\r\nBcc: other@example.org", "a@example.org,b@example.org", "a@example.org%0ACc:x@y.org",
        "reader@example.org\u2028Bcc: x@example.org", "reader\u0000@example.org", '"a b"@example.org', "a@b", "ｒeader",
        "reader@example.org\u0085To: x@example.org", "<reader@example.org>", "reader@[127.0.0.1]", 7,
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_and_nothing_is_snoozed(email: Any, client: FlaskClient, memory: Redis) -> None:
    asked = an_appeal(client)
    answer = snoozed(client, email, asked)
    assert (answer.status_code, answer.get_json()["field"]) == (422, "email")
    assert held(memory) == set()
    assert decision(client, reader=asked[0])["appeals"]


def test_one_address_is_written_to_a_few_times_a_day_whoever_asks(client: FlaskClient) -> None:
    answers = [snoozed(client, email).status_code for email in (READER, READER.upper(), READER, READER)]
    assert answers == [200, 200, 200, 429]


def test_a_page_that_is_not_the_sites_is_never_led_to(
    client: FlaskClient, worker: Worker, mails: Mails, clock: SettableClock
) -> None:
    confirmed(client, worker, mails, url="https://evil.example/world/a-story")
    clock.move(30 * DAY)
    assert remind(worker, clock)
    assert link_in(mails()[1]) == "https://www.gazette.example/"
    assert "evil" not in text_of(mails()[1])


def test_where_it_is_not_offered_it_cannot_be_had(client: FlaskClient, settings: Settings, app: Flask) -> None:
    write_config(settings.config_dir, staff_files(site=a_site_yaml()))
    silent = create_app(settings, watch=False).test_client()
    assert snoozed(silent).get_json()["field"] == "email"
    for token in ("", "nonsense", parts_of(app).desk.seal.close("someone@example.org"), "é"):
        answer = client.get(f"/{SITE}/reminder", query_string={"token": token})
        assert answer.status_code == 410
    assert client.get("/nowhere/reminder").status_code == 404


def test_a_lost_secret_is_told_in_the_log_and_sends_nothing(
    client: FlaskClient, worker: Worker, mails: Mails, clock: SettableClock, memory: Redis
) -> None:
    confirmed(client, worker, mails)
    (key,) = memory.scan_iter("hb:m:*")
    memory.hset(key, "email", "sealed by nobody here")
    clock.move(30 * DAY + timedelta(seconds=1))
    assert remind(worker, clock)
    assert len(mails()) == 1
    assert held(memory) == set()
