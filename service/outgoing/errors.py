"""What can go wrong with telling others."""


class OutgoingError(Exception):
    """The family of everything below."""


class NotDeliveredError(OutgoingError):
    """The receiver did not say that it has it; it will be sent again."""


class NobodyThereError(OutgoingError):
    """There is no receiver any more: it says so itself, or the settings no longer name it."""
