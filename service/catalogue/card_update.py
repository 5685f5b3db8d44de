"""What a `kind: card_update` campaign cannot have: it asks for no money, and only of readers who are known to give."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from service.domain.site import Placement

_WHO = "a card_update campaign is only for readers whose regular gift could not be renewed"
_MISTAKES = {
    "allocation": "is worked out from gifts, and a card_update campaign asks for none; delete it, and use the weights",
    "always_ask": "lifts caps on days when everybody is asked; delete it, a card_update campaign keeps to the caps",
    "ticker": "counts gifts, and a card_update campaign asks for none; delete it",
}


def refuse_what_asks_for_money(values: Mapping[str, Any]) -> None:
    """Raises ValidationError with every mistake."""
    errors: dict[str, Any] = {name: [told] for name, told in _MISTAKES.items() if values.get(name)}
    if values.get("placement") == Placement.GATE:
        errors["placement"] = [f"{_WHO}, and whoever gives meets no gate; write banner, inline or overlay"]
    audience = values.get("audience")
    if isinstance(audience, Mapping) and "supporters" in audience:
        errors["audience"] = {"supporters": [f"says nothing here: {_WHO}; delete it"]}
    if errors:
        raise ValidationError(errors)
