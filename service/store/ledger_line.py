"""One line of the ledger as bytes. Those that an earlier version wrote are still read."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from service.domain.contribution import Attribution, Contribution, Happened, Moment, Payment, State
from service.domain.money import Interval


def dump(line: Contribution) -> str:
    """The line; equal lines give equal text."""
    body: dict[str, Any] = {
        "id": line.id,
        "state": line.state,
        "interval": line.interval,
        "currency": line.currency,
        "amount_minor": line.amount_minor,
        "fees_minor": line.fees_minor,
        "began_at": line.began_at.isoformat(),
        "ended_at": _text(line.ended_at),
        "cancels_at": _text(line.cancels_at),
        "resumes_at": _text(line.resumes_at),
        "customer": line.customer,
        "attribution": {name: getattr(line.attribution, name) for name in Attribution.__dataclass_fields__},
        "payments": [_payment(paid) for paid in line.payments],
        "story": [[_text(moment.at), moment.what, moment.amount_minor] for moment in line.story],
    }
    return json.dumps(body, sort_keys=True)


def load(body: bytes | str) -> Contribution:
    """The inverse of `dump`."""
    values = json.loads(body)
    return Contribution(
        id=values["id"],
        state=State(values["state"]),
        interval=Interval(values["interval"]),
        currency=values["currency"],
        amount_minor=values["amount_minor"],
        fees_minor=values.get("fees_minor", 0),
        began_at=datetime.fromisoformat(values["began_at"]),
        ended_at=_instant(values["ended_at"]),
        cancels_at=_instant(values.get("cancels_at")),
        resumes_at=_instant(values.get("resumes_at")),
        customer=values["customer"],
        attribution=Attribution(**values["attribution"]),
        payments=tuple(map(_paid, values["payments"])),
        story=tuple(Moment(_instant(at), Happened(what), minor) for at, what, minor in values.get("story", ())),
    )


def _payment(paid: Payment) -> dict[str, Any]:
    return {
        "id": paid.id,
        "gross_minor": paid.gross_minor,
        "refunded_minor": paid.refunded_minor,
        "disputed_minor": paid.disputed_minor,
        "at": paid.at.isoformat(),
    }


def _paid(values: Mapping[str, Any]) -> Payment:
    """Until November 2026 a payment was written as what had stayed of it; the next look at Stripe tells the rest."""
    at = datetime.fromisoformat(values["at"])
    if "net_minor" in values:
        return Payment(values["id"], values["net_minor"], at)
    return Payment(values["id"], values["gross_minor"], at, values["refunded_minor"], values["disputed_minor"])


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
