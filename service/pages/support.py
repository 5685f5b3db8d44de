"""GET and POST /<site>/support: where anybody may give, by an address that can be shared, without a script.

The address says what is chosen beforehand: `?interval=monthly&currency=EUR&amount=5`. What is posted leads to Stripe's
page, or back to the form with a sentence about what was wrong.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from service.domain.contribution import Attribution
from service.domain.money import Interval, exponent
from service.domain.site import CheckoutMode
from service.pages.attempt import new_attempt, read_attempt
from service.pages.frame import Frame, check_own_page, open_frame, pages_blueprint
from service.payments.checkout import Order
from service.web.asked_amounts import charge_for, fees_note
from service.web.checkouts import Wanted, checkout_answer
from service.web.giving_form import form
from service.web.parts import Parts
from service.web.problems import ProblemError
from service.web.schemas import LONGEST_EMAIL, is_email
from service.web.where import where_of
from service.web.written_amount import written_minor

OWN = "own"


def support_views(parts: Parts) -> Blueprint:
    """The views of this module."""
    views = pages_blueprint("support", parts, forms_lead_away=True, indexed=True)

    @views.get("/<site_id>/support")
    def show(site_id: str) -> ResponseReturnValue:
        return _Landing(parts, site_id, request.args).show()

    @views.post("/<site_id>/support")
    def act(site_id: str) -> ResponseReturnValue:
        check_own_page(parts.settings.public_url)
        return _Landing(parts, site_id, request.form).act()

    return views


class _Landing:
    """One request. `given`: its query, or its form."""

    def __init__(self, parts: Parts, site_id: str, given: Mapping[str, str]) -> None:
        self.parts, self.given = parts, given
        self.frame: Frame = open_frame(parts, site_id, given)
        self.site, self.words, self.language = self.frame.site, self.frame.words, self.frame.language
        self.interval = _one_of(Interval, given.get("interval"), self.site.default_interval)
        wanted = given.get("currency", "").upper()
        at_home = self.site.currency_for(parts.countries.of(request.environ))
        self.currency = wanted if wanted in self.site.currencies else at_home
        self.amounts = self.site.currencies[self.currency]

    def show(self, status: int = 200, problem: str = "", field: str = "") -> ResponseReturnValue:
        """The form, as it was filled in."""
        told = form(self.site, self.currency, self.words, self.language)
        chosen, own = self._chosen()
        offered = bool(told["fees"]) and told["fees"]["checked"]
        fees = self.given.get("cover_fees") == "yes" if "attempt" in self.given else offered
        return self.frame.page(
            "support.html", status,
            form=told, interval=self.interval, currency=self.currency, chosen=chosen, own=own, problem=problem,
            wrong=field, email=self.given.get("email", "")[:LONGEST_EMAIL], link=self.link,
            fees=fees,
            attempt=new_attempt(self.parts.tokens, self.site.id, self.parts.clock()),
            address=f"{self.parts.settings.public_url}{self.link()}",
            currencies=self.site.currencies_to_choose(self.currency),
        )  # fmt: skip

    def link(self, **changes: str) -> str:
        """The address of this page with another choice."""
        own = {"interval": str(self.interval), "currency": self.currency, "language": self.language}
        return f"/{self.site.id}/support?{urlencode({**own, **changes})}"

    def _chosen(self) -> tuple[str, str]:
        """Which amount is ticked, and what is written beside "other"."""
        suggested = [str(minor) for minor in self.amounts.suggested[self.interval]]
        ticked, written = self.given.get("amount", ""), self.given.get("own", "")[:24]
        if "attempt" in self.given:  # a form that comes back
            return (ticked, "") if ticked in suggested else (OWN, written)
        minor = written_minor(ticked, self.currency, "en") if ticked else None
        if minor is None:
            return str(self.amounts.chosen(self.interval)), ""
        return (str(minor), "") if str(minor) in suggested else (OWN, _plain(minor, self.currency))

    def act(self) -> ResponseReturnValue:
        """On to Stripe; or the form again."""
        try:
            return redirect(self._checkout(), 303)
        except ProblemError as refusal:
            field = "amount" if refusal.field == "amount_minor" else refusal.field
            return self.show(refusal.status, refusal.detail, field)

    def _checkout(self) -> str:
        parts, now = self.parts, self.parts.clock()
        attempt = read_attempt(parts.tokens, self.site.id, self.given.get("attempt", ""), now)
        if attempt is None:
            raise ProblemError(422, self.words.say("page_support_stale"))
        minor, email = self._amount(), self._email()
        fees = self.site.cover_fees is not None and self.given.get("cover_fees") == "yes"
        wish: dict[str, Any] = {
            "interval": self.interval, "currency": self.currency, "amount_minor": minor, "cover_fees": fees,
            "email": email, "check": None, "attempt": attempt.of(self.interval, self.currency, minor, fees, email),
        }  # fmt: skip
        charge = charge_for(self.site, wish, self.words, self.language)
        parts.admission.admit(self.site, attempt.reader, wish, self.words, now)
        where = where_of(parts, {"device": "", "section": ""})._asdict()
        asked = Attribution(site=self.site.id, reader=attempt.reader, attempt=wish["attempt"], **where)
        order = Order(
            interval=self.interval,
            currency=self.currency,
            amount_minor=charge.amount_minor,
            fees_minor=charge.fees_minor,
            title=self.words.say("product_title", site=self.site.name),
            note=fees_note(charge, self.currency, self.words, self.language),
            language=self.language,
            attribution=asked,
            return_url=parts.settings.public_url + self.link(amount=_plain(minor, self.currency)),
            email=email,
            thanks_url=f"{parts.settings.public_url}/{self.site.id}/thanks?{urlencode({'language': self.language})}",
        )
        return str(checkout_answer(parts, order, Wanted(CheckoutMode.HOSTED), self.words)["checkout_url"])

    def _amount(self) -> int:
        ticked = self.given.get("amount", "")
        if ticked in map(str, self.amounts.suggested[self.interval]):
            return int(ticked)
        minor = written_minor(self.given.get("own", ""), self.currency, self.language)
        if minor is None:
            example = form(self.site, self.currency, self.words, self.language)["amounts"][self.interval][0]["label"]
            raise ProblemError(422, self.words.say("amount_unclear", example=example), "amount_minor")
        return minor

    def _email(self) -> str:
        email = self.given.get("email", "").strip() if self.site.checkout.email else ""
        if email and not (is_email(email) and len(email) <= LONGEST_EMAIL):
            raise ProblemError(422, self.words.say("email_unclear"), "email")
        return email


def _one_of(kind: type[Interval], text: str | None, default: Interval) -> Interval:
    return kind(text) if text in list(kind) else default


def _plain(minor: int, currency: str) -> str:
    """As addresses have it: "12.50"."""
    digits = exponent(currency)
    whole, rest = divmod(minor, 10**digits)
    return f"{whole}.{rest:0{digits}d}" if rest else str(whole)
