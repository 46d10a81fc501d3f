"""The address from which a call comes, as far as it can be trusted."""

import ipaddress


def client_address(remote_addr: str, forwarded_for: str, *, behind_proxy: bool) -> str:
    """The caller's address. An IPv6 address is cut to its /64, which is what one subscriber holds.

    ``forwarded_for`` counts only behind a proxy of ours, and then only its last hop: the proxy
    wrote that one, and the caller may have made up all the others.
    """
    address = remote_addr
    if behind_proxy and forwarded_for:
        address = forwarded_for.rsplit(",", 1)[-1]
    return _network(address.strip())


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))
