"""Our modules use nothing that Safari of autumn 2023 (17.1) lacks, as far as a list of what came later can tell.

It is a list of names and forms, and no parser: what it does not list it does not find. The browser tests run the whole
script in a Chromium without most of these, too.
"""

import re
from pathlib import Path

import pytest
import rjsmin

from service.web.script_tokens import tokens_of

EMBED = Path(__file__).parents[2] / "service" / "embed"

# Later than Safari 17.1; in brackets, since when.
LATER = {
    r"\bPromise\.(withResolvers|try)\b": "17.4, 18.2",
    r"\b(Object|Map)\.groupBy\b": "17.4",
    r"\bAbortSignal\.any\b": "17.4",
    r"\bURL\.parse\b": "18",
    r"\bMath\.(sumPrecise|f16round)\b": "later",
    r"\b(RegExp\.escape|Error\.isError|Iterator\.(from|concat))": "18.2 and later",
    r"\.(values|keys|entries)\(\)\.(map|filter|take|drop|flatMap|reduce|toArray|forEach|some|every|find)\b": "18.4",
    r"\.(checkVisibility|setHTML|setHTMLUnsafe|moveBefore|requestClose|startViewTransition)\(": "17.4+",
    r"\b(requestIdleCallback|scheduler\.|CloseWatcher|Temporal\.|Sanitizer)": "not in Safari 17",
    r"\b(fromBase64|toBase64|fromHex|toHex|transferToFixedLength)\b": "18.2",
    r"\bimport\s+(defer|source)\b|\bwith\s*\{\s*type\s*:": "17.2 and later",
    r"\b(await\s+)?using\s+\w+\s*=": "not in Safari",
    r"@(starting-style|scope|container\s+style|function|view-transition|position-try)\b": "17.4 and later",
    r"\b(light-dark|anchor|interpolate-size|field-sizing|text-wrap-style|sibling-index)\s*[(:]": "17.5+",
    r"\btransition-behavior\b|\ballow-discrete\b|\bcalc-size\(|\bif\(style": "18 and later",
}
REGEX_LATER = re.compile(r"\(\?[imsx-]+:")  # modifiers inside of a pattern


def modules() -> list[Path]:
    return sorted(EMBED.glob("*.js"))


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.name)
def test_a_module_uses_nothing_that_came_later(path: Path) -> None:
    code = str(rjsmin.jsmin(path.read_text("utf-8")))
    found = {form: since for form, since in LATER.items() if re.search(form, code)}
    assert found == {}, path.name
    patterns = [token.text for token in tokens_of(code) if token.kind == "regex"]
    assert [text for text in patterns if REGEX_LATER.search(text)] == []


@pytest.mark.parametrize(
    "later",
    ["const { promise } = Promise.withResolvers();", "AbortSignal.any([a, b])", "map.values().map((x) => x)",
     'import x from "./x.json" with { type: "json" };', "box.checkVisibility()", "`a{color:light-dark(#000,#fff)}`"],
)  # fmt: skip
def test_the_list_finds_what_it_lists(later: str) -> None:
    assert any(re.search(form, str(rjsmin.jsmin(later))) for form in LATER)


def test_the_navigation_api_is_used_only_where_it_is() -> None:
    users = {path.name for path in modules() if re.search(r"\bnavigation\.", path.read_text("utf-8"))}
    assert users == {"prompt.js"}
    assert "window.navigation?.currentEntry" in (EMBED / "prompt.js").read_text("utf-8")
