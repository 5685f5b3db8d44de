"""From what an editor wrote for one currency to its Amounts, or to every mistake in it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from service.domain.amounts import Amounts, Limits
from service.domain.money import CARD_MINIMUM, Interval, MoneyError, step_minor, to_major, to_minor

Path_ = tuple[str | int, ...]


class Reading:
    """One currency. `wrong`: its mistakes, nested as marshmallow nests them, each with the cure."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.wrong: dict[Any, Any] = {}

    def amounts(self, group: dict[str, Any]) -> Amounts | None:
        """The amounts in `group`, or None when something is wrong with them."""
        limits = {interval: self._limits(interval, group) for interval in Interval}
        suggested = {interval: self._suggested(interval, group[interval], limits[interval]) for interval in Interval}
        found = {interval: limit for interval, limit in limits.items() if limit is not None}
        return None if self.wrong else Amounts(self.code, found, suggested)

    def _limits(self, interval: Interval, group: dict[str, Any]) -> Limits | None:
        minimum, maximum = group["minimum"], group["maximum"]
        at_minimum: Path_ = ("minimum", interval) if minimum.each else ("minimum",)
        at_maximum: Path_ = ("maximum", interval) if maximum.each else ("maximum",)
        low = self._minor(at_minimum, minimum.by_interval[interval])
        high = self._minor(at_maximum, maximum.by_interval[interval])
        least = CARD_MINIMUM.get(self.code, step_minor(self.code))
        if low is not None and low < least:
            self._note(at_minimum, f"is less than Stripe charges in {self.code}; write at least {self._major(least)}")
            return None
        if low is None or high is None:
            return None
        if high < low:
            self._note(at_maximum, f"is less than minimum ({self._major(low)}); write more, or a smaller minimum")
            return None
        return Limits(low, high)

    def _suggested(self, interval: Interval, written: Sequence[Decimal], limits: Limits | None) -> tuple[int, ...]:
        found = [self._minor((interval, place), Decimal(amount)) for place, amount in enumerate(written)]
        amounts = tuple(minor for minor in found if minor is not None)
        if len(amounts) < len(found) or limits is None:
            return amounts
        outside = [at for at, minor in enumerate(amounts) if not limits.minimum_minor <= minor <= limits.maximum_minor]
        between = f"{self._major(limits.minimum_minor)} to {self._major(limits.maximum_minor)}"
        for place in outside:
            self._note((interval, place), f"must lie between minimum and maximum ({between}; got {written[place]})")
        if not outside and list(amounts) != sorted(set(amounts)):
            cure = ", ".join(self._major(minor) for minor in sorted(set(amounts)))
            self._note((interval,), f"must rise from small to large, each amount once; write [{cure}]")
        return amounts

    def _minor(self, path: Path_, amount: Decimal) -> int | None:
        try:
            return to_minor(amount, self.code)
        except MoneyError as error:
            self._note(path, str(error))
            return None

    def _major(self, minor: int) -> str:
        """As the editor would write it: 5, 2.50."""
        major = to_major(minor, self.code)
        return f"{major:.0f}" if major == major.to_integral_value() else f"{major:f}"

    def _note(self, path: Path_, message: str) -> None:
        here = self.wrong
        for name in path[:-1]:
            here = here.setdefault(name, {})
        here[path[-1]] = [message]
