"""The shape of `newsletters` in site.yaml, and what a `kind: newsletter` campaign must and cannot have."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import ValidationError, validates_schema

from service.catalogue.fields import Checked, OneOf, StaffField, StaffSchema, Text, https_address, language
from service.catalogue.problems import did_you_mean
from service.domain.campaign import Kind
from service.domain.newsletter import MailProvider, Newsletter
from service.domain.site import Placement, Site

_ALL = ""  # the text for every language
_LISTS: Mapping[MailProvider, tuple[str, str]] = {
    MailProvider.MAILCHIMP: (r"[A-Za-z0-9]{6,20}", "the audience's id, such as a1b2c3d4e5 (Audience → Settings)"),
    MailProvider.BREVO: (r"[0-9]{1,12}", "the list's number (Contacts → Lists)"),
}
_OPTIONAL = frozenset({MailProvider.BUTTONDOWN})


class Worded(StaffField):
    """One text for all languages, or one for each of the site's."""

    def __init__(self, *, longest: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.text = Text(longest=longest)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, str]:
        if not isinstance(value, dict):
            return {_ALL: str(self.text.deserialize(value, attr, data, **kwargs))}
        texts: dict[str, str] = {}
        errors: dict[str, Any] = {}
        for tag, text in value.items():
            try:
                texts[str(Checked(language).deserialize(tag))] = str(self.text.deserialize(text))
            except ValidationError as error:
                errors[tag] = error.messages
        if errors or not texts:
            raise ValidationError(errors or "is empty; write a text, or one for each language")
        return texts


def page_address(text: str) -> str:
    """A whole https address, or the path of a page of the site's own."""
    if re.fullmatch(r"/(?![/\\])[^\s\\]*", text):
        return text
    try:
        return https_address(text)
    except ValueError as error:
        raise ValueError(f"{text} must be a path such as /letters/weekly, or a whole address (https://…)") from error


class NewsletterSchema(StaffSchema):
    """newsletters.<id>: each of them, by a name of its own."""

    title = Worded(required=True, longest=100)
    frequency = Worded(load_default=None, longest=100)
    preview = Checked(page_address, load_default="")
    privacy = Checked(page_address, load_default="")
    provider = OneOf(MailProvider, load_default=None)
    list = Text(load_default="", longest=100)

    @validates_schema
    def _list_of_its_provider(self, values: dict[str, Any], **_: Any) -> None:
        provider, name = values["provider"], values["list"]
        pattern, meant = _LISTS.get(provider, ("", ""))
        if pattern and not re.fullmatch(pattern, name):
            told = "is missing; write" if not name else "must be"
            raise ValidationError({"list": [f"{told} {meant}"]})
        if name and not pattern and provider not in _OPTIONAL:
            raise ValidationError({"list": ["is only for mailchimp, brevo and buttondown; delete it"]})


def newsletters_of(
    groups: Mapping[str, Mapping[str, Any]], languages: Sequence[str], privacy: str
) -> dict[str, Newsletter]:
    """The site's newsletters. Raises ValidationError for a text in a language that the site does not have."""
    errors: dict[str, Any] = {}
    found = {}
    for name, group in groups.items():
        wrong = {key: told for key in ("title", "frequency") if (told := _wrong(group[key], languages))}
        if wrong:
            errors[name] = wrong
            continue
        found[name] = Newsletter(
            id=name,
            title=_worded(group["title"], languages),
            frequency=_worded(group["frequency"], languages),
            privacy=group["privacy"] or privacy,
            **{key: group[key] for key in ("preview", "provider", "list")},
        )
    if errors:
        raise ValidationError(errors)
    return found


def _wrong(texts: Mapping[str, str] | None, languages: Sequence[str]) -> dict[str, list[str]]:
    if not texts or _ALL in texts:
        return {}
    listed = ", ".join(languages)
    wrong = {tag: [f"is not among the languages of site.yaml ({listed})"] for tag in texts if tag not in languages}
    return wrong if languages[0] in texts else wrong | {languages[0]: ["is missing; the site falls back to it"]}


def _worded(texts: Mapping[str, str] | None, languages: Sequence[str]) -> dict[str, str]:
    if not texts:
        return dict.fromkeys(languages, "")
    fallback = texts.get(_ALL) or texts[languages[0]]
    return {tag: texts.get(tag, fallback) for tag in languages}


def refuse_unfit_for_newsletter(values: Mapping[str, Any]) -> None:
    """What its kind cannot have, and `newsletter` in another kind. Raises ValidationError with every mistake."""
    errors: dict[str, Any] = {}
    if values.get("kind") != Kind.NEWSLETTER:
        if "newsletter" in values:
            errors["newsletter"] = ["is only for kind: newsletter; delete it, or write that kind"]
    else:
        if "newsletter" not in values:
            errors["newsletter"] = ["is missing; name one of the newsletters in site.yaml"]
        if values.get("allocation"):
            errors["allocation"] = ["is worked out from gifts, and a newsletter brings none; delete it, use weights"]
        if values.get("placement") == Placement.GATE:
            errors["placement"] = ["gates open for gifts, not for a newsletter; write banner, inline or overlay"]
    if errors:
        raise ValidationError(errors)


def unfit_newsletter(name: str, newsletters: Mapping[str, Newsletter]) -> str:
    """Why readers could not sign up for it; empty when they can."""
    if name not in newsletters:
        hint = did_you_mean(name, list(newsletters)) if newsletters else "there are none yet"
        return f"{name} is not among the newsletters of site.yaml; {hint}"
    if newsletters[name].provider is None:
        return f"{name} has no provider, so nobody could sign up; add newsletters.{name}.provider to site.yaml"
    return ""


def newsletter_of(name: str | None, site: Site, errors: dict[str, Any]) -> str:
    """The one a campaign is for, or empty text; notes what is wrong with it."""
    if name and (told := unfit_newsletter(name, site.newsletters)):
        errors["newsletter"] = [told]
    return name or ""
