"""A length of time as staff write it."""

from datetime import timedelta

_UNITS = ((86400, "d"), (3600, "h"), (60, "m"), (1, "s"))


def span_text(span: timedelta) -> str:
    """`30d`, `36h`, `90m`: in the largest unit that leaves no rest."""
    seconds = int(span.total_seconds())
    size, unit = next((size, unit) for size, unit in _UNITS if seconds % size == 0)
    return f"{seconds // size}{unit}"
