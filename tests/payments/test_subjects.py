"""Which contribution an event is about; whatever has another shape than Stripe's is about none."""

from typing import Any

import pytest

from service.payments.webhooks import SUBJECTS, subject_of

OURS = {"site": "gazette", "attempt": "a"}


def about(type_: str, **thing: Any) -> str:
    return subject_of({"type": type_, "data": {"object": thing}})


def test_an_event_names_its_payment_or_its_subscription() -> None:
    assert about("customer.subscription.updated", id="sub_1AbC", metadata=OURS) == "sub_1AbC"
    assert about("charge.refunded", object="charge", payment_intent="pi_1AbC") == "pi_1AbC"
    assert about("refund.failed", object="refund", payment_intent="pi_1AbC") == "pi_1AbC"
    assert about("charge.dispute.created", object="dispute", payment_intent="pi_1AbC") == "pi_1AbC"


def test_a_decline_at_checkout_is_about_no_gift() -> None:
    assert about("payment_intent.payment_failed", object="payment_intent", id="pi_1AbC", metadata=OURS) == ""


@pytest.mark.parametrize(
    "name",
    ["sub_../../v1/x", "..", "/", "sub_a?expand=b", "pi_#", "cs_1", "sub_", "sub_\x00", "pi_\ud800", "pi_" + "x" * 999],
)
def test_what_is_no_id_never_becomes_part_of_an_address(name: str) -> None:
    assert about("customer.subscription.updated", id=name, metadata=OURS) == ""
    assert about("checkout.session.completed", payment_intent=name, metadata=OURS) == ""
    assert about("charge.refunded", object="charge", payment_intent=name) == ""


@pytest.mark.parametrize("type_", SUBJECTS)
@pytest.mark.parametrize("odd", ["site attempt", ["site", "attempt"], 5, True, None])
def test_parts_of_another_kind_are_nobodys(type_: str, odd: Any) -> None:
    assert about(type_, object="subscription", id="sub_1", metadata=odd) == ""
    assert about(type_, object="invoice", parent=odd) == ""
    assert about(type_, object="invoice", parent={"subscription_details": odd}) == ""
    assert about(type_, object="invoice", parent={"subscription_details": {"metadata": odd}}) == ""
