"""Which pages may open websockets."""

import pytest

from attendance_project.origins import is_of_own_page


def scope_of(origin: str | None, host: str = "school.test", **headers: str) -> dict[str, object]:
    """An ASGI scope of a websocket."""
    told = {"host": host, **{name.replace("_", "-"): value for name, value in headers.items()}}
    told |= {"origin": origin} if origin is not None else {}
    raw = [(name.encode(), value.encode("latin-1")) for name, value in told.items()]
    return {"type": "websocket", "path": "/ws/", "headers": raw, "query_string": b""}


@pytest.fixture(autouse=True)
def _named(settings):
    settings.ALLOWED_HOSTS = ["school.test", "inside"]
    settings.PUBLIC_URL = "https://attendance.school.test"
    settings.CSRF_TRUSTED_ORIGINS = ["https://*.campus.test", "https://one.test:8443"]


@pytest.mark.parametrize(
    "origin",
    [
        "http://school.test",
        "https://attendance.school.test",
        "https://a.campus.test",
        "https://b.a.campus.test",
        "https://one.test:8443",
    ],
)
def test_pages_of_the_site_may(origin):
    assert is_of_own_page(scope_of(origin))


@pytest.mark.parametrize(
    "origin",
    [
        *(None, "", "null", "http://", "school.test", "http://[", "http://school.test:81"),
        *("https://school.test", "http://school.test.evil.test", "http://evil.test"),
        *("http://evil@school.test", "http://school.test/", "http://attendance.school.test"),
        *("http://a.campus.test", "https://evilcampus.test", "https://one.test", "file://"),
        *("https://x.attendance.school.test", "http://school.test, http://evil.test", "\xe9"),
    ],
)
def test_no_other_pages_may(origin):
    assert not is_of_own_page(scope_of(origin))


def test_a_host_that_is_not_ours_is_nobodys():
    assert not is_of_own_page(scope_of("http://evil.test", host="evil.test"))


def test_behind_a_proxy_its_word_counts(settings):
    settings.USE_X_FORWARDED_HOST = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    told = {"x_forwarded_host": "school.test", "x_forwarded_proto": "https"}
    assert is_of_own_page(scope_of("https://school.test", host="inside", **told))
    assert not is_of_own_page(scope_of("https://inside", host="inside", **told))
