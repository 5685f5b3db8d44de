"""`honestybox stripe setup`: what it makes, what it mends, and that a second time there is nothing to do."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import stripe

from service.cli import main
from service.payments.account import Account
from service.payments.gateway import Gateway
from service.payments.portals import Portals
from service.payments.webhooks import SUBJECTS
from tests.builders import NOW, SECOND
from tests.payments.conftest import SIDES, open_side
from tests.payments.giving import CONFIG_DIR, environment
from tests.payments.sides import KEY, Fault, Side

HERE = "https://support.example.org"
URL = f"{HERE}/webhooks/stripe"
NOTHING = "nothing to change\n"
Run = Callable[..., str]


@pytest.fixture(scope="module", params=SIDES)
def side(request: pytest.FixtureRequest) -> Iterator[Side]:
    """A Stripe of these tests' own: an endpoint that they make would get the events of all others."""
    side = open_side(request.param, "http://127.0.0.1:9/webhooks/stripe")
    yield side
    side.stop()


@pytest.fixture
def account(side: Side) -> Iterator[Account]:
    account = Account(Gateway(KEY, side.api))
    yield account
    for endpoint in account.endpoints():
        account.remove_endpoint(endpoint["id"])
    for one in account.configurations():  # Stripe cannot delete them either
        account.change_configuration(one["id"], {"metadata": ""})


