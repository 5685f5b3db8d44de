"""One contribution in plain sentences."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from service.domain.contribution import Contribution, Happened, Moment, Payment
from service.domain.lifecycle import rows_of, steps_of
from service.domain.money import Interval, to_major
from service.telling.sighting import Sighting

KINDS: Mapping[Interval, str] = {
    Interval.ONCE: "A single gift",
    Interval.MONTHLY: "A monthly gift",
    Interval.ANNUAL: "A yearly gift",
}
WORDS: Mapping[Happened, str] = {
    Happened.BEGUN: "it was begun",
    Happened.PAID: "{amount} was paid",
    Happened.PAYMENT_FAILED: "a payment of {amount} failed",
    Happened.RENEWAL_FAILED: "a renewal of {amount} failed",
    Happened.ACTION_NEEDED: "the bank wanted the giver to confirm a renewal of {amount}",
    Happened.AMOUNT_CHANGED: "the amount became {amount}",
    Happened.REFUNDED: "{amount} was refunded",
    Happened.REFUND_FAILED: "a refund of {amount} failed",
    Happened.INQUIRY_OPENED: "the giver's bank asked about {amount}",
    Happened.INQUIRY_CLOSED: "the bank's question about {amount} was closed",
    Happened.DISPUTE_OPENED: "the giver's bank disputed {amount} and took it back",
    Happened.DISPUTE_WON: "the dispute about {amount} was won",
    Happened.DISPUTE_LOST: "the dispute about {amount} was lost",
    Happened.PAUSED: "it was paused",
    Happened.RESUMED: "it went on",
    Happened.CANCELLED: "the giver or the staff cancelled it",
    Happened.KEPT: "the cancellation was taken back",
    Happened.ENDED: "it ended",
}
_NO_TIME = "at a time that Stripe does not keep"
_SESSIONS = {
    "open": "The giver has not left Checkout yet; nothing was given.",
    "expired": "The Checkout Session expired; nothing was given.",
}


def told(seen: Sighting) -> Iterator[str]:
    """The story, line by line."""
    line = seen.line
    if line is None:
        yield from _nothing(seen)
        return
    yield from _head(seen, line)
    yield ""
    yield from (_moment(moment, line.currency) for moment in seen.story)
    yield ""
    yield from _money(line)
    yield ""
    yield from _prospects(line)
    yield from _agreement(seen)


def _nothing(seen: Sighting) -> Iterator[str]:
    if seen.session:
        yield _SESSIONS.get(seen.session, f"The Checkout Session is {seen.session}; nothing of ours came of it.")
    elif not (seen.stripe_trouble or seen.ledger_trouble):
        yield f"Neither our ledger nor Stripe knows {seen.subject} as a contribution of ours."
        yield "It may be a stranger's payment, or one that never got past Checkout."
    yield from _troubles(seen)


def _head(seen: Sighting, line: Contribution) -> Iterator[str]:
    means = next(row.means for row in rows_of(line.interval) if row.state is line.state)
    asked = line.attribution
    fees = f", {_amount(line.fees_minor, line.currency)} of it for the fees" if line.fees_minor else ""
    yield f"{KINDS[line.interval]} of {_amount(line.amount_minor, line.currency)} to {asked.site}{fees}: {line.id}"
    yield f"Its state is {line.state}: {means}."
    if asked.campaign:
        yield f"Asked by the campaign {asked.campaign}, variant {asked.variant}, as {asked.placement}."
    if asked.article:
        yield f"Begun on {asked.article}"
    if line.customer:
        yield f"Stripe's customer is {line.customer}."
    if seen.readers:
        yield f"The giver was recognised in {seen.readers} further browser{'s' * (seen.readers != 1)}."


def _moment(moment: Moment, currency: str) -> str:
    amount = "" if moment.amount_minor is None else _amount(moment.amount_minor, currency)
    return f"{_time(moment.at) if moment.at else _NO_TIME}  {WORDS[moment.what].format(amount=amount)}"


def _money(line: Contribution) -> Iterator[str]:
    if not line.payments:
        yield "No money has come of it."
    yield from (_payment(payment, line.currency) for payment in line.payments)
    if len(line.payments) > 1:
        gross = sum(payment.gross_minor for payment in line.payments)
        kept = _amount(line.revenue_minor, line.currency)
        yield f"In all {_amount(gross, line.currency)} in {len(line.payments)} payments, of which {kept} stayed."


def _payment(payment: Payment, currency: str) -> str:
    back = [(payment.refunded_minor, "refunded"), (payment.disputed_minor, "with the giver's bank")]
    parts = [f"{_amount(minor, currency)} {where}" for minor, where in back if minor]
    left = f"; {_amount(payment.net_minor, currency)} stayed" if parts else ""
    return f"{payment.id}  {_amount(payment.gross_minor, currency)}{''.join(f', {part}' for part in parts)}{left}"


def _prospects(line: Contribution) -> Iterator[str]:
    if line.cancels_at:
        yield f"It will end on {_time(line.cancels_at)}."
    if line.resumes_at:
        yield f"It will go on by itself on {_time(line.resumes_at)}."
    yield f"From here it can become {_listed(sorted(steps_of(line.interval)[line.state]))}."


def _agreement(seen: Sighting) -> Iterator[str]:
    if seen.ledger and seen.stripe:
        differing = _differing(seen.ledger, seen.stripe)
        if not differing:
            yield "Our ledger says the same as Stripe."
        else:
            yield f"Our ledger has another {_listed(differing)}; its state there is {seen.ledger.state}."
            yield "The next event or `honestybox reconcile` will put that right."
    elif seen.stripe and not seen.ledger_trouble:
        yield "It is not in our ledger; `honestybox reconcile` will put it there."
    elif seen.ledger and not seen.stripe_trouble:
        yield "Stripe no longer has it as a contribution of ours."
    yield from _troubles(seen)


def _troubles(seen: Sighting) -> Iterator[str]:
    if seen.stripe_trouble:
        alone = "; all of this is what our ledger last heard" if seen.ledger and not seen.stripe else ""
        yield f"Stripe {seen.stripe_trouble}{alone}."
    if seen.ledger_trouble:
        alone = "; all of this is what Stripe says" if seen.stripe else ""
        yield f"Our ledger {seen.ledger_trouble}{alone}."


def _differing(ledger: Contribution, stripe: Contribution) -> Sequence[str]:
    """Only the names: a reader's id may be among the values."""
    names = Contribution.__dataclass_fields__
    return [name.replace("_", " ") for name in names if getattr(ledger, name) != getattr(stripe, name)]


def _listed(words: Sequence[str]) -> str:
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _amount(amount_minor: int, currency: str) -> str:
    return f"{to_major(amount_minor, currency)} {currency}"


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
