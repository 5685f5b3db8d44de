"""What became of a Checkout Session, told to the reader who comes back from it."""

import re
from typing import Any

import structlog

from service.domain.access import AccessReason
from service.domain.contribution import Contribution, State
from service.domain.site import Site
from service.payments.errors import StripeRefusedError, StripeUnavailableError, UnknownObjectError
from service.store.errors import StoreUnavailableError
from service.web.limits import TooManyError
from service.web.parts import Parts

log = structlog.get_logger(__name__)

_SESSION_ID = re.compile(r"cs_[A-Za-z0-9_]{1,200}")  # it becomes part of the path of a request to Stripe


def outcome_of(parts: Parts, site: Site, session_id: str) -> tuple[str, Contribution | None]:
    """What the reader may be told ("paid", "pending" or "unverified"), and the contribution where there is one.

    Never raises: a reader who has paid must land on the article.
    """
    if not _SESSION_ID.fullmatch(session_id):
        return "unverified", None
    try:
        parts.guard.pace("returns", parts.clock(), address=parts.guard.address)
        contribution = parts.recorder.record_session(session_id, site.id, parts.clock())
    except (UnknownObjectError, TooManyError):
        return "unverified", None
    except (StripeUnavailableError, StripeRefusedError, StoreUnavailableError) as error:
        log.warning("return_unverified", error=type(error).__name__)
        return "unverified", None
    return _told(contribution), contribution


def _told(contribution: Contribution | None) -> str:
    if contribution is None:
        return "unverified"
    if contribution.state is State.PENDING:
        return "pending"
    return "paid" if contribution.state.given else "unverified"


def outcome_answer(parts: Parts, site: Site, reader: str, session_id: str, url: str) -> dict[str, Any]:
    """The same for the script, with the proof that its giver may read the article on a site with a meter."""
    outcome, contribution = outcome_of(parts, site, session_id)
    answer: dict[str, Any] = {"outcome": outcome}
    theirs = contribution is not None and contribution.attribution.reader == reader
    if outcome != "unverified" and theirs and site.meter is not None:
        token = parts.access_tokens.token(site.id, url, AccessReason.SUPPORTER, parts.clock())
        answer["access"] = {"granted": True, "reason": AccessReason.SUPPORTER, "token": token}
    return answer
