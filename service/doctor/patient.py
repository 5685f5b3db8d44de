"""What is examined."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cached_property
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from service.catalogue.loader import Catalogue, Loader
from service.catalogue.problems import CatalogueError
from service.doctor.finding import Finding
from service.domain.campaign import Campaign
from service.domain.site import Site
from service.payments.account import Account
from service.payments.gateway import Gateway
from service.settings import Settings, abilities, readings

Look = Callable[["Patient"], Iterator[Finding]]


@dataclass(frozen=True)
class Patient:
    """A service, by its environment."""

    environ: Mapping[str, str]
    clock: Callable[[], datetime]

    @classmethod
    def running(cls, settings: Settings, clock: Callable[[], datetime]) -> "Patient":
        """The service that runs with these settings."""
        patient = cls({}, clock)
        values = {field.name: getattr(settings, field.name) for field in fields(settings)}
        vars(patient)["_readings"] = values, {}  # where `_readings` would keep them itself
        return patient

    @cached_property
    def _readings(self) -> tuple[dict[str, Any], dict[str, str]]:
        return readings(self.environ)

    @property
    def values(self) -> Mapping[str, Any]:
        """The settings that can be read, by their names in small letters."""
        return self._readings[0]

    @property
    def problems(self) -> Mapping[str, str]:
        """What is wrong with the others, by their names."""
        return self._readings[1]

    @property
    def livemode(self) -> bool:
        """True when Stripe's key moves real money."""
        return "_live_" in self.values.get("stripe_secret_key", "")

    @cached_property
    def account(self) -> Account:
        """Stripe's. Needs its key."""
        return Account(Gateway(self.values["stripe_secret_key"], self.values["stripe_api_base"]))

    @cached_property
    def _catalogue(self) -> Catalogue | CatalogueError:
        try:
            can = abilities(self.values)
            return Loader(self.values["config_dir"], self.values.get("extra_origins", {}), can).load()
        except CatalogueError as error:
            return error

    @property
    def catalogue(self) -> Catalogue:
        """The staff files. Raises CatalogueError each time it is asked for."""
        if isinstance(self._catalogue, CatalogueError):
            raise self._catalogue
        return self._catalogue

    @property
    def sites(self) -> list[Site]:
        """None while the staff files are broken, or cannot be found."""
        if "config_dir" not in self.values or isinstance(self._catalogue, CatalogueError):
            return []
        return list(self._catalogue.sites.values())

    @property
    def campaigns(self) -> list[Campaign]:
        """Of all its sites."""
        return [campaign for site in self.sites for campaign in self.catalogue.plans[site.id].campaigns]


def on_this_machine(address: str) -> bool:
    """True for an address that never leaves it."""
    host = urlsplit(address).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
