"""An explanation as JSON: one plain sentence for each placement first, then everything that was looked at.

The command prints the same facts as text (`explained_text`), and the demo's bar shows them.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from service.domain.findings import Check, Explanation, Place, Verdict, Weighed, first_refused
from service.domain.outcome import Show
from service.domain.rules import AudienceLine
from service.domain.span import span_text
from service.domain.view import View
from service.web.access_answers import iso
from service.web.explained_words import (
    ACCESS_ROWS,
    CAMPAIGN_ROWS,
    SHARING_ROWS,
    SITE_ROWS,
    Row,
    line_told,
    moment,
    told_of,
)

_MONTH = timedelta(days=30)


def explained(explanation: Explanation) -> dict[str, Any]:
    """The whole document."""
    site, zone = explanation.site, explanation.site.time_zone
    access = _access(explanation)
    places = {str(place.placement): _place(place, zone) for place in explanation.places}
    return {
        "summary": [*_summary(places), access["told"]],
        "site": site.id,
        "url": explanation.page.url,
        "at": iso(explanation.now),
        "at_told": f"{explanation.now.astimezone(zone):%A} {moment(explanation.now, zone)} ({zone.key})",
        "reader": _reader(explanation.view, zone),
        "access": access,
        "placements": places,
    }


def _summary(places: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """One sentence for each placement, or for several of which the same is to be said."""
    said: dict[str, list[str]] = {}
    for name, place in places.items():
        said.setdefault(place["told"], []).append(name)
    return [f"{', '.join(names)}: {told}" for told, names in said.items()]


def _reader(view: View | None, zone: ZoneInfo) -> dict[str, Any] | None:
    """What is known of the reader; None where nothing is."""
    if view is None:
        return None
    history = view.history
    facts = {
        "has_given": str(view.cohort),
        "first_seen": iso(history.first_seen),
        "visits": history.visits,
        "articles_read_30d": history.articles_read((view.now - _MONTH).timestamp()),
        "appeals_seen": len(history.impressions),
        "country": view.visit.country,
        "device": view.visit.device,
    }
    told = (
        f"{facts['has_given']}, first seen on {moment(history.first_seen, zone)}, visits: {history.visits}, "
        f"articles within 30d: {facts['articles_read_30d']}, appeals seen: {facts['appeals_seen']}, "
        f"country: {facts['country'] or 'unknown'}, device: {facts['device'] or 'unknown'}"
    )
    return {**facts, "told": told}


def _access(explanation: Explanation) -> dict[str, Any]:
    access, zone = explanation.access, explanation.site.time_zone
    *passed_over, decided = explanation.access_checks
    why = ACCESS_ROWS[access.reason][0](decided.compared, zone)
    until = access.resets_at if not access.granted else None
    next_free = f" The next one is free on {moment(until, zone)}." if until else ""
    return {
        "told": f"The article is {'open' if access.granted else 'cut'}: {why}.{next_free}",
        "granted": access.granted,
        "reason": str(access.reason),
        "used": access.used,
        "allowance": access.allowance,
        "resets_at": access.resets_at and iso(access.resets_at),
        "may_be_put_off": access.later,
        "rules": [
            *({**_rule(check, ACCESS_ROWS, zone), "outcome": "passed_over"} for check in passed_over),
            {**_rule(decided, ACCESS_ROWS, zone), "told": why},
        ],
    }


def _place(place: Place, zone: ZoneInfo) -> dict[str, Any]:
    outcome = place.outcome
    shown = {"campaign": outcome.campaign.id, "variant": outcome.variant.name} if isinstance(outcome, Show) else {}
    until = None if shown else _until(place)
    return {
        "told": _shown(place) if shown else _withheld(place, zone),
        "outcome": "shown" if shown else "withheld",
        "reason": None if isinstance(outcome, Show) else str(outcome.reason),
        "until": until and iso(until),
        **shown,
        "rules": [_rule(check, SITE_ROWS, zone) for check in place.checks],
        "campaigns": [_campaign(weighed, zone, chosen=weighed.campaign is place.chosen) for weighed in place.campaigns],
        "sharing": [_rule(check, SHARING_ROWS, zone) for check in place.sharing],
        "weights": place.draw and dict(place.draw.weights),
        "weights_learnt": place.draw and place.draw.automatic,
    }


def _shown(place: Place) -> str:
    outcome, draw = place.outcome, place.draw
    if not isinstance(outcome, Show) or draw is None:
        return ""
    told = f"{outcome.campaign.id} is shown, in the wording {outcome.variant.name}"
    if len(draw.weights) == 1:
        return f"{told}."
    weights = ", ".join(f"{name} {weight:.4g}" for name, weight in draw.weights.items())
    source = "learnt from what they earn" if draw.automatic else "from the file"
    return f"{told}, which this reader always gets while the weights ({source}) are {weights}."


def _withheld(place: Place, zone: ZoneInfo) -> str:
    until = _until(place)
    ends = f" This lasts until {moment(until, zone)}." if until else ""
    return f"nothing is shown, because {_because(place, zone)}.{ends}"


def _because(place: Place, zone: ZoneInfo) -> str:
    if check := first_refused(place.checks):
        return told_of(check, SITE_ROWS, zone)
    if check := first_refused(place.sharing):
        otherwise = f"; {place.chosen.id} would be shown otherwise" if place.chosen else ""
        return told_of(check, SHARING_ROWS, zone) + otherwise
    if not place.campaigns:
        return "no campaign is written for this placement"
    best = place.campaigns[0]
    check = first_refused(best.checks)
    why = told_of(check, CAMPAIGN_ROWS, zone) if check else ""
    if len(place.campaigns) == 1:
        return f"its only campaign, {best.campaign.id}, may not ask: {why}"
    return f"none of its {len(place.campaigns)} campaigns may ask; the first of them, {best.campaign.id}: {why}"


def _until(place: Place) -> datetime | None:
    """When what stands in the way ends by itself, where nothing else would be in the way any more."""
    about = [check for check in place.checks if check.refused]
    if not about and len(place.campaigns) == 1:
        about = [check for check in place.campaigns[0].checks if check.refused]
    ends = [check.until for check in about if check.until]
    return max(ends) if about and len(ends) == len(about) else None


def _campaign(weighed: Weighed, zone: ZoneInfo, *, chosen: bool) -> dict[str, Any]:
    return {
        "campaign": weighed.campaign.id,
        "priority": weighed.campaign.priority,
        "outcome": "chosen" if chosen else "fits" if weighed.fits else "refused",
        "rules": [_rule(check, CAMPAIGN_ROWS, zone) for check in weighed.checks],
    }


def _rule(check: Check, rows: Mapping[Any, Row], zone: ZoneInfo) -> dict[str, Any]:
    lines = [(name, line) for name, line in check.compared.items() if isinstance(line, AudienceLine)]
    conditions = {"conditions": [_condition(name, line) for name, line in lines]} if lines else {}
    until = check.until if check.verdict is not Verdict.PASSED else None
    facts = {
        name.replace(" ", "_"): _json(value)
        for name, value in check.compared.items()
        if not isinstance(value, AudienceLine)
    }
    return {
        "rule": str(check.rule),
        "outcome": str(check.verdict),
        "told": told_of(check, rows, zone),
        "compared": facts,
        "until": until and iso(until),
        **conditions,
    }


def _condition(name: str, line: AudienceLine) -> dict[str, Any]:
    return {
        "name": name, "wanted": str(line.wanted), "found": _json(line.found), "holds": line.holds,
        "told": line_told(name, line),
    }  # fmt: skip


def _json(value: Any) -> Any:
    """A fact as JSON has it: times in ISO 8601, spans as staff write them, sets in order."""
    match value:
        case datetime():
            return iso(value)
        case timedelta():
            return span_text(value)
        case set() | frozenset():
            return sorted(map(str, value))
        case list() | tuple():
            return [_json(one) for one in value]
    return value
