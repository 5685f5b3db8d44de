"""The whole config folder as one catalogue, or every problem in it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeAlias

from marshmallow import ValidationError

from service.catalogue.campaign_schema import CampaignSchema
from service.catalogue.fields import slug
from service.catalogue.folder import Files, read_files, version_of
from service.catalogue.problems import CatalogueError, Problem
from service.catalogue.site_name import site_name
from service.catalogue.site_schema import SiteSchema
from service.catalogue.yaml_file import Document, Path_, parse_yaml
from service.domain.abilities import Abilities
from service.domain.campaign import Campaign
from service.domain.human_check import When
from service.domain.plan import Plan
from service.domain.site import CheckoutMode, Site


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything staff wrote, at one moment. `version` changes when any byte of it does."""

    version: str
    sites: Mapping[str, Site]
    plans: Mapping[str, Plan]
    documents: Mapping[str, Mapping[str, Document]]
    """The files of each site, by their names in its folder."""
    files: Files
    """Every byte of it."""


_Built: TypeAlias = Mapping[str, tuple[Document, Site | None, Any]]


@dataclass
class Loader:
    """Builds catalogues, looking again only at the files that changed since the last one, and at all of a site's when
    its site.yaml did."""

    folder: Path
    extra_origins: Mapping[str, Sequence[str]] = field(default_factory=dict)
    abilities: Abilities = field(default_factory=Abilities)
    _parsed: dict[tuple[str, bytes], Document] = field(default_factory=dict)
    _built: dict[str, tuple[Document, Site | None, Any]] = field(default_factory=dict)

    def load(self) -> Catalogue:
        """The catalogue of the folder as it is now. Raises CatalogueError with every problem in it."""
        return self.build(read_files(self.folder))

    def build(self, files: Files) -> Catalogue:
        """The catalogue in `files`. Raises CatalogueError with every problem in them."""
        documents, problems = self._documents(files)
        sites: dict[str, Site] = {}
        campaigns: dict[str, list[Campaign]] = {}
        groups, before = _by_site(documents), self._built
        self._built = {}
        for site_id, group in groups.items():
            site = _attempt(problems, self._site, site_id, group, files, before)
            found = self._campaigns(site, group, problems, before)
            if site is not None:
                sites[site_id] = site
                campaigns[site_id] = [one for one in found if self._can_ask(site, one)]
        _refuse_unknown_sites(self.extra_origins, sites, problems)
        if problems:
            raise CatalogueError(problems)
        plans = {site_id: Plan(sites[site_id], rows) for site_id, rows in campaigns.items()}
        return Catalogue(version_of(files), sites, plans, groups, files)

    def _can_ask(self, site: Site, campaign: Campaign) -> bool:
        """False for a newsletter that nobody could be subscribed to here: what needs mail is offered nowhere else."""
        return not campaign.newsletter or self.abilities.can_deliver(site.id, site.newsletters[campaign.newsletter])

    def _documents(self, files: Files) -> tuple[list[Document], list[Problem]]:
        parsed: dict[tuple[str, bytes], Document] = {}
        problems: list[Problem] = []
        for name, raw in files.items():
            key = (name, sha256(raw).digest())
            document = self._parsed.get(key) or _attempt(problems, parse_yaml, raw, name)
            if document is not None:
                parsed[key] = document
        self._parsed = parsed
        return list(parsed.values()), problems

    def _unless_built(self, before: _Built, document: Document, site: Site | None, make: Callable[[], Any]) -> Any:
        """What was made of this file for this site before, or is made now."""
        built = before.get(document.file)
        if built is None or built[0] is not document or built[1] is not site:
            built = (document, site, make())
        self._built[document.file] = built
        return built[2]

    def _site(self, site_id: str, group: Mapping[str, Document], files: Files, before: _Built) -> Site | None:
        """The site, or None when its file could not even be parsed, which has been told by then."""
        document = group.get("site.yaml")
        if document is None:
            wanted = "/".join([*next(iter(group.values())).file.split("/")[:3], "site.yaml"])
            if wanted in files:
                return None
            raise CatalogueError([Problem(wanted, 1, "", "is missing; the files beside it belong to no site")])
        site: Site = self._unless_built(before, document, None, lambda: self._site_in(document, site_id))
        return site

    def _site_in(self, document: Document, site_id: str) -> Site:
        _check_name(document, site_id, "folder", site_name)
        site: Site = _build(document, SiteSchema(), site_id, document.values)
        if site.checkout.mode is CheckoutMode.EMBEDDED and not self.abilities.embed:
            hint = "embedded needs the setting HONESTYBOX_STRIPE_PUBLISHABLE_KEY; set it, or write hosted"
            raise CatalogueError([document.problem(("checkout", "mode"), hint)])
        if site.human_check is When.ALWAYS and not self.abilities.check:
            hint = "always needs the setting HONESTYBOX_HUMAN_CHECK; set it, or write auto"
            raise CatalogueError([document.problem(("human_check",), hint)])
        return replace(site, origins=site.origins | set(self.extra_origins.get(site_id, ())))

    def _campaigns(
        self, site: Site | None, group: Mapping[str, Document], problems: list[Problem], before: _Built
    ) -> list[Campaign]:
        """The site's campaigns; without a site, none, but their problems all the same."""
        campaigns: dict[int, Campaign] = {}
        for name, document in group.items():
            if name == "site.yaml":
                continue
            make = partial(_campaign, document, name, site)
            campaign = _attempt(problems, self._unless_built, before, document, site, make)
            if campaign is None:
                continue
            clash = campaigns.setdefault(campaign.key, campaign)
            if clash is not campaign:
                problems.append(document.problem((), f"has the same short key as {clash.id}; rename this file"))
        return list(campaigns.values())


