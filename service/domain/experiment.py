"""Which wording a reader meets, and who is among a share of readers: the same on every machine, after every restart."""

from collections.abc import Mapping
from hashlib import blake2b
from math import inf, log

from service.domain.campaign import Campaign, Variant

_BEGUN = blake2b(digest_size=8)  # to be copied, since a new one takes twice as long
_number = int.from_bytes  # looked up once: every decision draws


def choose_variant(campaign: Campaign, reader: str, weights: Mapping[str, float] | None = None) -> Variant:
    """The reader's variant, drawn by weight from a stable hash of reader, campaign and variant.

    Weighted rendezvous hashing: each variant draws its own number, so changing one weight moves readers only
    to or from that variant, never between two others. Source: DESIGN §6.

    `weights`: what automatic allocation came to, by variant. Where the file asks for it, they stand in for its own,
    once they know every variant that it draws; one of weight 0 in the file is never drawn, whatever they say.
    """
    variants = campaign.variants
    if len(variants) == 1:
        return variants[0]
    if weights is not None and not may_stand_in(weights, campaign):
        weights = None
    salt = f"{reader}/{campaign.id}/"
    best, highest = variants[0], -inf
    for variant in variants:
        weight = variant.weight and weights[variant.name] if weights else variant.weight
        if weight:
            # half of a step more than the draw, because 0 has no logarithm
            score = weight / -log((_draw(salt + variant.name) + 0.5) / 2**52)
            if score > highest:
                best, highest = variant, score
    return best


def in_share(salt: str, reader: str, share: float) -> bool:
    """True for about `share` (0 to 1, both included) of all readers; raising the share only ever adds readers.

    `salt` names what is drawn for, such as `holdback/<site>` or `rollout/<campaign>`: two salts draw independently.
    """
    return share > 0 and _draw(f"{salt}/{reader}") / 2**52 < share


def place_among_readers(site: str, reader: str) -> float:
    """0 to 1: the reader is one of the site's holdback wherever that is a larger share than this."""
    return _draw(f"holdback/{site}/{reader}") / 2**52


def may_stand_in(weights: Mapping[str, float], campaign: Campaign) -> bool:
    """True where readers are shared out by what variants earn, when `weights` know every variant that is drawn."""
    if campaign.allocation is None:
        return False
    return all(variant.name in weights or not variant.weight for variant in campaign.variants)


def _draw(name: str) -> int:
    """0 to 2**52 - 1: a float holds no more bits below 1, and the logarithm of 1 would divide by zero."""
    drawing = _BEGUN.copy()
    drawing.update(name.encode())
    return _number(drawing.digest(), "little") >> 12
