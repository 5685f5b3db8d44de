"""What the settings make possible, and a site may therefore ask for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Abilities:
    """`embed`: Stripe's checkout on a page of the site's own; `check`: to tell humans from machines."""

    embed: bool = True
    check: bool = True
