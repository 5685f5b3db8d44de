"""The shape of site.yaml, and the Site it becomes. One truth: the README's tables are tested against it."""

from datetime import timedelta
from typing import Any

from marshmallow import ValidationError, post_load

from service.catalogue.currencies import Currencies, Rate
from service.catalogue.fees_schema import CoverFeesSchema, cover_fees, too_large_with_fees
from service.catalogue.fields import (
    Checked,
    Group,
    ListOf,
    MapOf,
    Number,
    OneOf,
    Percent,
    StaffSchema,
    Switch,
    Text,
    currency,
    https_address,
    language,
    origin,
    slug,
)
from service.catalogue.meter_schema import ExclusionsSchema, MeterSchema
from service.catalogue.newsletter_schema import NewsletterSchema, newsletters_of, unfit_newsletter
from service.catalogue.retention_schema import RetentionSchema, forgotten_too_soon
from service.catalogue.theme_schema import ThemeSchema
from service.catalogue.times import Span, Spans, time_zone
from service.domain.fees import CoverFees
from service.domain.human_check import When
from service.domain.money import Interval
from service.domain.page import Exclusions
from service.domain.retention import AS_LONG_AS_CAN_BE
from service.domain.site import (
    MOST_IMPRESSIONS,
    Checkout,
    CheckoutMode,
    FrequencyCap,
    Placement,
    PlacementSettings,
    Rest,
    Site,
    Snooze,
)

PAYMENT_METHODS = {
    name: name for name in ("card", "apple_pay", "google_pay", "paypal", "link", "sepa_debit", "ideal", "bancontact")
}


class SiteFrequencySchema(StaffSchema):
    """frequency: of a site, which also limits one page."""

    max = Number(required=True, most=MOST_IMPRESSIONS)
    window = Span(required=True, zero=False)
    min_gap = Span(load_default=timedelta())
    per_page = Number(load_default=1, least=1, most=3)


class RestSchema(StaffSchema):
    """rest: how long to keep quiet."""

    after_dismissal = Spans(load_default=(timedelta(days=3),))
    after_once = Span(load_default=timedelta(days=90))
    after_cancelled = Span(load_default=timedelta(days=30))

    @post_load
    def _build(self, values: dict[str, Any], **_: Any) -> Rest:
        return Rest(**values)


class SnoozeSchema(StaffSchema):
    """snooze: what "remind me later" offers."""

    choices = ListOf(Span(whole_days=True), required=True)
    default = Span(whole_days=True, required=True)
    never = Switch(load_default=True)
    reminder_email = Switch(load_default=False)
    newsletter = Checked(slug, load_default="")

    @post_load
    def _build(self, values: dict[str, Any], **_: Any) -> Snooze:
        choices = tuple(span.days for span in values["choices"])
        if values["default"].days not in choices:
            raise ValidationError({"default": ["must be one of the choices"]})
        return Snooze(choices, values["default"].days, values["never"], values["reminder_email"], values["newsletter"])


class BannerSchema(StaffSchema):
    """placements.banner: a strip at the edge of the page."""

    switched_on = Switch(load_default=True)
    edge = OneOf({"top": "top", "bottom": "bottom"}, load_default="bottom")


class InlineSchema(StaffSchema):
    """placements.inline: in the article, or after it."""

    switched_on = Switch(load_default=True)
    selector = Text(required=True, longest=300)
    position = OneOf({"end": "end", "after": "after"}, load_default="end")


class OverlaySchema(StaffSchema):
    """placements.overlay: a dialog over the page."""

    switched_on = Switch(load_default=True)


class GateSchema(StaffSchema):
    """placements.gate: where an article is cut."""

    switched_on = Switch(load_default=True)
    selector = Text(required=True, longest=300)
    visible = Number(load_default=2, most=100)


class PlacementsSchema(StaffSchema):
    """placements: which are there, and where they go. One that is left out is never used."""

    banner = Group(BannerSchema)
    inline = Group(InlineSchema)
    overlay = Group(OverlaySchema)
    gate = Group(GateSchema)

    @post_load
    def _build(self, values: dict[str, Any], **_: Any) -> dict[Placement, PlacementSettings]:
        return {Placement(name): PlacementSettings(group.pop("switched_on"), group) for name, group in values.items()}


