"""The interface's own words: every language says everything, in its own plural forms, with the same {holes}."""

import re
from datetime import date
from functools import cache
from typing import Any

import pytest
from babel.dates import format_date

from service.catalogue.languages import direction, plural_categories
from service.catalogue.words import load_dictionary, read_locale

LANGUAGES = "ar de en es fr he it ja nl pl pt-BR ru uk".split()
# Forms that stand for one number alone, and may say it in words: "in two days" is one word in Arabic.
SAID_IN_WORDS = {("ar", "zero"), ("ar", "one"), ("ar", "two"), ("he", "one"), ("he", "two")}
Entry = str | dict[str, str]


@cache
def read(language: str) -> dict[str, Any]:
    return dict(read_locale(language))


def complaints(language: str, values: dict[str, Any], english: dict[str, Any]) -> list[str]:
    """What is wrong with a language's file, a line for each."""
    found = [f"{key} is missing" for key in english.keys() - values.keys()]
    found += [f"{key} is unknown" for key in values.keys() - english.keys()]
    if values.get("direction") != direction(language):
        found.append("direction is not CLDR's")
    for key in english.keys() & values.keys() - {"direction"}:
        found += _entry_complaints(language, key, values[key], english[key])
    return found


def _entry_complaints(language: str, key: str, entry: Entry, english: Entry) -> list[str]:
    if not isinstance(entry, dict) or not isinstance(english, dict):
        if type(entry) is not type(english):
            return [f"{key} must be text in every language, or plural forms in every language"]
        same = holes(str(entry)) == holes(str(english)) and str(entry).strip()
        return [] if same else [f"{key} has other holes, or is empty"]
    wanted = {*plural_categories(language), "other"}
    found = [f"{key}.{form} is missing or unknown" for form in wanted ^ entry.keys()]
    for form in wanted & entry.keys():
        least = set() if (language, form) in SAID_IN_WORDS else holes(english["other"])
        if not least <= holes(entry[form]) <= holes(english["other"]):
            found.append(f"{key}.{form} has other holes")
    return found


def holes(text: str) -> set[str]:
    return set(re.findall(r"\{(\w*)\}", text))


def test_the_interface_speaks_these_languages() -> None:
    assert sorted(load_dictionary().languages) == LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_says_everything_with_the_same_holes(language: str) -> None:
    assert complaints(language, read(language), read("en")) == []


def test_what_is_wrong_with_a_language_is_found() -> None:
    whole = {"direction": "ltr", "a": "{x}", "days": {"one": "{n}", "few": "{n}", "many": "{n}", "other": "{n}"}}
    english = {"direction": "ltr", "a": "{x}", "days": {"one": "{n}", "other": "{n}"}}
    assert complaints("pl", whole, english) == []
    for change, complaint in [
        ({"a": "{y}"}, "a has other holes, or is empty"),
        ({"a": " "}, "a has other holes, or is empty"),
        ({"b": ""}, "b is unknown"),
        ({"direction": "rtl"}, "direction is not CLDR's"),
        ({"days": "{n}"}, "days must be text in every language, or plural forms in every language"),
        ({"days": {"one": "{n}", "few": "{n}", "other": "{n}"}}, "days.many is missing or unknown"),
        ({"days": {**whole["days"], "two": "{n}"}}, "days.two is missing or unknown"),  # type: ignore[dict-item]
        ({"days": {**whole["days"], "few": "2"}}, "days.few has other holes"),  # type: ignore[dict-item]
    ]:
        assert complaints("pl", {**whole, **change}, english) == [complaint]
    assert complaints("pl", {"direction": "ltr", "days": whole["days"]}, english) == ["a is missing"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_of_a_page_or_mail_ends_in_two_full_stops(language: str) -> None:
    """A date may bring its own: "12 декабря 2026 г." The script drops one of the two itself."""
    if not format_date(date(2026, 12, 12), "long", locale=language.replace("-", "_")).endswith("."):
        return
    ours = {key: text for key, text in read(language).items() if key.startswith(("page_", "mail_", "supporter_"))}
    assert [key for key, text in ours.items() if "{date}." in text] == []


@pytest.mark.parametrize(
    ("wanted", "answered"),
    [("pt-BR", "pt-BR"), ("pt", "pt-BR"), ("pt-PT", "pt-BR"), ("de-AT", "de"), ("zh-Hant", "en"), ("x", "en")],
)
def test_the_nearest_language_answers(wanted: str, answered: str) -> None:
    assert load_dictionary().for_language(wanted).language == answered


def test_only_the_languages_of_a_site_are_read() -> None:
    load_dictionary.cache_clear()
    shelf = load_dictionary().languages
    assert load_dictionary().for_language("nl").say("close") == "Sluiten"
    assert sorted(shelf._read) == ["en", "nl"]  # type: ignore[attr-defined]


def test_a_word_that_a_language_lacks_is_said_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    load_dictionary.cache_clear()
    whole = read_locale("nl")
    part = {"once": "Eenmalig", "in_days": whole["in_days"]}
    monkeypatch.setattr(
        "service.catalogue.words.read_locale", lambda name: part if name == "nl" else read(name)
    )  # fmt: skip
    words = load_dictionary().for_language("nl")
    assert (words.say("once"), words.say("close"), words.count("in_days", 2)) == ("Eenmalig", "Close", "over 2 dagen")
    assert words.count("too_many_attempts", 2) == read("en")["too_many_attempts"]["other"].format(n=2)
    load_dictionary.cache_clear()


@pytest.mark.parametrize(
    ("language", "number", "said"),
    [
        *(("ru", 1, "через 1 день"), ("ru", 2, "через 2 дня"), ("ru", 5, "через 5 дней"), ("ru", 21, "через 21 день")),
        *(("pl", 1, "za 1 dzień"), ("pl", 3, "za 3 dni"), ("pl", 22, "za 22 dni"), ("uk", 14, "через 14 днів")),
        *(("ar", 1, "بعد يوم واحد"), ("ar", 2, "بعد يومين"), ("ar", 7, "بعد 7 أيام"), ("ar", 30, "بعد 30 يومًا")),
        *(("ar", 100, "بعد 100 يوم"), ("he", 2, "בעוד יומיים"), ("he", 30, "בעוד 30 ימים")),
        *(("ja", 1, "1日後"), ("ja", 30, "30日後"), ("fr", 0, "dans 0 jour"), ("pt-BR", 7, "em 7 dias")),
    ],
)
def test_days_are_counted_as_the_language_does(language: str, number: int, said: str) -> None:
    assert load_dictionary().for_language(language).count("in_days", number) == said
