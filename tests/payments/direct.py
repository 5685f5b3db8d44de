"""The sandbox's API without HTTP: as many lives as a test wants, each in milliseconds."""

from collections.abc import Iterator
from typing import Any

import stripe

from service.demo.sandbox import SandboxApp
from service.demo.sandbox.answers import expanded
from service.demo.sandbox.api import OPERATIONS, Operation
from service.demo.sandbox.refusal import Refusal

_VERBS = {
    "create": ("POST", False),
    "list": ("GET", False),
    "retrieve": ("GET", True),
    "update": ("POST", True),
    "cancel": ("DELETE", True),
}
_BY_ROUTE = {(operation.method, operation.path): operation for operation in OPERATIONS}


class DirectClient:
    """Stands where a `stripe.StripeClient` stands. What the sandbox does not play is an AttributeError."""

    def __init__(self, app: SandboxApp) -> None:
        self.v1 = Resource(app, "")
        app.test_request_context("/v1/").push()  # its lists name the address that they were asked at


class Resource:
    """`checkout`, `checkout.sessions`, or what can be asked of the latter."""

    def __init__(self, app: SandboxApp, path: str) -> None:
        self._app, self._path = app, path

    def __getattr__(self, name: str) -> Any:
        if name not in _VERBS:
            return Resource(self._app, f"{self._path}/{name}" if self._path else name)
        method, about_one = _VERBS[name]
        operation = _BY_ROUTE.get((method, f"{self._path}/<ident>" if about_one else self._path))
        if operation is None:
            raise AttributeError(f"the sandbox does not play {method} {self._path}")
        return lambda *words: self._ask(operation, *words) if about_one else self._ask(operation, "", *words)

    def _ask(self, operation: Operation, ident: str, params: Any = None, _options: Any = None) -> "Told":
        vault = self._app.sandbox.vault
        try:
            with vault.change():
                answer = operation.answer(vault, dict(params or {}), ident)
            return Told(expanded(vault, answer, (params or {}).get("expand", [])), operation, self, params)
        except Refusal as refusal:
            kind = stripe.InvalidRequestError
            raise kind(refusal.message, refusal.param, refusal.code, http_status=refusal.status) from refusal


class Told:
    """An answer, as far as the gateway uses the library's."""

    last_response = None

    def __init__(self, answer: dict[str, Any], operation: Operation, asked: Resource, params: Any) -> None:
        self._answer, self._operation, self._asked, self._params = answer, operation, asked, params

    @property
    def id(self) -> str:
        """The object's id."""
        ident: str = self._answer["id"]
        return ident

    def to_dict(self) -> dict[str, Any]:
        """The whole answer."""
        return self._answer

    def auto_paging_iter(self) -> Iterator["Told"]:
        """Everything in the list, page by page."""
        page = self._answer
        while True:
            for thing in page["data"]:
                yield Told(thing, self._operation, self._asked, None)
            if not page["has_more"]:
                return
            further = {**self._params, "starting_after": page["data"][-1]["id"]}
            page = self._asked._ask(self._operation, "", further).to_dict()
