"""A tally as staff read it."""

from collections.abc import Mapping
from typing import Any

from service.domain.reason import Reason
from service.forecast.page_view import Act
from service.forecast.tally import Tally


def totals(tally: Tally) -> dict[str, Any]:
    """The numbers of one config, as `--json` prints them."""
    asks = {int(key[1]): readers for key, readers in tally.items() if key[0] == "asks" and key[1]}
    asked, shown = sum(asks.values()), sum(number * readers for number, readers in asks.items())
    return {
        "readers": tally["readers",],
        "page_views": tally["page views",],
        "readers_asked": asked,
        "asks": shown,
        "asks_per_asked_reader": {
            "mean": round(shown / asked, 2) if asked else 0.0,
            "median": quantile(asks, 0.5),
            "90th_percentile": quantile(asks, 0.9),
        },
        "shown": _nested(tally, "shown"),
        "withheld": _by_reason(_nested(tally, "withheld")),
        "access": _flat(tally, "access"),
        "gate_hits": tally["gate hits",],
        "readers_gated": tally["readers gated",],
        "readers_held_back": tally["readers held back",],
        "readers_never_reached": tally["asks", 0],
        "never_reached_by": _by_reason(_flat(tally, "never reached")),
        "assumed": {act.value: tally["acts", act] for act in Act if act is not Act.CLICKED},
    }


def quantile(readers_by_number: Mapping[int, int], share: float) -> int:
    """The smallest number that at least `share` of the readers do not exceed; 0 without readers."""
    needed, so_far = share * sum(readers_by_number.values()), 0
    for number in sorted(readers_by_number):
        so_far += readers_by_number[number]
        if so_far >= needed:
            return number
    return 0


def _flat(tally: Tally, kind: str) -> dict[str, int]:
    return {str(key[1]): number for key, number in sorted(tally.items(), key=str) if key[0] == kind}


def _nested(tally: Tally, kind: str) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for key, number in sorted(tally.items(), key=str):
        if key[0] == kind:
            found.setdefault(str(key[1]), {})[str(key[2])] = number
    return found


def _by_reason(found: Mapping[str, Any]) -> dict[str, Any]:
    """In the order of the rules."""
    return {str(reason): found[reason] for reason in Reason if reason in found}
