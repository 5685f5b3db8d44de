"""What every provider is told, and what it must be able to do."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Somebody who confirmed by mail that they want the newsletter. `id`: of this sign-up, the same however often it is
    told; `list`: what the provider calls the newsletter; `at`: of the confirmation, or of what took it back."""

    id: str
    site: str
    newsletter: str
    list: str
    email: str
    language: str
    at: datetime


class Provider(Protocol):
    """Both may be called again for the same subscriber, and change nothing then. Who has unsubscribed at the provider
    stays so: it knows of that and we do not.

    Raises ProviderRefusedError where it will never take this address, ProviderUnavailableError where it may yet.
    """

    def subscribe(self, subscriber: Subscriber) -> None:
        """Returns once the provider has it."""

    def unsubscribe(self, subscriber: Subscriber) -> None:
        """Returns once the provider will send nothing more."""
