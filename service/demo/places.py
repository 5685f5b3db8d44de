"""Where the demo keeps its things, and at which addresses its parts answer."""

import os
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
DEMO_DIR = "HONESTYBOX_DEMO_DIR"
SITE = "daily-lantern"


def demo_dir() -> Path:
    """`.demo` in the current folder, or where HONESTYBOX_DEMO_DIR says."""
    return Path(os.environ.get(DEMO_DIR, ".demo")).resolve()


def clock_file() -> Path:
    return demo_dir() / "clock"


def config_dir() -> Path:
    """The folder staff edit."""
    return Path(os.environ.get("HONESTYBOX_CONFIG_DIR", REPOSITORY / "config")).resolve()


@dataclass(frozen=True, slots=True)
class Addresses:
    """The paper on `port`, the service on the next one, the sandbox on the one after."""

    port: int

    @property
    def paper(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def service(self) -> str:
        return f"http://127.0.0.1:{self.port + 1}"

    @property
    def sandbox(self) -> str:
        return f"http://127.0.0.1:{self.port + 2}"

    @property
    def origins(self) -> str:
        """The paper's origins, as the service's EXTRA_ORIGINS wants them."""
        return f"{SITE}=http://127.0.0.1:{self.port},http://localhost:{self.port}"
