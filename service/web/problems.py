"""Errors as `application/problem+json` (RFC 9457), the same in Flask and in the hot path beside it."""

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

import structlog

log = structlog.get_logger(__name__)


class ProblemError(Exception):
    """A refusal that the caller can mend. `field` names the part of the request that is wrong."""

    headers: Mapping[str, str] = MappingProxyType({})

    def __init__(self, status: int, detail: str, field: str = "", **more: Any) -> None:
        super().__init__(detail)
        self.status, self.detail, self.field, self.more = HTTPStatus(status), detail, field, more

    @property
    def body(self) -> bytes:
        """The problem document."""
        document: dict[str, Any] = {
            "type": "about:blank",
            "title": self.status.phrase,
            "status": self.status.value,
            "detail": self.detail,
        }
        if self.field:
            document["field"] = self.field
        return json.dumps(document | self.more).encode()  # escaped: a hostile field may hold half a character


def as_problem(error: Exception) -> ProblemError:
    """What the caller is told of `error`; one that nobody foresaw goes to the log."""
    if isinstance(error, ProblemError):
        return error
    log.error("unexpected", exc_info=error)
    return ProblemError(500, "Something went wrong on our side.")


CONTENT_TYPE = "application/problem+json"


def first_problem(messages: Mapping[str, Any] | Iterable[Any], path: str = "") -> tuple[str, str]:
    """The first of marshmallow's nested messages, as (field, sentence)."""
    if isinstance(messages, Mapping):
        key, inner = next(iter(messages.items()))
        return first_problem(inner, path if key == "_schema" else f"{path}.{key}".lstrip("."))
    return path, str(next(iter(messages)))
