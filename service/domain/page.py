"""The page that is open, and the pages on which nothing is asked."""

from dataclasses import dataclass
from re import Pattern
from typing import NamedTuple


class Page(NamedTuple):
    """The page that is open. Texts are as the site wrote them. A tuple, because every decision looks pages up."""

    url: str
    section: str = ""
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    language: str = ""
    premium: bool = False
    type: str = "other"

    @property
    def is_article(self) -> bool:
        """True for what is counted, metered, and has a place for an appeal."""
        return self.type == "article"


@dataclass(frozen=True, slots=True)
class Exclusions:
    """A set of pages. Any one match is enough; sections and tags match whatever their case."""

    sections: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    urls: Pattern[str] | None = None

    def cover(self, page: Page) -> bool:
        """True when `page` is one of them."""
        return (
            page.section.casefold() in self.sections
            or not self.tags.isdisjoint(map(str.casefold, page.tags))
            or bool(self.urls and self.urls.fullmatch(page.url))
        )

    def listed(self, page: Page) -> list[str]:
        """Everything of `page` that is in the list, in words."""
        return [
            *([f"section {page.section}"] if page.section.casefold() in self.sections else []),
            *(f"tag {tag}" for tag in page.tags if tag.casefold() in self.tags),
            *(["its address"] if self.urls and self.urls.fullmatch(page.url) else []),
        ]


NO_PAGES = Exclusions()
