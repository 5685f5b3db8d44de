"""One reader's page views under one site's files: the real decisions, and what the reader makes of them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from service.domain.access import UNMETERED, Metering, metering
from service.domain.decision import Decision, Reader, decide
from service.domain.memory import CLICKED, DISMISSED, NEVER, SEEN, SNOOZED, Memory
from service.domain.outcome import Show
from service.domain.plan import Plan
from service.domain.reader import Gift, GiftState, History
from service.domain.reason import Reason
from service.domain.site import Placement
from service.forecast.assumptions import Assumptions
from service.forecast.behaviour import acts_on, puts_off
from service.forecast.page_view import Act, PageView

# What the script asks for (embed/facts.js): only an article has a place for an inline appeal and a gate.
_ON_AN_ARTICLE = (Placement.BANNER, Placement.OVERLAY, Placement.INLINE, Placement.GATE)
_ELSEWHERE = (Placement.BANNER, Placement.OVERLAY)
_DICE = (*Placement, Act.LATER)
_FLAGS = {Act.SEEN: SEEN, Act.CLICKED: CLICKED, Act.DISMISSED: DISMISSED, Act.NEVER: NEVER}
_GIFTS = {Act.GAVE_ONCE: GiftState.ONCE, Act.GAVE_MONTHLY: GiftState.RECURRING}


class Judged(NamedTuple):
    """One page view, what was decided, and what the reader did with each appeal. `put_off`: with the gate."""

    view: PageView
    decision: Decision
    acts: Mapping[Placement, Sequence[Act]]
    put_off: bool


class Replay:
    """Plays readers under one site's files."""

    def __init__(self, plan: Plan, assumptions: Assumptions) -> None:
        self._plan, self._assumptions = plan, assumptions

    def play(self, reader: str, memory: Memory, views: Sequence[PageView]) -> Iterator[Judged]:
        """Each page view in order. `memory` is what the reader did before, and learns what they do now."""
        for view in views:
            yield self._judge(reader, memory, view)

    def _judge(self, reader: str, memory: Memory, view: PageView) -> Judged:
        plan, page, now = self._plan, view.page, view.at
        placements = _ON_AN_ARTICLE if page.is_article else _ELSEWHERE
        counts = self._counts(view)
        who = Reader(reader, self._history(memory, view, counts))
        decision = decide(plan, who, page, view.visit, placements, now)
        shown = {place: outcome for place, outcome in decision.outcomes.items() if isinstance(outcome, Show)}
        if not shown and decision.access.granted:
            return Judged(view, decision, {}, False)
        acts = {}
        for place in sorted(shown):
            campaign = shown[place].campaign
            acts[place] = acts_on(campaign, plan.site, view.then, _dice(view, place), self._assumptions)
            self._remember(memory, campaign.key, acts[place], view)
        gave = any(act in _GIFTS for done in acts.values() for act in done)
        later = not gave and puts_off(decision.access, view.then, _dice(view, Act.LATER), self._assumptions)
        return Judged(view, decision, acts, later and self._put_off(memory, counts, now))

    def _counts(self, view: PageView) -> Metering:
        if self._plan.page(view.page).access is not None:
            return UNMETERED
        return metering(self._plan.site, view.page, view.visit.newsletters, view.at)

    def _history(self, memory: Memory, view: PageView, counts: Metering) -> History | Reason:
        if not view.consent:
            return Reason.NO_CONSENT
        page = self._plan.page(view.page)
        return memory.record_view(page.article, view.at, counts, page.topics)

    def _remember(self, memory: Memory, campaign: int, acts: Sequence[Act], view: PageView) -> None:
        now, receipt = view.at, view.luck
        for act in acts:
            if act in _FLAGS:
                memory.happened(campaign, receipt, _FLAGS[act], now)
            elif act is Act.SNOOZED:
                memory.happened(campaign, receipt, SNOOZED, now, now + timedelta(days=self._plan.site.snooze.default))
            elif act in _GIFTS:
                memory.record_gift(f"{campaign}/{receipt}", Gift(_GIFTS[act], now), 1, now)

    def _put_off(self, memory: Memory, counts: Metering, now: datetime) -> bool:
        meter = self._plan.site.meter
        return meter is not None and memory.put_off(counts, meter.later, now) is not None


def _dice(view: PageView, what: Placement | Act) -> Random:
    """Dice of their own for every placement: whatever else one config shows there, the reader does the same with it."""
    return Random(view.luck * len(_DICE) + _DICE.index(what))  # noqa: S311 - nothing secret
