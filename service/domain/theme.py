"""A site's own look: colours, fonts, corners, and whether it may be dark."""

from dataclasses import dataclass, fields
from enum import StrEnum


class Dark(StrEnum):
    """When appeals are dark."""

    AUTO = "auto"  # where the page behind them is
    NEVER = "never"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as `#rrggbb`; empty: the usual one. `on_accent` is written on the accent, `line` is what parts things."""

    accent: str = ""
    on_accent: str = ""
    text: str = ""
    quiet: str = ""
    line: str = ""
    background: str = ""

    def over(self, usual: "Palette") -> "Palette":
        """The same colours, and the usual ones where there are none."""
        return Palette(*(getattr(self, one.name) or getattr(usual, one.name) for one in fields(Palette)))


# The script's own, in embed/styles.js; a test compares them.
USUAL_LIGHT = Palette("#0b4c68", "#ffffff", "#17191c", "#5b5e63", "#d3d0c9", "#ffffff")
USUAL_DARK = Palette("#9ccbe0", "#10222b", "#f0eee9", "#b5b2ab", "#3d4044", "#17191c")


@dataclass(frozen=True, slots=True)
class Theme:
    """`text_font` and `heading_font` are family lists fit for a style sheet; empty: the page's, and the usual one.
    `corner_px`: how round corners are; None: as usual."""

    dark: Dark = Dark.AUTO
    light_colours: Palette = Palette()
    dark_colours: Palette = Palette()
    text_font: str = ""
    heading_font: str = ""
    corner_px: int | None = None


def contrast(one: str, other: str) -> float:
    """From 1 to 21, between two colours written `#rrggbb`. Source: WCAG 2.2, "contrast ratio"."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
