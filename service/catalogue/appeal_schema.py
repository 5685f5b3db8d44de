"""What a campaign's appeals may have beside their words: an image, a ticker, and a moment to come up."""

import re
from collections.abc import Iterable
from datetime import UTC
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, post_load, validates_schema

from service.catalogue.currencies import amount
from service.catalogue.fields import (
    Checked,
    Group,
    MapOf,
    Number,
    OneOf,
    Percent,
    StaffField,
    StaffSchema,
    Text,
    currency,
    https_address,
    language,
)
from service.catalogue.times import moment
from service.domain.image import Image
from service.domain.money import MoneyError, to_whole_minor
from service.domain.show_after import ShowAfter
from service.domain.site import Placement, Site
from service.domain.ticker import Ticker

_LONGEST_SIDE = 10_000
_LONGEST_WAIT_SECONDS = 600


def image_address(text: str) -> str:
    """An https address, or a path on the pages' own origin."""
    if re.fullmatch(r"/(?![/\\])[^\s\\]+", text):
        return text
    try:
        return https_address(text)
    except ValueError as error:
        raise ValueError(f"{text} must be https://…, or begin with / for a file of your own site") from error


class _Alt(StaffField):
    """Words for each language, or "" for a picture that tells nothing the words do not: None then."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, str] | None:
        if value == "":
            return None
        if isinstance(value, str):
            raise ValidationError('must be a group with the words for each language; or "" when it tells nothing')
        words: dict[str, str] = MapOf(Checked(language), Text(longest=300), least=1).deserialize(value)
        return words


class ImageSchema(StaffSchema):
    """image: width and height are the file's own, in pixels."""

    src = Checked(image_address, required=True)
    width = Number(required=True, least=1, most=_LONGEST_SIDE)
    height = Number(required=True, least=1, most=_LONGEST_SIDE)
    alt = _Alt(required=True)

    @post_load
    def _build(self, values: dict[str, Any], **_: Any) -> Image:
        return Image(**values)


class TickerSchema(StaffSchema):
    """ticker: what is to be raised, in which currency, and which gifts count."""

    goal = amount(required=True)
    currency = Checked(currency, required=True)
    from_ = Checked(moment, data_key="from", required=True)
    until = Checked(moment, load_default=None)
    gifts = OneOf({"all": False, "campaign": True}, load_default=False)

    @validates_schema
    def _in_order(self, values: dict[str, Any], **_: Any) -> None:
        if values.get("until") and "from_" in values and values["until"] <= values["from_"]:
            raise ValidationError({"until": ["must be later than from"]})


class ShowAfterSchema(StaffSchema):
    """show_after: seconds in view, a share of the article, or both."""

    reading_seconds = Number(load_default=0, least=1, most=_LONGEST_WAIT_SECONDS)
    scroll = Percent(load_default=0.0)

    @post_load
    def _build(self, values: dict[str, Any], **_: Any) -> ShowAfter:
        if not any(values.values()):
            raise ValidationError("needs reading_seconds, scroll or both; delete it to show at once")
        return ShowAfter(**values)


class AppealSchema(StaffSchema):
    """The keys of a campaign that are about all this."""

    image = Group(ImageSchema, load_default=None)
    ticker = Group(TickerSchema, load_default=None)
    show_after = Group(ShowAfterSchema, load_default=None)


def beside_the_words(
    loaded: dict[str, Any], site: Site, languages: Iterable[str], errors: dict[str, Any]
) -> dict[str, Any]:
    """The campaign's image, ticker and show_after. `languages`: those of its copy. Mistakes are entered in `errors`."""
    found = {"image": loaded["image"], "ticker": None, "show_after": loaded["show_after"]}
    if loaded["image"] and (wrong := _alt_mistakes(loaded["image"], site, languages)):
        errors["image"] = {"alt": wrong}
    if loaded["ticker"]:
        try:
            found["ticker"] = _ticker(loaded["ticker"], site)
        except ValidationError as error:
            errors["ticker"] = error.messages
    if loaded["show_after"] and loaded["placement"] is Placement.GATE:
        errors["show_after"] = ["says nothing at a gate, which stands where the article is cut; delete it"]
    return found


def _alt_mistakes(image: Image, site: Site, languages: Iterable[str]) -> dict[str, list[str]]:
    if image.alt is None:
        return {}
    unknown = [tag for tag in image.alt if tag not in site.languages]
    missing = [tag for tag in dict.fromkeys(languages) if tag not in image.alt and tag in site.languages]
    return {tag: [f"is not among the languages of site.yaml ({', '.join(site.languages)})"] for tag in unknown} | {
        tag: ["is missing; the copy has this language, and who cannot see the picture needs its words"]
        for tag in missing
    }


def _ticker(values: dict[str, Any], site: Site) -> Ticker:
    code = values["currency"]
    if code not in site.currencies:
        known = ", ".join(site.currencies)
        raise ValidationError({"currency": [f"{code} is not among the currencies of site.yaml ({known})"]})
    if unknown := [other for other in site.currencies if site.rate(other) is None]:
        cure = f"cannot add up gifts; add exchange_rates for {', '.join(unknown)} to site.yaml"
        raise ValidationError({"currency": [cure]})
    try:
        goal = to_whole_minor(Decimal(values["goal"]), code)
    except MoneyError as error:
        raise ValidationError({"goal": [str(error)]}) from error
    if not goal:
        raise ValidationError({"goal": ["must be above 0 (got 0)"]})

    def instant(key: str) -> Any:
        return values[key].replace(tzinfo=site.time_zone).astimezone(UTC) if values[key] else None

    return Ticker(goal, code, instant("from_"), instant("until"), values["gifts"])
