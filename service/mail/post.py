"""The one place that sends mail: by SMTP, or into a folder where somebody who tries things out can read it."""

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit
from uuid import uuid4

import structlog

from service.mail.errors import MailRefusedError, MailUnavailableError
from service.mail.letter import Letter, message_of

log = structlog.get_logger(__name__)

ANSWER_SECONDS = 10.0
_PORTS = {"smtp": 587, "smtps": 465}
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
Deliver = Callable[[EmailMessage], None]


class Post:
    """Sends letters by way of `url`: smtp://user:password@host:587, smtps://…, or file:///folder."""

    def __init__(self, url: str, sender: str) -> None:
        self._deliver, self._sender = _way(urlsplit(url)), sender

    def send(self, letter: Letter, now: datetime) -> None:
        """Returns once the mail server has taken the letter. Raises MailError."""
        self._deliver(message_of(letter, self._sender, now))
        log.info("mail_sent")


def greet(url: str) -> bool:
    """Connects to the mail server and signs in, as for a letter, and sends none; True where the line is encrypted.

    Raises MailError.
    """
    with _mail_errors(), _connection(urlsplit(url)) as server:
        return isinstance(server.sock, ssl.SSLSocket)


def _way(url: SplitResult) -> Deliver:
    if url.scheme == "file":
        return lambda message: _put_down(message, Path(unquote(url.path)))
    return lambda message: _hand_over(message, url)


def _put_down(message: EmailMessage, folder: Path) -> None:
    """Written whole or not at all: a reader of the folder never meets half a mail."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        partial = folder / f"{uuid4()}.partial"
        partial.write_bytes(bytes(message))
        partial.rename(partial.with_suffix(".eml"))
    except OSError as error:
        raise MailUnavailableError(type(error).__name__) from error


def _hand_over(message: EmailMessage, url: SplitResult) -> None:
    with _mail_errors(), _connection(url) as server:
        server.send_message(message)


@contextmanager
def _connection(url: SplitResult) -> Iterator[smtplib.SMTP]:
    """Encrypted wherever the server can; a password goes over no open line but this machine's own."""
    host, port = url.hostname or "", url.port or _PORTS[url.scheme]
    context = ssl.create_default_context()
    if url.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=ANSWER_SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=ANSWER_SECONDS)
    with server:
        server.ehlo_or_helo_if_needed()
        if url.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=context)
        elif url.scheme == "smtp" and url.password and host not in _LOOPBACK:
            raise MailUnavailableError("the mail server offers no encryption for our password")
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        yield server


@contextmanager
def _mail_errors() -> Iterator[None]:
    """smtplib's errors as ours. Their texts may quote the recipient, so none of it is passed on but the code."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        raise _by_code(min(code for code, _ in error.recipients.values())) from None
    except smtplib.SMTPAuthenticationError as error:  # ours to mend: the letter is as good as ever
        raise MailUnavailableError(f"the mail server refused our password ({error.smtp_code})") from None
    except smtplib.SMTPResponseException as error:
        raise _by_code(error.smtp_code) from None
    except (smtplib.SMTPException, OSError) as error:
        raise MailUnavailableError(type(error).__name__) from None


def _by_code(code: int) -> MailRefusedError | MailUnavailableError:
    """Source: RFC 5321 §4.2.1: what begins with 5 is for ever."""
    kind = MailRefusedError if 500 <= code < 600 else MailUnavailableError
    return kind(f"the mail server answered {code}")
