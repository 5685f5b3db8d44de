"""`honestybox explain`: a newcomer reads in the first lines why nothing was shown."""

import json
import re
import shlex
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from freezegun import freeze_time
from redis import Redis

from service.cli import main
from service.domain.reader import short_key
from service.store.connection import Store
from service.store.readers import ReaderStore
from service.web.tokens import Tokens, new_reader
from tests.builders import (
    ARTICLE,
    DAY,
    HOUR,
    NOW,
    ORIGIN,
    SITE,
    a_campaign_yaml,
    a_site_yaml,
    staff_files,
    write_config,
)
from tests.test_settings import GOOD

README = Path(__file__).parents[2] / "README.md"
Command = Callable[..., tuple[int, str, str]]
CAMPAIGNS = {
    "autumn": a_campaign_yaml(priority="50", schedule="{until: 2026-10-31}"),
    "climate": a_campaign_yaml(priority="40", audience="{sections: [Climate]}"),
    "dutch": a_campaign_yaml(priority="30", audience="{countries: [NL], articles_read: {min: 5}}"),
    "often": a_campaign_yaml(priority="20", frequency="{max: 2, window: 7d}"),
    "usual": a_campaign_yaml(priority="10"),
}


@pytest.fixture
def config_dir(tmp_path: Path) -> Path:
    return write_config(tmp_path / "config", staff_files(a_site_yaml(), CAMPAIGNS))


