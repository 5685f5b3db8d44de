"""What `honestybox staff password` prints is what the setting takes, and opens the pages."""

from io import StringIO

import pytest
from werkzeug.security import check_password_hash

from service.cli import main
from service.setting_staff import networks, staff_passwords
from service.settings import readings


def test_the_printed_pair_is_what_the_setting_takes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("correct horse battery\n"))
    assert main(["staff", "password", "anna"]) == 0
    setting = staff_passwords(capsys.readouterr().out.strip() + ",ben=scrypt:2:1:1$ab$" + "0" * 128)
    assert list(setting) == ["anna", "ben"]
    assert check_password_hash(setting["anna"], "correct horse battery")


@pytest.mark.parametrize(("name", "password"), [("anna", "short"), ("an na", "long" * 4), ("a=b", "long" * 4)])
def test_what_will_not_do_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, password: str
) -> None:
    monkeypatch.setattr("sys.stdin", StringIO(f"{password}\n"))
    assert main(["staff", "password", name]) == 1
    said = capsys.readouterr()
    assert not said.out
    assert said.err


@pytest.mark.parametrize("text", ["secret", "anna=secret", "scrypt:2:1:1$ab$" + "0" * 128, "anna=scrypt:2:1:1$ab$00"])
def test_a_password_that_is_no_hash_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="honestybox staff password"):
        staff_passwords(text)


def test_a_name_stands_for_one_person() -> None:
    pair = "anna=scrypt:2:1:1$ab$" + "0" * 128
    with pytest.raises(ValueError, match="twice"):
        staff_passwords(f"{pair},{pair}")


def test_networks_are_addresses_too() -> None:
    assert [str(one) for one in networks("10.0.0.7, 10.1.0.0/24,::1")] == ["10.0.0.7/32", "10.1.0.0/24", "::1/128"]
    for text in ("10.0.0.1/8", "proxy.example"):
        with pytest.raises(ValueError, match="networks"):
            networks(text)


@pytest.mark.parametrize("name", ["STAFF_HEADER", "STAFF_PROXIES"])
def test_a_header_is_believed_of_named_proxies_or_not_at_all(name: str) -> None:
    given = {"HONESTYBOX_STAFF_HEADER": "X-User", "HONESTYBOX_STAFF_PROXIES": "10.0.0.7"}
    assert "staff_proxies" not in readings(given)[1]
    assert "only good together" in readings({f"HONESTYBOX_{name}": given[f"HONESTYBOX_{name}"]})[1]["staff_proxies"]
    assert "needs addresses" in readings({**given, "HONESTYBOX_STAFF_PROXIES": "x"})[1]["staff_proxies"]
