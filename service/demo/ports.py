"""The demo's ports: whether they are free, and whether anybody answers there."""

import http.client
import socket

PARTS = ("the newspaper", "the service", "the Stripe sandbox")


class CannotRun(Exception):  # noqa: N818
    """Why there is no demo, in words for the person at the terminal."""


def check_ports(port: int) -> None:
    """Raises CannotRun naming the first port that another program has."""
    if not 1 <= port <= 65533:
        raise CannotRun(f"Port {port} cannot be used: choose one from 1024 to 65533, such as PORT=9000 make demo.")
    for number, part in enumerate(PARTS, start=port):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", number))
            except OSError as error:
                raise CannotRun(
                    f"Port {number}, meant for {part}, cannot be used ({error.strerror}). Choose three other ports "
                    f"in a row by naming the first: PORT={other_port(port)} make demo"
                ) from None


def other_port(port: int) -> int:
    return 9000 if not 8998 <= port <= 9002 else 9100


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def answers(port: int) -> bool:
    """True once /healthz says 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
