"""What tests are made of: staff's files, readers, pages and requests, each with defaults that a test overrides."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.catalogue.loader import Catalogue, Loader
from service.domain.decision import Decision, Reader, decide
from service.domain.limit import LIMITS
from service.domain.outcome import Show
from service.domain.page import Page
from service.domain.reader import Gift, GiftState, History, Impression, Visit, short_key
from service.domain.reason import Reason
from service.domain.site import Placement
from service.settings import Settings

SITE = "gazette"
ORIGIN = "https://www.gazette.example"
ARTICLE = f"{ORIGIN}/world/a-story"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

SITE_LINES: Mapping[str, str] = {
    "name": "The Gazette",
    "origins": f"[{ORIGIN}]",
    "time_zone": "Europe/Amsterdam",
    "languages": "[en, ru]",
    "currencies": """
  default: USD
  by_country: {DE: EUR, JP: JPY, "NO": EUR}
  USD: {minimum: 2, maximum: 5000, once: [10, 25, 50], monthly: [2, 5, 10], annual: [20, 50, 100]}
  EUR: {minimum: 2, maximum: 5000, once: [10, 25, 50], monthly: [2.50, 5, 10], annual: [20, 50, 100]}
  JPY: {minimum: 300, maximum: 700000, once: [1500, 3500], monthly: [300, 700], annual: [3000, 7000]}""",
    "frequency": "{max: 6, window: 30d, min_gap: 0m, per_page: 3}",
    "rest": "{after_dismissal: 3d, after_once: 90d, after_cancelled: 30d}",
    "snooze": "{choices: [7d, 30d], default: 30d}",
    "placements": "{inline: {selector: article, position: end}, banner: {edge: top}, overlay: {}}",
}


def a_site_yaml(**lines: str | None) -> str:
    """site.yaml; each keyword replaces one top-level line, None drops it."""
    return _yaml(SITE_LINES, lines)


def a_copy(heading: str = "Keep the lamp lit", body: str = "Please *help*.", button: str = "Continue") -> str:
    """The words of one language, as YAML."""
    return json.dumps({"heading": heading, "body": body, "button": button}, ensure_ascii=False)


def variants_yaml(**weights: float) -> str:
    """Variants with the same words and these weights."""
    rows = (f"{name}: {{weight: {weight}, copy: {{en: {a_copy()}}}}}" for name, weight in weights.items())
    return f"{{{', '.join(rows)}}}"


CAMPAIGN_LINES: Mapping[str, str] = {
    "kind": "contribution",
    "placement": "inline",
    "priority": "10",
    "variants": variants_yaml(plain=1),
}


def a_campaign_yaml(**lines: str | None) -> str:
    """A campaign's file; each keyword replaces one top-level line, None drops it."""
    return _yaml(CAMPAIGN_LINES, lines)


def _yaml(defaults: Mapping[str, str], lines: Mapping[str, str | None]) -> str:
    merged = {**defaults, **lines}
    return "".join(f"{key}: {value}\n" for key, value in merged.items() if value is not None)


def staff_files(site: str | None = None, campaigns: Mapping[str, str] | None = None) -> dict[str, str]:
    """The files of one site, by their path in the config folder."""
    campaigns = {"lights-on": a_campaign_yaml()} if campaigns is None else campaigns
    files = {f"sites/{SITE}/site.yaml": a_site_yaml() if site is None else site}
    return files | {f"sites/{SITE}/campaigns/{name}.yaml": text for name, text in campaigns.items()}


