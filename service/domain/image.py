"""A picture in an appeal."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Image:
    """`src`: https, or a path on the publisher's own pages. `width` and `height` in pixels, so that its place is known
    before it is there. `alt` by language; None for a picture that tells nothing the words do not."""

    src: str
    width: int
    height: int
    alt: Mapping[str, str] | None
