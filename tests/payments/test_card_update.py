"""From a renewal that the bank turned down to the word about the card, and back."""

from collections.abc import Callable

from tests.payments.giving import Giving, Reader
from tests.payments.sides import Side, deliver


def test_a_reader_whose_renewal_failed_is_asked_for_a_card_until_it_works_again(
    a_reader: Callable[..., Reader], a_giving: Callable[..., Giving], stripe_side: Side, service: str
) -> None:
    home = "https://www.hill-herald.example/"
    giving = a_giving("monthly", a_reader("herald"), return_url=home).pay().told()
    reader = giving.reader
    assert reader.withheld() == "supporter"
    deliver(stripe_side, stripe_side.renew(giving.subject, ok=False))
    (appeal,) = reader.open_article()["appeals"]
    assert (appeal["campaign"], appeal["kind"], appeal["form"]) == ("card", "card_update", None)
    assert appeal["link"] == f"{service}/supporter?site=herald&language=en"
    deliver(stripe_side, stripe_side.renew(giving.subject))
    assert reader.withheld() == "supporter"
