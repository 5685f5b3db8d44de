"""The kinds of value staff write, each with a message that tells the cure."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from babel import Locale, UnknownLocaleError
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validates_schema

from service.catalogue.other_names import meant_by
from service.catalogue.problems import did_you_mean

_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,2})?)\s*%")
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_OURS = re.compile("[\ue000\ue001]")  # the renderer's own marks
_NOCOUNTRIES = frozenset(("EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"))  # CLDR's groups of countries, and nobody's
COUNTRIES = frozenset(code for code in map(str, Locale("en").territories) if code.isalpha()) - _NOCOUNTRIES
CURRENCIES = frozenset(Locale("en").currencies)


class StaffField(fields.Field[Any]):
    """A field whose refusals are sentences for an editor."""

    default_error_messages = {  # noqa: RUF012  marshmallow's own idiom
        "required": "is missing; add it",
        "null": "has no value; write one or delete the line",
    }


class Text(StaffField, fields.String):
    """Words, trimmed, never empty."""

    default_error_messages = {"invalid": "must be text; put it in quotes"}  # noqa: RUF012

    def __init__(self, *, longest: int = 5000, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.longest = longest

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = (super()._deserialize(value, attr, data, **kwargs) or "").strip()
        if not text:
            raise ValidationError("is empty; write something or delete the line")
        if len(text) > self.longest:
            raise ValidationError(f"is {len(text)} characters long; at most {self.longest} fit")
        if _OURS.search(text):
            raise ValidationError("holds a private-use character, which cannot be shown; delete it")
        return text


class Switch(StaffField, fields.Boolean):
    """true or false, and nothing that merely looks like it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError(f"must be true or false (got {value!r})")
        return value