class CheckoutSchema(StaffSchema):
    """checkout: where readers pay."""

    mode = OneOf(CheckoutMode, load_default=CheckoutMode.HOSTED)
    email = Switch(load_default=False)

    @post_load
    def _build(self, values: dict[str, Any], **_: Any) -> Checkout:
        return Checkout(**values)


class SiteSchema(StaffSchema):
    """config/sites/<site>/site.yaml"""

    name = Text(required=True, longest=100)
    origins = ListOf(Checked(origin), required=True)
    time_zone = Checked(time_zone, required=True)
    languages = ListOf(Checked(language), required=True)
    switched_on = Switch(load_default=True)
    currencies = Currencies(required=True)
    default_interval = OneOf(Interval, load_default=Interval.MONTHLY)
    payment_methods = ListOf(OneOf(PAYMENT_METHODS), load_default=lambda: ["card"])
    frequency = Group(SiteFrequencySchema, required=True)
    rest = Group(RestSchema, load_default=lambda: RestSchema().load({}))
    snooze = Group(SnoozeSchema, required=True)
    never_ask_on = Group(ExclusionsSchema, load_default=Exclusions)
    placements = Group(PlacementsSchema, required=True)
    meter = Group(MeterSchema, load_default=None)
    holdback = Percent(load_default=0.0, most=50)
    newsletters = MapOf(Checked(slug), Group(NewsletterSchema), load_default=dict)
    exchange_rates = MapOf(Checked(currency), Rate(), load_default=dict)
    privacy = Checked(https_address, load_default="")
    terms = Checked(https_address, load_default="")
    human_check = OneOf(When, load_default=When.AUTO)
    checkout = Group(CheckoutSchema, load_default=Checkout)
    cover_fees = Group(CoverFeesSchema, load_default=None)
    theme = Group(ThemeSchema, load_default=None)
    retention = Group(RetentionSchema, load_default=AS_LONG_AS_CAN_BE)

    def build(self, site_id: str, values: Any) -> Site:
        """The site in `values`. Raises marshmallow's ValidationError with every mistake."""
        loaded = self.load(values)
        money = loaded.pop("currencies")
        offer = loaded.pop("cover_fees")
        loaded["cover_fees"] = _together(loaded, money, offer)
        frequency = loaded.pop("frequency")
        return Site(
            id=site_id,
            home=loaded["origins"][0],
            origins=frozenset(loaded.pop("origins")),
            languages=tuple(loaded.pop("languages")),
            payment_methods=tuple(loaded.pop("payment_methods")),
            per_page=frequency.pop("per_page"),
            frequency=FrequencyCap(**frequency),
            **money,
            **loaded,
        )


def _together(loaded: dict[str, Any], money: dict[str, Any], offer: dict[str, Any] | None) -> CoverFees | None:
    """The offer to cover the fees; and the newsletters in `loaded`. Raises ValidationError with every key that does not
    go with another."""
    errors: dict[str, Any] = {}
    if loaded["meter"] and Placement.GATE not in loaded["placements"]:
        errors["meter"] = ["needs a place to cut articles at; add placements.gate with a selector"]
    if (default := money["default_currency"]) in loaded["exchange_rates"]:
        errors["exchange_rates"] = {default: ["is the default currency, worth 1; delete it"]}
    try:
        loaded["newsletters"] = newsletters_of(loaded["newsletters"], loaded["languages"], loaded["privacy"])
        if (offered := loaded["snooze"].newsletter) and (told := unfit_newsletter(offered, loaded["newsletters"])):
            errors["snooze"] = {"newsletter": [told]}
    except ValidationError as error:
        errors["newsletters"] = error.messages
    if told := forgotten_too_soon(loaded):
        errors["retention"] = {"readers": [told]}
    fees = None
    try:
        fees = cover_fees(offer, money["currencies"]) if offer else None
    except ValidationError as error:
        errors["cover_fees"] = error.messages
    if fees and (too_large := too_large_with_fees(fees, money["currencies"])):
        errors["currencies"] = too_large
    if errors:
        raise ValidationError(errors)
    return fees
