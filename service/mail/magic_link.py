"""The mail with a link by which a supporter is recognised, and looks after a gift."""

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


def magic_link(say: Say, *, to: str, site: str, url: str, language: str, direction: str) -> Letter:
    """What the supporter is written. `site`: the publication's name."""
    facts = {"say": say, "site": site, "url": url, "language": language, "direction": direction}
    return Letter(
        to=to,
        subject=say("link_subject", site=site),
        text=_TEMPLATES.get_template("magic_link.txt").render(facts),
        html=_TEMPLATES.get_template("magic_link.html").render(facts),
        language=language,
    )
