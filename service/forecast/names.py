"""The sections, tags, countries, … of an invented readership: those that the staff files name, and some others."""

from collections.abc import Iterable, Mapping, Sequence
from random import Random

from service.domain.audience import UNKNOWN_COUNTRY, Choice, Condition, Patterns
from service.domain.plan import Plan

_OTHERS: Mapping[str, tuple[str, ...]] = {
    "sections": ("world", "politics", "culture", "opinion", "sport"),
    "tags": ("budget", "climate", "courts", "election", "health", "schools", "transport", "weather"),
    "authors": ("Ada Quill", "Bram Inkwell", "Cleo Byline"),
    "countries": ("BR", "IN", "US", UNKNOWN_COUNTRY),
    "referrers": ("", "", "https://www.google.com/", "https://t.co/", "https://news.example/"),
}


def pick(dice: Random, names: Sequence[str]) -> str:
    """One of them, each as likely. Only `random()` is promised to give the same in every version of Python."""
    return names[int(dice.random() * len(names))]


class Names:
    """Every name that the plans know, and some that they do not. The same plans give the same order."""

    def __init__(self, plans: Sequence[Plan]) -> None:
        conditions = [
            condition for plan in plans for campaign in plan.campaigns for condition in campaign.audience.conditions
        ]
        exclusions = [
            pages
            for plan in plans
            for pages in (plan.site.never_ask_on, *([plan.site.meter.exempt] if plan.site.meter else []))
        ]
        self.sections = self._all("sections", conditions)
        self.tags = self._all("tags", conditions)
        self.authors = self._all("authors", conditions)
        self.referrers = self._all("referrers", conditions)
        self.countries = sorted(
            {country.upper() for plan in plans for country in plan.site.currency_by_country}
            | {_country(name) for name in self._all("countries", conditions)}
        )
        self.addresses = sorted(set(_named("urls", conditions)))
        self.utm = _groups("utm.", conditions)
        self.attributes = _groups("attributes.", conditions)
        self.newsletters = sorted({name for plan in plans for name in plan.site.newsletters})
        self.languages = plans[0].site.languages
        self.quiet_sections = sorted({name for pages in exclusions for name in pages.sections})
        self.quiet_tags = sorted({name for pages in exclusions for name in pages.tags})

    @staticmethod
    def _all(fact: str, conditions: Iterable[Condition]) -> list[str]:
        known = _OTHERS[fact]
        folded = {name.casefold() for name in known}
        return [*known, *sorted({name for name in _named(fact, conditions) if name.casefold() not in folded})]


def _country(name: str) -> str:
    return name if name == UNKNOWN_COUNTRY else name.upper()


def _named(fact: str, conditions: Iterable[Condition]) -> list[str]:
    found: list[str] = []
    for condition in conditions:
        match condition.wanted:
            case Choice(include, exclude) if condition.name == fact:
                found += [*(include or ()), *exclude]
            case Patterns(sources=sources) if condition.name == fact:
                found += [*sources[0], *sources[1]]
    return found


def _groups(prefix: str, conditions: Sequence[Condition]) -> dict[str, list[str]]:
    """For each name after the prefix, the values that are named and one that is not."""
    keys = sorted({condition.name for condition in conditions if condition.name.startswith(prefix)})
    return {key.removeprefix(prefix): [*sorted(set(_named(key, conditions))), "another"] for key in keys}


def address_for(pattern: str, origin: str, story: str) -> str:
    """An address that a pattern covers: a * in front stands for the site, every other one for a story."""
    start, rest = (origin, pattern[1:]) if pattern.startswith("*") else ("", pattern)
    return start + rest.replace("*", story)
