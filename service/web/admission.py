"""Whether one press of Continue may go on to Stripe."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.catalogue.words import Words
from service.domain.attack import Sign
from service.domain.site import Site
from service.store.errors import StoreUnavailableError
from service.store.lookout import Lookout
from service.web.human_check import HumanCheck
from service.web.limits import Guard, TooManyError
from service.web.problems import ProblemError


@dataclass(frozen=True, slots=True)
class Admission:
    """The same attempt again, by a double click or after a failure, counts once; it has a ceiling of its own."""

    guard: Guard
    human_check: HumanCheck
    lookout: Lookout

    def admit(self, site: Site, reader: str, wish: Mapping[str, Any], words: Words, now: datetime) -> None:
        """Returns when the attempt may go on. Raises ProblemError."""
        try:
            self._hold(site, reader, wish, words, now)
        except StoreUnavailableError as error:
            raise ProblemError(503, words.say("stripe_unavailable")) from error

    def _hold(self, site: Site, reader: str, wish: Mapping[str, Any], words: Words, now: datetime) -> None:
        def too_many(minutes: int) -> str:
            return words.count("too_many_attempts", minutes)

        guard, attempt = self.guard, f"{site.id}:{wish['attempt']}"
        whose = {"reader": f"{site.id}:{reader}", "email": (wish["email"] or "").lower(), "address": guard.address}
        try:
            guard.pace("contributions", now, too_many, repeats=attempt)
            new = guard.count_once("contributions", attempt, now, too_many, **whose)
            attacked = self.lookout.note(Sign.TRIED, site.id, now, now) if new else self.lookout.attacked(site.id)
            self.human_check.hold(site, wish, words, now, attacked=attacked)
            # Last: who cannot show that they are human must not use up what the whole site has.
            guard.count_once("contributions", attempt, now, too_many, site=site.id)
        except TooManyError:
            self.lookout.note(Sign.REFUSED, site.id, now, now)
            raise
