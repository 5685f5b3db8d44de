"""All that the forecast takes for granted about readers. Nobody has measured it for your site; change what you know."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Assumptions:
    """Shares are 0 to 1. Reactions are of appeals on one page view, everything else of readers or page views."""

    # Who they are.
    newcomers: float = 0.3
    """Readers we first see during the forecast; the others came before, up to a year ago."""
    supporters: float = 0.02
    """Readers who give monthly already."""
    lapsed: float = 0.01
    """Readers who gave once, a year ago."""
    subscribed: float = 0.1
    """Readers who have one of the site's newsletters."""
    signed_in: float = 0.1
    refusing: float = 0.05
    """Readers who do not agree to storage."""

    # How they come. The visits per month are a Pareto distribution: most readers come once or twice, some daily.
    fewest_visits: float = 1.5
    steepness: float = 1.2
    """The greater, the fewer come often."""
    most_visits: float = 60.0
    pages_per_visit: tuple[float, ...] = (0.46, 0.23, 0.15, 0.1, 0.06)
    """The share of visits with one page, with two, …"""

    # What they open.
    articles_per_day: int = 40
    freshness: float = 1.2
    """How many days old an article is when it is opened, on average."""
    rereading: float = 0.05
    other_pages: float = 0.12
    """Page views of the home page and of sections."""
    premium: float = 0.05

    # What they do. Of what was shown …
    seen: float = 0.7
    """… how much comes into view."""
    seen_alone: float = 0.95
    """The same for a dialog and a gate, which have the page to themselves."""
    # … and of what was seen:
    giving: float = 0.002
    monthly: float = 0.4
    """Of those who give, how many do so monthly; the others give once."""
    dismissing: float = 0.25
    snoozing: float = 0.03
    never: float = 0.005
    later: float = 0.4
    """How many press "later" at a gate that can be put off."""
