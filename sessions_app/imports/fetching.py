"""Reads a calendar from its address on the web, without becoming anybody's way into this network.

The address is checked against the setting, then each number that its name leads to, and the
connection goes to a number that was checked: a name that changes its number in between gains
nothing. Redirects are followed within the same host only.
"""

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from ipaddress import ip_network
from urllib.parse import urljoin

from django.conf import settings
from django.utils.translation import gettext as _

from attendance_project.refusals import Kind, Refusal
from attendance_project.tables import MOST_BYTES
from sessions_app.domain.web_addresses import (
    AddressRefused,
    Network,
    WebAddress,
    may_connect,
    web_address,
)
from sessions_app.imports.bounded_answers import BoundedSocket

LONGEST_S = 20.0
"""Seconds for a whole answer, however slowly its bytes come."""
MOST_REDIRECTS = 3
_AT_ONCE = 64 * 1024
_REDIRECTS = {301, 302, 303, 307, 308}
_HEADERS = {
    "User-Agent": "attendance-calendar",
    "Accept": "text/calendar, */*;q=0.1",
    "Accept-Encoding": "identity",
    "Connection": "close",
}


def check_address(text: str) -> WebAddress:
    """The address, if the setting allows its host. Raises calendar_address."""
    try:
        return web_address(text, settings.CALENDAR_HOSTS)
    except AddressRefused as refused:
        sentence = _SENTENCES[str(refused)]()
        raise Refusal(
            "calendar_address", sentence, Kind.INVALID, fields={"address": [sentence]}
        ) from refused


_SENTENCES = {
    "unreadable": lambda: _("This is not an address of the web. Copy it from the calendar."),
    "scheme": lambda: _("Give an address that begins with https://, http:// or webcal://."),
    "host": lambda: _(
        "Calendars are not read from this host. An admin can allow it by the setting "
        "CALENDAR_HOSTS."
    ),
}


def fetch_calendar(text: str) -> bytes:
    """The bytes behind the address. Raises calendar_address, calendar_unreachable,
    calendar_too_large."""
    deadline = time.monotonic() + LONGEST_S
    address = check_address(text)
    for _redirect in range(MOST_REDIRECTS + 1):
        status, location, body = _ask(address, deadline)
        if status not in _REDIRECTS:
            if status != 200:
                raise _unreachable(_("it answered %(status)d") % {"status": status})
            return body
        address = _next(address, location)
    raise _unreachable(_("it redirects too often"))


def _next(address: WebAddress, location: str) -> WebAddress:
    base = f"{address.scheme}://{address.host}:{address.port}{address.target}"
    try:
        target = urljoin(base, location)
    except ValueError as error:
        raise _unreachable(_("it redirects to an address that cannot be read")) from error
    there = check_address(target)
    is_safe = there.scheme == address.scheme or there.scheme == "https"
    if there.host != address.host or not is_safe:
        raise _unreachable(_("it redirects to another host"))
    return there


def _ask(address: WebAddress, deadline: float) -> tuple[int, str, bytes]:
    """Status, where it redirects to, and the body."""
    try:
        sock = _connected(address, deadline)
    except (OSError, UnicodeError) as error:
        raise _unreachable(_("no connection")) from error
    try:
        secure = _secured(sock, address) if address.scheme == "https" else None
    except (OSError, ValueError) as error:
        sock.close()
        raise _unreachable(_("no secure connection")) from error
    # A server that sends a byte each second would outlive every time limit of single reads.
    end = threading.Timer(_left_s(deadline), _cut, [secure or sock])
    end.daemon = True
    end.start()
    connection = http.client.HTTPConnection(address.host, address.port)
    connection.default_port = 443 if secure else 80
    connection.sock = BoundedSocket(secure or sock)
    answer = None
    try:
        if secure:
            secure.do_handshake()
        connection.request("GET", address.target, headers=_HEADERS)
        answer = connection.getresponse()
        if answer.status != 200:
            return answer.status, answer.headers.get("Location", ""), b""
        return 200, "", _body(answer, deadline)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _unreachable(_("it does not answer as it should, or too slowly")) from error
    finally:
        end.cancel()
        if answer is not None:
            answer.close()
        connection.close()
        (secure or sock).close()


def _body(answer: http.client.HTTPResponse, deadline: float) -> bytes:
    parts, size = [], 0
    while part := answer.read(_AT_ONCE):
        size += len(part)
        if size > MOST_BYTES:
            raise Refusal(
                "calendar_too_large",
                _("This calendar is larger than %(mb)s MB.") % {"mb": MOST_BYTES // 2**20},
                Kind.INVALID,
            )
        if time.monotonic() > deadline:
            raise TimeoutError
        parts.append(part)
    if answer.length or time.monotonic() > deadline:  # it ended before its end
        raise TimeoutError
    return b"".join(parts)


def _left_s(deadline: float) -> float:
    return max(0.1, deadline - time.monotonic())


def _connected(address: WebAddress, deadline: float) -> socket.socket:
    """A connection to a number of the host that was checked. Raises OSError, Refusal."""
    numbers = _numbers(address, _left_s(deadline))
    networks = _networks()
    if not numbers or not all(may_connect(number, networks) for number in numbers):
        raise Refusal(
            "calendar_address",
            _(
                "This address leads into a private network. An admin can allow it by the setting "
                "CALENDAR_NETWORKS."
            ),
            Kind.INVALID,
        )
    return socket.create_connection((numbers[0], address.port), timeout=_left_s(deadline))


def _numbers(address: WebAddress, limit_s: float) -> list[str]:
    """The numbers that the host's name leads to. Raises OSError, UnicodeError, TimeoutError.

    The system's search for a name has no limit of time, so it runs beside this thread, which goes
    on without it when the time is over.
    """
    found: Future[list[str]] = Future()
    threading.Thread(target=_look_up, args=(address, found), daemon=True).start()
    return found.result(timeout=limit_s)


def _look_up(address: WebAddress, found: "Future[list[str]]") -> None:
    try:
        rows = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        found.set_exception(error)
    else:
        found.set_result(list(dict.fromkeys(str(row[4][0]) for row in rows)))


def _secured(sock: socket.socket, address: WebAddress) -> ssl.SSLSocket:
    """The connection with TLS, which is not shaken hands on yet: that takes time as well."""
    context = ssl.create_default_context()
    return context.wrap_socket(sock, server_hostname=address.host, do_handshake_on_connect=False)


def _networks() -> Sequence[Network]:
    return [ip_network(text.strip()) for text in settings.CALENDAR_NETWORKS if text.strip()]


def _cut(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it may be closed already
        sock.shutdown(socket.SHUT_RDWR)


def _unreachable(why: str) -> Refusal:
    told = _("The calendar could not be read: %(why)s. Try again later, or check the address.")
    return Refusal("calendar_unreachable", told % {"why": why}, Kind.UNAVAILABLE)
