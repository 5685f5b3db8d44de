"""What the settings make possible, and a site may therefore ask for."""

from collections.abc import Mapping, Set
from dataclasses import dataclass

from service.domain.newsletter import MailProvider, Newsletter


@dataclass(frozen=True, slots=True)
class Abilities:
    """`embed`: Stripe's checkout on a page of the site's own; `check`: to tell humans from machines; `providers`: whom
    each site's subscribers can be handed to, None where the settings are not known."""

    embed: bool = True
    check: bool = True
    providers: Mapping[str, Set[MailProvider]] | None = None

    def can_deliver(self, site: str, newsletter: Newsletter) -> bool:
        """True where a sign-up can be confirmed by mail and handed to the newsletter's provider."""
        return self.providers is None or newsletter.provider in self.providers.get(site, ())
