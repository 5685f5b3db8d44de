"""A request's country: the edge's word, else what a database knows of the address, else unknown."""

import os
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet

from service.app import create_app
from service.settings import Settings, SettingsError
from service.web import country
from service.web.country import Countries
from tests.builders import parts_of, some_settings
from tests.servers import wait_until
from tests.test_settings import GOOD

EDGE = "HTTP_CF_IPCOUNTRY"
PROXY = "HTTP_X_FORWARDED_FOR"
NETWORKS: Mapping[str, Any] = {
    "81.2.69.0/24": {"country": {"iso_code": "GB"}, "registered_country": {"iso_code": "US"}},
    "89.160.20.0/24": {"country": {"iso_code": "SE"}},
    "2a02:cf40::/29": {"country": {"iso_code": "NO"}},
    "216.160.83.0/24": {"registered_country": {"iso_code": "US"}},
    "5.145.0.0/24": {"country_code": "DE", "country": "Germany"},
    "5.146.0.0/24": {"country": "FR"},
    "5.147.0.0/24": {"country": {"iso_code": "EU"}},
    "10.0.0.0/8": {"country": {"iso_code": "US"}},
}


def a_database(path: Path, networks: Mapping[str, Any] = NETWORKS, ip_version: int = 6) -> Path:
    """A database of these networks, put there as a publisher should: by renaming."""
    writer = MMDBWriter(ip_version, "Test-Country", ipv4_compatible=ip_version == 6)
    for network, record in networks.items():
        writer.insert_network(IPSet([network]), record)
    writer.to_db_file(str(path.with_suffix(".new")))
    path.with_suffix(".new").replace(path)
    return path


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_database(tmp_path_factory.mktemp("countries") / "countries.mmdb")


def test_nothing_configured_means_nothing_known() -> None:
    assert Countries().of({EDGE: "GB", "REMOTE_ADDR": "81.2.69.160"}) is None


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ("GB", "GB"), ("gb", "GB"), ("No", "NO"), ("XK", "XK"),
        ("", None), ("XX", None), ("xx", None), ("T1", None), ("ZZ", None), ("EU", None), ("AP", None),
        ("GBR", None), ("G", None), ("12", None), ("ÄÖ", None), ("ßa", None), (" GB", None), ("GB, US", None),
    ],
)  # fmt: skip
def test_the_edge_says_a_country_or_nothing_that_we_believe(said: str, known: str | None) -> None:
    assert Countries(EDGE).of({EDGE: said}) == known


@pytest.mark.parametrize("said", ["SE", "XX", "T1", ""])
def test_the_word_of_the_edge_is_final(said: str, database: Path) -> None:
    known = "SE" if said == "SE" else None
    assert Countries(EDGE, database).of({EDGE: said, "REMOTE_ADDR": "81.2.69.160"}) == known


def test_a_request_that_did_not_come_by_the_edge_is_looked_up(database: Path) -> None:
    assert Countries(EDGE, database).of({"REMOTE_ADDR": "81.2.69.160"}) == "GB"


@pytest.mark.parametrize(
    ("address", "known"),
    [
        ("81.2.69.160", "GB"),
        ("89.160.20.1", "SE"),
        ("2a02:cf40::1", "NO"),
        ("2A02:CF40:0::1", "NO"),
        ("::ffff:81.2.69.160", "GB"),
        ("81.2.69.160:51234", "GB"),
        ("[2a02:cf40::1]:443", "NO"),
        ("[2a02:cf40::1]", "NO"),
        ("5.145.0.1", "DE"),
        ("5.146.0.1", "FR"),
        ("5.147.0.1", None),
        ("216.160.83.56", None),  # registered in a country says nothing of who reads
        ("8.8.8.8", None),
        ("2606:4700::1", None),
        ("10.1.2.3", None),
        ("::ffff:10.1.2.3", None),
        ("127.0.0.1", None),
        ("::1", None),
        ("fe80::1%eth0", None),
        ("", None),
        ("unknown", None),
        ("81.2.69", None),
        ("81.2.69.160.1", None),
        ("0x51.2.69.160", None),
        ("[", None),
        (":", None),
        ("unix:", None),
        ("8" * 10_000, None),
    ],
)
def test_an_address_is_looked_up(address: str, known: str | None, database: Path) -> None:
    countries = Countries(database=database)
    for _ in range(2):
        assert countries.of({"REMOTE_ADDR": address}) == known


def test_a_request_without_any_address_is_unknown(database: Path) -> None:
    assert Countries(database=database).of({}) is None
    assert Countries(database=database).of({"REMOTE_ADDR": None}) is None


@pytest.mark.parametrize(
    ("header", "known"),
    [
        ("81.2.69.160", "GB"),
        ("89.160.20.1, 81.2.69.160", "GB"),
        ("89.160.20.1,81.2.69.160 ", "GB"),
        ("81.2.69.160, 10.0.0.1", None),
        ("81.2.69.160,", None),
        ("", None),
    ],
)
def test_only_what_our_own_proxy_wrote_is_believed(header: str, known: str | None, database: Path) -> None:
    countries = Countries(database=database, address_header=PROXY)
    assert countries.of({PROXY: header, "REMOTE_ADDR": "89.160.20.1"}) == known


