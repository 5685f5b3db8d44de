"""Redis Cluster: every key has a slot, every slot a master."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from redis.crc import REDIS_CLUSTER_HASH_SLOTS, key_slot
from redis.exceptions import AskError, MovedError

from service.store.errors import StoreUnavailableError
from service.store.masters import Masters
from service.store.server import Server
from service.store.wire import Words

_Node: TypeAlias = Sequence[Any]  # host, port, id, and more since Redis 7
_KEY_IS_THIRD = ("EVALSHA", "EVAL")
_MOST_REDIRECTS = 4


class Cluster(Masters):
    """Sends each command, which names one key, to that key's master; a command without one to every master."""

    _slots: tuple[Server | None, ...] = (None,) * REDIS_CLUSTER_HASH_SLOTS
    _masters: frozenset[Server] = frozenset()

    def ask(self, words: Words, deadline: float) -> Any:
        """The answer, from wherever the key is by now."""
        if len(words) == 1:
            return self._ask_everyone(words, deadline)
        try:
            return super().ask(words, deadline)
        except AskError as error:
            return self._follow(error, words, deadline)

    def owner(self, words: Words) -> Server | None:
        """By the key's slot."""
        key = words[3] if words[0] in _KEY_IS_THIRD else words[1]
        return self._slots[key_slot(key.encode() if isinstance(key, str) else bytes(key))]

    def masters(self) -> frozenset[Server]:
        """Those that hold slots."""
        return self._masters

    def complete(self) -> bool:
        """When each slot has a master."""
        return None not in self._slots

    def learn_from(self, source: Server, deadline: float) -> Iterable[Server]:
        """The map of slots, as `source` sees it."""
        slots: list[Server | None] = [None] * REDIS_CLUSTER_HASH_SLOTS
        told = []
        for first, last, master, *replicas in source.ask(("CLUSTER", "SLOTS"), deadline, first=False):
            server = self._node(master, source)
            server.replicated = bool(replicas)
            slots[first : last + 1] = [server] * (last + 1 - first)
            told += [server, *(self._node(replica, source) for replica in replicas)]
        self._slots, self._masters = tuple(slots), frozenset(server for server in slots if server)
        return told

    def _node(self, node: _Node, source: Server) -> Server:
        """A node that does not know its own name is where it was asked."""
        return self.server(self.group.master.at(node[0].decode() if node[0] else source.host, node[1]))

    def _follow(self, error: AskError, words: Words, deadline: float) -> Any:
        """Goes where the key has moved, or is moving."""
        asked = self.owner(words)
        for _ in range(_MOST_REDIRECTS):
            server = self.server(self.group.master.at(error.host or (asked.host if asked else ""), error.port))
            try:
                if isinstance(error, MovedError):
                    self.learn(deadline)
                else:
                    server.ask(("ASKING",), deadline, first=False)
                return server.ask(words, deadline, first=False)
            except AskError as further:
                error = further
        raise StoreUnavailableError("the key moves faster than it can be followed")

    def _ask_everyone(self, words: Words, deadline: float) -> Any:
        if not self._masters:
            self.learn(deadline)
        if not self.complete():
            raise StoreUnavailableError("some keys have no master")
        return [master.ask(words, deadline, first=False) for master in self._masters][-1]
