"""Which wording a reader meets: the same one on every machine and after every restart."""

from hashlib import blake2b
from math import log

from service.domain.campaign import Campaign, Variant


def choose_variant(campaign: Campaign, reader: str) -> Variant:
    """The reader's variant, drawn by weight from a stable hash of reader, campaign and variant.

    Weighted rendezvous hashing: each variant draws its own number, so changing one weight moves readers only
    to or from that variant, never between two others. Source: DESIGN §6.
    """
    if len(campaign.variants) == 1:
        return campaign.variants[0]
    return max(campaign.variants, key=lambda variant: _score(variant, f"{reader}/{campaign.id}/{variant.name}"))


def _score(variant: Variant, draw: str) -> float:
    if not variant.weight:
        return float("-inf")
    number = int.from_bytes(blake2b(draw.encode(), digest_size=8).digest(), "little")
    # 52 bits, because a float holds no more below 1, and the logarithm of 1 would divide by zero
    return variant.weight / -log(((number >> 12) + 0.5) / 2**52)
