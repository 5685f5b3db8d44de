"""What the environment must say, told all at once."""

from pathlib import Path

import pytest

from service.app import create_app
from service.catalogue.problems import CatalogueError
from service.domain.limit import LIMITS
from service.setting_variables import VARIABLES
from service.settings import Settings, SettingsError
from tests.builders import DAY, HOUR, SITE, a_campaign_yaml, a_site_yaml, some_settings, staff_files, write_config

GOOD = {
    "HONESTYBOX_SECRET_KEYS": "a" * 32,
    "HONESTYBOX_REDIS_URL": "redis://localhost:6379/0",
    "HONESTYBOX_STRIPE_SECRET_KEY": "sk_test_abc",
    "HONESTYBOX_STRIPE_WEBHOOK_SECRETS": "whsec_abc",
    "HONESTYBOX_PUBLIC_URL": "https://support.example.org",
}


@pytest.fixture
def good(config_dir: Path) -> dict[str, str]:
    """An environment in which the service starts."""
    return {**GOOD, "HONESTYBOX_CONFIG_DIR": str(config_dir), "PATH": "/usr/bin"}


def problems_of(environ: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environ(environ)
    return list(caught.value.problems)


def test_a_whole_environment_is_settings(good: dict[str, str], config_dir: Path) -> None:
    settings = Settings.from_environ(good)
    assert settings.secret_keys == ("a" * 32,)
    assert settings.config_dir == config_dir
    assert settings.stripe_api_base == "https://api.stripe.com"
    assert not settings.livemode


def test_a_limit_that_is_named_is_changed_and_the_others_stay(good: dict[str, str]) -> None:
    settings = Settings.from_environ({**good, "HONESTYBOX_LIMITS": "contributions.address=300/2h, links.email=5/1d"})
    changed = {"contributions.address": (300, 2 * HOUR), "links.email": (5, DAY)}
    expected = {name: (limit.most, limit.window) for name, limit in LIMITS.items()} | changed
    assert {name: (limit.most, limit.window) for name, limit in settings.limits.items()} == expected


def test_every_missing_variable_is_named_at_once() -> None:
    told = problems_of({"HONESTYBOX_CONFIG_DIR": "/nowhere"})
    for name in GOOD:
        assert sum(line.startswith(f"{name} is not set. ") for line in told) == 1
    assert len(told) == len(GOOD) + 1


def test_jobs_are_where_everything_is_unless_they_have_a_place_of_their_own(good: dict[str, str]) -> None:
    assert Settings.from_environ(good).jobs_url == GOOD["HONESTYBOX_REDIS_URL"]
    assert Settings.from_environ({**good, "HONESTYBOX_JOBS_URL": "unix:///run/jobs"}).jobs_url == "unix:///run/jobs"


@pytest.mark.parametrize("url", ["redis+cluster://one:6379", "redis+sentinel://one:26379/mymaster"])
def test_beside_several_servers_jobs_need_a_place_of_their_own(good: dict[str, str], url: str) -> None:
    several = {**good, "HONESTYBOX_REDIS_URL": url}
    (told,) = problems_of(several)
    assert told.startswith("HONESTYBOX_JOBS_URL is not set")
    assert Settings.from_environ({**several, "HONESTYBOX_JOBS_URL": "redis://jobs:6379"}).redis_url == url


HOOKS = {
    "HONESTYBOX_OUTGOING_WEBHOOKS": f"{SITE}=https://crm.example/hook?key=a,http://127.0.0.1:9000/;other=https://b.example",
    "HONESTYBOX_OUTGOING_WEBHOOK_SECRETS": f"whsec_{'A' * 32},whsec_{'/' * 84}AA==",
}


def test_who_is_told_of_changes_is_read_by_site_and_what_signs_as_bytes(good: dict[str, str]) -> None:
    settings = Settings.from_environ({**good, **HOOKS})
    assert settings.outgoing_webhooks == {
        SITE: ("https://crm.example/hook?key=a", "http://127.0.0.1:9000/"), "other": ("https://b.example",),
    }  # fmt: skip
    assert [len(key) for key in settings.outgoing_webhook_secrets] == [24, 64]
    assert not Settings.from_environ(good).outgoing_webhooks


def test_nobody_is_told_of_changes_without_a_signature(good: dict[str, str]) -> None:
    (told,) = problems_of({**good, **HOOKS, "HONESTYBOX_OUTGOING_WEBHOOK_SECRETS": ""})
    assert told.startswith("HONESTYBOX_OUTGOING_WEBHOOK_SECRETS is not set")


def test_the_service_refuses_to_tell_of_a_site_that_is_not_there(config_dir: Path) -> None:
    settings = some_settings(config_dir, "redis://127.0.0.1:9", outgoing_webhooks={"gazete": ("https://a.example",)})
    with pytest.raises(SettingsError, match="OUTGOING_WEBHOOKS: there is no site called gazete"):
        create_app(settings, watch=False)


def test_an_empty_variable_is_a_missing_one(good: dict[str, str]) -> None:
    (told,) = problems_of({**good, "HONESTYBOX_REDIS_URL": ""})
    assert told.startswith("HONESTYBOX_REDIS_URL is not set")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("SECRET_KEYS", "short", "at least 32 characters"),
        ("SECRET_KEYS", f"{'a' * 32},short", "at least 32 characters"),
        ("SECRET_KEYS", " , ", "at least 32 characters"),
        ("REDIS_URL", "localhost:6379", "must begin with redis://"),
        ("REDIS_URL", "http://localhost", "must begin with redis://"),
        ("REDIS_URL", "redis://localhost:port/0", "redis://"),
        ("REDIS_URL", "redis://one:6379,two:6379", "redis+cluster://"),
        ("REDIS_URL", "redis+cluster://one:6379,two:port", "a port must be a number"),
        ("REDIS_URL", "redis+cluster://one,,two", "redis+cluster://"),
        ("REDIS_URL", "redis+cluster://", "redis+cluster://"),
        ("REDIS_URL", "redis+cluster://one:6379/0", "a Cluster has none"),
        ("REDIS_URL", "unix+cluster://one:6379", "must begin with"),
        ("REDIS_URL", "redis+sentinel://one:26379,two:26379", "must name the master"),
        ("REDIS_URL", "redis+sentinel://one:26379/", "must name the master"),
        ("REDIS_URL", "redis+sentinel://one:26379/mymaster/zero", "must name the master"),
        ("JOBS_URL", "redis+sentinel://one:26379/mymaster", "must begin with redis://"),
        ("JOBS_URL", "redis://localhost:port/0", "a port must be a number"),
        ("OUTGOING_WEBHOOKS", "https://crm.example/hook", "must look like site=https://"),
        ("OUTGOING_WEBHOOKS", "gazette=http://crm.example/hook", "must begin with https://"),
        ("OUTGOING_WEBHOOKS", "gazette=http://10.0.0.1/hook", "must begin with https://"),
        ("OUTGOING_WEBHOOKS", "gazette=http://localhost.evil.example/", "must begin with https://"),
        ("OUTGOING_WEBHOOKS", "gazette=https://name:word@crm.example/", "neither a password"),
        ("OUTGOING_WEBHOOKS", "gazette=https:///hook", "must begin with https://"),
        ("OUTGOING_WEBHOOK_SECRETS", "abc", "whsec_"),
        ("OUTGOING_WEBHOOK_SECRETS", f"whsec_{'A' * 28}", "24 to 64 random bytes"),
        ("OUTGOING_WEBHOOK_SECRETS", f"whsec_{'A' * 92}", "24 to 64 random bytes"),
        ("OUTGOING_WEBHOOK_SECRETS", f"whsec_{'A' * 32},whsec_?", "24 to 64 random bytes"),
        ("STRIPE_SECRET_KEY", "pk_live_abc", "must be a secret or restricted key"),
        ("STRIPE_SECRET_KEY", "sk_live_", "must be a secret or restricted key"),
        ("STRIPE_PUBLISHABLE_KEY", "sk_test_abc", "must be a publishable key"),
        ("STRIPE_PUBLISHABLE_KEY", "pk_live_abc", "must be of the secret key's mode"),
        ("STRIPE_WEBHOOK_SECRETS", "abc", "whsec_"),
        ("STRIPE_WEBHOOK_SECRETS", "whsec_a,abc", "whsec_"),
        ("PUBLIC_URL", "support.example.org", "such as https://support.example.org"),
        ("PUBLIC_URL", "https://example.org/support", "without a path"),
        ("PUBLIC_URL", "https://[", "must be an address"),
        ("CONFIG_DIR", "/nowhere", "/nowhere/sites is not a folder"),
        ("COUNTRY_HEADER", "CF IPCountry", "name of a header"),
        ("COUNTRY_DATABASE", "/nowhere.mmdb", "/nowhere.mmdb cannot be read: No such file"),
        ("COUNTRY_DATABASE", __file__, "not a database in MaxMind's format"),
        ("LIMITS", "contribution.reader=5/1h", "is not a limit; there are contributions.reader, "),
        ("LIMITS", "contributions.reader=5", "must look like contributions.reader=100/1h"),
        ("LIMITS", "contributions.reader=0/1h", "must look like contributions.reader=100/1h"),
        ("LIMITS", "contributions.reader=5/0h", "more than nothing"),
        ("CLIENT_ADDRESS_HEADER", "X Real IP", "name of a header"),
        ("STAFF_TOKENS", "t" * 31, "at least 32 characters"),
        ("STAFF_TOKENS", f"{'t' * 32},short", "at least 32 characters"),
        ("EXTRA_ORIGINS", "gazette=staging.example", "such as https://"),
        ("EXTRA_ORIGINS", "gazette", "site=https://"),
        ("EXTRA_ORIGINS", "gazette=", "site=https://"),
        ("MAIL_URL", "mail.example:25", "must be smtp://"),
        ("MAIL_URL", "smtp://mail.example:port", "must be smtp://"),
        ("MAIL_URL", "smtp://:word@mail.example", "has a password and no user"),
        ("MAIL_URL", "file://folder", "file:///folder"),
        ("MAIL_FROM", "The Gazette", "must be an e-mail address"),
        ("STRIPE_API_BASE", "api.stripe.com", "such as https://"),
        ("LOG_LEVEL", "LOUD", "DEBUG, INFO, WARNING or ERROR"),
    ],
)
def test_a_wrong_value_is_told_with_what_to_write(good: dict[str, str], name: str, value: str, told: str) -> None:
    (problem,) = problems_of({**good, f"HONESTYBOX_{name}": value})
    assert problem.startswith(f"HONESTYBOX_{name} ")
    assert told in problem


