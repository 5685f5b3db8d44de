"""Preview links: a page's address with a signed wish in it, to see a campaign that the reader would not be shown."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from service.web.tokens import TokenError, Tokens

PARAMETER = "honestybox-preview"
LIFE = timedelta(days=7)
_PURPOSE = "preview"


class Preview(NamedTuple):
    """What is to be shown, until when. Without a variant it is the reader's own, without a language the page's."""

    site: str
    campaign: str
    variant: str | None
    language: str | None
    until: datetime


class Previews:
    """Makes and reads the tokens of preview links. Whether what they name is still there is not looked at."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def token(self, preview: Preview) -> str:
        """The preview as an address carries it."""
        until = str(int(preview.until.timestamp()))
        parts = (preview.site, preview.campaign, preview.variant or "", preview.language or "", until)
        return self._tokens.signed(_PURPOSE, ".".join(parts))

    def read(self, token: str, site_id: str, now: datetime) -> Preview:
        """The preview. Raises TokenError when it was not made here, is another site's, or has had its time."""
        text = self._tokens.unsigned(_PURPOSE, token, "a preview link of this service")
        site, campaign, variant, language, until = text.split(".")
        preview = Preview(site, campaign, variant or None, language or None, datetime.fromtimestamp(int(until), UTC))
        if site != site_id:
            raise TokenError("is of another site")
        if now >= preview.until:
            raise TokenError(f"ended on {preview.until:%Y-%m-%d at %H:%M} UTC; make a new one")
        return preview
