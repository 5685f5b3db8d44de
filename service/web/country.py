"""Which country a request comes from: what the edge says, else what a database knows of the reader's address.

Unknown is an answer, None, and never a guess. The address is neither logged nor stored.
"""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import maxminddb
import structlog

from service.web.client_address import LONGEST_ADDRESS, public_address, said_address

log = structlog.get_logger(__name__)

# What edges and databases send for "somewhere": nobody's country.
_NOWHERE = frozenset(("XX", "ZZ", "EU", "AP"))
_MOST_ADDRESSES = 10_000


class Countries:
    """`of` tells a request's country. Headers are named as WSGI has them; an empty name is none.

    Where `country_header` came with the request its word is final, also when it is "unknown". The reader's address is
    the last entry of `address_header`, the one that our own proxy wrote; what stands before it, anybody may have.
    """

    def __init__(self, country_header: str = "", database: Path | None = None, address_header: str = "") -> None:
        self._country_header, self._path = country_header, database
        self._address_header = address_header
        self._known: dict[str, str | None] = {}
        self._stamp: tuple[int, ...] | None = ()
        self._reader: maxminddb.Reader | None = None
        self.refresh()

    def of(self, environ: Mapping[str, Any]) -> str | None:
        """The country's two letters in capitals, or None when it is not known."""
        if self._country_header and (said := environ.get(self._country_header)) is not None:
            return _country(said)
        known, reader = self._known, self._reader
        if reader is None:
            return None
        address = said_address(environ, self._address_header)
        try:
            return known[address]
        except KeyError:
            country = self._look_up(reader, address)
        if len(known) >= _MOST_ADDRESSES:
            known.clear()
        if len(address) <= LONGEST_ADDRESS:
            known[address] = country
        return country

    def _look_up(self, reader: maxminddb.Reader, text: str) -> str | None:
        address = public_address(text)
        if address is None or (address.version == 6 and reader.metadata().ip_version == 4):
            return None
        try:
            return _recorded_country(reader.get(address))
        except maxminddb.InvalidDatabaseError:
            log.warning("country_database_damaged", path=str(self._path))
            self._reader = None  # until it is replaced; every other look would fail, too
            return None

    def refresh(self) -> None:
        """Forgets every address, and opens the file if it is another one; what will not open is passed over."""
        stamp = _stamp(self._path) if self._path else ()
        if self._path and stamp != self._stamp:
            self._stamp = stamp
            try:
                # The one before is not closed: another thread may be looking something up in it.
                self._reader = maxminddb.open_database(self._path)
            except (OSError, maxminddb.InvalidDatabaseError) as error:
                log.warning("country_database_refused", path=str(self._path), error=type(error).__name__)
        self._known = {}

    def watch(self, every_seconds: float = 60) -> None:
        """Starts refreshing in the background, for the life of the process; does nothing without a database."""

        def run() -> None:
            pause = threading.Event()
            while not pause.wait(every_seconds):
                self.refresh()

        if self._path:
            threading.Thread(target=run, name="country-database", daemon=True).start()


def _stamp(path: Path) -> tuple[int, ...] | None:
    """Changes whenever the file is replaced; None while there is none."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


def _country(said: object) -> str | None:
    """Two letters in capitals, when `said` is a country's. Cloudflare says XX for unknown and T1 for Tor."""
    if not isinstance(said, str) or len(said) != 2 or not (said.isascii() and said.isalpha()):
        return None
    code = said.upper()
    return None if code in _NOWHERE else code


def _recorded_country(record: object) -> str | None:
    """What a record says: MaxMind and DB-IP write `country.iso_code`, ipinfo `country_code` or `country`.

    Not `registered_country`: where a network was registered says little about who reads.
    """
    if not isinstance(record, Mapping):
        return None
    country = record.get("country")
    if isinstance(country, Mapping):
        return _country(country.get("iso_code"))
    return _country(record.get("country_code", country))
