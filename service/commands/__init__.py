"""What `honestybox` can do, one module for each command: `add` says what it takes, `run` does it.

They see everything, as `app.py` does; nothing but `cli.py` imports them, and they never import each other.
"""

import argparse
from typing import TypeAlias

Subparsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
