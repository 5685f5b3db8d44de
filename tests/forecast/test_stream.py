"""Page views from a file: what a line may say, what readers then did, and what is wrong with a line."""

import json
from pathlib import Path
from typing import Any

import pytest

from service.cli import main
from service.forecast.stream import StreamError, read_stream
from tests.builders import ARTICLE, ORIGIN, SITE, a_campaign_yaml, a_site_yaml, staff_files, write_config

SITE_LINES = {
    "meter": "{allowance: 1, period: month, mode: soft, later: 1d}",
    "placements": "{inline: {selector: article}, gate: {selector: article}}",
}


def a_line(**values: Any) -> str:
    """A good line; each keyword replaces one value, `...` drops it."""
    line = {"at": "2026-11-02T10:00:00Z", "reader": "ann", "url": ARTICLE, **values}
    return json.dumps({name: value for name, value in line.items() if value is not ...})


def at(day: int, hour: int = 10) -> str:
    return f"2026-11-{day:02}T{hour:02}:00:00Z"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return write_config(tmp_path / "config", staff_files(a_site_yaml(**SITE_LINES)))


def decisions(tmp_path: Path, config: Path, lines: list[str], *words: str) -> list[dict[str, Any]]:
    """The raw decisions on these page views."""
    views, raw = tmp_path / "views.jsonl", tmp_path / "raw.jsonl"
    views.write_text("\n".join(lines) + "\n", "utf-8")
    given = ["--config", str(config), "--views", str(views), "--raw", str(raw), "--quiet", *words]
    assert main(["forecast", "--site", SITE, *given]) == 0
    return [json.loads(line) for line in raw.read_text("utf-8").splitlines()]


def inline(decisions: list[dict[str, Any]]) -> list[str]:
    """What became of the inline placement on each page view."""
    outcomes = [one["outcomes"]["inline"] for one in decisions]
    return [outcome.get("withheld") or f"shown: {outcome['shown']}" for outcome in outcomes]


def test_what_a_reader_did_is_what_the_next_decision_knows(tmp_path: Path, config: Path) -> None:
    lines = [
        a_line(at=at(2), then=["seen", "dismissed"]),
        a_line(at=at(3), then=["seen", "snoozed"]),
        a_line(at=at(5), then=["seen", "snoozed"]),
        a_line(at=at(28), then=[]),
        a_line(reader="bob", at=at(3), then=["seen", "gave_once"]),
        a_line(reader="bob", at=at(4)),
        a_line(reader="cid", at=at(3), then=["seen", "never"]),
        a_line(reader="cid", at=at(4)),
    ]
    found = decisions(tmp_path, config, lines)
    assert inline([one for one in found if one["reader"] == "ann"]) == [
        "shown: lights-on", "dismissed", "shown: lights-on", "snoozed",
    ]  # fmt: skip
    assert inline([one for one in found if one["reader"] == "bob"]) == ["shown: lights-on", "supporter"]
    assert inline([one for one in found if one["reader"] == "cid"]) == ["shown: lights-on", "never_again"]


def test_lines_may_stand_in_any_order(tmp_path: Path, config: Path) -> None:
    lines = [a_line(at=at(day), then=["seen", "dismissed"]) for day in (2, 3, 7, 12)]
    lines += [a_line(reader="bob", at=at(3))]
    assert decisions(tmp_path, config, lines) == decisions(tmp_path, config, lines[::-1])


def test_a_gate_is_met_and_put_off(tmp_path: Path, config: Path) -> None:
    lines = [
        a_line(at=at(2), url=f"{ORIGIN}/1", then=[]),
        a_line(at=at(3), url=f"{ORIGIN}/2", then=["later"]),
        a_line(at=at(3, 11), url=f"{ORIGIN}/3", then=[]),
        a_line(at=at(5), url=f"{ORIGIN}/4", then=["later"]),
    ]
    found = decisions(tmp_path, config, lines)
    assert [one["access"] for one in found] == ["within_allowance", "used_up", "put_off", "used_up"]
    assert [one["put_off"] for one in found] == [False, True, False, False]


def test_who_gives_at_the_gate_need_not_put_it_off(tmp_path: Path) -> None:
    site = a_site_yaml(**SITE_LINES | {"meter": "{allowance: 0}"})
    config = write_config(tmp_path / "c", staff_files(site, {"at-the-gate": a_campaign_yaml(placement="gate")}))
    lines = [a_line(at=at(2), then=["gave_once", "later"]), a_line(at=at(3), then=["later"])]
    found = decisions(tmp_path, config, lines)
    assert [(one["access"], one["put_off"]) for one in found] == [("used_up", False), ("supporter", False)]


def test_without_consent_nothing_is_known(tmp_path: Path, config: Path) -> None:
    found = decisions(tmp_path, config, [a_line(consent=False)])
    assert inline(found) == ["no_consent"]
    assert found[0]["access"] == "no_consent"