@pytest.mark.parametrize(
    "url",
    [
        "redis://localhost",
        "rediss://name:pass@redis.example:6380/2?socket_timeout=0.2",
        "unix:///run/redis.sock?db=1",
        "redis+cluster://one,two:7000,[::1]:7001?socket_timeout=0.2",
        "rediss+cluster://name:pass@one:7000",
        "redis+sentinel://one:26379,two/mymaster",
        "rediss+sentinel://name:pass@one/mymaster/0?sentinel_password=word",
    ],
)
def test_every_kind_of_redis_has_an_address(good: dict[str, str], url: str) -> None:
    environ = {**good, "HONESTYBOX_REDIS_URL": url, "HONESTYBOX_JOBS_URL": "redis://jobs:6379"}
    assert Settings.from_environ(environ).redis_url == url


def test_who_mails_are_from_is_needed_where_there_is_mail(good: dict[str, str]) -> None:
    mails = {**good, "HONESTYBOX_MAIL_URL": "smtp://name:p%40ss@mail.example"}
    assert problems_of(mails)[0].startswith("HONESTYBOX_MAIL_FROM is not set")
    assert Settings.from_environ({**mails, "HONESTYBOX_MAIL_FROM": "The Gazette <a@gazette.example>"}).mails
    assert not Settings.from_environ(good).mails


