"""An explanation as a terminal shows it: the answer in plain sentences first, then how it came about."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

MARKS = {"passed": "✓", "refused": "✗", "waived": "–", "passed_over": "·", "chosen": "✓", "fits": "✓"}


def text_of(document: Mapping[str, Any]) -> str:
    """The lines of what `explained` gives."""
    return "\n".join(_lines(document))


def _lines(document: Mapping[str, Any]) -> Iterator[str]:
    yield from document["summary"]
    yield ""
    yield f"{document['site']}, {document['url']}"
    yield document["at_told"]
    reader = document["reader"]
    yield f"The reader: {reader['told']}" if reader else "The reader: nothing is known"
    yield "\n✓ nothing against it  ✗ refuses [reason]  – refuses, but does not count here  · decides nothing"
    yield "\nthe article"
    yield from _rules(document["access"]["rules"], "  ")
    told: dict[str, str] = {}
    for name, place in document["placements"].items():
        yield f"\n{name}"
        rules = "\n".join(_rules(place["rules"], "  "))
        yield f"  site, page and reader: as for {told[rules]}" if rules in told else rules
        told.setdefault(rules, name)
        yield from _campaigns(place)


def _campaigns(place: Mapping[str, Any]) -> Iterator[str]:
    if place["campaigns"]:
        yield "  campaigns, the best first:"
    for campaign in place["campaigns"]:
        yield f"  {MARKS[campaign['outcome']]} {campaign['campaign']} (priority {campaign['priority']})"
        yield from _rules(campaign["rules"], "      ")
    if place["sharing"]:
        yield "  on this page:"
        yield from _rules(place["sharing"], "  ")


def _rules(rules: Sequence[Mapping[str, Any]], indent: str) -> Iterator[str]:
    for rule in rules:
        name = f" [{rule['rule']}]" if rule["outcome"] == "refused" else ""
        yield f"{indent}{MARKS[rule['outcome']]} {rule['told']}{name}"
        for condition in rule.get("conditions", ()):
            yield f"{indent}    {'✓' if condition['holds'] else '✗'} {condition['told']}"
