"""A service that mails into a folder, and a worker beside it that has the same clock."""

import re
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.app import create_app
from service.settings import Settings
from service.worker import Worker, open_worker
from tests.builders import SettableClock, a_site_yaml, some_settings, staff_files, write_config

OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def config_dir(tmp_path: Path) -> Path:
    site = a_site_yaml(snooze="{choices: [7d, 30d], default: 30d, reminder_email: true}")
    return write_config(tmp_path / "config", staff_files(site=site))


@pytest.fixture
def settings(config_dir: Path, valkey_url: str, tmp_path: Path) -> Settings:
    mail = {"mail_url": f"file://{tmp_path}/outbox", "mail_from": "The Gazette <support@gazette.example>"}
    return some_settings(config_dir, valkey_url, **mail)


@pytest.fixture
def app(settings: Settings, clock: SettableClock) -> Flask:
    return create_app(settings, clock=clock, watch=False)


@pytest.fixture
def worker(settings: Settings, clock: SettableClock) -> Worker:
    return open_worker(settings, clock)


@pytest.fixture
def mails(tmp_path: Path) -> Callable[[], list[EmailMessage]]:
    """What was mailed so far, oldest first."""

    def read() -> list[EmailMessage]:
        files = sorted((tmp_path / "outbox").glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
        messages = [message_from_bytes(file.read_bytes(), policy=default) for file in files]
        assert all(isinstance(message, EmailMessage) for message in messages)
        return messages  # type: ignore[return-value]

    return read


def text_of(message: EmailMessage) -> str:
    """Its plain text."""
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def link_in(message: EmailMessage) -> str:
    """The one address in it."""
    (link,) = re.findall(r"https?://\S+", text_of(message))
    return str(link)


def opened(client: FlaskClient, link: str) -> TestResponse:
    """Our page behind a link."""
    parts = urlsplit(link)
    return client.get(f"{parts.path}?{parts.query}")


def pressed(client: FlaskClient, page: TestResponse, action: str = "", **headers: str) -> TestResponse:
    """The answer to one of the buttons of the page's one form, with what stands in its hidden fields."""
    (form,) = re.findall(r'<form method="post" action="([^"]+)">(.*?)</form>', page.text, re.DOTALL)
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form[1])
    body = {name: unescape(value) for name, value in fields} | ({"action": action} if action else {})
    return client.post(unescape(form[0]), data=body, headers={**OURS, **headers})
