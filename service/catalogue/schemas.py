"""The shape of staff's files, and what they become. One truth: the README's tables are tested against it."""

import fnmatch
import re
from datetime import UTC, timedelta
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, post_load, validates_schema

from service.catalogue.fields import (
    Checked,
    Group,
    ListOf,
    MapOf,
    Number,
    OneOf,
    Span,
    StaffField,
    StaffSchema,
    Switch,
    Text,
    country,
    currency,
    language,
    moment,
    origin,
    slug,
    time_zone,
)
from service.catalogue.markdown import CopyError, parse_body, parse_line
from service.domain.campaign import Campaign, Copy, Kind, Schedule, Variant
from service.domain.money import CARD_MINIMUM, Interval, MoneyError, to_minor, to_stripe
from service.domain.reader import short_key
from service.domain.site import (
    Amounts,
    Exclusions,
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


class FrequencySchema(StaffSchema):
    """frequency: of a campaign."""

    max = Number(required=True, most=1000)
    window = Span(required=True)
    min_gap = Span(load_default=timedelta())

    @post_load
    def _build(self, values: dict[str, Any], **_: Any) -> FrequencyCap:
        return FrequencyCap(**values)


class SiteFrequencySchema(StaffSchema):
    """frequency: of a site, which also limits one page."""

    max = Number(required=True, most=1000)
    window = Span(required=True)
    min_gap = Span(load_default=timedelta())
    per_page = Number(load_default=1, least=1, most=3)


class AmountsSchema(StaffSchema):
    """currencies.<code>: amounts in major units, as people say them."""

    minimum = Number(required=True, whole=False)
    maximum = Number(required=True, whole=False, most=99_999_999)
    once = ListOf(Number(whole=False, most=99_999_999), required=True)
    monthly = ListOf(Number(whole=False, most=99_999_999), required=True)
    annual = ListOf(Number(whole=False, most=99_999_999), required=True)


class Currencies(StaffField):
    """currencies: `default`, `by_country`, and one group for each currency."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ValidationError("must be a group with `default` and one group for each currency")
        codes = {code: group for code, group in value.items() if code not in ("default", "by_country")}
        amounts = MapOf(Checked(currency), Group(AmountsSchema)).deserialize(codes)
        errors: dict[str, Any] = {}
        default = value.get("default")
        if default not in amounts:
            errors["default"] = [f"must name one of the currencies below ({', '.join(amounts) or 'none yet'})"]
        by_country = self._by_country(value.get("by_country") or {}, amounts, errors)
        built = {code: self._amounts(code, group, errors) for code, group in amounts.items()}
        if errors:
            raise ValidationError(errors)
        return {"default_currency": default, "currency_by_country": by_country, "currencies": built}

    def _by_country(self, value: Any, amounts: dict[str, Any], errors: dict[str, Any]) -> dict[str, str]:
        try:
            return MapOf(Checked(country), OneOf({code: code for code in amounts})).deserialize(value)  # type: ignore[no-any-return]
        except ValidationError as error:
            errors["by_country"] = error.messages
            return {}

    def _amounts(self, code: str, group: dict[str, Any], errors: dict[str, Any]) -> Amounts | None:
        wrong = errors.setdefault(code, {})

        def minor(path: str, amount: Any) -> int:
            try:
                return to_minor(Decimal(amount), code)
            except MoneyError as error:
                wrong[path] = [str(error)]
                return 0

        low, high = minor("minimum", group["minimum"]), minor("maximum", group["maximum"])
        if not wrong and to_stripe(low, code) < CARD_MINIMUM.get(code, 1):
            wrong["minimum"] = [f"is less than Stripe charges in {code}; write at least {CARD_MINIMUM[code] / 100:g}"]
        suggested = {}
        for interval in Interval:
            suggested[interval] = tuple(minor(interval, amount) for amount in group[interval])
            if not wrong and not all(low <= amount <= high for amount in suggested[interval]):
                wrong[interval] = ["must lie between minimum and maximum"]
        if wrong:
            return None
        del errors[code]
        return Amounts(code, low, high, suggested)


class RestSchema(StaffSchema):
    """rest: how long to keep quiet."""

    after_dismissal = Span(load_default=timedelta(days=3))
    after_once = Span(load_default=timedelta(days=90))
    after_cancelled = Span(load_default=timedelta(days=30))

    @post_load
    def _build(self, values: dict[str, Any], **_: Any) -> Rest:
        return Rest(**values)


class SnoozeSchema(StaffSchema):
    """snooze: what "remind me later" offers."""

    choices = ListOf(Span(whole_days=True), required=True)
    default = Span(whole_days=True, required=True)

    @post_load
    def _build(self, values: dict[str, Any], **_: Any) -> Snooze:
        choices = tuple(span.days for span in values["choices"])
        if values["default"].days not in choices:
            raise ValidationError({"default": ["must be one of the choices"]})
        return Snooze(choices, values["default"].days)


class ExclusionsSchema(StaffSchema):
    """never_ask_on: pages on which nobody is asked."""

    sections = ListOf(Text(), load_default=list, least=0)
    tags = ListOf(Text(), load_default=list, least=0)
    urls = ListOf(Text(), load_default=list, least=0)

    @post_load
    def _build(self, values: dict[str, Any], **_: Any) -> Exclusions:
        patterns = "|".join(fnmatch.translate(url) for url in values["urls"])
        return Exclusions(
            frozenset(section.casefold() for section in values["sections"]),
            frozenset(tag.casefold() for tag in values["tags"]),
            re.compile(patterns) if patterns else None,
        )


class BannerSchema(StaffSchema):
    """placements.banner"""

    switched_on = Switch(load_default=True)
    edge = OneOf({"top": "top", "bottom": "bottom"}, load_default="bottom")


class InlineSchema(StaffSchema):
    """placements.inline"""

    switched_on = Switch(load_default=True)
    selector = Text(required=True, longest=300)
    position = OneOf({"end": "end", "after": "after"}, load_default="end")


class OverlaySchema(StaffSchema):
    """placements.overlay"""

    switched_on = Switch(load_default=True)


class PlacementsSchema(StaffSchema):
    """placements: which are there, and where they go. One that is left out is never used."""

    banner = Group(BannerSchema)
    inline = Group(InlineSchema)
    overlay = Group(OverlaySchema)

    @post_load
    def _build(self, values: dict[str, Any], **_: Any) -> dict[Placement, PlacementSettings]:
        return {Placement(name): PlacementSettings(group.pop("switched_on"), group) for name, group in values.items()}


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

    def build(self, site_id: str, values: Any) -> Site:
        """The site in `values`. Raises marshmallow's ValidationError with every mistake."""
        loaded = self.load(values)
        frequency = loaded.pop("frequency")
        return Site(
            id=site_id,
            origins=frozenset(loaded.pop("origins")),
            languages=tuple(loaded.pop("languages")),
            payment_methods=tuple(loaded.pop("payment_methods")),
            per_page=frequency.pop("per_page"),
            frequency=FrequencyCap(**frequency),
            **loaded.pop("currencies"),
            **loaded,
        )


class ScheduleSchema(StaffSchema):
    """schedule: in the site's time zone; `until` is the first moment after the end."""

    from_ = Checked(moment, data_key="from")
    until = Checked(moment)

    @validates_schema
    def _in_order(self, values: dict[str, Any], **_: Any) -> None:
        if "from_" in values and "until" in values and values["until"] <= values["from_"]:
            raise ValidationError({"until": ["must be later than from"]})


class CopySchema(StaffSchema):
    """copy.<language>: Markdown."""

    heading = Text(required=True, longest=120)
    body = Text(required=True)
    button = Text(required=True, longest=40)


class VariantSchema(StaffSchema):
    """variants.<name>"""

    weight = Number(load_default=1, whole=False)
    copy = MapOf(Checked(language), Group(CopySchema), required=True, least=1)


class CampaignSchema(StaffSchema):
    """config/sites/<site>/campaigns/<name>.yaml"""

    kind = OneOf(Kind, required=True)
    placement = OneOf(Placement, required=True)
    priority = Number(load_default=0, least=-1000, most=1000)
    schedule = Group(ScheduleSchema, load_default=dict)
    frequency = Group(FrequencySchema, load_default=None)
    variants = MapOf(Checked(slug), Group(VariantSchema), required=True, least=1)

    def build(self, campaign_id: str, values: Any, site: Site) -> Campaign:
        """The campaign in `values`. Raises marshmallow's ValidationError with every mistake."""
        loaded = self.load(values)
        errors: dict[str, Any] = {}
        variants = _variants(loaded["variants"], site, errors)
        if not any(variant.weight for variant in variants):
            errors.setdefault("variants", {})["weight"] = ["all weights are 0; give one variant a weight above 0"]
        if loaded["placement"] not in site.placements:
            errors["placement"] = [f"{loaded['placement']} is not among the placements of site.yaml; add it there"]
        if errors:
            raise ValidationError(errors)
        return Campaign(
            id=campaign_id,
            key=short_key(f"{site.id}/{campaign_id}"),
            kind=loaded["kind"],
            placement=loaded["placement"],
            priority=loaded["priority"],
            schedule=_schedule(loaded["schedule"], site),
            frequency=loaded["frequency"],
            variants=variants,
        )


def _schedule(values: dict[str, Any], site: Site) -> Schedule:
    def instant(key: str) -> Any:
        return values[key].replace(tzinfo=site.time_zone).astimezone(UTC) if key in values else None

    return Schedule(instant("from_"), instant("until"))


def _variants(groups: dict[str, Any], site: Site, errors: dict[str, Any]) -> tuple[Variant, ...]:
    variants = []
    for name, group in groups.items():
        wrong: dict[str, Any] = {}
        if site.default_language not in group["copy"]:
            wrong[site.default_language] = [f"is missing; {site.name} falls back to it"]
        for tag in group["copy"]:
            if tag not in site.languages:
                wrong[tag] = [f"is not among the languages of site.yaml ({', '.join(site.languages)})"]
        copy = {tag: _copy(texts, tag, site, wrong) for tag, texts in group["copy"].items()}
        if wrong:
            errors.setdefault("variants", {})[name] = {"copy": wrong}
        variants.append(Variant(name, float(group["weight"]), {tag: text for tag, text in copy.items() if text}))
    return tuple(variants)


def _copy(texts: dict[str, str], tag: str, site: Site, wrong: dict[str, Any]) -> Copy | None:
    parsed: dict[str, Any] = {}
    for key, parse in (("heading", parse_line), ("body", parse_body)):
        try:
            parsed[key] = parse(texts[key], tag, site.name)
        except CopyError as error:
            wrong.setdefault(tag, {})
            if isinstance(wrong[tag], dict):
                wrong[tag][key] = [str(error)]
    return Copy(parsed["heading"], parsed["body"], texts["button"]) if len(parsed) == 2 else None
