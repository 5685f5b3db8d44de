"""What the views for supporters work with."""

from dataclasses import dataclass

from service.payments.account import Account
from service.payments.customers import Customers
from service.payments.gateway import Gateway
from service.payments.portals import Portals
from service.payments.recognition import Recognition
from service.settings import Settings
from service.store.connection import Store
from service.store.ledger import Ledger
from service.store.readers import ReaderStore
from service.web.links import Links, open_links
from service.web.seal import Seal


@dataclass(frozen=True, slots=True)
class SupporterDesk:
    """Who gave, how they prove it, and where they look after it."""

    links: Links
    seal: Seal
    recognition: Recognition
    customers: Customers
    portals: Portals


def open_desk(settings: Settings, store: Store, readers: ReaderStore, gateway: Gateway) -> SupporterDesk:
    """Joined. `store` and `readers` are ones that wait for a Redis that restarts: nobody waits for an article here."""
    return SupporterDesk(
        links=open_links(store, settings.public_url),
        seal=Seal(settings.secret_keys),
        recognition=Recognition(Ledger(store), readers),
        customers=Customers(gateway),
        portals=Portals(Account(gateway)),
    )
