"""Stripe's form encoding: `line_items[0][price_data][currency]=usd` becomes nested mappings."""

import re
from collections.abc import Iterable
from typing import Any

from .refusal import Refusal

NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
DEEPEST = 12


def nested(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The pairs as a tree of mappings; list positions stay as digit keys until the contract says "list"."""
    tree: dict[str, Any] = {}
    for name, value in pairs:
        *parents, last = path_of(name)
        node = tree
        for part in parents:
            node = step(node, part, name)
        if last == "":
            last = str(len(node))
        if isinstance(node.get(last), dict):
            raise Refusal(f"Invalid parameters: {name} is both a value and a mapping.", name)
        node[last] = value
    return tree


def path_of(name: str) -> list[str]:
    """["line_items", "0", "price"] for `line_items[0][price]`; "" stands for `[]`."""
    match = NAME.fullmatch(name)
    if match is None:
        raise Refusal(f"Invalid parameter name: {name}", name)
    path = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]
    if len(path) > DEEPEST:
        raise Refusal(f"Parameters nested too deeply: {name[:100]}", match[1])
    return path


def step(node: dict[str, Any], part: str, name: str) -> dict[str, Any]:
    child = node.setdefault(part or str(len(node)), {})
    if not isinstance(child, dict):
        raise Refusal(f"Invalid parameters: {name} is both a value and a mapping.", name)
    return child


def spelled(path: Iterable[str]) -> str:
    """`line_items[0][price]` for the path ["line_items", "0", "price"]."""
    head, *rest = path
    return head + "".join(f"[{part}]" for part in rest)
