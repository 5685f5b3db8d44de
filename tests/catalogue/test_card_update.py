"""What an editor is told who writes a card_update campaign as if it asked for money."""

import pytest

from tests.builders import a_campaign_yaml, a_catalogue
from tests.catalogue.test_broken_files import CAMPAIGN_FILE, assert_only, problems_in

MISTAKES = [
    ("allocation", "{method: automatic} # here", "is worked out from gifts, and a card_update campaign asks for none"),
    ("always_ask", "true # here", "delete it, a card_update campaign keeps to the caps"),
    ("amounts", "{monthly: [2, 5]} # here", "amounts and currencies are the site's; delete it here"),
    ("monthly", "[2, 5, 10] # here", "amounts and currencies are the site's; delete it here"),
    ("currencies", "{USD: {}} # here", "see currencies in site.yaml"),
]


@pytest.mark.parametrize(("key", "value", "cure"), MISTAKES, ids=[row[0] for row in MISTAKES])
def test_what_only_an_ask_for_money_has_is_told_with_its_line_and_cure(key: str, value: str, cure: str) -> None:
    text = a_campaign_yaml(kind="card_update", **{key: value})
    assert_only(problems_in(campaign=text), CAMPAIGN_FILE, text, key, cure)


@pytest.mark.parametrize("supporters", ["exclude", "only", "include"])
def test_naming_supporters_says_nothing(supporters: str) -> None:
    text = a_campaign_yaml(kind="card_update", audience=f"\n  supporters: {supporters} # here")
    cure = "is only for readers whose regular gift could not be renewed; delete it"
    assert_only(problems_in(campaign=text), CAMPAIGN_FILE, text, "audience.supporters", cure)


def test_a_gate_is_no_place_for_it() -> None:
    text = a_campaign_yaml(kind="card_update", placement="gate # here")
    problems = [problem for problem in problems_in(campaign=text) if "meets no gate" in str(problem)]
    assert [problem.path for problem in problems] == ["placement"]


def test_all_of_it_is_told_at_once_whatever_else_is_wrong() -> None:
    text = a_campaign_yaml(kind="card_update", always_ask="true", priority="high", amounts="[1]")
    assert {problem.path for problem in problems_in(campaign=text)} == {"always_ask", "priority", "amounts"}


def test_a_campaign_that_asks_for_money_keeps_all_of_it() -> None:
    a_catalogue(campaigns={"lights-on": a_campaign_yaml(always_ask="true", audience="{supporters: include}")})


def test_an_unlikely_kind_is_told_which_there_are() -> None:
    text = a_campaign_yaml(kind="card-update # here")
    assert_only(problems_in(campaign=text), CAMPAIGN_FILE, text, "kind", "card_update")
