"""The address that a request comes from, as far as our own proxy vouches for it."""

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

LONGEST_ADDRESS = 64
# A home or a phone has all of a /64 for itself, and may send each request from another address in it.
_ONE_SUBSCRIBER = 64
UNKNOWN = "unknown"


def said_address(environ: Mapping[str, Any], header: str) -> str:
    """What the request says. `header`, as WSGI names it: its last entry, which our proxy wrote; what stands before it
    anybody may have. Without one, the connection's own address."""
    return (environ.get(header or "REMOTE_ADDR") or "").rpartition(",")[2].strip()


def plain_address(text: str) -> IPv4Address | IPv6Address | None:
    """The address in `text`, which may have a port behind it; None for nonsense."""
    if len(text) > LONGEST_ADDRESS:
        return None
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def public_address(text: str) -> IPv4Address | IPv6Address | None:
    """The same; None for those of no public network, too."""
    plain = plain_address(text)
    return plain if plain is not None and plain.is_global else None


def subscriber(environ: Mapping[str, Any], header: str) -> str | None:
    """Whom to count a request for: an IPv4 address, or the /64 of an IPv6 one.

    None for a private one: that is our own proxy, behind which everybody is, or our own network. Where the proxy should
    have written a header and nothing sensible is in it, all such requests count as one subscriber's.
    """
    address = plain_address(said_address(environ, header))
    if address is None:
        return UNKNOWN if header else None
    if not address.is_global:
        return None
    if isinstance(address, IPv6Address):
        return str(ip_network((address, _ONE_SUBSCRIBER), strict=False).network_address)
    return str(address)