def test_a_header_that_is_not_configured_is_not_believed(database: Path) -> None:
    assert Countries(database=database).of({PROXY: "89.160.20.1", "REMOTE_ADDR": "81.2.69.160"}) == "GB"


def test_a_request_that_did_not_come_by_our_proxy_is_unknown(database: Path) -> None:
    assert Countries(database=database, address_header=PROXY).of({"REMOTE_ADDR": "81.2.69.160"}) is None


def test_a_database_of_old_addresses_knows_no_new_ones(tmp_path: Path) -> None:
    old = a_database(tmp_path / "old.mmdb", {"81.2.69.0/24": {"country": {"iso_code": "GB"}}}, ip_version=4)
    countries = Countries(database=old)
    assert countries.of({"REMOTE_ADDR": "2a02:cf40::1"}) is None
    assert countries.of({"REMOTE_ADDR": "::ffff:81.2.69.160"}) == "GB"


READER = {"REMOTE_ADDR": "81.2.69.160"}
MOVED = {"81.2.69.0/24": {"country": {"iso_code": "SE"}}}


def test_a_newer_database_is_taken_up(tmp_path: Path) -> None:
    path = a_database(tmp_path / "countries.mmdb")
    countries = Countries(database=path)
    assert countries.of(READER) == "GB"
    a_database(path, MOVED)
    assert countries.of(READER) == "GB"
    countries.refresh()
    assert countries.of(READER) == "SE"


def test_a_running_service_takes_it_up_by_itself(tmp_path: Path) -> None:
    path = a_database(tmp_path / "countries.mmdb")
    countries = Countries(database=path)
    countries.watch(every_seconds=0.01)
    a_database(path, MOVED)
    wait_until(lambda: countries.of(READER) == "SE")


def test_a_broken_or_missing_database_leaves_the_last_good_one_and_is_told_once(
    tmp_path: Path, logged: list[MutableMapping[str, Any]]
) -> None:
    path = a_database(tmp_path / "countries.mmdb")
    countries = Countries(database=path)
    broken = tmp_path / "broken"
    broken.write_text("not a database")
    for spoil in (lambda: broken.replace(path), path.unlink):
        spoil()
        logged.clear()
        for _ in range(3):
            countries.refresh()
            assert countries.of(READER) == "GB"
        assert [entry["event"] for entry in logged] == ["country_database_refused"]
    a_database(path, MOVED)
    countries.refresh()
    assert countries.of(READER) == "SE"


def test_a_damaged_database_stops_no_decision_and_is_told_once(
    tmp_path: Path, logged: list[MutableMapping[str, Any]]
) -> None:
    path = a_database(tmp_path / "countries.mmdb")
    whole = path.read_bytes()
    start, end = whole.index(b"country") - 20, whole.index(b"\xab\xcd\xefMaxMind.com")
    path.write_bytes(whole[:start] + b"\xff" * (end - start) + whole[end:])
    countries = Countries(database=path)
    for last in range(1, 200):
        assert countries.of({"REMOTE_ADDR": f"81.2.69.{last}"}) is None
    assert [entry["event"] for entry in logged] == ["country_database_damaged"]
    assert "81.2.69" not in str(logged)


def test_what_is_remembered_is_bounded_and_forgotten(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(country, "_MOST_ADDRESSES", 10)
    countries = Countries(database=database)
    for last in range(100):
        assert countries.of({"REMOTE_ADDR": f"81.2.69.{last}"}) == "GB"
        assert len(countries._known) <= 10
    countries.refresh()
    assert countries._known == {}


def test_a_database_without_countries_is_refused_at_the_start(tmp_path: Path) -> None:
    path = a_database(tmp_path / "networks.mmdb", {"81.2.69.0/24": {"autonomous_system_number": 1}})
    environ = {**GOOD, "HONESTYBOX_COUNTRY_DATABASE": str(path)}
    with pytest.raises(SettingsError, match="tells no countries"):
        Settings.from_environ(environ)


def test_the_service_is_wired_with_what_the_settings_say(config_dir: Path, valkey_url: str, database: Path) -> None:
    environ = {
        **GOOD,
        "HONESTYBOX_COUNTRY_DATABASE": str(database),
        "HONESTYBOX_CLIENT_ADDRESS_HEADER": "X-Forwarded-For",
        "HONESTYBOX_CONFIG_DIR": os.fspath(config_dir),
    }
    said = Settings.from_environ(environ)
    settings = some_settings(
        config_dir, valkey_url, country_database=said.country_database, client_address_header=said.client_address_header
    )
    countries = parts_of(create_app(settings, watch=False)).countries
    assert countries.of({EDGE: "NO", PROXY: "81.2.69.160"}) == "NO"
    assert countries.of({PROXY: "8.8.8.8, 81.2.69.160"}) == "GB"
