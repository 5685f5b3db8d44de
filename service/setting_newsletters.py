"""What the text of the setting for newsletters' providers means. Raises ValueError with what to write instead."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from service.domain.newsletter import MailProvider
from service.setting_values import receiver, words

_SHAPE = "must look like site=mailchimp:KEY-us21,csv:/folder/subscribers.csv;other=brevo:KEY"


def newsletter_providers(text: str) -> dict[str, dict[MailProvider, str]]:
    """Site -> provider -> its key, address or file."""
    found: dict[str, dict[MailProvider, str]] = {}
    for part in filter(str.strip, text.split(";")):
        site, _, listed = part.partition("=")
        if not site.strip() or not words(listed):
            raise ValueError(_SHAPE)
        found[site.strip()] = dict(map(_provider, words(listed)))
    return found


def _provider(text: str) -> tuple[MailProvider, str]:
    name, _, secret = text.partition(":")
    if name not in list(MailProvider) or not secret:
        raise ValueError(f"{_SHAPE}; there are {', '.join(MailProvider)}")
    provider = MailProvider(name)
    return provider, _READERS[provider](secret)


def _mailchimp(text: str) -> str:
    """The key ends with the data center that its account lives in."""
    if not re.fullmatch(r"[A-Za-z0-9]+-[a-z]{2,4}[0-9]{1,4}", text):
        raise ValueError("needs Mailchimp's key as it is shown, with the data center behind it: mailchimp:KEY-us21")
    return text


def _key(text: str) -> str:
    if not re.fullmatch(r"[!-~]{8,200}", text):
        raise ValueError("needs the provider's API key, as it is shown there")
    return text


def _file(text: str) -> str:
    path = Path(text)
    if not path.is_absolute() or path.suffix != ".csv" or not path.parent.is_dir():
        raise ValueError("needs a whole path in a folder that is there: csv:/folder/subscribers.csv")
    return text


_READERS: Mapping[MailProvider, Callable[[str], str]] = {
    MailProvider.MAILCHIMP: _mailchimp,
    MailProvider.BREVO: _key,
    MailProvider.BUTTONDOWN: _key,
    MailProvider.WEBHOOK: receiver,
    MailProvider.CSV: _file,
}
