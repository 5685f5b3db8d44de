"""Preview links: a page's address with a signed wish in it, to see a campaign that the reader would not be shown."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

from service.domain.site import Site
from service.web.schemas import is_web_address
from service.web.tokens import TokenError, Tokens

PARAMETER = "honestybox-preview"
LIFE = timedelta(days=7)


class Preview(NamedTuple):
    """What is to be shown, until when. Without a variant it is the reader's own, without a language the page's."""

    site: str
    campaign: str
    variant: str | None
    language: str | None
    until: datetime


class Previews:
    """Makes and reads the tokens of preview links. Whether what they name is still there is not looked at.

    `purpose`: a token that was made for another one is not accepted.
    """

    def __init__(self, tokens: Tokens, purpose: str = "preview") -> None:
        self._tokens, self._purpose = tokens, purpose

    def token(self, preview: Preview) -> str:
        """The preview as an address carries it."""
        until = str(int(preview.until.timestamp()))
        parts = (preview.site, preview.campaign, preview.variant or "", preview.language or "", until)
        return self._tokens.signed(self._purpose, ".".join(parts))

    def read(self, token: str, site_id: str, now: datetime) -> Preview:
        """The preview. Raises TokenError when it was not made here, is another site's, or has had its time."""
        text = self._tokens.unsigned(self._purpose, token, "a preview link of this service")
        site, campaign, variant, language, until = text.split(".")
        preview = Preview(site, campaign, variant or None, language or None, datetime.fromtimestamp(int(until), UTC))
        if site != site_id:
            raise TokenError("is of another site")
        if now >= preview.until:
            raise TokenError(f"ended on {preview.until:%Y-%m-%d at %H:%M} UTC; make a new one")
        return preview


def is_page_of(site: Site, url: str) -> bool:
    """True for an address at one of the site's origins."""
    parts = urlsplit(url) if is_web_address(url) else None
    return parts is not None and f"{parts.scheme}://{parts.netloc}" in site.origins


def with_token(url: str, token: str) -> str:
    """The address with the token in its query, in the place of an older one; the rest of it stays as it is."""
    parts = urlsplit(url)
    kept = [pair for pair in parts.query.split("&") if pair and pair.partition("=")[0] != PARAMETER]
    return urlunsplit(parts._replace(query="&".join([*kept, f"{PARAMETER}={token}"])))
