"""What goes over one connection: every way to reach a server, and servers that are slow or talk too much."""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from redis import Redis

from service.store.connection import Store
from service.store.errors import StoreUnavailableError
from service.store.manner import Manner
from tests.servers import RealServer, free_port, program_or_skip, wait_until

TIMEOUT_SECONDS = 0.3
PATIENT = "socket_timeout=5"


@pytest.fixture(scope="module", params=["valkey", "redis"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    """A server with a password and a Unix socket."""
    folder = tmp_path_factory.mktemp("wire")
    options = ("--unixsocket", str(folder / "socket"), "--user", *"service on >a:b@c/d ~* +@all".split())
    with RealServer(request.param, folder, options=options) as server:
        yield server


def test_name_password_and_database_are_the_urls(server: RealServer) -> None:
    store = Store(f"redis://service:a%3Ab%40c%2Fd@127.0.0.1:{server.port}/3?{PATIENT}&client_name=honesty-box")
    assert store.command("ACL", "WHOAMI") == b"service"
    assert store.command("CLIENT", "GETNAME") == b"honesty-box"
    store.command("SET", "where", "three")
    assert Redis.from_url(f"redis://127.0.0.1:{server.port}/3").get("where") == b"three"


def test_a_wrong_password_is_no_server(server: RealServer) -> None:
    with pytest.raises(StoreUnavailableError, match="WRONGPASS"):
        Store(f"redis://service:wrong@127.0.0.1:{server.port}/0?{PATIENT}").command("PING")


def test_a_unix_socket_is_a_way_too(server: RealServer) -> None:
    store = Store(f"unix://{server.folder}/socket?db=2&{PATIENT}")
    assert [store.command("PING") for _ in range(3)] == [b"PONG"] * 3


def certificate(folder: Path) -> None:
    """One that vouches for itself, for 127.0.0.1, with its key beside it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[str]:
    """The URL of Debian's Redis behind TLS; the embedded Valkey speaks none."""
    program_or_skip("redis-server")
    certificate(tmp_path)
    port = free_port()
    files = [("--tls-cert-file", "cert.pem"), ("--tls-key-file", "key.pem"), ("--tls-ca-cert-file", "cert.pem")]
    options = ["--tls-port", str(port), "--tls-auth-clients", "no"]
    options += [word for option, name in files for word in (option, str(tmp_path / name))]
    with RealServer("redis", tmp_path, options=tuple(options)):
        yield f"rediss://127.0.0.1:{port}/0?{PATIENT}&ssl_ca_certs={tmp_path}/cert.pem"


def test_tls_is_a_way_too_and_answers_of_any_size_come_over_it(secure: str) -> None:
    store = Store(secure)
    for size in (0, 1, 5_000, 300_000):
        store.command("SET", "big", b"x" * size)
        assert store.command("GET", "big") == b"x" * size


def test_a_server_that_nobody_vouches_for_is_no_server(secure: str) -> None:
    with pytest.raises(StoreUnavailableError, match="CERTIFICATE_VERIFY_FAILED"):
        Store(secure.partition("&ssl_ca_certs")[0]).command("PING")


@pytest.mark.parametrize("size", [4000, 4096 - 14, 4096, 70_000, 20_000_000])
def test_questions_and_answers_may_be_of_any_size(server: RealServer, size: int) -> None:
    store = Store(f"unix://{server.folder}/socket?{PATIENT}")
    store.command("PING")
    store.command("SET", "big", b"x" * size)
    assert store.command("GET", "big") == b"x" * size
    assert store.command("PING") == b"PONG"


def test_threads_get_their_own_answers(server: RealServer) -> None:
    store = Store(server.patient_url)
    with ThreadPoolExecutor(8) as pool:
        said = pool.map(lambda number: [store.command("ECHO", number) for _ in range(50)], range(8))
        assert list(said) == [[str(number).encode()] * 50 for number in range(8)]


def test_a_forked_process_gets_its_own_answers(server: RealServer) -> None:
    store = Store(server.patient_url)
    mine = store.command("CLIENT", "ID")
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        try:  # whatever happens, it must not go on as a second runner of the tests
            os.write(tell, b"%d" % store.command("CLIENT", "ID"))
        finally:
            os._exit(0)
    try:
        wait_until(lambda: os.waitpid(child, os.WNOHANG)[0], seconds=20)
    except AssertionError:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        raise
    os.close(tell)
    assert int(os.read(told, 99)) != mine
    assert store.command("CLIENT", "ID") == mine


Says = Callable[[socket.socket], None]


@pytest.fixture
def strange() -> Iterator[Callable[[Says], Store]]:
    """Makes a store on a server that treats each connection so."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(says: Says) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=says, args=(connection,), daemon=True).start()

    def a_store(says: Says) -> Store:
        threading.Thread(target=serve, args=(says,), daemon=True).start()
        return Store(f"redis://127.0.0.1:{listener.getsockname()[1]}/0", manner=Manner(TIMEOUT_SECONDS))

    yield a_store
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


def dribble(connection: socket.socket) -> None:
    """A first answer at once; of the next a byte now and then, for longer than anyone waits."""
    connection.recv(4096)
    connection.sendall(b"+PONG\r\n")
    connection.recv(4096)
    try:
        connection.sendall(b"$1000\r\n")
        for _ in range(100):
            connection.sendall(b"x")
            time.sleep(TIMEOUT_SECONDS / 10)
    except OSError:
        return


def test_a_server_that_dribbles_costs_no_more_than_one_that_hangs(strange: Callable[[Says], Store]) -> None:
    store = strange(dribble)
    assert store.command("PING") == b"PONG"
    start = time.monotonic()
    with pytest.raises(StoreUnavailableError, match="timed out"):
        store.command("GET", "big")
    assert TIMEOUT_SECONDS * 0.9 < time.monotonic() - start < TIMEOUT_SECONDS * 3


def hang_up_late(connection: socket.socket) -> None:
    """A first answer at once, and then it closes when half of the time is over; a new connection hangs."""
    connection.recv(4096)
    connection.sendall(b"+PONG\r\n")
    connection.recv(4096)
    time.sleep(TIMEOUT_SECONDS / 2)
    connection.close()


def test_a_second_try_has_only_the_time_that_is_left(strange: Callable[[Says], Store]) -> None:
    tries: list[socket.socket] = []

    def says(connection: socket.socket) -> None:
        tries.append(connection)
        if len(tries) == 1:
            hang_up_late(connection)

    store = strange(says)
    assert store.command("PING") == b"PONG"
    start = time.monotonic()
    with pytest.raises(StoreUnavailableError):
        store.command("PING")
    assert len(tries) == 2
    assert time.monotonic() - start < TIMEOUT_SECONDS * 1.9


def talk_too_much(connection: socket.socket) -> None:
    while connection.recv(4096):
        connection.sendall(b"+yours\r\n+another's\r\n")


def test_what_nobody_asked_for_is_given_to_nobody(strange: Callable[[Says], Store]) -> None:
    store = strange(talk_too_much)
    for _ in range(2):  # a first question, and one on a new connection
        with pytest.raises(StoreUnavailableError, match="more than it was asked"):
            store.command("PING")
