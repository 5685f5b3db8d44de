"""What JSON Schema can say of single values: the patterns behind the kinds that staff write."""

from collections.abc import Callable, Mapping
from re import Pattern
from typing import Any

from service.catalogue.audience_schema import country_or_unknown, utm_name
from service.catalogue.currencies import charged
from service.catalogue.fields import (
    COUNTRIES,
    CURRENCIES,
    SLUG,
    country,
    currency,
    https_address,
    language,
    origin,
    slug,
)
from service.catalogue.theme_schema import colour
from service.catalogue.times import moment, time_zone, time_zones
from service.domain.audience import UNKNOWN_COUNTRY
from service.domain.money import CHARGED

# What CHECKED says of a text that a function of ours takes. One that is not here takes any text, as far as they know.
CHECKED: Mapping[Callable[[str], Any], dict[str, Any]] = {
    slug: {"pattern": f"^{SLUG.pattern}$"},
    country: {"enum": sorted(COUNTRIES)},
    country_or_unknown: {"enum": [*sorted(COUNTRIES), UNKNOWN_COUNTRY]},
    currency: {"enum": sorted(CURRENCIES)},
    charged: {"enum": sorted(CHARGED)},
    language: {"pattern": "^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?(-[A-Z0-9]{4,8})*$"},
    origin: {"pattern": r"^https?://[a-z0-9.-]+(:\d{1,5})?$"},
    https_address: {"pattern": r"^https://[^\s/?#]+\.[^\s]+$"},
    time_zone: {"enum": sorted(time_zones())},
    colour: {"pattern": "^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$"},
    moment: {"pattern": r"^2[01]\d\d-\d{1,2}-\d{1,2}([T ]\d{1,2}:\d{1,2}(:\d{1,2})?)?$"},
    utm_name: {"not": {"pattern": "^utm_"}},
}


def text(longest: int) -> dict[str, Any]:
    """Words; one more than fit, for the line's end that YAML leaves at a block's."""
    return {"type": "string", "pattern": r"\S", "maxLength": longest + 1}


def address(longest: int) -> dict[str, Any]:
    """A whole address, or one that begins with *."""
    return {"type": "string", "pattern": r"^\s*(\*|[a-z][a-z0-9+.-]*://)", "maxLength": longest}


def shaped(shape: Pattern[str]) -> dict[str, Any]:
    """Text of this shape, all of it."""
    return {"type": "string", "pattern": f"^{shape.pattern}$"}


def percent(most: int) -> dict[str, Any]:
    """A share of at most `most` percent, which is 50 or 100."""
    below = r"0{0,2}\d|0?[1-4]\d" if most == 50 else r"0{0,2}\d|0?[1-9]\d"
    return {"type": "string", "pattern": rf"^((?:{below})(\.\d{{1,2}})?|0?{most}(\.0{{1,2}})?)\s*%$"}
