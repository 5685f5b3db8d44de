"""Appeals as the script receives them, rendered once and kept: only the receipt and the placeholders differ."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from service.catalogue.languages import direction, plural_form
from service.catalogue.words import Dictionary, Words
from service.domain.campaign import Campaign, Element, Kind, Node, Placeholder, Variant
from service.domain.site import CheckoutMode, Placement, Site
from service.web.giving_form import form
from service.web.look import beside_the_words, theme_of
from service.web.newsletter_offer import offer

_HOLE = re.compile("\ue000([0-9]+)\ue001")  # private-use characters, which copy never needs
_RECEIPT = "\ue000receipt\ue001"


@dataclass(slots=True)
class Template:
    """One appeal in one language and currency. `render` fills in what belongs to one reader."""

    head: bytes
    tail: Sequence[str | Placeholder]
    language: str
    counts_articles: bool = field(init=False)
    """False where no reader's number stands in it."""
    _tails: dict[int, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.counts_articles = len(self.tail) > 1

    def render(self, receipt: str, articles_read: int) -> tuple[bytes, bytes, bytes]:
        """The appeal as JSON, in pieces."""
        tail = self._tails.get(articles_read)
        if tail is None:
            tail = self._tails[articles_read] = "".join(
                part if isinstance(part, str) else _escaped(_filled(part, articles_read, self.language))
                for part in self.tail
            ).encode()
        return self.head, receipt.encode(), tail


def _filled(placeholder: Placeholder, articles_read: int, language: str) -> str:
    if not placeholder.forms:
        return str(articles_read)
    return f"{articles_read} {plural_form(placeholder.forms, articles_read, language)}"


def _escaped(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


@dataclass(frozen=True)
class Appeals:
    """The templates of one catalogue, each made when it is first wanted."""

    dictionary: Dictionary
    public_url: str
    mails: bool
    _made: dict[tuple[str, str, str, str, str], Template] = field(default_factory=dict)

    def template(self, site: Site, campaign: Campaign, variant: Variant, language: str, currency: str) -> Template:
        """The template for this reader's language (one of the site's) and currency."""
        key = (site.id, campaign.id, variant.name, language, currency)
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = self._make(site, campaign, variant, language, currency)
        return made

    def _make(self, site: Site, campaign: Campaign, variant: Variant, wanted: str, currency: str) -> Template:
        language = wanted if wanted in variant.copy else site.default_language
        words = self.dictionary.for_language(language)
        holes: list[Placeholder] = []
        text = json.dumps(self._document(site, campaign, variant, words, language, currency, holes), ensure_ascii=False)
        head, _, tail = text.partition(_RECEIPT)
        parts = [holes[int(part)] if index % 2 else part for index, part in enumerate(_HOLE.split(tail))]
        return Template(head.encode(), parts, language)

    def _document(
        self,
        site: Site,
        campaign: Campaign,
        variant: Variant,
        words: Words,
        language: str,
        currency: str,
        holes: list[Placeholder],
    ) -> dict[str, Any]:
        copy = variant.copy[language]
        return {
            "receipt": _RECEIPT,
            "campaign": campaign.id,
            "variant": variant.name,
            "kind": campaign.kind,
            "placement": campaign.placement,
            "language": language,
            "direction": direction(language),
            "dismissible": campaign.placement is not Placement.GATE,
            "place": site.placements[campaign.placement].place,
            "copy": {
                "heading": _tree(copy.heading, holes),
                "body": _tree(copy.body, holes),
                "button": copy.button,
            },
            **self._asked_for(site, campaign, words, language, currency),
            "snooze": _snooze(site, words, mails=self.mails),
            **theme_of(site),
            **beside_the_words(campaign, language),
            "words": words.of_appeals(embedded=site.checkout.mode is CheckoutMode.EMBEDDED),
        }

    def _asked_for(
        self, site: Site, campaign: Campaign, words: Words, language: str, currency: str
    ) -> dict[str, Any]:
        """The form to give by, a newsletter, or where to go: a reader proves by mail who they are before a card is
        changed."""
        if campaign.kind is Kind.CARD_UPDATE:
            query = urlencode({"site": site.id, "language": language})
            return {"form": None, "link": f"{self.public_url}/supporter?{query}"}
        if campaign.newsletter:
            return {"form": None, "newsletter": offer(site.newsletters[campaign.newsletter], language, words)}
        return {"form": form(site, currency, words, language)}


def _tree(nodes: Sequence[Node], holes: list[Placeholder]) -> list[Any]:
    """The nodes as JSON has them; a placeholder becomes a numbered hole in the text around it."""
    found: list[Any] = []
    for node in nodes:
        if isinstance(node, Element):
            found.append([node.tag, dict(node.attributes), _tree(node.children, holes)])
            continue
        text = node if isinstance(node, str) else _hole(node, holes)
        if found and isinstance(found[-1], str):
            found[-1] += text
        else:
            found.append(text)
    return found


def _hole(placeholder: Placeholder, holes: list[Placeholder]) -> str:
    holes.append(placeholder)
    return f"\ue000{len(holes) - 1}\ue001"


def _snooze(site: Site, words: Words, *, mails: bool) -> Mapping[str, Any]:
    choices = [{"days": days, "label": words.count("in_days", days)} for days in site.snooze.choices]
    offer = {"choices": choices, "default_days": site.snooze.default, "never": site.snooze.never}
    more = {"mails": site.snooze.reminder_email, "newsletter": bool(site.snooze.newsletter)} if mails else {}
    return offer | {name: True for name, wanted in more.items() if wanted}
