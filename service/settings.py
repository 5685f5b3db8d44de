"""The service's settings, read once from the environment; every bad or missing variable is told at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any

from service.domain.abilities import Abilities
from service.domain.human_check import CheckKeys
from service.domain.limit import Limit
from service.domain.newsletter import MailProvider
from service.setting_values import jobs_url
from service.setting_variables import PREFIX, VARIABLES

_PROVIDERS = "newsletter_providers"


class SettingsError(Exception):
    """The service cannot start. `problems` holds a line for each variable that is missing or wrong."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


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
    human_check: CheckKeys | None
    human_check_base: str
    staff_tokens: tuple[str, ...]
    staff_password_hash: Mapping[str, str]
    staff_header: str
    staff_proxies: tuple[IPv4Network | IPv6Network, ...]
    extra_origins: Mapping[str, tuple[str, ...]]
    alert_mail: tuple[str, ...]
    mail_url: str
    mail_from: str
    newsletter_providers: Mapping[str, Mapping[MailProvider, str]]
    outgoing_webhooks: Mapping[str, tuple[str, ...]]
    outgoing_webhook_secrets: tuple[bytes, ...]
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

    @property
    def abilities(self) -> Abilities:
        """What staff files may ask for."""
        return abilities(
            {name: getattr(self, name) for name in ("stripe_publishable_key", "human_check", "mail_url", _PROVIDERS)}
        )

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """The settings in `environ`. Raises SettingsError naming every variable that is missing or wrong."""
        values, problems = readings(environ)
        if problems:
            raise SettingsError(list(problems.values()))
        return cls(**values)


def abilities(values: Mapping[str, Any]) -> Abilities:
    """What these settings, by their names in small letters, let staff files ask for."""
    providers = values.get(_PROVIDERS, {}) if values.get("mail_url") else {}
    return Abilities(
        bool(values.get("stripe_publishable_key")),
        bool(values.get("human_check")),
        {site: frozenset(secrets) for site, secrets in providers.items()},
    )


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
    if bool(values.get("staff_header")) != bool(values.get("staff_proxies", values.get("staff_header"))):
        problems["staff_proxies"] = (
            f"{PREFIX}STAFF_HEADER and {PREFIX}STAFF_PROXIES are only good together: the header is believed of these "
            "addresses alone"
        )
    return values, problems | _unsigned(values) | _mail_problems(values)


def some(environ: Mapping[str, str], *names: str) -> dict[str, Any]:
    """These settings alone. Raises SettingsError naming each of them that is missing or wrong."""
    values, problems = readings(environ)
    if wrong := [problems[name] for name in names if name in problems]:
        raise SettingsError(wrong)
    return {name: values[name] for name in names}


def _of_one_mode(secret_key: str, publishable_key: str) -> bool:
    """False for two keys of which one moves real money and the other does not."""
    return not secret_key or not publishable_key or secret_key.split("_")[1] == publishable_key.split("_")[1]


def _unsigned(values: Mapping[str, Any]) -> dict[str, str]:
    """What is told to others is signed: they trust nothing else."""
    hooks = any(MailProvider.WEBHOOK in named for named in values.get(_PROVIDERS, {}).values())
    for name, used in (("OUTGOING_WEBHOOKS", values.get("outgoing_webhooks")), (_PROVIDERS.upper(), hooks)):
        if used and not values.get("outgoing_webhook_secrets", True):
            told = f"{PREFIX}OUTGOING_WEBHOOK_SECRETS is not set, and {PREFIX}{name} is: they trust only what is signed"
            return {"outgoing_webhook_secrets": told}
    return {}


def _mail_problems(values: Mapping[str, Any]) -> dict[str, str]:
    url, sender = values.get("mail_url", ""), values.get("mail_from", "")
    if url and not sender:
        return {"mail_from": f"{PREFIX}MAIL_FROM is not set, and {PREFIX}MAIL_URL is: say who the mails are from"}
    if url.startswith("file:") and "_live_" in values.get("stripe_secret_key", ""):
        return {"mail_url": f"{PREFIX}MAIL_URL must name a mail server when Stripe's key is a live one"}
    if values.get("alert_mail") and not url:
        return {"alert_mail": f"{PREFIX}ALERT_MAIL needs {PREFIX}MAIL_URL: name the mail server, or leave both out"}
    if values.get(_PROVIDERS) and not url:
        told = f"{PREFIX}NEWSLETTER_PROVIDERS needs {PREFIX}MAIL_URL: sign-ups are confirmed by mail"
        return {_PROVIDERS: told}
    return {}


# The demo keeps its own folder in a variable of its own.
_NAMES = {variable.name for variable in VARIABLES} | {"DEMO_DIR"}
