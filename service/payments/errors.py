"""What can go wrong with Stripe."""


class PaymentsError(Exception):
    """The family of everything below."""


class StripeUnavailableError(PaymentsError):
    """Stripe cannot be reached, is too slow, or failed. The same attempt may be sent again."""


class StripeBusyError(StripeUnavailableError):
    """Stripe gets more requests than it takes from us at a time (429); nothing was done."""


class KeyRefusedError(StripeUnavailableError):
    """Stripe does not take our key: it is wrong, was rolled, or a restricted one lacks a permission.

    `permission`: Stripe's name for it, such as `rak_charge_read`, or empty. `unknown`: Stripe knows no such key.
    """

    def __init__(self, message: str, permission: str = "", *, unknown: bool = False) -> None:
        self.permission, self.unknown = permission, unknown
        super().__init__(message)


class StripeRefusedError(PaymentsError):
    """Stripe understood the request and will not do it. `param` is Stripe's name for what it dislikes, or empty."""

    def __init__(self, message: str, param: str = "") -> None:
        self.param = param
        super().__init__(message)


class AttemptReusedError(PaymentsError):
    """The attempt was used before with another choice. A new attempt is needed."""


class UnknownObjectError(PaymentsError):
    """Stripe holds no such object."""


class SignatureError(PaymentsError):
    """A webhook without a valid, fresh signature."""
