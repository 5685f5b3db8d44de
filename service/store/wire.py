"""One connection to one server: a command goes out, its answer comes back, and nobody waits beyond the deadline.

Almost all that a call costs is two system calls, so there are no others: the kernel keeps the time-out of a socket that
blocks, while Python's own would poll before every read. redis-py's exchange costs three to four times as much.
"""

import socket
import struct
import time
from collections.abc import Callable
from ssl import SSLSocket
from typing import Any, TypeAlias

from hiredis import Reader, pack_command
from redis.exceptions import (
    AskError,
    AuthenticationError,
    BusyLoadingError,
    ClusterDownError,
    InvalidResponse,
    MasterDownError,
    MovedError,
    NoScriptError,
    ReadOnlyError,
    RedisError,
    ResponseError,
    TryAgainError,
)

Argument: TypeAlias = str | bytes | int
Words: TypeAlias = tuple[Argument, ...]

pack: Callable[[Words], bytes] = pack_command  # type: ignore[assignment]  # its stub wants tuples of one
_MORE = object()  # the answer is not complete
_FIRST, _NEXT = 4096, 65536  # bytes read at once: a reader's record fits into the first
_ERRORS = {
    "NOSCRIPT": NoScriptError,
    "MOVED": MovedError,
    "ASK": AskError,
    "LOADING": BusyLoadingError,
    "READONLY": ReadOnlyError,
    "MASTERDOWN": MasterDownError,
    "CLUSTERDOWN": ClusterDownError,
    "TRYAGAIN": TryAgainError,
    "UNBLOCKED": ReadOnlyError,  # it was waiting for a replica when it became one itself
    "WRONGPASS": AuthenticationError,
    "NOAUTH": AuthenticationError,
}


class Wire:
    """An open socket to Redis. Whoever gets anything but an answer from it must close it: the answer may come yet."""

    __slots__ = ("_reader", "_socket", "_timed_by_kernel")

    def __init__(self, connected: socket.socket, timeout_seconds: float) -> None:
        self._socket = connected
        # TLS may read several times for one answer, and Python's reads it again for ever when the kernel gives up.
        self._timed_by_kernel = not isinstance(connected, SSLSocket)
        if self._timed_by_kernel:
            connected.settimeout(None)
            limit = struct.pack("ll", int(timeout_seconds), int(timeout_seconds % 1 * 1e6))
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
        self._reader = Reader(protocolError=InvalidResponse, replyError=_error, notEnoughData=_MORE)

    def ask(self, words: Words, deadline: float) -> Any:
        """The answer, when the whole time-out lies before the deadline; else use `ask_within`."""
        if not self._timed_by_kernel:
            return self.ask_within(words, deadline)
        packed = pack(words)
        try:
            sent = self._socket.send(packed, socket.MSG_DONTWAIT)
            if sent != len(packed):
                return self._within(packed[sent:], deadline)
            self._reader.feed(self._socket.recv(_FIRST))
        except BlockingIOError as error:
            raise TimeoutError("timed out") from error
        answer = self._reader.gets()
        if type(answer) is bytes and not self._reader.has_data():  # nearly every answer, and nearly every time
            return answer
        return self._checked(self._rest(deadline) if answer is _MORE else answer)

    def ask_within(self, words: Words, deadline: float) -> Any:
        """The answer. Raises TimeoutError at the deadline, another OSError when the connection is lost, RedisError."""
        return self._within(pack(words), deadline)

    def ask_both(self, words: Words, then: Words, deadline: float) -> tuple[Any, Any]:
        """The answers to both, the second asked right behind the first, whatever comes of that."""
        self._socket.settimeout(left(deadline))
        self._socket.sendall(pack(words) + pack(then))
        first = self._rest(deadline)
        second = self._checked(self._rest(deadline))
        if isinstance(first, RedisError):
            raise first
        return first, second

    def _within(self, packed: bytes, deadline: float) -> Any:
        self._socket.settimeout(left(deadline))
        self._socket.sendall(packed)
        return self._checked(self._rest(deadline))

    def _rest(self, deadline: float) -> Any:
        """What is still to come. The kernel's time-out would begin anew with each byte that a slow server sends."""
        answer = self._reader.gets()
        while answer is _MORE:
            self._socket.settimeout(left(deadline))
            received = self._socket.recv(_NEXT)
            if not received:
                raise ConnectionResetError("the server closed the connection")
            self._reader.feed(received)
            answer = self._reader.gets()
        if self._timed_by_kernel:
            self._socket.settimeout(None)
        return answer

    def _checked(self, answer: Any) -> Any:
        if self._reader.has_data():
            raise InvalidResponse("the server said more than it was asked")
        if isinstance(answer, RedisError):
            raise answer
        return answer

    def close(self) -> None:
        """Lets go of the socket."""
        self._socket.close()

    __del__ = close  # with the thread that held it


def left(deadline: float) -> float:
    """The seconds until then. Raises TimeoutError when there are none."""
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError("timed out")
    return seconds


def _error(told: str) -> RedisError:
    word, _, rest = told.partition(" ")
    kind: Callable[[str], RedisError] = _ERRORS.get(word, ResponseError)
    # redis-py's own two take where to go, without the word
    return kind(rest if kind in (MovedError, AskError) else told)
