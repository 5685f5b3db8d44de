"""What is counted of decisions. Adding two tallies is adding their numbers, so it does not matter who counted what."""

from collections import Counter
from collections.abc import Sequence

from service.domain.campaign import Kind
from service.domain.outcome import Show
from service.domain.reason import Reason
from service.forecast.page_view import Act
from service.forecast.replay import Judged

_ORDER = {reason: place for place, reason in enumerate(Reason)}
# What says nothing about the reader: nobody is asked there, or there was nothing to gate.
_ABOUT_NOBODY = frozenset({Reason.SWITCHED_OFF, Reason.NO_CAMPAIGN, Reason.ACCESS_GRANTED})

Tally = Counter[tuple[str | int, ...]]


def count_reader(tally: Tally, judged: Sequence[Judged]) -> None:
    """Adds one reader's page views. A reader who never came is not counted at all."""
    if not judged:
        return
    asks = gate_hits = 0
    refused: Counter[Reason] = Counter()
    acts: Counter[Act] = Counter()
    for one in judged:
        asks += _count_outcomes(tally, one, refused)
        gate_hits += not one.decision.access.granted
        tally["access", one.decision.access.reason] += 1
        for done in one.acts.values():
            acts.update(done)
        if one.put_off:
            acts[Act.LATER] += 1
    tally["readers",] += 1
    tally["page views",] += len(judged)
    tally["gate hits",] += gate_hits
    tally["readers gated",] += gate_hits > 0
    tally["asks", asks] += 1
    if not asks:
        tally["never reached", never_reached_by(refused)] += 1
    tally["readers held back",] += refused[Reason.HOLDBACK] > 0
    for act, times in acts.items():
        tally["acts", act] += times


def _count_outcomes(tally: Tally, judged: Judged, refused: Counter[Reason]) -> int:
    """Counts each placement; how many of them asked."""
    asks = 0
    for placement, outcome in judged.decision.outcomes.items():
        if isinstance(outcome, Show):
            if outcome.campaign.kind is Kind.CONTRIBUTION:
                asks += 1
            else:
                refused[Reason.SUPPORTER] += 1  # why this reader was asked for no money here
            tally["shown", placement, outcome.campaign.id] += 1
        else:
            refused[outcome.reason] += 1
            tally["withheld", outcome.reason, placement] += 1
    return asks


def never_reached_by(refused: Counter[Reason]) -> Reason:
    """The rule that kept a reader from being asked: the one that refused most often, the earlier one of equals.

    Who was held back at all would have been asked there and then, so no other rule kept them from it. Rules that say
    nothing about the reader count only where there is no other.
    """
    if Reason.HOLDBACK in refused:
        return Reason.HOLDBACK
    telling = {reason: times for reason, times in refused.items() if reason not in _ABOUT_NOBODY} or refused
    return min(telling, key=lambda reason: (-telling[reason], _ORDER[reason]))
