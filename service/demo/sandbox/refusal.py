"""The errors Stripe answers with."""

from typing import Any


class Refusal(Exception):  # noqa: N818  "raise Refusal" says what happens
    """A request Stripe would turn down, with what its error body carries."""

    def __init__(
        self,
        message: str,
        param: str | None = None,
        code: str | None = None,
        *,
        kind: str = "invalid_request_error",
        status: int = 400,
    ) -> None:
        super().__init__(message)
        self.message, self.param, self.code = message, param, code
        self.kind, self.status = kind, status

    def body(self) -> dict[str, Any]:
        """The JSON body, without the keys that have nothing to say (as Stripe does)."""
        error = {"type": self.kind, "message": self.message, "param": self.param, "code": self.code}
        return {"error": {name: value for name, value in error.items() if value is not None}}


def missing(kind: str, ident: str, param: str = "id", status: int = 404) -> Refusal:
    """No such object: 404 when it is the address, 400 when it is a parameter."""
    return Refusal(f"No such {kind}: '{ident}'", param, "resource_missing", status=status)
