"""axe-core on a page that is open: `axe_finds_nothing(page)` fails with what it found and where.

For every page that readers or staff see. All of axe's rules are on, also those of good practice and of WCAG 2.2 that it
leaves out by itself. It looks into shadow roots and into frames of the same origin. What moves is brought to its end
first, since a colour that is still fading in has a contrast of its own.

    page.goto(address)
    axe_finds_nothing(page, "the landing page, dark")
"""

from __future__ import annotations

import json
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

# Off by themselves: "target-size" is WCAG 2.2 AA (2.5.8).
_ALSO = {"rules": {"target-size": {"enabled": True}}, "resultTypes": ["violations"]}
_SETTLE = """() => {
  const roots = [document, ...[...document.querySelectorAll('honesty-box')].map((box) => box.shadowRoot)];
  for (const root of roots) for (const moving of root.getAnimations()) moving.finish();
}"""


def axe_finds_nothing(page: Page, where: str = "", *, within: str | None = None) -> None:
    """Fails with every complaint about the page as it is now; `within`: a selector, to look at one part of it."""
    found = complaints(page, within)
    assert not found, f"{where or page.url}: axe-core finds\n" + "\n".join(found)


def complaints(page: Page, within: str | None = None) -> list[str]:
    """What axe-core has against the page, a line for each rule and element."""
    page.evaluate(_SETTLE)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    context = "document" if within is None else json.dumps(within)
    results: dict[str, Any] = page.evaluate(f"axe.run({context}, {json.dumps(_ALSO)})")
    return [
        f"{rule['id']} ({rule['impact']}): {rule['help']}: {node['target']} {node['html'][:200]}\n  {_why(node)}"
        for rule in results["violations"]
        for node in rule["nodes"]
    ]


def _why(node: dict[str, Any]) -> str:
    return "; ".join(check["message"] for kind in ("any", "all", "none") for check in node[kind])
