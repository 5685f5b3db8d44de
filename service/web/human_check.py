"""Whether a press of Continue has to come with the proof that it is a human's."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn
from urllib.parse import urlsplit

import structlog

from service.catalogue.words import Words
from service.domain.attack import Sign
from service.domain.human_check import When
from service.domain.site import Site
from service.payments.human_check import CheckUnavailableError, HumanVerifier
from service.store.checks import Checks
from service.store.lookout import Lookout
from service.web.metrics import count_check
from service.web.problems import ProblemError

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class HumanCheck:
    """Raises ProblemError or StoreUnavailableError. `verifier`: None where the settings name no provider."""

    verifier: HumanVerifier | None
    checks: Checks
    lookout: Lookout

    def hold(self, site: Site, wish: Mapping[str, Any], words: Words, now: datetime, *, attacked: bool) -> None:
        """Returns when the attempt may go on.

        While the provider is away an attempt that needs its word gets 503: whoever tries stolen cards would otherwise
        only have to wait for that, or bring it about.
        """
        verifier, attempt = self.verifier, wish["attempt"]
        if verifier is None or not _wanted(site, attacked) or self.checks.passed(attempt):
            return
        answer = wish["check"]
        if not answer:
            self._refuse(verifier, "wanted", words.say("check_text"))
        # Before the provider is asked: of two attempts that bring one answer, the second must not be let in by being
        # asked about at the same time.
        if not self.checks.claim(answer, attempt) or not self._vouched(verifier, site, answer, attempt, words):
            self.lookout.note(Sign.REFUSED, site.id, now, now)
            self._refuse(verifier, "failed", words.say("check_missing"))
        self.checks.remember(attempt)
        count_check("passed")

    def _vouched(self, verifier: HumanVerifier, site: Site, answer: str, attempt: str, words: Words) -> bool:
        try:
            human = verifier.is_human(answer, _hosts(site), attempt)
        except CheckUnavailableError as error:
            log.warning("human_check_unavailable", error=str(error))
            count_check("unavailable")
            raise ProblemError(503, words.say("stripe_unavailable")) from error
        # A double click's other half may have been answered in between, and some providers answer once.
        return human or self.checks.passed(attempt)

    @staticmethod
    def _refuse(verifier: HumanVerifier, outcome: str, sentence: str) -> NoReturn:
        count_check(outcome)
        raise ProblemError(403, sentence, "check", check=verifier.wanted)


def _wanted(site: Site, attacked: bool) -> bool:
    return site.human_check is When.ALWAYS or (site.human_check is When.AUTO and attacked)


def _hosts(site: Site) -> frozenset[str]:
    return frozenset(urlsplit(origin).hostname or "" for origin in site.origins)
