"""Copy that looks like code, from the YAML an editor writes to the reader's page: it is shown as the text it is."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page

from service.catalogue.words import load_dictionary
from service.web.published import publish
from tests.builders import SITE, a_campaign_yaml, a_catalogue, a_copy

from .fake_service import Fake, a_decision, an_article
from .reading import wait_for

pytestmark = pytest.mark.browser

HEADING = (
    "<script>hacked()</script> \"quoted\" & 'it\u2019s' </h2><b onclick=hacked()>\u202eevil\u202c 👩‍🚀 {site_name}"
)
LINES = (
    "<img src=x onerror=hacked()> <iframe srcdoc='<script>hacked()</script>'>",
    "[press](javascript:hacked%28%29) [here](data:text/html;base64,AAAA) [there](vbscript:x)",
    'She said "no" & left; \u200fمرحبا\u200f \u202eright to left\u202c 🇳🇱 é ﷽ </p></section></honesty-box>',
    "%3Cscript%3E \\u003cscript\\u003e <!-- --> ]]> <![CDATA[",
)
BUTTON = "</button><script>x</script>"
FOUND = """() => {
  const panel = document.querySelector('honesty-box').shadowRoot.querySelector('.panel');
  return {heading: panel.querySelector('h2').textContent, body: panel.querySelector('.copy').textContent,
    button: panel.querySelector('.primary').textContent,
    tags: [...new Set([...panel.querySelectorAll('.copy *,h2 *')].map((node) => node.localName))],
    links: [...panel.querySelectorAll('a')].map((a) => a.getAttribute('href')),
    wide: document.documentElement.scrollWidth - innerWidth};
}"""


def test_whatever_an_editor_writes_is_text(page: Page, fake: Fake) -> None:
    body = "\n\n".join(LINES)
    body += "\n\n" + "x" * (5000 - len(body) - 2)
    copy = a_copy(HEADING, body, BUTTON)
    catalogue = a_catalogue(campaigns={"lights-on": a_campaign_yaml(variants=f"{{plain: {{copy: {{en: {copy}}}}}}}")})
    site, campaign = catalogue.sites[SITE], catalogue.plans[SITE].by_id["lights-on"]
    appeals = publish(catalogue, load_dictionary(), "https://support.example.org", mails=False).appeals
    pieces = appeals.template(site, campaign, campaign.variants[0], "en", "USD").render("a-receipt", 3)
    fake.decisions = lambda asked: a_decision(json.loads(b"".join(pieces)))
    page.set_viewport_size({"width": 320, "height": 640})
    page.add_init_script("window.hacked = () => { window.wasHacked = true; }")
    page.goto(fake.publish(html=an_article(fake.tag()).replace('class="content"', "").replace("<article", "<article ")))
    wait_for(page, "shown")
    found = page.evaluate(FOUND)
    assert found["heading"] == HEADING.replace("{site_name}", site.name)
    for line in LINES:
        assert line in found["body"]
    assert "x" * 3000 in found["body"]
    assert found["button"] == BUTTON
    assert set(found["tags"]) <= {"p"}
    assert (found["links"], found["wide"]) == ([], 0)
    page.evaluate(
        "document.querySelector('honesty-box').shadowRoot.querySelectorAll('.copy *,h2').forEach((n) => n.click())"
    )
    assert page.evaluate("window.wasHacked") is None
