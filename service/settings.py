"""The service's settings, read once from the environment; every bad or missing variable is told at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from service.domain.limit import Limit
from service.setting_values import (
    country_database,
    folder,
    header,
    jobs_url,
    level,
    limits,
    mail_sender,
    mail_url,
    origins,
    publishable_key,
    redis_url,
    secrets,
    staff_tokens,
    stripe_key,
    web_address,
    webhook_secrets,
)

PREFIX = "HONESTYBOX_"


class SettingsError(Exception):
    """The service cannot start. `problems` holds a line for each variable that is missing or wrong."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable: how it is read, and what the README says of it. `default` None: it must be set."""

    name: str
    meaning: str
    read: Callable[[str], Any]
    default: str | None = None

    @property
    def full_name(self) -> str:
        """As it stands in the environment."""
        return PREFIX + self.name


VARIABLES = (
    Variable(
        "SECRET_KEYS",
        "Sign readers' tokens, receipts, preview links and access tokens: random text of 32 characters or more. "
        "To change it, put the new one in front and drop the old one a month later.",
        secrets,
    ),
    Variable(
        "REDIS_URL",
        "Redis 7 or Valkey 8, or newer: `redis://host:6379/0`, `rediss://…` for TLS; "
        "`redis+cluster://host:6379,host:6379`; `redis+sentinel://host:26379,host:26379/mymaster/0`.",
        redis_url,
    ),
    Variable(
        "JOBS_URL",
        "Where the job queue is: one Redis or Valkey, `redis://…`, `rediss://…` or `unix://…`. Without it, that of "
        "`HONESTYBOX_REDIS_URL`; a Cluster or Sentinels cannot hold the queue, so that beside them it must be set.",
        jobs_url,
        "",
    ),
    Variable("STRIPE_SECRET_KEY", "Stripe's secret key, or a restricted one.", stripe_key),
    Variable(
        "STRIPE_PUBLISHABLE_KEY",
        "Stripe's publishable key, of the same mode as the secret one: for sites whose `checkout.mode` is `embedded`.",
        publishable_key,
        "",
    ),
    Variable(
        "STRIPE_WEBHOOK_SECRETS",
        "The signing secrets of the webhook endpoint; two while one is being replaced.",
        webhook_secrets,
    ),
    Variable(
        "PUBLIC_URL",
        "Where browsers and Stripe reach this service, such as `https://support.example.org`.",
        web_address,
    ),
    Variable("CONFIG_DIR", "The folder that holds `sites/`.", folder, "config"),
    Variable(
        "COUNTRY_HEADER",
        "The header in which your edge tells the reader's country, such as `CF-IPCountry`. "
        "Only set it when the edge always overwrites it.",
        header,
        "",
    ),
    Variable(
        "COUNTRY_DATABASE",
        "A country or city database in MaxMind's format (`.mmdb`), asked where the edge tells no country. A newer file "
        "is taken up within a minute; put it there by renaming, never by writing into the old one.",
        country_database,
        "",
    ),
    Variable(
        "CLIENT_ADDRESS_HEADER",
        "The header in which your own proxy tells the reader's address, such as `X-Real-IP`, or `X-Forwarded-For`, of "
        "which only the last entry is believed. Without it, the address is that of the connection.",
        header,
        "",
    ),
    Variable(
        "LIMITS",
        "How often something may be asked for, where it should not be as often as the README says: "
        "`contributions.address=300/1h,links.email=5/1h`.",
        limits,
        "",
    ),
    Variable(
        "STAFF_TOKENS",
        "Open what only staff may ask, sent as `Authorization: Bearer …`: one or more of 32 characters or more, "
        "separated by commas. Without it those addresses answer 404.",
        staff_tokens,
        "",
    ),
    Variable(
        "EXTRA_ORIGINS",
        "Origins beside those in site.yaml, for staging: `site=https://a.example,https://b.example`.",
        origins,
        "",
    ),
    Variable(
        "MAIL_URL",
        "The mail server: `smtp://user:password@host:587` (encrypted where the server can, and always with a "
        "password), `smtps://…:465`, or `file:///folder`, which only puts mails there. Without it nothing that mails "
        "is offered.",
        mail_url,
        "",
    ),
    Variable(
        "MAIL_FROM",
        "Who the mails are from, such as `The Daily Lantern <support@example.org>`. Needed where `HONESTYBOX_MAIL_URL` "
        "is set.",
        mail_sender,
        "",
    ),
    Variable(
        "STRIPE_API_BASE", "Another address for Stripe's API: for tests only.", web_address, "https://api.stripe.com"
    ),
    Variable("LOG_LEVEL", "DEBUG, INFO, WARNING or ERROR.", level, "INFO"),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says. Nothing here changes while the service runs."""

    secret_keys: tuple[str, ...]
    redis_url: str
    jobs_url: str
    stripe_secret_key: str
    stripe_publishable_key: str
    stripe_webhook_secrets: tuple[str, ...]
    public_url: str
    config_dir: Path
    country_header: str
    country_database: Path | None
    client_address_header: str
    limits: Mapping[str, Limit]
    staff_tokens: tuple[str, ...]
    extra_origins: Mapping[str, tuple[str, ...]]
    mail_url: str
    mail_from: str
    stripe_api_base: str
    log_level: str

    @property
    def mails(self) -> bool:
        """True where mail can be sent: what needs it is offered nowhere else."""
        return bool(self.mail_url)

    @property
    def livemode(self) -> bool:
        """True when Stripe's key moves real money."""
        return "_live_" in self.stripe_secret_key

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """The settings in `environ`. Raises SettingsError naming every variable that is missing or wrong."""
        values, problems = readings(environ)
        if problems:
            raise SettingsError(list(problems.values()))
        return cls(**values)


def readings(environ: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Every setting that can be read, and of every other one what is wrong with it; both by its name in small letters.

    For commands that need some settings and not all, such as those that help to find the others.
    """
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for variable in VARIABLES:
        name, text = variable.name.lower(), environ.get(variable.full_name) or variable.default
        if text is None:
            problems[name] = f"{variable.full_name} is not set. {variable.meaning}"
            continue
        try:
            values[name] = variable.read(text)
        except ValueError as error:
            problems[name] = f"{variable.full_name} {error}"
    try:
        values["jobs_url"] = values.get("jobs_url") or jobs_url(values.get("redis_url", ""))
    except ValueError:
        problems["jobs_url"] = (
            f"{PREFIX}JOBS_URL is not set, and {PREFIX}REDIS_URL names several servers; name one for the job queue"
        )
    for unknown in sorted(environ):
        if unknown.startswith(PREFIX) and unknown.removeprefix(PREFIX) not in _NAMES:
            problems[unknown] = f"{unknown} is not a setting; see the list in README.md"
    if "_live_" in values.get("stripe_secret_key", "") and values.get("public_url", "").startswith("http:"):
        problems["public_url"] = f"{PREFIX}PUBLIC_URL must begin with https:// when Stripe's key is a live one"
    if not _of_one_mode(values.get("stripe_secret_key", ""), values.get("stripe_publishable_key", "")):
        cure = "must be of the secret key's mode: both live, or both test"
        problems["stripe_publishable_key"] = f"{PREFIX}STRIPE_PUBLISHABLE_KEY {cure}"
    return values, problems | _mail_problems(values)


def some(environ: Mapping[str, str], *names: str) -> dict[str, Any]:
    """These settings alone. Raises SettingsError naming each of them that is missing or wrong."""
    values, problems = readings(environ)
    if wrong := [problems[name] for name in names if name in problems]:
        raise SettingsError(wrong)
    return {name: values[name] for name in names}


def _of_one_mode(secret_key: str, publishable_key: str) -> bool:
    """False for two keys of which one moves real money and the other does not."""
    return not secret_key or not publishable_key or secret_key.split("_")[1] == publishable_key.split("_")[1]


def _mail_problems(values: Mapping[str, Any]) -> dict[str, str]:
    url, sender = values.get("mail_url", ""), values.get("mail_from", "")
    if url and not sender:
        return {"mail_from": f"{PREFIX}MAIL_FROM is not set, and {PREFIX}MAIL_URL is: say who the mails are from"}
    if url.startswith("file:") and "_live_" in values.get("stripe_secret_key", ""):
        return {"mail_url": f"{PREFIX}MAIL_URL must name a mail server when Stripe's key is a live one"}
    return {}


# The demo keeps its own folder in a variable of its own.
_NAMES = {variable.name for variable in VARIABLES} | {"DEMO_DIR"}
