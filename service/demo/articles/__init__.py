"""The newspaper's articles: one Markdown file each, with a few facts on top."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markupsafe import Markup
from ruamel.yaml import YAML

SECTIONS = ("World", "Science", "Culture", "Opinion", "Obituaries")
WORDS_A_MINUTE = 220


@dataclass(frozen=True, slots=True)
class Article:
    """One article. `rank` 1 leads the front page; `label` is the section's name in the article's language."""

    slug: str
    title: str
    standfirst: str
    section: str
    label: str
    author: str
    place: str
    language: str
    tags: tuple[str, ...]
    published: datetime
    rank: int
    picture: str
    caption: str
    body: Markup
    minutes: int

    @property
    def path(self) -> str:
        return f"/{self.section.lower()}/{self.slug}"


def load_articles(folder: Path, now: datetime) -> list[Article]:
    """Every article in the folder, the most important first; their dates count back from `now`."""
    found = [read(path, now) for path in sorted(folder.glob("*.md"))]
    return sorted(found, key=lambda article: article.rank)


def read(path: Path, now: datetime) -> Article:
    _, head, text = path.read_text(encoding="utf-8").split("---\n", 2)
    facts: dict[str, Any] = YAML(typ="safe").load(head)
    return Article(
        slug=path.stem, title=facts["title"], standfirst=facts["standfirst"],
        section=facts.get("section_key", facts["section"]), label=facts["section"], author=facts["author"],
        place=facts["place"], language=facts["language"], tags=tuple(facts["tags"]),
        published=printed(facts["days_ago"], facts["time"], now),
        rank=facts["rank"], picture=facts.get("picture", ""), caption=facts.get("caption", ""),
        body=Markup(MarkdownIt("commonmark").render(text)), minutes=max(1, round(len(text.split()) / WORDS_A_MINUTE)),
    )  # fmt: skip


def printed(days_ago: int, time: str, now: datetime) -> datetime:
    """That time of day so many days ago, and never in the future: nobody reads tomorrow's paper."""
    hours, minutes = time.split(":")
    at = now.replace(hour=int(hours), minute=int(minutes), second=0, microsecond=0) - timedelta(days=days_ago)
    return at if at <= now else at - timedelta(days=1)
