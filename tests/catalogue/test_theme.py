"""theme: in site.yaml: what an editor writes, and what is kept out of style sheets."""

import re
from importlib.resources import files

import pytest

from service.catalogue.problems import Level
from service.catalogue.warnings import warnings_of
from service.domain.theme import USUAL_DARK, USUAL_LIGHT, Dark, Palette, Theme, contrast
from tests.builders import NOW, SITE, a_campaign_yaml, a_catalogue, a_copy, a_site_yaml
from tests.catalogue.test_broken_files import SITE_FILE, assert_only, problems_in

BOTH = f"{{plain: {{copy: {{en: {a_copy()}, ru: {a_copy()}}}}}}}"
WHOLE = """
  dark: never
  text_font: Source Serif 4, 'Noto Serif JP', Georgia, SERIF
  heading_font: 游明朝
  corner: 0
  light_colours:
    {accent: "#A12", on_accent: "#fffFFE", text: "#111111", quiet: "#555", line: "#ccc", background: "#fff"}
  dark_colours: {accent: "#f2b8a0"}"""


def theme_in(text: str) -> Theme | None:
    return a_catalogue(a_site_yaml(theme=text)).sites[SITE].theme


def test_a_theme_is_read_as_it_is_written() -> None:
    light = Palette("#aa1122", "#fffffe", "#111111", "#555555", "#cccccc", "#ffffff")
    fonts = ('"Source Serif 4", "Noto Serif JP", "Georgia", serif', '"游明朝"')
    assert theme_in(WHOLE) == Theme(Dark.NEVER, light, Palette("#f2b8a0"), *fonts, corner_px=0)
    assert theme_in("{}") == Theme()
    assert a_catalogue().sites[SITE].theme is None


BROKEN = [
    (" # here", "theme", "has no value; write one or delete the line"),
    ("blue # here", "theme", "must be a group of indented lines"),
    ("{darc: never} # here", "theme.darc", "did you mean dark?"),
    ("{dark: sometimes} # here", "theme.dark", "choose from auto, never, always"),
    ("{dark: true} # here", "theme.dark", "must be one of auto, never, always (got True)"),
    ("{corner: 25} # here", "theme.corner", "must be between 0 and 24"),
    ("{corner: 3px} # here", "theme.corner", "must be a whole number"),
    ("{light_colours: {acent: '#123'}} # here", "theme.light_colours.acent", "did you mean accent?"),
    ("\n  light_colours:\n    accent: #123 # here", "theme.light_colours.accent", "write the colour in quotes"),
    ("{light_colours: {accent: 112233}} # here", "theme.light_colours.accent", "write it in quotes"),
    ("{dark_colours: {text: red}} # here", "theme.dark_colours.text", "red is not a colour"),
    *(
        (f"{{light_colours: {{line: '{hostile}'}}}} # here", "theme.light_colours.line", "is not a colour")
        for hostile in (
            "#12", "#12345", "#1234567", "#ggg", "rgb(1,2,3)", "#123;}*{display:none", "url(https://x.example/)",
            "var(--x)", "#123\\n", "",
        )
    ),
    *(
        (f"{{text_font: {hostile}}} # here", "theme.text_font", "is not the name of a font")
        for hostile in (
            "'a;}*{display:none'", "'Georgia, '", "'url(x)'", "'a\\\\b'", "\"a\\nb\"", "'a/*'", "'x!important'",
            "'a\"b'", "'-'", "''", "'" + "x" * 61 + "'",
        )
    ),
    ("{heading_font: 'a,b,c,d,e,f,g,h,i'} # here", "theme.heading_font", "names 9 fonts; at most 8 fit"),
    ("{heading_font: [Georgia]} # here", "theme.heading_font", "must be text"),
]  # fmt: skip


@pytest.mark.parametrize(("theme", "path", "cure"), BROKEN, ids=[f"{row[1]} {row[0]}"[:60] for row in BROKEN])
def test_what_is_no_colour_font_or_number_never_gets_near_a_style_sheet(theme: str, path: str, cure: str) -> None:
    text = a_site_yaml(theme=theme)
    assert_only(problems_in(text), SITE_FILE, text, path, cure)


def test_contrast_is_wcags() -> None:
    assert contrast("#000000", "#ffffff") == 21
    assert contrast("#ffffff", "#ffffff") == 1
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48  # famously not enough


def test_the_usual_colours_are_those_of_the_style_sheet() -> None:
    styles = (files("service") / "embed" / "styles.js").read_text("utf-8")
    names = ("accent", "on_accent", "text", "quiet", "line", "background")
    for suffix, usual in (("", USUAL_LIGHT), ("-dark", USUAL_DARK)):
        found = dict(re.findall(rf"var\(--honestybox-([a-z-]+?){suffix},(#[0-9a-f]+)\)", styles))
        for name in names:
            written = found[name.replace("_", "-")]
            assert getattr(usual, name) == (written if len(written) == 7 else written.replace("f", "ff")), name


def warned(**lines: str) -> list[tuple[int, str, str]]:
    """Line, path and the beginning of what is told of the looks in site.yaml and the campaign's image."""
    campaign = a_campaign_yaml(variants=BOTH, **({"image": lines.pop("image")} if "image" in lines else {}))
    found = warnings_of(a_catalogue(a_site_yaml(**lines), {"lights-on": campaign}), NOW)
    assert all(problem.level is Level.WARNING for problem in found)
    return [(problem.line, problem.path, problem.message.partition(",")[0]) for problem in found]


def test_colours_that_are_too_much_alike_are_warned_of_on_their_line() -> None:
    line = len(a_site_yaml().splitlines())
    weak = "\n  light_colours:\n    accent: '#777777'\n    quiet: '#888'"
    assert warned(theme=weak) == [
        (line + 3, "theme.light_colours.accent", "on_accent (#ffffff) on accent (#777777) has a contrast of 4.5"),
        (line + 4, "theme.light_colours.quiet", "quiet (#888888) on background (#ffffff) has a contrast of 3.5"),
    ]
    paths = [path for _, path, _ in warned(theme="{dark_colours: {background: '#fff'}}")]
    assert paths == ["theme.dark_colours.background"] * 3, "against the usual colours of the dark"


@pytest.mark.parametrize(
    "theme",
    [
        "{}", WHOLE, "{dark: never, dark_colours: {text: '#000'}}", "{dark: always, light_colours: {text: '#fff'}}",
        "{light_colours: {line: '#fff'}}", "{light_colours: {text: '#767676'}}",
    ],
)  # fmt: skip
def test_colours_that_can_be_read_or_are_never_used_are_not(theme: str) -> None:
    assert warned(theme=theme) == []


@pytest.mark.parametrize("src", ["https://img.gazette.example/a.png", "https://gazette.example/a.png", "/a.png"])
def test_an_image_on_a_host_of_the_sites_own_is_no_matter(src: str) -> None:
    assert warned(image=f"{{src: '{src}', width: 3, height: 2, alt: ''}}") == []


@pytest.mark.parametrize("host", ["cdn.test", "not-gazette.example"])
def test_an_image_on_somebody_elses_host_is_warned_of(host: str) -> None:
    (warning,) = warned(image=f"{{src: 'https://{host}/a.png', width: 3, height: 2, alt: ''}}")
    assert warning[1:] == ("image.src", f"{host} is not yours")
