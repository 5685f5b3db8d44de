"""A service with a newsletter, its worker, its outbox, and a publisher's own system that is told of subscribers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.app import create_app
from service.domain.newsletter import MailProvider
from service.settings import Settings
from service.store.job_worker import JobWorker
from service.worker import open_worker
from tests.builders import (
    SITE,
    SettableClock,
    a_campaign_yaml,
    a_copy,
    a_site_yaml,
    decision,
    parts_of,
    post,
    some_settings,
    staff_files,
    write_config,
)
from tests.outgoing.receiver import Receiver

READER = "Reader@example.org"
NEWSLETTERS = """
  weekly: {title: {en: The Week, ru: Неделя}, frequency: {en: Every Sunday, ru: По воскресеньям}, provider: PROVIDER,
           preview: /letters/weekly, privacy: https://www.gazette.example/privacy}
  unheard: {title: Nobody can sign up}"""
LETTER = f"{{plain: {{copy: {{en: {a_copy('The week in a letter', 'Every *Sunday*.', 'Sign me up')}}}}}}}"
SNOOZE = "{choices: [7d, 30d], default: 30d, newsletter: weekly}"


def newsletter_files(provider: str = "webhook", **site: str) -> dict[str, str]:
    """The site, with a campaign for its newsletter in the article and one for money in a strip."""
    lines = {"newsletters": NEWSLETTERS.replace("PROVIDER", provider), "snooze": SNOOZE, **site}
    letter = a_campaign_yaml(kind="newsletter", newsletter="weekly", variants=LETTER)
    money = a_campaign_yaml(placement="banner")
    return staff_files(a_site_yaml(**lines), {"letter": letter, "money": money})


@dataclass
class World:
    """All of it, at the test's time."""

    settings: Settings
    clock: SettableClock
    outbox: Path
    receiver: Receiver
    app: Flask = field(init=False)
    client: FlaskClient = field(init=False)
    worker: JobWorker = field(init=False)

    def __post_init__(self) -> None:
        self.app = create_app(self.settings, clock=self.clock, watch=False)
        self.client = self.app.test_client()
        self.worker = open_worker(self.settings, self.clock).jobs

    @property
    def parts(self) -> Any:
        return parts_of(self.app)

    def work(self) -> int:
        """What is due."""
        return self.worker.work_due()

    def work_whatever_the_time(self) -> int:
        """As if every pause were over."""
        registry = self.parts.jobs.queue.scheduled_job_registry
        for name in registry.get_job_ids():
            self.parts.jobs.connection.zadd(registry.key, {name: 1})
        return self.work()

    def a_reader(self) -> str:
        """The token of somebody new."""
        return str(decision(self.client)["reader"])

    def withheld(self, reader: str, **changes: Any) -> Mapping[str, str]:
        withheld: Mapping[str, str] = decision(self.client, reader=reader, **changes)["withheld"]
        return withheld

    def sign_up(self, email: str = READER, reader: str | None = None, **changes: Any) -> TestResponse:
        body = {"site": SITE, "email": email, "reader": reader, "language": "en", **changes}
        return post(self.client, "/v1/newsletters/weekly/subscriptions", body)

    def mails(self) -> list[EmailMessage]:
        """Those that went, oldest first."""
        files = sorted(self.outbox.glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
        found = [message_from_bytes(file.read_bytes(), policy=default) for file in files]
        return [message for message in found if isinstance(message, EmailMessage)]

    def links(self, message: EmailMessage | None = None) -> dict[str, str]:
        """Where the mail's links lead, by what they do; without this service's own address."""
        body = (message or self.mails()[-1]).get_body(("plain",))
        assert body is not None
        base = re.escape(self.settings.public_url)
        found = re.findall(rf"{base}(/newsletters/weekly/(confirm|unsubscribe)\S+)", body.get_content())
        return {what: address for address, what in found}

    def me(self, method: str, reader: str) -> Any:
        """What we hold on the reader, or what was erased."""
        headers = {"Authorization": f"Bearer {reader}"}
        return self.client.open(f"/v1/readers/me?site={SITE}", method=method, headers=headers).get_json()

    def confirm(self, link: str = "") -> TestResponse:
        return self.client.post(link or self.links()["confirm"])


def a_world(folder: Path, redis_url: str, clock: SettableClock, receiver: Receiver, **changes: Any) -> World:
    """Empty, with the receiver as the newsletter's provider."""
    config = write_config(folder / "config", newsletter_files())
    values: dict[str, Any] = {
        "mail_url": f"file://{folder}/outbox",
        "mail_from": "The Gazette <support@gazette.example>",
        "newsletter_providers": {SITE: {MailProvider.WEBHOOK: receiver.url}},
        "outgoing_webhook_secrets": (b"n" * 32,),
    }
    return World(some_settings(config, redis_url, **values | changes), clock, folder / "outbox", receiver)
