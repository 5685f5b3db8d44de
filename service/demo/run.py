"""`honestybox demo`: a newspaper, the service, a Stripe sandbox and a Valkey on this computer, until Ctrl-C."""

import fcntl
import logging
import os
import shlex
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from werkzeug.security import generate_password_hash

from service.demo.child import Child
from service.demo.clock import DemoClock
from service.demo.paper import create_paper
from service.demo.places import DEMO_DIR, SITE, Addresses, clock_file, config_dir, demo_dir
from service.demo.ports import CannotRun, answers, check_ports, free_port, is_listening
from service.demo.sandbox import create_sandbox
from service.demo.secret import derived, kept_secret
from service.demo.serving import Running
from service.demo.terminal import EDITING, Forwarder, complain, say

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
EDITOR = "editor"
START_SECONDS = 30.0
RESTART_SECONDS = 3.0
DEATHS_ALLOWED, DEATHS_WINDOW = 5, 60.0


def run_demo(port: int = 8000) -> int:
    """Run until Ctrl-C or SIGTERM; the exit code: 0 when asked to stop, 1 when it could not go on."""
    leave = threading.Event()
    previous = {number: signal.signal(number, lambda *_: leave.set()) for number in STOPPING}
    try:
        folder = demo_dir()
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "lock").open("w") as lock:
            check_alone(lock.fileno(), folder)
            check_ports(port)
            check_sample()
            Demo(port, folder).run(leave)
    except CannotRun as reason:
        complain(str(reason))
        return 1
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
    return 0


