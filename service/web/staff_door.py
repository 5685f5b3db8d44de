"""Who may see the staff pages: whoever signed in with a password, or whom the newsroom's own sign-on names."""

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from secrets import token_hex, token_urlsafe
from typing import Any, NamedTuple

from werkzeug.security import check_password_hash, generate_password_hash

from service.settings import Settings
from service.store.sign_outs import SignOuts
from service.web.client_address import plain_address
from service.web.tokens import TokenError, Tokens

LIFE = timedelta(hours=12)
_LONGEST_NAME = 100


class Visitor(NamedTuple):
    """Somebody who may come in. `session`: of a cookie, which ends at `until`; empty where a proxy vouches for them."""

    who: str
    session: str = ""
    until: datetime | None = None


class Door:
    """Tells who comes, and makes what they have to bring."""

    def __init__(self, settings: Settings, tokens: Tokens, sign_outs: SignOuts) -> None:
        self._passwords, self._header = settings.staff_password_hash, settings.staff_header
        self._proxies, self._tokens, self._sign_outs = settings.staff_proxies, tokens, sign_outs
        # With the prefix, no page of a neighbouring host can plant one. Source: RFC 6265bis, section 4.1.3.
        self.secure = settings.public_url.startswith("https:")
        self.cookie = "__Secure-honestybox-staff" if self.secure else "honestybox-staff"

    @property
    def is_there(self) -> bool:
        """False where nobody was given a way in: then there are no staff pages at all."""
        return bool(self._passwords or self._header)

    @property
    def takes_passwords(self) -> bool:
        """False where only the newsroom's own sign-on opens."""
        return bool(self._passwords)

    def visitor(self, environ: Mapping[str, Any], cookie: str, now: datetime) -> Visitor | None:
        """Who comes, or None for a stranger."""
        return self._vouched_for(environ) or (self._signed_in(cookie, now) if cookie else None)

    def _vouched_for(self, environ: Mapping[str, Any]) -> Visitor | None:
        said = environ.get(self._header, "") if self._header else ""
        address = plain_address(environ.get("REMOTE_ADDR") or "")
        if not said or address is None or not any(address in network for network in self._proxies):
            return None
        who = said.encode("latin-1").decode("utf-8", "replace").strip()[:_LONGEST_NAME]  # WSGI's headers are latin-1
        return Visitor(who) if who and who.isprintable() else None

    def _signed_in(self, cookie: str, now: datetime) -> Visitor | None:
        until, session, who = [*cookie.rpartition(".")[0].split(".", 2), "", ""][:3]
        if who not in self._passwords:
            return None
        try:
            self._tokens.unsigned(self._purpose(who), cookie, "a session of ours")
        except TokenError:
            return None
        ends = datetime.fromtimestamp(int(until), UTC)
        return Visitor(who, session, ends) if now < ends and not self._sign_outs.has(session) else None

    def _purpose(self, who: str) -> str:
        """A session is good for as long as the password is the same."""
        return f"staff-session:{self._passwords[who]}"

    def knows(self, who: str, password: str) -> bool:
        """True for the right password; a name that nobody has takes as long."""
        fits = check_password_hash(self._passwords.get(who) or _nobodys(), password)
        return fits and who in self._passwords

    def admit(self, who: str, now: datetime) -> str:
        """The cookie of a session that begins now."""
        return self._tokens.signed(self._purpose(who), f"{int((now + LIFE).timestamp())}.{token_hex(8)}.{who}")

    def see_off(self, visitor: Visitor, now: datetime) -> None:
        """Ends the session. Raises StoreUnavailableError."""
        if visitor.until:
            self._sign_outs.add(visitor.session, int((visitor.until - now).total_seconds()))

    def form_token(self, visitor: Visitor) -> str:
        """What every form of this visitor has to bring back."""
        return self._tokens.signed("staff-form", f"{visitor.session}.{visitor.who.encode().hex()}")

    def is_own_form(self, visitor: Visitor, token: str) -> bool:
        """True for a form that was made for this visitor, in this session."""
        return hmac.compare_digest(token.encode(), self.form_token(visitor).encode())


@cache
def _nobodys() -> str:
    """A hash that no password fits."""
    return generate_password_hash(token_urlsafe(32))
