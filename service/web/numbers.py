"""How a language writes numbers with money, by CLDR: the same facts serve our labels and those of the browser."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from babel import Locale
from babel.core import get_global

# Source: CLDR 48, numberingSystems.xml: the systems that are some language's own.
_ZEROS: Mapping[str, str] = {
    "latn": "0", "arab": "\u0660", "arabext": "\u06f0", "deva": "\u0966", "beng": "\u09e6", "mymr": "\u1040",
    "tibt": "\u0f20", "nkoo": "\u07c0", "olck": "\u1c50", "cakm": "\U00011136", "adlm": "\U0001e950",
}  # fmt: skip

# Source: CLDR 48, minimumGroupingDigits: "1234 €" but "12 345 €". Babel leaves it out. Languages not named here have 1.
_MINIMUM_GROUPING: Mapping[str, int] = {
    **dict.fromkeys("be bg es et hu hy ia ie it ka lv pl pt_PT ru_UA sl sq".split(), 2),
    "es_419": 1, "pt_AO": 1, "ee": 3,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """Digits from `zero` on; `group` after the last `sizes[0]` digits of the whole and then every `sizes[1]`, when at
    least `minimum_grouping` stand before it; `decimal` before the fraction."""

    zero: str
    decimal: str
    group: str
    sizes: tuple[int, int]
    minimum_grouping: int

    def write(self, minor: int, exponent: int) -> str:
        """`minor` without its last `exponent` digits, which follow the decimal mark unless they are all 0."""
        whole, rest = divmod(minor, 10**exponent)
        fraction = f"{self.decimal}{rest:0{exponent}d}" if rest else ""
        return self._digits(self._grouped(str(whole)) + fraction)

    def _grouped(self, digits: str) -> str:
        size, next_size = self.sizes
        if len(digits) < size + self.minimum_grouping:
            return digits
        parts: list[str] = []
        while len(digits) > size:
            parts.insert(0, digits[-size:])
            digits, size = digits[:-size], next_size
        return self.group.join([digits, *parts])

    def _digits(self, text: str) -> str:
        return text.translate({48 + digit: chr(ord(self.zero) + digit) for digit in range(10)})


@cache
def number_style(language: str) -> NumberStyle:
    """That of amounts of money, which in some languages differs from other numbers."""
    locale = Locale.parse(language, sep="-")
    system = locale.default_numbering_system if locale.default_numbering_system in _ZEROS else "latn"
    own = locale.number_symbols.get(system, {})
    symbols = own if "decimal" in own else locale.number_symbols["latn"]  # as CLDR's own aliases have it
    return NumberStyle(
        zero=_ZEROS[system],
        decimal=symbols.get("currencyDecimal") or symbols.get("decimal", "."),
        group=symbols.get("currencyGroup") or symbols.get("group", ","),
        sizes=locale.currency_formats["standard"].grouping,
        minimum_grouping=_minimum_grouping(str(locale)),
    )


def _minimum_grouping(name: str) -> int:
    while name and name not in _MINIMUM_GROUPING:
        name = get_global("parent_exceptions").get(name) or name.rpartition("_")[0]
    return _MINIMUM_GROUPING.get(name, 1)
