"""What an appeal costs the page on a machine four times as slow: nothing moves, and no task of ours is long."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from .fake_service import Fake
from .reading import asks, wait_for
from .test_newsletters import a_letter

pytestmark = pytest.mark.browser

# What the browser's timeline calls the running of scripts. The page has none but ours and the test's.
SCRIPTS = {
    "EvaluateScript", "v8.compile", "v8.compileModule", "v8.evaluateModule", "FunctionCall",
    "BlinkScheduler_PerformMicrotaskCheckpoint",
}  # fmt: skip
ANONYMOUS = {"v8.evaluateModule", "BlinkScheduler_PerformMicrotaskCheckpoint"}
CATEGORIES = ["devtools.timeline", "disabled-by-default-devtools.timeline", "v8", "toplevel"]
LONG_MS = 50  # Source: W3C Long Tasks
SLOWER = 4
TIMES = 2
TIMED = {"inline": ("inline", "gate"), "overlay": ("overlay", "banner")}

# What is looked at for movement alone: every placement, a newsletter, and what comes late.
LATE = {"show_after": {"reading_seconds": 0.5, "scroll": 0}}
LETTER = {"kind": "newsletter", "form": None, "newsletter": a_letter()}
STILL: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "inline": [("inline", {}), ("inline", LETTER), ("gate", {})],
    "overlay": [("overlay", LATE), ("banner", LATE), ("banner", LETTER)],
}


@pytest.mark.parametrize("placement", ["inline", "overlay"])
def test_on_a_slow_machine_nothing_moves_and_no_task_of_ours_is_long(
    chromium: Browser, page: Page, fake: Fake, placement: str
) -> None:
    """Tasks are measured in CPU time, and the best of some loads counts: what else this machine does makes each of
    them longer, and none shorter. Throttled, a task takes the longer the less of the CPU is left for it."""
    for where in TIMED[placement]:
        asks(fake, where)
        longest = []
        for _ in range(TIMES):
            chromium.start_tracing(page=page, categories=CATEGORIES)
            _see(page, fake)
            events = json.loads(chromium.stop_tracing())["traceEvents"]
            longest.append(max(script_ms(events, fake.service), default=0.0))
        assert all(longest), "nothing was measured"
        assert min(longest) * SLOWER < LONG_MS, (where, longest)
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    for where, changes in STILL[placement]:
        asks(fake, where, **changes)
        _see(page, fake)
        assert page.evaluate("shift") == 0, (where, changes)


def _see(page: Page, fake: Fake) -> None:
    """Opens an article, and looks at its appeal until that counts as seen."""
    page.goto(fake.publish())
    wait_for(page, "shown")
    page.evaluate("document.querySelector('honesty-box').scrollIntoView({block: 'center'})")
    wait_for(page, "seen")


def script_ms(events: list[dict[str, Any]], ours: str) -> Iterator[float]:
    """For each task of each thread: the milliseconds of CPU that our scripts took, and all that they made happen."""
    whole = [event for event in events if event.get("ph") == "X" and "tdur" in event]
    whole.sort(key=lambda event: (event["pid"], event["tid"], event["ts"], -event["dur"]))
    task_end = script_end = spent = 0.0
    thread = None
    for event in whole:
        if (event["pid"], event["tid"]) != thread:
            thread, task_end, script_end = (event["pid"], event["tid"]), 0.0, 0.0
        end = event["ts"] + event["dur"]
        if event["name"] == "RunTask" and event["ts"] >= task_end:
            yield spent / 1000
            task_end, spent = end, 0.0
        elif event["name"] in SCRIPTS and script_end <= event["ts"] < task_end:
            script_end = end
            spent += event["tdur"] * _is_ours(event, ours)
    yield spent / 1000


def _is_ours(event: dict[str, Any], ours: str) -> bool:
    """False for what the test itself runs in the page. What promises go on with has no address of its own."""
    told = event.get("args", {}).get("data", {}).get("url", event.get("args", {}).get("fileName", ""))
    return event["name"] in ANONYMOUS or told.startswith(ours)
