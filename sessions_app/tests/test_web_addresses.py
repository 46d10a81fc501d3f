"""Which addresses the server may ask for a calendar."""

from ipaddress import ip_network

import pytest

from sessions_app.domain.web_addresses import AddressRefused, may_connect, web_address

HOSTS = ["calendar.school.test", "*.edu.test", "own.test:8443", "bücher.test"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("https://calendar.school.test/a.ics?x=1&y=ü", ("https", 443, "/a.ics?x=1&y=%C3%BC")),
        ("http://CALENDAR.school.test./a b".replace(" ", "%20"), ("http", 80, "/a%20b")),
        ("webcal://timetable.edu.test", ("https", 443, "/")),
        ("https://a.b.edu.test/x", ("https", 443, "/x")),
        ("https://own.test:8443/x", ("https", 8443, "/x")),
        ("https://xn--bcher-kva.test/", ("https", 443, "/")),
        ("https://calendar.school.test:443/x#part", ("https", 443, "/x")),
    ],
)
def test_addresses_of_allowed_hosts_are_taken_apart(text, told):
    address = web_address(text, HOSTS)
    assert (address.scheme, address.port, address.target) == told


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("ftp://calendar.school.test/", "scheme"),
        ("gopher://calendar.school.test:70/", "scheme"),
        ("https://", "unreadable"),
        ("https://evil.test/", "host"),
        ("https://calendar.school.test.evil.test/", "host"),
        ("https://evil.test/calendar.school.test", "host"),
        ("https://evilcalendar.school.test/", "host"),
        ("https://edu.test/", "host"),
        ("https://evil-edu.test/", "host"),
        ("https://calendar.school.test@evil.test/", "unreadable"),
        ("https://user:word@calendar.school.test/", "unreadable"),
        ("https://calendar.school.test:22/", "host"),
        ("http://calendar.school.test:443/", "host"),
        ("https://own.test/", "host"),
        ("https://calendar.school.test:99999/", "unreadable"),
        ("https://calendar.school.test/\r\nHost: evil", "unreadable"),
        ("https://calendar.school.test/" + "x" * 500, "unreadable"),
        ("https://[::1/", "unreadable"),
        ("https://127.0.0.1/", "host"),
        ("https://[::1]/", "host"),
        ("https://2130706433/", "host"),
    ],
)
def test_other_addresses_are_refused(text, code):
    with pytest.raises(AddressRefused, match=code):
        web_address(text, HOSTS)


def test_without_hosts_nothing_is_asked():
    with pytest.raises(AddressRefused, match="host"):
        web_address("https://calendar.school.test/", [])


@pytest.mark.parametrize(
    ("number", "may"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("127.8.9.1", False),
        ("0.0.0.1", False),
        ("10.0.0.1", False),
        ("10.1.2.3", True),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("192.0.2.1", False),
        ("198.18.0.1", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:10.1.2.3", True),
        ("::ffff:93.184.216.34", True),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::5db8:d822", True),
        ("2002:7f00:1::", False),
        ("2001:0:4136:e378::", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("fd00:1::1", True),
        ("ff02::1", False),
    ],
)
def test_only_public_numbers_and_those_of_the_setting_are_connected_to(number, may):
    networks = [ip_network("10.1.0.0/16"), ip_network("fd00:1::/32")]
    assert may_connect(number, networks) is may