def test_a_folder_is_no_mail_server_where_money_is_real(good: dict[str, str]) -> None:
    mails = {**good, "HONESTYBOX_MAIL_URL": "file:///tmp/mails", "HONESTYBOX_MAIL_FROM": "a@gazette.example"}
    assert Settings.from_environ(mails).mails
    (told,) = problems_of({**mails, "HONESTYBOX_STRIPE_SECRET_KEY": "sk_live_abc"})
    assert told.startswith("HONESTYBOX_MAIL_URL must name a mail server")


def test_a_misspelt_variable_is_refused(good: dict[str, str]) -> None:
    (told,) = problems_of({**good, "HONESTYBOX_LOGLEVEL": "DEBUG"})
    assert told.startswith("HONESTYBOX_LOGLEVEL is not a setting")


def test_no_secret_is_in_what_is_told(good: dict[str, str]) -> None:
    secrets = {"SECRET_KEYS": "hunter2", "STRIPE_SECRET_KEY": "pk_live_hunter2", "STRIPE_WEBHOOK_SECRETS": "hunter2"}
    secrets["STAFF_TOKENS"] = "hunter2"
    told = problems_of(good | {f"HONESTYBOX_{name}": value for name, value in secrets.items()})
    assert len(told) == 4
    assert "hunter2" not in "\n".join(told)


