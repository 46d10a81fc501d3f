"""Whether two addresses are of one network, as far as a server can tell from outside."""

import ipaddress


def kind_of(network: str) -> str:
    """``4 public``, ``4 private``, ``6 public`` or ``6 private``; empty for what is no address.

    ``network`` is an IPv4 address or a network of IPv6 (accounts.domain.addresses).
    """
    try:
        parsed = ipaddress.ip_network(network)
    except ValueError:
        return ""
    return f"{parsed.version} {'private' if parsed.is_private else 'public'}"


def is_same(mine: tuple[str, str], other: tuple[str, str]) -> bool | None:
    """Each is the kind and a digest of the network. None where it cannot be told.

    Behind one router all have one public address. Two private ones may be parts of one school's
    network, and the old and the new protocol's addresses cannot be compared.
    """
    if not mine[0] or mine[0] != other[0]:
        return None
    if mine[1] == other[1]:
        return True
    return None if mine[0].endswith("private") else False
