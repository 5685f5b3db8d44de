"""Decisions as lines of JSON, for whoever wants to count for themselves."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from service.domain.outcome import Outcome, Show
from service.forecast.page_view import Act
from service.forecast.replay import Judged


def raw_lines(config: str, reader: str, judged: Iterable[Judged]) -> str:
    """One line for each page view: under which config, who, when, where, what was decided and what came of it."""
    return "".join(json.dumps(_told(config, reader, one), ensure_ascii=False) + "\n" for one in judged)


def _told(config: str, reader: str, judged: Judged) -> dict[str, Any]:
    access = judged.decision.access
    return {
        "config": config,
        "reader": reader,
        "at": utc(judged.view.at),
        "url": judged.view.page.url,
        "granted": access.granted,
        "access": access.reason,
        "put_off": judged.put_off,
        "outcomes": {
            placement: _outcome(outcome, judged.acts.get(placement, ()))
            for placement, outcome in judged.decision.outcomes.items()
        },
    }


def _outcome(outcome: Outcome, acts: Iterable[Act]) -> dict[str, Any]:
    if isinstance(outcome, Show):
        return {"shown": outcome.campaign.id, "variant": outcome.variant.name, "acts": list(acts)}
    return {"withheld": outcome.reason}


def utc(moment: datetime) -> str:
    """Such as 2026-11-24T17:00:00Z."""
    return moment.isoformat().replace("+00:00", "Z")
