"""Makes the account as we wish it, changing what differs and nothing else; a second time there is nothing to change."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from service.domain.site import Site
from service.payments.account import Account
from service.payments.gateway import Stripe
from service.payments.wishes import (
    API_VERSION,
    WEBHOOKS,
    Difference,
    differences,
    endpoint_url,
    endpoint_wish,
    is_ours,
    is_portal_of,
    portal_wish,
)


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was made (`differences` is empty), changed, or removed. `secret`: told by Stripe this once."""

    did: str
    what: str
    ident: str
    differences: tuple[Difference, ...] = ()
    secret: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """Something that staff should know, and decide for themselves."""

    told: str


Step = Change | Note


@dataclass(frozen=True, slots=True)
class Setup:
    """Sets an account up. `dry_run`: says what it would do and does nothing.

    `moved_from`: the service's earlier public address, whose endpoint is to follow it. `remove_old`: also endpoints
    that a newer one has replaced.
    """

    account: Account
    public_url: str
    sites: Sequence[Site]
    dry_run: bool = False
    moved_from: str = ""
    remove_old: bool = False

    def run(self) -> Iterator[Step]:
        """Each step, once it is done. Raises PaymentsError; what was done by then stays, and is found the next time."""
        yield from self._endpoint()
        configurations = self.account.configurations()
        for site in self.sites:
            yield from self._portal(site, configurations)

    def _endpoint(self) -> Iterator[Step]:
        account, endpoints = self.account, self.account.endpoints()
        here = endpoints_at(endpoints, self.public_url)
        moved = endpoints_at(endpoints, self.moved_from) if self.moved_from else []
        found = next((one for one in (*here, *moved) if one["api_version"] == API_VERSION), None)
        yield from self._settled(
            _Thing(
                what="webhook endpoint",
                found=found,
                wish=endpoint_wish(self.public_url),
                make=lambda wish: account.make_endpoint(_without(wish, "status") | {"api_version": API_VERSION}),
                change=lambda ident, wish: account.change_endpoint(
                    ident, _without(wish, "status") | {"disabled": False}
                ),
            )
        )
        for old in here:
            if old is not found:
                yield from self._replaced(old)
        for other in endpoints:
            if is_ours(other, WEBHOOKS) and other is not found and other not in here:
                told = f"{other['id']} sends the same events to {other['url']}. If that was this service before it"
                yield Note(f"{told} moved, remove it in Stripe's Dashboard, and say --moved-from the next time.")

    def _replaced(self, old: Stripe) -> Iterator[Step]:
        """One that speaks another version of the API, or is there twice. It goes when staff say so: until the service
        knows the new signing secret, only the old one's events are believed."""
        if self.remove_old:
            if not self.dry_run:
                self.account.remove_endpoint(old["id"])
            yield Change("removed", "webhook endpoint", old["id"])
            return
        version = old["api_version"] or "the account's own"
        told = f"{old['id']} sends to the same address (API version {version}); every event comes twice."
        yield Note(f"{told} Once the service runs with the other one's secret, run this again with --remove-old.")

    def _portal(self, site: Site, configurations: Sequence[Stripe]) -> Iterator[Change]:
        account = self.account
        return self._settled(
            _Thing(
                what=f"customer portal of {site.id}",
                found=next((one for one in configurations if is_portal_of(one, site.id)), None),
                wish=portal_wish(site),
                make=lambda wish: account.make_configuration(_filled(_without(wish, "active"))),
                change=account.change_configuration,
            )
        )

    def _settled(self, thing: "_Thing") -> Iterator[Change]:
        """Makes it, or changes what of it is not as wished. What was just made is looked at like any other: Stripe may
        have set what it was not told otherwise than we wish it."""
        found, wish = thing.found, thing.wish
        if found is None:
            if self.dry_run:
                yield Change("made", thing.what, "")
                return
            made = thing.make(wish)
            yield Change("made", thing.what, made["id"], secret=str(made.get("secret") or ""))
            if any(differences(made, wish)):
                thing.change(made["id"], wish)
        elif wrong := tuple(differences(found, wish)):
            if not self.dry_run:
                thing.change(found["id"], wish)
            yield Change("changed", thing.what, found["id"], wrong)


@dataclass(frozen=True, slots=True)
class _Thing:
    """Something in the account: as it is, as it is to be, and how it comes to be so."""

    what: str
    found: Stripe | None
    wish: dict[str, Any]
    make: Callable[[dict[str, Any]], Stripe]
    change: Callable[[str, dict[str, Any]], Stripe]


def endpoints_at(endpoints: Sequence[Stripe], public_url: str) -> list[Stripe]:
    """Those that send to this service, whoever made them; ours and the enabled ones first."""
    here = [one for one in endpoints if one["url"].rstrip("/") == endpoint_url(public_url)]
    return sorted(here, key=lambda one: (not is_ours(one, WEBHOOKS), one["status"] != "enabled"))


def _without(wish: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in wish.items() if key != name}


def _filled(wish: dict[str, Any]) -> dict[str, Any]:
    """Without what is empty, which Stripe takes only where there is something to be emptied."""
    return wish | {"business_profile": {name: text for name, text in wish["business_profile"].items() if text}}
