"""The shape of a campaign's file, and the Campaign it becomes."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any

from marshmallow import ValidationError, post_load, validates_schema

from service.catalogue.appeal_schema import AppealSchema, beside_the_words
from service.catalogue.audience_schema import AudienceSchema
from service.catalogue.card_update import refuse_what_asks_for_money
from service.catalogue.fields import (
    Checked,
    Group,
    MapOf,
    Number,
    OneOf,
    Percent,
    StaffSchema,
    Switch,
    Text,
    language,
    slug,
)
from service.catalogue.markdown import CopyError, parse_body, parse_line, refuse_braces
from service.catalogue.newsletter_schema import newsletter_of, refuse_unfit_for_newsletter
from service.catalogue.problems import did_you_mean
from service.catalogue.times import Span, moment
from service.domain.allocation import Allocation
from service.domain.audience import EVERYBODY, Audience, Choice, Supporters
from service.domain.campaign import Campaign, Copy, Kind, Schedule, Variant
from service.domain.money import Interval
from service.domain.reader import short_key
from service.domain.site import MOST_IMPRESSIONS, FrequencyCap, Placement, Site


class FrequencySchema(StaffSchema):
    """frequency: of a campaign."""

    max = Number(required=True, most=MOST_IMPRESSIONS)
    window = Span(required=True, zero=False)
    min_gap = Span(load_default=timedelta())

    @post_load
    def _build(self, values: dict[str, Any], **_: Any) -> FrequencyCap:
        return FrequencyCap(**values)


class ScheduleSchema(StaffSchema):
    """schedule: in the site's time zone; `until` is the first moment after the end."""

    from_ = Checked(moment, data_key="from")
    until = Checked(moment)

    @validates_schema
    def _in_order(self, values: dict[str, Any], **_: Any) -> None:
        if "from_" in values and "until" in values and values["until"] <= values["from_"]:
            raise ValidationError({"until": ["must be later than from"]})


class CopySchema(StaffSchema):
    """copy.<language>: the words in each language; the body is Markdown."""

    heading = Text(required=True, longest=120)
    body = Text(required=True)
    button = Text(required=True, longest=40)


class VariantSchema(StaffSchema):
    """variants.<name>: the wordings, each with a name of its own."""

    weight = Number(load_default=1, whole=False)
    copy = MapOf(Checked(language), Group(CopySchema), required=True, least=1)


class AllocationSchema(StaffSchema):
    """allocation: of readers to variants, by what they turn out to earn."""

    method = OneOf({"automatic": "automatic"}, required=True)
    floor = Percent(load_default=0.1, most=50)
    minimum = Number(load_default=1000, least=1)

    @post_load
    def _build(self, values: dict[str, Any], **_: Any) -> Allocation:
        return Allocation(floor=values["floor"], minimum=values["minimum"])


_MONEY = frozenset(("amounts", "amount", "currencies", "currency", "default_interval", "intervals", *Interval))


class CampaignSchema(AppealSchema):
    """config/sites/<site>/campaigns/<name>.yaml"""

    kind = OneOf(Kind, required=True)
    newsletter = Checked(slug, load_default=None)
    placement = OneOf(Placement, required=True)
    priority = Number(load_default=0, least=-1000, most=1000)
    schedule = Group(ScheduleSchema, load_default=dict)
    audience = Group(AudienceSchema, load_default=EVERYBODY)
    frequency = Group(FrequencySchema, load_default=None)
    always_ask = Switch(load_default=False)
    rollout = Percent(load_default=1.0)
    allocation = Group(AllocationSchema, load_default=None)
    variants = MapOf(Checked(slug), Group(VariantSchema), required=True, least=1)

    def hint(self, key: str, valid: list[str]) -> str:
        """Amounts are the site's, for all its campaigns."""
        if key in _MONEY:
            return "amounts and currencies are the site's; delete it here, and see currencies in site.yaml"
        return super().hint(key, valid)

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _fits_its_kind(self, _loaded: Any, original: Any, **_: Any) -> None:
        if isinstance(original, Mapping) and original.get("kind") == Kind.CARD_UPDATE:
            refuse_what_asks_for_money(original)

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _fits_newsletters(self, _loaded: Any, original: Any, **_: Any) -> None:
        if isinstance(original, Mapping):
            refuse_unfit_for_newsletter(original)

    def build(self, campaign_id: str, values: Any, site: Site | None) -> Campaign | None:
        """The campaign in `values`. Raises marshmallow's ValidationError with every mistake.

        Without a site, whose own file is broken: None, after looking for mistakes that need no site to be seen.
        """
        loaded = self.load(values)
        if site is None:
            return None
        errors: dict[str, Any] = {}
        variants = _variants(loaded["variants"], site, errors)
        if not any(variant.weight for variant in variants):
            errors.setdefault("variants", {})["weight"] = ["all weights are 0; give one variant a weight above 0"]
        if loaded["placement"] not in site.placements:
            errors["placement"] = [f"{loaded['placement']} is not among the placements of site.yaml; add it there"]
        newsletter = newsletter_of(loaded["newsletter"], site, errors)
        errors |= _unknown_newsletters(loaded["audience"], site)
        if loaded["allocation"] and loaded["allocation"].floor * len(variants) > 1:
            errors["allocation"] = {"floor": [f"is too much for {len(variants)} variants; 100% is all there is"]}
        if loaded["allocation"] and (unknown := [code for code in site.currencies if site.rate(code) is None]):
            cure = f"cannot compare gifts; add exchange_rates for {', '.join(unknown)} to site.yaml"
            errors.setdefault("allocation", {})["method"] = [cure]
        more = beside_the_words(loaded, site, (tag for one in variants for tag in one.copy), errors)
        if errors:
            raise ValidationError(errors)
        if newsletter and "supporters" not in (values.get("audience") or {}):
            loaded["audience"] = replace(loaded["audience"], supporters=Supporters.INCLUDE)
        return Campaign(
            id=campaign_id,
            key=short_key(f"{site.id}/{campaign_id}"),
            kind=loaded["kind"],
            placement=loaded["placement"],
            priority=loaded["priority"],
            schedule=_schedule(loaded["schedule"], site),
            frequency=loaded["frequency"],
            variants=variants,
            newsletter=newsletter,
            **{key: loaded[key] for key in ("audience", "always_ask", "rollout", "allocation")},
            **more,
        )


def _unknown_newsletters(audience: Audience, site: Site) -> dict[str, Any]:
    for condition in audience.conditions:
        if condition.name == "newsletters" and isinstance(condition.wanted, Choice):
            named = (condition.wanted.include or frozenset()) | condition.wanted.exclude
            for name in sorted(named - site.newsletters.keys()):
                hint = did_you_mean(name, list(site.newsletters)) if site.newsletters else "there are none yet"
                return {"audience": {"newsletters": [f"{name} is not among the newsletters of site.yaml; {hint}"]}}
    return {}


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
    for key, parse in (("heading", parse_line), ("body", parse_body), ("button", _button)):
        try:
            parsed[key] = parse(texts[key], tag, site.name)
        except CopyError as error:
            wrong.setdefault(tag, {})
            if isinstance(wrong[tag], dict):
                wrong[tag][key] = [str(error)]
    return Copy(**parsed) if len(parsed) == 3 else None


def _button(text: str, _language: str, _site_name: str) -> str:
    refuse_braces(text, "there are none in a button, so write the words themselves")
    return text
