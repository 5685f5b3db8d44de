"""The pages of an invented newspaper: some new articles every day, each the same whoever opens it."""

from math import log
from random import Random

from service.domain.page import Page
from service.domain.site import Site
from service.forecast.assumptions import Assumptions
from service.forecast.names import Names, address_for, pick

# Nobody is asked on these, and few such pages are published.
_QUIET = 0.02
_SPECIAL_ADDRESS = 0.05
_MOST_TAGS = 3


class Newspaper:
    """Articles are numbered through all days, so any process can say what an article is without asking another."""

    def __init__(self, site: Site, names: Names, assumptions: Assumptions, seed: int) -> None:
        self._origin = min(site.origins)
        self._names, self._assumptions, self._seed = names, assumptions, seed
        self._articles: dict[int, Page] = {}
        home = Page(f"{self._origin}/", language=names.languages[0], type="home")
        fronts = [
            Page(f"{self._origin}/{section}/", section, language=names.languages[0], type="section")
            for section in names.sections
        ]
        self._fronts = [*[home] * len(fronts), *fronts]

    def front(self, dice: Random) -> Page:
        """The home page half of the time, else a section's."""
        return self._fronts[int(dice.random() * len(self._fronts))]

    def draw(self, day: int, dice: Random) -> int:
        """The number of an article that is read on `day`: most are fresh, and some are read more than others."""
        age = int(-log(1 - dice.random()) * self._assumptions.freshness)
        place = int(dice.random() ** 2 * self._assumptions.articles_per_day)
        return (day - age) * self._assumptions.articles_per_day + place

    def article(self, number: int) -> Page:
        """What the article is."""
        page = self._articles.get(number)
        if page is None:
            page = self._articles[number] = self._write(number)
        return page

    def _write(self, number: int) -> Page:
        dice, names = Random(f"{self._seed}/article/{number}"), self._names  # noqa: S311 - nothing secret
        section = self._name(dice, names.sections, names.quiet_sections)
        tags = {self._name(dice, names.tags, names.quiet_tags) for _ in range(int(dice.random() * (_MOST_TAGS + 1)))}
        language = names.languages[0] if dice.random() < 0.8 else pick(dice, names.languages)
        url = f"{self._origin}/{section}/story-{number}"
        if names.addresses and dice.random() < _SPECIAL_ADDRESS:
            url = address_for(pick(dice, names.addresses), self._origin, f"story-{number}")
        return Page(
            url=url,
            section=section,
            tags=tuple(sorted(tags)),
            authors=(pick(dice, names.authors),),
            language=language,
            premium=dice.random() < self._assumptions.premium,
            type="article",
        )

    @staticmethod
    def _name(dice: Random, names: list[str], quiet: list[str]) -> str:
        return pick(dice, quiet if quiet and dice.random() < _QUIET else names)
