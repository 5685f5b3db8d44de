"""An e-mail address: which text is one, and how it is written."""

import re

LONGEST = 254
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def email_address(text: str) -> str | None:
    """The address in `text`, or None. The domain comes in small letters and as the wire has it; nothing else changes.

    Quoted local parts, comments and addresses in brackets are refused: nobody's mailbox needs them, and each has helped
    to smuggle a second recipient or a header into somebody's mail. Source: RFC 5321, and what HTML's own field takes.
    """
    local, _, domain = text.strip(" \t\r\n").rpartition("@")
    wire = _on_the_wire(domain)
    if len(local) > 64 or not _LOCAL.fullmatch(local) or wire is None:
        return None
    address = f"{local}@{wire}"
    return address if len(address) <= LONGEST else None


def _on_the_wire(domain: str) -> str | None:
    """`почта.рф` as `xn--80a1acny.xn--p1ai`; None for what is no domain with a dot in it."""
    try:
        wire = domain.encode("idna").decode().lower()
    except UnicodeError:
        return None
    labels = wire.split(".")
    good = len(labels) > 1 and all(_LABEL.fullmatch(label) for label in labels)
    return wire if good and not labels[-1].isdigit() else None