def test_wrong_and_missing_and_unknown_are_told_together(good: dict[str, str]) -> None:
    environ = {**good, "HONESTYBOX_PUBLIC_URL": "x", "HONESTYBOX_COLOUR": "red"}
    del environ["HONESTYBOX_REDIS_URL"]
    assert len(problems_of(environ)) == 3


def test_every_variable_says_what_it_means() -> None:
    assert all(variable.meaning.endswith(".") for variable in VARIABLES)


@pytest.mark.parametrize(
    ("key", "live"), [("sk_test_a", False), ("rk_test_a", False), ("sk_live_a", True), ("rk_live_a", True)]
)
def test_the_key_tells_whether_money_is_real(good: dict[str, str], key: str, *, live: bool) -> None:
    assert Settings.from_environ({**good, "HONESTYBOX_STRIPE_SECRET_KEY": key}).livemode is live


def test_several_values_are_separated_by_commas(good: dict[str, str]) -> None:
    more = {
        "HONESTYBOX_SECRET_KEYS": f"{'n' * 32}, {'o' * 32}",
        "HONESTYBOX_STRIPE_WEBHOOK_SECRETS": "whsec_a , whsec_b",
        "HONESTYBOX_EXTRA_ORIGINS": "gazette=https://a.example, https://b.example; mercury=http://localhost:8000",
        "HONESTYBOX_COUNTRY_HEADER": "CF-IPCountry",
        "HONESTYBOX_STAFF_TOKENS": f"{'s' * 32}, {'t' * 32}",
    }
    settings = Settings.from_environ(good | more)
    assert settings.secret_keys == ("n" * 32, "o" * 32)
    assert settings.stripe_webhook_secrets == ("whsec_a", "whsec_b")
    assert settings.staff_tokens == ("s" * 32, "t" * 32)
    assert settings.extra_origins["gazette"] == ("https://a.example", "https://b.example")
    assert settings.extra_origins["mercury"] == ("http://localhost:8000",)
    assert settings.country_header == "HTTP_CF_IPCOUNTRY"


def test_the_service_refuses_to_start_on_bad_config_and_lists_every_problem(tmp_path: Path) -> None:
    files = staff_files(a_site_yaml(switched_on="yes"), {"lights-on": a_campaign_yaml(kind="beg")})
    folder = write_config(tmp_path / "config", files)
    with pytest.raises(CatalogueError) as caught:
        create_app(some_settings(folder, "redis://127.0.0.1:9"), watch=False)
    cure = "beg is not known here; choose from contribution, card_update, newsletter"
    assert str(caught.value).splitlines() == [
        f"config/sites/{SITE}/campaigns/lights-on.yaml:1:1: kind: {cure}",
        f"config/sites/{SITE}/site.yaml:15:1: switched_on: must be true or false (got 'yes')",
    ]


def test_the_service_refuses_to_start_on_an_option_of_redis_that_is_none(tmp_path: Path) -> None:
    folder = write_config(tmp_path / "config", staff_files())
    for url in ("redis://127.0.0.1:9?soket_timeout=1", "redis+cluster://127.0.0.1:9?socket_timeout=soon"):
        with pytest.raises(SettingsError, match=r"HONESTYBOX_REDIS_URL: .*(socket_timeout|soket_timeout)"):
            create_app(some_settings(folder, url), watch=False)


def test_the_service_refuses_to_start_without_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in GOOD:
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SettingsError) as caught:
        create_app()
    assert len(caught.value.problems) >= len(GOOD)


def test_real_money_needs_an_encrypted_address(good: dict[str, str]) -> None:
    live = {**good, "HONESTYBOX_STRIPE_SECRET_KEY": "sk_live_a", "HONESTYBOX_PUBLIC_URL": "http://support.example.org"}
    assert problems_of(live) == ["HONESTYBOX_PUBLIC_URL must begin with https:// when Stripe's key is a live one"]
