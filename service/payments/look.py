"""One look at Stripe: everything that tells how one gift stands now. Writes nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from service.domain.contribution import Contribution
from service.payments.gateway import Gateway, Stripe
from service.payments.snapshot import (
    Regular,
    attribution_of,
    from_payment_intent,
    from_subscription,
    id_of,
    intents_of,
    paid_of,
)
from service.payments.taken_back import TakenBack, may_be_taken_back


@dataclass(frozen=True, slots=True)
class Eye:
    """Looks. `knows_site` tells ours from a stranger's."""

    gateway: Gateway
    knows_site: Callable[[str], bool]

    def look(self, subject: str) -> Contribution | None:
        """The contribution `subject` or, where that is one payment of a regular gift, the gift. None: not ours.

        Raises PaymentsError.
        """
        found = self._subscription(subject) if subject.startswith("sub_") else self._payment_intent(subject)
        if isinstance(found, str):
            return self.look(found)
        return found if found is not None and self._began(found) else None

    def _subscription(self, subject: str) -> Contribution | None:
        subscription = self.gateway.subscription(subject)
        attribution = attribution_of(subscription)
        if attribution is None or not self.knows_site(attribution.site):
            return None
        invoices = self.gateway.invoices(subject, id_of(subscription["customer"]))
        paid = paid_of(invoices)
        waits = not paid or subscription["status"] == "past_due"
        charges = self._charges(subscription, invoices) if paid else []
        regular = Regular(
            subscription,
            invoices,
            self._next_payment(subscription) if waits else "",
            charges,
            {id_of(one["payment_intent"]): self._taken_back(one) for one in charges if may_be_taken_back(one)},
        )
        return from_subscription(regular, attribution)

    def _charges(self, subscription: Stripe, invoices: Sequence[Stripe]) -> Sequence[Stripe]:
        """Those of this subscription: the giver may have others."""
        intents = {intent for invoice in invoices for intent in intents_of(invoice)}
        charges = self.gateway.charges(id_of(subscription["customer"]))
        return [charge for charge in charges if id_of(charge.get("payment_intent")) in intents]

    def _next_payment(self, subscription: Stripe) -> str:
        invoice = subscription.get("latest_invoice")
        payment = self.gateway.payment_for(id_of(invoice)) if invoice else None
        return str(payment["status"]) if payment else ""

    def _payment_intent(self, subject: str) -> Contribution | str | None:
        """The single gift, or the id of the subscription that this payment belongs to."""
        intent = self.gateway.payment_intent(subject)
        attribution = attribution_of(intent)
        if attribution is None:
            return self.gateway.subscription_paid_by(subject) or None
        if not self.knows_site(attribution.site):
            return None
        return from_payment_intent(intent, self._taken_back(intent.get("latest_charge") or {}), attribution)

    def _taken_back(self, charge: Stripe) -> TakenBack:
        if not may_be_taken_back(charge):
            return TakenBack(charge)
        intent = id_of(charge["payment_intent"])
        disputes = self.gateway.disputes(intent) if charge.get("disputed") else []
        return TakenBack(charge, self.gateway.refunds(intent), disputes)

    def _began(self, contribution: Contribution) -> bool:
        """False for what ended at Checkout, such as a declined card; a delayed payment that failed had begun.

        Stripe is asked, and not the ledger, so that the line does not depend on what was heard before.
        """
        if contribution.payments:
            return True
        session = self.gateway.session_for(contribution.id)
        return session is not None and session["status"] == "complete"
