"""What a reader has done before an appeal comes up."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ShowAfter:
    """`reading_seconds` with the page in view, and `scroll` (0 to 1) of the article behind them; both where both are
    above 0."""

    reading_seconds: int = 0
    scroll: float = 0.0
