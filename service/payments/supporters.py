"""Who gave from an e-mail address, and one customer for each address instead of one for each gift."""

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from service.domain.supporter import MOST_CONTRIBUTIONS, MOST_OWNERS, Owner, Supporter
from service.payments.customers import Customers
from service.payments.errors import AttemptReusedError, StripeUnavailableError
from service.payments.gateway import Stripe
from service.payments.snapshot import attribution_of

_OVER = frozenset({"canceled", "incomplete_expired"})


@dataclass(frozen=True, slots=True, order=True)
class _Given:
    """One gift; what still runs counts more than what is over, and a later gift more than an earlier one."""

    runs: bool
    created: int
    id: str
    customer: str


def find_supporter(customers: Customers, site: str, email: str) -> Supporter | None:
    """What was given to the site from exactly this address, or None. Raises PaymentsError.

    The address is looked up as it was written and in small letters, since people and telephones write capitals where
    they gave with none.
    """
    given: dict[str, _Given] = {}
    for address in dict.fromkeys((email, email.lower())):
        for gift in (*_as_guest(customers, site, address), *_as_customer(customers, site, address)):
            given[gift.id] = gift
    newest = sorted(given.values())[-MOST_CONTRIBUTIONS:]
    if not newest:
        return None
    owners = {gift.customer: Owner(gift.customer, _instant(gift.created)) for gift in newest if gift.customer}
    best_first = sorted(owners, key=lambda owner: max(gift for gift in newest if gift.customer == owner), reverse=True)
    return Supporter(
        owners=tuple(owners[customer] for customer in best_first[:MOST_OWNERS]),
        contributions=tuple(gift.id for gift in newest),
    )


def _as_customer(customers: Customers, site: str, email: str) -> list[_Given]:
    found = []
    for customer in map(_id, customers.of_address(email)):
        found += [_Given(_runs(gift), gift["created"], _id(gift), customer) for gift in customers.gifts(customer)
                  if _is_of(gift, site)]  # fmt: skip
    return found


def _as_guest(customers: Customers, site: str, email: str) -> list[_Given]:
    """Single gifts that came without a customer, as Checkout takes them; those with one are found again as such."""
    sessions = [one for one in customers.checkouts(email) if _is_of(one, site) and one.get("payment_intent")]
    return [
        _Given(False, one["created"], str(one["payment_intent"]), str(one.get("customer") or "")) for one in sessions
    ]


def _runs(gift: Stripe) -> bool:
    return gift["object"] == "subscription" and gift["status"] not in _OVER


def _is_of(thing: Stripe, site: str) -> bool:
    attribution = attribution_of(thing)
    return attribution is not None and attribution.site == site


def _id(thing: Stripe) -> str:
    return str(thing["id"])


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def customer_for(customers: Customers, site: str, email: str, currency: str = "") -> str:
    """The site's oldest customer of exactly this address, or a new one; empty text where a guest is safer.

    `currency`: that of a regular gift. Stripe bills a customer in one currency for good, so who gave in another one
    before is a second customer. Source: stripe-python, Customer.currency.

    Whoever comes to Checkout as a customer is offered the cards that this customer lets Checkout show. The address is
    only typed: with such a card in it, anybody could see that another reader gives, and charge their card, by writing
    their address. So that reader is a guest, here and only here. Our own Checkout saves cards as `limited`, which it
    offers to nobody. Source: stripe-python, checkout.SessionCreateParams.customer and
    SavedPaymentMethodOptions.allow_redisplay_filters. Raises PaymentsError.

    Stripe is asked twice, whether or not anybody gave from the address: how long it takes must not tell.
    """
    email = email.lower()
    ours = [one for one in customers.of_address(email) if (one.get("metadata") or {}).get("site") == site]
    fit = [one for one in ours if not currency or (one.get("currency") or currency).lower() == currency.lower()]
    if not fit:
        return _made(customers, site, email, currency.lower() if ours else "")
    oldest = _id(fit[0])
    return "" if customers.shows_a_card(oldest) else oldest


def _made(customers: Customers, site: str, email: str, currency: str) -> str:
    """Two presses at the same moment use the same key, so Stripe makes one customer of them.

    Stripe keeps a key for a day, and by then the customer is found by its address. One that was deleted meanwhile comes
    back under its key all day; for that day its owner is a guest.
    """
    name = sha256("/".join(filter(None, (site, email, currency))).encode()).hexdigest()
    try:
        made = customers.make({"email": email, "metadata": {"site": site}}, f"customer/{name}")
    except AttemptReusedError as error:  # the other press is being answered at this moment
        raise StripeUnavailableError("the customer is being made") from error
    return "" if made.get("deleted") else _id(made)
