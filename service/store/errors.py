"""What can go wrong with the store."""

from collections.abc import Callable
from typing import Any


class StoreUnavailableError(Exception):
    """Redis cannot be reached, is too slow, or answers with an error. Nothing is known of what it did."""


class PausingError(StoreUnavailableError):
    """Redis was not even asked: it has failed so often that it is left alone for a moment."""


class NotMendedByWaitingError(StoreUnavailableError):
    """Redis has answered with an error that it would give again, or has been waited for already."""


class UnconfirmedError(StoreUnavailableError):
    """The master has answered and no replica has what was written. `settle` is for who will wait no longer."""

    def __init__(self, settle: Callable[[], Any]) -> None:
        self.settle = settle
        super().__init__("no replica has it")
