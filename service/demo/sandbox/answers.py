"""What comes back: expanded objects, and lists by the page."""

import copy
from collections.abc import Callable
from typing import Any

from .refusal import Refusal, missing
from .shapes import listing
from .vault import Object, Vault

DEEPEST = 4
PAGE = 10
MOST_TYPES = 20


def expanded(vault: Vault, thing: Object, paths: list[str]) -> Object:
    """A copy with the objects named by `expand` in place of their ids."""
    answer = copy.deepcopy(thing)
    for path in paths:
        parts = path.split(".")
        if len(parts) > DEEPEST:
            raise Refusal(f"You cannot expand more than {DEEPEST} levels of a property", "expand")
        expand(vault, answer, parts, path)
    return answer


def expand(vault: Vault, node: Any, parts: list[str], path: str) -> None:
    if isinstance(node, list):
        for part in node:
            expand(vault, part, parts, path)
        return
    if node is None or not parts:
        return
    name, *rest = parts
    include(vault, node, name)
    if not isinstance(node, dict) or name not in node:
        raise Refusal(f"This property cannot be expanded ({path}).", "expand")
    if isinstance(node[name], str):
        node[name] = fetched(vault, node[name], path)
    elif node[name] is not None and not isinstance(node[name], (dict, list)):
        raise Refusal(f"This property cannot be expanded ({path}).", "expand")
    expand(vault, node[name], rest, path)


def fetched(vault: Vault, ident: str, path: str) -> Object:
    if ident not in vault.objects:
        raise Refusal(f"This property cannot be expanded ({path}).", "expand")
    return copy.deepcopy(vault.objects[ident])


def include(vault: Vault, node: Any, name: str) -> None:
    """The lists that are absent until asked for."""
    if not isinstance(node, dict) or name in node:
        return
    if node.get("object") == "checkout.session" and name == "line_items":
        url = f"/v1/checkout/sessions/{node['id']}/line_items"
        node[name] = listing(copy.deepcopy(vault.private[node["id"]]["lines"]), url)
    if node.get("object") == "invoice" and name == "payments":
        records = [copy.deepcopy(one) for one in vault.all("invoice_payment") if one["invoice"] == node["id"]]
        node[name] = listing(records, f"/v1/invoice_payments?invoice={node['id']}")


def page(things: list[Object], params: dict[str, Any], url: str) -> Object:
    """The part of the list (newest first) that `limit`, `starting_after` and `ending_before` ask for."""
    limit = params.get("limit", PAGE)
    if not 1 <= limit <= 100:
        raise Refusal("Invalid integer: limit must be between 1 and 100.", "limit", "parameter_invalid_integer")
    if "ending_before" in params:
        newer = things[: position(things, params, "ending_before")]
        return listing(newer[-limit:], url, has_more=len(newer) > limit)
    start = position(things, params, "starting_after") + 1 if "starting_after" in params else 0
    return listing(things[start : start + limit], url, has_more=len(things) > start + limit)


def position(things: list[Object], params: dict[str, Any], name: str) -> int:
    for at, thing in enumerate(things):
        if thing["id"] == params[name]:
            return at
    raise missing("object", params[name], name, status=400)


def matching(things: list[Object], params: dict[str, Any]) -> list[Object]:
    """The objects that fit every filter: equal fields, `created` ranges, event `types`, an invoice's payment."""
    if len(params.get("types", ())) > MOST_TYPES:
        raise Refusal(f"You may pass at most {MOST_TYPES} types.", "types")
    return [thing for thing in things if all(test(thing, params) for test in TESTS)]


def in_range(thing: Object, params: dict[str, Any]) -> bool:
    wanted = params.get("created")
    if wanted is None:
        return True
    if isinstance(wanted, int):
        return bool(thing["created"] == wanted)
    sides: dict[str, Callable[[int, int], bool]] = {
        "gt": int.__gt__, "gte": int.__ge__, "lt": int.__lt__, "lte": int.__le__,
    }  # fmt: skip
    return all(sides[side](thing["created"], bound) for side, bound in wanted.items())


def of_type(thing: Object, params: dict[str, Any]) -> bool:
    types = params.get("types") or ([params["type"]] if "type" in params else [])
    return not types or any(covers(pattern, thing["type"]) for pattern in types)


def covers(pattern: str, type_: str) -> bool:
    return type_.startswith(pattern[:-1]) if pattern.endswith("*") else pattern == type_


def pays(thing: Object, params: dict[str, Any]) -> bool:
    wanted = params.get("payment")
    return wanted is None or all(thing["payment"].get(name) == value for name, value in wanted.items())


def in_equal_fields(thing: Object, params: dict[str, Any]) -> bool:
    return all(named(thing, name) == params[name] for name in EQUAL if name in params)


def named(thing: Object, name: str) -> Any:
    """The field; an invoice names its subscription under `parent`, and can still be listed by it."""
    if thing["object"] == "invoice" and name == "subscription":
        details = (thing["parent"] or {}).get("subscription_details") or {}
        return details.get("subscription")
    return thing.get(name)


def by_payer(thing: Object, params: dict[str, Any]) -> bool:
    wanted = params.get("customer_details", {}).get("email")
    return wanted is None or (thing.get("customer_details") or {}).get("email") == wanted


def in_status(thing: Object, params: dict[str, Any]) -> bool:
    """Without a word on status, Stripe leaves cancelled subscriptions out of the list."""
    default = "not over" if thing["object"] == "subscription" else "all"
    wanted = params.get("status", default)
    if wanted == "not over":
        return bool(thing["status"] != "canceled")
    if wanted == "ended":
        return thing["status"] in {"canceled", "incomplete_expired"}
    return wanted == "all" or bool(thing["status"] == wanted)


EQUAL = ("customer", "payment_intent", "subscription", "invoice", "email", "charge")
TESTS = (in_equal_fields, in_range, of_type, pays, by_payer, in_status)
