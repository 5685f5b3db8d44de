"""Addresses of pages, as staff write them: * stands for anything, and every other character for itself."""

import re
from collections.abc import Iterable
from typing import Any

from marshmallow import ValidationError

from service.catalogue.fields import Text

_BEGINS = re.compile(r"\*|[a-z][a-z0-9+.-]*://")


class Address(Text):
    """A whole address such as https://www.example.org/about, or a part of it with * for the rest."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not _BEGINS.match(text):
            raise ValidationError(f"{text} is no whole address, so it would never match; write *{text} or https://…")
        return text


def pattern_of(addresses: Iterable[str] | None) -> re.Pattern[str] | None:
    """One pattern for all of them; None when there are none. For `fullmatch`."""
    translated = [_translated(address) for address in addresses or ()]
    return re.compile("|".join(translated), re.DOTALL) if translated else None


def _translated(address: str) -> str:
    """The address as a regular expression.

    Not fnmatch's, to which the ? and [ of a query mean something. What stands between two stars is looked for once,
    and never again further on, or a reader with a long address could keep us busy for years.
    """
    first, *parts = (re.escape(part) for part in address.split("*"))
    if not parts:
        return first
    between = "".join(f"(?>.*?{part})" for part in parts[:-1] if part)
    return f"{first}{between}.*{parts[-1]}"
