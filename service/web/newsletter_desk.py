"""What becomes of a wish for a newsletter: asked for, confirmed, taken back."""

from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex

from service.domain.newsletter import SignUp, Wish
from service.store.readers import ReaderStore
from service.store.signups import DELIVERY_JOB, END_JOB, MAIL_JOB, SignUps
from service.web.seal import Seal
from service.web.wishes import close_wish


@dataclass(frozen=True, slots=True)
class NewsletterDesk:
    """Every method raises StoreUnavailableError, and may then be called again. `readers`: that waits for a Redis which
    restarts."""

    sign_ups: SignUps
    readers: ReaderStore
    seal: Seal

    def ask(self, wish: Wish) -> None:
        """Has the reader written to, whether or not we know the address. From now on they are not asked for this
        newsletter any more; that is taken back where the mail is not answered."""
        now, name = wish.asked_at, self._name(wish)
        sign_up = self.sign_ups.ask(wish.site, name, wish.newsletter, wish.reader, now)
        sealed = close_wish(self.seal, wish)
        if wish.reader:
            self.sign_ups.put_lapse(name, sign_up, {"wish": sealed})
        self.sign_ups.put(MAIL_JOB, name, {"wish": sealed})
        if wish.reader:
            self.readers.record_newsletter(wish.site, wish.reader, wish.newsletter, now, has=True)

    def confirm(self, wish: Wish, now: datetime) -> bool:
        """Has the address handed to the provider, once, however often this is called; True the first time."""
        name = self._name(wish)
        known = self.sign_ups.find(wish.site, name)
        # One whose reader had it erased confirms a new wish, and is not connected with that reader again.
        sign_up = known or SignUp(token_hex(16), wish.newsletter, "", wish.asked_at)
        sign_up = self.sign_ups.confirm(wish.site, name, sign_up, now)
        if sign_up.delivered_at is None:
            self.sign_ups.put(DELIVERY_JOB, name, {"wish": close_wish(self.seal, wish), "turn": 0})
        self._remember(wish, sign_up, now, has=True)
        return known is None or not known.wanted

    def end(self, wish: Wish, now: datetime) -> None:
        """Takes it back: nothing more is mailed or handed on, and a provider that may have the address is told."""
        name = self._name(wish)
        known = self.sign_ups.find(wish.site, name)
        if known is None or known.ended_at is not None:
            return
        self.sign_ups.end(wish.site, name, now)
        if known.confirmed_at is not None:
            self.sign_ups.put(END_JOB, name, {"wish": close_wish(self.seal, wish), "turn": 0})
        self._remember(wish, known, now, has=False)

    def _remember(self, wish: Wish, sign_up: SignUp, now: datetime, *, has: bool) -> None:
        if sign_up.reader:
            self.readers.record_newsletter(wish.site, sign_up.reader, wish.newsletter, now, has=has)

    def _name(self, wish: Wish) -> str:
        return self.sign_ups.name(wish.site, wish.newsletter, wish.email)
