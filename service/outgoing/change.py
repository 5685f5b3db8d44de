"""What is told of one change of a contribution: the same words whenever the same change is told again."""

import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from service.domain.contribution import Contribution, Moment, Payment

TYPE = "contribution.changed"


@dataclass(frozen=True, slots=True)
class Change:
    """`id` is that of this change for ever: who hears of it twice knows by it. `body` is JSON."""

    id: str
    body: str


def change_of(line: Contribution, before: Contribution | None, number: int, now: datetime) -> Change:
    """The change from `before` to `line`, the one of that `number` of this contribution."""
    told = {
        "site": line.attribution.site,
        "sequence": number,
        "before": before.state if before else None,
        "latest": _moment(line.story[-1]) if line.story else None,
        "contribution": _contribution(line),
    }
    name = f"evt_{sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]}"
    body = {"type": TYPE, "timestamp": _time(now), "data": told}
    return Change(name, json.dumps(body, ensure_ascii=False))


def _contribution(line: Contribution) -> dict[str, Any]:
    """The line without its reader: whoever gets this has no use for a browser's id, and must not have it."""
    given = line.attribution
    return {
        "id": line.id,
        "state": line.state,
        "interval": line.interval,
        "currency": line.currency,
        "amount_minor": line.amount_minor,
        "fees_minor": line.fees_minor,
        "began_at": _time(line.began_at),
        "ended_at": _time(line.ended_at),
        "cancels_at": _time(line.cancels_at),
        "resumes_at": _time(line.resumes_at),
        "customer": line.customer,
        "payments": len(line.payments),
        "latest_payment": _payment(line.payments[-1]) if line.payments else None,
        "gross_minor": sum(payment.gross_minor for payment in line.payments),
        "refunded_minor": sum(payment.refunded_minor for payment in line.payments),
        "disputed_minor": sum(payment.disputed_minor for payment in line.payments),
        "net_minor": line.revenue_minor,
        "attribution": {
            "campaign": given.campaign,
            "variant": given.variant,
            "placement": given.placement,
            "article": given.article,
        },
    }


def _payment(payment: Payment) -> dict[str, Any]:
    return {
        "id": payment.id,
        "at": _time(payment.at),
        "gross_minor": payment.gross_minor,
        "refunded_minor": payment.refunded_minor,
        "disputed_minor": payment.disputed_minor,
        "net_minor": payment.net_minor,
    }


def _moment(moment: Moment) -> dict[str, Any]:
    return {"what": moment.what, "at": _time(moment.at), "amount_minor": moment.amount_minor}


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
