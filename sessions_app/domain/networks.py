"""Whether two addresses are of one network, as far as a server can tell from outside."""

import ipaddress


def kind_of(network: str) -> str:
    """``4 public``, ``4 private``, ``6 public`` or ``6 private``. Empty for what is no address.

    ``network`` is an IPv4 address or a network of IPv6 (accounts.domain.addresses).
    """
    try:
        parsed = ipaddress.ip_network(network)
    except ValueError:
        return ""
    return f"{parsed.version} {'private' if parsed.is_private else 'public'}"


def is_same(mine: tuple[str, str], other: tuple[str, str]) -> bool | None:
    """Whether two networks are the same, each given as its kind and a digest, or None if unknown.

    Behind one router all have one public address of the old protocol. Of the new one a school has
    many networks, so two that differ tell nothing. Private addresses tell nothing either: they are
    those inside a school, or of a proxy that the server was not told of.
    """
    if not mine[0].endswith("public") or mine[0] != other[0]:
        return None
    if mine[1] == other[1]:
        return True
    return False if mine[0].startswith("4") else None
