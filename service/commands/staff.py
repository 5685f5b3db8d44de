"""honestybox staff password: makes the hash by which somebody may sign in to the staff pages."""

import argparse
import getpass
import sys

from werkzeug.security import generate_password_hash

from service.commands import Subparsers
from service.setting_staff import staff_passwords

_SHORTEST = 12


def add(subparsers: Subparsers) -> None:
    """What the command takes."""
    does = "who may see the staff pages"
    commands = subparsers.add_parser("staff", help=does).add_subparsers(dest="what", required=True)
    password = commands.add_parser("password", help="asks for a password, and prints what the setting needs")
    password.add_argument("name", help="who signs in with it: letters, digits and ._@+-")
    password.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Prints `name=scrypt:…`; 1 for a name or a password that will not do."""
    password = _asked()
    if password is None:
        print("the two are not the same; nothing was made", file=sys.stderr)
        return 1
    if len(password) < _SHORTEST:
        print(f"a password needs {_SHORTEST} characters or more; nothing was made", file=sys.stderr)
        return 1
    pair = f"{given.name}={generate_password_hash(password, method='scrypt')}"
    try:
        staff_passwords(pair)
    except ValueError:
        print(f"{given.name}: a name has letters, digits and ._@+- only", file=sys.stderr)
        return 1
    print(pair)
    if sys.stdout.isatty():
        print("Put it into HONESTYBOX_STAFF_PASSWORD_HASH, in single quotes for the sake of its $.", file=sys.stderr)
    return 0


def _asked() -> str | None:
    """The password, twice at a terminal and else as the first line; None where the two differ."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("Password: ")
    return password if getpass.getpass("The same again: ") == password else None