@pytest.fixture
def run(
    side: Side, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """What the command prints."""
    shutil.copytree(CONFIG_DIR, tmp_path / "config")
    settings = environment("redis://127.0.0.1:9", side.api, HERE) | {"HONESTYBOX_CONFIG_DIR": str(tmp_path / "config")}
    del settings["HONESTYBOX_STRIPE_WEBHOOK_SECRETS"]  # what the command is there to find out

    def run(*words: str, code: int = 0, **changes: str) -> str:
        for name, value in (settings | changes).items():
            monkeypatch.setenv(name, value)
        capsys.readouterr()
        assert main(["stripe", "setup", *words]) == code
        printed = capsys.readouterr()
        return printed.out + printed.err

    return run


def the_endpoint(account: Account) -> dict[str, Any]:
    (endpoint,) = account.endpoints()
    return dict(endpoint)


def portal_of(account: Account, site: str) -> Any:
    found = [one for one in account.configurations() if one["metadata"].get("site") == site]
    assert len(found) == 1, found
    return found[0]


def test_setup_makes_an_endpoint_with_exactly_the_events_that_are_handled(run: Run, account: Account) -> None:
    printed = run()
    endpoint = the_endpoint(account)
    assert endpoint["url"] == URL
    assert sorted(endpoint["enabled_events"]) == sorted(SUBJECTS)
    assert endpoint["api_version"] == stripe.api_version
    assert endpoint["status"] == "enabled"
    assert endpoint["metadata"] == {"honestybox": "webhooks"}
    assert f"made webhook endpoint {endpoint['id']}" in printed


def test_the_signing_secret_is_shown_once_and_never_logged(
    run: Run, account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    printed = run(HONESTYBOX_LOG_LEVEL="DEBUG")
    assert printed.count("whsec_") == 1
    secret = printed.partition("HONESTYBOX_STRIPE_WEBHOOK_SECRETS=")[2].partition("\n")[0]
    assert secret.startswith("whsec_")
    assert "whsec_" not in run()
    assert "whsec_" not in run("--dry-run")


def test_setup_makes_a_portal_for_each_site(run: Run, account: Account) -> None:
    run()
    for site in ("courier", "herald"):
        portal = portal_of(account, site)
        features = portal["features"]
        assert portal["active"]
        assert features["payment_method_update"]["enabled"]
        assert features["invoice_history"]["enabled"]
        assert features["subscription_cancel"]["enabled"]
        assert features["subscription_cancel"]["mode"] == "at_period_end"
        assert not features["subscription_update"]["enabled"]


def test_a_second_time_there_is_nothing_to_change(run: Run, account: Account, side: Side) -> None:
    assert run() != NOTHING
    before = len(side.requests())
    assert run() == NOTHING
    assert run("--dry-run") == NOTHING
    assert {request.verb for request in side.requests()[before:]} == {"GET"}


def test_a_dry_run_says_what_it_would_do_and_does_nothing(run: Run, account: Account, side: Side) -> None:
    before = len(side.requests())
    assert run("--dry-run").splitlines() == [
        "would make webhook endpoint",
        "would make customer portal of courier",
        "would make customer portal of herald",
    ]
    assert {request.verb for request in side.requests()[before:]} == {"GET"}
    assert account.endpoints() == []


def test_what_somebody_changed_is_mended_and_named(run: Run, account: Account) -> None:
    run()
    endpoint, portal = the_endpoint(account), portal_of(account, "courier")
    fewer = [*sorted(set(SUBJECTS) - {"invoice.paid"}), "charge.succeeded"]
    account.change_endpoint(endpoint["id"], {"enabled_events": fewer, "description": "mine"})
    features = {"subscription_cancel": {"enabled": True, "mode": "immediately"}, "invoice_history": {"enabled": False}}
    account.change_configuration(portal["id"], {"features": features})
    wanted = [
        f"changed webhook endpoint {endpoint['id']}",
        "  enabled_events: +invoice.paid -charge.succeeded",
        "  description: mine -> Honesty Box",
        f"changed customer portal of courier {portal['id']}",
        "  features.invoice_history.enabled: off -> on",
        "  features.subscription_cancel.mode: immediately -> at_period_end",
    ]
    assert run("--dry-run").splitlines() == [line.replace("changed ", "would change ") for line in wanted]
    assert run().splitlines() == wanted
    assert run() == NOTHING


def test_an_endpoint_made_by_hand_is_taken_over_with_its_secret(run: Run, account: Account) -> None:
    by_hand = {"url": URL, "enabled_events": ["invoice.paid"], "api_version": stripe.api_version}
    made = account.make_endpoint(by_hand)
    assert "whsec_" not in run()
    assert the_endpoint(account)["id"] == made["id"]
    assert run() == NOTHING


def test_an_endpoint_of_another_api_version_is_replaced_in_two_steps(run: Run, account: Account) -> None:
    old = account.make_endpoint({"url": URL, "enabled_events": ["invoice.paid"]})
    printed = run()
    assert "HONESTYBOX_STRIPE_WEBHOOK_SECRETS=whsec_" in printed
    assert f"note: {old['id']} sends to the same address" in printed
    assert len(account.endpoints()) == 2, "until the new secret is known, only the old one's events are believed"
    again = run()
    assert again.endswith(NOTHING)
    assert again.startswith(f"note: {old['id']}")
    assert run("--remove-old") == f"removed webhook endpoint {old['id']}\n"
    assert the_endpoint(account)["api_version"] == stripe.api_version
    assert run() == NOTHING


def test_a_service_that_moved_takes_its_endpoint_along(run: Run, account: Account) -> None:
    elsewhere = "https://old.example.org"
    run(HONESTYBOX_PUBLIC_URL=elsewhere)
    endpoint = the_endpoint(account)
    assert run("--moved-from", elsewhere).splitlines() == [
        f"changed webhook endpoint {endpoint['id']}",
        f"  url: {elsewhere}/webhooks/stripe -> {URL}",
    ]
    assert the_endpoint(account)["url"] == URL


def test_another_services_endpoint_is_left_alone(run: Run, account: Account) -> None:
    run(HONESTYBOX_PUBLIC_URL="https://staging.example.org")
    shop = account.make_endpoint({"url": "https://shop.example.org/hook", "enabled_events": ["charge.succeeded"]})
    printed = run()
    assert "made webhook endpoint" in printed
    assert "sends the same events to https://staging.example.org/webhooks/stripe" in printed
    assert {one["url"] for one in account.endpoints()} == {
        "https://staging.example.org/webhooks/stripe", "https://shop.example.org/hook", URL,
    }  # fmt: skip
    (same,) = [one for one in account.endpoints() if one["id"] == shop["id"]]
    assert same["enabled_events"] == ["charge.succeeded"]


def test_privacy_and_terms_follow_the_staff_file(run: Run, account: Account, tmp_path: Path) -> None:
    run()
    file = tmp_path / "config/sites/courier/site.yaml"
    text = file.read_text()
    file.write_text(text + "privacy: https://www.harbour-courier.example/privacy\nterms: https://www.hc.example/t\n")
    portal = portal_of(account, "courier")
    assert run().splitlines() == [
        f"changed customer portal of courier {portal['id']}",
        "  business_profile.privacy_policy_url: (empty) -> https://www.harbour-courier.example/privacy",
        "  business_profile.terms_of_service_url: (empty) -> https://www.hc.example/t",
    ]
    file.write_text(text + "privacy: https://www.harbour-courier.example/privacy\n")
    assert "business_profile.terms_of_service_url: https://www.hc.example/t -> (empty)" in run()
    assert run() == NOTHING


def test_a_failure_half_way_keeps_what_was_told_and_the_next_run_does_the_rest(
    run: Run, account: Account, side: Side
) -> None:
    side.fault(Fault("/v1/billing_portal/configurations", times=2, verb="POST", status=503))  # it is tried once more
    printed = run(code=1)
    assert "HONESTYBOX_STRIPE_WEBHOOK_SECRETS=whsec_" in printed
    assert "Stripe cannot be reached" in printed
    assert run().splitlines() == [
        f"made customer portal of {site} {portal_of(account, site)['id']}" for site in ("courier", "herald")
    ]
    assert run() == NOTHING


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("The provided key lacks it. Having the 'rak_webhook_write' permission would allow this.", "rak_webhook_write"),
        ("Not allowed.", "Stripe refuses HONESTYBOX_STRIPE_SECRET_KEY"),
    ],
)
def test_a_key_that_may_not_do_it_is_told_which_permission_it_lacks(
    run: Run, account: Account, side: Side, message: str, told: str
) -> None:
    error = {"type": "invalid_request_error", "message": message}
    side.fault(Fault("/v1/webhook_endpoints", status=403, error=error))
    assert told in run(code=1)


def test_settings_that_are_missing_are_named_and_no_others(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    printed = run(code=1, HONESTYBOX_STRIPE_SECRET_KEY="")
    assert printed.startswith("HONESTYBOX_STRIPE_SECRET_KEY is not set")
    assert "WEBHOOK_SECRETS" not in printed


def test_a_session_finds_the_portal_of_its_site_and_remembers_it(run: Run, account: Account, side: Side) -> None:
    portals = Portals(account)
    assert portals.configuration("courier", NOW) is None
    run()
    later = NOW + 600 * SECOND
    assert portals.configuration("courier", later - SECOND) is None, "it was looked up less than ten minutes ago"
    assert portals.configuration("courier", later) == portal_of(account, "courier")["id"]
    before = len(side.requests())
    assert portals.configuration("herald", later + SECOND) == portal_of(account, "herald")["id"]
    assert portals.configuration("gazette", later + SECOND) is None
    assert len(side.requests()) == before + 1  # the one that this test made
