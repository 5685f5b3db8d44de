"""What a request may contain, read from the installed SDK's own parameter types.

The SDK is generated from Stripe's specification, so its types name every parameter of the pinned API version: one
that is not there was removed from the API or never existed, and is refused here as Stripe refuses it.
"""

import sys
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

from stripe import RequestOptions
from stripe import StripeContext as Context

from .form import spelled
from .refusal import Refusal

SCALARS = (bool, int, Decimal, float, str)
CALL_OPTIONS = frozenset(RequestOptions.__annotations__)  # the SDK's own per-call options, not parameters


def checked(params: type, raw: dict[str, Any]) -> dict[str, Any]:
    """The request's parameters with their declared types; raises Refusal at the first one that does not fit."""
    return mapping(params, raw, ())


@cache
def fields(params: type) -> dict[str, Any]:
    names = {**vars(sys.modules[RequestOptions.__module__]), "StripeContext": Context}
    hints = get_type_hints(params, vars(sys.modules[params.__module__]), names)
    return {name: declared for name, declared in hints.items() if name not in CALL_OPTIONS}


def mapping(params: Any, raw: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    declared = fields(params)
    for name in raw:
        if name not in declared:
            at = spelled((*path, name))
            raise Refusal(f"Received unknown parameter: {at}", at, "parameter_unknown")
    for name in sorted(params.__required_keys__ & declared.keys() - raw.keys()):
        at = spelled((*path, name))
        raise Refusal(f"Missing required param: {at}.", at, "parameter_missing")
    return {name: typed(declared[name], value, (*path, name)) for name, value in raw.items()}


def typed(declared: Any, value: Any, path: tuple[str, ...]) -> Any:
    """The value as the declared type; every union member is one alternative."""
    options = alternatives(declared)
    words = [word for option in options if get_origin(option) is Literal for word in get_args(option)]
    if isinstance(value, dict):
        return structure(options, value, path)
    if value == "" and "" in words:
        return value
    if value == "":
        at = spelled(path)
        raise Refusal(f"You passed an empty string for '{at}'.", at, "parameter_invalid_empty")
    if any(words):  # the SDK writes enumerations as `Literal[...] | str`
        return one_of([word for word in words if word], value, path)
    return scalar(options, value, path)


def alternatives(declared: Any) -> list[Any]:
    if get_origin(declared) is Union or type(declared).__name__ == "UnionType":
        return [option for part in get_args(declared) for option in alternatives(part)]
    return [] if declared is type(None) else [declared]


def structure(options: list[Any], value: dict[str, Any], path: tuple[str, ...]) -> Any:
    for option in options:
        if is_typeddict(option) or getattr(option, "__required_keys__", None) is not None:
            return mapping(option, value, path)
        if get_origin(option) is list:
            return sequence(get_args(option)[0], value, path)
        if get_origin(option) is dict:
            return {name: typed(get_args(option)[1], part, (*path, name)) for name, part in value.items()}
    raise Refusal(f"Invalid value for {spelled(path)}: expected a single value.", spelled(path))


def sequence(declared: Any, value: dict[str, Any], path: tuple[str, ...]) -> list[Any]:
    if not all(position.isdecimal() for position in value):
        raise Refusal("Invalid array", spelled(path))
    return [typed(declared, value[at], (*path, at)) for at in sorted(value, key=int)]


def one_of(words: list[str], value: str, path: tuple[str, ...]) -> str:
    if value not in words:
        known = ", ".join(sorted(words))
        raise Refusal(f"Invalid {spelled(path)}: must be one of {known}", spelled(path))
    return value


def scalar(options: list[Any], value: str, path: tuple[str, ...]) -> Any:
    at = spelled(path)
    kind = next((scalar for scalar in SCALARS if scalar in options), None)
    if kind is None:
        raise Refusal(f"Invalid value for {at}: expected an object or a list.", at)
    if kind is bool:
        if value not in {"true", "false"}:
            raise Refusal(f"Invalid boolean: {value}", at)
        return value == "true"
    try:
        return kind(value)
    except (ValueError, InvalidOperation):
        raise Refusal(f"Invalid integer: {value}", at, "parameter_invalid_integer") from None
