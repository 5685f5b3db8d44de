"""A wish for a newsletter, sealed: nobody can read the address in a mail's link or in the queue, nor make one up."""

import json
from datetime import UTC, datetime
from urllib.parse import urlencode

from service.domain.newsletter import Wish
from service.web.seal import Seal, SealError

CONFIRM, END = "confirm", "unsubscribe"
_PURPOSE = "newsletter"
_LONGEST = 1200


def close_wish(seal: Seal, wish: Wish) -> str:
    """The wish as links and jobs carry it."""
    texts = (wish.site, wish.newsletter, wish.email, wish.language, wish.reader)
    return seal.close(json.dumps([_PURPOSE, *texts, int(wish.asked_at.timestamp()), *wish.appeal]))


def open_wish(seal: Seal, sealed: str) -> Wish:
    """The wish again. Raises SealError for what is none of ours."""
    if not sealed.isascii() or len(sealed) > _LONGEST:
        raise SealError("is no wish of ours")
    try:
        purpose, site, newsletter, email, language, reader, asked_at, *appeal = json.loads(seal.open(sealed))
    except (ValueError, TypeError) as error:  # SealError is one, too
        raise SealError("is no wish of ours") from error
    if purpose != _PURPOSE:
        raise SealError("is sealed for something else")
    return Wish(site, newsletter, email, language, reader, datetime.fromtimestamp(asked_at, UTC), tuple(appeal))


def address_of(what: str, public_url: str, wish: Wish, sealed: str) -> str:
    """Where a link of the mail leads: to CONFIRM or END the wish."""
    query = urlencode({"site": wish.site, "language": wish.language, "wish": sealed})
    return f"{public_url}/newsletters/{wish.newsletter}/{what}?{query}"
