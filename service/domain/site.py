"""One publication: where it lives, what it asks for, and how far asking may go."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from service.domain.amounts import Amounts
from service.domain.fees import CoverFees
from service.domain.human_check import When
from service.domain.meter import Meter, Periods
from service.domain.money import Interval
from service.domain.newsletter import Newsletter
from service.domain.page import Exclusions
from service.domain.retention import AS_LONG_AS_CAN_BE, Retention
from service.domain.theme import Theme


class Placement(StrEnum):
    """Where an appeal goes."""

    BANNER = "banner"
    INLINE = "inline"
    OVERLAY = "overlay"
    GATE = "gate"

    @property
    def has_the_page_to_itself(self) -> bool:
        """True for a placement that shuts out the others on its page view. Source: DESIGN §6."""
        return self in _ALONE


_ALONE = frozenset({Placement.OVERLAY, Placement.GATE})


@dataclass(frozen=True, slots=True)
class PlacementSettings:
    """One placement's kill switch, and what the script needs to know to put it in its place."""

    switched_on: bool = True
    place: Mapping[str, Any] = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        object.__setattr__(self, "place", dict(self.place or {}))


# A reader's record holds this many (store/lua/record.lua); a cap above it could never be reached.
MOST_IMPRESSIONS = 60


@dataclass(frozen=True, slots=True)
class FrequencyCap:
    """At most `max` impressions in any `window`, each at least `min_gap` after the one before."""

    max: int
    window: timedelta
    min_gap: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Rest:
    """How long the service keeps quiet after each of these."""

    after_dismissal: tuple[timedelta, ...]
    """After the first dismissal, the second, …; the last one holds for all that follow."""
    after_once: timedelta
    after_cancelled: timedelta

    def after_dismissals(self, count: int) -> timedelta:
        """How long the `count`-th dismissal (from 1) is respected."""
        return self.after_dismissal[min(count, len(self.after_dismissal)) - 1]


@dataclass(frozen=True, slots=True)
class Snooze:
    """What "remind me later" offers, in days; `never`: also "never ask me again"; `reminder_email`: also a mail;
    `newsletter`: one that is offered meanwhile."""

    choices: tuple[int, ...]
    default: int
    never: bool = True
    reminder_email: bool = False
    newsletter: str = ""


class CheckoutMode(StrEnum):
    """Where a reader pays: on a page of Stripe's, or in a dialog over the article."""

    HOSTED = "hosted"
    EMBEDDED = "embedded"


@dataclass(frozen=True, slots=True)
class Checkout:
    """How paying begins. `email`: the form asks for an address, which the reader may leave out."""

    mode: CheckoutMode = CheckoutMode.HOSTED
    email: bool = False


@dataclass(frozen=True)
class Site:
    """One publication, from `config/sites/<id>/site.yaml`."""

    id: str
    name: str
    origins: frozenset[str]
    time_zone: ZoneInfo
    languages: tuple[str, ...]
    switched_on: bool
    currencies: Mapping[str, Amounts]
    default_currency: str
    currency_by_country: Mapping[str, str]
    default_interval: Interval
    payment_methods: tuple[str, ...]
    frequency: FrequencyCap
    per_page: int
    rest: Rest
    snooze: Snooze
    never_ask_on: Exclusions
    placements: Mapping[Placement, PlacementSettings]
    meter: Meter | None = None
    holdback: float = 0.0
    newsletters: Mapping[str, Newsletter] = None  # type: ignore[assignment]
    home: str = ""
    """The first of its origins in site.yaml: where the publication begins."""
    exchange_rates: Mapping[str, Decimal] = None  # type: ignore[assignment]
    """What one unit of a currency is worth in units of the default one, by its code."""
    privacy: str = ""
    terms: str = ""
    human_check: When = When.AUTO
    checkout: Checkout = Checkout()
    currency_choice: bool = False
    """Whether a reader may give in another of the currencies than their country's."""
    cover_fees: CoverFees | None = None
    theme: Theme | None = None
    retention: Retention = AS_LONG_AS_CAN_BE

    def __post_init__(self) -> None:
        object.__setattr__(self, "newsletters", self.newsletters or {})
        object.__setattr__(self, "exchange_rates", self.exchange_rates or {})

    def uses(self, placement: Placement) -> bool:
        """True where site.yaml has the placement, and neither it nor the site is switched off."""
        return self.switched_on and placement in self.placements and self.placements[placement].switched_on

    @cached_property
    def periods(self) -> Periods:
        """Those of the site's meter. Raises LookupError where there is none."""
        if self.meter is None:
            raise LookupError("a site without a meter has no periods")
        return Periods(self.meter, self.time_zone)

    @property
    def default_language(self) -> str:
        """The language that copy falls back to."""
        return self.languages[0]

    @cached_property
    def languages_by_tag(self) -> Mapping[str, str]:
        """Lower-case language tag -> the site's language, for exact and primary tags alike ("en-gb", "en")."""
        primary = {language.split("-")[0].lower(): language for language in reversed(self.languages)}
        return primary | {language.lower(): language for language in self.languages}

    def language_for(self, wanted: str | None) -> str:
        """The site's language nearest to `wanted` ("ru-RU" finds "ru"), else its default."""
        tag = (wanted or "").lower().replace("_", "-")
        known = self.languages_by_tag
        return known.get(tag) or known.get(tag.split("-")[0]) or self.default_language

    def currency_for(self, country: str | None) -> str:
        """The currency offered to a reader in `country` (ISO 3166, or None when unknown)."""
        return self.currency_by_country.get(country or "", self.default_currency)

    def currencies_to_choose(self, current: str) -> tuple[str, ...]:
        """What the reader may change between, `current` first; nothing where there is no choice."""
        others = tuple(code for code in self.currencies if code != current)
        return (current, *others) if self.currency_choice and others else ()

    def rate(self, currency: str) -> Decimal | None:
        """What one unit is worth in the default currency, or None where site.yaml does not say."""
        return Decimal(1) if currency == self.default_currency else self.exchange_rates.get(currency)
