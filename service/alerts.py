"""Mails to operators: stolen cards seem to be tried, declines climb, and when it is over. Wired for web and worker."""

from collections.abc import Callable, Mapping
from datetime import datetime
from html import escape
from typing import Any

import structlog

from service.mail.letter import Letter
from service.mail.post import Post
from service.settings import Settings
from service.store.errors import StoreUnavailableError
from service.store.job_worker import GiveUpError, Handler
from service.store.jobs import Jobs
from service.store.lookout import EVERYWHERE, Tell

log = structlog.get_logger(__name__)

JOB = "alert"
_ADVICE = "What you can do is in the README under “When stolen cards are tried”."
_WORDS: Mapping[str, tuple[str, str]] = {
    "attack_began": (
        "Stolen cards seem to be tried at {where}",
        """Within minutes {where} saw {tried} attempts to pay; {refused} were refused, and banks declined {declined}.
Where a provider is set, readers now have to show that they are human before they pay.""",
    ),
    "attack_over": (
        "It is over: no more stolen cards at {where}",
        "Half an hour was calm at {where}. Readers pay as usual again.",
    ),
    "declines_climb": (
        "Declines climb at {where}",
        "In the last hour banks declined {last_hour} payments at {where}; {usual_per_hour} an hour are usual there.",
    ),
    "declines_calm": (
        "It is over: declines are as usual at {where}",
        "In the last hour banks declined {last_hour} payments at {where}.",
    ),
}


def alerts(jobs: Jobs, recipients: int) -> Tell:
    """Puts one job for each of so many recipients. The address itself stands in the settings alone."""

    def tell(event: str, site: str, now: datetime, facts: Mapping[str, float]) -> None:
        try:
            for number in range(recipients):
                jobs.put(JOB, {"event": event, "site": site, "to": number, "facts": dict(facts)})
        except StoreUnavailableError as error:  # the queue may be elsewhere; what noticed it must not fail by it
            log.warning("alert_not_mailed", error=type(error).__name__)

    return tell


def alert_jobs(settings: Settings, clock: Callable[[], datetime]) -> Mapping[str, Handler]:
    """What does these jobs; nothing where no mail is sent."""
    if not settings.alert_mail:
        return {}
    post = Post(settings.mail_url, settings.mail_from)

    def send(job: Mapping[str, Any]) -> None:
        if job["to"] >= len(settings.alert_mail):
            raise GiveUpError("the recipient is gone from the settings")
        post.send(letter_of(job, settings.alert_mail[job["to"]]), clock())

    return {JOB: send}


def letter_of(job: Mapping[str, Any], to: str) -> Letter:
    """In English, as the log and the README are."""
    subject, text = _WORDS[job["event"]]
    facts = {"where": "all sites together" if job["site"] == EVERYWHERE else job["site"], **job["facts"]}
    body = f"{text.format(**facts)}\n\n{_ADVICE}\n"
    html = "".join(f"<p>{escape(part)}</p>" for part in body.strip().split("\n\n"))
    return Letter(to, subject.format(**facts), body, html, "en")
