"""What the text of each setting means. Every reader raises ValueError with what to write instead."""

import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from email.utils import parseaddr
from itertools import islice
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import maxminddb

from service.domain.email_address import email_address


def secrets(text: str) -> tuple[str, ...]:
    """One or more, the newest first."""
    found = words(text)
    if not found or any(len(secret) < 32 for secret in found):
        raise ValueError("needs one or more secrets of at least 32 characters, separated by commas, newest first")
    return found


def staff_tokens(text: str) -> tuple[str, ...]:
    """None, or some."""
    found = words(text)
    if any(len(token) < 32 for token in found):
        raise ValueError("needs tokens of at least 32 characters, separated by commas, or nothing at all")
    return found


def words(text: str) -> tuple[str, ...]:
    """What stands between the commas."""
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _split(text: str) -> SplitResult | None:
    """The address in its parts, or None when it is none."""
    try:
        parts = urlsplit(text)
        known = parts.port != 0  # reading the port checks it
    except ValueError:
        return None
    return parts if known else None


_SEVERAL = ("redis+cluster", "rediss+cluster", "redis+sentinel", "rediss+sentinel")


def redis_url(text: str) -> str:
    """An address of Redis."""
    scheme, _, rest = text.partition("://")
    hosts, _, path = rest.partition("?")[0].partition("/")
    if scheme in ("redis", "rediss", "unix"):
        good = _split(text) is not None
    else:
        good = scheme in _SEVERAL and all(_is_place(host) for host in hosts.rpartition("@")[2].split(","))
    if not good:
        raise ValueError(
            "must begin with redis://, rediss:// (TLS), unix://, redis+cluster:// or redis+sentinel://, "
            "and a port must be a number"
        )
    if scheme.endswith("+cluster") and path:
        raise ValueError("names a database, and a Cluster has none: redis+cluster://host:6379,host:6379")
    if scheme.endswith("+sentinel") and not re.fullmatch(r"[^/]+(/\d*)?", path):
        raise ValueError("must name the master: redis+sentinel://host:26379,host:26379/mymaster or …/mymaster/0")
    return text


def jobs_url(text: str) -> str:
    """An address of one Redis, or empty text."""
    if text and (text.partition("://")[0] not in ("redis", "rediss", "unix") or _split(text) is None):
        raise ValueError("must begin with redis://, rediss:// (TLS) or unix://, and a port must be a number")
    return text


def _is_place(text: str) -> bool:
    """host or host:port"""
    parts = _split(f"//{text}")
    return parts is not None and bool(parts.hostname)


def publishable_key(text: str) -> str:
    """Stripe's publishable key, or empty text."""
    if text and not re.fullmatch(r"pk_(test|live)_\w+", text):
        raise ValueError("must be a publishable key of Stripe: pk_live_… or pk_test_…; it is shown to every reader")
    return text


def stripe_key(text: str) -> str:
    """Stripe's secret key."""
    if not re.fullmatch(r"(sk|rk)_(test|live)_\w+", text):
        raise ValueError("must be a secret or restricted key of Stripe: sk_live_…, rk_live_…, sk_test_… or rk_test_…")
    return text


def webhook_secrets(text: str) -> tuple[str, ...]:
    """One or more signing secrets of Stripe."""
    found = words(text)
    if not found or not all(secret.startswith("whsec_") for secret in found):
        raise ValueError("needs one or more signing secrets (whsec_…), separated by commas")
    return found


def web_address(text: str) -> str:
    """An address without a path."""
    parts = _split(text)
    if parts is None or parts.scheme not in ("http", "https") or not parts.netloc or parts.path not in ("", "/"):
        raise ValueError("must be an address without a path, such as https://support.example.org")
    return f"{parts.scheme}://{parts.netloc}"


def mail_url(text: str) -> str:
    """A mail server, or a folder, or nothing."""
    parts = _split(text)
    by_smtp = parts is not None and parts.scheme in ("smtp", "smtps") and parts.hostname and parts.path in ("", "/")
    into_folder = parts is not None and parts.scheme == "file" and not parts.netloc and parts.path.startswith("/")
    if text and not (by_smtp or into_folder):
        raise ValueError("must be smtp://user:password@host:587, smtps://host:465 or file:///folder")
    if parts is not None and parts.password and not parts.username:
        raise ValueError("has a password and no user")
    return text


def mail_sender(text: str) -> str:
    """An address, with or without a name in front of it."""
    if text and (email_address(parseaddr(text)[1]) is None or not text.isprintable()):
        raise ValueError("must be an e-mail address, such as The Daily Lantern <support@example.org>")
    return text


def folder(text: str) -> Path:
    """The folder that holds sites/."""
    path = Path(text)
    if not (path / "sites").is_dir():
        raise ValueError(f"{text}/sites is not a folder")
    return path


def header(text: str) -> str:
    """The header's name as WSGI has it, or empty text."""
    if text and not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", text):
        raise ValueError("must be the name of a header, such as CF-IPCountry")
    return "HTTP_" + text.upper().replace("-", "_") if text else ""


def country_database(text: str) -> Path | None:
    """A database in MaxMind's format that tells countries, or None for empty text."""
    if not text:
        return None
    try:
        with maxminddb.open_database(text) as database:
            records = [record for _, record in islice(database, 1000)]
    except OSError as error:
        raise ValueError(f"{text} cannot be read: {error.strerror}") from error
    except maxminddb.InvalidDatabaseError as error:
        raise ValueError(f"{text} is not a database in MaxMind's format (.mmdb)") from error
    if not any("country" in key for record in records if isinstance(record, Mapping) for key in record):
        raise ValueError(f"{text} tells no countries; take a country or city database")
    return Path(text)


def origins(text: str) -> dict[str, tuple[str, ...]]:
    """`site=origin,origin;site=origin`"""
    return _by_site(text, web_address)


def receivers(text: str) -> dict[str, tuple[str, ...]]:
    """`site=address,address;site=address`"""
    return _by_site(text, receiver)


def _by_site(text: str, read: Callable[[str], str]) -> dict[str, tuple[str, ...]]:
    pairs = [part.partition("=") for part in text.split(";") if part.strip()]
    if not all(site.strip() and words(listed) for site, _, listed in pairs):
        raise ValueError("must look like site=https://a.example,https://b.example;another=https://c.example")
    return {site.strip(): tuple(map(read, words(listed))) for site, _, listed in pairs}


def receiver(text: str) -> str:
    """Where webhooks go: never in the clear, but on this machine, where somebody tries it out."""
    parts = _split(text)
    here = parts is not None and parts.hostname in ("localhost", "127.0.0.1", "::1")
    schemes = ("http", "https") if here else ("https",)
    if parts is None or parts.scheme not in schemes or not parts.hostname or "@" in parts.netloc or parts.fragment:
        raise ValueError("must begin with https://, and hold neither a password nor a fragment (#)")
    return text


def signing_keys(text: str) -> tuple[bytes, ...]:
    """None, or some, the newest first: `whsec_` and base64. Source: standard-webhooks/spec, "Signature scheme"."""
    return tuple(map(_signing_key, words(text)))


def _signing_key(secret: str) -> bytes:
    try:
        key = b64decode(secret.removeprefix("whsec_"), validate=True)
    except ValueError:
        key = b""
    if not secret.startswith("whsec_") or not 24 <= len(key) <= 64:
        raise ValueError("needs secrets of the form whsec_… (base64 of 24 to 64 random bytes), separated by commas")
    return key


def level(text: str) -> str:
    """How much is logged."""
    if text.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
    return text.upper()
