"""The service's settings, read once from the environment; every bad or missing variable is told at once."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

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


def _secrets(text: str) -> tuple[str, ...]:
    secrets = _words(text)
    if not secrets or any(len(secret) < 32 for secret in secrets):
        raise ValueError("needs one or more secrets of at least 32 characters, separated by commas, newest first")
    return secrets


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _split(text: str) -> SplitResult | None:
    """The address in its parts, or None when it is none."""
    try:
        parts = urlsplit(text)
        known = parts.port != 0  # reading the port checks it
    except ValueError:
        return None
    return parts if known else None


def _redis_url(text: str) -> str:
    parts = _split(text)
    if parts is None or parts.scheme not in ("redis", "rediss", "unix"):
        raise ValueError("must begin with redis://, rediss:// (TLS) or unix://, and a port must be a number")
    return text


def _stripe_key(text: str) -> str:
    if not re.fullmatch(r"(sk|rk)_(test|live)_\w+", text):
        raise ValueError("must be a secret or restricted key of Stripe: sk_live_…, rk_live_…, sk_test_… or rk_test_…")
    return text


def _webhook_secrets(text: str) -> tuple[str, ...]:
    secrets = _words(text)
    if not secrets or not all(secret.startswith("whsec_") for secret in secrets):
        raise ValueError("needs one or more signing secrets (whsec_…), separated by commas")
    return secrets


def _web_address(text: str) -> str:
    parts = _split(text)
    if parts is None or parts.scheme not in ("http", "https") or not parts.netloc or parts.path not in ("", "/"):
        raise ValueError("must be an address without a path, such as https://support.example.org")
    return f"{parts.scheme}://{parts.netloc}"


def _folder(text: str) -> Path:
    path = Path(text)
    if not (path / "sites").is_dir():
        raise ValueError(f"{text}/sites is not a folder")
    return path


def _header(text: str) -> str:
    """The header's name as WSGI has it, or empty text."""
    if text and not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", text):
        raise ValueError("must be the name of a header, such as CF-IPCountry")
    return "HTTP_" + text.upper().replace("-", "_") if text else ""


def _origins(text: str) -> dict[str, tuple[str, ...]]:
    """`site=origin,origin;site=origin`"""
    pairs = [part.partition("=") for part in text.split(";") if part.strip()]
    if not all(site.strip() and _words(origins) for site, _, origins in pairs):
        raise ValueError("must look like site=https://a.example,https://b.example;another=https://c.example")
    return {site.strip(): tuple(_web_address(origin) for origin in _words(origins)) for site, _, origins in pairs}


def _level(text: str) -> str:
    if text.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
    return text.upper()


VARIABLES = (
    Variable(
        "SECRET_KEYS",
        "Sign readers' tokens and receipts: random text of 32 characters or more. "
        "To change it, put the new one in front and drop the old one a month later.",
        _secrets,
    ),
    Variable("REDIS_URL", "Redis 7 or Valkey 8, or newer: `redis://host:6379/0`, `rediss://…` for TLS.", _redis_url),
    Variable("STRIPE_SECRET_KEY", "Stripe's secret key, or a restricted one.", _stripe_key),
    Variable(
        "STRIPE_WEBHOOK_SECRETS",
        "The signing secrets of the webhook endpoint; two while one is being replaced.",
        _webhook_secrets,
    ),
    Variable(
        "PUBLIC_URL",
        "Where browsers and Stripe reach this service, such as `https://support.example.org`.",
        _web_address,
    ),
    Variable("CONFIG_DIR", "The folder that holds `sites/`.", _folder, "config"),
    Variable(
        "COUNTRY_HEADER",
        "The header in which your edge tells the reader's country, such as `CF-IPCountry`. "
        "Only set it when the edge always overwrites it.",
        _header,
        "",
    ),
    Variable(
        "EXTRA_ORIGINS",
        "Origins beside those in site.yaml, for staging: `site=https://a.example,https://b.example`.",
        _origins,
        "",
    ),
    Variable(
        "STRIPE_API_BASE", "Another address for Stripe's API: for tests only.", _web_address, "https://api.stripe.com"
    ),
    Variable("LOG_LEVEL", "DEBUG, INFO, WARNING or ERROR.", _level, "INFO"),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says. Nothing here changes while the service runs."""

    secret_keys: tuple[str, ...]
    redis_url: str
    stripe_secret_key: str
    stripe_webhook_secrets: tuple[str, ...]
    public_url: str
    config_dir: Path
    country_header: str
    extra_origins: Mapping[str, tuple[str, ...]]
    stripe_api_base: str
    log_level: str

    @property
    def livemode(self) -> bool:
        """True when Stripe's key moves real money."""
        return "_live_" in self.stripe_secret_key

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """The settings in `environ`. Raises SettingsError naming every variable that is missing or wrong."""
        values: dict[str, Any] = {}
        problems = []
        for variable in VARIABLES:
            text = environ.get(variable.full_name) or variable.default
            if text is None:
                problems.append(f"{variable.full_name} is not set. {variable.meaning}")
                continue
            try:
                values[variable.name.lower()] = variable.read(text)
            except ValueError as error:
                problems.append(f"{variable.full_name} {error}")
        problems += [
            f"{name} is not a setting; see the list in README.md"
            for name in sorted(environ)
            if name.startswith(PREFIX) and name.removeprefix(PREFIX) not in _NAMES
        ]
        if "_live_" in values.get("stripe_secret_key", "") and values.get("public_url", "").startswith("http:"):
            problems.append(f"{PREFIX}PUBLIC_URL must begin with https:// when Stripe's key is a live one")
        if problems:
            raise SettingsError(problems)
        return cls(**values)


# The demo keeps its own folder in a variable of its own.
_NAMES = {variable.name for variable in VARIABLES} | {"DEMO_DIR"}
