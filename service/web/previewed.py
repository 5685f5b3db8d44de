"""The answer to a preview link: one campaign, whatever the rules say of this reader. Nothing is recorded or counted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex

from service.domain.access import Access, AccessReason
from service.domain.campaign import Campaign, Variant
from service.domain.experiment import choose_variant
from service.domain.site import Placement, Site
from service.web.answers import answer_of
from service.web.decision_request import DecisionRequest
from service.web.previews import Preview, Previews
from service.web.problems import ProblemError
from service.web.published import Published
from service.web.requests import reader_of
from service.web.tokens import PREVIEW, Receipt, TokenError, Tokens, new_reader

_SOME_ARTICLES = 12  # what {articles_read} says: somebody who reads now and then


@dataclass(frozen=True, slots=True)
class PreviewedDecisions:
    """Answers decisions that quote a preview link."""

    tokens: Tokens
    previews: Previews
    clock: Callable[[], datetime]

    def answer(self, published: Published, site: Site, request: DecisionRequest) -> bytes:
        """The answer's JSON, in the shape of any decision. Raises ProblemError naming `preview`."""
        preview = self._preview(site, request)
        campaign = published.catalogue.plans[site.id].by_id.get(preview.campaign)
        if campaign is None:
            raise ProblemError(422, f"The campaign {preview.campaign} is not there any more.", "preview")
        if campaign.placement not in site.placements:
            raise ProblemError(422, f"The site has no place for {campaign.placement}.", "preview")
        reader, token = self._reader(site, request)
        variant = _variant(campaign, preview, reader)
        receipt = self.tokens.receipt_token(
            Receipt(site.id, reader, campaign.id, variant.name, campaign.placement, PREVIEW, self.clock(), token_hex(4))
        )
        language = preview.language or site.language_for(request.page.language)
        currency = site.currency_for(request.visit.country)
        appeal = published.appeals.template(site, campaign, variant, language, currency)
        access = Access(campaign.placement is not Placement.GATE, AccessReason.PREVIEW)
        withheld = ",".join(f'"{one}":"preview"' for one in request.placements if one is not campaign.placement)
        told = published.access.render(site, access, language, None)
        return answer_of(token, told, appeal.render(receipt, _SOME_ARTICLES), withheld.encode())

    def _preview(self, site: Site, request: DecisionRequest) -> Preview:
        try:
            return self.previews.read(request.preview or "", site.id, self.clock())
        except TokenError as error:
            raise ProblemError(422, f"The preview {error}.", "preview") from error

    def _reader(self, site: Site, request: DecisionRequest) -> tuple[str, str | None]:
        """The reader's id, and the token to keep. Whoever keeps nothing is a stranger for this one page view."""
        if request.consent and request.reader is not None:
            return reader_of(self.tokens, site, request.reader), request.reader
        reader = new_reader()
        return reader, self.tokens.reader_token(site.id, reader) if request.consent else None


def _variant(campaign: Campaign, preview: Preview, reader: str) -> Variant:
    if preview.variant is None:
        return choose_variant(campaign, reader)
    for variant in campaign.variants:
        if variant.name == preview.variant:
            return variant
    raise ProblemError(422, f"The campaign {campaign.id} has no variant {preview.variant} any more.", "preview")