def test_an_audience_meets_everything_that_a_line_says(tmp_path: Path) -> None:
    audience = (
        "{sections: [World], tags: [war], authors: [Ann], languages: [ru], countries: [NL], devices: [phone], "
        "referrers: ['*.news.example/*'], utm: {source: [letter]}, attributes: {plan: [gold]}, newsletters: [weekly], "
        "premium: false, signed_in: true, types: [article]}"
    )
    site = a_site_yaml(newsletters="{weekly: {title: Weekly}}")
    config = write_config(
        tmp_path / "config", staff_files(site, {"lights-on": a_campaign_yaml(audience=audience)})
    )
    facts: dict[str, Any] = {
        "section": "World", "tags": ["war"], "authors": ["Ann"], "language": "ru", "country": "NL", "device": "phone",
        "referrer": "https://www.news.example/a", "utm": {"source": "letter"}, "attributes": {"plan": "gold"},
        "newsletters": ["weekly"], "premium": False, "signed_in": True, "type": "article",
    }  # fmt: skip
    assert inline(decisions(tmp_path, config, [a_line(**facts)])) == ["shown: lights-on"]
    for name in facts.keys() - {"premium", "type"}:
        assert inline(decisions(tmp_path, config, [a_line(**facts | {name: None})])) == ["not_in_audience"], name


def test_lines_before_the_first_day_are_what_is_known_of_readers(tmp_path: Path, config: Path) -> None:
    lines = [a_line(at=at(day), then=["seen", "dismissed"]) for day in (2, 3, 4, 9)]
    found = decisions(tmp_path, config, lines, "--from", "2026-11-03", "--days", "2")
    assert [one["at"] for one in found] == [at(3), at(4)]
    assert inline(found) == ["dismissed", "dismissed"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "views.jsonl:2:1: is no JSON"),
        ("[]", 'views.jsonl:2:1: must be an object such as {"at": …, "reader": …, "url": …}'),
        (a_line(at=...), "views.jsonl:2:1: at: is missing; it must be a time with its offset such as"),
        (a_line(at="2026-11-02T10:00:00"), "views.jsonl:2:1: at: must be a time with its offset"),
        (a_line(at=1_793_000_000), "views.jsonl:2:1: at: must be a time with its offset"),
        (a_line(reader=""), "views.jsonl:2:1: reader: must be the reader's name, any text that is"),
        (a_line(url="/a"), "views.jsonl:2:1: url: must be the page's address such as"),
        (a_line(sections="World"), "views.jsonl:2:1: sections: unknown key; did you mean section?"),
        (a_line(tags="war"), 'views.jsonl:2:1: tags: must be a list of texts (got "war")'),
        (a_line(country="Holland"), 'views.jsonl:2:1: country: must be two capitals such as NL (got "Holland")'),
        (a_line(device="watch"), 'views.jsonl:2:1: device: must be one of phone, tablet, desktop (got "watch")'),
        (a_line(premium="yes"), 'views.jsonl:2:1: premium: must be true or false (got "yes")'),
        (a_line(utm=["letter"]), 'views.jsonl:2:1: utm: must be an object of texts such as {"source": "letter"}'),
        (a_line(then=["gave"]), "views.jsonl:2:1: then: must be a list of seen, clicked, dismissed"),
        (a_line(then="seen"), "views.jsonl:2:1: then: must be a list of seen, clicked, dismissed"),
    ],
)
def test_a_wrong_line_is_told_with_its_number_and_what_to_write(line: str, told: str) -> None:
    with pytest.raises(StreamError) as caught:
        read_stream([a_line(), line, a_line()], "views.jsonl", 1)
    assert str(caught.value).startswith(told)
    assert len(str(caught.value).splitlines()) == 1


def test_every_wrong_line_is_told_up_to_twenty() -> None:
    with pytest.raises(StreamError) as caught:
        read_stream(["{"] * 30, "views.jsonl", 1)
    assert len(str(caught.value).splitlines()) == 20


@pytest.mark.parametrize("lines", [[], ["\n", "  \n"]])
def test_a_file_without_page_views_is_told(lines: list[str]) -> None:
    with pytest.raises(StreamError, match="holds no page view; write one JSON object a line"):
        read_stream(lines, "views.jsonl", 1)


def test_a_broken_file_stops_the_command(tmp_path: Path, config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    views = tmp_path / "views.jsonl"
    views.write_text(a_line() + "\n" + a_line(device="watch") + "\n")
    assert main(["forecast", "--site", SITE, "--config", str(config), "--views", str(views)]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(f"{views}:2:1: device: must be one of")


@pytest.mark.parametrize("option", ["--readers", "--warm-up"])
def test_what_is_for_invented_readers_is_refused_beside_a_file(
    option: str, tmp_path: Path, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--config", str(config), "--views", str(tmp_path / "views.jsonl"), option, "1"]
    assert main(["forecast", "--site", SITE, *given]) == 1
    assert f"{option}: is for invented readers; leave it out" in capsys.readouterr().err


def test_a_day_that_the_file_does_not_hold_is_refused(
    tmp_path: Path, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    views = tmp_path / "views.jsonl"
    views.write_text(a_line())
    given = ["--config", str(config), "--views", str(views), "--from", "2026-12-01"]
    assert main(["forecast", "--site", SITE, *given]) == 1
    assert "which holds 2026-11-02 to 2026-11-02" in capsys.readouterr().err
