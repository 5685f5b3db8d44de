"""Plots as SVG, made here: a few shapes, no script, no inline style, and colours from the style sheet, light and dark.

Every plot has its numbers in a table beside it, so it is told to those who cannot see it by its title alone.
"""

from collections.abc import Sequence
from math import ceil, floor, log10
from typing import NamedTuple

from markupsafe import Markup

_WIDTH, _NAMES, _EDGE, _ROW = 720, 190, 20, 34
_HEIGHT, _FOOT, _SIDE = 190, 30, 64
_LONGEST_NAME = 26
_MOST_LABELS = 8
_RANGE = Markup('<rect class="range" x="{}" y="{}" width="{}" height="10" rx="2"><title>{}</title></rect>')
_DOT = Markup('<circle class="dot" cx="{}" cy="{}" r="{}"><title>{}</title></circle>')
_BAR = Markup('<rect class="bar" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>')
_WHISKER = Markup('<line class="whisker" x1="{0}" x2="{0}" y1="{1}" y2="{2}"><title>{3}</title></line>')
_GRID = Markup('<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/>')
_TEXT = Markup('<text class="{}" x="{}" y="{}">{}</text>')
_FRAME = Markup(
    '<figure class="plot"><figcaption>{} <span class="quiet">{}</span></figcaption>'
    '<div class="scroll" role="region" aria-label="{}" tabindex="0">'
    '<svg viewBox="0 0 {} {}" role="img" aria-label="{}. The numbers are in the table below.">{}</svg>'
    "</div></figure>"
)


class Mark(NamedTuple):
    """One estimate: what was counted, and between what the truth probably lies. None: nothing can be said."""

    name: str
    middle: float | None
    low: float | None = None
    high: float | None = None
    told: str = ""
    """What a pointer that rests on it is told."""


def rows_plot(title: str, unit: str, marks: Sequence[Mark]) -> Markup:
    """Marks below each other, on one scale: a dot for what was counted, a bar for what it may be."""
    top = _nice(max((mark.high or mark.middle or 0 for mark in marks), default=0))
    height = len(marks) * _ROW + _FOOT + 10

    def x(value: float) -> float:
        return round(_NAMES + (_WIDTH - _NAMES - _EDGE) * value / top, 1)

    shapes = [_grid_line(x(top * part / 4), 4, height - _FOOT, _short(top * part / 4)) for part in range(5)]
    for at, mark in enumerate(marks):
        y = at * _ROW + _ROW // 2 + 4
        name = mark.name if len(mark.name) <= _LONGEST_NAME else f"{mark.name[: _LONGEST_NAME - 1]}…"
        shapes.append(_TEXT.format("name", _NAMES - 10, y + 5, name))
        if mark.low is not None and mark.high is not None:
            wide = max(1.0, x(mark.high) - x(mark.low))
            shapes.append(_RANGE.format(x(mark.low), y - 5, round(wide, 1), mark.told))
        if mark.middle is not None:
            shapes.append(_DOT.format(x(mark.middle), y, 5, mark.told))
        else:
            shapes.append(_TEXT.format("none", x(0) + 8, y + 5, "nothing to say yet"))
    return _drawn(title, unit, height, shapes)


def time_plot(title: str, unit: str, marks: Sequence[Mark], *, bars: bool = False) -> Markup:
    """Marks beside each other, in order of time: bars for what is counted, or dots with what it may be."""
    top = _nice(max((mark.high or mark.middle or 0 for mark in marks), default=0))
    step = (_WIDTH - _SIDE - _EDGE) / max(1, len(marks))

    def y(value: float) -> float:
        return round(_HEIGHT - (_HEIGHT - 14) * value / top, 1)

    shapes = [_level(y(top * part / 4), _short(top * part / 4)) for part in range(5)]
    every = ceil(len(marks) / _MOST_LABELS)
    for at, mark in enumerate(marks):
        x = round(_SIDE + step * (at + 0.5), 1)
        wide = round(max(2.0, min(28.0, step * 0.6)), 1)
        if bars and mark.middle is not None:
            high = round(_HEIGHT - y(mark.middle), 1)
            shapes.append(_BAR.format(round(x - wide / 2, 1), y(mark.middle), wide, high, mark.told))
        elif mark.middle is not None:
            if mark.low is not None and mark.high is not None:
                shapes.append(_WHISKER.format(x, y(mark.low), y(mark.high), mark.told))
            shapes.append(_DOT.format(x, y(mark.middle), 4, mark.told))
        if at % every == 0:
            shapes.append(_TEXT.format("tick", x, _HEIGHT + 20, mark.name))
    return _drawn(title, unit, _HEIGHT + _FOOT, shapes)


def _drawn(title: str, unit: str, height: int, shapes: Sequence[Markup]) -> Markup:
    return _FRAME.format(title, unit, f"Plot: {title}", _WIDTH, height, title, Markup("").join(shapes))


def _grid_line(x: float, top: float, bottom: float, label: str) -> Markup:
    return _GRID.format(x, x, top, bottom) + _TEXT.format("tick", x, bottom + 18, label)


def _level(y: float, label: str) -> Markup:
    return _GRID.format(_SIDE, _WIDTH - _EDGE, y, y) + _TEXT.format("name", _SIDE - 8, y + 4, label)


def _nice(highest: float) -> float:
    """The end of a scale: 1, 2, 2.5, 4, 5 or 8 times a power of ten, so that quarters of it are round."""
    if highest <= 0:
        return 1.0
    power: float = 10 ** floor(log10(highest))
    return next(step * power for step in (1, 2, 2.5, 4, 5, 8, 10) if step * power >= highest * 0.999)


def _short(value: float) -> str:
    """The number at a scale, in four characters or so."""
    if value >= 1_000_000:
        return f"{value / 1_000_000:.3g}M"
    if value >= 10_000:
        return f"{value / 1000:.3g}k"
    return f"{value:,.4g}" if value < 1000 else f"{value:,.0f}"
