"""Several placements on one page view: how many, in which order, and what shuts out what."""

from tests.builders import a_campaign_yaml, a_catalogue, a_site_yaml, outcomes

ALL = ["banner", "inline", "overlay"]


def priorities(**by_placement: int) -> dict[str, str]:
    """One campaign for each placement, named after it."""
    return {name: a_campaign_yaml(placement=name, priority=str(number)) for name, number in by_placement.items()}


def a_page_of(per_page: int) -> str:
    return a_site_yaml(frequency=f"{{max: 9, window: 30d, per_page: {per_page}}}")


def test_per_page_one_shows_only_the_best_campaign() -> None:
    catalogue = a_catalogue(a_page_of(1), priorities(banner=20, inline=30))
    decided = outcomes(catalogue, placements=["banner", "inline"])
    assert decided == {"banner": "site_cap", "inline": "shown: inline"}


def test_per_page_is_one_unless_site_yaml_says_more() -> None:
    site = a_site_yaml(frequency="{max: 9, window: 30d}")
    decided = outcomes(a_catalogue(site, priorities(banner=20, inline=30)), placements=["banner", "inline"])
    assert decided["banner"] == "site_cap"


def test_per_page_two_shows_two() -> None:
    decided = outcomes(a_catalogue(a_page_of(2), priorities(banner=20, inline=30)), placements=["banner", "inline"])
    assert decided == {"banner": "shown: banner", "inline": "shown: inline"}


def test_an_overlay_that_is_best_shuts_out_the_others() -> None:
    decided = outcomes(a_catalogue(a_page_of(3), priorities(banner=20, inline=30, overlay=40)), placements=ALL)
    assert decided == {"banner": "shut_out", "inline": "shut_out", "overlay": "shown: overlay"}


def test_an_overlay_that_is_not_best_is_shut_out_itself() -> None:
    decided = outcomes(a_catalogue(a_page_of(3), priorities(banner=20, inline=30, overlay=10)), placements=ALL)
    assert decided == {"banner": "shown: banner", "inline": "shown: inline", "overlay": "shut_out"}


def test_an_overlay_between_two_others_leaves_the_page_to_them() -> None:
    decided = outcomes(a_catalogue(a_page_of(3), priorities(banner=10, inline=30, overlay=20)), placements=ALL)
    assert decided == {"banner": "shown: banner", "inline": "shown: inline", "overlay": "shut_out"}


def test_an_overlay_that_is_withheld_shuts_out_nobody() -> None:
    campaigns = priorities(inline=10) | {
        "overlay": a_campaign_yaml(placement="overlay", priority="40", schedule="{until: 2026-01-01}")
    }
    decided = outcomes(a_catalogue(a_page_of(3), campaigns), placements=ALL)
    assert decided == {"banner": "no_campaign", "inline": "shown: inline", "overlay": "not_scheduled"}


def test_equal_priorities_go_by_file_name() -> None:
    campaigns = {name: a_campaign_yaml(placement="inline") for name in ("b-letter", "a-letter", "c-letter")}
    assert outcomes(a_catalogue(campaigns=campaigns)) == {"inline": "shown: a-letter"}


def test_equal_priorities_in_two_placements_go_by_file_name_too() -> None:
    campaigns = {"b": a_campaign_yaml(placement="inline"), "a": a_campaign_yaml(placement="banner")}
    decided = outcomes(a_catalogue(a_page_of(1), campaigns), placements=["inline", "banner"])
    assert decided == {"banner": "shown: a", "inline": "site_cap"}
