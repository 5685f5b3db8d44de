"""Each module of the script finds the words it says in the answer that it has them from."""

import re
from importlib.resources import files

import pytest

from service.catalogue.words import load_dictionary

WORDS = load_dictionary().for_language("en")
SOURCES = {file.name: file.read_text() for file in (files("service") / "embed").iterdir() if file.name.endswith(".js")}
IN_AN_APPEAL = WORDS.of_appeals(embedded=False).keys()
GETS = {
    "gate.js": WORDS.of_gates().keys(),
    "later.js": WORDS.of_gates().keys(),
    "embedded.js": WORDS.of_appeals(embedded=True).keys(),
    "pane.js": WORDS.of_appeals(embedded=True).keys(),
}


@pytest.mark.parametrize("module", "gate.js later.js snooze.js form.js extras.js embedded.js pane.js human.js".split())
def test_a_module_has_every_word_that_it_says(module: str) -> None:
    names = set(re.findall(r"words\.([a-z_]+)", SOURCES[module]))
    assert names
    assert names <= GETS.get(module, IN_AN_APPEAL)


@pytest.mark.parametrize("key", ["pay_leave_yes", "pay_leave_no", "thanks_paid_heading", "thanks_pending"])
def test_paying_on_the_page_has_words_of_its_own(key: str) -> None:
    assert key in WORDS.of_appeals(embedded=True)
    assert key not in IN_AN_APPEAL


@pytest.mark.parametrize("key", "gate_later supporter_heading link_subject thanks_supporter product_title".split())
def test_what_an_appeal_never_says_does_not_go_out_with_it(key: str) -> None:
    assert key in WORDS.texts
    assert key not in WORDS.of_appeals(embedded=True)
