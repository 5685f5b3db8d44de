"""Which campaigns' conditions on one fact hold, by the fact's value: worked out once for each value, then looked up."""

from collections.abc import Mapping, Sequence
from typing import Any

from service.domain.audience import FACTS, About, Condition, Fact
from service.domain.campaign import Campaign
from service.domain.view import View

_MOST_VALUES = 2000  # anybody may come by way of an address of their own


class FactIndex:
    """Campaigns are bits, as in `plan`. `concerned`: those that ask for this fact at all."""

    def __init__(self, fact: Fact, conditions: Mapping[int, Sequence[Condition]]) -> None:
        self._of, self._conditions = fact.of, conditions
        self.concerned = sum(1 << position for position in conditions)
        self._known: dict[Any, int] = {}

    def holding(self, view: View) -> int:
        """The campaigns whose conditions on it hold, and all that have none."""
        of = self._of
        found = of(view)
        bits = self._known.get(found)
        if bits is None:
            if len(self._known) >= _MOST_VALUES:
                self._known.clear()
            bits = self._known[found] = ~self.concerned | sum(
                1 << position
                for position, conditions in self._conditions.items()
                if all(condition.wanted.admits(found) for condition in conditions)
            )
        return bits


def indexes_of(campaigns: Sequence[Campaign], about: About) -> list[FactIndex]:
    """One for each such fact that some campaign asks for, the cheapest first."""
    asked: dict[Fact, dict[int, list[Condition]]] = {}
    for position, campaign in enumerate(campaigns):
        for condition in campaign.conditions:
            if condition.fact.about is about:
                asked.setdefault(condition.fact, {}).setdefault(position, []).append(condition)
    place = {fact: number for number, fact in enumerate(FACTS.values())}
    return [FactIndex(fact, asked[fact]) for fact in sorted(asked, key=lambda fact: place.get(fact, len(place)))]