def _attempt(problems: list[Problem], make: Any, *arguments: Any) -> Any:
    """What `make` returns, or None after noting its problems: one mistake must not hide the others."""
    try:
        return make(*arguments)
    except CatalogueError as error:
        problems.extend(error.problems)
        return None


def _by_site(documents: Sequence[Document]) -> dict[str, dict[str, Document]]:
    groups: dict[str, dict[str, Document]] = {}
    for document in documents:
        _, _, site_id, inside = document.file.split("/", 3)
        groups.setdefault(site_id, {})[inside] = document
    return groups


def _campaign(document: Document, name: str, site: Site | None) -> Campaign | None:
    folder, _, file = name.rpartition("/")
    if folder != "campaigns":
        hint = f"is not read; campaigns live in campaigns/, so move it to campaigns/{file}"
        raise CatalogueError([document.problem((), hint)])
    campaign_id = file.removesuffix(".yaml")
    _check_name(document, campaign_id, "file", slug)
    campaign: Campaign | None = _build(document, CampaignSchema(), campaign_id, document.values, site)
    return campaign


def _check_name(document: Document, name: str, what: str, take: Callable[[str], str]) -> None:
    try:
        take(name)
    except ValueError as error:
        raise CatalogueError([document.problem((), f"the {what}'s name {error}")]) from error


def _build(document: Document, schema: Any, *arguments: Any) -> Any:
    try:
        return schema.build(*arguments)
    except ValidationError as error:
        raise CatalogueError([document.problem(path, text) for path, text in _flatten(error.messages)]) from error


def _flatten(messages: Any, path: Path_ = ()) -> Iterator[tuple[Path_, str]]:
    """marshmallow's nested messages as (path, sentence)."""
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            yield from _flatten(inner, path if key == "_schema" else (*path, key))
    elif isinstance(messages, str):
        yield path, messages
    else:
        for inner in messages:
            yield from _flatten(inner, path)


def _refuse_unknown_sites(extra: Mapping[str, Any], sites: Mapping[str, Site], problems: list[Problem]) -> None:
    for site_id in extra:
        if site_id not in sites and not problems:
            hint = f"names the site {site_id}, which has no folder"
            problems.append(Problem("HONESTYBOX_EXTRA_ORIGINS", 1, "", hint))
