"""Who counts as one visitor of a publishable key."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from stores.api.throttling import visitor


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::2", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("", ""),
    ],
)
def test_an_ipv6_visitor_is_the_network_and_not_each_of_its_addresses(address: str, counted_as: str) -> None:
    assert visitor(RequestFactory().get("/", REMOTE_ADDR=address)) == counted_as
