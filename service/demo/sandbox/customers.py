"""Customers that the service makes before Checkout, and what it writes on them."""

from typing import Any

from flask import request
from stripe import params as sdk
from stripe.params._customer_payment_method_list_params import CustomerPaymentMethodListParams

from . import answers, shapes
from .refusal import Refusal
from .rules import check_email, check_metadata
from .vault import Object, Vault

Params = dict[str, Any]


def make_customer(vault: Vault, params: Params, _ident: str) -> Object:
    refuse_unplayed(params, "email", "name")
    check_email(params.get("email"), "email")
    with vault.change():
        made = shapes.customer(vault, params.get("email"), params.get("name"))
        merge_metadata(made, params)
        vault.emit("customer.created", made)
        return made


def change_customer(vault: Vault, params: Params, ident: str) -> Object:
    refuse_unplayed(params)
    with vault.change():
        customer = vault.find("customer", ident)
        merge_metadata(customer, params)
        vault.emit("customer.updated", customer)
        return customer


def payment_methods(vault: Vault, params: Params, ident: str) -> Object:
    """None: our Checkout offers nobody to keep a card, and Stripe shows those of subscriptions to nobody else."""
    vault.find("customer", ident)
    return answers.page([], params, request.path)


def refuse_unplayed(params: Params, *played: str) -> None:
    unplayed = params.keys() - {"metadata", "expand", *played}
    if unplayed:
        raise Refusal(f"This sandbox does not play {', '.join(sorted(unplayed))}.", min(unplayed))


def merge_metadata(customer: Object, params: Params) -> None:
    """Key by key; empty text takes one away. Source: docs.stripe.com/metadata."""
    given = params.get("metadata") or {}
    check_metadata(given, "metadata")
    merged = {**customer["metadata"], **given}
    customer["metadata"] = {name: value for name, value in merged.items() if value}


CUSTOMERS = (
    ("POST", "customers", sdk.CustomerCreateParams, make_customer),
    ("POST", "customers/<ident>", sdk.CustomerUpdateParams, change_customer),
    ("GET", "customers/<ident>/payment_methods", CustomerPaymentMethodListParams, payment_methods),
)
