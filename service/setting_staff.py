"""What the text of the settings of the staff pages means. Every reader raises ValueError with what to write instead."""

import re
from ipaddress import IPv4Network, IPv6Network, ip_network

from service.setting_values import words

_HASH = re.compile(r"scrypt:\d+:\d+:\d+\$[A-Za-z0-9]+\$[0-9a-f]{128}")
_NAME = re.compile(r"[A-Za-z0-9_.@+-]{1,100}")
_MAKE = "make one with `honestybox staff password <name>`"


def staff_passwords(text: str) -> dict[str, str]:
    """The hash of each person's password, by their name."""
    pairs = [word.partition("=") for word in words(text)]
    for name, _, digest in pairs:
        if not _NAME.fullmatch(name) or not _HASH.fullmatch(digest):
            raise ValueError(f"must look like anna=scrypt:…, several separated by commas; {_MAKE}")
    if len({name for name, _, _ in pairs}) < len(pairs):
        raise ValueError("names somebody twice")
    return {name: digest for name, _, digest in pairs}


def networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Addresses and networks, or none."""
    try:
        return tuple(ip_network(word) for word in words(text))
    except ValueError as error:
        raise ValueError("needs addresses or networks such as 10.0.0.7 or 10.0.0.0/24, separated by commas") from error