@pytest.fixture
def explain(
    config_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Runs the command as an editor would, without settings; its exit code, what it prints and complains of."""
    for name in GOOD:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HONESTYBOX_CONFIG_DIR", str(config_dir))

    def run(*words: str, history: Mapping[str, Any] | str | None = None, url: str = ARTICLE) -> tuple[int, str, str]:
        if history is not None:
            file = tmp_path / "history.json"
            file.write_text(history if isinstance(history, str) else json.dumps(history))
            words = (*words, "--history", str(file))
        with freeze_time(NOW):
            code = main(["explain", "--site", SITE, "--placement", "inline", "--url", url, *words])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def ago(span: timedelta) -> str:
    return (NOW - span).isoformat()


TWENTY_VIEWS = [{"url": f"{ORIGIN}/world/{number}", "at": ago(number * 5 * HOUR)} for number in range(1, 21)]
SIX_SEEN = [{"campaign": "usual", "at": ago(day * DAY)} for day in (19, 15, 12, 9, 6, 3)]


def test_a_newcomer_reads_first_why_a_reader_of_twenty_articles_is_not_asked(explain: Command) -> None:
    """Issue 3, done when 4: 20 page views, 5 campaigns."""
    code, printed, complaint = explain(history={"articles": TWENTY_VIEWS, "impressions": SIX_SEEN})
    assert (code, complaint) == (0, "")
    assert printed.splitlines()[0] == (
        "inline: nothing is shown, because this reader has reached the site's cap: 6 of 6 appeals within 30d. "
        "This lasts until 3 December 2026, 13:00."
    )
    assert all(f" {name} (priority" in printed for name in CAMPAIGNS)


def test_every_campaign_is_told_with_the_values_it_compared(explain: Command) -> None:
    seen = [{"campaign": "often", "at": ago(day * DAY)} for day in (1, 2)]
    _, printed, _ = explain("--country", "de", history={"articles": TWENTY_VIEWS[:3], "impressions": seen})
    assert printed.splitlines()[0] == "inline: usual is shown, in the wording plain."
    for told in (
        "✗ autumn (priority 50)",
        "✗ not now: it runs until 31 October 2026, 00:00 [not_scheduled]",
        "✗ sections: none, wanted: one of climate",
        "✗ countries: DE, wanted: one of nl",
        "✗ articles_read: 4, wanted: at least 5 within 30d",
        "✗ this reader has reached its own cap: 2 of 2 appeals within 7d [campaign_cap]",
        "✓ usual (priority 10)",
    ):
        assert told in printed, told


@pytest.mark.parametrize(
    ("history", "because"),
    [
        ({"snoozed_until": "2026-12-03T14:05"}, "the reminder is for 3 December 2026, 14:05. This lasts until 3 Dec"),
        ({"dismissals": [ago(DAY)]}, "closed 1 appeal, the last on 21 November 2026, 13:00, which is respected for 3d"),
        ({"gifts": [{"state": "recurring", "at": ago(9 * DAY)}]}, "gives regularly since 13 November 2026, 13:00."),
        ({"never_again": True}, "this reader chose “never ask me again”."),
    ],
)
def test_the_first_sentence_names_the_reason_and_its_values(
    explain: Command, history: Mapping[str, Any], because: str
) -> None:
    assert because in explain(history=history)[1].splitlines()[0]


def test_another_moment_can_be_asked_about_in_the_site_s_own_time(explain: Command) -> None:
    history = {"snoozed_until": "2026-12-03T14:05"}
    assert "nothing is shown" in explain("--at", "2026-12-03T14:04:59", history=history)[1]
    assert "often is shown" in explain("--at", "2026-12-03T14:05", history=history)[1]


def test_who_has_just_come_and_who_does_not_agree_can_be_asked_about(explain: Command) -> None:
    assert explain()[1].startswith("inline: often is shown")
    assert "does not agree to storage" in explain("--no-consent")[1].splitlines()[0]


def test_json_holds_the_same_facts(explain: Command) -> None:
    history = {"articles": TWENTY_VIEWS, "impressions": SIX_SEEN}
    text, document = explain(history=history)[1], json.loads(explain("--json", history=history)[1])
    assert text.startswith("\n".join(document["summary"]))
    place = document["placements"]["inline"]
    assert (place["outcome"], place["reason"], place["until"]) == ("withheld", "site_cap", "2026-12-03T12:00:00Z")
    assert [one["campaign"] for one in place["campaigns"]] == list(CAMPAIGNS)
    (cap,) = [rule for rule in place["rules"] if rule["outcome"] == "refused"]
    assert cap["compared"] == {"seen": 6, "at_most": 6, "within": "30d"}


@pytest.mark.parametrize(
    ("history", "told"),
    [
        ({"articles": [{"url": "x", "at": ago(DAY)}]}, "articles.0.url: Not an http or https address."),
        ({"articles": [{"url": ARTICLE, "at": "soon"}]}, "articles.0.at: Not a moment such as"),
        ({"impressions": [{"campaign": "usuel", "at": ago(DAY)}]}, "no campaign usuel; did you mean usual?"),
        ({"impressions": [{"at": ago(-DAY)}]}, "impressions.0.at: 2026-11-23 12:00 is later than the moment"),
        ({"dismissals": ["0001-01-01"]}, "dismissals.0: Not in this century."),
        ({"snoozed_until": "9999-12-31"}, "snoozed_until: Not in this century."),
        ({"gifts": [{"state": "big", "at": ago(DAY)}]}, "gifts.0.state: Must be one of"),
        ({"snoozed": "2026-12-03"}, "snoozed: Unknown field."),
        ("[]", "body: Invalid input type."),
        ("{", "history.json is no JSON"),
    ],
)
def test_a_mistake_in_a_history_is_told_with_its_field(explain: Command, history: Any, told: str) -> None:
    code, printed, complaint = explain(history=history)
    assert (code, printed) == (1, "")
    assert told in complaint


@pytest.mark.parametrize("at", ["soon", "0001-01-01", "2100-01-01", ""])
def test_a_moment_that_is_none_is_refused(explain: Command, at: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        explain(f"--at={at}")
    assert "argument --at: must be" in capsys.readouterr().err


def test_a_history_is_counted_by_the_meter_with_the_bonus_for_a_newsletter(explain: Command, config_dir: Path) -> None:
    site = a_site_yaml(
        placements="{inline: {selector: article}, gate: {selector: article}}",
        newsletters="{weekly: {title: Weekly}}",
        meter="{allowance: 2, newsletter_bonus: 2, period: 30d}",
    )
    write_config(config_dir, staff_files(site, CAMPAIGNS))
    history = {"articles": TWENTY_VIEWS[:3]}
    assert "The article is cut: no free article is left in this period; 2 of 2 are used." in explain(history=history)[1]
    told = explain(history={**history, "newsletters": ["weekly"]})[1]
    assert "it is one of the free articles of this period; 4 of 4 are used" in told


def test_what_is_not_there_is_told_with_what_is(explain: Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "--site", "gazete", "--url", ARTICLE]) == 1
    assert "no site is called gazete; did you mean gazette?" in capsys.readouterr().err
    assert explain(url="/world")[2] == "page.url: Not an http or https address.\n"


def test_a_reader_s_token_is_looked_up_and_nothing_is_changed(
    explain: Command, valkey_url: str, memory: Redis, config_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {**GOOD, "HONESTYBOX_CONFIG_DIR": str(config_dir), "HONESTYBOX_REDIS_URL": valkey_url}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    reader = new_reader()
    token = Tokens([GOOD["HONESTYBOX_SECRET_KEYS"]]).reader_token(SITE, reader)
    store = ReaderStore(Store(valkey_url))
    for number in range(20):
        store.record_view(SITE, reader, short_key(str(number)), NOW - HOUR)
    before = {key: memory.dump(key) for key in memory.scan_iter()}
    code, printed, complaint = explain("--reader", token, "--country", "NL")
    assert (code, complaint) == (0, "")
    assert printed.startswith("inline: dutch is shown")
    assert "articles_read: 21, wanted: at least 5 within 30d" in printed
    assert {key: memory.dump(key) for key in memory.scan_iter()} == before
    assert explain("--reader", token[:-1])[0] == 1


def test_a_token_needs_the_service_s_settings(explain: Command) -> None:
    code, _, complaint = explain("--reader", "a-token")
    assert code == 1
    assert "HONESTYBOX_SECRET_KEYS is not set" in complaint


def in_readme(mark: str) -> str:
    """The block under the mark."""
    found = re.search(rf"<!-- {mark} -->\n```\w*\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert found, mark
    return found[1]


def test_the_example_in_the_readme_is_what_the_command_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HONESTYBOX_CONFIG_DIR", str(README.parent / "config"))
    monkeypatch.chdir(tmp_path)
    Path("history.json").write_text(in_readme("explain history"))
    program, *words = shlex.split(in_readme("explain example").replace("\\\n", ""))
    assert (program, main(words)) == (".venv/bin/honestybox", 0)
    shown = in_readme("explain output").removesuffix("…\n")
    assert capsys.readouterr().out.startswith(shown)
    assert "nothing is shown, because" in shown
