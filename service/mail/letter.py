"""One mail, in words and as it goes over the wire."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid, parseaddr

from service.domain.email_address import email_address

# Seven bits, so that no server has to be asked whether it takes eight.
_ON_THE_WIRE = SMTP.clone(cte_type="7bit")


@dataclass(frozen=True, slots=True)
class Letter:
    """What one reader is written. `to` is an address that `domain.email_address` made; `unsubscribe`: where it is taken
    back that more such mail comes, if that is what it is about."""

    to: str
    subject: str
    text: str
    html: str
    language: str
    unsubscribe: str = ""


def message_of(letter: Letter, sender: str, now: datetime) -> EmailMessage:
    """The letter as a message with both bodies. Raises ValueError when it is not to one address.

    No value can end its header's line: the policy refuses line breaks with ValueError, and what may hold one by
    accident, such as a site's name in the subject, has them turned into spaces.
    """
    if email_address(letter.to) != letter.to:
        raise ValueError("not one e-mail address")
    name, address = parseaddr(sender)
    message = EmailMessage(policy=_ON_THE_WIRE)
    message["From"] = Address(display_name=name, addr_spec=address)
    message["To"] = Address(addr_spec=letter.to)
    message["Subject"] = " ".join(letter.subject.split())
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=address.rpartition("@")[2])
    # An answering machine must not answer: the reader is somebody who may not have asked.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    message["Content-Language"] = letter.language  # last: whatever is said of the content goes with the first body
    if letter.unsubscribe:
        message["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
        if letter.unsubscribe.startswith("https:"):  # Source: RFC 8058, 3.1
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        # A long address must stay in one piece: folded, it would be encoded, and lead nowhere. Source: RFC 5322, 2.1.1
        message.policy = message.policy.clone(max_line_length=998)
    return message