class Number(StaffField):
    """A number between two limits, both allowed."""

    def __init__(self, *, least: int = 0, most: int = 1_000_000, whole: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.least, self.most, self.whole = least, most, whole

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int | Decimal:
        if isinstance(value, bool) or not isinstance(value, int if self.whole else (int, Decimal)):
            got = value if isinstance(value, Decimal) else repr(value)
            raise ValidationError(f"must be a {'whole ' if self.whole else ''}number (got {got})")
        if not self.least <= value <= self.most:
            raise ValidationError(f"must be between {self.least} and {self.most} (got {value})")
        return value


class Percent(StaffField):
    """A share such as 5% or 2.5%, as a number from 0 to 1."""

    def __init__(self, *, most: int = 100, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.most = most

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:
        match = _PERCENT.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            got = value if isinstance(value, Decimal) else repr(value)
            raise ValidationError(f"must be a share such as 5% or 2.5% (got {got})")
        if float(match[1]) > self.most:
            raise ValidationError(f"must be at most {self.most}% (got {value})")
        return float(match[1]) / 100


class OneOf(StaffField):
    """One of a closed list of names."""

    def __init__(self, names: Mapping[str, Any] | type, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.names: Mapping[str, Any] = (
            names if isinstance(names, Mapping) else {str(member): member for member in names}  # type: ignore[attr-defined]
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str):
            raise ValidationError(f"must be one of {', '.join(self.names)} (got {value!r})")
        if value not in self.names:
            raise ValidationError(f"{value} is not known here; {did_you_mean(value, list(self.names))}")
        return self.names[value]


class Checked(StaffField):
    """Text that a function turns into a value; it raises ValueError with the cure."""

    def __init__(self, check: Callable[[str], Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.check = check

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str):
            raise ValidationError(f"must be text; put it in quotes (got {value!r})")
        try:
            return self.check(value)
        except ValueError as error:
            raise ValidationError(str(error)) from error


class ListOf(StaffField, fields.List[Any]):
    """A list, never empty unless `least` is 0."""

    default_error_messages = {"invalid": "must be a list, such as [one, two]"}  # noqa: RUF012

    def __init__(self, inner: fields.Field[Any], *, least: int = 1, **kwargs: Any) -> None:
        super().__init__(inner, **kwargs)
        self.least = least

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        items = super()._deserialize(value, attr, data, **kwargs)
        if len(items) < self.least:
            raise ValidationError(f"needs at least {self.least}")
        return items


class MapOf(StaffField):
    """Names of the editor's choosing, each with the same kind of value."""

    def __init__(self, key: fields.Field[Any], inner: fields.Field[Any], *, least: int = 0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.key, self.inner, self.least = key, inner, least

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[Any, Any]:
        if not isinstance(value, dict):
            raise ValidationError("must be a group of indented lines, each `name: value`")
        result, errors = {}, {}
        for name, item in value.items():
            try:
                result[self.key.deserialize(name)] = self.inner.deserialize(item, name, value)
            except ValidationError as error:
                errors[name] = error.messages
        if errors:
            raise ValidationError(errors)
        if len(result) < self.least:
            raise ValidationError(f"needs at least {self.least}")
        return result


class Group(StaffField, fields.Nested):
    """A group of known keys. A key without a value is a mistake, also where leaving the key out is none."""

    def __init__(self, nested: type[Schema], **kwargs: Any) -> None:
        super().__init__(nested, allow_none=False, **kwargs)


class StaffSchema(Schema):
    """A group of known keys; an unknown one is refused with the nearest valid name."""

    class Meta:
        unknown = EXCLUDE

    error_messages = {"type": "must be a group of indented lines, each `name: value`"}  # noqa: RUF012

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _refuse_unknown_keys(self, _loaded: Any, original: Any, **_: Any) -> None:
        if not isinstance(original, Mapping):
            return
        valid = self._keys()
        unknown = {key: [f"unknown key; {self.hint(key, valid)}"] for key in original if key not in valid}
        if unknown:
            raise ValidationError(unknown)

    def handle_error(self, error: ValidationError, data: Any, **_: Any) -> None:
        """A key that is misspelt is not missing as well."""
        told = error.messages_dict
        missing = [key for key, texts in told.items() if texts == [StaffField.default_error_messages["required"]]]
        for key in set(data if isinstance(data, Mapping) else ()).difference(self._keys()):
            told.pop(meant_by(key, missing), None)

    def _keys(self) -> list[str]:
        return [field.data_key or name for name, field in self.fields.items()]

    def hint(self, key: str, valid: list[str]) -> str:
        """What to write instead of a key that is not known."""
        meant = meant_by(key, valid)
        return f"did you mean {meant}?" if meant else did_you_mean(key, valid)


def slug(text: str) -> str:
    """A name fit for addresses, metrics and receipts."""
    if not SLUG.fullmatch(text):
        raise ValueError(f"{text} must be made of a-z, 0-9 and hyphens, 40 at most")
    return text


def country(text: str) -> str:
    """An ISO 3166 code."""
    if text not in COUNTRIES:
        raise ValueError(f"{text} is not a country code; write two capitals such as GB, DE or NL")
    return text


def currency(text: str) -> str:
    """An ISO 4217 code."""
    if text not in CURRENCIES:
        raise ValueError(f"{text} is not a currency code; write three capitals such as USD, EUR or JPY")
    return text


def language(text: str) -> str:
    """A language tag that CLDR knows."""
    try:
        canonical = str(Locale.parse(text, sep="-")).replace("_", "-")
    except (UnknownLocaleError, ValueError) as error:
        raise ValueError(f"{text} is not a language we know; write a code such as en, ru or pt-BR") from error
    if text != canonical and text.lower() == canonical.lower():  # not when CLDR merely knows it by another name
        raise ValueError(f"{text} has its letters in another case; write {canonical}")
    return text


def origin(text: str) -> str:
    """scheme://host[:port], as browsers send it."""
    if not re.fullmatch(r"(?!https:.*:443$|http:.*:80$)https?://[a-z0-9.-]+(:\d{1,5})?", text):
        cure = "such as https://www.example.org: no path, small letters, no usual port"
        raise ValueError(f"{text} must be an origin {cure}")
    return text


def https_address(text: str) -> str:
    """A whole address that begins with https://."""
    if not re.fullmatch(r"https://[^\s/?#]+\.[^\s]+", text):
        raise ValueError(f"{text} must be a whole address such as https://www.example.org/privacy")
    return text
