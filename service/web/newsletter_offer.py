"""What a reader is told of a newsletter before they sign up."""

from collections.abc import Mapping
from typing import Any

from service.catalogue.words import Words
from service.domain.newsletter import Newsletter


def offer(newsletter: Newsletter, language: str, words: Words) -> Mapping[str, Any]:
    """As the script has it, in one of the site's languages."""
    return {
        "id": newsletter.id,
        "title": newsletter.title[language],
        "frequency": newsletter.frequency[language],
        "preview": newsletter.preview,
        "privacy": newsletter.privacy,
        "words": words.of_newsletters(),
    }
