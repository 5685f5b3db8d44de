"""How readers are shared out among variants by what these turn out to earn."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Allocation:
    """`allocation` of a campaign: each variant's least share, and how often each is seen before anything moves."""

    floor: float
    minimum: int
