"""What the text of the settings against abuse means. Every reader raises ValueError with what to write instead."""

import re
from datetime import timedelta

from service.domain.email_address import email_address
from service.domain.human_check import CheckKeys, Provider
from service.domain.limit import LIMITS, Limit
from service.setting_values import web_address, words

_LIMIT = re.compile(r"([1-9]\d{0,6})/(\d{1,4})([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def limits(text: str) -> dict[str, Limit]:
    """Every limit: `contributions.reader=15/1h` and the like, and the usual one where nothing is said."""
    return {**LIMITS, **{limit.name: limit for limit in map(_limit, words(text))}}


def _limit(text: str) -> Limit:
    name, _, value = text.partition("=")
    if name not in LIMITS:
        raise ValueError(f"{name} is not a limit; there are {', '.join(LIMITS)}")
    match = _LIMIT.fullmatch(value)
    window = timedelta(**{_UNITS[match[3]]: int(match[2])}) if match else timedelta()
    if match is None or not window:
        raise ValueError(f"{text} must look like {name}=100/1h, with s, m, h or d, and more than nothing")
    return Limit(name, int(match[1]), window)


def human_check(text: str) -> CheckKeys | None:
    """`turnstile:<site key>:<secret>`, or None for empty text."""
    if not text:
        return None
    provider, site_key, secret = (*text.split(":"), "", "")[:3]
    if provider not in list(Provider) or not site_key or not secret or text.count(":") != 2:
        raise ValueError("must look like turnstile:<site key>:<secret> or hcaptcha:<site key>:<secret>")
    return CheckKeys(Provider(provider), site_key, secret)


def optional_web_address(text: str) -> str:
    """An address without a path, or empty text."""
    return web_address(text) if text else ""


def addresses(text: str) -> tuple[str, ...]:
    """E-mail addresses, or none."""
    found = tuple(email_address(word) or "" for word in words(text))
    if not all(found):
        raise ValueError("needs e-mail addresses, separated by commas")
    return found
