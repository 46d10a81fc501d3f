"""Which addresses on the web the server may ask for a calendar: plain Python, asking nobody."""

import ipaddress
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import quote, urlsplit

LONGEST = 500
_PORTS = {"http": 80, "https": 443}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_ADDRESS = re.compile(r"\s*[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_SAFE = "/%:@!$&'()*+,;=-._~"


class AddressRefused(ValueError):
    """The address may not be asked. Its text is a code: unreadable, scheme, host or port."""


@dataclass(frozen=True)
class WebAddress:
    scheme: str
    host: str
    port: int
    target: str
    """Path and query, as they stand in a request."""


def web_address(text: str, hosts: Iterable[str]) -> WebAddress:
    """The parts of the address. Raises AddressRefused unless it is http(s) to one of ``hosts``.

    A host is a name, ``*.school.example`` for all names below, or either with ``:8443`` for a port
    other than the usual one. ``webcal:`` is what calendars call https.
    """
    text = text.strip()
    if len(text) > LONGEST or any(ord(sign) <= 32 or ord(sign) == 127 for sign in text):
        raise AddressRefused("unreadable")
    try:
        parts = urlsplit(text)
        port, host = parts.port, _ascii(parts.hostname or "")
    except ValueError as error:
        raise AddressRefused("unreadable") from error
    scheme = {"webcal": "https", "webcals": "https"}.get(parts.scheme.lower(), parts.scheme.lower())
    if scheme not in _PORTS:
        raise AddressRefused("scheme")
    if not host or parts.username is not None or parts.password is not None:
        raise AddressRefused("unreadable")
    usual = _PORTS[scheme]
    if not any(_is_host(host, port or usual, usual, allowed) for allowed in hosts):
        raise AddressRefused("host")
    path = quote(parts.path or "/", safe=_SAFE)
    query = quote(parts.query, safe=_SAFE + "?[]")
    return WebAddress(scheme, host, port or usual, path + (f"?{query}" if query else ""))


def name_of(address: str) -> str:
    """A name for a calendar's address that gives nobody the way to it: its host, and a few signs of
    its digest that tell two calendars of one host apart. The path of a private address is a secret.
    """
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        host = ""
    digest = sha256(address.encode(errors="replace")).hexdigest()[:8]
    return f"{host} ({digest})" if host else f"({digest})"


def without_secret(source: str) -> str:
    """What a calendar is known by, without the path of an address. A plain name stays."""
    return name_of(source) if _ADDRESS.match(source) else source


def _ascii(host: str) -> str:
    host = host.rstrip(".").lower()
    return host if host.isascii() else host.encode("idna").decode()


def _is_host(host: str, port: int, usual: int, allowed: str) -> bool:
    name, colon, own_port = allowed.strip().lower().rpartition(":")
    if not colon or not own_port.isdigit():
        name, own_port = allowed.strip().lower(), ""
    if port != (int(own_port) if own_port else usual):
        return False
    name = _ascii(name)
    return host.endswith(name[1:]) and host != name[2:] if name.startswith("*.") else host == name


def may_connect(ip: str, networks: Sequence[Network]) -> bool:
    """Whether the server may connect to this number: a public one, or one of ``networks``.

    So a name of an allowed host that leads to the server itself, or to a neighbour of it, is of no
    use to anybody.
    """
    number = ipaddress.ip_address(ip.partition("%")[0])
    if isinstance(number, ipaddress.IPv6Address):
        if number.ipv4_mapped:
            return may_connect(str(number.ipv4_mapped), networks)
        if number in _NAT64:
            return may_connect(str(ipaddress.IPv4Address(int(number) & 0xFFFFFFFF)), networks)
        if number.sixtofour or number.teredo:
            return False
    if any(number.version == network.version and number in network for network in networks):
        return True
    return number.is_global and not number.is_multicast and not number.is_reserved
