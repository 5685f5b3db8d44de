"""A letter of a few sentences with one button, as text and as HTML: all that we write to readers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from service.mail.letter import Letter

_TEMPLATES = Environment(
    loader=PackageLoader("service.mail"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    keep_trailing_newline=True,
)


class Say(Protocol):
    """The interface's words in one language; see `catalogue.words.Words.say`."""

    def __call__(self, key: str, **values: object) -> str: ...


@dataclass(frozen=True, slots=True)
class Notice:
    """What one is made of. `site`: the publication's name; `before` and `after`: sentences around the button; `links`:
    quieter ones at the end, each with its words."""

    site: str
    subject: str
    before: Sequence[str]
    button: str
    url: str
    after: Sequence[str]
    links: Sequence[tuple[str, str]] = ()


def notice(what: Notice, *, to: str, language: str, direction: str) -> Letter:
    """The letter."""
    facts = {name: getattr(what, name) for name in Notice.__dataclass_fields__}
    facts |= {"language": language, "direction": direction}
    return Letter(
        to=to,
        subject=what.subject,
        text=_TEMPLATES.get_template("notice.txt").render(facts),
        html=_TEMPLATES.get_template("notice.html").render(facts),
        language=language,
    )
