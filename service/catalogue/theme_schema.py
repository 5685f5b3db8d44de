"""The part of site.yaml that is about looks: only values that are safe in a style sheet get through."""

import re
from typing import Any

from marshmallow import ValidationError, post_load

from service.catalogue.fields import Checked, Group, Number, OneOf, StaffSchema
from service.domain.theme import Dark, Palette, Theme

_COLOUR = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)
_FAMILY = re.compile(r"[^\W_](?:[\w .-]{0,58}[\w.])?")
_GENERIC = frozenset("serif sans-serif monospace system-ui ui-serif ui-sans-serif ui-rounded".split())
_MOST_FAMILIES = 8


def colour(text: str) -> str:
    """The colour as `#rrggbb`."""
    if not _COLOUR.fullmatch(text):
        raise ValueError(f'{text} is not a colour; write it in quotes as in "#0b4c68"')
    digits = text[1:].lower()
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def font_families(text: str) -> str:
    """The families, each in quotes but for the generic ones, ready for a style sheet."""
    families = [family.strip().strip("\"'").strip() for family in text.split(",")]
    if len(families) > _MOST_FAMILIES:
        raise ValueError(f"names {len(families)} fonts; at most {_MOST_FAMILIES} fit")
    for family in families:
        if not _FAMILY.fullmatch(family):
            cure = "write names made of letters, digits, spaces and hyphens, such as Source Serif 4, Georgia, serif"
            raise ValueError(f"{family or 'nothing'} is not the name of a font; {cure}")
    return ", ".join(family.lower() if family.lower() in _GENERIC else f'"{family}"' for family in families)


class _Colour(Checked):
    """YAML takes what follows a # for a comment, so a colour without quotes is no value at all."""

    default_error_messages = {  # noqa: RUF012  marshmallow's own idiom
        "null": 'has no value; a # begins a comment, so write the colour in quotes as in "#0b4c68"'
    }

    def __init__(self) -> None:
        super().__init__(colour, load_default="")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, int):  # "112233" without its #, which YAML reads as a number
            raise ValidationError(f'{value} is not a colour; write it in quotes as in "#0b4c68"')
        return super()._deserialize(value, attr, data, **kwargs)


class PaletteSchema(StaffSchema):
    """theme.light_colours and theme.dark_colours: one that is left out is the usual one."""

    accent = _Colour()
    on_accent = _Colour()
    text = _Colour()
    quiet = _Colour()
    line = _Colour()
    background = _Colour()

    @post_load
    def _build(self, values: dict[str, Any], **_: Any) -> Palette:
        return Palette(**values)


class ThemeSchema(StaffSchema):
    """theme: how appeals look on this site."""

    dark = OneOf(Dark, load_default=Dark.AUTO)
    light_colours = Group(PaletteSchema, load_default=Palette)
    dark_colours = Group(PaletteSchema, load_default=Palette)
    text_font = Checked(font_families, load_default="")
    heading_font = Checked(font_families, load_default="")
    corner = Number(load_default=None, most=24)

    @post_load
    def _build(self, values: dict[str, Any], **_: Any) -> Theme:
        corner = values.pop("corner")
        return Theme(**values, corner_px=corner)
