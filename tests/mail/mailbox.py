"""A real mail server on the loopback, and what arrived in it."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, TypeVar

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from tests.servers import free_port


@dataclass
class Mailbox:
    """Takes every mail, unless `answer` says otherwise to a recipient."""

    answer: str = "250 OK"
    port: int = 0
    arrived: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.envelopes.append((envelope.mail_from, list(envelope.rcpt_tos)))
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.arrived.append(message)
        return "250 OK"


Some = TypeVar("Some", bound=Mailbox)


@contextmanager
def a_mailbox(
    password: str = "", tls: ssl.SSLContext | None = None, mailbox: Some = None  # type: ignore[assignment]
) -> Iterator[Some]:
    """`mailbox`, opened, or an ordinary one; with a `password`, only for the user `paper`."""
    mailbox = mailbox or Mailbox()  # type: ignore[assignment]
    mailbox.port = free_port()

    def check(server: Any, session: Any, envelope: Any, mechanism: str, told: Any) -> AuthResult:
        assert isinstance(told, LoginPassword)
        good = (told.login, told.password) == (b"paper", password.encode())
        return AuthResult(success=good, handled=False)

    login = {"auth_require_tls": False, "auth_required": True, "authenticator": check} if password else {}
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port, tls_context=tls, **login)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()


def bodies(message: EmailMessage) -> tuple[str, str]:
    """Its text and its HTML."""
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    return plain.get_content(), html.get_content()
