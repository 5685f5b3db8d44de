"""Whether one press of Continue may go on to Stripe."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from service.catalogue.words import Words
from service.domain.site import Site
from service.store.errors import StoreUnavailableError
from service.web.limits import Guard
from service.web.problems import ProblemError


def admit(guard: Guard, site: Site, reader: str, wish: Mapping[str, Any], words: Words, now: datetime) -> None:
    """Returns when the attempt may go on. Raises ProblemError.

    The same attempt again, by a double click or after a failure, counts once; it has a ceiling of its own.
    """
    attempt, email = wish["attempt"], (wish.get("email") or "").strip().lower()

    def too_many(minutes: int) -> str:
        return words.count("too_many_attempts", minutes)

    try:
        guard.pace("contributions", now, too_many, repeats=f"{site.id}:{attempt}")
        nearby = {"reader": f"{site.id}:{reader}", "email": email, "address": guard.address}
        guard.count_once("contributions", attempt, now, too_many, **nearby)
        guard.count_once("contributions", attempt, now, too_many, site=site.id)
    except StoreUnavailableError as error:
        raise ProblemError(503, words.say("stripe_unavailable")) from error
