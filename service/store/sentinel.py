"""Redis under Sentinels, which say who the master is and put another in its place."""

from collections.abc import Iterable

from service.store.errors import StoreUnavailableError
from service.store.masters import Masters
from service.store.server import Server
from service.store.wire import Words


class Sentinel(Masters):
    """Sends every command to the master of the group's name."""

    _master: Server | None = None

    def owner(self, words: Words) -> Server | None:
        """The one master."""
        return self._master

    def masters(self) -> frozenset[Server]:
        """The one master."""
        return frozenset((self._master,) if self._master else ())

    def complete(self) -> bool:
        """Once there is one."""
        return self._master is not None

    def learn_from(self, source: Server, deadline: float) -> Iterable[Server]:
        """The master, as the Sentinel `source` sees it. The Sentinels themselves are those of the URL."""
        place = source.ask(("SENTINEL", "GET-MASTER-ADDR-BY-NAME", self.group.name), deadline, first=False)
        if place is None:
            raise StoreUnavailableError(f"this Sentinel knows no master called {self.group.name}")
        replicas = source.ask(("SENTINEL", "REPLICAS", self.group.name), deadline, first=False)
        master = self.server(self.group.master.at(place[0].decode(), int(place[1])))
        master.replicated = any(_in_order(replica) for replica in replicas)
        self._master = master
        return ()


def _in_order(replica: list[bytes]) -> bool:
    facts = dict(zip(replica[::2], replica[1::2], strict=True))
    return facts.get(b"flags") == b"slave" and facts.get(b"master-link-status") == b"ok"
