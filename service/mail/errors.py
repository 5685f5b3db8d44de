"""What can go wrong with mail."""


class MailError(Exception):
    """The family of everything below."""


class MailUnavailableError(MailError):
    """The mail server cannot be reached, is too slow, or wants us to try again later."""


class MailRefusedError(MailError):
    """The mail server will never take this mail: no such mailbox, or a sender it does not know."""
