"""The interface's own words, one file for each language in `service/locales`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from service.catalogue.languages import plural_category
from service.catalogue.yaml_file import parse_yaml

FALLBACK = "en"
# How the keys begin of what an appeal never says; and of what it says only where readers pay without leaving the page.
_ELSEWHERE = (
    *("gate_", "link_", "mail_", "method_", "newsletter_", "page_", "payment_methods", "product_", "reminder_"),
    *("subscription_", "supporter_"),
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
        """The nearest one: "pt-BR", else "pt", else another Portuguese, else English."""
        known, primary = self.languages, wanted.split("-", maxsplit=1)[0]
        related = (name for name in sorted(known) if name.split("-")[0] == primary)
        return known[next((name for name in (wanted, primary) if name in known), next(related, FALLBACK))]


@cache  # they ship with the service and stay as they are while it runs
def load_dictionary() -> Dictionary:
    """The words that ship with the service. A broken file of ours raises CatalogueError when its language is wanted."""
    folder = files("service") / "locales"
    names = [file.name.removesuffix(".yaml") for file in folder.iterdir() if file.name.endswith(".yaml")]
    return Dictionary(_Shelf(frozenset(names)))


def read_locale(language: str) -> Mapping[str, Any]:
    """What the language's file says: text, or text by CLDR's plural category, by key."""
    file = files("service") / "locales" / f"{language}.yaml"
    values: Mapping[str, Any] = parse_yaml(file.read_bytes(), file.name).values
    return values


@dataclass(frozen=True, slots=True)
class _Shelf(Mapping[str, Words]):
    """The languages by name; each is read when it is first wanted, since a site has few of them."""

    names: frozenset[str]
    _read: dict[str, Words] = field(default_factory=dict)

    def __getitem__(self, language: str) -> Words:
        if language not in self.names:
            raise KeyError(language)
        if language not in self._read:
            self._read[language] = _words(language, self[FALLBACK] if language != FALLBACK else None)
        return self._read[language]

    def __contains__(self, language: object) -> bool:
        return language in self.names

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


def _words(language: str, instead: Words | None) -> Words:
    """The language's own words; what it lacks, in those of `instead`."""
    values = read_locale(language)
    texts = {key: value for key, value in values.items() if isinstance(value, str) and key != "direction"}
    plurals = {key: value for key, value in values.items() if isinstance(value, Mapping)}
    if instead is None:
        return Words(language, texts, plurals)
    return Words(language, {**instead.texts, **texts}, {**instead.plurals, **plurals})
