"""The service in the demo, served as in production: `python -m service.demo.web PORT`."""

import os
import signal
import sys

from granian import Granian
from granian.constants import Interfaces

from service.catalogue.loader import Loader
from service.catalogue.problems import CatalogueError
from service.demo.leash import when_parent_is_gone
from service.settings import Settings, SettingsError


def main() -> int:
    when_parent_is_gone(lambda: os.kill(os.getpid(), signal.SIGTERM))
    try:  # asked here as well, because a worker's refusal comes wrapped in a traceback
        settings = Settings.from_environ(os.environ)
        Loader(settings.config_dir, settings.extra_origins, settings.abilities).load()
    except (SettingsError, CatalogueError) as refusal:
        print(refusal, flush=True)
        return 1
    Granian(
        "service.demo.app:create_demo_app", address="127.0.0.1", port=int(sys.argv[1]), interface=Interfaces.WSGI,
        factory=True, workers=2, blocking_threads=2, workers_kill_timeout=5,
    ).serve()  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
