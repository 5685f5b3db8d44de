"""The interface's own words, one file for each language in `service/locales`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from service.catalogue.languages import plural_category
from service.catalogue.yaml_file import parse_yaml

FALLBACK = "en"
# How the keys begin of what an appeal never says; and of what it says only where readers pay without leaving the page.
_ELSEWHERE = (
    *("gate_", "link_", "mail_", "newsletter_", "page_", "product_", "reminder_", "subscription_", "supporter_"),
    *("thanks_supporter", "thanks_spent", "thanks_no_", "thanks_later", "ticker_"),
)
_IN_NEWSLETTERS = ("newsletter_", "supporter_email")
_WHEN_EMBEDDED = ("pay_", "thanks_")


@dataclass(frozen=True, slots=True)
class Words:
    """One language: texts by key, and plurals by key and CLDR category."""

    language: str
    texts: Mapping[str, str]
    plurals: Mapping[str, Mapping[str, str]]

    def of_appeals(self, *, embedded: bool) -> Mapping[str, str]:
        """What an appeal may come to say: it goes out with every decision. `embedded`: readers pay on the page."""
        others = _ELSEWHERE if embedded else (*_ELSEWHERE, *_WHEN_EMBEDDED)
        return {key: text for key, text in self.texts.items() if not key.startswith(others)}

    def of_newsletters(self) -> Mapping[str, str]:
        """What the form of a newsletter says, beside what every appeal does."""
        return {key: text for key, text in self.texts.items() if key.startswith(_IN_NEWSLETTERS)}

    def of_gates(self) -> Mapping[str, str]:
        """What a gate says beside its appeal, or without one."""
        return {key: text for key, text in self.texts.items() if key.startswith(("gate_", "try_again"))}

    def say(self, key: str, **values: object) -> str:
        """The text of `key`, its {holes} filled."""
        return self.texts[key].format(**values)

    def count(self, key: str, number: int) -> str:
        """The text of `key` in the plural form that goes with `number`."""
        forms = self.plurals[key]
        return forms.get(plural_category(number, self.language), forms["other"]).format(n=number)


@dataclass(frozen=True, slots=True)
class Dictionary:
    """Every language the interface speaks."""

    languages: Mapping[str, Words]

    def for_language(self, wanted: str) -> Words:
        """The nearest one: "pt-BR", else "pt", else English."""
        known = self.languages
        return known.get(wanted) or known.get(wanted.split("-", maxsplit=1)[0]) or known[FALLBACK]


@cache  # they ship with the service and stay as they are while it runs
def load_dictionary() -> Dictionary:
    """The words that ship with the service. Raises CatalogueError when a file of ours is broken."""
    languages = {}
    for file in (files("service") / "locales").iterdir():
        if file.name.endswith(".yaml"):
            language = file.name.removesuffix(".yaml")
            languages[language] = _words(language, parse_yaml(file.read_bytes(), file.name).values)
    return Dictionary(languages)


def _words(language: str, values: Mapping[str, Any]) -> Words:
    texts = {key: value for key, value in values.items() if isinstance(value, str) and key != "direction"}
    plurals = {key: value for key, value in values.items() if isinstance(value, Mapping)}
    return Words(language, texts, plurals)
