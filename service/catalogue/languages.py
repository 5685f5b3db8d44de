"""What CLDR says of a language: its plural forms and the direction it is written in."""

from collections.abc import Sequence
from functools import cache

from babel import Locale

_CLDR_ORDER = ("zero", "one", "two", "few", "many", "other")


def plural_category(number: int, language: str) -> str:
    """The plural category of `number`: "few" for 3 in ru."""
    return str(_locale(language).plural_form(number))


@cache
def plural_categories(language: str) -> tuple[str, ...]:
    """The categories that whole numbers take in the language, in CLDR's order: (one, few, many) for ru."""
    used = {plural_category(number, language) for number in range(201)}
    return tuple(category for category in _CLDR_ORDER if category in used)


def plural_form(forms: Sequence[str], number: int, language: str) -> str:
    """The one of `forms` (one for each of `plural_categories`, in their order) that goes with `number`."""
    return forms[plural_categories(language).index(plural_category(number, language))]


def direction(language: str) -> str:
    """ "ltr" or "rtl"."""
    return "rtl" if _locale(language).character_order == "right-to-left" else "ltr"


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language, sep="-")
