"""The mails that the demo's service would have sent, to be read and clicked in the newspaper."""

import email
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

SHOWN = 30


@dataclass(frozen=True, slots=True)
class Kept:
    """One mail."""

    to: str
    subject: str
    at: datetime
    text: str


def mails_in(folder: Path) -> list[Kept]:
    """The latest first. A mail is there whole or not at all: it comes by renaming."""
    files = sorted(folder.glob("*.eml"), key=lambda file: file.stat().st_mtime_ns, reverse=True)
    return [kept(file.read_bytes()) for file in files[:SHOWN]]


def kept(raw: bytes) -> Kept:
    message = email.message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    assert body is not None
    return Kept(message["To"], message["Subject"], message["Date"].datetime, body.get_content())
