"""Who is asking, as far as an address tells: for limits on requests that carry no account."""

from __future__ import annotations

import ipaddress


def visitor(address: str, forwarded: str = "") -> str:
    """A visitor's address: the last hop our own proxy names in ``forwarded``, else the connection's.

    Of an IPv6 address the network, which is what a household or a phone gets: it has 2^64 addresses to come back from.
    """
    address = forwarded.rsplit(",", 1)[-1].strip()[:60] or address
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, ipaddress.IPv6Address):
        return address
    return str(found.ipv4_mapped or ipaddress.IPv6Network((int(found), 64), strict=False))
