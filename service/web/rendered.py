"""What every reader with the same outcomes is answered alike: put together once, then looked up."""

from dataclasses import dataclass, field

from service.domain.outcome import Outcomes, Show
from service.domain.site import Site
from service.web.appeals import Appeals, Template
from service.web.tokens import receipt_subject

_MOST = 10_000  # readers who were shown appeals have outcomes of many kinds


@dataclass(frozen=True, slots=True)
class Rendered:
    """`appeals`: each as its receipts' subject and its template; `withheld`: JSON, without the braces around it."""

    appeals: tuple[tuple[str, Template], ...]
    withheld: bytes


@dataclass(frozen=True, slots=True)
class Renderer:
    """Renders outcomes under one version of the config."""

    appeals: Appeals
    version: str
    _made: dict[tuple[str, str, str, str], Rendered] = field(default_factory=dict)

    def render(self, site: Site, outcomes: Outcomes, language: str, currency: str) -> Rendered:
        """The outcomes for readers of this language (one of the site's) who give in this currency."""
        key = (site.id, language, currency, outcomes.told)
        found = self._made.get(key)
        if found is None:
            if len(self._made) >= _MOST:
                self._made.clear()
            found = self._made[key] = self._make(site, outcomes, language, currency)
        return found

    def _make(self, site: Site, outcomes: Outcomes, language: str, currency: str) -> Rendered:
        appeals, withheld = [], []
        for placement, outcome in outcomes.items():
            if isinstance(outcome, Show):
                campaign, variant = outcome
                subject = receipt_subject(campaign.id, variant.name, campaign.placement, self.version)
                appeals.append((subject, self.appeals.template(site, campaign, variant, language, currency)))
            else:
                withheld.append(f'"{placement}":"{outcome.reason}"')
        return Rendered(tuple(appeals), ",".join(withheld).encode())
