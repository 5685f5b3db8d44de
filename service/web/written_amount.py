"""An amount as a reader writes it, where no script has read it before: "12.50", "1 234,5", "€ 5", "٥٠"."""

import re
import unicodedata

from service.domain.money import exponent
from service.web.numbers import number_style

_LONGEST = 40
_MARKS = "[.,\u066b]"


def written_minor(text: str, currency: str, language: str) -> int | None:
    """The amount in minor units, or None where it is not clear what is meant.

    What could be either, such as "1.234", is read as the language writes it.
    """
    digits = exponent(currency)
    bare = _bare(text[:_LONGEST], number_style(language).group)
    plain = re.fullmatch(rf"(\d+)(?:{_MARKS}(\d{{1,{digits}}}))?" if digits else r"(\d+)()", bare)
    if plain is None:
        return None
    return int(plain[1] + (plain[2] or "").ljust(digits, "0"))


def _bare(text: str, group: str) -> str:
    """Western digits and decimal marks: without spaces, signs of currencies, and what stands between thousands."""
    known = "".join(str(unicodedata.decimal(sign, sign)) for sign in text if unicodedata.category(sign) != "Sc")
    kept = re.sub(r"[\s'’\u200e\u200f\u061c]", "", known)
    kept = re.sub(r"^[^\W\d_]+|[^\W\d_]+\.?$", "", kept)  # the currency's name
    thousands = re.escape(group) if group.strip() else ""
    if thousands and re.fullmatch(rf"\d{{1,3}}(?:{thousands}\d{{2,3}})+(?:{_MARKS}\d*)?", kept):
        return re.sub(rf"{thousands}(?=\d{{2,3}}(?:\D|$))", "", kept)
    return kept
