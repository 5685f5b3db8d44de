"""The shape of `audience` in a campaign's file, and the conditions it becomes."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from marshmallow import ValidationError, post_load, validates_schema

from service.catalogue.addresses import Address, pattern_of
from service.catalogue.fields import (
    Checked,
    Group,
    ListOf,
    MapOf,
    Number,
    OneOf,
    StaffField,
    StaffSchema,
    Switch,
    Text,
    country,
    language,
    slug,
)
from service.catalogue.times import Span
from service.domain import audience
from service.domain.audience import (
    FACTS,
    UNKNOWN_COUNTRY,
    Audience,
    Choice,
    Condition,
    Fact,
    Patterns,
    Range,
    Supporters,
)
from service.domain.reader import topic_key
from service.domain.span import span_text

PAGE_TYPES = {name: name for name in ("article", "section", "home", "other")}
DEVICES = {name: name for name in ("phone", "tablet", "desktop")}
# A reader's record holds this many articles (store/lua/record.lua).
MOST_ARTICLES = 200


def country_or_unknown(text: str) -> str:
    """An ISO 3166 code, or the word for readers whose country is not known."""
    try:
        return text if text == UNKNOWN_COUNTRY else country(text)
    except ValueError as error:
        raise ValueError(f"{error}, or {UNKNOWN_COUNTRY}") from error


def utm_name(text: str) -> str:
    """What follows utm_ in a page's address."""
    if text.startswith("utm_"):
        raise ValueError(f"{text} is written without its beginning; write {text.removeprefix('utm_')}")
    return text


def _choice(include: Iterable[str] | None, exclude: Iterable[str]) -> Choice:
    folded = frozenset(name.casefold() for name in include) if include is not None else None
    return Choice(folded, frozenset(name.casefold() for name in exclude))


def _patterns(include: Iterable[str] | None, exclude: Iterable[str]) -> Patterns:
    return Patterns(pattern_of(include), pattern_of(exclude), (tuple(include or ()), tuple(exclude)))


class Names(StaffField):
    """A list, which is what to include; or a group with `include` and `exclude`."""

    def __init__(
        self, name: StaffField, build: Callable[[Iterable[str] | None, Iterable[str]], Any] = _choice, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.name_field, self.build = name, build

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, (list, dict)) or not value:
            raise ValidationError("must be a list such as [one, two], or a group with include and exclude")
        group = {"include": value} if isinstance(value, list) else value
        errors: dict[Any, Any] = {
            key: ["unknown key; choose from include, exclude"] for key in group if key not in ("include", "exclude")
        }
        found: dict[str, list[str]] = {}
        for key in ("include", "exclude"):
            if key in group:
                try:
                    found[key] = ListOf(self.name_field).deserialize(group[key])
                except ValidationError as error:
                    errors[key] = error.messages
        if errors:
            raise ValidationError(errors["include"] if isinstance(value, list) else errors)
        return self.build(found.get("include"), found.get("exclude", ()))


class RangeSchema(StaffSchema):
    """A range: min and max, both allowed; zero is a number like any other."""

    min = Number()
    max = Number()

    @validates_schema
    def _in_order(self, values: dict[str, Any], **_: Any) -> None:
        if not values.keys() & {"min", "max"}:
            raise ValidationError("needs min, max or both")
        if "min" in values and "max" in values and values["max"] < values["min"]:
            raise ValidationError({"max": [f"is less than min ({values['min']}), so nobody could be in it"]})

    @post_load
    def _build(self, values: dict[str, Any], **_: Any) -> Any:
        return Range(values.get("min"), values.get("max"))


class ArticlesReadTodaySchema(RangeSchema):
    """articles_read_today: as many as we remember."""

    min = Number(most=MOST_ARTICLES)
    max = Number(most=MOST_ARTICLES)


class ArticlesReadSchema(ArticlesReadTodaySchema):
    """articles_read: distinct articles within a window, all or those of one section or tag."""

    window = Span(load_default=timedelta(days=30), zero=False)
    section = Text(longest=200)
    tag = Text(longest=200)

    @validates_schema
    def _one_topic(self, values: dict[str, Any], **_: Any) -> None:
        if "section" in values and "tag" in values:
            raise ValidationError({"tag": ["cannot stand beside section; write one of them"]})

    @post_load
    def _build(self, values: dict[str, Any], **_: Any) -> Any:
        kind = next((kind for kind in ("section", "tag") if kind in values), None)
        topic = topic_key(kind, values[kind]) if kind else None
        within = f"within {span_text(values['window'])}" + (f" in the {kind} {values[kind]}" if kind else "")
        return Range(values.get("min"), values.get("max")), values["window"], topic, within


class AudienceSchema(StaffSchema):
    """audience: every line must hold."""

    sections = Names(Text(longest=200))
    tags = Names(Text(longest=200))
    authors = Names(Text(longest=200))
    urls = Names(Address(longest=500), _patterns)
    types = Names(OneOf(PAGE_TYPES))
    premium = Switch()
    languages = Names(Checked(language))
    countries = Names(Checked(country_or_unknown))
    devices = Names(OneOf(DEVICES))
    referrers = Names(Address(longest=500), _patterns)
    utm = MapOf(Checked(utm_name), Names(Text(longest=200)))
    signed_in = Switch()
    attributes = MapOf(Text(longest=200), Names(Text(longest=200)))
    newsletters = Names(Checked(slug))
    supporters = OneOf(Supporters, load_default=Supporters.EXCLUDE)
    articles_read = Group(ArticlesReadSchema)
    articles_read_today = Group(ArticlesReadTodaySchema)
    days_since_first_seen = Group(RangeSchema)
    visits = Group(RangeSchema)

    @post_load
    def _build(self, values: dict[str, Any], **_: Any) -> Audience:
        supporters = values.pop("supporters")
        topics = {values["articles_read"][2]} - {None} if "articles_read" in values else set()
        conditions = [condition for name, wanted in values.items() for condition in _conditions(name, wanted)]
        return Audience(tuple(conditions), supporters, frozenset(topics))


def _conditions(name: str, wanted: Any) -> list[Condition]:
    """The conditions of one line."""
    if name in ("utm", "attributes"):
        fact: Callable[[str], Fact] = audience.utm if name == "utm" else audience.attribute
        return [Condition(f"{name}.{key}", fact(key), one) for key, one in wanted.items()]
    if name == "articles_read":
        limits, window, topic, within = wanted
        return [Condition(name, audience.articles_read(window, topic), limits, within)]
    return [Condition(name, FACTS[name], audience.Switch(wanted) if isinstance(wanted, bool) else wanted)]
