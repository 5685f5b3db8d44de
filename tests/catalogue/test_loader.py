"""What becomes of staff's files as a whole."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.catalogue.loader import Loader
from service.catalogue.problems import CatalogueError
from service.domain.abilities import Abilities
from service.domain.money import Interval
from service.domain.site import Checkout, CheckoutMode, Placement
from tests.builders import (
    ORIGIN,
    SITE,
    a_campaign_yaml,
    a_catalogue,
    a_site_yaml,
    staff_files,
    variants_yaml,
    write_config,
)

ROOT = Path(__file__).resolve().parents[2]


def problems_of(files: dict[str, Any]) -> list[str]:
    """Every problem in these files, by name as problems show it."""
    raw = {f"config/{name}": text if isinstance(text, bytes) else text.encode() for name, text in files.items()}
    with pytest.raises(CatalogueError) as caught:
        Loader(Path("config")).build(raw)
    return [str(problem) for problem in caught.value.problems]


def test_the_sample_that_we_ship_has_no_problem() -> None:
    catalogue = Loader(ROOT / "config").load()
    campaigns = catalogue.plans["daily-lantern"].campaigns
    assert {row.placement for row in campaigns} >= {Placement.BANNER, Placement.INLINE, Placement.OVERLAY}
    assert {len(row.variants) for row in campaigns} == {2}
    assert {language for row in campaigns for variant in row.variants for language in variant.copy} == {"en", "ru"}


def test_norway_stays_a_country() -> None:
    site = a_catalogue(a_site_yaml(currencies=a_currency("  by_country: {NO: USD, SE: USD}"))).sites[SITE]
    assert site.currency_for("NO") == "USD"
    assert set(site.currency_by_country) == {"NO", "SE"}


def a_currency(more: str) -> str:
    return f"\n  default: USD\n{more}\n  USD: {{minimum: 2, maximum: 50, once: [10], monthly: [2.50], annual: [20]}}"


def test_amounts_keep_their_digits() -> None:
    site = a_catalogue(a_site_yaml(currencies=a_currency(""))).sites[SITE]
    assert site.currencies["USD"].suggested[Interval.MONTHLY] == (250,)


def test_every_mistake_in_every_file_is_told_at_once() -> None:
    site = a_site_yaml(time_zone="Nowhere", switched_on="maybe", languages="[klingon]")
    campaigns = {
        "first": a_campaign_yaml(placement="sidebar", priority="high"),
        "second": a_campaign_yaml(variants=variants_yaml(plain=-1), schedule="{from: soon}"),
    }
    told = problems_of(staff_files(site, campaigns))
    wrong = [
        "placement", "priority", "schedule.from", "variants.plain.weight", "languages.0", "switched_on", "time_zone",
    ]  # fmt: skip
    assert sorted(line.split(": ")[1] for line in told) == sorted(wrong)


def test_a_wrong_value_hides_no_key_that_is_missing() -> None:
    amounts = "\n  default: USD\n  USD: {minimum: x, once: [5], monthly: [5], annual: [5]}"
    told = problems_of(staff_files(a_site_yaml(currencies=amounts)))
    assert [line.split(": ")[1] for line in told] == ["currencies.USD.maximum", "currencies.USD.minimum"]


def test_problems_stand_in_the_order_of_files_and_lines() -> None:
    campaigns = {"b": a_campaign_yaml(kind="x", priority="x"), "a": a_campaign_yaml(kind="x")}
    told = problems_of(staff_files(None, campaigns))
    assert [line.split(": ")[:2] for line in told] == [
        [f"config/sites/{SITE}/campaigns/a.yaml:1:1", "kind"],
        [f"config/sites/{SITE}/campaigns/b.yaml:1:1", "kind"],
        [f"config/sites/{SITE}/campaigns/b.yaml:3:1", "priority"],
    ]


def test_a_broken_site_file_does_not_accuse_its_campaigns() -> None:
    told = problems_of(staff_files("name: [unclosed", {"a": a_campaign_yaml(), "b": a_campaign_yaml()}))
    assert len(told) == 1
    assert told[0].startswith(f"config/sites/{SITE}/site.yaml:")


def test_campaigns_without_a_site_are_told_which_file_is_missing() -> None:
    files = {name: text for name, text in staff_files().items() if "campaigns" in name}
    told = "is missing; the files beside it belong to no site"
    assert problems_of(files) == [f"config/sites/{SITE}/site.yaml:1:1: {told}"]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("sites/gazette/spring.yaml", "campaigns live in campaigns/, so move it to campaigns/spring.yaml"),
        ("sites/gazette/campaigns/old/spring.yaml", "move it to campaigns/spring.yaml"),
        ("sites/gazette/campaigns/Spring Drive.yaml", "must be made of a-z, 0-9 and hyphens"),
        ("sites/gazette/campaigns/spring.yml", "rename it to end in .yaml"),
        ("sites/gazette/campaigns/spring.yaml.txt", "rename it to end in .yaml"),
        ("sites/gazette/campaigns/spring.YAML", "rename it to end in .yaml"),
        ("sites/Gazette Two/site.yaml", "must be made of a-z, 0-9 and hyphens"),
    ],
)
def test_a_file_in_the_wrong_place_is_told_where_to_go(tmp_path: Path, name: str, told: str) -> None:
    text = a_site_yaml() if name.endswith("site.yaml") else a_campaign_yaml()
    folder = write_config(tmp_path / "config", staff_files() | {name: text})
    with pytest.raises(CatalogueError) as caught:
        Loader(folder).load()
    assert [(problem.file, problem.line) for problem in caught.value.problems] == [(f"config/{name}", 1)]
    assert told in caught.value.problems[0].message


@pytest.mark.parametrize("name", [".lights-on.yaml.swp", ".lights-on.yaml", "lights-on.yaml~", "notes.txt", "#a.yaml#"])
def test_what_editors_leave_lying_about_is_not_read(tmp_path: Path, name: str) -> None:
    folder = write_config(tmp_path / "config", staff_files() | {f"sites/{SITE}/campaigns/{name}": "half a fi: le:"})
    assert len(Loader(folder).load().plans[SITE].of(Placement.INLINE)) == 1


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", "is empty"),
        (b"# only a comment\n", "is empty"),
        (b"null\n", "must be a group"),
        (b"just words\n", "must be a group"),
        (b"- a\n- list\n", "must be a group"),
        ("name: Газета".encode("cp1251"), "is not UTF-8 text; save it as UTF-8"),
        ("name: x".encode("utf-16"), "is not UTF-8 text; save it as UTF-8"),
        (b"name: x\x00", "U+0000"),
        (b"name: one\n---\nname: two\n", "is not YAML"),
        (b"name: 'unclosed\n", "is not YAML"),
        (b"name: *nobody\n", "is not YAML"),
        (b"a: &a [*a]\n", "are aliases (*) nested?"),
        (b"a: &a {b: *a}\n", "are aliases (*) nested?"),
        (b"[" * 1000, "nested"),
        (b"a: " + b"{a: " * 1000 + b"}" * 1000, "nested"),
        (b"x: " + b"&a [0,0,0,0,0,0,0,0,0]\n" + b"".join(
            b"%c: &%c [%s]\n" % (98 + n, 98 + n, b",".join([b"*%c" % (97 + n)] * 9)) for n in range(9)), "aliases"),
        (b"name: " + b"9" * 5000, "number we understand"),
        (b"name: !!python/object/apply:os.system [echo]\n", "must be text"),
        (b"? [a, b]\n: c\n", "unknown key"),
        (b'name: "\\ud800"\n', "half a character"),
        (b'"\\udfff": x\n', "half a character"),
        (b"name: x\n" * 40_000, "larger than 256 KB"),
    ],
    ids=lambda value: value[:20].decode("latin-1") if isinstance(value, bytes) else "",
)  # fmt: skip
def test_a_file_that_is_no_site_at_all_is_told_so(raw: bytes, told: str) -> None:
    problems = problems_of({f"sites/{SITE}/site.yaml": raw})
    assert any(told in problem for problem in problems), problems


def test_a_byte_order_mark_and_windows_line_ends_are_no_mistake() -> None:
    raw = "\ufeff" + a_site_yaml().replace("\n", "\r\n")
    assert a_catalogue(raw).sites[SITE].origins == {ORIGIN}


def test_staging_origins_from_the_settings_join_those_of_site_yaml(config_dir: Path) -> None:
    loader = Loader(config_dir, {SITE: ("https://staging.example",)})
    assert loader.load().sites[SITE].origins == {ORIGIN, "https://staging.example"}


def test_staging_origins_of_an_unknown_site_are_a_problem(config_dir: Path) -> None:
    with pytest.raises(CatalogueError, match="names the site gazete, which has no folder"):
        Loader(config_dir, {"gazete": ("https://staging.example",)}).load()


def test_paying_on_the_page_needs_the_key_that_stripes_script_asks_for(config_dir: Path) -> None:
    file = config_dir / "sites" / SITE / "site.yaml"
    file.write_text(file.read_text() + "checkout: {mode: embedded}\n")
    assert Loader(config_dir).load().sites[SITE].checkout == Checkout(CheckoutMode.EMBEDDED)
    told = "checkout.mode: embedded needs the setting HONESTYBOX_STRIPE_PUBLISHABLE_KEY"
    with pytest.raises(CatalogueError, match=told):
        Loader(config_dir, abilities=Abilities(embed=False)).load()


def test_the_version_changes_with_any_byte(config_dir: Path) -> None:
    before = Loader(config_dir).load().version
    file = config_dir / "sites" / SITE / "site.yaml"
    file.write_text(file.read_text() + "# a comment\n")
    assert Loader(config_dir).load().version != before


JUNK = st.sampled_from(
    [
        "null", "true", "\t", "-1", "0", "1", "1e999", "1e-999", ".nan", ".inf", "0x1F", "1_000", "''", "' '", "[]",
        "{}", "[[[]]]", "{a: {b: c}}", "[null]", "{null: null}", "9999-12-31", "0001-01-01", "12:30:45", "~", "*a",
        "!!set {a, b}", "!!binary aGVsbG8=", "99999w", "0m", "<<: *x", "'\\ud800'", '"\\ud800"', '"\\u0000"', "USD",
        '"\\ue000"', "x" * 300, "&a [*a]", "en", "{en: null}", "[1, two, {three: 3}]", "{default: [USD]}", "- x",
    ]
)  # fmt: skip
SITE_KEYS = [
    "name", "origins", "time_zone", "languages", "switched_on", "currencies", "default_interval", "payment_methods",
    "frequency", "rest", "snooze", "never_ask_on", "placements",
]  # fmt: skip
CAMPAIGN_KEYS = ["kind", "placement", "priority", "schedule", "frequency", "variants"]


def nested(junk: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Junk, or junk in a place that is right for something else."""
    shapes = [
        "{default: %s, USD: {minimum: 2, maximum: 9, once: [5], monthly: [5], annual: [5]}}",
        "{default: USD, by_country: %s, USD: {minimum: 2, maximum: 9, once: [5], monthly: [5], annual: [5]}}",
        "{default: USD, USD: %s}",
        "{default: USD, USD: {minimum: %s, maximum: 9, once: [5], monthly: [5], annual: [5]}}",
        "{default: USD, USD: {minimum: 1, maximum: 9, once: %s, monthly: [5], annual: [5]}}", "{max: %s, window: 3d}",
        "{max: 3, window: %s}", "{choices: %s, default: 7d}", "{choices: [7d], default: %s}", "[%s]", "{from: %s}",
        "{from: 2026-01-01, until: %s}", "{%s: 1}", "{inline: %s}", "{inline: {selector: %s}}", "{urls: [%s]}",
        "{plain: %s}", "{plain: {copy: %s}}", "{plain: {copy: {en: %s}}}", "{plain: {weight: %s}}",
        "{plain: {copy: {en: {heading: %s, body: %s, button: %s}}}}",
    ]  # fmt: skip
    return st.builds(lambda shape, text: shape.replace("%s", text), st.sampled_from(["%s", *shapes]), junk)


@pytest.mark.filterwarnings("ignore::ruamel.yaml.error.ReusedAnchorWarning")
@given(st.dictionaries(st.sampled_from(SITE_KEYS), nested(JUNK), max_size=3),
       st.dictionaries(st.sampled_from(CAMPAIGN_KEYS), nested(JUNK), max_size=3))  # fmt: skip
def test_whatever_staff_write_is_a_catalogue_or_a_list_of_problems(
    site: dict[str, str], campaign: dict[str, str]
) -> None:
    """Anything else would end the thread that watches the files."""
    with suppress(CatalogueError):
        a_catalogue(a_site_yaml(**site), {"lights-on": a_campaign_yaml(**campaign)})


@given(st.binary(max_size=200) | st.text(alphabet="ab: -[]{}&*!|>'\"#%@`,?\n\t", max_size=200).map(str.encode))
def test_whatever_bytes_a_file_holds_are_a_catalogue_or_a_list_of_problems(raw: bytes) -> None:
    with pytest.raises(CatalogueError):
        Loader(Path("config")).build({f"config/sites/{SITE}/site.yaml": raw})
