"""Files to begin with: commented, right by every rule, and seen by no reader until somebody says so."""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from string import Template
from typing import NamedTuple

from service.domain.site import Placement, Site

_BASE = "en"


class _Words(NamedTuple):
    heading: str
    body: str
    button: str


_FIRST: Mapping[str, _Words] = {
    "en": _Words(
        "Help us tell the next story",
        "Readers pay for what {site_name} finds out. **If it is worth something to you, help us go on.**",
        "Continue",
    ),
    "ru": _Words(
        "Помогите рассказать следующую историю",
        "За работу издания {site_name} платят читатели. **Если она вам нужна, помогите нам продолжать.**",
        "Продолжить",
    ),
}
_SECOND: Mapping[str, _Words] = {
    "en": _Words("Paid for by readers", "Reporting takes time. *Would you pay for a little of it?*", "Continue"),
    "ru": _Words("На деньги читателей", "Репортажи требуют времени. *Оплатите немного?*", "Продолжить"),
}


def campaign_to_begin_with(name: str, site: Site, placement: Placement) -> str:
    """The text of a new campaign's file, in each of the site's languages."""
    gate = placement is Placement.GATE
    return _starter("campaign").substitute(
        name=name,
        placement=placement,
        placements=", ".join(site.placements),
        frequency="# No frequency: a gate obeys the meter in site.yaml." if gate else _frequency(site),
        first=_copy(site.languages, _FIRST),
        second=_copy(site.languages, _SECOND),
    )


def site_to_begin_with(name: str) -> str:
    """The text of a new site's site.yaml."""
    return _starter("site").substitute(name=name, title=name.replace("-", " ").title())


def _starter(name: str) -> Template:
    return Template((files("service.catalogue") / "starters" / f"{name}.yaml").read_text("utf-8"))


def _frequency(site: Site) -> str:
    """A cap that is reached before the site's own."""
    most = max(1, min(3, site.frequency.max - 1))
    return f"frequency: {{max: {most}, window: 30d}}    # for one reader; left out: only the site's own cap holds"


def _copy(languages: Sequence[str], words: Mapping[str, _Words]) -> str:
    return "\n".join(_in_language(language, words) for language in languages)


def _in_language(language: str, words: Mapping[str, _Words]) -> str:
    known = words.get(language)
    heading, body, button = known or words[_BASE]
    reminder = "" if known else f"    # in English so far: write it in {language}"
    lines = (f"{language}:{reminder}", f"  heading: {heading}", "  body: |", f"    {body}", f"  button: {button}")
    return "\n".join(" " * 6 + line for line in lines)