def check_alone(lock: int, folder: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise CannotRun(
            f"Another demo is running with the folder {folder}. Stop it, or give this one a folder of its own: "
            f"{DEMO_DIR}=/tmp/second-demo PORT=9000 make demo"
        ) from None


def check_sample() -> None:
    """The README tells publishers to delete the sample once they have a site of their own."""
    folder = config_dir() / "sites" / SITE
    if not (folder / "site.yaml").is_file():
        raise CannotRun(f"The demo shows the sample site, and {shown(folder)} is not there; bring it back to see it.")


class Demo:
    """The parts, and the order in which they come and go."""

    def __init__(self, port: int, folder: Path) -> None:
        self.at, self.folder, self.logs = Addresses(port), folder, folder / "logs"
        self.logs.mkdir(exist_ok=True)
        self.forward = Forwarder()
        self.memory_port = free_port()
        self.secret = kept_secret(folder / "secret")
        self.password = derived(self.secret, "staff password")[:16]
        self.password_hash = f"{EDITOR}={generate_password_hash(self.password)}"
        self.children = [self.memory(), self.service(), self.worker()]
        self.deaths: list[float] = []

    def memory(self) -> Child:
        arguments = ["service.demo.memory", str(self.memory_port), str(self.folder / "valkey")]
        return Child("Valkey", arguments, self.logs / "valkey.log", environ=os.environ, hear=lambda _line: None)

    def service(self) -> Child:
        arguments = ["service.demo.web", str(self.at.port + 1)]
        log = self.logs / "service.log"
        return Child("The service", arguments, log, environ=self.environ(), hear=self.forward)

    def worker(self) -> Child:
        log = self.logs / "worker.log"
        return Child("The worker", ["service.demo.worker"], log, environ=self.environ(), hear=self.forward_work)

    def forward_work(self, line: str) -> None:
        """Without what is told of edited files, which the service says sooner."""
        if not any(f'"{event}"' in line for event in EDITING):
            self.forward(line)

    def environ(self) -> dict[str, str]:
        """Settings of the surrounding shell must not leak in: a real Stripe key has no business here."""
        ours = {
            "SECRET_KEYS": self.secret, "REDIS_URL": f"redis://127.0.0.1:{self.memory_port}/0",
            "STRIPE_SECRET_KEY": f"sk_test_sandbox{derived(self.secret, 'key')}",
            "STRIPE_PUBLISHABLE_KEY": f"pk_test_sandbox{derived(self.secret, 'publishable key')}",
            "STRIPE_WEBHOOK_SECRETS": self.webhook_secret, "STRIPE_API_BASE": self.at.sandbox,
            "PUBLIC_URL": self.at.service, "CONFIG_DIR": str(config_dir()), "EXTRA_ORIGINS": self.at.origins,
            "STAFF_TOKENS": self.staff_token, "STAFF_PASSWORD_HASH": self.password_hash,
            "HUMAN_CHECK": "turnstile:demo:demo", "HUMAN_CHECK_BASE": self.at.sandbox,
            "NEWSLETTER_PROVIDERS": f"{SITE}=csv:{self.folder / 'subscribers.csv'}",
            "MAIL_URL": self.outbox.as_uri(), "MAIL_FROM": "The Daily Lantern <support@daily-lantern.example>",
        }  # fmt: skip
        others = {name: value for name, value in os.environ.items() if not name.startswith("HONESTYBOX_")}
        named = {f"HONESTYBOX_{name}": value for name, value in ours.items()}
        return {**others, **named, DEMO_DIR: str(self.folder), "PYTHONUNBUFFERED": "1"}

    def keep_settings(self) -> None:
        """So that every other command can be tried on this demo: `set -a; . .demo/environ`."""
        ours = {name: value for name, value in self.environ().items() if name.startswith("HONESTYBOX_")}
        text = "".join(f"{name}={shlex.quote(value)}\n" for name, value in ours.items())
        path = self.folder / "environ"
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")

    @property
    def outbox(self) -> Path:
        return self.folder / "outbox"

    @property
    def webhook_secret(self) -> str:
        return f"whsec_{derived(self.secret, 'webhook')}"

    @property
    def staff_token(self) -> str:
        return derived(self.secret, "staff")

    def run(self, leave: threading.Event) -> None:
        self.log_pages()
        self.keep_settings()
        clock = DemoClock(clock_file())
        sandbox = create_sandbox(
            f"{self.at.service}/webhooks/stripe", self.webhook_secret, clock=clock,
            state_file=self.folder / "sandbox.json",
        )  # fmt: skip
        paper = create_paper(
            service=self.at.service, sandbox=self.at.sandbox, clock=clock, config_dir=config_dir() / "sites" / SITE,
            staff_token=self.staff_token, outbox=self.outbox,
        )  # fmt: skip
        servers = [Running(sandbox, self.at.port + 2), Running(paper, self.at.port)]
        try:
            for server in servers:
                server.start()
            self.start_children(leave)
            self.greet(leave)
            while not leave.wait(0.3):
                self.look_after_children(leave)
        finally:
            self.stop(sandbox.sandbox.courier.stop, servers)

    def log_pages(self) -> None:
        handler = logging.FileHandler(self.logs / "pages.log", encoding="utf-8")
        for name in ("honestybox.demo", "werkzeug", "paper", "sandbox"):
            logger = logging.getLogger(name)
            logger.addHandler(handler)
            logger.propagate = False
            logger.setLevel(logging.INFO)

    def start_children(self, leave: threading.Event) -> None:
        memory, service, worker = self.children
        memory.start()
        wait_until(lambda: is_listening(self.memory_port), memory, leave)
        service.start()
        wait_until(lambda: answers(self.at.port + 1), service, leave)
        worker.start()

    def greet(self, leave: threading.Event) -> None:
        if leave.is_set():
            return
        say(f"\n  The Daily Lantern is out: {self.at.paper}/\n")
        say(f"  Edit {shown(config_dir() / 'sites' / SITE)} and reload: the words change.")
        say(f"  The staff pages: {self.at.service}/staff/  (name {EDITOR}, password {self.password})")
        say("  The bar at the foot of each page moves the clock and says why. Ctrl-C stops everything.\n")

    def look_after_children(self, leave: threading.Event) -> None:
        """Say who died and start it again; give up when that keeps happening."""
        for child in self.children:
            if not child.has_died:
                continue
            child.sweep()
            now = time.monotonic()
            self.deaths = [at for at in self.deaths if now - at < DEATHS_WINDOW] + [now]
            if len(self.deaths) > DEATHS_ALLOWED:
                raise CannotRun(f"{child.name} keeps stopping.\n{last_words(child)}")
            say(f"{child.name} stopped; starting it again in {RESTART_SECONDS:.0f} s.\n{last_words(child)}")
            if not leave.wait(RESTART_SECONDS):
                child.start()

    def stop(self, stop_webhooks: Callable[[], None], servers: list[Running]) -> None:
        """The service first, then what it leans on."""
        self.forward.open = False
        for number in STOPPING:
            signal.signal(number, ignore)  # a second Ctrl-C must not interrupt the tidying
        stop_webhooks()
        for child in reversed(self.children):
            child.stop()
        for server in servers:
            if server.thread.is_alive():
                server.stop()


def ignore(_number: int, _frame: FrameType | None) -> None:
    return


def wait_until(ready: Callable[[], bool], child: Child, leave: threading.Event) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not ready() and not leave.is_set():
        if child.has_died:
            child.sweep()
            raise CannotRun(f"{child.name} could not start.\n{last_words(child)}")
        if time.monotonic() > deadline:
            raise CannotRun(f"{child.name} did not answer within {START_SECONDS:.0f} s.\n{last_words(child)}")
        leave.wait(0.05)


def last_words(child: Child) -> str:
    return "\n".join([*(f"  | {line}" for line in child.tail), f"  The whole log: {shown(child.log)}"])


def shown(path: Path) -> str:
    """The path as somebody in this folder would type it."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