def write_config(folder: Path, files: Mapping[str, str]) -> Path:
    """`files` on disk, as staff would have them."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


# One for all: it does not parse a file again that has not changed, which is most of what a test here would cost.
_LOADER = Loader(Path("config"))


def a_catalogue(site: str | None = None, campaigns: Mapping[str, str] | None = None) -> Catalogue:
    """What the real loader makes of these files."""
    files = staff_files(site, campaigns)
    return _LOADER.build({f"config/{name}": text.encode() for name, text in files.items()})


def campaign_key(campaign: str) -> int:
    """What a record holds of the campaign."""
    return short_key(f"{SITE}/{campaign}")


def a_reader(
    name: str = "a-reader",
    *,
    snoozed_until: datetime | None = None,
    dismissed_at: datetime | None = None,
    seen: Iterable[datetime | tuple[str, datetime]] = (),
    gifts: Iterable[tuple[GiftState, datetime]] = (),
    read_at: Sequence[datetime] = (),
    counted_at: Sequence[datetime] = (),
    about: Mapping[int, int] | None = None,
    newsletters: Iterable[str] = (),
    **facts: Any,
) -> Reader:
    """A reader with this history. `seen`: when an appeal was visible, and of which campaign if that matters.

    `read_at`: when each of their articles was last opened; `counted_at`: and when the meter counted each of the first.
    `about`: how many of the first articles are about each topic.
    """
    impressions = [(when[1], when[0]) if isinstance(when, tuple) else (when, "another") for when in seen]
    return Reader(
        name,
        History(
            snoozed_until=snoozed_until,
            dismissed_at=dismissed_at,
            impressions=[Impression(campaign_key(campaign), at) for at, campaign in sorted(impressions)],
            gifts=[Gift(state, at) for state, at in gifts],
            articles=_moments(read_at or counted_at),
            counted=_moments(counted_at),
            topics=[(topic, key) for topic, count in (about or {}).items() for key in range(1, count + 1)],
            newsletters=[short_key(name) for name in newsletters],
            **{"first_seen": NOW - 300 * DAY, "dismissals": int(dismissed_at is not None), **facts},
        ),
    )


def _moments(moments: Sequence[datetime]) -> list[tuple[int, int]]:
    return [(key, int(at.timestamp())) for key, at in enumerate(moments, 1)]


def a_page(url: str = ARTICLE, **facts: Any) -> Page:
    """An article of the site."""
    return Page(url=url, **{"type": "article", **facts})


def outcomes(
    catalogue: Catalogue | None = None,
    reader: Reader | None = None,
    page: Page | None = None,
    now: datetime = NOW,
    placements: Sequence[str] = ("inline",),
    visit: Visit | None = None,
) -> dict[str, str]:
    """For each placement, "shown: <campaign>" or the reason."""
    decided = decided_by(catalogue, reader, page, now, placements, visit)
    return {
        str(placement): f"shown: {outcome.campaign.id}" if isinstance(outcome, Show) else str(outcome.reason)
        for placement, outcome in decided.outcomes.items()
    }


def decided_by(
    catalogue: Catalogue | None = None,
    reader: Reader | None = None,
    page: Page | None = None,
    now: datetime = NOW,
    placements: Sequence[str] = ("inline",),
    visit: Visit | None = None,
) -> Decision:
    """The whole decision."""
    catalogue = catalogue or a_catalogue()
    return decide(
        catalogue.plans[SITE],
        reader or a_reader(),
        page or a_page(),
        visit or Visit(),
        tuple(Placement(name) for name in placements),
        now,
    )


def outcome(*args: Any, **kwargs: Any) -> str:
    """The outcome for the inline placement alone."""
    return outcomes(*args, **kwargs)["inline"]


SHOWN = "shown: lights-on"


def unknown_reader(reason: Reason) -> Reader:
    """A reader whose history cannot be had."""
    return Reader("", reason)


class SettableClock:
    """The time that a test says it is."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, span: timedelta) -> None:
        """Lets time pass."""
        self.now += span


def some_settings(config_dir: Path, redis_url: str, **changes: Any) -> Settings:
    """Settings for a service in a test; nothing listens at Stripe's address."""
    values: dict[str, Any] = {
        "secret_keys": ("a secret of this test, long enough to sign",),
        "redis_url": redis_url,
        "jobs_url": "redis://127.0.0.1:9/0" if "+" in redis_url else redis_url,
        "stripe_secret_key": "sk_test_nobody",
        "stripe_publishable_key": "",
        "stripe_webhook_secrets": ("whsec_of_this_test",),
        "public_url": "https://support.example.org",
        "config_dir": config_dir,
        "country_header": "HTTP_CF_IPCOUNTRY",
        "country_database": None,
        "client_address_header": "",
        "limits": LIMITS,
        "human_check": None,
        "human_check_base": "",
        "alert_mail": (),
        "staff_tokens": (),
        "staff_password_hash": {},
        "staff_header": "",
        "staff_proxies": (),
        "extra_origins": {},
        "mail_url": "",
        "newsletter_providers": {},
        "outgoing_webhooks": {},
        "outgoing_webhook_secrets": (),
        "mail_from": "",
        "stripe_api_base": "http://127.0.0.1:9",
        "log_level": "INFO",
    }
    return Settings(**{**values, **changes})


def a_decision_body(**changes: Any) -> dict[str, Any]:
    """A decision's request; each keyword replaces one key, `...` drops it."""
    body = {"site": SITE, "page": {"url": ARTICLE, "type": "article"}, "placements": ["inline"], **changes}
    return {key: value for key, value in body.items() if value is not ...}


def post(client: FlaskClient, path: str, body: Any, origin: str | None = ORIGIN, **headers: str) -> TestResponse:
    """The answer to `body`, sent as the script sends it."""
    raw = body if isinstance(body, (bytes, str)) else json.dumps(body)
    sent = dict(headers) | ({"Origin": origin} if origin else {})
    return client.post(path, data=raw, content_type="text/plain;charset=UTF-8", headers=sent)


def decision(client: FlaskClient, **changes: Any) -> dict[str, Any]:
    """The answer to a good request."""
    answer = post(client, "/v1/decisions", a_decision_body(**changes))
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def an_appeal(client: FlaskClient, **changes: Any) -> tuple[str, str]:
    """The token of a reader who is shown an appeal, and its receipt."""
    answer = decision(client, **changes)
    return answer["reader"], answer["appeals"][0]["receipt"]


def parts_of(app: Flask) -> Any:
    """What the app was wired from."""
    return app.extensions["honestybox"]
