"""Which text is an e-mail address."""

import pytest

from service.domain.email_address import email_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("reader@example.org", "reader@example.org"),
        ("  Reader+news@EXAMPLE.Org\n", "Reader+news@example.org"),
        ("o'brien.x@a-b.example.co.uk", "o'brien.x@a-b.example.co.uk"),
        ("reader@почта.рф", "reader@xn--80a1acny.xn--p1ai"),
        ("r" * 64 + "@example.org", "r" * 64 + "@example.org"),
        ("r@" + "a" * 63 + ".org", "r@" + "a" * 63 + ".org"),
    ],
)
def test_an_address_is_taken_as_the_wire_has_it(text: str, address: str) -> None:
    assert email_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "", "@", "reader", "reader@", "@example.org", "reader@localhost", "reader@example", "reader@1.2.3.4",
        "reader@[127.0.0.1]", "a@b@example.org", '"a b"@example.org', "a b@example.org", "a@exam ple.org",
        "a@example.org,b@example.org", "a@example.org\nBcc: b@example.org", "a\r\n@example.org", "<a@example.org>",
        "a@-x.example", "a@x-.example", "a@x..example", ".a@example.org", "a.@example.org", "a..b@example.org",
        "r" * 65 + "@example.org", "r@" + "a" * 64 + ".org", "r@" + "a.b" * 90 + ".org", "читатель@example.org",
        "a\x00@example.org", "a@\ud800.org",
    ],
)  # fmt: skip
def test_anything_else_is_none(text: str) -> None:
    assert email_address(text) is None
