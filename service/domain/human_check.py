"""When a reader has to show that they are human before a payment begins, and to whom."""

from dataclasses import dataclass, field
from enum import StrEnum


class When(StrEnum):
    """What site.yaml says. AUTO: while stolen cards seem to be tried."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class Provider(StrEnum):
    """Who can tell."""

    TURNSTILE = "turnstile"
    HCAPTCHA = "hcaptcha"


@dataclass(frozen=True, slots=True)
class CheckKeys:
    """Our account there. The site key is public."""

    provider: Provider
    site_key: str
    secret: str = field(repr=False)
