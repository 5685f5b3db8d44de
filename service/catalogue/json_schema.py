"""JSON Schemas of the staff files, made from the schemas that validate, for editors that complete and explain keys.

A JSON Schema says less than ours: it sees one file, and no two values together. Whatever it refuses, we refuse; a kind
of field that is new here is let through. Draft 7, which the YAML extensions of editors know best.
"""

import inspect
import re
from collections.abc import Mapping
from functools import singledispatch
from typing import Any, TypeAlias

from marshmallow import Schema, fields

from service.catalogue import addresses, audience_schema, currencies, fees_schema, times
from service.catalogue import fields as kinds
from service.catalogue.campaign_schema import CampaignSchema
from service.catalogue.json_values import CHECKED, address, percent, shaped, text
from service.catalogue.meanings import meanings
from service.catalogue.site_schema import SiteSchema
from service.domain.money import CHARGED

Json: TypeAlias = dict[str, Any]

_TABLES: Mapping[str, tuple[type[Schema], tuple[str, ...]]] = {
    "site": (SiteSchema, ("site keys",)),
    "campaign": (CampaignSchema, ("campaign keys", "audience keys")),
}
FILES = tuple(_TABLES)


def schema_of(file: str) -> Json:
    """The JSON Schema of `site` or `campaign` files."""
    made, tables = _TABLES[file]
    told = meanings(*tables)
    head = {"$schema": "http://json-schema.org/draft-07/schema#", "title": f"Honesty Box: {file}"}
    amounts = _described(_group(currencies.AmountsSchema()), "currencies.*", told)
    shared = {"definitions": {"amounts": amounts}} if file == "site" else {}
    return head | _described(_group(made()), "", told) | shared


def _described(schema: Json, path: str, told: Mapping[str, str]) -> Json:
    """The same with the meaning of every key; `path`: where it stands, dotted, * for names that staff choose."""
    inner = {}
    for key, one in schema.get("properties", {}).items():
        here = f"{path}.{key}".lstrip(".")
        inner[key] = _described(_explained(one, here, told), here, told)
    if inner:
        schema = {**schema, "properties": inner}
    if isinstance(schema.get("additionalProperties"), dict):
        each = f"{path}.*"
        explained = _explained(schema["additionalProperties"], each, told)
        schema = {**schema, "additionalProperties": _described(explained, each, told)}
    return schema


def _explained(schema: Json, path: str, told: Mapping[str, str]) -> Json:
    parent, _, name = path.rpartition(".")
    alike = f"{parent.rpartition('.')[0]}.*.{name}"
    meaning = told.get(path) or told.get(f"{path}.*") or told.get(alike)
    if meaning is None:
        return schema
    return {**schema, "description": re.sub(r"[`*]", "", meaning), "markdownDescription": meaning}


@singledispatch
def schema_for(_: fields.Field[Any]) -> Json:
    """What the field takes; anything, where nobody has said."""
    return {}


def _group(schema: Schema) -> Json:
    properties = {field.data_key or name: schema_for(field) for name, field in schema.fields.items()}
    required = [field.data_key or name for name, field in schema.fields.items() if field.required]
    made: Json = {"type": "object", "properties": properties, "additionalProperties": False, **_about(schema)}
    if required:
        made["required"] = required
    if isinstance(schema, audience_schema.RangeSchema):
        made["anyOf"] = [{"required": ["min"]}, {"required": ["max"]}]
    return made


def _about(described: Schema | fields.Field[Any]) -> Json:
    """What a group is, as the first line of its docstring says after its name."""
    about = (inspect.getdoc(described) or "").split("\n", 1)[0].partition(": ")[2]
    return {"description": about[0].upper() + about[1:]} if about else {}


@schema_for.register
def _(field: kinds.Text) -> Json:
    return text(field.longest)


@schema_for.register
def _(field: addresses.Address) -> Json:
    return address(field.longest)


@schema_for.register
def _(_: kinds.Switch) -> Json:
    return {"type": "boolean"}


@schema_for.register
def _(field: kinds.Number) -> Json:
    return {"type": "integer" if field.whole else "number", "minimum": field.least, "maximum": field.most}


@schema_for.register
def _(field: currencies.Rate) -> Json:
    return {"type": "number", "exclusiveMinimum": 0, "maximum": field.most}


@schema_for.register
def _(_: fees_schema.FeePercent) -> Json:
    return {"type": "number", "minimum": 0, "maximum": fees_schema.MOST_PERCENT}


@schema_for.register
def _(field: kinds.Percent) -> Json:
    return percent(field.most)


@schema_for.register
def _(field: kinds.OneOf) -> Json:
    return {"enum": list(field.names)}


@schema_for.register
def _(field: kinds.Checked) -> Json:
    return {"type": "string", **CHECKED.get(field.check, {})}


@schema_for.register
def _(field: kinds.ListOf) -> Json:
    return {"type": "array", "items": schema_for(field.inner), "minItems": field.least}


@schema_for.register
def _(field: kinds.MapOf) -> Json:
    about = _about(field.inner.schema) if isinstance(field.inner, kinds.Group) else {}
    return {
        "type": "object",
        **about,
        "propertyNames": schema_for(field.key),
        "additionalProperties": schema_for(field.inner),
        "minProperties": field.least,
    }


@schema_for.register
def _(field: kinds.Group) -> Json:
    return _group(field.schema)


@schema_for.register
def _(_: times.Span) -> Json:
    return shaped(times.SPAN)


@schema_for.register
def _(_: times.Spans) -> Json:
    span = shaped(times.SPAN)
    return {"anyOf": [span, {"type": "array", "items": span, "minItems": 1}]}


@schema_for.register
def _(_: times.Period) -> Json:
    return {"anyOf": [{"enum": ["month", "week"]}, shaped(times.SPAN)]}


@schema_for.register
def _(field: audience_schema.Names) -> Json:
    names = {"type": "array", "items": schema_for(field.name_field), "minItems": 1}
    group = {"type": "object", "properties": {"include": names, "exclude": names}, "additionalProperties": False}
    return {"anyOf": [names, {**group, "minProperties": 1}]}


@schema_for.register
def _(_: currencies.OneOrEach) -> Json:
    return {"anyOf": [schema_for(currencies.amount()), _group(currencies.EachSchema())]}


@schema_for.register
def _(field: currencies.Currencies) -> Json:
    own: Json = {
        "default": {"enum": sorted(CHARGED)},
        "by_country": {
            "type": ["object", "null"],
            "propertyNames": CHECKED[kinds.country],
            "additionalProperties": {"enum": sorted(CHARGED)},
        },
        "choice": {"type": "boolean"},
    }
    return {
        "type": "object",
        **_about(field),
        "properties": own | {code: {"$ref": "#/definitions/amounts"} for code in sorted(CHARGED)},
        "additionalProperties": False,
        "required": ["default"],
    }


