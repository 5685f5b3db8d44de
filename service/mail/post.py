"""The one place that sends mail: by SMTP, or into a folder where somebody who tries things out can read it."""

import re
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

from service.mail.errors import MailNotBegunError, MailRefusedError, MailUnavailableError, MailUncertainError
from service.mail.letter import Letter, message_of

log = structlog.get_logger(__name__)

ANSWER_SECONDS, TAKING_SECONDS = 10.0, 30.0
_DOT = re.compile(rb"(?m)^\.")  # a line of one dot ends a letter. Source: RFC 5321 §4.5.2
_PORTS = {"smtp": 587, "smtps": 465}
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
Begin = Callable[[], bool]
Deliver = Callable[[EmailMessage, Begin], None]


class Post:
    """Sends letters by way of `url`: smtp://user:password@host:587, smtps://…, or file:///folder."""

    def __init__(self, url: str, sender: str) -> None:
        self._deliver, self._sender = _way(urlsplit(url)), sender

    def send(self, letter: Letter, now: datetime, begin: Begin = lambda: True) -> None:
        """Returns once the mail server has taken the letter. Raises MailError, MailUncertainError among them.

        `begin` is asked at the last moment at which the letter can still be kept back: the server has said that it will
        take it, and the next bytes are the letter. Where it says False, nothing is sent: MailNotBegunError.
        """
        self._deliver(message_of(letter, self._sender, now), begin)
        log.info("mail_sent")


def greet(url: str) -> bool:
    """Connects to the mail server and signs in, as for a letter, and sends none; True where the line is encrypted.

    Raises MailError.
    """
    with _mail_errors(), _connection(urlsplit(url)) as server:
        return isinstance(server.sock, ssl.SSLSocket)


def _way(url: SplitResult) -> Deliver:
    if url.scheme == "file":
        return lambda message, begin: _put_down(message, Path(unquote(url.path)), begin)
    return lambda message, begin: _hand_over(message, url, begin)


def _put_down(message: EmailMessage, folder: Path, begin: Begin) -> None:
    """Written whole or not at all: a reader of the folder never meets half a mail."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        partial = folder / f"{uuid4()}.partial"
        partial.write_bytes(bytes(message))
        if not begin():
            partial.unlink()
            raise MailNotBegunError("kept back")
        partial.rename(partial.with_suffix(".eml"))
    except OSError as error:
        raise MailUnavailableError(type(error).__name__) from error


def _hand_over(message: EmailMessage, url: SplitResult, begin: Begin) -> None:
    """By hand what smtplib's `send_message` does, which tells nobody when the letter itself begins."""
    sender, to = message["From"].addresses[0].addr_spec, message["To"].addresses[0].addr_spec
    body = _DOT.sub(b"..", message.as_bytes())
    with _mail_errors(), _connection(url) as server:
        _wanted(server.mail(sender), 250)
        _wanted(server.rcpt(to), 250, 251)
        _wanted(server.docmd("DATA"), 354)
        begun = False
        try:
            begun = begin()
        finally:
            if not begun:
                server.close()  # a QUIT would be taken for the letter's text
        if not begun:
            raise MailNotBegunError("kept back")
        server.send(body + b".\r\n")
        _wanted(_reply(server), 250)
        _leave(server)


def _wanted(answer: tuple[int, bytes], *codes: int) -> None:
    """Raises MailError for any other answer. What the server says with its code may quote the recipient."""
    if answer[0] not in codes:
        raise _by_code(answer[0])


def _reply(server: smtplib.SMTP) -> tuple[int, bytes]:
    """What becomes of a letter that is on its way. Without an answer it may have arrived, and may not: so it is waited
    for as long as a job allows."""
    if server.sock is not None:
        server.sock.settimeout(TAKING_SECONDS)
    try:
        return server.getreply()
    except (smtplib.SMTPException, OSError) as error:
        server.close()
        raise MailUncertainError(type(error).__name__) from None


def _leave(server: smtplib.SMTP) -> None:
    """The letter is theirs: whatever they answer to a good-bye, it must not be sent again."""
    try:
        server.quit()
    except (smtplib.SMTPException, OSError):
        server.close()


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
