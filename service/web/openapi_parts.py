"""What the OpenAPI document is put together from: one operation at a time."""

from typing import Any

from marshmallow import Schema, fields


class ProblemSchema(Schema):
    """RFC 9457."""

    type = fields.String()
    title = fields.String()
    status = fields.Integer()
    detail = fields.String()
    field = fields.String(metadata={"description": "The part of the request that is wrong."})


def of_reader(summary: str, answer: dict[str, Any]) -> dict[str, Any]:
    """What readers ask by the token that their browser keeps."""
    site = {"name": "site", "in": "query", "required": True, "schema": {"type": "string"}}
    return {
        "summary": summary,
        "security": [{"reader": []}],
        "parameters": [site],
        "responses": {"200": answer, **refusals()},
    }


def post(summary: str, takes: type[Schema], gives: type[Schema]) -> dict[str, Any]:
    """A request with a body, as JSON or as the script sends it."""
    content = {kind: {"schema": takes} for kind in ("application/json", "text/plain")}
    answer = {"description": "Done.", "content": {"application/json": {"schema": gives}}}
    return {
        "summary": summary,
        "requestBody": {"required": True, "content": content},
        "responses": {"200": answer, **refusals()},
    }


def get(path: str, summary: str, query: tuple[str, ...]) -> dict[str, Any]:
    """A request without one; `query`: what its address must say."""
    names = [part.split("}")[0] for part in path.split("{")[1:]]
    text = {"type": "string"}
    return {
        "summary": summary,
        "parameters": [{"name": name, "in": "path", "required": True, "schema": text} for name in names]
        + [{"name": name, "in": "query", "required": True, "schema": text} for name in query],
        "responses": {"200": {"description": "Done."}},
    }


def refusals() -> dict[str, Any]:
    """What every request may get instead."""
    problem = {"content": {"application/problem+json": {"schema": ProblemSchema}}}
    return {
        "4XX": {"description": "Refused; `field` names what is wrong.", **problem},
        "503": {"description": "Try again; nothing was charged and nothing is lost.", **problem},
    }
