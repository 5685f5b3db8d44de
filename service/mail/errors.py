"""What can go wrong with mail."""


class MailError(Exception):
    """The family of everything below."""


class MailUnavailableError(MailError):
    """The mail server cannot be reached, is too slow, or wants us to try again later."""


class MailRefusedError(MailError):
    """The mail server will never take this mail: no such mailbox, or a sender it does not know."""


class MailUncertainError(MailUnavailableError):
    """The whole letter went to the mail server, which has not said whether it takes it."""


class MailNotBegunError(MailError):
    """The letter was kept back at the last moment by whoever sent it."""


class ProviderUnavailableError(MailError):
    """A newsletter's provider did not say that it has it: it cannot be reached, or something there is to be mended."""


class ProviderRefusedError(MailError):
    """A newsletter's provider will never take this address."""
