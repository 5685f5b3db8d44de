"""One site as warnings look at it: what became of its files, and where everything stands in them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from service.catalogue.problems import Level, Problem
from service.catalogue.yaml_file import Document, Path_
from service.domain.campaign import Campaign
from service.domain.plan import Plan
from service.domain.site import Site


@dataclass(frozen=True, slots=True)
class SiteFiles:
    """A site without errors. `documents`: its files, by their names in its folder; `now`: the moment that is judged."""

    site: Site
    plan: Plan
    documents: Mapping[str, Document]
    now: datetime

    def of_site(self, path: Path_, message: str) -> Problem:
        """A warning about site.yaml."""
        return self.documents["site.yaml"].problem(path, message, Level.WARNING)

    def of_campaign(self, campaign: Campaign, path: Path_, message: str) -> Problem:
        """A warning about the campaign's file."""
        return self.document_of(campaign).problem(path, message, Level.WARNING)

    def document_of(self, campaign: Campaign) -> Document:
        """The campaign's file."""
        return self.documents[f"campaigns/{campaign.id}.yaml"]


SiteWarning: TypeAlias = Callable[[SiteFiles], Iterable[Problem]]
